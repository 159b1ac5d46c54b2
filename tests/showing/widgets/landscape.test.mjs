// What the explorer, the descent and the sliders compute, apart from any page.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytesOf,
  floatsOf,
  layerOf,
  lossesOf,
  parametersAt,
  planeNamed,
  projected,
  readPlanes,
  shownAt,
  tileOf,
  timesOf,
} from "../../../lib/showing/widgets/js/atlas.js";
import { cellBorders, nearestIndex, outerEdges, plainNumber, straight, ticks } from "../../../lib/showing/widgets/js/axes.js";
import { chartScale, chartTicks } from "../../../lib/showing/widgets/js/chart.js";
import { chosenPaths, lastFrame, pathSentence } from "../../../lib/showing/widgets/js/paths.js";
import { edgesOf, framed, heightOf, layerColours, numbersAt, placed, valueAtHeight } from "../../../lib/showing/widgets/js/plane.js";
import { paraboloid, sampledSurface, scaledToRange, shareOf, valueAt } from "../../../lib/showing/widgets/js/surface.js";
import { apart, goOn, newWalk, normalNumbers, stepDown } from "../../../lib/showing/widgets/js/walk.js";

const close = (x, y, gap = 1e-9) => assert.ok(Math.abs(x - y) <= gap, `${x} is not ${y}`);
const across = [0.05, 0.06, 0.065, 0.08];
const up = [0.03, 0.035, 0.05];
const bytes = (values) => new DataView(Float32Array.from(values).buffer);

function plane(values = Array.from({ length: 12 }, (_, i) => i)) {
  return {
    name: "F-k", label: "F–k", fixed: { Du: 0.16, Dv: 0.08 }, truth: [0.065, 0.035], sheet: null,
    across: { name: "k", label: "k", values: across }, up: { name: "F", label: "F", values: up },
    layers: [
      { loss: "spectral", label: "spectral loss", time: 40000, low: 0, high: 11, scale: "linear", values: bytes(values) },
      { loss: "spectral", label: "spectral loss", time: 300, low: 0, high: 11, scale: "linear", values: bytes(values) },
      { loss: "residual", label: "residual loss", time: 40000, low: 0, high: 11, scale: "root", values: bytes(values) },
    ],
    outcomes: [{ time: 40000, codes: new DataView(new Uint8Array(12).fill(2).buffer) }],
  };
}

test("between sampled points the height is bilinear, and its slope is what a small step finds", () => {
  const values = Float64Array.from({ length: 12 }, (_, i) => Math.sin(3 * i) + i);
  const at = sampledSurface(values, across, up);
  for (let i = 0; i < up.length; i++) {
    for (let j = 0; j < across.length; j++) close(at(shareOf(across, across[j]), shareOf(up, up[i])).value, values[4 * i + j]);
  }
  for (const [x, y] of [[0.1, 0.1], [0.4, 0.9], [0.99, 0.2]]) {
    const h = 1e-6;
    close(at(x, y).slope[0], (at(x + h, y).value - at(x - h, y).value) / (2 * h), 1e-5);
    close(at(x, y).slope[1], (at(x, y + h).value - at(x, y - h).value) / (2 * h), 1e-5);
  }
});

test("a cell with a missing corner has no height and no slope", () => {
  const values = Float64Array.from({ length: 12 }, (_, i) => (i === 0 ? NaN : i));
  const at = sampledSurface(values, across, up);
  assert.ok(Number.isNaN(at(0.01, 0.01).value) && Number.isNaN(at(0.01, 0.01).slope[0]));
  assert.ok(Number.isFinite(at(0.9, 0.9).value));
});

const bowl = { hessian: [[40, 10], [10, 200]], minimum: [0.065, 0.035], lowest: 0.5 };

