// Drawing a plane on a canvas: heat map, axes, colour bar, and what lies over them.

import { cellBorders, outerEdges, plainNumber, straight, ticks } from "./axes.js";
import { COLOUR_MAPS } from "./colormap.js";
import { enlarged } from "./theme.js";

/** What stands where a loss is not known and nothing says why. */
const UNKNOWN = "#808080";

/** Give a canvas its size in a drawing's units (theme.js), sharp on any screen; returns its context. */
export function sizedContext(canvas, width, height) {
  const ratio = (globalThis.devicePixelRatio || 1) * enlarged();
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height * enlarged()}px`;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser cannot draw on a canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Where the map lies inside a canvas of that width, in a drawing's units, and how high the canvas is. */
export function boxFor(width, { bar = true } = {}) {
  const [left, top, bottom] = [54, 8, bar ? 84 : 42];
  const right = 12;
  const inner = Math.max(width - left - right, 60);
  const high = Math.round(Math.min(Math.max(inner * 0.8, 160), 900));
  return { left, top, width: inner, height: high, canvas: top + high + bottom, bar };
}

/** What of the two parameters is shown: the plane, or the frame around it where it has a wider one. */
export function edgesOf(plane) {
  return plane.frame ?? { across: outerEdges(plane.across.values), up: outerEdges(plane.up.values) };
}

/** The plane in a frame wide enough for these [across, up] points too; itself where they all lie on it. */
export function framed(plane, points) {
  const own = edgesOf({ ...plane, frame: undefined });
  const wider = ([low, high], i) => {
    const all = points.map((point) => point[i]).filter(Number.isFinite);
    const [least, most] = [Math.min(low, ...all), Math.max(high, ...all)];
    const margin = 0.04 * (most - least);
    return [least < low ? least - margin : low, most > high ? most + margin : high];
  };
  const frame = { across: wider(own.across, 0), up: wider(own.up, 1) };
  const same = ["across", "up"].every((name) => frame[name].every((x, i) => x === own[name][i]));
  return same ? plane : { ...plane, frame };
}

/** Scales of a plane inside a box: across from the left, up from the bottom. */
export function scalesOf(plane, box) {
  const { left, top, width, height } = box;
  const { across, up } = edgesOf(plane);
  return { x: straight(...across, left, left + width), y: straight(...up, top + height, top) };
}

/** How far up its colour scale a value lies, 0 … 1; "root" spreads the low end out. */
export function heightOf(layer, value) {
  const share = Math.min(Math.max((value - layer.low) / (layer.high - layer.low || 1), 0), 1);
  return layer.scale === "root" ? Math.sqrt(share) : share;
}

/** The value at a height of the colour scale: the inverse. */
export function valueAtHeight(layer, height) {
  return layer.low + (layer.high - layer.low) * (layer.scale === "root" ? height * height : height);
}

/** The colour of a share 0 … 1 of a colour map. */
export function colourAt(share, map = "viridis") {
  const place = 4 * Math.round(255 * share);
  return `rgb(${COLOUR_MAPS[map].slice(place, place + 3).join(" ")})`;
}

/**
 * The colour of every point of a layer. Runs that are no measurement (diverged, flickering) have the
 * colour of their ending; `endings` is a list of { name, colour, trusted }.
 */
export function layerColours(layer, outcome, endings) {
  return Array.from(layer.values, (value, i) => {
    const ending = outcome ? endings[outcome.codes[i]] : undefined;
    if (ending && !ending.trusted) return ending.colour;
    return Number.isFinite(value) ? colourAt(heightOf(layer, value)) : UNKNOWN;
  });
}

/** The colour of every point by how its run ended. */
export function endingColours(outcome, endings) {
  return Array.from(outcome.codes, (code) => endings[code]?.colour ?? UNKNOWN);
}

/**
 * Paint one rectangle a point, snapped to the screen's own pixels so that none overlap and no seam shows;
 * points of one colour side by side are one rectangle.
 */
export function drawCells(context, plane, box, colours) {
  const scales = scalesOf(plane, box);
  const { a: ratio } = context.getTransform();
  const snapped = (x) => Math.round(x * ratio) / ratio;
  const across = cellBorders(plane.across.values).map((x) => snapped(scales.x.to(x)));
  const up = cellBorders(plane.up.values).map((y) => snapped(scales.y.to(y)));
  for (let i = 0; i < plane.rows; i++) {
    for (let j = 0, next; j < plane.columns; j = next) {
      const colour = colours[i * plane.columns + j];
      next = j + 1;
      while (next < plane.columns && colours[i * plane.columns + next] === colour) next++;
      context.fillStyle = colour;
      context.fillRect(across[j], up[i + 1], across[next] - across[j], up[i] - up[i + 1]);
    }
  }
}

/** Frame, ticks and names of both axes. */
export function drawAxes(context, plane, box, ink) {
  const { left, top, width, height } = box;
  const scales = scalesOf(plane, box);
  context.save();
  Object.assign(context, { strokeStyle: ink.muted, fillStyle: ink.text, lineWidth: 1, font: ink.font(12) });
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const value of ticks(...edgesOf(plane).across, width / 70)) {
    const x = Math.round(scales.x.to(value)) + 0.5;
    tick(context, x, top + height, x, top + height + 5);
    context.fillText(String(value), x, top + height + 8);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of ticks(...edgesOf(plane).up, height / 55)) {
    const y = Math.round(scales.y.to(value)) + 0.5;
    tick(context, left - 5, y, left, y);
    context.fillText(String(value), left - 8, y);
  }
  context.font = `italic ${ink.font(14)}`;
  context.textAlign = "center";
  context.fillText(plane.across.label, left + width / 2, top + height + 32);
  context.fillText(plane.up.label, 9, top + height / 2);
  context.restore();
}

function tick(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** The colour scale below the map, with its name. */
export function drawBar(context, box, layer, ink) {
  const [left, top, width] = [box.left, box.top + box.height + 46, box.width];
  for (let x = 0; x < width; x++) {
    context.fillStyle = colourAt(x / (width - 1));
    context.fillRect(left + x, top, 1, 9);
  }
  context.save();
  Object.assign(context, { fillStyle: ink.text, font: ink.font(12), textBaseline: "top" });
  const marks = [0, 0.5, 1];
  marks.forEach((share, i) => {
    context.textAlign = ["left", "center", "right"][i];
    context.fillText(plainNumber(valueAtHeight(layer, share)), left + share * width, top + 13);
  });
  context.restore();
}

/** A line through [across, up] points, cut to the map; a null starts anew. */
export function drawLine(context, plane, box, points, { colour, width = 2, dash = [], halo = null }) {
  const scales = scalesOf(plane, box);
  context.save();
  clipTo(context, box);
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  let pen = false;
  for (const point of points) {
    if (point) context[pen ? "lineTo" : "moveTo"](scales.x.to(point[0]), scales.y.to(point[1]));
    pen = Boolean(point);
  }
  if (halo) stroke(context, halo, width + 2.5);
  stroke(context, colour, width);
  context.restore();
}

function stroke(context, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** A dot at [across, up]; beyond the map it stands at the edge, hollow. */
export function drawDot(context, plane, box, point, { colour, radius = 4, rim = "#14181d" }) {
  const { x, y, inside } = placed(plane, box, point);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = inside ? colour : "#ffffff";
  context.fill();
  context.strokeStyle = inside ? rim : colour;
  context.lineWidth = inside ? 1 : 2;
  context.stroke();
}

/** Where a point is drawn: itself, or the nearest place on the map's edge. */
export function placed(plane, box, [across, up]) {
  const scales = scalesOf(plane, box);
  const [wantedX, wantedY] = [scales.x.to(across), scales.y.to(up)];
  const x = Math.min(Math.max(wantedX, box.left), box.left + box.width);
  const y = Math.min(Math.max(wantedY, box.top), box.top + box.height);
  return { x, y, inside: Math.abs(x - wantedX) < 1 && Math.abs(y - wantedY) < 1 };
}

/** The star of the truth. */
export function drawStar(context, plane, box, point, radius = 9) {
  const { x, y } = placed(plane, box, point);
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const [r, angle] = [i % 2 ? 0.42 * radius : radius, (i * Math.PI) / 5 - Math.PI / 2];
    context[i ? "lineTo" : "moveTo"](x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  context.closePath();
  context.fillStyle = "#ffffff";
  context.strokeStyle = "#14181d";
  context.lineWidth = 1.2;
  context.fill();
  context.stroke();
}

/** A ring around one point of the grid, dark inside light, so that it shows on every colour. */
export function drawCursor(context, plane, box, point, { radius = 7, colour = "#14181d" } = {}) {
  const { x, y } = placed(plane, box, point);
  for (const [style, width] of [["#ffffff", 4], [colour, 1.8]]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    stroke(context, style, width);
  }
}

/** The numbers under a pointer, as [across, up]; null beyond the plane's own points. */
export function numbersAt(plane, box, x, y) {
  const { left, top, width, height } = box;
  if (x < left || x > left + width || y < top || y > top + height) return null;
  const scales = scalesOf(plane, box);
  const found = [scales.x.back(x), scales.y.back(y)];
  const own = [plane.across, plane.up].map(({ values }) => outerEdges(values));
  return found.every((value, i) => value >= own[i][0] && value <= own[i][1]) ? found : null;
}

function clipTo(context, { left, top, width, height }) {
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}
