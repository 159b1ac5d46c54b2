// A slider over precomputed results: maps and curves that change with one number.

import { floatsOf } from "./js/atlas.js";
import { chartBox, drawChart, drawSeries } from "./js/chart.js";
import { button, element, uniqueId } from "./js/controls.js";
import { guarded } from "./js/message.js";
import { boxFor, drawAxes, drawBar, drawCells, drawStar, layerColours, sizedContext } from "./js/plane.js";
import { calm, inkOf, onTheme, onWidth, widthOf } from "./js/theme.js";

/** Milliseconds a frame is shown while playing. */
const PAUSE = { usual: 700, calm: 1600 };

export default {
  render: guarded("These frames", ({ model, el }) => {
    const view = new FramesView(model);
    el.classList.add("gs-widget");
    el.append(view.root);
    view.begin();
    return () => view.dispose();
  }),
};

class FramesView {
  constructor(model) {
    this.model = model;
    this.names = model.get("names") ?? [];
    if (this.names.length === 0) throw new Error("its data are missing. Load the page again, or run the notebook that made it");
    this.panels = (model.get("panels") ?? []).map((panel) => readPanel(panel, this.names.length));
    this.stops = [];
    this.build();
  }

  get frame() {
    return Math.min(Math.max(this.model.get("frame"), 0), this.names.length - 1);
  }

  build() {
    const id = uniqueId("frame");
    this.range = element("input", { type: "range", id, class: "gs-range", min: 0, max: this.names.length - 1, step: 1 });
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.name = element("output", { for: id, class: "gs-readout gs-frame-name" });
    this.playButton = button("Play", () => this.toggle(), { "aria-pressed": "false" });
    const bar = element("div", { class: "gs-frames-bar" },
      this.playButton, element("label", { for: id }, this.model.get("label")), this.range, this.name);
    this.views = this.panels.map((panel) => buildPanel(panel, this));
    this.text = element("p", { class: "gs-readout gs-frames-text", role: "status" });
    this.root = element("div", { class: "gs-frames" }, bar,
      element("div", { class: "gs-frames-panels" }, ...this.views.map((view) => view.root)), this.text);
  }

  begin() {
    const changed = () => this.show();
    this.model.on("change:frame", changed);
    this.stops.push(() => this.model.off("change:frame", changed), onTheme(() => this.show()));
    for (const view of this.views) this.stops.push(onWidth(view.frame, (width) => view.draw(width, this.frame)));
    this.show();
  }

  dispose() {
    this.pause();
    for (const stop of this.stops) stop();
  }

  go(frame) {
    this.model.set("frame", frame);
    this.model.save_changes();
  }

  show() {
    const { frame } = this;
    this.range.value = frame;
    this.range.setAttribute("aria-valuetext", this.names[frame]);
    this.name.textContent = this.names[frame];
    this.text.textContent = this.model.get("texts")[frame] ?? "";
    for (const view of this.views) if (widthOf(view.frame)) view.draw(widthOf(view.frame), frame);
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.frame === this.names.length - 1) this.go(0);
    this.playButton.textContent = "Pause";
    this.playButton.setAttribute("aria-pressed", "true");
    // Spoken once it stops, and not at every frame.
    this.text.setAttribute("aria-live", "off");
    this.timer = setInterval(() => {
      if (this.frame === this.names.length - 1) this.pause();
      else this.go(this.frame + 1);
    }, calm() ? PAUSE.calm : PAUSE.usual);
    return undefined;
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.text.setAttribute("aria-live", "polite");
    this.playButton.textContent = "Play";
    this.playButton.setAttribute("aria-pressed", "false");
  }
}

/** A panel with numbers in place of bytes; throws where frames are missing. */
function readPanel(panel, count) {
  if (panel.frames?.length !== count) {
    throw new Error(`the panel “${panel.title}” holds ${panel.frames?.length ?? 0} frames, where ${count} were expected`);
  }
  if (panel.kind !== "map") return panel;
  const [columns, rows] = [panel.across.values.length, panel.up.values.length];
  const layers = panel.frames.map((bytes, i) => {
    const [low, high] = panel.spans[i];
    return { low, high, scale: panel.scale, values: floatsOf(bytes, columns * rows, `“${panel.title}”`) };
  });
  return { ...panel, columns, rows, layers };
}

function buildPanel(panel, view) {
  const canvas = element("canvas", { class: "gs-map", role: "img" });
  const frame = element("div", { class: "gs-map-frame" }, canvas);
  const root = element("figure", {}, element("figcaption", {}, panel.title), frame, legendOf(panel));
  const draw = (width, i) => {
    canvas.setAttribute("aria-label", `${panel.title}, at ${view.names[i]}. ${view.model.get("texts")[i] ?? ""}`);
    (panel.kind === "map" ? drawMapPanel : drawLinesPanel)(canvas, panel, width, i, inkOf(view.root));
  };
  return { root, frame, draw };
}

function drawMapPanel(canvas, panel, width, i, ink) {
  const box = boxFor(width);
  const context = sizedContext(canvas, width, box.canvas);
  context.clearRect(0, 0, width, box.canvas);
  drawCells(context, panel, box, layerColours(panel.layers[i], null, []));
  drawAxes(context, panel, box, ink);
  drawBar(context, box, panel.layers[i], ink);
  if (panel.truth?.length) drawStar(context, panel, box, panel.truth);
}

function drawLinesPanel(canvas, panel, width, i, ink) {
  const box = chartBox(width);
  const context = sizedContext(canvas, width, box.canvas);
  context.clearRect(0, 0, width, box.canvas);
  const scales = drawChart(context, box, panel.x, panel.y, ink);
  const colours = [ink.accent, ink.second, ink.muted, ink.text];
  for (const series of [...(panel.fixed ?? []), ...panel.frames[i]]) drawSeries(context, box, scales, series, colours);
}

/** What each colour stands for: every label once. */
function legendOf(panel) {
  const named = new Map();
  for (const series of [...(panel.fixed ?? []), ...panel.frames.flat()]) {
    if (series.label && !named.has(series.label)) named.set(series.label, series);
  }
  const colours = ["accent", "second", "muted", "text"];
  const items = [...named.values()].map(({ label, colour = 0, kind, dash }) => {
    const look = kind === "dots" ? "gs-key-dot" : dash?.length ? "gs-key-dash" : "gs-key-line";
    return element("li", {}, element("span", { class: look, style: `--gs-key: var(--gs-${colours[colour % 4]})` }), " ", label);
  });
  if (panel.truth?.length) items.unshift(element("li", {}, "☆ truth"));
  return element("ul", { class: "gs-legend" }, ...items);
}
