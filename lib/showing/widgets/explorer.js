// The landscape explorer: a plane of parameters as a heat map, the picture behind every point, and the
// paths of training runs over it.

import { layerOf, lossesOf, outcomesOf, parametersAt, planeNamed, projected, readPlanes, shownAt, tileOf, timesOf } from "./js/atlas.js";
import { plainNumber } from "./js/axes.js";
import { button, choice, element, slider } from "./js/controls.js";
import { pointedMap } from "./js/maps.js";
import { guarded, sentence, showMessage } from "./js/message.js";
import { chosenPaths, drawPaths, lastFrame, pathSentence } from "./js/paths.js";
import { drawAxes, drawBar, drawCells, drawCursor, drawLine, drawStar, endingColours, framed, layerColours } from "./js/plane.js";
import { decodedSheet, drawTile } from "./js/sheet.js";
import { calm, inkOf, onTheme } from "./js/theme.js";
import { numberIn, onState, readState, withState, writeState } from "./js/urlstate.js";

/** The layer that shows how runs ended, beside the losses. */
const ENDINGS = "endings";

/** Dashes that tell curves apart without their colours. */
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4]];

/** Milliseconds an iteration is shown; longer for readers who asked for less motion. */
const FRAME = { usual: 350, calm: 1200 };

export default { render: guarded("The explorer", renderExplorer) };

function renderExplorer({ model, el }) {
  const view = new ExplorerView(model);
  el.classList.add("gs-widget");
  el.append(view.root);
  view.start();
  return () => view.dispose();
}

class ExplorerView {
  constructor(model) {
    this.model = model;
    this.planes = readPlanes(model.get("planes"));
    this.endings = model.get("endings");
    this.sheets = new Map();
    this.stops = [];
    this.build();
  }

  // What the reader chose lives in the model, so that Python sees it and can set it.

