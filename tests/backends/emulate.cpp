/* cuda.cu on a CPU: each CUDA thread is a fiber, and strict about what a GPU leaves to chance.
 *
 * Lanes of a warp wait for each other at shuffles, threads of a block or a cluster at barriers, and nowhere else.
 * In between, warps run in an order that the schedule says: each as far as it can, from the first or from the
 * last one on, or by chance. Where a barrier is missing, some order gives other bits, or none can go on.
 *
 * Shared memory begins as NaN, ends where the launch asked it to, and cannot be read when its block has left.
 * Asynchronous copies happen as late as they may: when they are waited for, and until then their place holds NaN.
 * In odd orders they happen at once, over whatever is still to be read there.
 * Values that blocks send each other come late too, in the order that the schedule says, and one at a time: who
 * waits for too few bytes goes on without the rest, who waits for too many waits for ever. Two are never on their
 * way to one place.
 */
#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <random>
#include <sys/mman.h>
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

enum { MOST = 1024, WARP = 32, STACK = 64 << 10, SHARED = 16 << 10, NAN_BYTE = 0xff };
static int here, threads, threads_of_block, first_block;
#define threadIdx (Index{here % threads_of_block})
#define blockIdx (Index{first_block + here / threads_of_block})

/* What each block of a cluster has for itself, and the same place in another block's. */
alignas(1 << 16) static float4 shared_memory[4][SHARED];
#define shared (shared_memory[here / threads_of_block])
#define CLUSTER
template <class T> static T *of_part(T *place, int part)
{
    return (T *)((char *)place + (part - here / threads_of_block) * (int)sizeof shared_memory[0]);
}

static int part_anew() { return here / threads_of_block; }

/* Who waits for whom. */
enum Wait { READY, FOR_WARP, FOR_BLOCK, FOR_CLUSTER, FOR_BYTES, GONE };
static Wait waits[MOST];
static jmp_buf places[MOST];
static ucontext_t starts[MOST], home;
static bool begun[MOST];
static const char *fault;
static size_t shared_bytes; /* that the launch asked for, for each block */

/* Of two in turn, nobody writes one that another still reads. */
static unsigned lane_slots[2][MOST], block_slots[2][MOST], lane_turn[MOST], block_turn[MOST];

struct Copy { float4 *to; const float4 *from; };
static std::vector<std::vector<Copy>> groups[MOST]; /* of each thread; the last one is still open */

/* A value from a block to another, or to itself, and the mbarrier there that counts it. */
typedef unsigned long long Mbarrier;
struct Message { char *to; float4 value; size_t bytes; Mbarrier *counter; int from; };
static std::vector<Message> under_way;

/* The order in which warps are asked whether they can run. */
static int order[MOST / WARP], schedule;
static std::minstd_rand chance;

static void go_to(int next)
{
    here = next;
    if (begun[next]) longjmp(places[next], 1);
    begun[next] = true;
    setcontext(&starts[next]);
}

/* All that wait for the same as thread `one`, if none of those it needs is missing. */
static void release(int one, int group)
{
    const int first = one / group * group;
    for (int t = first; t < first + group; t++)
        if (waits[t] != waits[one]) return;
    std::fill(waits + first, waits + first + group, READY);
}

static int runnable_of_warp(int warp)
{
    for (int i = 0; i < WARP; i++) {
        const int lane = warp * WARP + (schedule == 1 ? WARP - 1 - i : i);
        if (waits[lane] == READY) return lane;
    }
    return -1;
}

/* Let another thread run: by the order of warps. */
static void go_on()
{
    const int warps = threads / WARP;
    if (schedule > 1 && chance() % 8 == 0) std::shuffle(order, order + warps, chance);
    for (int i = 0; i < warps; i++)
        if (int next = runnable_of_warp(order[i]); next >= 0) go_to(next);
    if (std::all_of(waits, waits + threads, [](Wait w) { return w == GONE; })) setcontext(&home);
    fault = "its threads wait for each other for ever: some left, or stand at another barrier";
    setcontext(&home);
}

static void rest()
{
    if (!_setjmp(places[here])) go_on();
}

static void wait(Wait what, int group)
{
    waits[here] = what;
    release(here, group);
    rest();
}

static void stop(const char *said)
{
    fault = said;
    setcontext(&home);
}

