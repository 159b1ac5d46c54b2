/* Many explicit Gray-Scott steps of one simulation, inside the caches of one core; `cpu.py` calls it.
 *
 * A step is 15 instructions a vector, with the multiplications fused into the additions:
 *     u' = u + (Du ∇²u + (feed − (v² + F) u))        v' = Dv ∇²v + (v + (u v − (F + k)) v)
 * where ∇²x is ((up + down) + (left + right)) − 4 x, grouped so that transposing the grid changes no
 * bit, and u = 1, v = 0 stays as it is. Folding 1 − 4 Du − F into one coefficient would save three of
 * them, and round that coefficient to 1e-8: in float32 an error like a change of F by 1e-6 of itself,
 * ten times what remains here.
 */
#include "cpu_rows.h"

typedef struct { REAL Du, Dv, feed, F, F_plus_k; } Coefficients;

/* What the watched rows of one step did. `largest` is max |Δ| as the bits of a non-negative number:
 * as integers these are ordered like the numbers, with NaN above all. */
typedef struct { Bits largest; long row; int moved; } Change;

INLINE V next_u(V u, V v, V neighbours, Coefficients q)
{
    return u + (q.Du * (neighbours - 4 * u) + (q.feed - (v * v + q.F) * u));
}

INLINE V next_v(V u, V v, V neighbours, Coefficients q)
{
    return q.Dv * (neighbours - 4 * v) + (v + (u * v - q.F_plus_k) * v);
}

INLINE void step_row(const V *up, const V *here, const V *down, V *restrict out, Coefficients q)
{
    V u_left = FROM_LEFT(here[P - 1]), u = here[0], u_last = FROM_RIGHT(u);
    V v_left = FROM_LEFT(here[2 * P - 1]), v = here[P], v_last = FROM_RIGHT(v);
    UNROLL
    for (int p = 0; p < P - 1; p++) {
        V u_right = here[p + 1], v_right = here[P + p + 1];
        out[p] = next_u(u, v, (up[p] + down[p]) + (u_left + u_right), q);
        out[P + p] = next_v(u, v, (up[P + p] + down[P + p]) + (v_left + v_right), q);
        u_left = u, u = u_right, v_left = v, v = v_right;
    }
    out[P - 1] = next_u(u, v, (up[P - 1] + down[P - 1]) + (u_left + u_last), q);
    out[2 * P - 1] = next_v(u, v, (up[2 * P - 1] + down[2 * P - 1]) + (v_left + v_last), q);
    close_row(out);
}

static void watch_row(const V *before, const V *after, long row, Change *change)
{
    M largest = {0}, moved = {0};
    for (int p = 0; p < ROW; p++) {
        V was = seen(before[p], p % P), is = seen(after[p], p % P);
        M size = (M)(is - was) & ALL_BUT_SIGN, larger = size > largest;
        largest = (size & larger) | (largest & ~larger);
        moved |= is != was;
    }
    for (int l = 0; l < LANES; l++) {
        change->moved |= moved[l] != 0;
        if (largest[l] > change->largest) change->largest = largest[l], change->row = row;
    }
}

/* Take `depth` steps. level[s] is the table of the state after s steps.
 * Rows watch_from … watch_to − 1 are compared with their state one step before. */
static void sweep(V **const *level, int depth, long height, Coefficients q, long watch_from,
                  long watch_to, Change *change)
{
    memset(change, 0, DEPTH * sizeof *change);
    for (long front = 0; front < height + 2 * (depth - 1); front++)
        for (int s = 1; s <= depth; s++) {
            long r = front - (s - 1), row = r < height ? r : (r - height) % height;
            if (r < s - 1 || r > height + s - 2) continue;
            V **old = level[s - 1] + r, *new = level[s][r];
            step_row(old[-1], old[0], old[1], new, q);
            if (row >= watch_from && row < watch_to) watch_row(old[0], new, row, change + s - 1);
        }
}

/* The workspace of one simulation: two states, the rows in between, and their tables. */
enum { HEADS = 2, RING = 3 };
typedef struct { V *state[2], **whole[2], **between[DEPTH - 1]; } Rows;

static long row_count(long height) { return 2 * height + (DEPTH - 1) * (HEADS + RING); }

long workspace_bytes(long height)
{
    return row_count(height) * state_bytes(1) + (DEPTH + 1) * table_length(height) * (long)sizeof(V *);
}

