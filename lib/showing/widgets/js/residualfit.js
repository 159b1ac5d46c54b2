// The four parameters of a picture in closed form: lib.residual.fit, in the page. The residual of a steady state is
// linear in (Du, Dv, F, k), so least squares is one small linear system; errors come from the scatter of its blocks.
import { percent } from "./numbers.js";
import { dot, generalised, inverse, solved, times, transposed } from "./fourbyfour.js";

/** As in lib/residual: side of a block, least strength of a direction, and how far a lost one may touch. */
const [BLOCK, SEPARATION, TOUCH] = [16, 2, 0.1];
/** Unexplained share above which the picture is no solution, whatever else; as in lib/residual/looks/doubts. */
const UNEXPLAINED = 0.01;
/** Relative spacing of float32 numbers. */
export const SINGLE = 2 ** -23;
export const PARAMETERS = ["Du", "Dv", "F", "k"];

/**
 * @param image { u, v, width, height }: fields row by row
 * @param rate { u, v }: their time derivatives, where a second picture tells them; zero otherwise
 * @param noise standard deviation of the picture's noise, for the verdict; round-off otherwise
 * @returns { params, errors (both NaN where not determined), rank, determined, rms, map, misfit, sentence }; misfit is
 *   the share of the reaction (and of the rate) that the equations leave unexplained
 */
export function fitResidual({ u, v, width, height }, { rate = null, noise = 8 * SINGLE, periodic = true, dx = 1 } = {}) {
  const cells = equations({ u, v, width, height }, rate, periodic);
  const { G, b } = normalEquations(cells);
  const verdict = judge(G, noiseGram(noise));
  const p = minimiser(G, b, verdict);
  const left = residuals(cells, p.map((x) => (Number.isNaN(x) ? 0 : x)));
  const told = report({ cells, left, G, p, width, height, dx });
  const misfit = told.rms / Math.hypot(rootMeanSquare(cells.yu, cells), rootMeanSquare(cells.yv, cells));
  return { ...told, ...verdict, misfit, sentence: described(verdict, told, misfit) };
}

/**
 * What a fit tells, whatever its equations were.
 * @param cells { used, count, rows }: the cells that count, and for each the derivatives of its two residuals
 * @param left { ru, rv, map }: what the fit leaves over
 */
export function report({ cells, left, G, p, width, height, dx = 1 }) {
  const units = [dx * dx, dx * dx, 1, 1];
  const named = (values) => Object.fromEntries(PARAMETERS.map((name, i) => [name, values[i] * units[i]]));
  const covariance = clustered(cells, left, G, p, width, height);
  return {
    params: named(p),
    errors: named(covariance.map((row, i) => Math.sqrt(row[i]))),
    rms: Math.sqrt(left.map.reduce((sum, x) => sum + x * x, 0) / cells.count),
    map: left.map,
  };
}

/** Columns of A and the known rest y for both equations, cell by cell; cells without all neighbours are left out. */
function equations({ u, v, width, height }, rate, periodic) {
  const size = width * height;
  const [lapU, lapV, yu, yv] = [0, 0, 0, 0].map(() => new Float64Array(size));
  const used = new Uint8Array(size);
  let count = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * width + column;
      if (!periodic && (row === 0 || column === 0 || row === height - 1 || column === width - 1)) continue;
      const up = ((row + height - 1) % height) * width + column;
      const down = ((row + 1) % height) * width + column;
      const left = row * width + ((column + width - 1) % width);
      const right = row * width + ((column + 1) % width);
      lapU[i] = u[up] + u[down] + (u[left] + u[right]) - 4 * u[i];
      lapV[i] = v[up] + v[down] + (v[left] + v[right]) - 4 * v[i];
      const reaction = u[i] * v[i] * v[i];
      yu[i] = reaction + (rate ? rate.u[i] : 0);
      yv[i] = -reaction + (rate ? rate.v[i] : 0);
      used[i] = 1;
      count++;
    }
  }
  // Rows of A at a cell: the equation of u, and that of v.
  const rows = (i) => [[lapU[i], 0, 1 - u[i], 0], [0, lapV[i], -v[i], -v[i]]];
  return { rows, yu, yv, used, count };
}

/** G = mean of AᵀA, b = mean of Aᵀy. */
export function normalEquations(cells) {
  const G = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  const b = [0, 0, 0, 0];
  for (let i = 0; i < cells.used.length; i++) {
    if (!cells.used[i]) continue;
    const [first, second] = cells.rows(i);
    for (let p = 0; p < 4; p++) {
      b[p] += first[p] * cells.yu[i] + second[p] * cells.yv[i];
      for (let q = 0; q < 4; q++) G[p][q] += first[p] * first[q] + second[p] * second[q];
    }
  }
  return { G: G.map((row) => row.map((x) => x / cells.count)), b: b.map((x) => x / cells.count) };
}

