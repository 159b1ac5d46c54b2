// Descend yourself: plain gradient descent on a sampled landscape, and beside it, from the same start and
// with the same noise, on the residual's bowl.

import { layerOf, lossesOf, outcomesOf, planeNamed, readPlanes } from "./js/atlas.js";
import { plainNumber } from "./js/axes.js";
import { button, choice, element, numberField, slider } from "./js/controls.js";
import { pointedMap } from "./js/maps.js";
import { guarded } from "./js/message.js";
import { drawAxes, drawCells, drawCursor, drawDot, drawLine, drawStar, layerColours, sizedContext } from "./js/plane.js";
import { paraboloid, sampledSurface, scaledToRange, shareOf, valueAt } from "./js/surface.js";
import { calm, inkOf, onTheme, onWidth, widthOf } from "./js/theme.js";
import { numberIn, onState, readState, writeState } from "./js/urlstate.js";
import { apart, goOn, newWalk, normalNumbers } from "./js/walk.js";

/** Steps of one walk, and how many are shown a second. */
const LONGEST = 400;
const PACE = 30;

/** Distance to the truth, as a share of the map's diagonal, that counts as having arrived. */
const ARRIVED = 0.01;

export default {
  render: guarded("This descent", ({ model, el }) => {
    const view = new DescendView(model);
    el.classList.add("gs-widget");
    el.append(view.root);
    view.begin();
    return () => view.dispose();
  }),
};

class DescendView {
  constructor(model) {
    this.model = model;
    this.planes = readPlanes(model.get("planes"));
    this.endings = model.get("endings");
    this.stops = [];
    this.running = false;
    this.build();
  }

