// A dish one can see and touch: an engine, the canvas it is shown on, a brush for mouse, finger and keys.
import { drawField } from "./colormap.js";
import { element, uniqueId } from "./controls.js";
import { sentence } from "./message.js";
import { CpuEngine } from "./stepper.js";
import { WebglEngine } from "./webgl.js";

/** The bright end of the colour scale of v, as in the book's figures. */
export const BRIGHTEST = 0.4;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEYS = "Paint with a finger or the mouse; or move the ring with the arrow keys and paint with the space bar. " +
  "P runs and pauses, S takes one step, R starts afresh.";

export class Dish {
  /**
   * @param n cells along each side
   * @param colour () → [u, v], what the brush leaves behind
   * @param painted called after each touch of the brush
   * @param pressed called with the key, lower case, that neither moves nor paints; says whether it meant anything
   * @param notice (text, kind) → says something in place; null takes it back
   */
  constructor({ n, colour, painted, pressed, notice }) {
    Object.assign(this, { n, colour, painted, pressed, notice });
    this.at = { column: n / 2, row: n / 2 };
    this.radius = n / 24;
    this.build();
  }

  build() {
    const hint = uniqueId("hint");
    this.frame = element("div", {
      class: "gs-dish-frame",
      tabindex: 0,
      role: "application",
      "aria-label": "The dish: concentration of v",
      "aria-describedby": hint,
      onpointerdown: (event) => this.begin(event),
      onpointermove: (event) => this.stroke(event),
      onpointerup: () => (this.drawing = false),
      onpointercancel: () => (this.drawing = false),
      onkeydown: (event) => this.key(event),
    });
    this.cross = element("div", { class: "gs-cross", "aria-hidden": "true" });
    this.frame.append(this.cross);
    const caption = element("figcaption", {}, "The dish (v)");
    this.root = element("figure", { class: "gs-dish" }, caption, this.frame);
    this.root.append(element("p", { id: hint, class: "gs-hidden" }, KEYS));
  }

  // The engine -------------------------------------------------------------------------------------

  /** "webgl", "cpu", or "auto": WebGL where there is hardware for it. The dish is then an empty one. */
  choose(wanted) {
    this.engine?.dispose();
    this.newCanvas();
    this.notice(null);
    this.engine = wanted === "cpu" ? new CpuEngine(this.n) : this.webglOrCpu(wanted);
  }

  /** A canvas that has been used for WebGL cannot be used for anything else. */
  newCanvas() {
    const fresh = element("canvas", { class: "gs-picture", "aria-hidden": "true" });
    this.canvas?.remove();
    this.canvas = fresh;
    this.frame.prepend(fresh);
  }

  webglOrCpu(wanted) {
    try {
      const engine = new WebglEngine(this.n, this.canvas, { software: wanted === "webgl" });
      this.canvas.addEventListener("webglcontextlost", (event) => this.lost(event));
      return engine;
    } catch (error) {
      this.newCanvas();
      const reason = sentence(error).replace(/\.$/, "");
      this.notice(`The dish is computed on the processor, because ${reason}.`, "note");
      return new CpuEngine(this.n);
    }
  }

  /** The browser took the graphics context away: go on from the last state that was read. */
  lost(event) {
    if (this.gone || event.target !== this.canvas) return;
    event.preventDefault();
    const { steps } = this.last;
    this.newCanvas();
    this.engine = new CpuEngine(this.n);
    this.engine.load(this.last, steps);
    this.notice(
      "The browser has taken the graphics context away. The dish goes on from step " +
        `${steps.toLocaleString("en")}, on the processor; reload the page to have the faster way back.`,
      "error",
    );
    this.draw();
  }

  load(state) {
    this.engine.load(state);
    this.draw();
  }

  advance(...how) {
    this.engine.advance(...how);
    this.draw();
  }

  /** The state now and what is known of the run; kept, should the graphics context get lost. */
  read() {
    this.last = this.engine.read();
    return this.last;
  }

  draw() {
    if (this.engine.kind === "webgl") this.engine.draw(BRIGHTEST);
    else drawField(this.canvas, this.engine.read().v, this.n, { high: BRIGHTEST });
  }

  // The brush --------------------------------------------------------------------------------------

  begin(event) {
    if (event.button > 0) return;
    this.drawing = true;
    // A stroke that leaves the dish is still this stroke, and may come back.
    this.frame.setPointerCapture(event.pointerId);
    this.move(...this.cellUnder(event));
    this.paint();
  }

  /** A line of overlapping discs from where the brush was: however fast the hand, no gaps. */
  stroke(event) {
    if (!this.drawing) return;
    for (const moment of event.getCoalescedEvents?.() ?? []) this.lineTo(...this.cellUnder(moment));
    this.lineTo(...this.cellUnder(event));
    this.finish();
  }

  cellUnder({ clientX, clientY }) {
    const box = this.frame.getBoundingClientRect();
    const cell = (offset, side) => Math.min(Math.max(Math.floor((this.n * offset) / side), 0), this.n - 1);
    return [cell(clientX - box.left, box.width), cell(clientY - box.top, box.height)];
  }

  lineTo(column, row) {
    for (const [x, y] of cellsBetween(this.at, { column, row }, this.radius / 2)) {
      this.move(x, y);
      this.touch();
    }
  }

  move(column, row) {
    this.at = { column, row };
    this.cross.style.left = `${(100 * (column + 0.5)) / this.n}%`;
    this.cross.style.top = `${(100 * (row + 0.5)) / this.n}%`;
  }

  paint() {
    this.touch();
    this.finish();
  }

  touch() {
    this.engine.paint(this.at.column, this.at.row, this.radius, ...this.colour());
  }

  finish() {
    this.draw();
    this.painted();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const reach = Math.max(1, Math.round(this.n / 32));
      const around = (x, by) => (x + by * reach + this.n) % this.n;
      this.move(around(this.at.column, move[0]), around(this.at.row, move[1]));
    } else if (event.key === " ") this.paint();
    else if (!this.pressed(event.key.toLowerCase())) return;
    event.preventDefault();
    event.stopPropagation();
  }

  dispose() {
    this.gone = true;
    this.engine.dispose();
  }
}

/** Whole cells on the way from one to another, at most `apart` from each other; without the first. */
export function cellsBetween(from, to, apart) {
  const [across, down] = [to.column - from.column, to.row - from.row];
  const count = Math.ceil(Math.hypot(across, down) / apart);
  const at = (i) => [Math.round(from.column + (across * i) / count), Math.round(from.row + (down * i) / count)];
  return Array.from({ length: count }, (_, i) => at(i + 1));
}