/** What white noise of a standard deviation makes of AᵀA on its own; see lib.residual.identifiability. */
function noiseGram(level) {
  const N = [[20, 0, 4, 0], [0, 20, 4, 4], [4, 4, 2, 1], [0, 4, 1, 1]];
  return N.map((row) => row.map((x) => x * level * level));
}

function judge(G, N) {
  const directions = generalised(G, N);
  const rank = directions.filter(({ value }) => value > SEPARATION).length;
  const lost = directions.slice(rank).map(({ vector }) => vector);
  const determined = PARAMETERS.map((_, i) => lost.every((vector) => Math.abs(vector[i]) < TOUCH));
  return { rank, determined, known: directions.slice(0, rank).map(({ vector }) => vector) };
}

/** Least squares on the directions that are determined; NaN for parameters that are not. */
function minimiser(G, b, { known, determined }) {
  if (known.length === 0) return [NaN, NaN, NaN, NaN];
  const W = transposed(known);
  const inside = times(known, times(G, W));
  const p = times(W, solved(inside, known.map((w) => [dot(w, b)]))).map(([x]) => x);
  return p.map((x, i) => (determined[i] ? x : NaN));
}

/** Residuals of both equations, and their joint size as a map. */
function residuals(cells, p) {
  const size = cells.used.length;
  const [ru, rv, map] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < size; i++) {
    if (!cells.used[i]) continue;
    const [first, second] = cells.rows(i);
    ru[i] = dot(first, p) - cells.yu[i];
    rv[i] = dot(second, p) - cells.yv[i];
    map[i] = Math.hypot(ru[i], rv[i]);
  }
  return { ru, rv, map };
}

/** Covariance by the sandwich formula over blocks of cells; NaN for what is unknown. */
function clustered(cells, left, G, p, width, height) {
  const known = PARAMETERS.map((_, i) => i).filter((i) => !Number.isNaN(p[i]));
  const covariance = G.map((row) => row.map(() => NaN));
  const sums = blockSums(cells, left, width, height);
  if (sums.length <= known.length || known.length === 0) return covariance;
  const back = inverse(known.map((i) => known.map((j) => 2 * G[i][j])));
  const factor = sums.length / (sums.length - known.length) / cells.count ** 2;
  const S = known.map((i) => known.map((j) => factor * sums.reduce((sum, s) => sum + s[i] * s[j], 0)));
  const found = times(back, times(S, back));
  known.forEach((i, a) => known.forEach((j, c) => (covariance[i][j] = found[a][c])));
  return covariance;
}

/** Sums of the gradient's contributions over square blocks, which shrink until there are a dozen of them. */
function blockSums(cells, { ru, rv }, width, height) {
  for (let block = BLOCK; ; block = Math.floor(block / 2)) {
    const across = Math.ceil(width / block);
    const sums = new Map();
    for (let i = 0; i < width * height; i++) {
      if (!cells.used[i]) continue;
      const label = Math.floor(Math.floor(i / width) / block) * across + Math.floor((i % width) / block);
      if (!sums.has(label)) sums.set(label, [0, 0, 0, 0, 0]);
      const sum = sums.get(label);
      sum[4]++;
      const [first, second] = cells.rows(i);
      for (let p = 0; p < 4; p++) sum[p] += 2 * (first[p] * ru[i] + second[p] * rv[i]);
    }
    if (sums.size >= 12 || block === 1) return deviations([...sums.values()], cells.count);
  }
}

/** Sums less their mean, which is zero at a plain minimum but not where some numbers are unknown; cells are counted last. */
function deviations(sums, count) {
  const mean = [0, 1, 2, 3].map((p) => sums.reduce((all, sum) => all + sum[p], 0) / count);
  return sums.map((sum) => mean.map((x, p) => sum[p] - sum[4] * x));
}

/** Root mean square over the cells that count. */
function rootMeanSquare(values, { used, count }) {
  return Math.sqrt(values.reduce((sum, x, i) => sum + used[i] * x * x, 0) / count);
}

function described({ rank, determined }, { params, errors }, misfit) {
  const negative = PARAMETERS.filter((name) => params[name] < -3 * errors[name]);
  if (rank > 0 && (misfit > UNEXPLAINED || negative.length > 0)) {
    const what = negative.length > 0 ? `Negative: ${negative.join(", ")}` : `${percent(misfit)} of the reaction is left unexplained`;
    return `The numbers stand under assumptions that the picture contradicts. ${what}: is it at rest, without noise, ` +
      "in concentrations, u and v in their places, its edges as told? On your machine python -m lib.fit tells which.";
  }
  if (rank === 4) return "The picture determines all four numbers.";
  if (rank === 0) return "The picture determines none of the numbers: every set of them explains it equally well.";
  const known = PARAMETERS.filter((_, i) => determined[i]);
  const among = known.length > 0 ? `, among them ${known.join(", ")}` : ", none of them a number by itself";
  return `The picture determines ${rank} of 4 combinations of the numbers${among}.`;
}
