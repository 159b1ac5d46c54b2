// The planes a widget was given: checked, and with numbers in place of bytes.
//
// A plane is { name, label, across, up, fixed, truth, layers, outcomes, sheet }. `across` and `up` hold
// { name, label, values }. A layer is one loss after one run length; its values go row by row, the
// lowest value of `up` first. An outcome is the same for how the runs ended, one byte a point.
//
// A refined plane has `runs` besides: { across, up, number }, where they are, and which of them each point shows.
// Its layers and outcomes hold a value for each run. One that is known on a grid of its own brings that along as
// `at`: { across, up }, and each point shows the nearest. In what is read here they have a value for each point.

import { nearestIndex } from "./axes.js";

/** Every plane with its layers as Float32Array; throws a sentence where something is missing. */
export function readPlanes(planes) {
  if (!Array.isArray(planes) || planes.length === 0) {
    throw new Error("its data are missing. Load the page again, or run the notebook that made it");
  }
  return planes.map(readPlane);
}

function readPlane(plane) {
  const { name = "a plane", across, up } = plane;
  if (!across?.values?.length || !up?.values?.length) throw new Error(`the axes of ${name} are missing`);
  const [columns, rows] = [across.values.length, up.values.length];
  const runs = plane.runs ? readRuns(plane.runs, columns * rows, name) : null;
  const read = { ...plane, runs, columns, rows };
  read.layers = (plane.layers ?? []).map((layer) => {
    const source = sourceOf(read, layer);
    const values = floatsOf(layer.values, source.count, `${layer.label} over ${name}`);
    return { ...layer, source, values: spread(values, source) };
  });
  if (read.layers.length === 0) throw new Error(`there is no loss over ${name}`);
  read.outcomes = (plane.outcomes ?? []).map((each) => {
    const source = sourceOf(read, each);
    return { ...each, source, codes: spread(bytesOf(each.codes, source.count, `the outcomes over ${name}`), source) };
  });
  return read;
}

function readRuns({ across, up, number }, count, name) {
  const bytes = bytesOf(number, 2 * count, `the runs over ${name}`);
  const found = new Uint16Array(bytes.slice().buffer);
  if (!across?.length || across.length !== up?.length || found.some((i) => i >= across.length)) {
    throw new Error(`the data of the runs over ${name} are damaged`);
  }
  return { across, up, number: found };
}

/** What a layer or an outcome knows: how many values, which of them each point shows (null: its own), and where. */
function sourceOf({ across, up, columns, rows, runs }, { at }) {
  if (at) {
    const row = Array.from(up.values, (y) => nearestIndex(at.up, y));
    const column = Array.from(across.values, (x) => nearestIndex(at.across, x));
    const width = at.across.length;
    const number = Uint32Array.from({ length: columns * rows }, (_, i) => row[Math.floor(i / columns)] * width + column[i % columns]);
    return { count: width * at.up.length, number, where: (i) => [at.across[number[i] % width], at.up[Math.floor(number[i] / width)]] };
  }
  if (runs) return { count: runs.across.length, number: runs.number, where: (i) => [runs.across[runs.number[i]], runs.up[runs.number[i]]] };
  return { count: columns * rows, number: null, where: (i) => [across.values[i % columns], up.values[Math.floor(i / columns)]] };
}

/** A value for each point out of what is known. */
function spread(known, { number }) {
  return number ? known.constructor.from(number, (i) => known[i]) : known;
}

/** Where the value that a point shows was computed, as [across, up]. */
export function shownAt(plane, { source }, row, column) {
  return source.where(row * plane.columns + column);
}

/** The tile of a point's picture on the plane's sheet, as [row, column]. */
export function tileOf(plane, row, column) {
  if (!plane.runs) return [row, column];
  const run = plane.runs.number[row * plane.columns + column];
  return [Math.floor(run / plane.sheet.columns), run % plane.sheet.columns];
}

/** Bytes as they come from Python (a DataView, a buffer or an array) as 32-bit floats, `count` of them. */
export function floatsOf(bytes, count, what) {
  const plain = bytesOf(bytes, 4 * count, what);
  // Copied, because a view into a larger buffer may start at an address that floats cannot.
  return new Float32Array(plain.slice().buffer);
}

/** Bytes as a Uint8Array; `length` is checked where it is given. */
export function bytesOf(bytes, length, what) {
  const buffer = bytes?.buffer ?? bytes;
  if (!(buffer instanceof ArrayBuffer)) throw new Error(`the data of ${what} are missing`);
  const found = bytes.buffer ? new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  if (length !== null && found.length !== length) {
    throw new Error(`the data of ${what} are damaged: ${found.length} bytes, where ${length} were expected`);
  }
  return found;
}

/** The plane of that name, or the first. */
export function planeNamed(planes, name) {
  return planes.find((plane) => plane.name === name) ?? planes[0];
}

/** The losses of a plane, each once, as [name, label] pairs. */
export function lossesOf(plane) {
  return [...new Map(plane.layers.map((layer) => [layer.loss, layer.label])).entries()];
}

/** The run lengths at which a loss is known on a plane, increasing. */
export function timesOf(plane, loss) {
  const times = plane.layers.filter((layer) => layer.loss === loss).map((layer) => layer.time);
  return times.sort((a, b) => a - b);
}

/** A loss at the run length nearest to the one asked for; the plane's first layer if it has no such loss. */
export function layerOf(plane, loss, time) {
  const known = plane.layers.filter((layer) => layer.loss === loss);
  if (known.length === 0) return plane.layers[0];
  return known.reduce((best, one) => (Math.abs(one.time - time) < Math.abs(best.time - time) ? one : best));
}

/** How runs of that length ended, as codes; null where it was not kept. */
export function outcomesOf(plane, time) {
  return plane.outcomes.find((each) => each.time === time) ?? null;
}

/** The four parameters of the run that a point of a plane shows, in the order Du, Dv, F, k. */
export function parametersAt(plane, row, column) {
  const [across, up] = sourceOf(plane, {}).where(row * plane.columns + column);
  const place = { ...plane.fixed, [plane.across.name]: across, [plane.up.name]: up };
  return ["Du", "Dv", "F", "k"].map((name) => place[name]);
}

/** Where on a plane four parameters lie, as [across, up]; the other two are not looked at. */
export function projected(plane, parameters) {
  const place = Object.fromEntries(["Du", "Dv", "F", "k"].map((name, i) => [name, parameters[i]]));
  return [place[plane.across.name], place[plane.up.name]];
}
