/* How a simulation lies in memory, for `cpu.c` and `cpu_adjoint.c`; no physics in here.
 *
 * Compiled once per grid width with -DWIDTH=… -DREAL=float|double -DREAL_BYTES=4|8.
 *
 * A row holds one field, then the other (u and v, or their adjoints), each "lane-transposed": slot
 * l·P + p is lane l of vector p. The left and right neighbours of a vector are then the vectors before
 * and after it, all aligned; only the two ends of a row need a rotation by one lane.
 *
 * Column c is slot c. Vectors are as long as the processor has them, but the slots always make 16
 * segments of one length, and sums are taken segment by segment: so every length of vector gives the
 * same bits, if only multiplications fuse with additions.
 *
 * A width that 16 divides fills all slots. Another one leaves at least two of them over: the first one
 * behind the last column and the last slot of all hold copies of the columns that periodicity puts
 * there, renewed in each step. What is between them means nothing, and nobody looks at it.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef VECTOR_BYTES
#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#endif
#define LANES (VECTOR_BYTES / REAL_BYTES)

#if defined(__FMA__) || defined(__aarch64__)
#define FUSED 1
#else
#define FUSED 0
#endif

#if REAL_BYTES == 4
typedef int32_t Bits;
#define ALL_BUT_SIGN INT32_MAX
#else
typedef int64_t Bits;
#define ALL_BUT_SIGN INT64_MAX
#endif
typedef REAL V __attribute__((vector_size(VECTOR_BYTES)));
typedef Bits M __attribute__((vector_size(VECTOR_BYTES)));

enum {
    SEGMENTS = 16,
    PADDED = WIDTH % SEGMENTS != 0,
    SEGMENT = PADDED ? (WIDTH + 2 + SEGMENTS - 1) / SEGMENTS : WIDTH / SEGMENTS, /* slots in one */
    SLOTS = SEGMENTS * SEGMENT,
    PARTS = SEGMENTS / LANES, /* segments in a lane */
    P = PARTS * SEGMENT,      /* vectors in a field's row */
    ROW = 2 * P               /* and in a row */
};

#if LANES == 2
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 1, 0)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 0)
#define LANE_NUMBERS {0, 1}
#elif LANES == 4
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 3, 0, 1, 2)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 2, 3, 0)
#define LANE_NUMBERS {0, 1, 2, 3}
#elif LANES == 8
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 7, 0, 1, 2, 3, 4, 5, 6)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 2, 3, 4, 5, 6, 7, 0)
#define LANE_NUMBERS {0, 1, 2, 3, 4, 5, 6, 7}
#elif LANES == 16
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0)
#define LANE_NUMBERS {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
#endif

/* Written out, a row needs no counter, and its vectors no move from one register to the next: an eighth
 * of the time where a vector has eight lanes. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll_count(16)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#define INLINE static inline __attribute__((always_inline))

/* All bits set where lane l of vector p is a column. */
INLINE M columns(int p)
{
    const M lane = LANE_NUMBERS;
    return lane * P + p < WIDTH;
}

/* What the sums, and those who watch a row, see of vector p. */
INLINE V seen(V x, int p) { return PADDED ? (V)((M)x & columns(p)) : x; }

INLINE int place(int slot) { return slot % P * LANES + slot / P; }

/* Renew a row's copies of columns. */
INLINE void close_row(V *row)
{
    for (int field = 0; PADDED && field < 2; field++) {
        REAL *x = (REAL *)(row + field * P);
        x[place(WIDTH)] = x[place(0)];
        x[place(SLOTS - 1)] = x[place(WIDTH - 1)];
    }
}

/* Denormals: a dying v is full of them and they are slow, so they count as zero in here. */
#if defined(__x86_64__)
#include <xmmintrin.h>
typedef unsigned Mode;
static Mode flush_denormals(void) { Mode m = _mm_getcsr(); _mm_setcsr(m | 0x8040); return m; }
static void restore(Mode m) { _mm_setcsr(m); }
#elif defined(__aarch64__)
typedef uint64_t Mode;
static void restore(Mode m) { __asm__ volatile("msr fpcr, %0" ::"r"(m)); }
static Mode flush_denormals(void)
{
    Mode m;
    __asm__ volatile("mrs %0, fpcr" : "=r"(m));
    restore(m | (1u << 24));
    return m;
}
#else
typedef int Mode;
static Mode flush_denormals(void) { return 0; }
static void restore(Mode m) { (void)m; }
#endif

/* Time skew. A sweep takes a state DEPTH steps further while it passes over the rows once: each stage
 * trails the one before by one row, so that the rows in between stay in the first-level cache. Stage i
 * computes rows i − 1 … height + i − 2; what lies beyond them are periodic images. A table of pointers
 * says where each of the rows −1 … height + REACH − 1 is.
 *
 * A sweep of two steps or more may end where it began, which spares the caches half of a state: its last
 * stage writes no row before the first one has read it, and the rows that the first one asks for again, as
 * images, it writes at the very end. */
enum { DEPTH = 4, REACH = 2 * DEPTH };

static long table_length(long height) { return height + 1 + REACH; }

/* A whole state, one row after the other: row r of the table is row r mod height. */
static void aim(V **table, V *rows, long height)
{
    for (long r = 0; r < height; r++) table[r] = rows + r * ROW;
    for (long r = height; r < height + REACH; r++) table[r] = table[r - height];
    table[-1] = table[height - 1];
}

/* Rows that only pass by, from row `first` on: the first `heads` of them stay, because their periodic
 * images are asked for at the end of the sweep; the others share a ring of `slots` rows. */
static void aim_ring(V **table, V *rows, long first, long heads, long slots, long height)
{
    for (long r = first; r < height + REACH; r++) {
        long nth = (r - first) % height;
        table[r] = rows + (nth < heads ? nth : heads + nth % slots) * ROW;
    }
}

/* Lane by lane, a row goes in and out without a division for each of its cells. */
static void pack(const REAL *field, long height, V *rows)
{
    for (long r = 0; r < height; r++, field += WIDTH) {
        REAL *x = (REAL *)(rows + r * ROW);
        for (int l = 0; l < LANES; l++)
            for (int p = 0, slot = l * P; p < P; p++, slot++)
                x[p * LANES + l] = field[!PADDED || slot < WIDTH ? slot : (slot - WIDTH) % WIDTH];
        if (PADDED) x[place(SLOTS - 1)] = field[WIDTH - 1];
    }
}

static void unpack(REAL *field, long height, const V *rows)
{
    for (long r = 0; r < height; r++, field += WIDTH) {
        const REAL *x = (const REAL *)(rows + r * ROW);
        for (int l = 0; l < LANES; l++)
            for (int p = 0, slot = l * P; p < P; p++, slot++)
                if (!PADDED || slot < WIDTH) field[slot] = x[p * LANES + l];
    }
}

/* Bytes of a state in this order. */
long state_bytes(long height) { return height * (long)sizeof(V[ROW]); }
