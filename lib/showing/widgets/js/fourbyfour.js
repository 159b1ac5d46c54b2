// Small dense matrices, as arrays of rows: what a fit of four numbers needs.

export const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
export const times = (A, B) => A.map((row) => B[0].map((_, j) => row.reduce((sum, x, k) => sum + x * B[k][j], 0)));
export const transposed = (A) => A[0].map((_, j) => A.map((row) => row[j]));

/** Solve A x = b for several right-hand sides at once, with pivots; B and the result are matrices. */
export function solved(A, B) {
  const n = A.length;
  const rows = A.map((row, i) => [...row, ...B[i]]);
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
    [rows[c], rows[best]] = [rows[best], rows[c]];
    for (let r = 0; r < n; r++) {
      const factor = r === c ? 0 : rows[r][c] / rows[c][c];
      if (factor !== 0) rows[r] = rows[r].map((x, j) => x - factor * rows[c][j]);
    }
  }
  return rows.map((row, i) => row.slice(n).map((x) => x / row[i]));
}

export const inverse = (A) => solved(A, A.map((_, i) => A.map((_, j) => Number(i === j))));

/** The lower triangle L with L Lᵀ = A, for a positive definite A. */
export function cholesky(A) {
  const L = A.map((row) => row.map(() => 0));
  for (let i = 0; i < A.length; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = A[i][j] - dot(L[i].slice(0, j), L[j].slice(0, j));
      L[i][j] = i === j ? Math.sqrt(rest) : rest / L[j][j];
    }
  }
  return L;
}

/** Eigenvalues of a symmetric matrix, falling, each with its vector: Jacobi's rotations. */
export function eigen(A) {
  const n = A.length;
  const [S, V] = [A.map((row) => [...row]), A.map((_, i) => A.map((_, j) => Number(i === j)))];
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) if (S[p][q] !== 0) rotate(S, V, p, q);
    }
  }
  return S.map((row, i) => ({ value: row[i], vector: V.map((line) => line[i]) })).sort((a, b) => b.value - a.value);
}

function rotate(S, V, p, q) {
  const theta = (S[q][q] - S[p][p]) / (2 * S[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  if (!Number.isFinite(t)) return;
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (line, i, j) => ([line[i], line[j]] = [c * line[i] - s * line[j], s * line[i] + c * line[j]]);
  for (const line of S) turn(line, p, q);
  for (let k = 0; k < S.length; k++) [S[p][k], S[q][k]] = [c * S[p][k] - s * S[q][k], s * S[p][k] + c * S[q][k]];
  for (const line of V) turn(line, p, q);
}

/** Eigenvalues of G w = λ N w, falling, for a positive definite N; vectors have length one. */
export function generalised(G, N) {
  const L = cholesky(N);
  const half = solved(L, G); // L⁻¹ G
  const found = eigen(symmetric(solved(L, transposed(half))));
  return found.map(({ value, vector }) => {
    const w = solved(transposed(L), vector.map((x) => [x])).map(([x]) => x);
    const length = Math.sqrt(dot(w, w));
    return { value, vector: w.map((x) => x / length) };
  });
}

const symmetric = (A) => A.map((row, i) => row.map((x, j) => (x + A[j][i]) / 2));
