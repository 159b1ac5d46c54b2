// Axes: straight scales between numbers and pixels, round tick values, the grid value nearest to a number.
import { scientific } from "./numbers.js";

/** A straight map of [low, high] onto [from, to]: `to(x)` goes there, `back(p)` returns. */
export function straight(low, high, from, to) {
  const rate = (to - from) / (high - low);
  return { to: (x) => from + rate * (x - low), back: (p) => low + (p - from) / rate };
}

/** Outer edges of the cells around increasing grid values: half a cell beyond the first and the last. */
export function outerEdges(values) {
  const last = values.length - 1;
  if (last < 1) return [values[0] - 0.5, values[0] + 0.5];
  return [values[0] - (values[1] - values[0]) / 2, values[last] + (values[last] - values[last - 1]) / 2];
}

/** All borders between the cells around increasing grid values, the outer ones included. */
export function cellBorders(values) {
  const [first, last] = outerEdges(values);
  const inner = Array.from(values.slice(1), (x, i) => (x + values[i]) / 2);
  return [first, ...inner, last];
}

/** About `wanted` round numbers from low to high. */
export function ticks(low, high, wanted = 5) {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.8);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** Index of the grid value nearest to x. */
export function nearestIndex(values, x) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] - x) < Math.abs(values[best] - x)) best = i;
  return best;
}

/** A number for people: three or four figures, powers of ten only where there is no other way. */
export function plainNumber(x) {
  if (!Number.isFinite(x)) return "none";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e5 || size < 1e-3) return scientific(x);
  return String(Number(size >= 100 ? x.toFixed(1) : x.toPrecision(3)));
}