test("a paraboloid is lowest at its minimum, and its slope is what a small step finds", () => {
  const at = paraboloid(bowl, across, up, 0.5, 2);
  const there = [shareOf(across, 0.065), shareOf(up, 0.035)];
  close(at(...there).value, 0);
  for (const slope of at(...there).slope) close(slope, 0);
  const h = 1e-5;
  close(at(0.2, 0.8).slope[0], (at(0.2 + h, 0.8).value - at(0.2 - h, 0.8).value) / (2 * h), 1e-6);
  close(at(0.2, 0.8).slope[1], (at(0.2, 0.8 + h).value - at(0.2, 0.8 - h).value) / (2 * h), 1e-6);
  // ½ d H d of the plane's own numbers, divided by the span.
  close(at(shareOf(across, 0.075), shareOf(up, 0.035)).value, (40 * 0.01 ** 2) / 2 / 2);
});

test("descent arrives at the bottom of a bowl from anywhere, stays on a plateau, and is lost where nothing is known", () => {
  const at = paraboloid(bowl, across, up, 0, 0.02);
  for (const start of [[0, 0], [1, 1], [0.1, 0.9]]) {
    const walk = newWalk(at, start);
    for (let i = 0; i < 3000; i++) goOn(walk, at, { rate: 0.2, noise: 0 }, null);
    assert.ok(apart(walk.points.at(-1), [shareOf(across, 0.065), shareOf(up, 0.035)]) < 1e-3);
  }
  const flat = sampledSurface(new Float64Array(12).fill(250), across, up);
  assert.deepEqual(stepDown(flat, [0.3, 0.3], { rate: 10, noise: 0 }, null).point, [0.3, 0.3]);
  const holed = sampledSurface(Float64Array.from({ length: 12 }, (_, i) => (i > 9 ? NaN : -i)), across, up);
  const walk = newWalk(holed, [0.2, 0.4]);
  for (let i = 0; i < 20; i++) goOn(walk, holed, { rate: 0.05, noise: 0 }, null);
  assert.ok(walk.lost && walk.points.length < 20);
});

test("a step off a cliff is cut back to the edge of the map, and counted", () => {
  const cliff = sampledSurface(Float64Array.from([0, 0, 100, 100, 0, 0, 100, 100, 0, 0, 100, 100]), across, up);
  const walk = newWalk(cliff, [0.4, 0.5]);
  goOn(walk, cliff, { rate: 1, noise: 0 }, null);
  assert.deepEqual(walk.points.at(-1), [0, 0.5]);
  assert.equal(walk.edges, 1);
});

test("noise is the same for the same seed, and normal", () => {
  const [one, same, other] = [normalNumbers(3), normalNumbers(3), normalNumbers(4)];
  const draws = Array.from({ length: 20000 }, () => one());
  assert.deepEqual(draws.slice(0, 5), Array.from({ length: 5 }, () => same()));
  assert.notEqual(draws[0], other());
  close(draws.reduce((a, b) => a + b) / draws.length, 0, 0.03);
  close(draws.reduce((a, b) => a + b * b, 0) / draws.length, 1, 0.04);
});

test("scaled to their range values run from 0 to 1, and what is missing stays missing", () => {
  const scaled = scaledToRange([2, NaN, 4, 6]);
  assert.deepEqual([scaled[0], scaled[2], scaled[3]], [0, 0.5, 1]);
  assert.ok(Number.isNaN(scaled[1]));
  assert.deepEqual([...scaledToRange([7, 7])], [0, 0]);
  close(valueAt(across, shareOf(across, 0.0612)), 0.0612);
});

test("planes are read with their layers, and every damage is a sentence", () => {
  const [read] = readPlanes([plane()]);
  assert.deepEqual([...read.layers[0].values.slice(0, 3)], [0, 1, 2]);
  assert.deepEqual([read.rows, read.columns], [3, 4]);
  assert.throws(() => readPlanes([]), /data are missing/);
  assert.throws(() => readPlanes(undefined), /data are missing/);
  assert.throws(() => readPlanes([{ ...plane(), across: null }]), /axes of F-k are missing/);
  assert.throws(() => readPlanes([plane([1, 2, 3])]), /damaged: 12 bytes, where 48 were expected/);
  assert.throws(() => readPlanes([{ ...plane(), layers: [] }]), /no loss over F-k/);
  assert.throws(() => readPlanes([{ ...plane(), outcomes: [{ time: 1, codes: null }] }]), /outcomes over F-k are missing/);
});

