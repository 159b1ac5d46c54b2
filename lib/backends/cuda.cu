/* Many explicit Gray-Scott steps of one simulation per thread block or cluster, all of it in registers.
 *
 * With a = 1 − 4 Du − F and c = 1 − 4 Dv − F − k, and Σ the sum of the four neighbours, a step is
 *     u' = Du Σu + ((a − v²) u + feed)        v' = (u v + c) v + Dv Σv
 * Rounding a and c to float32 would be like changing F and k by 3e-7 of themselves, and that adds up: after
 * 2000 steps the fields would be ten times as wrong as those of the plain formula. So what rounding
 * took away comes along as a second number each; then they are as good or better, and u = 1, v = 0
 * stays as it is to the last bit. That makes 12.5 instructions a cell. Every fused multiplication is
 * written out: the same source gives the same bits on a GPU and, thread by thread, on a CPU.
 */
#include "cuda.cuh"

struct Coefficients { float Du, Dv, feed, a, c, rest_of_a, rest_of_c, one; };

/* The next state, and nothing else. */
struct Step {
    Coefficients q;
    INLINE void row(int) {}
    INLINE void cell(int, int, float &u, float &v, float u_sum, float v_sum)
    {
        const float next_u = fmaf(q.Du, u_sum, fmaf(fmaf(-v, v, q.a), u, fmaf(q.rest_of_a, u, q.feed)));
        v = fmaf(fmaf(u, v, q.c), v, fmaf(q.Dv, v_sum, q.rest_of_c * v));
        u = next_u;
    }
};

/* … and the largest change of a cell, as the bits of a non-negative number: as integers these are
 * ordered like the numbers, with NaN above all. */
struct MeasuredStep : Step {
    unsigned largest;
    INLINE void cell(int i, int j, float &u, float &v, float u_sum, float v_sum)
    {
        const float before_u = u, before_v = v;
        Step::cell(i, j, u, v, u_sum, v_sum);
        largest = max(largest, max(__float_as_uint(fabsf(u - before_u)), __float_as_uint(fabsf(v - before_v))));
    }
};

/* … and whether one of four of the thread's 64 cells changed by tol or more: if one anywhere did, the
 * run goes on. They lie one in 4 × 4, so that even a single spot that moves is seen. */
struct WatchedStep : Step {
    float tol;
    bool moved;
    INLINE void cell(int i, int j, float &u, float &v, float u_sum, float v_sum)
    {
        const float before_u = u, before_v = v;
        Step::cell(i, j, u, v, u_sum, v_sum);
        if (i % 4 == 1 && j % 4 == i / 4)
            moved = moved || fabsf(u - before_u) >= tol || fabsf(v - before_v) >= tol;
    }
};

template <class Visitor> INLINE void step(Cells &u, Cells &v, Halo &halo, Visitor &visitor)
{
    publish(halo, u, v);
    __syncthreads();
    sweep(u, v, halo, visitor);
}

/* A step in no hurry, between steps in pairs: nobody reads the halos before it or after it. */
template <class Visitor> INLINE void step_alone(Cells &u, Cells &v, Halo *halos, Visitor &visitor)
{
    barrier();
    step(u, v, halos[0], visitor);
    barrier();
}

/* Two steps a turn: with both halos' places known, nothing has to be moved between registers.
 *
 * In `advance` the coefficients lie in ordinary registers: neither a warp-uniform n, nor __reduce_max_sync or
 * __shfl_sync over them, nor a __constant__ array indexed by blockIdx made ptxas take uniform ones as in
 * `remember`. Whether that would pay waits for a measurement: of the 1,761 instructions of this loop (sm_90, 128²)
 * 60 read three registers of one bank, if banks are as on Volta; with uniform registers none do, and 77 are more. */
INLINE void march(Cells &u, Cells &v, Halo *halos, const Coefficients &q, int steps)
{
    Step visitor = {q};
    #pragma unroll 1
    for (int n = steps / 2; n > 0; n--) {
        step(u, v, halos[0], visitor);
        step(u, v, halos[1], visitor);
    }
    if (steps % 2) step_alone(u, v, halos, visitor);
}

/* Behind the halos: what need not take up registers, and what the blocks of a simulation tell each other. */
struct Control {
    Arrivals cast[2];
    int votes[2][PARTS];
    unsigned largest;
    int n;
};

INLINE Control *control() { return (Control *)((Halo *)shared + 2); }

/* Once in a kernel that votes, before its halos are opened with a barrier. */
INLINE void open_votes()
{
    if (threadIdx.x == 0) open(control()->cast[0]), open(control()->cast[1]);
}

