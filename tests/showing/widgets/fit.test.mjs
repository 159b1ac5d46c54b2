// The four numbers of a picture, in the page: what lib.residual makes of the same picture, in the file named by REFERENCE.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eigen, generalised, inverse, times } from "../../../lib/showing/widgets/js/fourbyfour.js";
import { fitHorizon } from "../../../lib/showing/widgets/js/horizonfit.js";
import { initialState, normals } from "../../../lib/showing/widgets/js/initial.js";
import { percent, powerOfTen, withError, written } from "../../../lib/showing/widgets/js/numbers.js";
import { pictureOf, readPictures } from "../../../lib/showing/widgets/js/picturefiles.js";
import { fitResidual } from "../../../lib/showing/widgets/js/residualfit.js";
import { ahead } from "../../../lib/showing/widgets/js/stepper.js";

const reference = JSON.parse(readFileSync(process.env.REFERENCE, "utf8"));
const floats = (base64) => new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);
const fields = ({ u, v }) => ({ u: floats(u), v: floats(v) });
const near = (x, y, share) => assert.ok(y === null ? Number.isNaN(x) : Math.abs(x - y) <= share, `${x} is not ${y}`);

test("the closed form gives lib's numbers, errors and verdict for every kind of picture", () => {
  for (const { fields: both, shape, options, params, errors, rms, rank, misfit } of reference.fits) {
    const [height, width] = shape;
    const found = fitResidual({ ...fields(both), width, height }, { ...options, rate: options.rate && fields(options.rate) });
    assert.equal(found.rank, rank);
    // float32 pictures whose determined directions are strong: both sums are taken in double precision.
    Object.values(found.params).forEach((x, i) => near(x, params[i], 1e-6));
    Object.values(found.errors).forEach((x, i) => near(x, errors[i], Math.max(1e-7, 1e-3 * (errors[i] ?? 0))));
    near(found.rms, rms, 1e-7);
    if (rank === 4) near(found.misfit, misfit, 1e-5);
    if (rank === 4) assert.equal(/that the picture contradicts/.test(found.sentence), misfit > 0.01, `${misfit}: ${found.sentence}`);
  }
  assert.deepEqual(new Set(reference.fits.map(({ misfit }) => misfit > 0.01)).size, 2);
  assert.deepEqual(new Set(reference.fits.map(({ rank }) => rank)).has(4), true);
  assert.ok(reference.fits.some(({ rank }) => rank === 0));
});

test("a picture at rest leaves nothing over, and what was painted into it shows on the map", () => {
  const { fields: both } = reference.fits[1];
  const size = reference.size;
  const before = fields(both);
  const after = ahead({ Du: 0.16, Dv: 0.08, F: 0.035, k: 0.065 }, before, size, 1);
  const rate = { u: after.u.map((x, i) => x - before.u[i]), v: after.v.map((x, i) => x - before.v[i]) };
  const place = 20 * size + 30;
  before.v[place] += 0.1;
  const { map } = fitResidual({ ...before, width: size, height: size }, { rate });
  assert.equal(map.indexOf(Math.max(...map)), place);
});

test("noise breaks one picture, as Section 6 says, and thirty steps cure it", () => {
  const n = 64;
  const truth = { Du: 0.16, Dv: 0.08, F: 0.035, k: 0.065 };
  const begin = ahead(truth, initialState(n, 1), n, 1500);
  const noise = (state, seed) => {
    const z = normals(2 * n * n, seed);
    return { u: state.u.map((x, i) => x + 3e-3 * z[i]), v: state.v.map((x, i) => x + 3e-3 * z[n * n + i]), width: n, height: n };
  };
  const worst = (params) => Math.max(...Object.entries(truth).map(([name, x]) => Math.abs(params[name] / x - 1)));
  const picture = noise(begin, 1);
  const later = (steps) => noise(ahead(truth, begin, n, steps), 2);
  const next = later(1);
  const rate = { u: next.u.map((x, i) => x - picture.u[i]), v: next.v.map((x, i) => x - picture.v[i]) };
  const one = worst(fitResidual(picture, { noise: 3e-3, rate }).params);
  const found = [...fitHorizon(picture, later(30), 30)].at(-1);
  assert.ok(!(one < 0.1), `${one} with one step`);
  assert.ok(worst(found.params) < 0.02, `${worst(found.params)} with thirty`);
  // The errors are honest: the truth is within five of them.
  for (const [name, x] of Object.entries(truth)) {
    assert.ok(Math.abs(found.params[name] - x) < 5 * found.errors[name], `${name}: ${found.params[name]} ± ${found.errors[name]}`);
  }
});

test("a search over a picture that determines nothing says so", () => {
  const n = 16;
  const empty = { u: new Float32Array(n * n).fill(1), v: new Float32Array(n * n), width: n, height: n };
  const found = [...fitHorizon(empty, empty, 10)].at(-1);
  assert.equal(found.rank, 0);
  assert.match(found.sentence, /determines none/);
});

