// A surface between sampled points: bilinear inside every cell, with its exact slope.
//
// Positions are shares of the map, 0 … 1 from its lowest to its highest grid value in both directions, so that
// slopes along both axes can be compared.

/** A function (x, y) → { value, slope: [along x, along y] }; NaN where a corner of the cell is. */
export function sampledSurface(values, across, up) {
  const columns = across.length;
  return (x, y) => {
    const [j, s, width] = cellOf(across, x);
    const [i, t, height] = cellOf(up, y);
    const [a, b] = [values[i * columns + j], values[i * columns + j + 1]];
    const [c, d] = [values[(i + 1) * columns + j], values[(i + 1) * columns + j + 1]];
    const [low, high] = [a + s * (b - a), c + s * (d - c)];
    const along = (b - a) * (1 - t) + (d - c) * t;
    return { value: low + t * (high - low), slope: [along / width, (high - low) / height] };
  };
}

/** Which interval a share of the axis falls in, how far into it (0 … 1), and how wide that is as a share. */
function cellOf(grid, share) {
  const [first, last] = [grid[0], grid[grid.length - 1]];
  const x = first + Math.min(Math.max(share, 0), 1) * (last - first);
  let i = 0;
  while (i < grid.length - 2 && grid[i + 1] <= x) i++;
  const width = grid[i + 1] - grid[i];
  return [i, (x - grid[i]) / width, width / (last - first)];
}

/**
 * A paraboloid by its formula, as a function like the one above: lowest + ½ dᵀ H d around its minimum.
 *
 * `bowl` is { hessian, minimum, lowest } in the plane's own numbers, across first; `span` is what heights are
 * divided by, `floor` what is taken off them first.
 */
export function paraboloid({ hessian, minimum, lowest }, across, up, floor, span) {
  const widths = [across, up].map((grid) => grid[grid.length - 1] - grid[0]);
  return (x, y) => {
    const d = [valueAt(across, x) - minimum[0], valueAt(up, y) - minimum[1]];
    const pull = hessian.map((row) => row[0] * d[0] + row[1] * d[1]);
    const value = lowest + (pull[0] * d[0] + pull[1] * d[1]) / 2;
    return { value: (value - floor) / span, slope: pull.map((p, i) => (p * widths[i]) / span) };
  };
}

/** A grid value as a share of its axis, and back. */
export function shareOf(grid, x) {
  return (x - grid[0]) / (grid[grid.length - 1] - grid[0]);
}
export function valueAt(grid, share) {
  return grid[0] + share * (grid[grid.length - 1] - grid[0]);
}

/** Values divided by their range, so that one learning rate serves every loss; NaN stays. */
export function scaledToRange(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const x of values) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return Float32Array.from(values, (x) => (x - low) / (high - low || 1));
}
