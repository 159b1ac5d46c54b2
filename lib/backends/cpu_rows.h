/* How a simulation lies in memory, for `cpu.c` and `cpu_adjoint.c`; no physics in here.
 *
 * Compiled once per grid width with -DWIDTH=… -DREAL=float|double -DREAL_BYTES=4|8.
 *
 * A row holds one field, then the other (u and v, or their adjoints), each "lane-transposed": column
 * l·P + p (P = WIDTH / LANES) is lane l of vector p. The left and right neighbours of a vector are then
 * the vectors before and after it, all aligned; only the two ends of a row need a rotation by one lane.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#if WIDTH % (VECTOR_BYTES / REAL_BYTES) == 0
#define LANES (VECTOR_BYTES / REAL_BYTES)
#elif WIDTH % (VECTOR_BYTES / REAL_BYTES / 2) == 0
#define LANES (VECTOR_BYTES / REAL_BYTES / 2)
#else
#define LANES 4
#endif

#if REAL_BYTES == 4
typedef int32_t Bits;
#define ALL_BUT_SIGN INT32_MAX
#else
typedef int64_t Bits;
#define ALL_BUT_SIGN INT64_MAX
#endif
typedef REAL V __attribute__((vector_size(LANES * REAL_BYTES)));
typedef Bits M __attribute__((vector_size(LANES * REAL_BYTES)));

enum { P = WIDTH / LANES, ROW = 2 * P }; /* vectors in a field's row, and in a row */

#if LANES == 2
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 1, 0)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 0)
#elif LANES == 4
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 3, 0, 1, 2)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 2, 3, 0)
#elif LANES == 8
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 7, 0, 1, 2, 3, 4, 5, 6)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 2, 3, 4, 5, 6, 7, 0)
#elif LANES == 16
#define FROM_LEFT(x) __builtin_shufflevector(x, x, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
#define FROM_RIGHT(x) __builtin_shufflevector(x, x, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0)
#endif

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
 * says where each of the rows −1 … height + REACH − 1 is. */
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

static void pack(const REAL *field, long height, V *rows)
{
    for (long r = 0; r < height; r++)
        for (long i = 0; i < WIDTH; i++)
            ((REAL *)(rows + r * ROW))[i % P * LANES + i / P] = field[r * WIDTH + i];
}

static void unpack(REAL *field, long height, const V *rows)
{
    for (long r = 0; r < height; r++)
        for (long i = 0; i < WIDTH; i++)
            field[r * WIDTH + i] = ((const REAL *)(rows + r * ROW))[i % P * LANES + i / P];
}
