// A running curve: points come in one by one, and however many have come, a few hundred are kept.
import { element } from "./controls.js";

const WIDTH = 400;
const HEIGHT = 160;
const KEPT = 600;
const TICKS = [0, 1, 10, 100];

/** Every second point, once there are more than a screen could show. */
export function thinned(points, kept = KEPT) {
  return points.length > kept ? points.filter((_, i) => i % 2 === 0 || i === points.length - 1) : points;
}

/** The smallest of 1, 2, 4, 8 … times `start` that is not below x: an axis that grows in jumps. */
export function axisEnd(x, start = 1000) {
  let end = start;
  while (end < x) end *= 2;
  return end;
}

/** How far up a value stands, 0 … 1: a logarithmic scale that begins at zero, so that plateau and basin both show. */
export function heightOf(value, top) {
  return Math.min(Math.log1p(value) / Math.log1p(top), 1);
}

/** SVG path through the points that have a value. */
export function path(points, right, top) {
  const known = points.filter(([, y]) => Number.isFinite(y));
  const corners = known.map(([x, y]) =>
    `${((WIDTH * x) / right).toFixed(1)} ${(HEIGHT * (1 - heightOf(y, top))).toFixed(1)}`
  );
  return corners.length > 0 ? `M${corners.join("L")}` : "";
}

/** The spectral loss over the steps of a run, with the plateau as a dashed line. */
export class Curve {
  constructor(plateau) {
    this.plateau = plateau;
    this.line = svg("path", { class: "gs-curve-line", fill: "none" });
    this.level = svg("line", { class: "gs-curve-level", x1: 0, x2: WIDTH });
    this.levelName = element("span", { class: "gs-curve-level-name" });
    this.end = element("span", { class: "gs-curve-end" });
    const picture = svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      this.level,
      this.line,
    );
    this.ticks = TICKS.map((value) => element("span", { class: "gs-curve-tick" }, String(value)));
    this.root = element("div", { class: "gs-curve" }, picture, ...this.ticks, this.levelName, this.end);
    this.clear();
  }

  clear() {
    this.points = [];
    this.draw();
  }

  add(steps, loss) {
    const last = this.points.at(-1);
    if (last && last[0] === steps) this.points.pop();
    this.points = thinned([...this.points, [steps, loss]]);
    this.draw();
  }

  draw() {
    const highest = this.points.reduce((top, [, y]) => (Number.isFinite(y) ? Math.max(top, y) : top), 0);
    const top = 1.5 * Math.max(this.plateau, highest);
    const right = axisEnd(this.points.at(-1)?.[0] ?? 0);
    const percent = (value) => `${(100 * (1 - heightOf(value, top))).toFixed(2)}%`;
    this.line.setAttribute("d", path(this.points, right, top));
    this.level.setAttribute("y1", percent(this.plateau));
    this.level.setAttribute("y2", percent(this.plateau));
    this.levelName.textContent = `plateau ${this.plateau.toFixed(0)}`;
    this.levelName.style.top = percent(this.plateau);
    this.ticks.forEach((tick, i) => (tick.style.top = percent(TICKS[i])));
    this.end.textContent = `${right.toLocaleString("en")} steps`;
  }
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
