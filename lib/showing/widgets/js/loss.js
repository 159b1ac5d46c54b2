// The paper's spectral losses, as lib/losses.py computes them: mean square difference of log power spectra.
import { powerSpectrum } from "./fft.js";

/** ε in log(P + ε); it sets the height of the plateau. */
export const LOG_FLOOR = 1e-8;

/** Mean square difference of the log power spectra of two n × n fields. */
export function spectralLoss(v, target, n, floor = LOG_FLOOR) {
  return distance(logPower(v, n, floor), logPower(target, n, floor));
}

/** The same inside windows of `window` × `window` cells. */
export function windowedLoss(v, target, n, window = 16, floor = LOG_FLOOR) {
  return distance(windowedLogPower(v, n, window, floor), windowedLogPower(target, n, window, floor));
}

/** log(|FFT₂(v − mean v)|² + ε) at every wave number. */
export function logPower(v, n, floor = LOG_FLOOR) {
  return powerSpectrum(centred(v), n).map((power) => Math.log(power + floor));
}

/** logPower of every window, one after the other; the mean removed is the whole field's. */
export function windowedLogPower(v, n, window = 16, floor = LOG_FLOOR) {
  if (n % window !== 0) throw new Error(`Windows of ${window} cells do not tile ${n} × ${n} cells.`);
  const whole = centred(v);
  const result = new Float64Array(n * n);
  const part = new Float64Array(window * window);
  let place = 0;
  for (let row = 0; row < n; row += window) {
    for (let column = 0; column < n; column += window) {
      for (let i = 0; i < part.length; i++) {
        part[i] = whole[(row + Math.floor(i / window)) * n + column + (i % window)];
      }
      result.set(powerSpectrum(part, window).map((power) => Math.log(power + floor)), place);
      place += part.length;
    }
  }
  return result;
}

/** Mean square difference of two descriptors of one length. */
export function distance(one, other) {
  if (one.length !== other.length) {
    throw new Error(`Descriptors of ${one.length} and ${other.length} numbers cannot be compared.`);
  }
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] - other[i]) ** 2;
  return sum / one.length;
}

/** What a featureless field scores against a target's descriptor: the height of the plateau. */
export function plateauHeight(descriptor, floor = LOG_FLOOR) {
  return distance(descriptor, new Float64Array(descriptor.length).fill(Math.log(floor)));
}

/** A field less its mean, in double precision. */
function centred(v) {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i];
  const mean = sum / v.length;
  return Float64Array.from(v, (value) => value - mean);
}
