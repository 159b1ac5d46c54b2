/* libcuda.so.1 without a GPU: the entry points that our engine uses, with the checks of the real driver.
 *
 * It reads from the machine code what a launch has to agree with (threads, cluster, parameters), and runs the
 * emulated kernels of the same sources. Statuses and structures are those of NVIDIA's documented driver API.
 */
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <string>
#include <vector>

#define ENTRY extern "C" __attribute__((visibility("default")))

enum Status {
    SUCCESS = 0, INVALID_VALUE = 1, INVALID_IMAGE = 200, INVALID_CONTEXT = 201, NOT_FOUND = 500,
    LAUNCH_FAILED = 719, INVALID_CLUSTER_SIZE = 912
};
enum { SHARED_LIMIT = 97, DYNAMIC_SHARED = 8, WITHOUT_ASKING = 48 << 10, CLUSTER_DIMENSION = 4 };

struct Function {
    std::string name;
    int threads = 0, cluster = 1, dynamic_shared = WITHOUT_ASKING;
    std::map<int, int> parameters; /* number → bytes */
};
struct Module { std::map<std::string, Function> functions; };

typedef const char *(*Launch)(const char *, int, size_t, int, void **);

/* What tests set and look at. */
static std::map<int, Launch> emulated; /* threads of a simulation → kernels */
static std::map<std::string, int> refusals;
static std::string fault, log_;
static int is_current, most_shared = 227 << 10, clusters = 32, broken, loads;

ENTRY void mock_current(int current) { is_current = current; }
ENTRY void mock_refuse(const char *entry, int status) { refusals[entry] = status; }
ENTRY void mock_reset() { refusals.clear(), fault.clear(), log_.clear(), broken = loads = 0, most_shared = 227 << 10, clusters = 32; }
ENTRY void mock_limits(int shared, int active_clusters) { most_shared = shared, clusters = active_clusters; }
ENTRY const char *mock_fault() { return fault.c_str(); }
ENTRY const char *mock_log() { return log_.c_str(); }
ENTRY int mock_loads() { return loads; }
ENTRY int mock_use(int threads, const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    emulated[threads] = library ? (Launch)dlsym(library, "launch") : nullptr;
    return emulated[threads] != nullptr;
}

/* What every entry begins with: a refusal that a test asks for, the error that an earlier kernel has left, no context. */
static int begin(const char *entry, bool needs_context)
{
    if (refusals.count(entry)) return refusals[entry];
    if (broken) return broken;
    return needs_context && !is_current ? INVALID_CONTEXT : SUCCESS;
}
#define BEGIN(needs_context) if (int status = begin(__func__, needs_context)) return status

/* One attribute of `.nv.info.KERNEL`: a format, a number, and 16 bits that are its value or its length. */
static void read_attributes(const uint8_t *at, const uint8_t *end, Function &function)
{
    while (at + 4 <= end) {
        const int format = at[0], attribute = at[1];
        uint16_t length;
        memcpy(&length, at + 2, 2);
        const uint8_t *payload = at + 4;
        uint32_t words[3] = {};
        if (format == 4) memcpy(words, payload, std::min<size_t>(sizeof words, length));
        if (format == 4 && attribute == 0x05) function.threads = words[0];
        if (format == 4 && attribute == 0x3d) function.cluster = words[0];
        if (format == 4 && attribute == 0x17) function.parameters[words[1] & 0xffff] = words[2] >> 18;
        at = payload + (format == 4 ? length : 0);
    }
}

ENTRY int cuModuleLoadData(Module **module, const void *image)
{
    BEGIN(true);
    const auto *file = (const uint8_t *)image;
    if (memcmp(file, "\x7f" "ELF", 4)) return INVALID_IMAGE;
    uint64_t sections;
    uint16_t size, number, names;
    memcpy(&sections, file + 0x28, 8), memcpy(&size, file + 0x3a, 2);
    memcpy(&number, file + 0x3c, 2), memcpy(&names, file + 0x3e, 2);
    const auto header = [&](int i, int offset) {
        uint64_t value;
        memcpy(&value, file + sections + i * size + offset, 8);
        return value;
    };
    const char *strings = (const char *)file + header(names, 0x18);
    loads++, *module = new Module;
    for (int i = 0; i < number; i++) {
        const std::string name = strings + (uint32_t)header(i, 0);
        if (name.rfind(".nv.info.", 0)) continue;
        Function &function = (*module)->functions[name.substr(9)];
        function.name = name.substr(9);
        read_attributes(file + header(i, 0x18), file + header(i, 0x18) + header(i, 0x20), function);
    }
    return (*module)->functions.empty() ? INVALID_IMAGE : SUCCESS;
}

