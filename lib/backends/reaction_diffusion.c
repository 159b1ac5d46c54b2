/* Explicit steps and the exact adjoint of any reaction-diffusion model, vectorised by the compiler.
 *
 * `lib.models.generate` writes the model as macros, from its expressions:
 *     FIELDS, PARAMETERS      how many there are
 *     LOAD_PARAMETERS         names for the numbers p[0], p[1], …
 *     LOAD_FIELDS(X)          names for the fields X(0), X(1), … at a cell
 *     RATES(RATE)             RATE(f, reaction of field f) for each field
 *     PULLS(PULL, ADD)        PULL(f, Σ λ ∂R/∂x_f) for each field, ADD(j, Σ λ ∂R/∂p_j) for each parameter,
 *                             with A(f) the adjoint λ of field f and L(f) its Laplacian
 * and `lib.models.compiled` adds WIDTH, REAL, REAL_BYTES, NINE (points in the Laplacian, instead of five) and
 * NO_FLUX (walls, instead of periodic boundaries).
 *
 * A state is its rows, one ghost row above and below; a row is its fields one after the other, each with
 * a ghost column on both sides. Ghosts hold the cells across the boundary, or mirror those before the wall.
 */
#include "cpu_rows.h"

enum {
    BEFORE = 64 / REAL_BYTES, /* places before a row's first cell, so that it begins a cache line */
    STRIDE = (BEFORE + WIDTH + BEFORE) / BEFORE * BEFORE, /* from one field of a row to the next */
    LINE = FIELDS * STRIDE
};

/* A step's numbers: dt D / dx² of each field, dt, 1 / dx², the parameters. */
typedef struct { REAL D[FIELDS], dt, area; REAL p[PARAMETERS]; } Numbers;

static Numbers numbers_of(const double *q)
{
    Numbers n = {.dt = (REAL)q[0], .area = (REAL)q[1]};
    for (int f = 0; f < FIELDS; f++) n.D[f] = (REAL)q[2 + f];
    for (int j = 0; j < PARAMETERS; j++) n.p[j] = (REAL)q[2 + FIELDS + j];
    return n;
}

/* dx² times the Laplacian of field f at a cell; grouped so that transposing the grid changes no bit. */
#define AT(row, f, shift) row[(f) * STRIDE + x + (shift)]
#define BESIDE(f) ((AT(up, f, 0) + AT(down, f, 0)) + (AT(here, f, -1) + AT(here, f, 1)))
#if NINE
#define CORNERS(f) ((AT(up, f, -1) + AT(down, f, 1)) + (AT(up, f, 1) + AT(down, f, -1)))
#define LAPLACIAN(f) ((4 * BESIDE(f) + CORNERS(f) - 20 * AT(here, f, 0)) * ((REAL)1 / (REAL)6))
#else
#define LAPLACIAN(f) (BESIDE(f) - 4 * AT(here, f, 0))
#endif

INLINE void close_line(REAL *line)
{
    for (int f = 0; f < FIELDS; f++, line += STRIDE) {
        line[BEFORE - 1] = line[BEFORE + (NO_FLUX ? 0 : WIDTH - 1)];
        line[BEFORE + WIDTH] = line[BEFORE + (NO_FLUX ? WIDTH - 1 : 0)];
    }
}

/* Fill the ghost rows of a state, whose row 0 is at `rows`. */
static void close_state(REAL *rows, long height)
{
    memcpy(rows - LINE, rows + (NO_FLUX ? 0 : height - 1) * LINE, LINE * sizeof(REAL));
    memcpy(rows + height * LINE, rows + (NO_FLUX ? height - 1 : 0) * LINE, LINE * sizeof(REAL));
}

static void step_line(const REAL *here, REAL *restrict to, const Numbers *n)
{
    const REAL *up = here - LINE, *down = here + LINE, *p = n->p;
    const REAL dt = n->dt;
    REAL D[FIELDS];
    for (int f = 0; f < FIELDS; f++) D[f] = n->D[f];
    LOAD_PARAMETERS
#define X(f) AT(here, f, 0)
#define RATE(f, rate) AT(to, f, 0) = X(f) + (D[f] * LAPLACIAN(f) + dt * (rate));
    for (int x = BEFORE; x < BEFORE + WIDTH; x++) {
        LOAD_FIELDS(X)
        RATES(RATE)
    }
    close_line(to);
}

static void step_state(const REAL *from, REAL *to, long height, const Numbers *n)
{
    for (long r = 0; r < height; r++) step_line(from + r * LINE, to + r * LINE, n);
    close_state(to, height);
}

/* Numbers in a state, ghost rows included. */
long state_reals(long height) { return (height + 2) * LINE; }