static void __syncthreads() { wait(FOR_BLOCK, threads_of_block); }
static void barrier()
{
    if (threads == threads_of_block) return __syncthreads();
    wait(FOR_CLUSTER, threads);
}

static const unsigned *among_lanes(unsigned x)
{
    unsigned *slot = lane_slots[lane_turn[here]++ % 2];
    slot[here] = x;
    wait(FOR_WARP, WARP);
    return slot;
}

static unsigned __float_as_uint(float x) { unsigned b; memcpy(&b, &x, 4); return b; }
static float __uint_as_float(unsigned b) { float x; memcpy(&x, &b, 4); return x; }
static int __syncthreads_or(int x)
{
    unsigned *slot = block_slots[block_turn[here]++ % 2], *block = slot + here / threads_of_block * threads_of_block;
    slot[here] = x;
    __syncthreads();
    return std::any_of(block, block + threads_of_block, [](unsigned y) { return y; });
}
static float __shfl_sync(unsigned, float x, int lane, int width)
{
    return __uint_as_float(among_lanes(__float_as_uint(x))[here / width * width + lane % width]);
}
static unsigned __reduce_max_sync(unsigned, unsigned x)
{
    auto all = among_lanes(x) + here / WARP * WARP;
    return *std::max_element(all, all + WARP);
}
static void atomicMax(unsigned *to, unsigned x) { *to = max(*to, x); }

static void fetch(float4 *to, const float4 *from)
{
    if (schedule % 2)
        *to = *from;
    else
        memset(to, NAN_BYTE, sizeof *to);
    groups[here].back().push_back({to, from});
}
static void end_group() { groups[here].emplace_back(); }
template <int GROUPS> static void wait_for_all_but()
{
    auto &own = groups[here];
    while ((int)own.size() > GROUPS + 1) {
        if (schedule % 2 == 0)
            for (auto [to, from] : own.front()) *to = *from;
        own.erase(own.begin());
    }
}

static void __syncwarp() { wait(FOR_WARP, WARP); }

/* What an mbarrier holds: its phase ends when the one thread that waits is there and all bytes have come. */
struct Count { short phase, missing; int bytes; };

static Count counted(const Mbarrier &counter)
{
    Count count;
    memcpy(&count, &counter, sizeof count);
    if (count.phase < 0) stop("an mbarrier was used before it was made ready");
    return count;
}

static void count_on(Mbarrier &counter, int arrived, int bytes)
{
    Count count = counted(counter);
    count.missing -= arrived, count.bytes += bytes;
    if (count.missing < 0) stop("more threads wait for bytes than the mbarrier was made for");
    if (!count.missing && !count.bytes) count = {(short)((count.phase + 1) & 0x7fff), 1, 0};
    memcpy(&counter, &count, sizeof count);
}

static void open(Mbarrier &counter)
{
    const Count count = {0, 1, 0};
    memcpy(&counter, &count, sizeof count);
}

template <class T> static void send(T *to, T x, Mbarrier &counter, int part, bool sends)
{
    if (!sends) return;
    Message message = {(char *)of_part(to, part), {}, sizeof x, of_part(&counter, part), here};
    counted(*message.counter);
    for (const Message &other : under_way)
        if (other.to == message.to) stop("a value was sent to where another one was still on its way");
    memcpy(&message.value, &x, sizeof x);
    memset(message.to, NAN_BYTE, sizeof x);
    under_way.push_back(message);
    std::replace(waits, waits + threads, FOR_BYTES, READY); /* they look again */
}

/* One of the values that an mbarrier is to count comes, if all of them are under way. */
static bool arrive(Mbarrier &counter)
{
    std::vector<size_t> own;
    int bytes = 0;
    for (size_t i = 0; i < under_way.size(); i++)
        if (under_way[i].counter == &counter) own.push_back(i), bytes += under_way[i].bytes;
    if (own.empty() || bytes < counted(counter).bytes) return false;
    const size_t one = own[schedule == 0 ? 0 : schedule == 1 ? own.size() - 1 : chance() % own.size()];
    const Message message = under_way[one];
    under_way.erase(under_way.begin() + one);
    memcpy(message.to, &message.value, message.bytes);
    count_on(counter, 0, -(int)message.bytes);
    return true;
}

