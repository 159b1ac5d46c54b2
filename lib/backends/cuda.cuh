/* How one simulation lies on one multiprocessor, for `cuda.cu`; no physics in here.
 *
 * Compiled once per grid with -DSIZE=64|128. A block of threads holds a whole SIZE × SIZE simulation in
 * its registers: each thread 16 rows × 4 columns of both fields. Its neighbours to the left and right
 * are the next threads of the same warp, asked by shuffle; the rows above and below come through shared
 * memory. Device memory is touched at the start and the end of a launch only.
 */
enum {
    ROWS = 16,
    COLUMNS = 4,
    ACROSS = SIZE / COLUMNS,            /* threads side by side; 32 or a divisor of it */
    THREADS = ACROSS * (SIZE / ROWS),
    BLOCKS = 256 / THREADS,             /* on one multiprocessor: together they fill its registers */
    VALUES = SIZE * SIZE,               /* of one field; a state is one, then the other, row by row */
};

#define ALL_LANES 0xffffffffu
#define INLINE __device__ __forceinline__

extern __shared__ float4 shared[]; /* as many bytes as the launch asks for */

typedef float Cells[ROWS][COLUMNS];

/* Rows that cross from thread to thread: the first and the last of each thread's, of both fields.
 * Two buffers in turn need one barrier a step: who writes one again has met all who read it before. */
struct Halo { float4 first[2][THREADS], last[2][THREADS]; };

INLINE float4 pack(const float *x) { return make_float4(x[0], x[1], x[2], x[3]); }
INLINE void unpack(float4 from, float *x) { x[0] = from.x, x[1] = from.y, x[2] = from.z, x[3] = from.w; }

INLINE float from(int thread, float x) { return __shfl_sync(ALL_LANES, x, thread % ACROSS, ACROSS); }
INLINE float from_left(float x) { return from(threadIdx.x + ACROSS - 1, x); }
INLINE float from_right(float x) { return from(threadIdx.x + 1, x); }

/* Where the first row of this thread lies in a state; the others follow ACROSS float4 apart, and those of
 * the second field FIELD further on. */
enum { FIELD = VALUES / 4, STATE = 2 * FIELD };

INLINE int own_place() { return threadIdx.x / ACROSS * ROWS * ACROSS + threadIdx.x % ACROSS; }

INLINE void load(const float4 *own, Cells &a, Cells &b)
{
    #pragma unroll
    for (int i = 0; i < ROWS; i++) unpack(own[i * ACROSS], a[i]), unpack(own[FIELD + i * ACROSS], b[i]);
}

INLINE void store(float4 *own, const Cells &a, const Cells &b)
{
    #pragma unroll
    for (int i = 0; i < ROWS; i++) own[i * ACROSS] = pack(a[i]), own[FIELD + i * ACROSS] = pack(b[i]);
}

#ifdef __CUDACC__
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

INLINE void publish(Halo &halo, const Cells &a, const Cells &b)
{
    halo.first[0][threadIdx.x] = pack(a[0]), halo.last[0][threadIdx.x] = pack(a[ROWS - 1]);
    halo.first[1][threadIdx.x] = pack(b[0]), halo.last[1][threadIdx.x] = pack(b[ROWS - 1]);
}

/* P(0, 0 … 3), with the last row of the thread above. */
INLINE void first_pairs(const float *row, float4 row_above, float *pairs)
{
    float up[COLUMNS];
    unpack(row_above, up);
    pairs[0] = from_left(row[COLUMNS - 1]) + up[0];
    #pragma unroll
    for (int j = 1; j < COLUMNS; j++) pairs[j] = row[j - 1] + up[j];
}

/* The sums of the neighbours of one row's cells. `pairs` holds P(i, 0 … 3), then P(i+1, 0 … 3). */
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
template <class Visitor> INLINE void sweep(Cells &a, Cells &b, const Halo &halo, Visitor &visitor)
{
    const int above = (threadIdx.x + THREADS - ACROSS) % THREADS, below = (threadIdx.x + ACROSS) % THREADS;
    float pairs_a[COLUMNS], pairs_b[COLUMNS];
    first_pairs(a[0], halo.last[0][above], pairs_a);
    first_pairs(b[0], halo.last[1][above], pairs_b);
    #pragma unroll
    for (int i = 0; i < ROWS; i++) {
        float sums_a[COLUMNS], sums_b[COLUMNS], end_a[COLUMNS], end_b[COLUMNS];
        const bool inside = i + 1 < ROWS;
        if (!inside) unpack(halo.first[0][below], end_a), unpack(halo.first[1][below], end_b);
        neighbours(a[i], inside ? a[i + 1] : end_a, inside, pairs_a, sums_a);
        neighbours(b[i], inside ? b[i + 1] : end_b, inside, pairs_b, sums_b);
        visitor.row(i);
        #pragma unroll
        for (int j = 0; j < COLUMNS; j++) visitor.cell(i, j, a[i][j], b[i][j], sums_a[j], sums_b[j]);
    }
}