static Rows lay_out(void *work, long height)
{
    Rows rows;
    V *next = work, **table = (V **)(next + row_count(height) * ROW) + 1;
    for (int i = 0; i < 2; i++, next += height * ROW, table += table_length(height))
        aim(rows.whole[i] = table, rows.state[i] = next, height);
    for (int s = 1; s < DEPTH; s++, next += (HEADS + RING) * ROW, table += table_length(height))
        aim_ring(rows.between[s - 1] = table, next, s - 1, HEADS, RING, height);
    return rows;
}

static void sweep_from(const Rows *rows, int from, int to, int depth, long height, Coefficients q,
                       long watch_from, long watch_to, Change *change)
{
    V **level[DEPTH + 1] = {rows->whole[from], rows->between[0], rows->between[1], rows->between[2]};
    level[depth] = rows->whole[to];
    sweep(level, depth, height, q, watch_from, watch_to, change);
}

static Bits bits(REAL x) { Bits b; memcpy(&b, &x, sizeof b); return b; }
static REAL real(Bits b) { REAL x; memcpy(&x, &b, sizeof x); return x; }

static Coefficients rounded(const double *k)
{
    return (Coefficients){(REAL)k[0], (REAL)k[1], (REAL)k[2], (REAL)k[3], (REAL)k[4]};
}

/* The first of steps first … last that ends a run, 0 if none does. */
static int end_of_run(const Change *change, int first, int last, REAL tol)
{
    for (int s = first; s <= last; s++) {
        const Change *c = change + s - 1;
        if (!c->moved || c->largest >= bits(INFINITY) || c->largest < bits(tol)) return s;
    }
    return 0;
}

/* Take the fields u, v (height × WIDTH) from step n to step `stop`, and return the step reached.
 *
 * `*finished` says that this step ended the run: with tol ≥ 0, the first one whose max(|Δu|, |Δv|) is
 * below tol; without (tol = −1), one at a multiple of check_every that changed no bit; in both cases
 * one that is not finite. `*change` is max(|Δu|, |Δv|) of the last step taken.
 *
 * With tol, most sweeps look at one row only: a row that changed by tol or more proves that the run
 * goes on. Where it did not, the sweep is repeated from the same state, with all rows watched.
 *
 * A settled state often ends in a last bit that flips to and fro. Where a whole sweep brought back the
 * very bits it began with, all later sweeps would, so they are counted and not computed.
 *
 * Where `kept` is given, it receives the states at the multiples of keep_every, itself one of DEPTH,
 * until they settle: from number `*settled` on (−1: none yet) all of them are the same. */
long advance(REAL *u, REAL *v, long height, const double *coefficients, long n, long stop,
             long check_every, double tol, void *work, double *change, int *finished, V *kept,
             long keep_every, long *settled)
{
    const Coefficients q = rounded(coefficients);
    const Rows rows = lay_out(work, height);
    const size_t size = state_bytes(height);
    Change changes[DEPTH];
    long witness = 0;
    int from = 0, to = 0, depth, end = 0;
    Mode mode = flush_denormals();
    pack(u, height, rows.state[from]);
    pack(v, height, rows.state[from] + P);
    for (; n < stop && !end; n += depth, from = to) {
        if (kept && *settled < 0 && n % keep_every == 0)
            memcpy(kept + n / keep_every * height * ROW, rows.state[from], size);
        depth = stop - n < DEPTH ? (int)(stop - n) : DEPTH;
        int check = n + depth == stop || (n + depth) % check_every == 0;
        /* Where a sweep may have to be repeated or compared, its beginning is kept. */
        to = check || tol >= 0 || depth == 1 ? 1 - from : from;
        if (!check) {
            sweep_from(&rows, from, to, depth, height, q, witness, tol < 0 ? witness : witness + 1, changes);
            check = tol >= 0 && end_of_run(changes, 1, depth, (REAL)tol);
        }
        if (check) {
            sweep_from(&rows, from, to, depth, height, q, 0, height, changes);
            end = end_of_run(changes, tol < 0 ? depth : 1, depth, (REAL)tol);
            if (end && end < depth) sweep_from(&rows, from, to, depth = end, height, q, 0, height, changes);
            witness = changes[depth - 1].row;
            *change = (double)real(changes[depth - 1].largest);
            int repeats = !changes[depth - 1].moved ||
                          (depth == DEPTH && !memcmp(rows.state[0], rows.state[1], size));
            if (repeats && kept && *settled < 0) {
                *settled = (n + depth + keep_every - 1) / keep_every;
                memcpy(kept + *settled * height * ROW, rows.state[to], size);
            }
            if (repeats && !end) n += (stop - n - depth) / DEPTH * DEPTH;
        }
    }
    unpack(u, height, rows.state[from]);
    unpack(v, height, rows.state[from] + P);
    restore(mode);
    *finished = end != 0;
    return n;
}
