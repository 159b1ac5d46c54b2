/* The exact gradient of many steps: the adjoint, taken backwards through every one of them.
 *
 * With λ, μ the derivatives of the loss by u, v after a step, those before it are
 *     λ' = Du ∇²λ + (v² (μ − λ) + (λ − F λ))       μ' = Dv ∇²μ + (2 u v (μ − λ) + (μ − (F + k) μ))
 * with u, v from before the step. The derivatives by the parameters are sums over cells and steps, in
 * which the Laplacian is moved over to the adjoint, where it is at hand: Σ λ ∇²u = Σ u ∇²λ.
 *
 * The states are needed in reverse. The forward run keeps one in 48 in memory; from there a run
 * keeps one in 2 in the second- and third-level cache; and from there one pass over the rows takes a
 * step forward and then two adjoint steps back. Of more than two steps a pass, the rows in between
 * would not stay in a first-level cache of 32 KB: three steps forward and four back take a tenth longer.
 */
#include "cpu.c"

enum { SUMS = 4, STRIDES = 2, BACK = 2, KEEP = 24 };

/* Each stride's states: one in BACK, up to KEEP of them; one in KEEP · BACK, as many as asked for. */
static const long stride_of[STRIDES] = {BACK, BACK * KEEP};

typedef struct {
    long height;
    Coefficients q;
    REAL one;                             /* the concentration 1 in the scaled field u */
    double *sums;                         /* Σ u ∇²λ, Σ v ∇²μ, Σ (1 − u) λ, Σ v μ */
    V *adjoint[2], **adjoint_whole[2];    /* the adjoint before and after a sweep */
    int at;                               /* which of the two is the current one */
    V **state_whole[3], **state_between[DEPTH - 1], **adjoint_between;
    V *start, *step_to[2], *stored[STRIDES];
} Reverse;

/* A row of adjoints before a step, λ' and μ', from those after it and from the state. */
typedef struct { const V *up, *here, *down, *state; V *restrict out; } Around;

/* A sum stays in a register: by way of memory, each addition to it would wait for the one before. */
#if defined(__x86_64__)
#define IN_REGISTER(x) __asm__("" : "+v"(x))
#elif defined(__aarch64__)
#define IN_REGISTER(x) __asm__("" : "+w"(x))
#else
#define IN_REGISTER(x) (void)(x)
#endif

INLINE void add(V *restrict sum, V x, int p)
{
    *sum += seen(x, p);
    IN_REGISTER(*sum);
}

INLINE void adjoint_cells(int p, Around x, V l, V l_beside, V m, V m_beside, Coefficients q, REAL one,
                          V *restrict sum)
{
    V u = x.state[p], v = x.state[P + p];
    V l_lap = ((x.up[p] + x.down[p]) + l_beside) - 4 * l;
    V m_lap = ((x.up[P + p] + x.down[P + p]) + m_beside) - 4 * m;
    add(sum, u * l_lap, p), add(sum + 1, v * m_lap, p);
    V w = v * (m - l);
    x.out[p] = q.Du * l_lap + (v * w + (l - q.F * l));
    x.out[P + p] = q.Dv * m_lap + ((u + u) * w + (m - q.F_plus_k * m));
    add(sum + 2, (one - u) * l, p), add(sum + 3, v * m, p);
}

INLINE void adjoint_row(Around x, Coefficients q, REAL one, V (*restrict sums)[SUMS])
{
    V l_left = FROM_LEFT(x.here[P - 1]), l = x.here[0], l_last = FROM_RIGHT(l);
    V m_left = FROM_LEFT(x.here[2 * P - 1]), m = x.here[P], m_last = FROM_RIGHT(m);
    for (int part = 0, p = 0; part < PARTS; part++, p++) {
        V sum[SUMS] = {{0}};
        UNROLL
        for (int i = 0; i < SEGMENT - 1; i++, p++) {
            V l_right = x.here[p + 1], m_right = x.here[P + p + 1];
            adjoint_cells(p, x, l, l_left + l_right, m, m_left + m_right, q, one, sum);
            l_left = l, l = l_right, m_left = m, m = m_right;
        }
        V l_right = part + 1 < PARTS ? x.here[p + 1] : l_last;
        V m_right = part + 1 < PARTS ? x.here[P + p + 1] : m_last;
        adjoint_cells(p, x, l, l_left + l_right, m, m_left + m_right, q, one, sum);
        l_left = l, l = l_right, m_left = m, m = m_right;
        for (int i = 0; i < SUMS; i++) sums[part][i] += sum[i];
    }
    close_row(x.out);
}

/* Take the adjoint `depth` steps back, to the step at which the state is `state`.
 * Stages 1 … depth − 1 step the state forward, stages depth … 2 depth − 1 the adjoint back. */
static void sweep_back(Reverse *r, V *state, int depth)
{
    V **level[BACK] = {r->state_whole[0], r->state_between[0]};
    V **back[BACK + 1] = {r->adjoint_whole[r->at], r->adjoint_between};
    V sums[BACK][PARTS][SUMS] = {{{{0}}}};
    const int to = depth > 1 ? r->at : 1 - r->at;
    aim(r->state_whole[0], state, r->height);
    back[depth] = r->adjoint_whole[to];
    for (long front = 0; front < r->height + 4 * (depth - 1); front++)
        for (int i = 1; i < 2 * depth; i++) {
            long row = front - (i - 1);
            if (row < i - 1 || row > r->height + i - 2) continue;
            if (i < depth) {
                V **old = level[i - 1] + row;
                step_row(old[-1], old[0], old[1], level[i][row], r->q);
            } else {
                int j = i - depth + 1;
                V **old = back[j - 1] + row;
                Around around = {old[-1], old[0], old[1], level[depth - j][row], back[j][row]};
                adjoint_row(around, r->q, r->one, sums[j - 1]);
            }
        }
    r->at = to;
    for (int j = 0; j < depth; j++)
        for (int i = 0; i < SUMS; i++)
            for (int l = 0; l < SEGMENTS; l++) r->sums[i] += (double)sums[j][l % PARTS][i][l / PARTS];
}

