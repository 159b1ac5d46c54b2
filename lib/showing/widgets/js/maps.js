// A map a reader can point at: a canvas with a plane on it, a cursor moved by pointer and arrow keys.

import { nearestIndex } from "./axes.js";
import { element } from "./controls.js";
import { boxFor, numbersAt, sizedContext } from "./plane.js";
import { enlarged, onWidth, widthOf } from "./theme.js";

/** How far each key moves the cursor: [columns, rows]. */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * A focusable canvas over a plane.
 *
 * `plane()` tells which plane is shown, `draw(context, box)` draws all of it, `onmove(cursor, way)` and
 * `onpick(cursor)` are told where the reader is; a cursor is { row, column, across, up }, `way` "pointer" or
 * "keys". `grid` false lets the pointer stand between the points.
 */
export function pointedMap({ label, plane, draw, onmove, onpick, bar = true, grid = true }) {
  const canvas = element("canvas", {
    class: "gs-map", tabindex: "0", role: "application", "aria-roledescription": "map", "aria-label": label,
  });
  const root = element("div", { class: "gs-map-frame" }, canvas);
  const map = { root, canvas, box: null, cursor: null };
  map.redraw = () => {
    if (!map.box) return;
    const context = sizedContext(canvas, widthOf(canvas) || widthOf(root), map.box.canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    draw(context, map.box);
  };
  map.place = (across, up) => (map.cursor = cursorAt(plane(), across, up, grid));
  const under = (event) => {
    const frame = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top].map((pixels) => pixels / enlarged());
    return map.box && numbersAt(plane(), map.box, x, y);
  };
  canvas.addEventListener("pointermove", (event) => {
    const found = under(event);
    if (found) onmove(map.place(...found), "pointer");
  });
  canvas.addEventListener("click", (event) => {
    const found = under(event);
    if (found) onpick(map.place(...found));
  });
  canvas.addEventListener("keydown", (event) => onKey(event, map, plane(), onmove, onpick));
  map.stop = onWidth(root, (width) => {
    map.box = boxFor(width, { bar });
    map.redraw();
  });
  return map;
}

function onKey(event, map, plane, onmove, onpick) {
  const [columns, rows] = MOVES[event.key] ?? [0, 0];
  const home = event.key === "Home";
  if (event.key === "Enter" || event.key === " ") {
    if (map.cursor) onpick(map.cursor);
  } else if (columns || rows || home) {
    const [row, column] = home ? pointNear(plane, ...plane.truth) : moved(plane, map.cursor, rows, columns, event.shiftKey);
    onmove(map.place(plane.across.values[column], plane.up.values[row]), "keys");
  } else return;
  event.preventDefault();
}

/** The cursor's point after a key: one further, five with Shift (a sixteenth of a fine map), never beyond the last. */
function moved(plane, cursor, rows, columns, far) {
  const [row, column] = cursor ? [cursor.row, cursor.column] : pointNear(plane, ...plane.truth);
  const reach = far ? Math.max(5, Math.round(plane.columns / 16)) : 1;
  return [clampIndex(row + reach * rows, plane.rows), clampIndex(column + reach * columns, plane.columns)];
}

function clampIndex(i, count) {
  return Math.min(Math.max(i, 0), count - 1);
}

/** [row, column] of the grid point nearest to two numbers. */
export function pointNear(plane, across, up) {
  return [nearestIndex(plane.up.values, up), nearestIndex(plane.across.values, across)];
}

/** A cursor at two numbers, or at the grid point nearest to them. */
export function cursorAt(plane, across, up, grid = true) {
  const [row, column] = pointNear(plane, across, up);
  if (!grid) return { row, column, across, up };
  return { row, column, across: plane.across.values[column], up: plane.up.values[row] };
}