/* Whether one thread of the simulation votes for it, behind a barrier. Places are used in turn, like halos. */
INLINE bool vote(bool own, int turn)
{
    const bool voted = __syncthreads_or(own);
    if (PARTS == 1) return voted;
    int *votes = control()->votes[turn];
    const int other = threadIdx.x % PARTS;
    send(votes + part(), (int)voted, control()->cast[turn], other, threadIdx.x < PARTS);
    receive(control()->cast[turn], sizeof control()->votes[turn], threadIdx.x == 0);
    __syncwarp();
    return __syncthreads_or(threadIdx.x < PARTS && votes[other]);
}

/* One step, and max(|Δu|, |Δv|) over all cells as bits, the same number in every thread. */
INLINE unsigned measured(Cells &u, Cells &v, Halo *halos, const Coefficients &q)
{
    MeasuredStep visitor = {{q}, 0};
    barrier(); /* everyone has read the one before */
    if (threadIdx.x == 0) control()->largest = 0;
    step_alone(u, v, halos, visitor);
    const unsigned of_warp = __reduce_max_sync(ALL_LANES, visitor.largest);
    if (threadIdx.x % 32 == 0) atomicMax(&control()->largest, of_warp);
    barrier();
    unsigned largest = 0;
    for (int i = 0; i < PARTS; i++) largest = max(largest, of_part(control(), i)->largest);
    return largest;
}

#define NOT_A_NUMBER 0x7fc00000u

INLINE bool is_finite(unsigned bits) { return bits < 0x7f800000u; }

INLINE bool is_finite(const Cells &u, const Cells &v)
{
    float zero = 0;
    #pragma unroll
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) zero = fmaf(0, u[i][j], fmaf(0, v[i][j], zero));
    return zero == 0;
}

/* Whether this is the one thread of a simulation that writes down what all of them know. */
INLINE bool is_first() { return part() == 0 && threadIdx.x == 0; }

/* How far a simulation has come.
 *
 * `at`: the step whose state is in device memory. `proven`: the step up to which it is known not to have
 * ended. `change`: largest of the last step, where measured. `skipped`: steps that were taken off `asked`
 * because they lead nowhere new. */
struct Progress { int at, proven, finished; float change; int skipped; };

/* Take those of the simulations, one a block, that are not finished from step `first` to step `last`, or
 * to the last one asked of them. At multiples of check_every, and at its end, a run is finished where the
 * last step changed no bit or is not finite.
 *
 * A settled state often ends in a last bit that flips to and fro. Where `cycle` steps, a whole launch, have brought
 * back the bits that it began with, every further `cycle` of them would too: all but the last are taken off. */
extern "C" __global__ void CLUSTER __launch_bounds__(THREADS, BLOCKS)
advance(float4 *states, const Coefficients *coefficients, int *asked, int first, int last, int check_every,
        int cycle, Progress *progress)
{
    Halo *halos = (Halo *)shared;
    const int own = simulation();
    if (progress[own].finished) return;
    open_votes();
    open_halos();
    float4 *state = states + (size_t)own * STATE + own_place();
    Cells u, v;
    load(state, u, v);
    for (control()->n = first;;) {
        const Coefficients q = coefficients[own];
        const int n = control()->n, check = min(n - n % check_every + check_every, asked[own]);
        const int next = min(check, last);
        march(u, v, halos, q, next - n - (next == check));
        const unsigned largest = next == check ? measured(u, v, halos, q) : NOT_A_NUMBER;
        const bool finished = next == asked[own] || largest == 0 || (next == check && !is_finite(largest));
        barrier();
        control()->n = next;
        if (next == last || finished) {
            const bool cycled = cycle > 0 && !finished && !vote(differs(state, u, v), 0);
            store(state, u, v);
            if (is_first()) {
                const int idle = cycled ? (asked[own] - next - 1) / cycle * cycle : 0;
                asked[own] -= idle;
                progress[own] = {next, next, finished, __uint_as_float(largest), progress[own].skipped + idle};
            }
            barrier(); /* nobody leaves while its vote is on its way */
            return;
        }
    }
}

/* The same as far as four watched cells of each thread prove that no step's largest change is below tol.
 *
 * That costs little. What they do not prove, `measure` does after this: from the state before, where they
 * could not tell, and the last step asked for, whose change is to be reported. */