/* The state `steps` after `state`, up to DEPTH of them, to `target`; that after BACK steps to `between`
 * as well, where it is given. */
static void run_sweep(Reverse *r, V *state, long steps, V *between, V *target)
{
    Change ignored[DEPTH];
    V **level[DEPTH + 1] = {r->state_whole[0], r->state_between[0], r->state_between[1],
                            r->state_between[2]};
    aim(r->state_whole[0], state, r->height);
    if (between) aim(level[BACK] = r->state_whole[2], between, r->height);
    aim(level[steps] = r->state_whole[1], target, r->height);
    sweep(level, (int)steps, r->height, r->q, 0, 0, ignored);
}

/* The state `steps` after `state`, to `target`. */
static void run_to(Reverse *r, V *state, long steps, V *target)
{
    for (int i = 0; steps > DEPTH; steps -= DEPTH, i = 1 - i) {
        run_sweep(r, state, DEPTH, 0, r->step_to[i]);
        state = r->step_to[i];
    }
    run_sweep(r, state, steps, 0, target);
}

/* The states 1, 2, … pieces − 1 strides after `state`, one after the other from `stored` on. */
static void store(Reverse *r, V *state, long stride, long pieces, V *stored)
{
    const long cells = r->height * ROW;
    for (long left = pieces - 1; left > 0; left--, stored += cells) {
        if (stride == BACK && left > 1) {
            run_sweep(r, state, 2 * BACK, stored, stored + cells);
            left--, stored += cells;
        } else {
            run_to(r, state, stride, stored);
        }
        state = stored;
    }
}

/* Take the adjoint back over the `steps` steps that follow `state`. */
static void reverse(Reverse *r, V *state, long steps, int level)
{
    while (level > 0 && steps <= stride_of[level]) level--;
    if (steps <= BACK) {
        sweep_back(r, state, (int)steps);
        return;
    }
    const long stride = stride_of[level], pieces = (steps + stride - 1) / stride, cells = r->height * ROW;
    store(r, state, stride, pieces, r->stored[level]);
    for (long i = pieces - 1; i >= 0; i--)
        reverse(r, i ? r->stored[level] + (i - 1) * cells : state,
                i < pieces - 1 ? stride : steps - i * stride, level - 1);
}

static long stored_count(long keep_every) { return KEEP - 1 + keep_every / stride_of[1]; }

static long reverse_row_count(long height, long keep_every)
{
    return (5 + stored_count(keep_every)) * height + DEPTH * (HEADS + RING);
}

long reverse_bytes(long height, long keep_every)
{
    long pointers = (5 + DEPTH) * table_length(height);
    return reverse_row_count(height, keep_every) * state_bytes(1) + pointers * (long)sizeof(V *);
}

static Reverse lay_out_reverse(void *work, long height, long keep_every)
{
    Reverse r = {.height = height};
    const long cells = height * ROW, length = table_length(height);
    V *next = work, **table = (V **)(next + reverse_row_count(height, keep_every) * ROW) + 1;
    for (int i = 0; i < 2; i++, next += 2 * cells, table += length) {
        aim(r.adjoint_whole[i] = table, r.adjoint[i] = next, height);
        r.step_to[i] = next + cells;
    }
    for (int i = 0; i < 3; i++, table += length) r.state_whole[i] = table;
    for (int s = 1; s < DEPTH; s++, next += (HEADS + RING) * ROW, table += length)
        aim_ring(r.state_between[s - 1] = table, next, s - 1, HEADS, RING, height);
    aim_ring(r.adjoint_between = table, next, BACK - 1, HEADS, RING, height);
    next += (HEADS + RING) * ROW;
    r.start = next;
    r.stored[0] = next + cells;
    r.stored[1] = next + KEEP * cells;
    return r;
}

static int is_zero(const V *adjoint, long vectors)
{
    M any = {0};
    for (long i = 0; i < vectors; i++) any |= adjoint[i] != 0;
    for (int l = 0; l < LANES; l++)
        if (any[l]) return 0;
    return 1;
}

/* Take the adjoint (λ, μ), each height × WIDTH, from step n back to step `stop`, and add to `sums`.
 *
 * `kept`, keep_every and `settled` are those of `advance`; `stop` is a multiple of DEPTH, best of
 * keep_every too. Where everything died out, the adjoint soon is zero, and stays it. */
void retreat(REAL *l, REAL *m, long height, const double *coefficients, long n, long stop, V *kept,
             long keep_every, long settled, void *work, double *sums)
{
    Reverse r = lay_out_reverse(work, height, keep_every);
    Mode mode = flush_denormals();
    r.q = rounded(coefficients), r.one = (REAL)coefficients[5], r.sums = sums;
    pack(l, height, r.adjoint[0]);
    pack(m, height, r.adjoint[0] + P);
    while (n > stop) {
        long i = (n - 1) / keep_every, first = i * keep_every > stop ? i * keep_every : stop;
        V *state = kept + (settled >= 0 && settled < i ? settled : i) * height * ROW;
        if (first > i * keep_every) {
            run_to(&r, state, first - i * keep_every, r.start);
            state = r.start;
        }
        reverse(&r, state, n - first, STRIDES - 1);
        n = first;
        if (is_zero(r.adjoint[r.at], height * ROW)) break;
    }
    unpack(l, height, r.adjoint[r.at]);
    unpack(m, height, r.adjoint[r.at] + P);
    restore(mode);
}
