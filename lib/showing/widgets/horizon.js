// The horizon: slide the number of steps T and watch the bowl close to a cliff; choose a start and see who gets lost.

import { layerOf, planeNamed, projected, readPlanes, timesOf } from "./js/atlas.js";
import { nearestIndex, plainNumber } from "./js/axes.js";
import { chartBox, drawChart, drawSeries } from "./js/chart.js";
import { button, choice, element, uniqueId } from "./js/controls.js";
import { pointedMap } from "./js/maps.js";
import { guarded } from "./js/message.js";
import { percent } from "./js/numbers.js";
import { drawAxes, drawBar, drawCells, drawCursor, drawDot, drawLine, drawStar, layerColours, placed, sizedContext } from "./js/plane.js";
import { calm, inkOf, onTheme, onWidth, widthOf } from "./js/theme.js";
import { numberIn, onState, readState, writeState } from "./js/urlstate.js";

const METHODS = { squares: ["least squares", "#7fd6d2"], descent: ["plain gradient descent", "#f2a07b"] };
const LOSSES = [["pixels", "from the data, all cells compared"], ["paper", "from the patch, spectra compared (the paper's)"]];
/** Milliseconds in which a search is shown. */
const SHOWN_IN = 1600;

export default {
  render: guarded("The horizon", ({ model, el }) => {
    const view = new HorizonView(model);
    el.classList.add("gs-widget");
    el.append(view.root);
    view.begin();
    return () => view.dispose();
  }),
};

class HorizonView {
  constructor(model) {
    this.model = model;
    this.plane = planeNamed(readPlanes(model.get("planes")), "");
    this.trails = model.get("trails");
    this.starts = model.get("starts");
    this.times = timesOf(this.plane, "pixels");
    this.stops = [];
    this.share = 1; // of the searches that is drawn
    this.build();
  }

