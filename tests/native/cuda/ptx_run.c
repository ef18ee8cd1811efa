/* Runs a kernel: block after block, warp after warp, each instruction for all lanes of a warp that stand at it. Of lanes that
 * stand apart those behind go first, so that they meet again. */
#include "ptx.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719, MISALIGNED = 716, ILLEGAL_INSTRUCTION = 715 };
enum { STOPPED = -1, AT_BARRIER = -2 };

typedef struct {
    value *rows;            /* row_count x LANES */
    int at[LANES];          /* next instruction; STOPPED, or AT_BARRIER with `after` */
    int after[LANES];
    uint32_t present;       /* lanes that have a thread */
} warp;

typedef struct {
    const kernel *k;
    uint8_t *shared;
    const uint8_t *parameters;
    int status;
} block;

static void fail(block *b, int status, const instruction *i, const char *format, ...)
{
    if (b->status) return;
    b->status = status;
    fprintf(stderr, "interpreted PTX: %s, line %d: ", b->k->name, i->line);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void *memory(block *b, const instruction *i, uint64_t at, size_t bytes)
{
    if (at % bytes != 0) {
        fail(b, MISALIGNED, i, "address %llx is no multiple of %zu", (unsigned long long)at, bytes);
        return NULL;
    }
    if (i->shared) {
        if (at < 0x1000 || at + bytes > 0x1000 + (uint64_t)b->k->shared_bytes) {
            fail(b, ILLEGAL_ADDRESS, i, "address %llx is outside of the %d bytes of shared memory", (unsigned long long)at, b->k->shared_bytes);
            return NULL;
        }
        return b->shared + (at - 0x1000);
    }
    if (!device_holds(at, bytes)) {
        fail(b, ILLEGAL_ADDRESS, i, "no memory at address %llx", (unsigned long long)at);
        return NULL;
    }
    return (void *)(uintptr_t)at;
}

static size_t size_of(value_type type) { return type == T_S64 || type == T_U64 ? 8 : 4; }

static void access_memory(block *b, warp *w, const instruction *i, uint32_t mask)
{
    size_t size = size_of(i->type);
    for (int l = 0; l < LANES && !b->status; l++) {
        if (!(mask >> l & 1)) continue;
        uint64_t at = w->rows[i->a * LANES + l].u64 + (uint64_t)i->offset;
        uint8_t *p = memory(b, i, at, size * (size_t)i->width);
        if (!p) return;
        for (int n = 0; n < i->width; n++) {
            value v = {0};
            if (i->op == OP_LD) {
                memcpy(&v, p + (size_t)n * size, size);
                w->rows[i->to[n] * LANES + l] = v;
            } else {
                memcpy(p + (size_t)n * size, &w->rows[i->values[n] * LANES + l], size);
            }
        }
    }
}

static void exchange(block *b, warp *w, const instruction *i, uint32_t mask)
{
    size_t size = size_of(i->type);
    for (int l = 0; l < LANES && !b->status; l++) {
        if (!(mask >> l & 1)) continue;
        void *p = memory(b, i, w->rows[i->a * LANES + l].u64 + (uint64_t)i->offset, size);
        if (!p) return;
        value old = {0}, operand = w->rows[i->b * LANES + l], new;
        memcpy(&old, p, size);
        switch (i->type) {
        case T_S32: new.u64 = 0; new.s32 = i->atomic == OP_ADD ? (int32_t)(old.u32 + operand.u32) : i->atomic == OP_MIN ? (operand.s32 < old.s32 ? operand.s32 : old.s32) : (operand.s32 > old.s32 ? operand.s32 : old.s32); break;
        case T_U32: new.u64 = 0; new.u32 = i->atomic == OP_ADD ? old.u32 + operand.u32 : i->atomic == OP_MIN ? (operand.u32 < old.u32 ? operand.u32 : old.u32) : (operand.u32 > old.u32 ? operand.u32 : old.u32); break;
        case T_S64: new.s64 = i->atomic == OP_ADD ? (int64_t)(old.u64 + operand.u64) : i->atomic == OP_MIN ? (operand.s64 < old.s64 ? operand.s64 : old.s64) : (operand.s64 > old.s64 ? operand.s64 : old.s64); break;
        default: new.u64 = i->atomic == OP_ADD ? old.u64 + operand.u64 : i->atomic == OP_MIN ? (operand.u64 < old.u64 ? operand.u64 : old.u64) : (operand.u64 > old.u64 ? operand.u64 : old.u64); break;
        }
        memcpy(p, &new, size);
        if (i->to[0] >= 0) w->rows[i->to[0] * LANES + l] = old;
    }
}

static value convert(const instruction *i, value v)
{
    value r = {0};
    if (i->from == T_F32 && i->type != T_F32) {
        double d = v.f32;
        d = i->round == ROUND_ZERO ? trunc(d) : i->round == ROUND_DOWN ? floor(d) : i->round == ROUND_UP ? ceil(d) : nearbyint(d);
        if (isnan(d)) return r;
        switch (i->type) {
        case T_S32: r.s32 = d >= 2147483647.0 ? INT32_MAX : d <= -2147483648.0 ? INT32_MIN : (int32_t)d; break;
        case T_U32: r.u32 = d >= 4294967295.0 ? UINT32_MAX : d <= 0 ? 0 : (uint32_t)d; break;
        case T_S64: r.s64 = d >= 9223372036854775807.0 ? INT64_MAX : d <= -9223372036854775808.0 ? INT64_MIN : (int64_t)d; break;
        default: r.u64 = d >= 18446744073709551615.0 ? UINT64_MAX : d <= 0 ? 0 : (uint64_t)d; break;
        }
        return r;
    }
    int64_t wide = i->from == T_S32 ? v.s32 : i->from == T_U32 ? (int64_t)v.u32 : v.s64;
    if (i->type != T_F32) {
        r.s64 = wide;
        if (size_of(i->type) == 4) r.u64 = r.u32;
        return r;
    }
    if (i->from == T_F32) {
        r.f32 = i->round == ROUND_ZERO ? truncf(v.f32) : i->round == ROUND_DOWN ? floorf(v.f32) : i->round == ROUND_UP ? ceilf(v.f32) : nearbyintf(v.f32);
        return r;
    }
    r.f32 = i->from == T_U64 ? (float)v.u64 : (float)wide;
    return r;
}

#define EACH(...) { for (int l = 0; l < LANES; l++) if (mask >> l & 1) { __VA_ARGS__; } }
/* Integers wrap; the names of the fields say how wide they are and whether signed. */
#define ARITHMETIC(operator)                                                             \
    switch (i->type) {                                                                   \
    case T_F32: EACH(to[l].f32 = a[l].f32 operator b[l].f32) break;                      \
    case T_S64: case T_U64: EACH(to[l].u64 = a[l].u64 operator b[l].u64) break;          \
    default: EACH(to[l].u32 = a[l].u32 operator b[l].u32) break;                         \
    }
#define CHOICE(operator)                                                                 \
    switch (i->type) {                                                                   \
    case T_F32: EACH(to[l].f32 = isnan(a[l].f32) ? b[l].f32 : isnan(b[l].f32) || a[l].f32 operator b[l].f32 ? a[l].f32 : b[l].f32) break; \
    case T_S64: EACH(to[l].s64 = a[l].s64 operator b[l].s64 ? a[l].s64 : b[l].s64) break; \
    case T_U64: EACH(to[l].u64 = a[l].u64 operator b[l].u64 ? a[l].u64 : b[l].u64) break; \
    case T_S32: EACH(to[l].s32 = a[l].s32 operator b[l].s32 ? a[l].s32 : b[l].s32) break; \
    default: EACH(to[l].u32 = a[l].u32 operator b[l].u32 ? a[l].u32 : b[l].u32) break;   \
    }
#define BITS(operator)                                                                   \
    if (i->type == T_PRED) EACH(to[l].pred = a[l].pred operator b[l].pred)             \
    else EACH(to[l].u64 = a[l].u64 operator b[l].u64)
#define COMPARE(operator)                                                                \
    switch (i->from) {                                                                   \
    case T_F32: EACH(to[l].pred = a[l].f32 operator b[l].f32 || (i->unordered && (isnan(a[l].f32) || isnan(b[l].f32)))) break; \
    case T_S64: EACH(to[l].pred = a[l].s64 operator b[l].s64) break;                     \
    case T_U64: EACH(to[l].pred = a[l].u64 operator b[l].u64) break;                     \
    case T_S32: EACH(to[l].pred = a[l].s32 operator b[l].s32) break;                     \
    default: EACH(to[l].pred = a[l].u32 operator b[l].u32) break;                        \
    }

static void divide(block *b, const instruction *i, uint32_t mask, value *to, const value *x, const value *y)
{
    bool quotient = i->op == OP_DIV;
    EACH(
        if (size_of(i->type) == 4 ? y[l].u32 == 0 : y[l].u64 == 0) {
            fail(b, ILLEGAL_INSTRUCTION, i, "division by zero");
            return;
        }
        switch (i->type) {
        case T_S32: to[l].s32 = y[l].s32 == -1 ? (quotient ? (int32_t)(0u - x[l].u32) : 0) : quotient ? x[l].s32 / y[l].s32 : x[l].s32 % y[l].s32; break;
        case T_U32: to[l].u32 = quotient ? x[l].u32 / y[l].u32 : x[l].u32 % y[l].u32; break;
        case T_S64: to[l].s64 = y[l].s64 == -1 ? (quotient ? (int64_t)(0u - x[l].u64) : 0) : quotient ? x[l].s64 / y[l].s64 : x[l].s64 % y[l].s64; break;
        default: to[l].u64 = quotient ? x[l].u64 / y[l].u64 : x[l].u64 % y[l].u64; break;
        })
}

static void compute(block *blk, warp *w, const instruction *i, uint32_t mask)
{
    value *to = w->rows + (i->to[0] < 0 ? 0 : i->to[0]) * LANES;
    const value *a = w->rows + i->a * LANES, *b = w->rows + i->b * LANES, *c = w->rows + i->c * LANES;
    bool wide = size_of(i->type) == 8;
    switch (i->op) {
    case OP_MOV: EACH(to[l] = a[l]) break;
    case OP_ADD: ARITHMETIC(+) break;
    case OP_SUB: ARITHMETIC(-) break;
    case OP_MUL: ARITHMETIC(*) break;
    case OP_MULWIDE:
        if (i->type == T_S32) EACH(to[l].s64 = (int64_t)a[l].s32 * b[l].s32)
        else EACH(to[l].u64 = (uint64_t)a[l].u32 * b[l].u32)
        break;
    case OP_MAD:
        if (wide) EACH(to[l].u64 = a[l].u64 * b[l].u64 + c[l].u64)
        else EACH(to[l].u32 = a[l].u32 * b[l].u32 + c[l].u32)
        break;
    case OP_FMA: EACH(to[l].f32 = fmaf(a[l].f32, b[l].f32, c[l].f32)) break;
    case OP_DIV: case OP_REM: divide(blk, i, mask, to, a, b); break;
    case OP_MIN: CHOICE(<) break;
    case OP_MAX: CHOICE(>) break;
    case OP_AND: BITS(&) break;
    case OP_OR: BITS(|) break;
    case OP_XOR: BITS(^) break;
    case OP_NOT:
        if (i->type == T_PRED) EACH(to[l].pred = !a[l].pred)
        else EACH(to[l].u64 = ~a[l].u64)
        break;
    case OP_NEG:
        if (i->type == T_F32) EACH(to[l].f32 = -a[l].f32)
        else if (wide) EACH(to[l].u64 = 0u - a[l].u64)
        else EACH(to[l].u32 = 0u - a[l].u32)
        break;
    case OP_ABS:
        if (i->type == T_F32) EACH(to[l].f32 = fabsf(a[l].f32))
        else if (wide) EACH(to[l].u64 = a[l].s64 < 0 ? 0u - a[l].u64 : a[l].u64)
        else EACH(to[l].u32 = a[l].s32 < 0 ? 0u - a[l].u32 : a[l].u32)
        break;
    case OP_SQRT: EACH(to[l].f32 = sqrtf(a[l].f32)) break;
    case OP_SHL:
        if (wide) EACH(to[l].u64 = b[l].u32 > 63 ? 0 : a[l].u64 << b[l].u32)
        else EACH(to[l].u32 = b[l].u32 > 31 ? 0 : a[l].u32 << b[l].u32)
        break;
    case OP_SHR:
        switch (i->type) {
        case T_S64: EACH(to[l].s64 = a[l].s64 >> (b[l].u32 > 63 ? 63 : b[l].u32)) break;
        case T_U64: EACH(to[l].u64 = b[l].u32 > 63 ? 0 : a[l].u64 >> b[l].u32) break;
        case T_S32: EACH(to[l].s32 = a[l].s32 >> (b[l].u32 > 31 ? 31 : b[l].u32)) break;
        default: EACH(to[l].u32 = b[l].u32 > 31 ? 0 : a[l].u32 >> b[l].u32) break;
        }
        break;
    case OP_SETP:
        switch (i->compare) {
        case CMP_EQ: COMPARE(==) break;
        case CMP_NE: COMPARE(!=) break;
        case CMP_LT: COMPARE(<) break;
        case CMP_LE: COMPARE(<=) break;
        case CMP_GT: COMPARE(>) break;
        case CMP_GE: COMPARE(>=) break;
        }
        break;
    case OP_SELP: EACH(to[l] = c[l].pred ? a[l] : b[l]) break;
    case OP_CVT: EACH(to[l] = convert(i, a[l])) break;
    case OP_LDPARAM: EACH(to[l].u64 = 0; memcpy(&to[l], blk->parameters + i->offset, size_of(i->type))) break;
    case OP_LD: case OP_ST: access_memory(blk, w, i, mask); break;
    case OP_ATOM: exchange(blk, w, i, mask); break;
    default: break;
    }
}

/* Runs a warp until each of its threads has stopped or stands at a barrier. */
static void run_warp(block *b, warp *w)
{
    const kernel *k = b->k;
    while (!b->status) {
        int next = INT32_MAX;
        uint32_t here = 0;
        for (int l = 0; l < LANES; l++)
            if (w->present >> l & 1 && w->at[l] >= 0) {
                if (w->at[l] < next) {
                    next = w->at[l];
                    here = 0;
                }
                if (w->at[l] == next) here |= 1u << l;
            }
        if (here == 0) return;
        /* As long as these lanes stay together and no other stands in their way, there is nothing to choose. */
        bool alone = true;
        for (int l = 0; l < LANES; l++)
            if (w->present >> l & 1 && w->at[l] >= 0 && !(here >> l & 1)) alone = false;
        bool together = true;
        while (together && !b->status) {
            if (next >= k->length) {
                fail(b, ILLEGAL_INSTRUCTION, &k->code[k->length - 1], "the end of the kernel without ret");
                return;
            }
            const instruction *i = &k->code[next];
            uint32_t mask = here;
            if (i->guard >= 0)
                for (int l = 0; l < LANES; l++)
                    if (mask >> l & 1 && w->rows[i->guard * LANES + l].pred == i->negated) mask &= ~(1u << l);
            int after = next + 1;
            if (i->op == OP_BRA) {
                if (i->uniform && i->guard >= 0 && (mask != here || here != w->present) && mask != 0)
                    fail(b, ILLEGAL_INSTRUCTION, i, "a branch that is said to be uniform is taken by some threads of a warp only");
                if (mask == here) after = i->target;
                else if (mask != 0) together = false;
            } else if (i->op == OP_RET || i->op == OP_BAR) {
                together = false;
            } else if (mask) {
                compute(b, w, i, mask);
            }
            if (together && alone) {
                next = after;
                continue;
            }
            for (int l = 0; l < LANES; l++) {
                if (!(here >> l & 1)) continue;
                w->at[l] = after;
                if (!(mask >> l & 1)) continue;
                if (i->op == OP_BRA) w->at[l] = i->target;
                else if (i->op == OP_RET) w->at[l] = STOPPED;
                else if (i->op == OP_BAR) {
                    w->at[l] = AT_BARRIER;
                    w->after[l] = after;
                }
            }
            together = false;
        }
    }
}

static void run_block(block *b, warp *warps, int count)
{
    const kernel *k = b->k;
    memset(b->shared, 0xCD, (size_t)k->shared_bytes); /* nothing may rely on what is there at first */
    for (;;) {
        int waiting = 0, stopped = 0;
        for (int n = 0; n < count && !b->status; n++) run_warp(b, &warps[n]);
        if (b->status) return;
        for (int n = 0; n < count; n++)
            for (int l = 0; l < LANES; l++)
                if (warps[n].present >> l & 1) {
                    if (warps[n].at[l] == AT_BARRIER) waiting++;
                    else stopped++;
                }
        if (waiting == 0) return;
        if (stopped > 0) {
            fail(b, LAUNCH_FAILED, &k->code[k->length - 1], "%d threads wait at a barrier that %d others never reach", waiting, stopped);
            return;
        }
        for (int n = 0; n < count; n++)
            for (int l = 0; l < LANES; l++)
                if (warps[n].present >> l & 1) warps[n].at[l] = warps[n].after[l];
    }
}

int ptx_run(const kernel *k, unsigned grid_x, unsigned grid_y, unsigned block_x, unsigned block_y, void **parameters)
{
    unsigned threads = block_x * block_y;
    int count = (int)((threads + LANES - 1) / LANES);
    uint8_t *values = calloc(1, (size_t)k->parameter_bytes + 16);
    for (int q = 0; q < k->parameter_count; q++) memcpy(values + k->parameters[q].offset, parameters[q], (size_t)k->parameters[q].size);
    block b = {.k = k, .shared = aligned_alloc(64, ((size_t)k->shared_bytes + 127) / 64 * 64), .parameters = values};
    warp *warps = calloc((size_t)count, sizeof *warps);
    for (int n = 0; n < count; n++) {
        warps[n].rows = malloc((size_t)k->row_count * LANES * sizeof(value));
        memset(warps[n].rows, 0xCD, (size_t)k->row_count * LANES * sizeof(value));
        for (int r = SPECIAL_ROWS; r < k->row_count; r++)
            if (k->rows[r].constant)
                for (int l = 0; l < LANES; l++) warps[n].rows[r * LANES + l] = k->rows[r].initial;
    }
    for (unsigned y = 0; y < grid_y && !b.status; y++)
        for (unsigned x = 0; x < grid_x && !b.status; x++) {
            for (int n = 0; n < count; n++) {
                warps[n].present = 0;
                for (int l = 0; l < LANES; l++) {
                    unsigned t = (unsigned)(n * LANES + l), special[SPECIAL_ROWS] = {t % block_x, t / block_x, x, y, block_x, block_y, grid_x, grid_y};
                    if (t >= threads) continue;
                    warps[n].present |= 1u << l;
                    warps[n].at[l] = 0;
                    for (int s = 0; s < SPECIAL_ROWS; s++) warps[n].rows[s * LANES + l] = (value){.u64 = special[s]};
                }
            }
            run_block(&b, warps, count);
        }
    for (int n = 0; n < count; n++) free(warps[n].rows);
    free(warps);
    free(b.shared);
    free(values);
    return b.status;
}