ENTRY int cuModuleGetFunction(Function **function, Module *module, const char *name)
{
    BEGIN(true);
    auto found = module->functions.find(name);
    if (found == module->functions.end()) return NOT_FOUND;
    *function = &found->second;
    return SUCCESS;
}

ENTRY int cuFuncSetAttribute(Function *function, int attribute, int value)
{
    BEGIN(true);
    if (attribute != DYNAMIC_SHARED || value > most_shared) return INVALID_VALUE;
    function->dynamic_shared = std::max<int>(value, WITHOUT_ASKING);
    return SUCCESS;
}

ENTRY int cuLaunchKernel(Function *function, unsigned blocks, unsigned y, unsigned z, unsigned threads, unsigned ty,
                         unsigned tz, unsigned shared, void *stream, void **parameters, void **)
{
    BEGIN(true);
    if (y * z * ty * tz != 1 || !blocks || (int)threads > function->threads) return INVALID_VALUE;
    if ((int)shared > function->dynamic_shared) return INVALID_VALUE;
    if (blocks % function->cluster) return INVALID_CLUSTER_SIZE;
    log_ += function->name + " " + std::to_string(blocks) + " " + std::to_string(threads) + " "
        + std::to_string(shared) + " " + std::to_string((uintptr_t)stream) + "\n";
    const Launch launch = emulated[threads * function->cluster];
    if (!launch) return NOT_FOUND;
    if (const char *said = launch(function->name.c_str(), blocks / function->cluster, shared, 0, parameters)) {
        fault = said;
        return broken = LAUNCH_FAILED; /* as on a GPU, nothing works after that */
    }
    return SUCCESS;
}

ENTRY int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *number, Function *function, int threads, size_t shared)
{
    BEGIN(true);
    if ((int)shared > function->dynamic_shared) return INVALID_VALUE;
    *number = std::min<int>(256 / threads, (most_shared + 1024) / (shared + 1024));
    return SUCCESS;
}

struct Attribute { int id, padding; unsigned value[16]; };
struct Config { unsigned grid[3], block[3], shared; void *stream; Attribute *attributes; unsigned number; };

ENTRY int cuOccupancyMaxActiveClusters(int *number, Function *function, const Config *config)
{
    BEGIN(true);
    if (config->number != 1 || config->attributes->id != CLUSTER_DIMENSION) return INVALID_VALUE;
    if ((int)config->attributes->value[0] != function->cluster) return INVALID_CLUSTER_SIZE;
    if ((int)config->shared > function->dynamic_shared || (int)config->block[0] != function->threads) return INVALID_VALUE;
    *number = clusters;
    return SUCCESS;
}

ENTRY int cuInit(unsigned) { BEGIN(false); return SUCCESS; }
ENTRY int cuCtxGetDevice(int *device) { BEGIN(true); *device = 0; return SUCCESS; }
ENTRY int cuDeviceGetAttribute(int *value, int attribute, int)
{
    BEGIN(false);
    if (attribute != SHARED_LIMIT) return INVALID_VALUE;
    *value = most_shared;
    return SUCCESS;
}

/* Bytes of a kernel's parameters, in order; how many there are. */
ENTRY int mock_parameters(Function *function, int *bytes)
{
    for (auto [number, size] : function->parameters) bytes[number] = size;
    return function->parameters.size();
}

ENTRY int cuGetProcAddress_v2(const char *name, void **entry, int, uint64_t, int *status)
{
    static void *own = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    *entry = dlsym(own, name);
    if (status) *status = *entry ? 0 : 1;
    return *entry ? SUCCESS : NOT_FOUND;
}
ENTRY int cuGetProcAddress(const char *name, void **entry, int version, uint64_t flags)
{
    return cuGetProcAddress_v2(name, entry, version, flags, nullptr);
}
