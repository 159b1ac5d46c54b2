// Gradient descent on a surface, one step at a time, with noise on the gradient.

import { Twister } from "./initial.js";

/** How a step may end. */
export const FATES = { ON: "on", EDGE: "edge", LOST: "lost" };

/**
 * One step downhill: point − rate · (slope + noise · N(0, 1)).
 *
 * A step over the edge of the map is cut back to it; a place without a loss ends the walk.
 */
export function stepDown(surfaceAt, point, { rate, noise }, normal) {
  const { slope } = surfaceAt(...point);
  const wanted = point.map((x, i) => x - rate * (slope[i] + (noise > 0 ? noise * normal() : 0)));
  if (!wanted.every(Number.isFinite)) return { point, value: NaN, fate: FATES.LOST };
  const kept = wanted.map((x) => Math.min(Math.max(x, 0), 1));
  const { value } = surfaceAt(...kept);
  const over = kept.some((x, i) => x !== wanted[i]);
  return { point: kept, value, fate: Number.isFinite(value) ? (over ? FATES.EDGE : FATES.ON) : FATES.LOST };
}

/** Where a walk starts: its first point, and what it has met so far. */
export function newWalk(surfaceAt, start) {
  return { points: [start], values: [surfaceAt(...start).value], edges: 0, lost: !Number.isFinite(surfaceAt(...start).value) };
}

/** Add one step to a walk, unless it is lost. */
export function goOn(walk, surfaceAt, setting, normal) {
  if (walk.lost) return;
  const { point, value, fate } = stepDown(surfaceAt, walk.points[walk.points.length - 1], setting, normal);
  walk.points.push(point);
  walk.values.push(value);
  if (fate === FATES.EDGE) walk.edges++;
  walk.lost = fate === FATES.LOST;
}

/** Normal numbers that are the same for the same seed (Box and Muller). */
export function normalNumbers(seed) {
  const twister = new Twister(seed);
  const uniform = () => (twister.next() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Distance of two points of the map, as a share of its diagonal. */
export function apart(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]) / Math.SQRT2;
}
