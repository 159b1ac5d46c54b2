/* How one simulation lies on one multiprocessor, or on four, for `cuda.cu`; no physics in here.
 *
 * Compiled once per grid with -DSIZE=64|128|256. A block of threads holds a whole SIZE × SIZE simulation in
 * its registers: each thread 64 cells of both fields, as 16 rows × 4 columns. Its neighbours to the left and
 * right are the next threads of the same warp, asked by shuffle; the rows above and below come through shared
 * memory. Device memory is touched at the start and the end of a launch only.
 *
 * 256 × 256 cells need four multiprocessors. Each takes a quarter of the rows, 8 × 8 cells a thread so that a warp
 * still reaches around; the four blocks are a cluster, and write into each other's shared memory (from sm_90).
 */
#define PARTS (SIZE > 128 ? 4 : 1)      /* blocks to a simulation */

enum {
    COLUMNS = PARTS > 1 ? 8 : 4,
    ROWS = 64 / COLUMNS,
    QUADS = COLUMNS / 4,                /* a row of a thread's cells, in float4 */
    ACROSS = SIZE / COLUMNS,            /* threads side by side; 32 or a divisor of it */
    THREADS = ACROSS * (SIZE / ROWS) / PARTS,
    BLOCKS = 256 / THREADS,             /* on one multiprocessor: together they fill its registers */
    VALUES = SIZE * SIZE,               /* of one field; a state is one, then the other, row by row */
};

#define ALL_LANES 0xffffffffu
#define INLINE __device__ __forceinline__

typedef float Cells[ROWS][COLUMNS];

/* An mbarrier: it counts the bytes that blocks of the simulation send here. */
typedef unsigned long long Arrivals;

/* Rows that cross from thread to thread: the first and the last of each thread's, of both fields.
 * Two buffers in turn need one barrier a step: between reading one and writing it again lies that of the other.
 *
 * In a cluster, the rows at a part's border go to the block that reads them, into the places of its own border
 * rows there, which nobody reads at home. No block sends into a halo that is still read: before it sends the
 * rows of the step after the next, it has received those of the next, which were computed from what was read. */
struct Halo {
    float4 first[2][QUADS][THREADS], last[2][QUADS][THREADS];
    Arrivals from_below, from_above;
};

/* Which simulation a block belongs to, and which part of it is its own. */
INLINE int simulation() { return blockIdx.x / PARTS; }
INLINE int part() { return blockIdx.x % PARTS; }

#ifdef __CUDACC__
extern __shared__ float4 shared[]; /* as many bytes as the launch asks for */

#if PARTS > 1
#define CLUSTER __cluster_dims__(PARTS, 1, 1)
/* Wait for all threads of the simulation; what they wrote to shared memory before, all see after. */
INLINE void barrier() { asm volatile("barrier.cluster.arrive.aligned;\nbarrier.cluster.wait.aligned;" ::: "memory"); }
/* Where another block of the simulation has what this one has here. */
template <class T> INLINE T *of_part(T *here, int other)
{
    unsigned long long there;
    asm("mapa.u64 %0, %1, %2;" : "=l"(there) : "l"(here), "r"(other));
    return (T *)there;
}

/* part() once more. (Volatile, as the address below is, so that neither takes up a register from step to step.) */
INLINE int part_anew()
{
    int rank;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}

INLINE unsigned address(const void *here) { return (unsigned)__cvta_generic_to_shared(here); }
INLINE unsigned address_of_part(const void *here, int other)
{
    unsigned there;
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(address(here)), "r"(other));
    return there;
}

/* Make ready to receive; nobody may send before a barrier after it. */
INLINE void open(Arrivals &arrivals)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(address(&arrivals)) : "memory");
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

/* A value to where another block of the simulation has what this one has at `to`, if this thread `sends`. It goes
 * on at once: unlike a cluster's barrier, this waits for no other memory and leaves the caches alone. Here and in
 * `receive` the source has no branch of single threads: after one, ptxas writes every shuffle of a step a second
 * time, for warps that are not together. */
INLINE void send(float4 *to, float4 x, Arrivals &arrivals, int other, bool sends)
{
    asm volatile("{\n.reg .pred sends;\nsetp.ne.u32 sends, %6, 0;\n@sends st.async.shared::cluster.mbarrier::"
                 "complete_tx::bytes.v4.f32 [%0], {%1, %2, %3, %4}, [%5];\n}" ::"r"(address_of_part(to, other)),
                 "f"(x.x), "f"(x.y), "f"(x.z), "f"(x.w), "r"(address_of_part(&arrivals, other)), "r"((int)sends)
                 : "memory");
}
INLINE void send(int *to, int x, Arrivals &arrivals, int other, bool sends)
{
    asm volatile("{\n.reg .pred sends;\nsetp.ne.u32 sends, %3, 0;\n@sends st.async.shared::cluster.mbarrier::"
                 "complete_tx::bytes.s32 [%0], %1, [%2];\n}" ::"r"(address_of_part(to, other)),
                 "r"(x), "r"(address_of_part(&arrivals, other)), "r"((int)sends)
                 : "memory");
}