extern "C" __global__ void CLUSTER __launch_bounds__(THREADS, BLOCKS)
watch(float4 *states, const Coefficients *coefficients, const int *asked, int first, int last,
      float tol, Progress *progress)
{
    Halo *halos = (Halo *)shared;
    const int own = simulation(), end = min(last, asked[own] - 1);
    if (progress[own].finished) return;
    open_votes();
    open_halos();
    float4 *state = states + (size_t)own * STATE + own_place();
    WatchedStep visitor = {{coefficients[own]}, tol, true};
    Cells u, v;
    load(state, u, v);
    int n = first;
    bool moved = true;
    #pragma unroll 1
    for (; n + 2 <= end && moved; n += 2) {
        #pragma unroll
        for (int half = 0; half < 2; half++) {
            publish(halos[half], u, v);
            moved = vote(visitor.moved, half) && moved;
            visitor.moved = false;
            sweep(u, v, halos[half], visitor);
        }
    }
    moved = vote(visitor.moved, 0) && moved;
    const bool finite = !vote(!is_finite(u, v), 1);
    if (moved && finite) store(state, u, v);
    /* Where steps were not finite, the first one of all cells is to be found, from the beginning on. */
    const int proven = moved ? n : max(n - 3, first);
    if (is_first()) progress[own] = {moved && finite ? n : first, finite ? proven : first, 0, 0, 0};
    barrier(); /* nobody leaves while its vote is on its way */
}

/* Go on from there to step `last`, or to the first step whose largest change is below tol or not finite. */
extern "C" __global__ void CLUSTER __launch_bounds__(THREADS, BLOCKS)
measure(float4 *states, const Coefficients *coefficients, const int *asked, int last, float tol,
        Progress *progress)
{
    Halo *halos = (Halo *)shared;
    const int own = simulation(), end = min(last, asked[own]);
    int n = progress[own].proven;
    if (progress[own].finished || n == end) return;
    open_halos();
    const Coefficients q = coefficients[own];
    float4 *state = states + (size_t)own * STATE + own_place();
    unsigned largest = NOT_A_NUMBER;
    bool finished = false;
    Cells u, v;
    load(state, u, v);
    march(u, v, halos, q, n - progress[own].at);
    while (n < end && !finished) {
        largest = measured(u, v, halos, q);
        finished = largest < __float_as_uint(tol) || !is_finite(largest);
        n++;
    }
    store(state, u, v);
    barrier();
    if (is_first()) progress[own] = {n, n, finished || n == asked[own], __uint_as_float(largest), 0};
}

/* Σ over many steps in float32 loses digits, so what rounding cut off (y) is carried along with it (x). */
INLINE void add_to(float2 &total, float x)
{
    const float sum = total.x + x, part = sum - total.x;
    total.y += (total.x - (sum - part)) + (x - part);
    total.x = sum;
}

enum { SUMS = 4 };

/* The exact gradient of a step: with λ, μ the derivatives of the loss by u, v after it, those before are
 *     λ' = Du Σλ + (a λ + v w)      μ' = Dv Σμ + (c μ + 2 u w)      w = v (μ − λ)
 * with u, v from before the step, which stream in from device memory, RING rows ahead. */
struct StepBack {
    Coefficients q;
    const float4 *state;        /* this thread's place in that before this step; the one before lies in front */
    float4 *ring;
    int left;                   /* steps after this one */
    float u[COLUMNS], v[COLUMNS];
    float sums[SUMS];           /* Σ u ∇²λ, Σ v ∇²μ, Σ (1 − u) λ, Σ v μ over one step */

    static INLINE float4 *all_rings() { return shared + 2 * sizeof(Halo) / sizeof(float4); }
    static INLINE float2 *totals() { return (float2 *)(all_rings() + RING * 2 * QUADS * THREADS); }

    INLINE float4 *ring_row(int i, int field) { return ring + (i % RING * 2 + field) * QUADS * THREADS; }

    INLINE void fetch_row(const float4 *state, int i)
    {
        #pragma unroll
        for (int j = 0; j < QUADS; j++) {
            fetch(ring_row(i, 0) + j * THREADS, state + i * LINE + j);
            fetch(ring_row(i, 1) + j * THREADS, state + FIELD + i * LINE + j);
        }
    }

    INLINE void begin()
    {
        ring = all_rings() + threadIdx.x;
        for (int i = 0; i < SUMS; i++) totals()[i * THREADS + threadIdx.x] = make_float2(0, 0);
        #pragma unroll
        for (int i = 0; i < RING; i++) {
            fetch_row(state, i);
            end_group();
        }
    }

    INLINE void row(int i)
    {
        wait_for_all_but<RING - 1>();
        unpack(ring_row(i, 0), u, THREADS);
        unpack(ring_row(i, 1), v, THREADS);
        if (i + RING < ROWS)
            fetch_row(state, i + RING);
        else if (left > 0)
            fetch_row(state - STATE, i + RING - ROWS);
        end_group();
    }

