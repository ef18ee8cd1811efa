/* The objects that live in the library during the run, a few of each kind, and handles that are not valid. */
#include "fuzz.h"

#include <string.h>

const char *const method_names[METHODS] = { "cells", "constant", "condense", "sqrt", "vardi", "park", "adversarial" };

enum { MOST = 12, STALE = 64 };

static struct object objects[KINDS][MOST];
static int counts[KINDS];
static memo_handle stale[STALE];
static int64_t closed;

const struct object *live_object(enum kind kind, memo_handle handle)
{
    for (int i = 0; i < counts[kind]; i++)
        if (objects[kind][i].handle == handle) return &objects[kind][i];
    return NULL;
}

static int is_live(memo_handle handle)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (live_object((enum kind)kind, handle) != NULL) return 1;
    return 0;
}

static memo_handle remove_at(int kind, int64_t index)
{
    memo_handle handle = objects[kind][index].handle;
    objects[kind][index] = objects[kind][--counts[kind]];
    return handle;
}

void forget_handle(memo_handle handle)
{
    stale[closed++ % STALE] = handle;
}

static void close_at(int kind, int64_t index)
{
    memo_handle handle = remove_at(kind, index);
    if (memo_close(handle) != MEMO_OK) fault("a live handle could not be closed");
    forget_handle(handle);
}

void keep_object(enum kind kind, const struct object *object)
{
    if (object->handle == 0 || is_live(object->handle)) fault("a new handle is 0, or another object's");
    if (counts[kind] == MOST) close_at(kind, random_below(MOST));
    objects[kind][counts[kind]++] = *object;
}

memo_handle dead_handle(void)
{
    memo_handle handle = 0;
    int64_t kind = random_below(KINDS);
    switch (random_below(5)) {
    case 0: break;
    case 1: handle = closed == 0 ? 0 : stale[random_below(closed < STALE ? closed : STALE)]; break;
    case 2: handle = random_bits(); break;
    case 3: handle = (memo_handle)random_between(-3, 40); break;
    default: /* a live one but for one bit */
        if (counts[kind] != 0) handle = objects[kind][0].handle ^ (memo_handle)1 << random_below(64);
    }
    return is_live(handle) ? 0 : handle;
}

memo_handle wrong_handle(enum kind first, enum kind last)
{
    wrong(MEMO_INVALID_HANDLE);
    int64_t kind = random_below(KINDS);
    int right = kind >= (int64_t)first && kind <= (int64_t)last;
    return right || counts[kind] == 0 ? dead_handle() : objects[kind][random_below(counts[kind])].handle;
}

const struct object *any_object(enum kind kind, memo_handle *handle)
{
    static const struct object example = { 0, 5, 3, 2, MEMO_UINT8, MEMO_VALUES, 1, 0 };
    if (counts[kind] == 0 || spoil()) {
        *handle = wrong_handle(kind, kind);
        return &example;
    }
    const struct object *object = &objects[kind][random_below(counts[kind])];
    *handle = object->handle;
    return object;
}

int take_object(memo_handle *handle)
{
    int64_t kind = random_below(KINDS);
    if (counts[kind] == 0) return 0;
    *handle = remove_at((int)kind, random_below(counts[kind]));
    return 1;
}

void close_objects(void)
{
    for (int kind = 0; kind < KINDS; kind++)
        while (counts[kind] != 0) close_at(kind, 0);
}