static void receive(Mbarrier &counter, int bytes, bool is_waiting)
{
    if (!is_waiting) return;
    const short phase = counted(counter).phase;
    count_on(counter, 1, bytes);
    while (counted(counter).phase == phase)
        if (!arrive(counter)) waits[here] = FOR_BYTES, rest();
}

#include "cuda.cu"

static void (*job)(void *), *job_arguments;

/* What a block that leaves has written behind its memory is found; of what it has left nobody may read. */
static void leave()
{
    const auto *all = (const unsigned char *)shared;
    if (std::any_of(all + shared_bytes, all + sizeof shared_memory[0], [](unsigned char x) { return x != NAN_BYTE; }))
        fault = "it wrote behind the shared memory that the launch asked for";
    const auto is_own = [all](const Message &message) {
        const auto *to = (const unsigned char *)message.to;
        const bool is_here = all <= to && to < all + sizeof shared_memory[0];
        return is_here || message.from / threads_of_block == here / threads_of_block;
    };
    if (std::any_of(under_way.begin(), under_way.end(), is_own))
        fault = "a block left while values from it or to it were on their way";
    mprotect(shared, sizeof shared_memory[0], PROT_NONE);
}

static void caught(int, siginfo_t *, void *)
{
    fault = "a thread touched memory that is not its own, or that of a block that has left";
    setcontext(&home);
}

/* While kernels run, wild accesses end the launch and not the process. */
struct Guard {
    struct sigaction before;
    Guard()
    {
        struct sigaction own = {};
        own.sa_sigaction = caught, own.sa_flags = SA_SIGINFO | SA_NODEFER;
        sigaction(SIGSEGV, &own, &before);
    }
    ~Guard() { sigaction(SIGSEGV, &before, nullptr); }
};

static void fiber()
{
    job(job_arguments);
    waits[here] = GONE;
    for (auto &group : groups[here])
        if (!group.empty()) fault = "a thread left while copies it never waited for were under way";
    const int first = here / threads_of_block * threads_of_block;
    if (std::all_of(waits + first, waits + first + threads_of_block, [](Wait w) { return w == GONE; })) leave();
    go_on();
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

static void begin_simulation()
{
    static std::vector<char> stacks((size_t)MOST * STACK);
    mprotect(shared_memory, sizeof shared_memory, PROT_READ | PROT_WRITE);
    memset(shared_memory, NAN_BYTE, sizeof shared_memory);
    under_way.clear();
    for (int t = 0; t < threads; t++) {
        begun[t] = false, lane_turn[t] = block_turn[t] = 0, waits[t] = READY;
        groups[t].assign(1, {});
        getcontext(&starts[t]);
        starts[t].uc_stack.ss_sp = &stacks[(size_t)t * STACK], starts[t].uc_stack.ss_size = STACK;
        makecontext(&starts[t], fiber, 0);
    }
    for (int i = 0; i < threads / WARP; i++) order[i] = schedule == 1 ? threads / WARP - 1 - i : i;
}

/* Run a kernel for so many simulations; returns what went wrong, a sentence's end, or null.
 *
 * bytes: of shared memory of a block. order: 0 the first warp first, 1 the last one first, else a seed. */
extern "C" const char *launch(const char *name, int simulations, size_t bytes, int order_of_warps, void **arguments)
{
    const std::pair<const char *, void (*)(void *)> kernels[] = {
        {"advance", Call<advance>::run}, {"watch", Call<watch>::run}, {"measure", Call<measure>::run},
        {"remember", Call<remember>::run}, {"retreat", Call<retreat>::run}};
    job = nullptr, fault = nullptr, job_arguments = arguments, schedule = order_of_warps, shared_bytes = bytes;
    chance.seed(schedule);
    threads = THREADS * PARTS, threads_of_block = THREADS;
    for (auto &[known, run] : kernels)
        if (!strcmp(known, name)) job = run;
    if (!job) return "there is no such kernel";
    if (bytes > sizeof shared_memory[0]) return "it asks for more shared memory than there is";
    const Guard guard;
    for (first_block = 0; !fault && first_block < simulations * PARTS; first_block += PARTS) {
        begin_simulation();
        volatile bool back = false;
        getcontext(&home);
        if (!back) back = true, here = 0, go_on();
    }
    return fault;
}
