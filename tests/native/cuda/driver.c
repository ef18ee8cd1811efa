/* The driver's interface: devices, memory, modules, launches. Everything is done at once, in the order of the calls.
 *
 * The environment variable MEMO_FAKE_CUDA sets, separated by commas: no-device; devices=N; memory=BYTES; refuse (every module);
 * lost-at-launch=N (that launch and everything after it fails); fuse (a product that is added is rounded once);
 * capability=MAJOR; trace=FILE (a line for each launch and transfer). */
#define _POSIX_C_SOURCE 200809L
#include "ptx.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_CONTEXT = 201,
    INVALID_PTX = 218, INVALID_HANDLE = 400, NOT_FOUND = 500, LOST = 719
};

#define EXPORT __attribute__((visibility("default")))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool initialized;
static int sticky, launches, retained, live_handles;
static struct { uint64_t address; size_t bytes; } allocations[MAX_ALLOCATIONS];
static int allocation_count;
static size_t allocated;
static _Thread_local bool current;

static const char *setting(const char *name)
{
    static _Thread_local char found[512];
    const char *all = getenv("MEMO_FAKE_CUDA");
    size_t length = strlen(name);
    while (all && *all) {
        const char *end = strchr(all, ',');
        size_t whole = end ? (size_t)(end - all) : strlen(all);
        if (whole >= length && strncmp(all, name, length) == 0 && (whole == length || all[length] == '=')) {
            snprintf(found, sizeof found, "%.*s", (int)(whole - length - (whole > length)), all + length + (whole > length));
            return found;
        }
        all = end ? end + 1 : NULL;
    }
    return NULL;
}

static long long number(const char *name, long long otherwise)
{
    const char *text = setting(name);
    return text && *text ? atoll(text) : otherwise;
}

static size_t total_memory(void) { return (size_t)number("memory", 1LL << 30); }

static void trace(const char *what, size_t amount)
{
    const char *path = setting("trace");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file, "%s %zu\n", what, amount);
    fclose(file);
}

static int state(void) { return !initialized ? NOT_INITIALIZED : sticky ? sticky : current ? SUCCESS : INVALID_CONTEXT; }

bool device_holds(uint64_t address, size_t bytes)
{
    int low = 0, high = allocation_count; /* sorted by address */
    while (low < high) {
        int middle = (low + high) / 2;
        if (allocations[middle].address + allocations[middle].bytes <= address) low = middle + 1;
        else high = middle;
    }
    return low < allocation_count && allocations[low].address <= address && address + bytes <= allocations[low].address + allocations[low].bytes;
}

EXPORT int cuInit(unsigned flags)
{
    initialized = true;
    return flags != 0 ? INVALID_VALUE : setting("no-device") ? NO_DEVICE : SUCCESS;
}

EXPORT int cuDriverGetVersion(int *version) { return *version = 12040, SUCCESS; }

EXPORT int cuDeviceGetCount(int *count)
{
    *count = (int)number("devices", 1);
    return initialized ? SUCCESS : NOT_INITIALIZED;
}

EXPORT int cuDeviceGet(int *device, int ordinal)
{
    *device = ordinal;
    return ordinal >= 0 && ordinal < number("devices", 1) ? SUCCESS : INVALID_DEVICE;
}

EXPORT int cuDeviceGetName(char *name, int length, int device)
{
    (void)device;
    snprintf(name, (size_t)length, "Interpreted PTX");
    return SUCCESS;
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    (void)device;
    return *bytes = total_memory(), SUCCESS;
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    (void)device;
    switch (attribute) {
    case 13: *value = 1000000; return SUCCESS;                    /* clock rate, kHz */
    case 16: *value = 2; return SUCCESS;                          /* multiprocessors */
    case 75: *value = (int)number("capability", 8); return SUCCESS;
    case 76: *value = 0; return SUCCESS;
    default: return INVALID_VALUE;
    }
}

EXPORT int cuDevicePrimaryCtxRetain(void **context, int device)
{
    (void)device;
    retained++;
    *context = &retained;
    return initialized ? sticky : NOT_INITIALIZED;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device)
{
    (void)device;
    return retained-- > 0 ? SUCCESS : INVALID_CONTEXT;
}

EXPORT int cuCtxSetCurrent(void *context)
{
    current = context == &retained && retained > 0;
    return context == &retained || !context ? SUCCESS : INVALID_CONTEXT;
}

EXPORT int cuMemGetInfo_v2(size_t *available, size_t *total)
{
    *total = total_memory();
    *available = *total > allocated ? *total - allocated : 0;
    return state();
}

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes)
{
    if (state()) return state();
    if (bytes == 0 || allocation_count == MAX_ALLOCATIONS) return INVALID_VALUE;
    pthread_mutex_lock(&lock);
    int status = allocated + bytes > total_memory() ? OUT_OF_MEMORY : SUCCESS;
    if (!status) {
        void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
        memset(memory, 0xCD, bytes); /* nothing may rely on what is there at first */
        *address = (uint64_t)(uintptr_t)memory;
        int at = allocation_count++;
        for (; at > 0 && allocations[at - 1].address > *address; at--) allocations[at] = allocations[at - 1];
        allocations[at].address = *address;
        allocations[at].bytes = bytes;
        allocated += bytes;
    }
    pthread_mutex_unlock(&lock);
    return status;
}