test("on a refined plane every point shows the run that is named for it, or the nearest of a grid", () => {
  const number = Uint16Array.from([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 2]);
  const refined = {
    ...plane(), sheet: { columns: 2 },
    runs: { across: [0.05, 0.08, 0.06], up: [0.03, 0.03, 0.05], number: new DataView(number.buffer) },
    layers: [
      { loss: "spectral", label: "s", time: 40000, low: 0, high: 9, scale: "linear", values: bytes([7, 8, 9]) },
      { loss: "residual", label: "r", time: 40000, low: 0, high: 9, scale: "root", values: bytes([1, 2, 3, 4]), at: { across: [0.05, 0.08], up: [0.03, 0.05] } },
    ],
    outcomes: [{ time: 40000, codes: new DataView(Uint8Array.from([2, 0, 1]).buffer) }],
  };
  const [read] = readPlanes([refined]);
  assert.deepEqual([...read.layers[0].values], [7, 7, 8, 8, 7, 7, 8, 8, 9, 9, 9, 9]);
  assert.deepEqual([...read.outcomes[0].codes], [2, 2, 0, 0, 2, 2, 0, 0, 1, 1, 1, 1]);
  assert.deepEqual([...read.layers[1].values].slice(0, 4), [1, 1, 1, 2]);
  assert.deepEqual([...read.layers[1].values].slice(8), [3, 3, 3, 4]);
  assert.deepEqual(shownAt(read, read.layers[0], 1, 3), [0.08, 0.03]);
  assert.deepEqual(shownAt(read, read.layers[1], 2, 3), [0.08, 0.05]);
  assert.deepEqual(parametersAt(read, 2, 0), [0.16, 0.08, 0.05, 0.06]);
  assert.deepEqual([tileOf(read, 0, 3), tileOf(read, 2, 0)], [[0, 1], [1, 0]]);
  const damaged = { ...refined.runs, number: new DataView(new Uint16Array(12).fill(3).buffer) };
  assert.throws(() => readPlanes([{ ...refined, runs: damaged }]), /runs over F-k are damaged/);
  assert.throws(() => readPlanes([{ ...refined, layers: [{ ...refined.layers[0], values: bytes([1]) }] }]), /4 bytes, where 12 were expected/);
});

test("floats are read from bytes that begin anywhere", () => {
  const buffer = new ArrayBuffer(11);
  const view = new DataView(buffer, 3, 8);
  view.setFloat32(0, 1.5, true);
  view.setFloat32(4, -2, true);
  assert.deepEqual([...floatsOf(view, 2, "a test")], [1.5, -2]);
  assert.equal(bytesOf(view, null, "a test").length, 8);
});

test("losses and run lengths are found, and the nearest stands in for one that is not there", () => {
  const [read] = readPlanes([plane()]);
  assert.deepEqual(lossesOf(read), [["spectral", "spectral loss"], ["residual", "residual loss"]]);
  assert.deepEqual(timesOf(read, "spectral"), [300, 40000]);
  assert.equal(layerOf(read, "spectral", 500).time, 300);
  assert.equal(layerOf(read, "residual", 300).time, 40000);
  assert.equal(layerOf(read, "nonsense", 300), read.layers[0]);
  assert.equal(planeNamed([read], "nowhere"), read);
  assert.deepEqual(parametersAt(read, 1, 2), [0.16, 0.08, 0.035, 0.065]);
  assert.deepEqual(projected(read, [0.1, 0.2, 0.3, 0.4]), [0.4, 0.3]);
});

test("a pointer finds the numbers under it, and a place beyond the map stands at its edge", () => {
  const [read] = readPlanes([plane()]);
  const box = { left: 50, top: 10, width: 300, height: 200 };
  const { x, y, inside } = placed(read, box, [0.0612, 0.0333]);
  assert.ok(inside);
  const [k, F] = numbersAt(read, box, x, y);
  close(k, 0.0612);
  close(F, 0.0333);
  assert.equal(numbersAt(read, box, 40, 100), null);
  assert.deepEqual(placed(read, box, [9, 0.035]).inside, false);
  assert.equal(placed(read, box, [9, 0.035]).x, 350);
});

