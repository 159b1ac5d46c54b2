// The target, and what a dish scores against it: numbers and a running curve.
import { drawField } from "./colormap.js";
import { element } from "./controls.js";
import { Curve } from "./curve.js";
import { distance, logPower, plateauHeight, windowedLogPower } from "./loss.js";
import { written } from "./numbers.js";

/** A field to compare with, its spectra computed once. */
export class Target {
  /** @param v n × n float32 numbers; throws a sentence where there are not as many */
  constructor(view, n) {
    const wanted = 4 * n * n;
    if (view?.byteLength !== wanted) {
      const found = view?.byteLength ? `has ${view.byteLength} bytes instead of ${wanted}` : "is missing";
      throw new Error(`The target's picture ${found}, so no loss can be shown. The dish works without it.`);
    }
    this.n = n;
    this.v = floatsOf(view);
    this.window = Math.min(16, n);
    this.spectrum = logPower(this.v, n);
    this.windows = windowedLogPower(this.v, n, this.window);
    this.plateau = plateauHeight(this.spectrum);
  }

  spectral(v) {
    return distance(logPower(v, this.n), this.spectrum);
  }

  windowed(v) {
    return distance(windowedLogPower(v, this.n, this.window), this.windows);
  }
}

/** A copy of bytes as float32 numbers: the bytes may begin anywhere in their buffer. */
export function floatsOf(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

export class Readout {
  constructor(target, brightest) {
    this.target = target;
    this.loss = element("strong", { class: "gs-loss" });
    this.windowed = element("span");
    this.steps = element("span");
    this.pace = element("span");
    this.curve = new Curve(target?.plateau ?? 1);
    this.picture = this.buildPicture(brightest);
    this.numbers = element("div", { class: "gs-numbers" }, this.buildNumbers(), this.buildCurve());
  }

  buildPicture(brightest) {
    const canvas = element("canvas", {
      class: "gs-picture",
      role: "img",
      "aria-label": "The target: v at the end of the run that made the data",
    });
    if (this.target) drawField(canvas, this.target.v, this.target.n, { high: brightest });
    return element("figure", { class: "gs-target" }, element("figcaption", {}, "The target"), canvas);
  }

  buildNumbers() {
    const lines = { "Spectral loss": this.loss, Windowed: this.windowed, Step: this.steps, Pace: this.pace };
    const entries = Object.entries(lines).map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value))
    );
    return element("dl", { class: "gs-readout" }, ...entries);
  }

  buildCurve() {
    const label = "Curve of the spectral loss over the run; the dashed line is what an empty dish scores";
    return element("div", { class: "gs-curve-box", role: "img", "aria-label": label }, this.curve.root);
  }

  /** Show a state; returns its spectral loss, null without a target or for a run that has diverged. */
  show({ v, steps }, diverged) {
    const scored = this.target && !diverged;
    const loss = scored ? this.target.spectral(v) : null;
    this.loss.textContent = written(loss);
    this.windowed.textContent = written(scored ? this.target.windowed(v) : null);
    this.steps.textContent = steps.toLocaleString("en");
    this.curve.add(steps, loss ?? NaN);
    return loss;
  }
}
