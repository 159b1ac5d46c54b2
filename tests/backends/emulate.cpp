/* cuda.cu on a CPU: each CUDA thread is a fiber, and all of a simulation's take turns.
 *
 * Every thread of a block meets the same barriers and shuffles in the same order, so at each of them it suffices
 * to let every other thread come to the same place: a turn all the way around. The blocks of a cluster go
 * from one barrier that they share to the next one after the other, the first ahead of all others.
 */
#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <ucontext.h>
#include <utility>
#include <vector>

#define __device__
#define __forceinline__ inline __attribute__((always_inline))
/* Hidden: the C library has an `advance` of its own. */
#define __global__ __attribute__((visibility("hidden")))
#define __shared__
#define __launch_bounds__(...)

struct float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
static float2 make_float2(float x, float y) { return {x, y}; }
static float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
struct Index { int x; };
using std::max, std::min;

enum { MOST = 1024, STACK = 64 << 10, SHARED = 16 << 10 };
static int here, threads, threads_of_block, first_block;
#define threadIdx (Index{here % threads_of_block})
#define blockIdx (Index{first_block + here / threads_of_block})

/* What each block of a cluster has for itself, and the same place in another block's. */
static float4 shared_memory[4][SHARED];
#define shared (shared_memory[here / threads_of_block])
#define CLUSTER
template <class T> static T *of_part(T *place, int part)
{
    return (T *)((char *)place + (part - here / threads_of_block) * (int)sizeof shared_memory[0]);
}

static jmp_buf places[MOST];
static ucontext_t starts[MOST], home;
static bool begun[MOST];
static unsigned slots[2][MOST], turn[MOST];

static void go_to(int next)
{
    here = next;
    if (begun[next]) longjmp(places[next], 1);
    begun[next] = true;
    setcontext(&starts[next]);
}

/* Let others run, from this one on, until it is its turn again. */
static void give_way_to(int next)
{
    if (!_setjmp(places[here])) go_to(next);
}

/* Every other thread of the block, once; of the cluster. */
static void around() { give_way_to((here + 1) % threads_of_block + here / threads_of_block * threads_of_block); }
static void meet() { give_way_to((here + 1) % threads); }

/* Everyone's x; of two in turn, nobody writes one that another still reads. */
static const unsigned *exchange(unsigned x)
{
    unsigned *slot = slots[turn[here]++ % 2];
    slot[here] = x;
    around();
    return slot;
}

static unsigned __float_as_uint(float x) { unsigned b; memcpy(&b, &x, 4); return b; }
static float __uint_as_float(unsigned b) { float x; memcpy(&x, &b, 4); return x; }
static void __syncthreads() { around(); }
static int __syncthreads_or(int x)
{
    auto block = exchange(x) + here / threads_of_block * threads_of_block;
    return std::any_of(block, block + threads_of_block, [](unsigned y) { return y; });
}
static float __shfl_sync(unsigned, float x, int lane, int width) { return __uint_as_float(exchange(__float_as_uint(x))[here / width * width + lane % width]); }
static unsigned __reduce_max_sync(unsigned, unsigned x) { auto all = exchange(x) + here / 32 * 32; return *std::max_element(all, all + 32); }
static void atomicMax(unsigned *to, unsigned x) { *to = max(*to, x); }
static void fetch(float4 *to, const float4 *from) { *to = *from; }
static void end_group() {}
template <int> static void wait_for_all_but() {}

#include "cuda.cu"

static void (*job)(void *), *job_arguments;

static void fiber()
{
    job(job_arguments);
    if (here + 1 < threads) go_to(here + 1); /* the order in which they came to their last meeting */
    setcontext(&home);
}

template <class... A, size_t... I>
static void call(void (*kernel)(A...), void **arguments, std::index_sequence<I...>)
{
    kernel(*(std::remove_reference_t<A> *)arguments[I]...);
}

template <auto kernel> struct Call;
template <class... A, void (*kernel)(A...)> struct Call<kernel> {
    static void run(void *arguments) { call(kernel, (void **)arguments, std::index_sequence_for<A...>()); }
};

extern "C" int launch(const char *name, int simulations, void **arguments)
{
    static std::vector<char> stacks((size_t)MOST * STACK);
    const std::pair<const char *, void (*)(void *)> kernels[] = {
        {"advance", Call<advance>::run}, {"watch", Call<watch>::run}, {"measure", Call<measure>::run},
        {"remember", Call<remember>::run}, {"retreat", Call<retreat>::run}};
    job = nullptr, job_arguments = arguments;
    threads = THREADS * PARTS, threads_of_block = THREADS;
    for (auto &[known, run] : kernels)
        if (!strcmp(known, name)) job = run;
    for (first_block = 0; job && first_block < simulations * PARTS; first_block += PARTS) {
        for (int t = 0; t < threads; t++) {
            begun[t] = false, turn[t] = 0;
            getcontext(&starts[t]);
            starts[t].uc_stack.ss_sp = &stacks[(size_t)t * STACK], starts[t].uc_stack.ss_size = STACK;
            makecontext(&starts[t], fiber, 0);
        }
        volatile bool back = false;
        getcontext(&home);
        if (!back) back = true, go_to(0);
    }
    return job != nullptr;
}
