/* libOpenCL with one fault, for what other drivers do and the test machine's does not. What is not here is the real library's,
 * which this one is linked to.
 *
 * memo_set_fault() names the fault: late-memory and late-resources (memory is refused when it is first used), version-1.1,
 * no-compiler, unavailable, failed-kernel (told by its event alone), or three-devices (two processors and then a GPU, good for listing only); "" is none. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { TYPE = 0x1000, AVAILABLE = 0x1027, COMPILER_AVAILABLE = 0x1028, NAME = 0x102B, VERSION = 0x102F };

static const char *fault = "";

EXPORT void memo_set_fault(const char *name) { fault = strdup(name); }

static int is(const char *name) { return strcmp(fault, name) == 0; }

static void *real(const char *name) { return dlsym(dlopen("libOpenCL.so.1", RTLD_NOW), name); }

static int answer(const void *value, size_t bytes, size_t size, void *to, size_t *needed)
{
    if (needed) *needed = bytes;
    if (to && size >= bytes) memcpy(to, value, bytes);
    return to && size < bytes ? -30 : 0;
}

EXPORT int clGetDeviceIDs(void *platform, uint64_t type, unsigned most, void **devices, unsigned *count)
{
    if (!is("three-devices"))
        return ((int (*)(void *, uint64_t, unsigned, void **, unsigned *))real("clGetDeviceIDs"))(platform, type, most, devices, count);
    for (unsigned n = 0; n < 3 && n < most; n++) devices[n] = (void *)(uintptr_t)(n + 1);
    *count = 3;
    return 0;
}

EXPORT int clGetDeviceInfo(void *device, unsigned what, size_t size, void *to, size_t *needed)
{
    uintptr_t number = (uintptr_t)device;
    if (number >= 1 && number <= 3) {
        const char *names[] = {"first", "second", "third"};
        uint64_t value = what == TYPE ? (number == 3 ? 4 : 2) : 0;
        const char *name = names[number - 1];
        return what == NAME ? answer(name, strlen(name) + 1, size, to, needed) : answer(&value, sizeof value, size, to, needed);
    }
    const char old[] = "OpenCL 1.1 of long ago";
    const unsigned no = 0;
    if (what == VERSION && is("version-1.1")) return answer(old, sizeof old, size, to, needed);
    if ((what == COMPILER_AVAILABLE && is("no-compiler")) || (what == AVAILABLE && is("unavailable")))
        return answer(&no, sizeof no, size, to, needed);
    return ((int (*)(void *, unsigned, size_t, void *, size_t *))real("clGetDeviceInfo"))(device, what, size, to, needed);
}

EXPORT int clGetEventInfo(void *event, unsigned what, size_t size, void *to, size_t *needed)
{
    const int failed = -5;
    if (is("failed-kernel")) return answer(&failed, sizeof failed, size, to, needed);
    return ((int (*)(void *, unsigned, size_t, void *, size_t *))real("clGetEventInfo"))(event, what, size, to, needed);
}

EXPORT int clEnqueueFillBuffer(void *queue, void *buffer, const void *pattern, size_t pattern_size, size_t offset, size_t size, unsigned count,
                               void *const *events, void **event)
{
    if (is("late-memory")) return -4;
    if (is("late-resources")) return -5;
    typedef int function(void *, void *, const void *, size_t, size_t, size_t, unsigned, void *const *, void **);
    return ((function *)real("clEnqueueFillBuffer"))(
        queue, buffer, pattern, pattern_size, offset, size, count, events, event);
}