test("small matrices: inverse, eigenvalues of one and of two", () => {
  const A = [[4, 1, 0, 0], [1, 3, 1, 0], [0, 1, 2, 0.5], [0, 0, 0.5, 1]];
  times(A, inverse(A)).forEach((row, i) => row.forEach((x, j) => near(x, Number(i === j), 1e-12)));
  const N = [[2, 0, 0.1, 0], [0, 1, 0, 0], [0.1, 0, 3, 0], [0, 0, 0, 0.5]];
  for (const [pairs, B] of [[eigen(A), null], [generalised(A, N), N]]) {
    for (const { value, vector } of pairs) {
      const left = times(A, vector.map((x) => [x]));
      const right = B ? times(B, vector.map((x) => [x])) : vector.map((x) => [x]);
      left.forEach(([x], i) => near(x, value * right[i][0], 1e-10));
    }
    assert.deepEqual(pairs.map(({ value }) => value), pairs.map(({ value }) => value).sort((a, b) => b - a));
  }
});

test("numbers are written as a person would", () => {
  assert.deepEqual([1.5e-3, -0.25, 1e6, NaN].map(written), ["1.5 · 10⁻³", "−0.25", "1.0 · 10⁶", "–"]);
  assert.equal(powerOfTen(-12), "10⁻¹²");
  assert.deepEqual(withError(0.16, 2e-3), ["0.1600", "0.0020"]);
  assert.deepEqual(withError(0.16, 1e-9), ["0.1600000", "< 0.0000001"]);
  assert.deepEqual(withError(NaN, NaN), ["not determined", ""]);
  assert.deepEqual([0, 0.012345, -0.5, 9].map(percent), ["< 0.01 %", "1.2 %", "50 %", "900 %"]);
  assert.deepEqual([25, -1300].map(percent), ["25 times the value", "1,300 times the value"]);
});

/** An array as numpy.save writes it. */
function npyOf(values, shape, { kind = "<f4", fortran = "False", cut = 0 } = {}) {
  const header = `{'descr': '${kind}', 'fortran_order': ${fortran}, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }\n`;
  const head = Buffer.alloc(10);
  head.write("\u0093NUMPY", "latin1");
  head[6] = 1;
  head.writeUInt16LE(header.length, 8);
  const bytes = Buffer.concat([head, Buffer.from(header, "latin1"), Buffer.from(values.buffer)]);
  return new Uint8Array(bytes.subarray(0, bytes.length - cut));
}

const file = (name, bytes) => ({ name, arrayBuffer: () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
const ramp = Float32Array.from({ length: 20 }, (_, i) => i / 20);

test("arrays are read as they were written, and v is known by its name", async () => {
  const [u, v] = [ramp, ramp.map((x) => x / 4)];
  const both = await readPictures([file("my_v.npy", npyOf(v, [4, 5])), file("my_u.npy", npyOf(u, [4, 5]))]);
  assert.deepEqual([both.width, both.height, both.u[7], both.v[7]], [5, 4, u[7], v[7]]);
  const stacked = await readPictures([file("x.npy", npyOf(Float64Array.from([...u, ...v]), [2, 4, 5], { kind: "<f8" }))]);
  assert.deepEqual([...stacked.v], [...v]);
  const batch = await readPictures([file("a.npy", npyOf(u, [1, 4, 5])), file("b.npy", npyOf(v, [1, 4, 5]))]);
  assert.deepEqual([...batch.v], [...v]);
});

const WRONG = {
  "There are 3 files": [["a.npy", ramp, [4, 5]], ["b.npy", ramp, [4, 5]], ["c.npy", ramp, [4, 5]]],
  "a single file must hold u and v": [["a.npy", ramp, [4, 5]]],
  "one field is \\(height, width\\)": [["a.npy", ramp, [20]], ["b.npy", ramp, [20]]],
  "both must show the same cells": [["a.npy", ramp, [4, 5]], ["b.npy", ramp, [5, 4]]],
  "at least 3 × 3": [["a.npy", ramp, [2, 10]], ["b.npy", ramp, [2, 10]]],
  "not a finite number at row 0, column 3": [["a.npy", ramp.map((x, i) => (i === 3 ? NaN : x)), [4, 5]], ["b.npy", ramp, [4, 5]]],
  "numbers of type c8": [["a.npy", ramp, [2, 5], { kind: "<c8" }], ["b.npy", ramp, [4, 5]]],
  "numbers of type U4": [["a.npy", ramp, [4, 5], { kind: "<U4" }], ["b.npy", ramp, [4, 5]]],
  "column by column": [["a.npy", ramp, [4, 5], { fortran: "True" }], ["b.npy", ramp, [4, 5]]],
  "it was cut off": [["a.npy", ramp, [4, 5], { cut: 9 }], ["b.npy", ramp, [4, 5]]],
  "without a single number": [["a.npy", ramp, [0, 5]], ["b.npy", ramp, [0, 5]]],
};

test("a wrong file is answered with a sentence", async () => {
  for (const [words, files] of Object.entries(WRONG)) {
    const made = files.map(([name, values, shape, options]) => file(name, npyOf(values, shape, options)));
    await assert.rejects(() => readPictures(made), new RegExp(words), words);
  }
  await assert.rejects(() => pictureOf("notes.txt", new TextEncoder().encode("hello").buffer), /neither a .npy array nor a PNG/);
  await assert.rejects(() => pictureOf("none.npy", new ArrayBuffer(0)), /is empty/);
});

test("what looks swapped or like percent is remarked on", async () => {
  const pair = (scale) => readPictures([file("a.npy", npyOf(ramp.map((x) => x * scale), [4, 5])), file("b.npy", npyOf(ramp, [4, 5]))]);
  assert.match((await pair(100)).remark, /percent/);
  assert.match((await pair(0.1)).remark, /swapped/);
  assert.equal((await pair(2)).remark, "");
});