  get layer() {
    return layerOf(this.plane, this.model.get("loss"), this.model.get("time"));
  }
  /** The searches from the chosen start at this horizon. */
  get chosen() {
    const start = this.model.get("start");
    return this.trails.filter((trail) => trail.start === start && trail.time === this.layer.time);
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  build() {
    this.map = pointedMap({
      label: "Loss over a plane of parameters, as a share of its largest value. Click near a start, or choose one from the menu.",
      plane: () => this.plane,
      draw: (context, box) => this.draw(context, box),
      onmove: () => {},
      onpick: ({ across, up }) => this.byReader({ start: this.startNear([across, up]) }),
      grid: false,
    });
    this.cut = element("canvas", { class: "gs-map", role: "img" });
    const caption = element("figcaption", {}, "Cut through the truth; thin: the other horizons");
    this.cutFrame = element("figure", { class: "gs-map-frame" }, caption, this.cut);
    this.legend = element("ul", { class: "gs-legend" });
    this.told = element("p", { class: "gs-readout", role: "status" });
    this.root = element("section", { class: "gs-horizon", "aria-label": "The horizon" });
    const maps = element("div", { class: "gs-descend-maps" }, element("figure", {}, this.buildTitle(), this.map.root), this.cutFrame);
    this.root.append(this.buildSlider(), maps, this.legend, this.buildChoices(), this.told);
  }

  buildTitle() {
    this.title = element("figcaption", {});
    return this.title;
  }

  buildSlider() {
    const id = uniqueId("horizon");
    this.range = element("input", { type: "range", id, class: "gs-range", min: 0, max: this.times.length - 1, step: 1 });
    this.range.addEventListener("input", () => this.byReader({ time: this.times[Number(this.range.value)] }));
    this.steps = element("output", { for: id });
    return element("div", { class: "gs-slider gs-horizon-slider" }, element("label", { for: id }, "Horizon T"), this.range, this.steps);
  }

  buildChoices() {
    const named = this.starts.map((_, i) => [String(i), i === 0 ? "the paper's" : `random start ${i}`]);
    const [low, high] = [this.model.get("start"), this.model.get("loss")];
    this.startChoice = choice({ label: "Search from", options: named, value: String(low), onchange: (i) => this.byReader({ start: Number(i) }) });
    this.lossChoice = choice({ label: "Loss", options: LOSSES, value: high, onchange: (loss) => this.byReader({ loss }) });
    this.again = button("See it go", () => this.go());
    return element("div", { class: "gs-bar" }, this.lossChoice.root, this.startChoice.root, this.again);
  }

  begin() {
    const changed = () => this.show();
    const watched = ["time", "loss", "start"];
    for (const name of watched) this.model.on(`change:${name}`, changed);
    this.stops.push(() => watched.forEach((name) => this.model.off(`change:${name}`, changed)));
    this.stops.push(onTheme(changed), onState("horizon", (state) => this.follow(state), this.root), this.map.stop, onWidth(this.cutFrame, () => this.drawCut()));
    this.take(readState("horizon"));
    this.show();
  }

  /** What an address says, as far as it makes sense here. */
  take(state) {
    const values = {};
    if (state.T) values.time = numberIn(state.T, 1, this.times.at(-1), this.model.get("time"));
    if (LOSSES.some(([loss]) => loss === state.loss)) values.loss = state.loss;
    if (state.start) values.start = Math.round(numberIn(state.start, 0, this.starts.length - 1, this.model.get("start")));
    this.set(values);
  }

  /** A link in the text has been followed: its view, and the searches go. */
  follow(state) {
    this.take(state);
    this.go();
  }

  byReader(values) {
    this.set(values);
    writeState("horizon", { T: this.layer.time, loss: this.model.get("loss"), start: this.model.get("start") });
    this.go();
  }

  /** The start whose dot lies nearest to a place on the map. */
  startNear(point) {
    const at = placed(this.plane, this.map.box, point);
    const far = this.starts.map((start) => {
      const dot = placed(this.plane, this.map.box, projected(this.plane, start));
      return Math.hypot(dot.x - at.x, dot.y - at.y);
    });
    return far.indexOf(Math.min(...far));
  }

  /** Let both searches go from the start; at once where less motion is wanted. */
  go() {
    cancelAnimationFrame(this.frame);
    if (calm()) return this.drawUpTo(1);
    const began = performance.now();
    const next = (now) => {
      this.drawUpTo(Math.min((now - began) / SHOWN_IN, 1));
      if (this.share < 1) this.frame = requestAnimationFrame(next);
    };
    this.frame = requestAnimationFrame(next);
    return undefined;
  }

  drawUpTo(share) {
    this.share = Math.max(share, 0);
    this.map.redraw();
  }

  show() {
    const { time, top } = this.layer;
    this.range.value = this.times.indexOf(time);
    this.steps.textContent = `${time.toLocaleString("en")} ${time === 1 ? "step" : "steps"}`;
    this.range.setAttribute("aria-valuetext", this.steps.textContent);
    this.startChoice.set(String(this.model.get("start")));
    this.lossChoice.set(this.model.get("loss"));
    this.title.textContent = `Loss after ${this.steps.textContent}; brightest: ${plainNumber(top)}`;
    this.colours = layerColours(this.layer, null, []);
    this.fillLegend();
    this.again.disabled = this.onPixels && this.chosen.length === 0;
    const text = this.sentences();
    if (this.told.textContent !== text) this.told.textContent = text;
    this.map.redraw();
    this.drawCut();
  }

  get onPixels() {
    return this.model.get("loss") === "pixels";
  }

  fillLegend() {
    const lines = Object.entries(METHODS).map(([, [name, colour]]) =>
      element("li", {}, element("span", { class: "gs-key-line", style: `--gs-key:${colour}` }), name)
    );
    const items = this.onPixels ? [...lines, element("li", {}, "○ start; hollow at the edge: beyond it")] : [];
    this.legend.replaceChildren(element("li", {}, "☆ truth"), ...items);
  }

  draw(context, box) {
    const ink = inkOf(this.root);
    drawCells(context, this.plane, box, this.colours);
    drawAxes(context, this.plane, box, ink);
    drawBar(context, box, this.layer, ink);
    if (this.onPixels) {
      this.starts.forEach((start) => drawDot(context, this.plane, box, projected(this.plane, start), { colour: "#ffffff", radius: 3.5 }));
      for (const trail of this.chosen) this.drawTrail(context, box, trail);
      const start = this.starts[this.model.get("start")];
      if (start) drawCursor(context, this.plane, box, projected(this.plane, start));
    }
    drawStar(context, this.plane, box, this.plane.truth);
  }

  drawTrail(context, box, { method, points }) {
    const colour = METHODS[method][1];
    const shown = upTo(points.map((point) => projected(this.plane, point)), this.share);
    drawLine(context, this.plane, box, shown, { colour, width: 2.5, halo: "#14181d" });
    shown.slice(1).forEach((point, i) => drawDot(context, this.plane, box, point, { colour, radius: i === shown.length - 2 ? 5.5 : 3 }));
  }

  /** Share of the largest loss along the plane's row through the truth, at every horizon. */
  drawCut() {
    const width = widthOf(this.cutFrame);
    if (!(width > 0) || !this.colours) return;
    const [ink, box] = [inkOf(this.root), chartBox(width)];
    const context = sizedContext(this.cut, width, box.canvas);
    const { across, up } = this.plane;
    const x = { low: across.values[0], high: across.values.at(-1), label: across.label };
    const scales = drawChart(context, box, x, { low: 0, high: 1, label: "share of the largest loss" }, ink);
    for (const time of this.times) {
      if (time !== this.layer.time) drawSeries(context, box, scales, this.cutAt(time, 0.7), [ink.muted]);
    }
    drawSeries(context, box, scales, { kind: "line", dash: [3, 3], width: 1, points: [[this.plane.truth[0], 0], [this.plane.truth[0], 1]] }, [ink.muted]);
    drawSeries(context, box, scales, this.cutAt(this.layer.time, 2.6), [ink.accent]);
    this.cut.setAttribute("aria-label", `Cut through the map along ${across.label} at ${up.label} nearest to the truth, after ${this.steps.textContent}`);
  }

  cutAt(time, width) {
    const { across, up, columns } = this.plane;
    const { values } = layerOf(this.plane, this.model.get("loss"), time);
    const row = nearestIndex(up.values, this.plane.truth[1]);
    const points = across.values.map((x, j) => (Number.isFinite(values[row * columns + j]) ? [x, values[row * columns + j]] : null));
    return { kind: "line", points, width };
  }

  /** What became of both searches. */
  sentences() {
    if (!this.onPixels) return "Both searches shown here follow the other loss: choose it to see them.";
    const told = Object.entries(METHODS).map(([method, [name]]) => {
      const trail = this.chosen.find((one) => one.method === method);
      return trail ? this.fate(name, trail) : `${capital(name)} was not run at this horizon.`;
    });
    return told.join(" ");
  }

  fate(name, { error, evaluations, method }) {
    const cost = `${evaluations} ${method === "squares" ? "Jacobian" : "gradient"}${evaluations === 1 ? "" : "s"}`;
    const found = error < this.model.get("within");
    return `${capital(name)} ${found ? "found the truth" : "got lost"}: the worst of the four numbers is off by ${percent(error).replace("<", "less than")}, after ${cost}.`;
  }

  dispose() {
    cancelAnimationFrame(this.frame);
    for (const stop of this.stops) stop();
    this.root.remove();
  }
}

/** The beginning of a line through points: whole pieces, and a part of the next. */
function upTo(points, share) {
  const reach = share * (points.length - 1);
  const whole = Math.floor(reach);
  const shown = points.slice(0, whole + 1);
  if (whole < points.length - 1) {
    const [from, to] = [points[whole], points[whole + 1]];
    shown.push(from.map((x, i) => x + (reach - whole) * (to[i] - x)));
  }
  return shown;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