/* A warp's: one of its threads at most `waits` until so many bytes have come since the last time. (Acquiring for
 * the block is enough, as in NVIDIA's own libraries: for the cluster differs by emptying the cache, in which
 * shared memory is not.) */
INLINE void receive(Arrivals &arrivals, int bytes, bool waits)
{
    unsigned long long phase;
    unsigned come;
    if (!__any_sync(ALL_LANES, waits)) return;
    asm volatile("{\n.reg .pred waits;\nsetp.ne.u32 waits, %3, 0;\nmov.b64 %0, 0;\n"
                 "@waits mbarrier.arrive.expect_tx.shared::cta.b64 %0, [%1], %2;\n}"
                 : "=l"(phase) : "r"(address(&arrivals)), "r"(bytes), "r"((int)waits) : "memory");
    do
        asm volatile("{\n.reg .pred waits, come;\nsetp.ne.u32 waits, %3, 0;\nsetp.ne.u32 come, 0, 0;\n"
                     "@waits mbarrier.try_wait.shared::cta.b64 come, [%1], %2;\nselp.u32 %0, 1, 0, come;\n}"
                     : "=r"(come) : "r"(address(&arrivals)), "l"(phase), "r"((int)waits) : "memory");
    while (!__any_sync(ALL_LANES, come));
}
#else
#define CLUSTER
INLINE void barrier() { __syncthreads(); }
template <class T> INLINE T *of_part(T *here, int) { return here; }
INLINE int part_anew() { return 0; }
INLINE void open(Arrivals &) {}
template <class T> INLINE void send(T *, T, Arrivals &, int, bool) {}
INLINE void receive(Arrivals &, int, bool) {}
#endif

/* Copies from device to shared memory that go on while the thread computes. They are waited for in the
 * order of their groups; each thread reads only what it fetched itself, so that needs no barrier. */
INLINE void fetch(float4 *to, const float4 *from)
{
    const unsigned address = (unsigned)__cvta_generic_to_shared(to);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from) : "memory");
}
INLINE void end_group() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int GROUPS> INLINE void wait_for_all_but()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(GROUPS) : "memory");
}
#endif

/* A row of a thread's cells to memory and back, its float4 `apart` from each other. */
INLINE void pack(const float *row, float4 *to, int apart = 1)
{
    #pragma unroll
    for (int i = 0; i < QUADS; i++)
        to[i * apart] = make_float4(row[4 * i], row[4 * i + 1], row[4 * i + 2], row[4 * i + 3]);
}
INLINE void unpack(const float4 *from, float *row, int apart = 1)
{
    #pragma unroll
    for (int i = 0; i < QUADS; i++) {
        const float4 x = from[i * apart];
        row[4 * i] = x.x, row[4 * i + 1] = x.y, row[4 * i + 2] = x.z, row[4 * i + 3] = x.w;
    }
}

INLINE float from(int thread, float x) { return __shfl_sync(ALL_LANES, x, thread % ACROSS, ACROSS); }
INLINE float from_left(float x) { return from(threadIdx.x + ACROSS - 1, x); }
INLINE float from_right(float x) { return from(threadIdx.x + 1, x); }

/* Where the first row of this thread lies in a state; the others follow LINE float4 apart, and those of
 * the second field FIELD further on. */
enum { LINE = SIZE / 4, FIELD = VALUES / 4, STATE = 2 * FIELD };

INLINE int own_place()
{
    return (part() * THREADS + threadIdx.x) / ACROSS * ROWS * LINE + threadIdx.x % ACROSS * QUADS;
}

INLINE void load(const float4 *own, Cells &a, Cells &b)
{
    #pragma unroll
    for (int i = 0; i < ROWS; i++) unpack(own + i * LINE, a[i]), unpack(own + FIELD + i * LINE, b[i]);
}

INLINE void store(float4 *own, const Cells &a, const Cells &b)
{
    #pragma unroll
    for (int i = 0; i < ROWS; i++) pack(a[i], own + i * LINE), pack(b[i], own + FIELD + i * LINE);
}

/* Whether a bit of this thread's cells is another than in memory. */
INLINE bool differs(const float4 *own, const Cells &a, const Cells &b)
{
    bool different = false;
    #pragma unroll
    for (int i = 0; i < ROWS; i++) {
        float row[2][COLUMNS];
        unpack(own + i * LINE, row[0]), unpack(own + FIELD + i * LINE, row[1]);
        #pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            different = different || __float_as_uint(row[0][j]) != __float_as_uint(a[i][j]);
            different = different || __float_as_uint(row[1][j]) != __float_as_uint(b[i][j]);
        }
    }
    return different;
}