  get plane() {
    return planeNamed(this.planes, this.model.get("plane"));
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  build() {
    this.sides = ["landscape", "bowl"].map((kind) => this.buildSide(kind));
    this.curve = element("canvas", { class: "gs-map gs-descent-curve", role: "img" });
    this.curveFrame = element("figure", { class: "gs-map-frame" }, element("figcaption", {}, "Height on the way down, as a share of each map's range"), this.curve);
    this.told = element("p", { class: "gs-readout", role: "status" });
    this.root = element("div", { class: "gs-descend" },
      this.buildChoices(), element("div", { class: "gs-descend-maps" }, ...this.sides.map((side) => side.root)),
      this.buildKnobs(), this.told, this.curveFrame);
  }

  buildSide(kind) {
    const side = { kind };
    const bowl = kind === "bowl";
    side.map = pointedMap({
      label: `${bowl ? "Residual loss" : "Chosen loss"} over the plane. Arrow keys move, Enter sets the start.`,
      plane: () => this.plane, bar: false, grid: false,
      draw: (context, box) => this.draw(context, box, side),
      onmove: (cursor, way) => { this.cursor = cursor; this.redraw(); if (way === "keys") this.tellPlace(cursor); },
      onpick: ({ across, up }) => this.set({ start: [across, up] }),
    });
    side.caption = element("figcaption", {});
    side.root = element("figure", {}, side.caption, side.map.root);
    return side;
  }

  buildChoices() {
    const names = this.planes.map(({ name, label }) => [name, label]);
    this.planeChoice = choice({
      label: "Plane", options: names, value: this.plane.name,
      onchange: (plane) => this.set({ plane, start: nearCorner(planeNamed(this.planes, plane)) }),
    });
    const offered = lossesOf(this.plane).filter(([loss]) => loss !== "residual");
    this.lossChoice = choice({ label: "Left map", options: offered, value: this.model.get("loss"), onchange: (loss) => this.set({ loss }) });
    return element("div", { class: "gs-bar" }, this.planeChoice.root, this.lossChoice.root);
  }

  buildKnobs() {
    this.rate = slider({
      label: "Learning rate", low: 1e-4, high: 10, step: 0.05, value: this.model.get("rate"), log: true,
      oninput: (rate) => this.set({ rate }),
    });
    this.noise = slider({
      label: "Noise on the slope", low: 0, high: 5, step: 0.05, value: this.model.get("noise"), digits: 2,
      oninput: (noise) => this.set({ noise }),
    });
    this.seed = numberField({ label: "Seed of the noise", low: 0, high: 4294967295, value: this.model.get("seed"), onchange: (seed) => this.set({ seed }) });
    this.goButton = button("Go", () => (this.running ? this.pause() : this.go()), { "aria-pressed": "false" });
    const one = button("One step", () => { this.pause(); this.advance(1); this.report(); });
    const again = button("Back to the start", () => this.restart());
    const bar = element("div", { class: "gs-bar" }, this.goButton, one, again, this.seed.root);
    return element("div", { class: "gs-descend-knobs" }, this.rate.root, this.noise.root, bar);
  }

  begin() {
    this.takeAddress(readState("descend"));
    const watched = ["plane", "loss", "rate", "noise", "seed", "start"];
    const changed = () => this.settle();
    for (const name of watched) this.model.on(`change:${name}`, changed);
    this.stops.push(() => watched.forEach((name) => this.model.off(`change:${name}`, changed)));
    this.stops.push(onState("descend", (state) => this.takeAddress(state), this.root), onTheme(() => this.redraw()));
    this.stops.push(...this.sides.map((side) => side.map.stop), onWidth(this.curveFrame, () => this.drawCurve()));
    this.settle();
  }

  dispose() {
    this.pause();
    for (const stop of this.stops) stop();
  }

  takeAddress(state) {
    if (Object.keys(state).length === 0) return;
    const plane = planeNamed(this.planes, state.plane ?? this.plane.name);
    const [low, high] = [lowest(plane), highest(plane)];
    const old = plane === this.plane && this.model.get("start").length ? this.model.get("start") : nearCorner(plane);
    const start = [numberIn(state.across, low[0], high[0], old[0]), numberIn(state.up, low[1], high[1], old[1])];
    const loss = lossesOf(plane).some(([name]) => name === state.loss && name !== "residual") ? state.loss : this.model.get("loss");
    this.set({
      plane: plane.name, loss, start,
      rate: numberIn(state.rate, 1e-4, 10, this.model.get("rate")),
      noise: numberIn(state.noise, 0, 5, this.model.get("noise")),
      seed: Math.round(numberIn(state.seed, 0, 4294967295, this.model.get("seed"))),
    });
  }

  share() {
    const [across, up] = this.start.map((x) => Number(x.toPrecision(6)));
    const { plane, loss, rate, noise, seed } = Object.fromEntries(["plane", "loss", "rate", "noise", "seed"].map((n) => [n, this.model.get(n)]));
    const values = { plane, loss, rate, noise, seed, across, up };
    const text = JSON.stringify(values);
    if (this.shared !== undefined && this.shared !== text) writeState("descend", values);
    this.shared = text;
  }

  /** The start in the plane's own numbers. */
  get start() {
    const start = this.model.get("start");
    return start.length === 2 ? start : nearCorner(this.plane);
  }

  /** Something was chosen: bring controls and maps into line, and go back to the start. */
  settle() {
    const offered = lossesOf(this.plane).filter(([loss]) => loss !== "residual");
    const known = offered.some(([loss]) => loss === this.model.get("loss"));
    this.planeChoice.set(this.plane.name);
    this.lossChoice.select.replaceChildren(...offered.map(([key, text]) => element("option", { value: key }, text)));
    this.lossChoice.set(known ? this.model.get("loss") : offered[0][0]);
    this.rate.set(this.model.get("rate"));
    this.noise.set(this.model.get("noise"));
    this.seed.set(this.model.get("seed"));
    for (const side of this.sides) this.settleSide(side, side.kind === "bowl" ? "residual" : this.lossChoice.select.value);
    this.restart();
    this.share();
  }

  settleSide(side, loss) {
    const { plane } = this;
    side.layer = layerOf(plane, loss, Infinity);
    side.colours = layerColours(side.layer, outcomesOf(plane, side.layer.time), side.kind === "bowl" ? [] : this.endings);
    side.surface = surfaceOf(plane, side.layer);
    side.caption.textContent = side.layer.label;
  }

  restart() {
    this.pause();
    const { across, up } = this.plane;
    const start = [shareOf(across.values, this.start[0]), shareOf(up.values, this.start[1])];
    for (const side of this.sides) {
      side.walk = newWalk(side.surface, start);
      side.normal = normalNumbers(this.model.get("seed"));
    }
    this.redraw();
    this.told.textContent = `Start at ${this.placeText(this.start)}. Press Go, or choose another start on either map.`;
  }

  placeText([across, up]) {
    return `${this.plane.across.label} = ${Number(across.toFixed(5))}, ${this.plane.up.label} = ${Number(up.toFixed(5))}`;
  }

  tellPlace({ across, up }) {
    this.told.textContent = `Cursor at ${this.placeText([across, up])}.`;
  }

  go() {
    if (this.taken() >= LONGEST || this.sides.every((side) => side.walk.lost)) this.restart();
    if (calm()) return this.jump();
    this.running = true;
    this.pressed("Pause", "true");
    // Spoken at the end, and not at every step.
    this.told.setAttribute("aria-live", "off");
    let last = performance.now();
    const pace = 1000 / PACE;
    const turn = (now) => {
      if (!this.running) return;
      const due = Math.min(Math.floor((now - last) / pace), 10);
      if (due > 0) {
        last = now;
        this.advance(due);
      }
      if (this.taken() >= LONGEST || this.sides.every((side) => side.walk.lost)) this.pause();
      else this.frame = requestAnimationFrame(turn);
    };
    this.frame = requestAnimationFrame(turn);
    return undefined;
  }

  /** The whole walk at once, for readers who asked for less motion. */
  jump() {
    this.advance(LONGEST);
    this.report();
  }

  pause() {
    const was = this.running;
    this.running = false;
    cancelAnimationFrame(this.frame);
    this.pressed("Go", "false");
    this.told.setAttribute("aria-live", "polite");
    if (was) this.report();
  }

  pressed(text, state) {
    this.goButton.textContent = text;
    this.goButton.setAttribute("aria-pressed", state);
  }

  taken() {
    return Math.max(...this.sides.map((side) => side.walk.points.length)) - 1;
  }

  advance(count) {
    const setting = { rate: this.model.get("rate"), noise: this.model.get("noise") };
    for (let i = 0; i < count && this.taken() < LONGEST; i++) {
      for (const side of this.sides) goOn(side.walk, side.surface, setting, side.normal);
    }
    this.redraw();
    this.told.textContent = `Step ${this.taken()}.`;
  }

  /** Say how both walks stand, and hand their paths to Python. */
  report() {
    const truth = [shareOf(this.plane.across.values, this.plane.truth[0]), shareOf(this.plane.up.values, this.plane.truth[1])];
    this.told.textContent = `After ${this.taken()} steps. ${this.sides.map((side) => walkSentence(side, truth)).join(" ")}`;
    const own = ([x, y]) => [valueAt(this.plane.across.values, x), valueAt(this.plane.up.values, y)];
    const [path, bowl_path] = this.sides.map((side) => side.walk.points.map(own));
    this.set({ path, bowl_path });
  }

  redraw() {
    for (const side of this.sides) side.map.redraw();
    this.drawCurve();
  }

  draw(context, box, side) {
    if (!side.walk) return;
    const { plane } = this;
    const points = side.walk.points.map(([x, y]) => [valueAt(plane.across.values, x), valueAt(plane.up.values, y)]);
    drawCells(context, plane, box, side.colours);
    drawAxes(context, plane, box, inkOf(this.root));
    drawStar(context, plane, box, plane.truth);
    drawLine(context, plane, box, points, { colour: "#ffffff", width: 1.5, halo: "#14181d" });
    drawDot(context, plane, box, points[0], { colour: "#ffffff", radius: 4 });
    drawDot(context, plane, box, points[points.length - 1], { colour: side.walk.lost ? "#c8102e" : "#e8a33d", radius: 6 });
    if (this.cursor) drawCursor(context, plane, box, [this.cursor.across, this.cursor.up]);
  }

  /** Both heights against the step. */
  drawCurve() {
    const width = widthOf(this.curveFrame);
    if (!width || !this.sides[0].walk) return;
    const [height, left, bottom] = [120, 54, 22];
    const context = sizedContext(this.curve, width, height);
    const ink = inkOf(this.root);
    context.clearRect(0, 0, width, height);
    Object.assign(context, { font: ink.font(12), fillStyle: ink.text, strokeStyle: ink.muted });
    const x = (i) => left + ((width - left - 12) * i) / LONGEST;
    const y = (value) => 6 + (height - bottom - 6) * (1 - Math.min(Math.max(value, 0), 1));
    context.strokeRect(left, 6, width - left - 12, height - bottom - 6);
    context.textAlign = "right";
    context.fillText("1", left - 6, 14);
    context.fillText("0", left - 6, height - bottom);
    context.textAlign = "center";
    for (const i of [0, LONGEST / 2, LONGEST]) context.fillText(i === 0 ? "0 steps" : String(i), Math.min(x(i), width - 26), height - 6);
    this.sides.forEach((side, i) => curveOf(context, side.walk.values, x, y, [ink.accent, ink.second][i], [[], [6, 4]][i]));
    this.curve.setAttribute("aria-label", `Height on the way down. ${this.sides.map((s) => `${s.layer.label}: now ${plainNumber(s.walk.values[s.walk.values.length - 1])} of its range`).join("; ")}.`);
    this.nameCurves(context, width, ink);
  }

  nameCurves(context, width, ink) {
    context.textAlign = "right";
    this.sides.forEach((side, i) => {
      context.fillStyle = [ink.accent, ink.second][i];
      context.fillText(`${["——", "– –"][i]} ${side.layer.label}`, width - 18, 22 + 16 * i);
    });
  }
}

/** What is descended: the residual's paraboloid by its formula, any other loss between its sampled points. */
function surfaceOf({ across, up, bowl }, layer) {
  if (layer.loss !== "residual") return sampledSurface(scaledToRange(layer.values), across.values, up.values);
  if (!bowl?.hessian) throw new Error("the bowl's coefficients are missing");
  return paraboloid(bowl, across.values, up.values, layer.low, layer.high - layer.low);
}

function curveOf(context, values, x, y, colour, dash) {
  context.save();
  context.setLineDash(dash);
  Object.assign(context, { strokeStyle: colour, lineWidth: 2 });
  context.beginPath();
  values.forEach((value, i) => Number.isFinite(value) && context[i ? "lineTo" : "moveTo"](x(i), y(value)));
  context.stroke();
  context.restore();
}

/** How a walk stands: arrived, lost, or how far off; and how often it was thrown against the edge. */
function walkSentence({ walk, layer }, truth) {
  const gap = apart(walk.points[walk.points.length - 1], truth);
  const edges = walk.edges ? ` It was thrown against the edge of the map ${walk.edges} times.` : "";
  if (walk.lost) return `${layer.label}: lost where there is no loss to follow.${edges}`;
  if (gap < ARRIVED) return `${layer.label}: arrived at the truth.${edges}`;
  const moved = apart(walk.points[0], walk.points[walk.points.length - 1]);
  return `${layer.label}: ${(100 * gap).toFixed(0)} % of the map away from the truth, ${(100 * moved).toFixed(1)} % from the start.${edges}`;
}

/** Lowest and highest grid values, as [across, up]. */
function lowest(plane) {
  return [plane.across.values[0], plane.up.values[0]];
}
function highest(plane) {
  return [plane.across.values[plane.columns - 1], plane.up.values[plane.rows - 1]];
}

/** A start well off the truth: a fifth in from the corner opposite to it. */
function nearCorner(plane) {
  return plane.truth.map((truth, i) => {
    const [low, high] = [lowest(plane)[i], highest(plane)[i]];
    return truth - low > high - truth ? low + 0.2 * (high - low) : high - 0.2 * (high - low);
  });
}