test("colours: one scale, spread at its low end where asked, untrusted runs in a colour of their own", () => {
  const layer = { low: 0, high: 4, scale: "linear", values: [0, 4, NaN, 1] };
  assert.equal(heightOf(layer, 1), 0.25);
  assert.equal(heightOf({ ...layer, scale: "root" }, 1), 0.5);
  for (const scale of ["linear", "root"]) close(heightOf({ ...layer, scale }, valueAtHeight({ ...layer, scale }, 0.3)), 0.3);
  const endings = [{ colour: "grey", trusted: true }, { colour: "red", trusted: false }];
  const colours = layerColours(layer, { codes: [0, 0, 0, 1] }, endings);
  assert.equal(colours[3], "red");
  assert.notEqual(colours[0], colours[1]);
  assert.match(colours[2], /^#/);
});

test("axes: borders lie between the grid values, ticks are round, scales go both ways", () => {
  const borders = [0.045, 0.055, 0.0625, 0.0725, 0.0875];
  cellBorders(across).forEach((x, i) => close(x, borders[i]));
  assert.deepEqual(outerEdges([3]), [2.5, 3.5]);
  assert.deepEqual(ticks(0.0295, 0.0705, 4), [0.03, 0.04, 0.05, 0.06, 0.07]);
  assert.equal(nearestIndex(across, 0.0624), 1);
  const scale = straight(2, 4, 100, 0);
  close(scale.back(scale.to(2.7)), 2.7);
  close(chartScale({ low: 1e-4, high: 1, log: true }, 0, 100)(1e-2), 50);
  assert.deepEqual(chartTicks({ low: 1e-4, high: 1, log: true }, 9), [1e-4, 1e-3, 1e-2, 0.1, 1]);
  assert.deepEqual([0, 246.81, 11.04, 0.0123, 3.6e-11].map(plainNumber), ["0", "246.8", "11", "0.0123", "3.6 · 10⁻¹¹"]);
});

test("training runs are chosen, counted and told", () => {
  const paths = [
    { name: "a", label: "run a", params: [[0.1, 0.1, 0.05, 0.05], [0.2, 0.1, 0.05, 0.05]], losses: [250, 12], outcomes: [0, 2] },
    { name: "b", label: "run b", params: [[0.1, 0.1, 0.05, 0.05]], iterations: [8918] },
  ];
  const endings = [{ name: "trivial" }, { name: "uniform" }, { name: "pattern" }];
  assert.equal(chosenPaths(paths, "").length, 0);
  assert.equal(chosenPaths(paths, "all").length, 2);
  assert.equal(lastFrame(paths), 1);
  assert.equal(lastFrame([]), 0);
  assert.match(pathSentence(paths[0], 9, endings), /^run a, iteration 1: Du 0.2000, .*loss 12; most .* ended pattern\.$/);
  assert.match(pathSentence(paths[1], 0, endings), /^run b, iteration 8918: [^;]*\.$/);
});

test("a plane is framed wider for what lies beyond it, and stays as it is for what does not", () => {
  const plane = { across: { values: [1, 2, 3] }, up: { values: [10, 20] } };
  assert.equal(framed(plane, [[1.2, 12], [NaN, 15]]), plane);
  const wide = framed(plane, [[9, 15], [2, -30]]);
  assert.deepEqual(wide.across, plane.across);
  const { across, up } = edgesOf(wide);
  assert.deepEqual([across[0], up[1]], [0.5, 25]);
  assert.ok(across[1] > 9 && up[0] < -30);
  const box = { left: 0, top: 0, width: 100, height: 100 };
  assert.ok(placed(wide, box, [9, 15]).inside);
  assert.ok(!placed(plane, box, [9, 15]).inside);
  // The pointer tells nothing where nothing was computed.
  assert.equal(numbersAt(wide, box, 95, 50), null);
});
