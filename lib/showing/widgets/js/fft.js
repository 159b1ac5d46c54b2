// The two-dimensional discrete Fourier transform of a real square field whose side is a power of two.

/** |FFT₂ x|², unnormalised, zero wave number first. x holds n × n numbers row by row. */
export function powerSpectrum(x, n) {
  const { re, im } = fft2(x, n);
  return re.map((value, i) => value * value + im[i] * im[i]);
}

/** Real and imaginary part of the unnormalised transform, each n × n, in double precision. */
export function fft2(x, n) {
  const plan = planFor(n);
  const re = Float64Array.from(x);
  const im = new Float64Array(n * n);
  for (let row = 0; row < n; row++) transform(re, im, row * n, 1, plan);
  for (let column = 0; column < n; column++) transform(re, im, column, n, plan);
  return { re, im };
}

const plans = new Map();

/** Bit-reversed order and the roots of unity for length n, made once. */
function planFor(n) {
  if (n < 1 || (n & (n - 1)) !== 0) {
    throw new Error(`A field of ${n} × ${n} cells cannot be transformed: its side must be a power of two.`);
  }
  if (!plans.has(n)) plans.set(n, makePlan(n));
  return plans.get(n);
}

function makePlan(n) {
  const order = new Uint16Array(n);
  for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  const cosine = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sine = Float64Array.from({ length: n / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
  return { n, order, cosine, sine, re: new Float64Array(n), im: new Float64Array(n) };
}

/** One row or column in place: radix 2, decimation in time. */
function transform(re, im, start, stride, plan) {
  const { n, order, cosine, sine, re: a, im: b } = plan;
  for (let i = 0; i < n; i++) {
    a[i] = re[start + order[i] * stride];
    b[i] = im[start + order[i] * stride];
  }
  for (let half = 1; half < n; half *= 2) {
    const skip = n / (2 * half);
    for (let block = 0; block < n; block += 2 * half) {
      for (let j = 0; j < half; j++) butterfly(a, b, block + j, block + j + half, cosine[j * skip], sine[j * skip]);
    }
  }
  for (let i = 0; i < n; i++) {
    re[start + i * stride] = a[i];
    im[start + i * stride] = b[i];
  }
}

function butterfly(a, b, i, j, cosine, sine) {
  const re = a[j] * cosine - b[j] * sine;
  const im = a[j] * sine + b[j] * cosine;
  a[j] = a[i] - re;
  b[j] = b[i] - im;
  a[i] += re;
  b[i] += im;
}
