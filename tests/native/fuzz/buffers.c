/* Buffers that notice what the library does beside them. Each lies in a region of its own between two pages that cannot be
 * touched, flush with one of them, so that a read or write beyond it is a crash; at the other side are guard bytes. */
#define _DEFAULT_SOURCE
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { REGIONS = 16, REGION = 1 << 20, GUARD = 64 };

static struct region {
    unsigned char *memory; /* REGION bytes, between the two pages */
    unsigned char *buffer, *guard;
    size_t bytes;
    int is_input;
    uint64_t hash;
} regions[REGIONS];
static int used;

void open_buffers(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < REGIONS; i++) {
        unsigned char *all = mmap(NULL, REGION + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED || mprotect(all + page, REGION, PROT_READ | PROT_WRITE) != 0) fault("no memory for buffers");
        regions[i].memory = all + page;
    }
}

void clear_buffers(void)
{
    used = 0;
}

static void *take(size_t bytes, int is_input)
{
    if (used == REGIONS || bytes > REGION - GUARD) fault("no room for a buffer of %zu bytes", bytes);
    struct region *region = &regions[used++];
    int at_end = one_in(2);
    region->buffer = at_end ? region->memory + REGION - bytes : region->memory;
    region->guard = at_end ? region->buffer - GUARD : region->buffer + bytes;
    region->bytes = bytes;
    region->is_input = is_input;
    memset(region->buffer, PATTERN, bytes);
    memset(region->guard, ~PATTERN & 0xFF, GUARD);
    return region->buffer;
}

void *input_buffer(size_t bytes)
{
    return take(bytes, 1);
}

void *output_buffer(size_t bytes)
{
    return take(bytes, 0);
}

/* FNV-1a. */
static uint64_t hash_of(const unsigned char *bytes, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

void seal_buffers(void)
{
    for (int i = 0; i < used; i++)
        if (regions[i].is_input) regions[i].hash = hash_of(regions[i].buffer, regions[i].bytes);
}

void check_buffers(void)
{
    for (int i = 0; i < used; i++) {
        const struct region *region = &regions[i];
        for (int k = 0; k < GUARD; k++)
            if (region->guard[k] != (~PATTERN & 0xFF))
                fault("a guard byte of a buffer of %zu bytes was written to", region->bytes);
        if (region->is_input && region->hash != hash_of(region->buffer, region->bytes))
            fault("an input of %zu bytes was written to", region->bytes);
    }
}

int untouched(const void *buffer, size_t bytes)
{
    const unsigned char *c = buffer;
    for (size_t i = 0; i < bytes; i++)
        if (c[i] != PATTERN) return 0;
    return 1;
}
