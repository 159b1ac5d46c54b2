// Least squares at a horizon: run the model T steps from one picture and compare with another. A dozen steps wash
// away the noise that one step amplifies. Gauss and Newton's steps, damped as Levenberg and Marquardt do it, with
// the exact derivatives carried along the run.
import { solved } from "./fourbyfour.js";
import { fitResidual, normalEquations, report } from "./residualfit.js";

/** The box that is searched, as lib.studies.horizon: explicit Euler's bound on diffusion, the paper's range of F and k. */
const [LOWEST, HIGHEST] = [[1e-3, 1e-3, 1e-4, 1e-4], [0.25, 0.25, 0.1, 0.1]];
/** Where the search begins, whatever the truth is: the middle of the box. */
const MIDDLE = LOWEST.map((low, i) => (low + HIGHEST[i]) / 2);
const [MOST_TRIALS, CLOSE] = [40, 1e-8];

/**
 * A search, one trial at a time, so that a page can breathe in between: `for (const found of fitHorizon(…))`.
 * @param image { u, v, width, height }: where the run begins
 * @param goal { u, v }: what it is compared with after `horizon` steps
 * @yields null while it searches; at last what `fitResidual` returns, with `trials`
 */
export function* fitHorizon(image, goal, horizon) {
  const rough = fitResidual(image);
  if (rough.rank < 4) return yield rough;
  let [p, damping] = [MIDDLE, 1e-3];
  let here = after(image, goal, horizon, p);
  for (let trials = 1; ; trials++) {
    const { G, b } = normalEquations(here.cells);
    const next = stepFrom(p, G, b, damping);
    const there = after(image, goal, horizon, next);
    const moved = Math.max(...next.map((x, i) => Math.abs(x - p[i]) / HIGHEST[i]));
    const better = there.loss <= here.loss;
    if (better) [p, here] = [next, there];
    damping = better ? damping / 10 : damping * 10;
    if (moved < CLOSE || trials === MOST_TRIALS || damping > 1e12) return yield ended(here, p, image, trials);
    yield null;
  }
}

function ended(here, p, { width, height }, trials) {
  const { G } = normalEquations(here.cells);
  const found = report({ cells: here.cells, left: here.left, G, p, width, height });
  const walls = found.params && Object.entries(found.params).filter((_, i) => p[i] <= LOWEST[i] || p[i] >= HIGHEST[i]);
  const sentence = walls.length > 0
    ? `The search ended at the edge of what it may try, with ${walls.map(([name]) => name).join(" and ")}: do not trust it.`
    : `Found in ${trials} trials, from the middle of the box.`;
  return { ...found, rank: 4, determined: [true, true, true, true], sentence, trials };
}

/** (G + damping · diag G) Δp = b, kept inside the box. */
function stepFrom(p, G, b, damping) {
  const damped = G.map((row, i) => row.map((x, j) => (i === j ? x * (1 + damping) : x)));
  const change = solved(damped, b.map((x) => [x])).map(([x]) => x);
  return p.map((x, i) => Math.min(Math.max(x + (change[i] || 0), LOWEST[i]), HIGHEST[i]));
}

/** The run from the picture: its end's distance to the goal, and that distance's derivatives by the four numbers. */
function after(image, goal, horizon, p) {
  const size = image.width * image.height;
  const pair = () => [new Float64Array(size), new Float64Array(size)];
  let state = [Float64Array.from(image.u), Float64Array.from(image.v)];
  let slopes = p.map(pair);
  let [freeState, freeSlopes] = [pair(), p.map(pair)];
  for (let t = 0; t < horizon; t++) {
    tangentStep(p, state, slopes, freeState, freeSlopes, image.width, image.height);
    [state, freeState] = [freeState, state];
    [slopes, freeSlopes] = [freeSlopes, slopes];
  }
  return compared(state, slopes, goal, size);
}

function compared(state, slopes, goal, size) {
  const [ru, rv, map] = [0, 0, 0].map(() => new Float64Array(size));
  let loss = 0;
  for (let i = 0; i < size; i++) {
    ru[i] = state[0][i] - goal.u[i];
    rv[i] = state[1][i] - goal.v[i];
    map[i] = Math.hypot(ru[i], rv[i]);
    loss += map[i] ** 2;
  }
  const rows = (i) => [slopes.map((slope) => slope[0][i]), slopes.map((slope) => slope[1][i])];
  const down = (field) => field.map((x) => -x);
  const cells = { used: new Uint8Array(size).fill(1), count: size, rows, yu: down(ru), yv: down(rv) };
  return { loss: Number.isFinite(loss) ? loss : Infinity, cells, left: { ru, rv, map } };
}

/** One explicit step of the state, and of its derivatives by the four parameters. */
function tangentStep([Du, Dv, F, k], [u, v], slopes, [nextU, nextV], nextSlopes, width, height) {
  const around = neighbours(width, height);
  for (let i = 0; i < u.length; i++) {
    const [lapU, lapV] = [around(u, i), around(v, i)];
    const reaction = u[i] * v[i] * v[i];
    nextU[i] = u[i] + Du * lapU - reaction + F * (1 - u[i]);
    nextV[i] = v[i] + Dv * lapV + reaction - (F + k) * v[i];
    const [byU, byV] = [v[i] * v[i], 2 * u[i] * v[i]];
    for (let q = 0; q < 4; q++) {
      const [a, b] = slopes[q];
      const change = byU * a[i] + byV * b[i];
      nextSlopes[q][0][i] = a[i] + Du * around(a, i) - change - F * a[i];
      nextSlopes[q][1][i] = b[i] + Dv * around(b, i) + change - (F + k) * b[i];
    }
    nextSlopes[0][0][i] += lapU;
    nextSlopes[1][1][i] += lapV;
    nextSlopes[2][0][i] += 1 - u[i];
    nextSlopes[2][1][i] -= v[i];
    nextSlopes[3][1][i] -= v[i];
  }
}

/** The five-point Laplacian at a cell, periodic. */
function neighbours(width, height) {
  const size = width * height;
  return (x, i) => {
    const column = i % width;
    const left = column === 0 ? i + width - 1 : i - 1;
    const right = column === width - 1 ? i - width + 1 : i + 1;
    const up = i < width ? i + size - width : i - width;
    const down = i >= size - width ? i - size + width : i + width;
    return x[up] + x[down] + (x[left] + x[right]) - 4 * x[i];
  };
}