EXPORT int cuMemFree_v2(uint64_t address)
{
    if (state()) return state();
    pthread_mutex_lock(&lock);
    int at = 0;
    while (at < allocation_count && allocations[at].address != address) at++;
    bool found = at < allocation_count;
    if (found) {
        free((void *)(uintptr_t)address);
        allocated -= allocations[at].bytes;
        for (allocation_count--; at < allocation_count; at++) allocations[at] = allocations[at + 1];
    }
    pthread_mutex_unlock(&lock);
    return found ? SUCCESS : INVALID_VALUE;
}

EXPORT int cuMemAllocHost_v2(void **memory, size_t bytes)
{
    if (state()) return state();
    *memory = malloc(bytes);
    return *memory ? SUCCESS : OUT_OF_MEMORY;
}

EXPORT int cuMemFreeHost(void *memory)
{
    free(memory);
    return state();
}

static int transfer(const char *what, uint64_t device, void *to, const void *from, size_t bytes)
{
    if (state()) return state();
    if (!device_holds(device, bytes)) return INVALID_VALUE;
    memcpy(to, from, bytes);
    trace(what, bytes);
    return SUCCESS;
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream)
{
    return stream ? transfer("write", to, (void *)(uintptr_t)to, from, bytes) : INVALID_HANDLE;
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream)
{
    return stream ? transfer("read", from, to, (void *)(uintptr_t)from, bytes) : INVALID_HANDLE;
}

EXPORT int cuMemsetD32Async(uint64_t address, unsigned value, size_t count, void *stream)
{
    if (state()) return state();
    if (!stream) return INVALID_HANDLE;
    if (address % 4 != 0 || !device_holds(address, 4 * count)) return INVALID_VALUE;
    for (size_t n = 0; n < count; n++) memcpy((char *)(uintptr_t)address + 4 * n, &value, 4);
    return SUCCESS;
}

EXPORT int cuModuleLoadDataEx(void **module, const void *image, unsigned count, int *options, void **values)
{
    char text[512] = "", *log = text;
    size_t size = sizeof text;
    for (unsigned n = 0; n < count; n++) {
        if (options[n] == 5) log = values[n];
        if (options[n] == 6) size = (size_t)(uintptr_t)values[n];
    }
    if (state()) return state();
    if (setting("refuse")) {
        snprintf(log, size, "ptxas fatal   : Unsupported .version; current version is '1.0'\n");
        return INVALID_PTX;
    }
    *module = ptx_parse(image, setting("fuse") != NULL, log, size);
    if (*module) live_handles++;
    return *module ? SUCCESS : INVALID_PTX;
}

EXPORT int cuModuleUnload(void *module)
{
    ptx_free(module);
    live_handles--;
    return state();
}

EXPORT int cuModuleGetFunction(void **function, void *module, const char *name)
{
    *function = module;
    return strcmp(((kernel *)module)->name, name) == 0 ? state() : NOT_FOUND;
}

EXPORT int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
                          unsigned shared, void *stream, void **parameters, void **extra)
{
    const kernel *k = function;
    if (state()) return state();
    if (!stream) return INVALID_HANDLE;
    bool right = grid_x >= 1 && grid_y >= 1 && grid_y <= 65535 && grid_z == 1 && block_z == 1 && shared == 0 && !extra &&
                 (!k->max_x || ((int)block_x == k->max_x && (int)block_y == k->max_y)) && block_x * block_y <= 1024 && k->shared_bytes <= 49152;
    if (!right) return INVALID_VALUE;
    if (++launches == number("lost-at-launch", -1)) sticky = LOST;
    if (sticky) return SUCCESS; /* what goes wrong on a device is told later */
    trace(k->name, (size_t)grid_x * grid_y);
    sticky = ptx_run(k, grid_x, grid_y, block_x, block_y, parameters);
    return SUCCESS;
}

/* Streams and events are only counted. */
static int create(void **handle)
{
    if (state()) return state();
    *handle = malloc(1);
    live_handles++;
    return SUCCESS;
}

static int destroy(void *handle)
{
    if (!handle) return INVALID_HANDLE;
    free(handle);
    live_handles--;
    return SUCCESS;
}

EXPORT int cuStreamCreate(void **stream, unsigned flags) { return flags <= 1 ? create(stream) : INVALID_VALUE; }
EXPORT int cuStreamDestroy_v2(void *stream) { return destroy(stream); }
EXPORT int cuStreamSynchronize(void *stream) { return stream ? state() : INVALID_HANDLE; }
EXPORT int cuStreamWaitEvent(void *stream, void *event, unsigned flags) { return stream && event && !flags ? state() : INVALID_HANDLE; }
EXPORT int cuEventCreate(void **event, unsigned flags) { return flags <= 3 ? create(event) : INVALID_VALUE; }
EXPORT int cuEventRecord(void *event, void *stream) { return stream && event ? state() : INVALID_HANDLE; }
EXPORT int cuEventDestroy_v2(void *event) { return destroy(event); }

static const struct { int status; const char *name, *words; } errors[] = {
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"}, {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"}, {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}, {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}, {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"}, {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {715, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was encountered"}, {716, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {LOST, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}};

static int describe(int status, const char **text, bool name)
{
    for (size_t n = 0; n < sizeof errors / sizeof *errors; n++)
        if (errors[n].status == status) return *text = name ? errors[n].name : errors[n].words, SUCCESS;
    return *text = NULL, INVALID_VALUE;
}

EXPORT int cuGetErrorName(int status, const char **text) { return describe(status, text, true); }
EXPORT int cuGetErrorString(int status, const char **text) { return describe(status, text, false); }
