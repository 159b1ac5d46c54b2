// Run by Node's own test runner; what to compare with comes from lib, in the file named by REFERENCE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COLOUR_MAPS, paintField } from "../../../lib/showing/widgets/js/colormap.js";
import { axisEnd, heightOf, path, thinned } from "../../../lib/showing/widgets/js/curve.js";
import { cellsBetween } from "../../../lib/showing/widgets/js/dish.js";
import { fft2, powerSpectrum } from "../../../lib/showing/widgets/js/fft.js";
import { initialState } from "../../../lib/showing/widgets/js/initial.js";
import {
  distance,
  logPower,
  plateauHeight,
  spectralLoss,
  windowedLoss,
  windowedLogPower,
} from "../../../lib/showing/widgets/js/loss.js";
import { sentence } from "../../../lib/showing/widgets/js/message.js";
import { written } from "../../../lib/showing/widgets/js/numbers.js";
import { classify, CpuEngine, disc, largestChange, OUTCOMES, step, stops } from "../../../lib/showing/widgets/js/stepper.js";
import { numberIn, readState, withState } from "../../../lib/showing/widgets/js/urlstate.js";

const reference = JSON.parse(readFileSync(process.env.REFERENCE, "utf8"));
const n = reference.size;
const floats = (base64) => new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);
const state = ({ u, v }) => ({ u: floats(u), v: floats(v) });
const bits = (field) => new Uint32Array(field.buffer, field.byteOffset, field.length);
const farthest = (a, b) => a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i])), 0);
const never = { tol: null, limit: null };
const close = (x, y, share) => assert.ok(Math.abs(x - y) <= share * Math.abs(y), `${x} is not ${y}`);

test("steps have the bits of lib's plain engine", () => {
  for (const { params, start, after, steps, change } of reference.runs) {
    const engine = new CpuEngine(n);
    engine.load(state(start));
    engine.advance(params, steps, never);
    const seen = engine.read();
    const expected = state(after);
    assert.deepEqual(bits(seen.u), bits(expected.u));
    assert.deepEqual(bits(seen.v), bits(expected.v));
    assert.equal(Math.fround(seen.change), Math.fround(change));
    assert.equal(seen.steps, steps);
  }
});

test("the trivial state stays trivial", () => {
  const engine = new CpuEngine(16);
  engine.advance({ Du: 0.16, Dv: 0.08, F: 0.035, k: 0.065 }, 50, never);
  assert.ok(engine.read().u.every((x) => x === 1) && engine.read().v.every((x) => x === 0));
  assert.equal(engine.read().change, 0);
});

test("a step commutes with a shift across the edge", () => {
  const { params, start } = reference.runs[0];
  const shifted = (x) => x.map((_, i) => x[(((i / n) | 0) + 5) % n * n + (i + 3) % n]);
  const [plain, moved, before] = [state(start), state(start), state(start)];
  step(params, before, plain, n);
  step(params, { u: shifted(before.u), v: shifted(before.v) }, moved, n);
  assert.deepEqual(bits(shifted(plain.u)), bits(moved.u));
  assert.deepEqual(bits(shifted(plain.v)), bits(moved.v));
});

test("a run stops at the step at which lib stops it", () => {
  const { params, start, tol, steps, after } = reference.stopped;
  const engine = new CpuEngine(n);
  engine.load(state(start));
  engine.advance(params, 10 * steps, { tol, limit: null });
  assert.equal(engine.read().steps, steps);
  assert.ok(engine.read().stopped);
  assert.deepEqual(bits(engine.read().v), bits(state(after).v));
  engine.advance(params, 10, { tol, limit: null });
  assert.equal(engine.read().steps, steps, "a stopped run goes on");
});

test("a run stops at its last step, and where numbers end", () => {
  const engine = new CpuEngine(16);
  engine.load(initialState(16, 0, { patch: 4 }));
  engine.advance({ Du: 0.16, Dv: 0.08, F: 0.035, k: 0.065 }, 100, { tol: null, limit: 7 });
  assert.equal(engine.read().steps, 7);
  assert.ok(engine.read().stopped);
  assert.ok(stops(never, NaN, 1) && stops(never, Infinity, 1) && !stops(never, 0, 1));
  assert.ok(stops({ tol: 1e-4, limit: null }, 9e-5, 1) && !stops({ tol: 1e-4, limit: null }, 1e-4, 1));
  assert.ok(Number.isNaN(largestChange({ u: [1], v: [0] }, { u: [NaN], v: [0] })));
});

test("a run that dies out ends in exact zeros, not in denormal numbers", () => {
  const engine = new CpuEngine(16);
  engine.load({ u: new Float32Array(256).fill(1), v: new Float32Array(256).fill(1e-30) });
  engine.advance({ Du: 0.16, Dv: 0.08, F: 0.05, k: 0.07 }, 200, never);
  assert.ok(engine.read().v.every((x) => x === 0));
});

test("states are called what lib calls them", () => {
  assert.deepEqual(OUTCOMES, reference.outcomes);
  for (const { params, fields, change, outcome } of reference.ends) {
    assert.equal(classify(params, state(fields), change), outcome);
  }
});

test("the initial state is lib's, seed by seed", () => {
  for (const { seed, fields } of reference.starts) {
    const [drawn, expected] = [initialState(n, seed), state(fields)];
    // The last bits of logarithm and cosine differ between libraries.
    assert.ok(farthest(drawn.u, expected.u) < 3e-7);
    assert.ok(farthest(drawn.v, expected.v) < 3e-7);
  }
});