/* Whether the rows above, or below, this thread's are another block's. */
INLINE bool at_top() { return PARTS > 1 && threadIdx.x < ACROSS; }
INLINE bool at_bottom() { return PARTS > 1 && threadIdx.x >= THREADS - ACROSS; }

/* A row of a thread's cells to where it is read: in this block's halo, or in the same place of another's. */
INLINE void publish_row(const float *row, float4 *to, Arrivals &arrivals, int other, bool sends)
{
    float4 packed[QUADS];
    pack(row, packed);
    #pragma unroll
    for (int i = 0; i < QUADS; i++) {
        if (!sends) to[i * THREADS] = packed[i];
        send(to + i * THREADS, packed[i], arrivals, other, sends);
    }
}

INLINE void publish(Halo &halo, const Cells &a, const Cells &b)
{
    const int above = (part_anew() + PARTS - 1) % PARTS, below = (part_anew() + 1) % PARTS;
    publish_row(a[0], &halo.first[0][0][threadIdx.x], halo.from_below, above, at_top());
    publish_row(b[0], &halo.first[1][0][threadIdx.x], halo.from_below, above, at_top());
    publish_row(a[ROWS - 1], &halo.last[0][0][threadIdx.x], halo.from_above, below, at_bottom());
    publish_row(b[ROWS - 1], &halo.last[1][0][threadIdx.x], halo.from_above, below, at_bottom());
}

/* Once in a kernel: its blocks may send each other rows. */
INLINE void open_halos()
{
    if (PARTS == 1) return;
    if (threadIdx.x == 0)
        for (int i = 0; i < 2; i++) open(((Halo *)shared)[i].from_below), open(((Halo *)shared)[i].from_above);
    barrier();
}

/* Wait for rows of other blocks, where this warp reads any; the others go on. */
INLINE void receive_rows(Halo &halo)
{
    if (PARTS == 1) return;
    const bool waits = (at_top() || at_bottom()) && threadIdx.x % 32 == 0;
    receive(at_top() ? halo.from_above : halo.from_below, sizeof halo.first / THREADS * ACROSS, waits);
    __syncwarp();
}

/* P(0, 0 … COLUMNS − 1), with the last row of the thread above. */
INLINE void first_pairs(const float *row, const float4 *row_above, float *pairs)
{
    float up[COLUMNS];
    unpack(row_above, up, THREADS);
    pairs[0] = from_left(row[COLUMNS - 1]) + up[0];
    #pragma unroll
    for (int j = 1; j < COLUMNS; j++) pairs[j] = row[j - 1] + up[j];
}

/* The sums of the neighbours of one row's cells. `pairs` holds P(i, 0 … COLUMNS − 1), then those
 * of i + 1. */
INLINE void neighbours(const float *row, const float *next, bool goes_on, float *pairs, float *sums)
{
    float below[COLUMNS + 1];
    below[0] = goes_on ? from_left(next[COLUMNS - 1]) + row[0] : 0;
    #pragma unroll
    for (int j = 1; j < COLUMNS; j++) below[j] = next[j - 1] + row[j];
    below[COLUMNS] = next[COLUMNS - 1] + from_right(row[0]);
    #pragma unroll
    for (int j = 0; j < COLUMNS; j++) sums[j] = pairs[j] + below[j + 1], pairs[j] = below[j];
}

/* Visit every cell of both fields, row by row, with the sum of its four neighbours; the visitor puts the
 * new values in the places of the old ones.
 *
 * With diagonal pair sums P(i, j) = x(i, j−1) + x(i−1, j) the neighbours' sum is P(i, j) + P(i+1, j+1):
 * each P is used twice, and the row below's are formed before this row is overwritten. */
template <class Visitor> INLINE void sweep(Cells &a, Cells &b, Halo &halo, Visitor &visitor)
{
    const int up = (threadIdx.x + THREADS - ACROSS) % THREADS, down = (threadIdx.x + ACROSS) % THREADS;
    float pairs_a[COLUMNS], pairs_b[COLUMNS];
    receive_rows(halo);
    first_pairs(a[0], &halo.last[0][0][up], pairs_a);
    first_pairs(b[0], &halo.last[1][0][up], pairs_b);
    #pragma unroll
    for (int i = 0; i < ROWS; i++) {
        float sums_a[COLUMNS], sums_b[COLUMNS], end_a[COLUMNS], end_b[COLUMNS];
        const bool inside = i + 1 < ROWS;
        if (!inside) {
            unpack(&halo.first[0][0][down], end_a, THREADS);
            unpack(&halo.first[1][0][down], end_b, THREADS);
        }
        neighbours(a[i], inside ? a[i + 1] : end_a, inside, pairs_a, sums_a);
        neighbours(b[i], inside ? b[i + 1] : end_b, inside, pairs_b, sums_b);
        visitor.row(i);
        #pragma unroll
        for (int j = 0; j < COLUMNS; j++) visitor.cell(i, j, a[i][j], b[i][j], sums_a[j], sums_b[j]);
    }
}