/* From fields, each height × WIDTH and one after the other, to a state, and back. */
void pack_state(const REAL *fields, long height, REAL *state)
{
    memset(state, 0, (size_t)state_reals(height) * sizeof(REAL));
    for (int f = 0; f < FIELDS; f++)
        for (long r = 0; r < height; r++, fields += WIDTH)
            memcpy(state + (r + 1) * LINE + f * STRIDE + BEFORE, fields, WIDTH * sizeof(REAL));
    for (long r = 0; r < height; r++) close_line(state + (r + 1) * LINE);
    close_state(state + LINE, height);
}

void unpack_state(REAL *fields, long height, const REAL *state)
{
    for (int f = 0; f < FIELDS; f++)
        for (long r = 0; r < height; r++, fields += WIDTH)
            memcpy(fields, state + (r + 1) * LINE + f * STRIDE + BEFORE, WIDTH * sizeof(REAL));
}

/* Largest |difference| of two states over cells and fields; NaN or infinite where one is not finite. */
static double largest_change(const REAL *before, const REAL *after, long height)
{
    double largest = 0;
    for (long r = 0; r < height; r++)
        for (int f = 0; f < FIELDS; f++)
            for (int x = 0; x < WIDTH; x++) {
                long i = r * LINE + f * STRIDE + BEFORE + x;
                double change = fabs((double)after[i] - (double)before[i]);
                if (!(change <= largest)) largest = change;
                if (isnan(largest)) return largest;
            }
    return largest;
}

/* Take a state `steps` further, with another one as scratch, and return how many steps were taken.
 *
 * `*change` is the largest change in the last step. It is looked at every `check_every` steps: there a run
 * ends that is not finite, stands still, or changed by less than tol (if that is ≥ 0). */
long advance(REAL *state, REAL *scratch, long height, const double *q, long steps, long check_every,
             double tol, double *change, int *finished)
{
    const Numbers n = numbers_of(q);
    Mode mode = flush_denormals();
    REAL *from = state + LINE, *to = scratch + LINE;
    long taken = 0;
    *finished = 0;
    while (taken < steps && !*finished) {
        step_state(from, to, height, &n);
        if (++taken % check_every == 0 || taken == steps) {
            *change = largest_change(from, to, height);
            *finished = !isfinite(*change) || *change == 0 || *change < tol;
        }
        REAL *swap = from;
        from = to, to = swap;
    }
    if (from != state + LINE) memcpy(state, scratch, (size_t)state_reals(height) * sizeof(REAL));
    restore(mode);
    return taken;
}

/* An adjoint step back, along one row: `to` from the adjoint `here` after the step and the state before it. */
static void pull_line(const REAL *here, const REAL *state, REAL *restrict to, const Numbers *n,
                      REAL (*restrict sums)[STRIDE])
{
    const REAL *up = here - LINE, *down = here + LINE, *p = n->p;
    const REAL dt = n->dt, area = n->area;
    REAL D[FIELDS];
    for (int f = 0; f < FIELDS; f++) D[f] = n->D[f];
    LOAD_PARAMETERS
#define S(f) AT(state, f, 0)
#define A(f) AT(here, f, 0)
#define L(f) LAPLACIAN(f)
#define PULL(f, pulled) AT(to, f, 0) = A(f) + (D[f] * l_##f + dt * (pulled));
#define ADD(j, part) sums[j][x] += part;
    (void)area;
    for (int x = BEFORE; x < BEFORE + WIDTH; x++) {
        LOAD_FIELDS(S)
        PULLS(PULL, ADD)
    }
    close_line(to);
}

/* Take an adjoint back over `steps` steps from the state at `trail`, which has room for as many states,
 * with another one as scratch, and add the derivatives by the parameters (without dt) to `sums`. */
void retreat(REAL *trail, REAL *adjoint, REAL *scratch, long height, const double *q, long steps, double *sums)
{
    const Numbers n = numbers_of(q);
    const long size = state_reals(height);
    Mode mode = flush_denormals();
    for (long s = 1; s < steps; s++)
        step_state(trail + (s - 1) * size + LINE, trail + s * size + LINE, height, &n);
    REAL *from = adjoint + LINE, *to = scratch + LINE;
    for (long s = steps - 1; s >= 0; s--) {
        REAL parts[PARAMETERS][STRIDE] = {{0}};
        for (long r = 0; r < height; r++)
            pull_line(from + r * LINE, trail + s * size + (r + 1) * LINE, to + r * LINE, &n, parts);
        close_state(to, height);
        for (int j = 0; j < PARAMETERS; j++)
            for (int x = BEFORE; x < BEFORE + WIDTH; x++) sums[j] += (double)parts[j][x];
        REAL *swap = from;
        from = to, to = swap;
    }
    if (from != adjoint + LINE) memcpy(adjoint, scratch, (size_t)size * sizeof(REAL));
    restore(mode);
}