test("the transform of one wave has its power in one pair of places", () => {
  const side = 8;
  const wave = Float64Array.from({ length: 64 }, (_, i) => Math.cos((2 * Math.PI * (i % side) * 2) / side));
  const power = powerSpectrum(wave, side);
  const expected = new Float64Array(64);
  expected[2] = expected[6] = 32 ** 2;
  assert.ok(farthest(power, expected) < 1e-9);
});

test("the transform is the sum of its definition", () => {
  const side = 4;
  const x = Float64Array.from({ length: 16 }, (_, i) => Math.sin(i * i));
  const { re, im } = fft2(x, side);
  for (let place = 0; place < 16; place++) {
    const [p, q] = [(place / side) | 0, place % side];
    const angle = (i) => (-2 * Math.PI * (p * ((i / side) | 0) + q * (i % side))) / side;
    close(re[place], x.reduce((sum, value, i) => sum + value * Math.cos(angle(i)), 0), 1e-9);
    assert.ok(Math.abs(im[place] - x.reduce((sum, value, i) => sum + value * Math.sin(angle(i)), 0)) < 1e-9);
  }
});

test("a side that is no power of two is refused with a sentence", () => {
  assert.throws(() => fft2(new Float32Array(144), 12), /12 × 12 cells cannot be transformed: .* power of two\./);
});

test("losses are lib's", () => {
  for (const { v, target, spectral, windowed } of reference.losses) {
    close(spectralLoss(floats(v), floats(target), n), spectral, 1e-3);
    close(windowedLoss(floats(v), floats(target), n), windowed, 1e-3);
  }
});

test("a field scores nothing against itself, an empty one the plateau", () => {
  const target = floats(reference.losses[0].target);
  assert.equal(spectralLoss(target, target, n), 0);
  close(spectralLoss(new Float32Array(n * n), target, n), plateauHeight(logPower(target, n)), 1e-12);
  assert.throws(() => distance([1], [1, 2]), /1 and 2 numbers cannot be compared/);
  assert.throws(() => windowedLogPower(target, n, 3), /Windows of 3 cells do not tile/);
});

test("the colour maps are matplotlib's", () => {
  for (const [name, colours] of Object.entries(reference.colours)) {
    const own = [...COLOUR_MAPS[name]].filter((_, i) => i % 4 < 3);
    assert.ok(farthest(own, colours) <= 2.5, name);
  }
});

test("colours run from dark to bright, stop at the ends, and NaN has its own", () => {
  const rgba = paintField([-1, 0, 0.4, 9, NaN], new Uint8ClampedArray(20));
  const pixel = (i) => [...rgba.slice(4 * i, 4 * i + 4)];
  assert.deepEqual(pixel(0), pixel(1));
  assert.deepEqual(pixel(2), pixel(3));
  assert.notDeepEqual(pixel(1), pixel(2));
  assert.deepEqual(pixel(4), [200, 16, 46, 255]);
});

test("a disc wraps around the edge", () => {
  assert.deepEqual(disc(8, 0, 0, 1).sort((a, b) => a - b), [0, 1, 7, 8, 56]);
});

test("the address holds several widgets, and anchors are left alone", () => {
  const one = withState("laboratory", { F: 0.035, stop: "never" }, "");
  const both = withState("explorer", { loss: "gram & more" }, one);
  assert.deepEqual(readState("laboratory", both), { F: "0.035", stop: "never" });
  assert.deepEqual(readState("explorer", both), { loss: "gram & more" });
  assert.deepEqual(readState("lab", both), {});
  assert.equal(withState("explorer", {}, withState("laboratory", {}, both)), "");
  assert.deepEqual(readState("laboratory", "#things-to-try"), {});
});

test("numbers from an address stay in bounds, nonsense falls back", () => {
  assert.equal(numberIn("0.05", 0, 0.1, 1), 0.05);
  assert.equal(numberIn("7", 0, 0.1, 1), 0.1);
  for (const text of ["", undefined, "much"]) assert.equal(numberIn(text, 0, 1, 0.5), 0.5);
});

test("a curve keeps its ends and a bounded number of points", () => {
  let points = [];
  for (let i = 0; i < 5000; i++) points = thinned([...points, [i, 1]]);
  assert.ok(points.length <= 600 && points[0][0] === 0 && points.at(-1)[0] === 4999);
  assert.equal(axisEnd(0), 1000);
  assert.equal(axisEnd(4001), 8000);
  assert.equal(path([[0, NaN], [500, 0], [1000, 100]], 1000, 100), "M200.0 160.0L400.0 0.0");
  assert.ok(heightOf(10, 100) > 0.5 && heightOf(1000, 100) === 1);
});

test("messages end like sentences, numbers like a person's", () => {
  assert.equal(sentence(new Error("no luck")), "no luck.");
  assert.equal(sentence("Done!"), "Done!");
  assert.deepEqual([247.4, 12.345, 0, 0.00123, null].map(written), ["247", "12.35", "0.00", "1.2 · 10⁻³", "–"]);
});

test("a stroke is a chain of cells no farther apart than asked, and ends where the hand is", () => {
  const [from, to] = [{ column: 3, row: 100 }, { column: 90, row: 7 }];
  const chain = cellsBetween(from, to, 2.5);
  assert.deepEqual(chain.at(-1), [90, 7]);
  let [x, y] = [from.column, from.row];
  for (const [column, row] of chain) {
    assert.ok(Math.hypot(column - x, row - y) <= 2.5 + Math.SQRT2);
    [x, y] = [column, row];
  }
  assert.deepEqual(cellsBetween(from, from, 2.5), []);
});
