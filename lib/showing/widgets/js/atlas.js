// The planes a widget was given: checked, and with numbers in place of bytes.
//
// A plane is { name, label, across, up, fixed, truth, layers, outcomes, sheet }. `across` and `up` hold
// { name, label, values }. A layer is one loss after one run length; its values go row by row, the
// lowest value of `up` first. An outcome is the same for how the runs ended, one byte a point.

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
  const count = across.values.length * up.values.length;
  const layers = (plane.layers ?? []).map((layer) => ({
    ...layer,
    values: floatsOf(layer.values, count, `${layer.label} over ${name}`),
  }));
  if (layers.length === 0) throw new Error(`there is no loss over ${name}`);
  const outcomes = (plane.outcomes ?? []).map((each) => ({
    ...each,
    codes: bytesOf(each.codes, count, `the outcomes over ${name}`),
  }));
  return { ...plane, layers, outcomes, columns: across.values.length, rows: up.values.length };
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

/** The four parameters at a point of a plane, in the order Du, Dv, F, k. */
export function parametersAt(plane, row, column) {
  const place = { ...plane.fixed, [plane.across.name]: plane.across.values[column], [plane.up.name]: plane.up.values[row] };
  return ["Du", "Dv", "F", "k"].map((name) => place[name]);
}

/** Where on a plane four parameters lie, as [across, up]; the other two are not looked at. */
export function projected(plane, parameters) {
  const place = Object.fromEntries(["Du", "Dv", "F", "k"].map((name, i) => [name, parameters[i]]));
  return [place[plane.across.name], place[plane.up.name]];
}