    INLINE void cell(int, int j, float &l, float &m, float l_sum, float m_sum)
    {
        const float w = v[j] * (m - l);
        sums[0] = fmaf(u[j], fmaf(-4, l, l_sum), sums[0]);
        sums[1] = fmaf(v[j], fmaf(-4, m, m_sum), sums[1]);
        sums[2] = fmaf(q.one - u[j], l, sums[2]);
        sums[3] = fmaf(v[j], m, sums[3]);
        l = fmaf(q.Du, l_sum, fmaf(q.a, l, fmaf(q.rest_of_a, l, v[j] * w)));
        m = fmaf(q.Dv, m_sum, fmaf(q.c, m, fmaf(q.rest_of_c, m, (u[j] + u[j]) * w)));
    }

    INLINE void end_step()
    {
        #pragma unroll
        for (int i = 0; i < SUMS; i++) add_to(totals()[i * THREADS + threadIdx.x], sums[i]), sums[i] = 0;
        state -= STATE, left--;
    }
};

/* Add every thread's totals to the simulation's own four, in the same order each time. */
INLINE void add_up(const float2 *totals, double *sums)
{
    double *all = (double *)shared, *of_block = all + THREADS;
    barrier(); /* nobody reads halos any more */
    for (int i = 0; i < SUMS; i++) {
        const float2 own = totals[i * THREADS + threadIdx.x];
        __syncthreads();
        all[threadIdx.x] = (double)own.x + (double)own.y;
        for (int half = THREADS / 2; half > 0; half /= 2) {
            __syncthreads();
            if (threadIdx.x < half) all[threadIdx.x] += all[threadIdx.x + half];
        }
        if (threadIdx.x == 0) of_block[i] = all[0];
    }
    barrier();
    if (part() == 0 && threadIdx.x < SUMS)
        for (int i = 0; i < PARTS; i++) sums[threadIdx.x] += of_part(of_block, i)[threadIdx.x];
    barrier(); /* nobody leaves while its sums are read */
}

/* The states after first, first + 1 … steps, as many as the adjoint needs on its way from step `last`, or
 * the last one counted, back to step `first`: block i's from simulation group + i of those in `kept` to
 * trajectories + i · stride.
 *
 * To store every second one and make the others again in `retreat` would halve what is written and read. Tried: it
 * spilled 188 bytes a thread at 128² on sm_90, where 48 are allowed, so it needs a kernel of its own for odd steps,
 * and a GPU to measure it on. */
extern "C" __global__ void CLUSTER __launch_bounds__(THREADS, BLOCKS)
remember(const float4 *kept, const Coefficients *coefficients, const int *counted, int group, int first,
         int last, float4 *trajectories, int stride)
{
    Halo *halos = (Halo *)shared;
    const int own = group + simulation(), steps = min(last, counted[own]) - first;
    float4 *to = trajectories + (size_t)simulation() * stride * STATE + own_place();
    Step visitor = {coefficients[own]};
    open_halos();
    Cells u, v;
    load(kept + (size_t)own * STATE + own_place(), u, v);
    #pragma unroll 1
    for (int n = steps / 2; n > 0; n--) {
        store(to, u, v);
        step(u, v, halos[0], visitor);
        store(to + STATE, u, v);
        step(u, v, halos[1], visitor);
        to += 2 * STATE;
    }
    if (steps % 2 > 0) store(to, u, v);
    barrier(); /* nobody leaves while its rows are on their way */
}

/* Take the adjoint of simulations from step `last`, or the last one counted, back to step `first`, along
 * trajectories that begin at step `base`. */
extern "C" __global__ void CLUSTER __launch_bounds__(THREADS, BLOCKS)
retreat(float4 *adjoints, const Coefficients *coefficients, const int *counted, int group, int base, int first,
        int last, const float4 *trajectories, int stride, double *sums)
{
    Halo *halos = (Halo *)shared;
    const int own = group + simulation(), steps = min(last, counted[own]) - first;
    if (steps <= 0) return;
    open_halos();
    float4 *adjoint = adjoints + (size_t)own * STATE + own_place();
    const size_t final_state = (size_t)simulation() * stride + first + steps - 1 - base;
    StepBack visitor = {coefficients[own], trajectories + final_state * STATE + own_place(), shared, steps - 1};
    Cells l, m;
    load(adjoint, l, m);
    visitor.begin();
    #pragma unroll 1
    while (visitor.left > 0) {
        step(l, m, halos[0], visitor);
        visitor.end_step();
        step(l, m, halos[1], visitor);
        visitor.end_step();
    }
    if (visitor.left == 0) {
        step_alone(l, m, halos, visitor);
        visitor.end_step();
    }
    store(adjoint, l, m);
    add_up(visitor.totals(), sums + own * SUMS);
}
