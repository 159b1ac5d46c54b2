// Drawing lines and dots between two axes, straight or logarithmic.

import { plainNumber, straight, ticks } from "./axes.js";

/** Where the chart lies inside a canvas of that width, in a drawing's units, and how high the canvas is. */
export function chartBox(width) {
  const [left, top, bottom, right] = [60, 10, 44, 12];
  const inner = Math.max(width - left - right, 60);
  const high = Math.round(Math.min(Math.max(inner * 0.8, 160), 700));
  return { left, top, width: inner, height: high, canvas: top + high + bottom };
}

/** A scale for an axis { low, high, log } onto pixels. */
export function chartScale({ low, high, log }, from, to) {
  if (!log) return straight(low, high, from, to).to;
  const { to: place } = straight(Math.log10(low), Math.log10(high), from, to);
  return (x) => place(Math.log10(x));
}

/** Tick values of an axis: round numbers, or powers of ten. */
export function chartTicks({ low, high, log }, wanted) {
  if (!log) return ticks(low, high, wanted);
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / wanted));
  const powers = [];
  for (let power = first; power <= last; power += every) powers.push(Number(`1e${power}`));
  return powers;
}

/** Axes with ticks and names. */
export function drawChart(context, box, x, y, ink) {
  const { left, top, width, height } = box;
  const [across, up] = [chartScale(x, left, left + width), chartScale(y, top + height, top)];
  context.save();
  Object.assign(context, { strokeStyle: ink.muted, fillStyle: ink.text, lineWidth: 1, font: ink.font(12) });
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const value of chartTicks(x, width / 70)) context.fillText(plainNumber(value), across(value), top + height + 6);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of chartTicks(y, height / 50)) context.fillText(plainNumber(value), left - 6, up(value));
  context.font = `italic ${ink.font(14)}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillText(x.label, left + width / 2, top + height + 24);
  context.translate(10, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(y.label, 0, 0);
  context.restore();
  return { x: across, y: up };
}

/** One series: { points, kind: "line" | "dots", colour, dash, width }; a null among the points is a gap. */
export function drawSeries(context, box, scales, series, colours) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  const colour = colours[(series.colour ?? 0) % colours.length];
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: series.width ?? 2, lineJoin: "round" });
  if (series.kind === "dots") {
    for (const point of series.points) dot(context, scales.x(point[0]), scales.y(point[1]));
  } else {
    context.setLineDash(series.dash ?? []);
    context.beginPath();
    let pen = false;
    for (const point of series.points) {
      if (point) context[pen ? "lineTo" : "moveTo"](scales.x(point[0]), scales.y(point[1]));
      pen = Boolean(point);
    }
    context.stroke();
  }
  context.restore();
}

function dot(context, x, y) {
  context.beginPath();
  context.arc(x, y, 3.5, 0, 2 * Math.PI);
  context.fill();
}
