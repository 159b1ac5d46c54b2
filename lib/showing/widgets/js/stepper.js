// The Gray-Scott model on the processor: explicit Euler steps in float32, in the order of lib/model.py,
// so that every bit is the same; the paper's stop rule; how a run ended.
//
// A state is { u, v }, each a Float32Array of n × n numbers, row by row; parameters are { Du, Dv, F, k }.

const round = Math.fround;
/** Below this v is set to zero, as lib's engines and GPUs do: denormal numbers cost a hundred times more. */
const SMALLEST_NORMAL = 1.1754943508222875e-38;

/** One step from `state` into `next`, both of n × n cells, periodic, dx = dt = 1. */
export function step(params, state, next, n) {
  const coefficients = rounded(params);
  for (let row = 0; row < n; row++) {
    const up = ((row + n - 1) % n) * n;
    const down = ((row + 1) % n) * n;
    stepRow(coefficients, state, next, row * n, up, down, n);
  }
}

/** The state so many steps later; the one given stays as it is. */
export function ahead(params, { u, v }, n, steps) {
  let [now, next] = [{ u: Float32Array.from(u), v: Float32Array.from(v) }, emptyState(n)];
  for (let i = 0; i < steps; i++) {
    step(params, now, next, n);
    [now, next] = [next, now];
  }
  return now;
}

function rounded({ Du, Dv, F, k }) {
  return { Du: round(Du), Dv: round(Dv), F: round(F), decay: round(round(F) + round(k)) };
}

function stepRow({ Du, Dv, F, decay }, { u, v }, next, here, up, down, n) {
  const { u: nextU, v: nextV } = next;
  for (let column = 0; column < n; column++) {
    const i = here + column;
    const left = here + (column === 0 ? n - 1 : column - 1);
    const right = here + (column === n - 1 ? 0 : column + 1);
    const a = u[i];
    const b = v[i];
    const lapU = round(
      round(round(u[up + column] + u[down + column]) + round(u[left] + u[right])) - round(4 * a),
    );
    const lapV = round(
      round(round(v[up + column] + v[down + column]) + round(v[left] + v[right])) - round(4 * b),
    );
    const reaction = round(round(a * b) * b);
    const rateU = round(round(round(Du * lapU) - reaction) + round(F * round(1 - a)));
    const rateV = round(round(round(Dv * lapV) + reaction) - round(decay * b));
    const after = round(b + rateV);
    nextU[i] = round(a + rateU);
    nextV[i] = after < SMALLEST_NORMAL && after > -SMALLEST_NORMAL ? 0 : after;
  }
}

/** max(|Δu|, |Δv|) over all cells; NaN where either state is not finite. */
export function largestChange(before, after) {
  let largest = 0;
  for (const field of ["u", "v"]) {
    const [x, y] = [before[field], after[field]];
    for (let i = 0; i < x.length; i++) {
      const change = Math.abs(round(y[i] - x[i]));
      // Written so that NaN is kept.
      if (!(change <= largest)) largest = change;
      if (largest !== largest) return NaN;
    }
  }
  return largest;
}

/**
 * Whether a run stops after a step. `rule` is { tol, limit }: the first step with max(|Δu|, |Δv|) < tol,
 * or the step number `limit`; null switches either off. A run that left the finite numbers stops anyway.
 */
export function stops({ tol, limit }, change, steps) {
  if (!Number.isFinite(change)) return true;
  return (tol !== null && change < tol) || (limit !== null && steps >= limit);
}

/** lib's words for the end of a run, in the order of lib.simulate.Outcome. */
export const OUTCOMES = ["trivial", "uniform", "pattern", "diverged", "flickering"];

/** How a state looks, as lib.simulate.classify tells it: one of OUTCOMES. */
export function classify({ F, k }, { u, v }, change) {
  const [, topU] = span(u);
  const [lowV, topV] = span(v);
  if (!Number.isFinite(topU) || !Number.isFinite(topV)) return "diverged";
  if (change > 0.1) return "flickering";
  // v shrinks at every cell in every later step: a proof of extinction, not a threshold.
  if (topV * Math.max(topU, 1) < F + k) return "trivial";
  return topV - lowV < 1e-3 ? "uniform" : "pattern";
}

/** Smallest and largest number of a field; NaN for both where one of them is NaN. */
export function span(x) {
  let [low, top] = [Infinity, -Infinity];
  for (const value of x) {
    if (value !== value) return [NaN, NaN];
    if (value < low) low = value;
    if (value > top) top = value;
  }
  return [low, top];
}

/** Runs on the processor, behind the same methods as the WebGL engine. */
export class CpuEngine {
  constructor(n) {
    this.kind = "cpu";
    this.n = n;
    this.states = [emptyState(n), emptyState(n)];
    this.load(emptyState(n));
  }

  /** Start from a copy of a state. */
  load({ u, v }, steps = 0) {
    this.states[0].u.set(u);
    this.states[0].v.set(v);
    this.steps = steps;
    this.change = NaN;
    this.stopped = false;
  }

  /** Take up to `count` steps; fewer if the stop rule ends the run or `deadline` (ms) has passed. */
  advance(params, count, rule, deadline = Infinity) {
    for (let i = 1; i <= count && !this.stopped; i++) {
      step(params, this.states[0], this.states[1], this.n);
      this.states.reverse();
      this.steps++;
      const last = i === count || this.steps === rule.limit || performance.now() > deadline;
      // Without a tolerance, only the last step of a burst is looked at.
      if (rule.tol !== null || last) {
        this.change = largestChange(this.states[1], this.states[0]);
        this.stopped = stops(rule, this.change, this.steps);
      }
      if (last) return;
    }
  }

  /** Go on from step number `steps`, whether or not the run had stopped. */
  resume(steps) {
    this.steps = steps;
    this.stopped = false;
  }

  /** Set a disc of cells around (column, row), periodic, to the given concentrations. */
  paint(column, row, radius, u, v) {
    for (const i of disc(this.n, column, row, radius)) {
      this.states[0].u[i] = u;
      this.states[0].v[i] = v;
    }
  }

  /** The state now, with what is known of the run; the arrays are the engine's own. */
  read() {
    return { ...this.states[0], steps: this.steps, change: this.change, stopped: this.stopped };
  }

  dispose() {}
}

/** An empty dish: u = 1, v = 0. */
export function emptyState(n) {
  return { u: new Float32Array(n * n).fill(1), v: new Float32Array(n * n) };
}

/** Indices of the cells whose centres lie within `radius` of the centre of (column, row). */
export function disc(n, column, row, radius) {
  const cells = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (x * x + y * y <= radius * radius) cells.push(((row + y + n) % n) * n + ((column + x + n) % n));
    }
  }
  return cells;
}