  /** The plane, with room around it for the chosen runs. */
  get plane() {
    const key = `${this.model.get("plane")} ${this.model.get("path")}`;
    if (this.framedFor !== key) {
      const plane = planeNamed(this.planes, this.model.get("plane"));
      this.framedPlane = framed(plane, this.paths.flatMap(({ params }) => params.map((p) => projected(plane, p))));
      this.framedFor = key;
    }
    return this.framedPlane;
  }
  get loss() {
    return this.model.get("loss");
  }
  get layer() {
    return layerOf(this.plane, this.loss, this.model.get("time"));
  }
  get outcome() {
    return outcomesOf(this.plane, this.loss === ENDINGS ? this.timeShown() : this.layer.time);
  }
  get paths() {
    return chosenPaths(this.model.get("paths"), this.model.get("path"));
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  build() {
    this.bar = element("div", { class: "gs-bar" });
    this.map = pointedMap({
      label: "Loss over a plane of parameters. Arrow keys move, Enter shows the picture of a point.",
      plane: () => this.plane,
      draw: (context, box) => this.draw(context, box),
      onmove: (cursor, way) => this.onMove(cursor, way),
      onpick: (cursor) => this.onPick(cursor),
    });
    this.readout = element("p", { class: "gs-readout gs-explorer-readout" });
    this.spoken = element("p", { class: "gs-hidden", role: "status" });
    this.legend = element("ul", { class: "gs-legend" });
    this.side = element("div", { class: "gs-explorer-side" });
    this.player = element("div", { class: "gs-explorer-player" });
    const left = element("div", {}, this.map.root, this.legend, this.readout, this.spoken);
    this.root = element("div", { class: "gs-explorer" }, this.bar, element("div", { class: "gs-explorer-grid" }, left, this.side), this.player);
    this.buildChoices();
    this.buildSide();
    this.buildPlayer();
  }

  buildChoices() {
    const names = this.planes.map(({ name, label }) => [name, label]);
    this.planeChoice = choice({ label: "Plane", options: names, value: this.plane.name, onchange: (plane) => this.set({ plane }) });
    this.lossChoice = choice({ label: "Show", options: [], onchange: (loss) => this.set({ loss }) });
    this.timeChoice = choice({ label: "after", options: [], onchange: (time) => this.set({ time: Number(time) }) });
    this.curves = element("input", { type: "checkbox", onchange: () => this.set({ curves_shown: this.curves.checked }) });
    this.curvesLabel = element("label", { class: "gs-check" }, this.curves, "curves");
    this.bar.append(this.planeChoice.root, this.lossChoice.root, this.timeChoice.root, this.curvesLabel);
  }

  buildSide() {
    this.picture = element("canvas", { class: "gs-picture gs-tile", role: "img", "aria-label": "No point is chosen yet." });
    this.caption = element("figcaption", {});
    this.numbers = element("dl", { class: "gs-values" });
    this.link = element("a", { class: "gs-button gs-link" }, "Start it in the laboratory");
    this.side.append(element("figure", {}, this.caption, this.picture), this.numbers, this.link);
  }

  buildPlayer() {
    const paths = this.model.get("paths");
    this.player.hidden = paths.length === 0;
    if (this.player.hidden) return;
    const options = [["", "none"], ...paths.map(({ name, label }) => [name, label]), ["all", "all of them"]];
    const onchange = (path) => this.set({ path, frame: lastFrame(chosenPaths(paths, path)) });
    this.pathChoice = choice({ label: "Training run", options, value: this.model.get("path"), onchange });
    this.playButton = button("Play", () => this.togglePlay(), { "aria-pressed": "false" });
    this.frameSlider = slider({
      label: "Iteration shown", low: 0, high: Math.max(lastFrame(paths), 1), step: 1, value: 0, digits: 0,
      oninput: (frame) => this.set({ frame: Math.round(frame) }),
    });
    this.told = element("p", { class: "gs-readout", role: "status" });
    const bar = element("div", { class: "gs-bar" }, this.pathChoice.root, this.playButton);
    this.player.append(bar, this.frameSlider.root, this.told);
  }

  start() {
    this.takeAddress(readState("explorer"));
    this.stops.push(onState("explorer", (state) => this.takeAddress(state), this.root), onTheme(() => this.map.redraw()), this.map.stop);
    const watched = ["plane", "loss", "time", "selected", "path", "frame", "curves", "curves_shown"];
    const changed = () => this.show();
    for (const name of watched) this.model.on(`change:${name}`, changed);
    this.stops.push(() => watched.forEach((name) => this.model.off(`change:${name}`, changed)));
    this.show();
  }

  dispose() {
    this.disposed = true;
    this.stopPlaying();
    for (const stop of this.stops) stop();
  }

  /** Take over what an address says, as far as it makes sense here. */
  takeAddress(state) {
    if (Object.keys(state).length === 0) return;
    const plane = planeNamed(this.planes, state.plane ?? this.plane.name);
    const values = { plane: plane.name };
    if (state.loss === ENDINGS || lossesOf(plane).some(([loss]) => loss === state.loss)) values.loss = state.loss;
    if (state.time) values.time = numberIn(state.time, 0, Infinity, this.model.get("time"));
    const place = ["Du", "Dv", "F", "k"].map((name) => numberIn(state[name], 0, 1, NaN));
    if (place.every(Number.isFinite)) values.selected = place;
    values.curves_shown = state.curves !== "off";
    const paths = chosenPaths(this.model.get("paths"), state.run ?? "");
    values.path = paths.length > 0 ? state.run : "";
    values.frame = Math.round(numberIn(state.iteration, 0, lastFrame(paths), lastFrame(paths)));
    this.set(values);
  }

  address() {
    const place = this.model.get("selected");
    const named = place.length ? Object.fromEntries(["Du", "Dv", "F", "k"].map((n, i) => [n, round6(place[i])])) : {};
    const run = this.model.get("path");
    // While a run plays, the address waits for where it stops: browsers count how often it is written.
    const over = run && { run, ...(!this.timer && { iteration: Math.min(this.model.get("frame"), lastFrame(this.paths)) }) };
    const curves = this.model.get("curves_shown") ? {} : { curves: "off" };
    return { plane: this.plane.name, loss: this.loss, time: this.timeShown(), ...named, ...over, ...curves };
  }

  /** Keep the address up with what is shown. A page that is only looked at keeps its own. */
  share() {
    const text = JSON.stringify(this.address());
    if (this.shared !== undefined && this.shared !== text) writeState("explorer", this.address());
    this.shared = text;
  }

  timeShown() {
    const known = this.loss === ENDINGS ? this.plane.outcomes.map(({ time }) => time) : [this.layer.time];
    const wanted = this.model.get("time");
    return known.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best));
  }

  /** Bring everything into line with the model. */
  show() {
    this.fillChoices();
    this.colours = this.loss === ENDINGS ? endingColours(this.outcome, this.endings) : layerColours(this.layer, this.outcome, this.endings);
    this.fillLegend();
    this.showSelected();
    this.showPaths();
    this.map.redraw();
    this.say(this.map.cursor, "pointer");
    this.share();
  }

  fillChoices() {
    this.planeChoice.set(this.plane.name);
    refill(this.lossChoice, [...lossesOf(this.plane), [ENDINGS, "How the runs ended"]], this.loss === ENDINGS ? ENDINGS : this.layer.loss);
    const times = this.loss === ENDINGS ? this.plane.outcomes.map(({ time }) => time).sort((a, b) => a - b) : timesOf(this.plane, this.layer.loss);
    refill(this.timeChoice, times.map((t) => [t, `${t.toLocaleString("en")} steps`]), this.timeShown());
    this.timeChoice.select.disabled = times.length < 2;
    const curves = this.curvesHere(true);
    this.curvesLabel.hidden = curves.length === 0;
    this.curves.checked = this.model.get("curves_shown");
  }

  curvesHere(all = false) {
    if (!all && !this.model.get("curves_shown")) return [];
    return this.model.get("curves").filter((curve) => curve.plane === this.plane.name);
  }

  fillLegend() {
    const seen = this.outcome ? new Set(this.outcome.codes) : new Set();
    const shown = this.endings.filter((ending, code) => seen.has(code) && (this.loss === ENDINGS || !ending.trusted));
    const items = shown.map(({ name, colour }) => legendItem(element("span", { class: "gs-swatch", style: `background:${colour}` }), name));
    items.unshift(legendItem("☆", "truth"));
    this.curvesHere().forEach((curve, i) => items.push(legendItem(dashSample(curveStyle(i)), curve.label)));
    this.legend.replaceChildren(...items);
  }

  draw(context, box) {
    const ink = inkOf(this.root);
    drawCells(context, this.plane, box, this.colours);
    drawAxes(context, this.plane, box, ink);
    if (this.loss !== ENDINGS) drawBar(context, box, this.layer, ink);
    this.curvesHere().forEach((curve, i) => drawLine(context, this.plane, box, curve.points, { ...curveStyle(i), halo: "#14181d" }));
    drawStar(context, this.plane, box, this.plane.truth);
    drawPaths(context, this.plane, box, this.paths, this.model.get("frame"), this.endings);
    const place = this.model.get("selected");
    if (place.length) drawCursor(context, this.plane, box, projected(this.plane, place), { radius: 9, colour: "#c8102e" });
    if (this.map.cursor) drawCursor(context, this.plane, box, [this.map.cursor.across, this.map.cursor.up]);
  }

  onMove(cursor, way) {
    this.say(cursor, way);
    this.map.redraw();
  }

  onPick({ row, column }) {
    this.set({ selected: parametersAt(this.plane, row, column) });
  }

  /** Values and outcome under the cursor; read aloud only where keys moved it. */
  say(cursor, way) {
    const text = cursor ? this.sentenceAt(cursor) : "Point at the map, or focus it and use the arrow keys.";
    this.readout.textContent = text;
    if (way === "keys") this.spoken.textContent = text;
  }

  sentenceAt({ row, column }) {
    const { across, up } = this.plane;
    const i = row * this.plane.columns + column;
    const [x, y] = shownAt(this.plane, this.loss === ENDINGS ? this.outcome : this.layer, row, column);
    const ending = this.outcome ? this.endings[this.outcome.codes[i]]?.name : null;
    const value = this.layer.values[i];
    const score = this.loss === ENDINGS ? "" : `${this.layer.label} ${Number.isFinite(value) ? plainNumber(value) : "not known"}`;
    return [`${across.label} = ${round6(x)}, ${up.label} = ${round6(y)}`, score, ending].filter(Boolean).join(" · ");
  }

  showSelected() {
    const place = this.model.get("selected");
    this.side.classList.toggle("gs-empty", place.length === 0);
    this.numbers.replaceChildren();
    this.link.hidden = true;
    if (place.length === 0) {
      this.caption.textContent = "Choose a point to see what grows there.";
      return;
    }
    const [across, up] = projected(this.plane, place);
    const cursor = this.map.cursor ?? this.map.place(across, up);
    const { row, column } = this.map.place(across, up);
    this.map.cursor = cursor;
    this.showNumbers(row, column);
    this.showLink(parametersAt(this.plane, row, column));
    this.showPicture(this.plane, row, column);
  }

  showNumbers(row, column) {
    const i = row * this.plane.columns + column;
    const parameters = parametersAt(this.plane, row, column);
    const names = ["Du", "Dv", "F", "k"].map((name, j) => [NAMES[name], round6(parameters[j])]);
    const values = lossesOf(this.plane).map(([loss, label]) => {
      const layer = layerOf(this.plane, loss, Infinity);
      const value = layer.values[i];
      return [label + this.elsewhere(layer, parameters, row, column), Number.isFinite(value) ? plainNumber(value) : "none"];
    });
    for (const [name, value] of [...names, ...values]) this.numbers.append(element("dt", {}, name), element("dd", {}, String(value)));
  }

  /** Where a value was computed, if that is not at these parameters: some losses are known on a coarser grid. */
  elsewhere(layer, parameters, row, column) {
    const { across, up } = this.plane;
    const [x, y] = shownAt(this.plane, layer, row, column).map(round6);
    const here = projected(this.plane, parameters).map(round6);
    return x === here[0] && y === here[1] ? "" : ` (at ${across.label} = ${x}, ${up.label} = ${y})`;
  }

  showLink(parameters) {
    const page = this.model.get("laboratory");
    if (!page || document.body.dataset.jpThemeName !== undefined) return;
    const values = Object.fromEntries(["Du", "Dv", "F", "k"].map((name, i) => [name, round6(parameters[i])]));
    this.link.href = page + withState("laboratory", values, "");
    this.link.hidden = false;
  }

  /** The picture of a point, and words for it. The sheet is decoded when the first picture is wanted. */
  async showPicture(plane, row, column) {
    const outcome = plane.outcomes.reduce((last, one) => (one.time > (last?.time ?? -1) ? one : last), null);
    const ending = outcome ? this.endings[outcome.codes[row * plane.columns + column]] : null;
    const [x, y] = projected(plane, parametersAt(plane, row, column));
    const words = `What grows at ${NAMES[plane.across.name]} = ${round6(x)}, ${NAMES[plane.up.name]} = ${round6(y)}${ending ? `: ${ending.name}` : ""}.`;
    this.caption.textContent = words;
    this.picture.setAttribute("aria-label", words);
    try {
      if (!this.sheets.has(plane.name)) this.sheets.set(plane.name, decodedSheet(plane.sheet));
      const sheet = await this.sheets.get(plane.name);
      if (this.disposed || !sheet) return;
      drawTile(this.picture, sheet, ...tileOf(plane, row, column));
    } catch (error) {
      this.pictureFailed ??= showMessage(this.side, `The pictures cannot be shown: ${sentence(error)}`);
    }
  }

  showPaths() {
    if (this.player.hidden) return;
    const paths = this.paths;
    const last = lastFrame(paths);
    const frame = Math.min(this.model.get("frame"), last);
    this.pathChoice.set(this.model.get("path"));
    this.frameSlider.range.max = this.frameSlider.number.max = Math.max(last, 1);
    this.frameSlider.set(frame);
    for (const control of [this.frameSlider.range, this.frameSlider.number, this.playButton]) control.disabled = paths.length === 0;
    if (paths.length === 0) this.told.textContent = "";
    else {
      const said = paths.length === 1 ? pathSentence(paths[0], frame, this.endings) : `${paths.length} runs up to iteration ${frame}.`;
      this.told.textContent = this.plane.frame ? `${said} The map is zoomed out to them; around it nothing was computed.` : said;
    }
  }

  togglePlay() {
    if (this.timer) return this.stopPlaying();
    const last = lastFrame(this.paths);
    if (this.model.get("frame") >= last) this.set({ frame: 0 });
    this.playButton.textContent = "Pause";
    this.playButton.setAttribute("aria-pressed", "true");
    // Read aloud once it stops, and not at every iteration.
    this.told.setAttribute("aria-live", "off");
    this.timer = setInterval(() => {
      const frame = this.model.get("frame");
      if (frame >= lastFrame(this.paths)) this.stopPlaying();
      else this.set({ frame: frame + 1 });
    }, calm() ? FRAME.calm : FRAME.usual);
    return undefined;
  }

  stopPlaying() {
    clearInterval(this.timer);
    this.timer = null;
    if (!this.playButton) return;
    this.told.setAttribute("aria-live", "polite");
    this.playButton.textContent = "Play";
    this.playButton.setAttribute("aria-pressed", "false");
    if (!this.disposed) this.share();
  }
}

const NAMES = { Du: "Dᵤ", Dv: "Dᵥ", F: "F", k: "k" };

function round6(x) {
  return Number(x.toFixed(6));
}

function refill({ select, set }, options, value) {
  const wanted = options.map(([key, text]) => `${key}\n${text}`).join("\n\n");
  if (select.dataset.options !== wanted) {
    select.replaceChildren(...options.map(([key, text]) => element("option", { value: key }, text)));
    select.dataset.options = wanted;
  }
  set(String(value));
}

function curveStyle(i) {
  return { colour: "#ffffff", width: 2, dash: DASHES[i % DASHES.length] };
}

function legendItem(mark, text) {
  return element("li", {}, mark, " ", text);
}

/** A short piece of a curve as it is drawn on the map. */
function dashSample({ dash }) {
  const canvas = element("canvas", { width: "34", height: "12", class: "gs-dash", "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.fillStyle = "#31688e";
  context.fillRect(0, 0, 34, 12);
  context.setLineDash(dash);
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(0, 6);
  context.lineTo(34, 6);
  context.stroke();
  return canvas;
}
