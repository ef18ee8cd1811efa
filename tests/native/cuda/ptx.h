/* A stand-in for NVIDIA's driver that interprets PTX, so that the CUDA path can be tested where there is no card.
 * What is understood is what the project's kernels are made of; anything else is refused when a module is loaded, as a driver
 * refuses bad PTX. It is strict where a card is lenient: every address, every barrier and every branch that was said to be
 * uniform is checked. */
#ifndef MEMO_TEST_PTX_H
#define MEMO_TEST_PTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 32, MAX_PARAMETERS = 32, MAX_ALLOCATIONS = 4096 };

typedef enum {
    OP_MOV, OP_ADD, OP_SUB, OP_MUL, OP_MULWIDE, OP_MAD, OP_FMA, OP_DIV, OP_REM, OP_MIN, OP_MAX, OP_AND, OP_OR, OP_XOR, OP_NOT, OP_NEG,
    OP_ABS, OP_SQRT, OP_SHL, OP_SHR, OP_SETP, OP_SELP, OP_CVT, OP_LDPARAM, OP_LD, OP_ST, OP_ATOM, OP_BRA, OP_BAR, OP_RET
} operation;

typedef enum { T_S32, T_U32, T_S64, T_U64, T_F32, T_PRED } value_type;   /* b32 is u32, b64 is u64 */
typedef enum { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE } comparison;
typedef enum { ROUND_NEAREST, ROUND_ZERO, ROUND_DOWN, ROUND_UP } rounding;

typedef union { uint64_t u64; int64_t s64; uint32_t u32; int32_t s32; float f32; bool pred; } value;

/* Operands are rows of registers: named ones, constants, and what a thread is. */
typedef struct {
    operation op;
    value_type type, from;     /* of the result; of what is converted or compared */
    comparison compare;
    bool unordered;            /* a comparison that holds for NaN */
    rounding round;
    operation atomic;          /* OP_ADD, OP_MIN, OP_MAX */
    bool shared;               /* address space of a load or store */
    bool uniform;              /* a branch that all threads of a warp are said to take alike */
    int width;                 /* 1, 2 or 4 values side by side */
    int guard;                 /* row of the predicate, or -1 */
    bool negated;
    int to[4];                 /* rows of results; -1 for none */
    int a, b, c;               /* rows of operands */
    int values[4];             /* rows that a store writes */
    int64_t offset;            /* of an address; of a parameter */
    int target;                /* of a branch */
    int line;
} instruction;

typedef struct { char name[64]; int size, offset; } parameter;
typedef struct { char name[64]; int row; value initial; bool constant; } named_row;
typedef struct { char name[64]; int at; } label;

/* Rows that hold what a thread is, in this order, before all others. */
enum { TID_X, TID_Y, CTAID_X, CTAID_Y, NTID_X, NTID_Y, NCTAID_X, NCTAID_Y, SPECIAL_ROWS };

typedef struct {
    char name[64];
    parameter parameters[MAX_PARAMETERS];
    int parameter_count, parameter_bytes, shared_bytes, max_x, max_y;
    instruction *code;
    int length, capacity;
    named_row *rows;
    int row_count, row_capacity;
} kernel;

/* Parses a module of one kernel; NULL and a text in `log` when it is not understood. With `fuse`, a product that is added at
 * once is rounded once, as a driver's compiler may do. */
kernel *ptx_parse(const char *text, bool fuse, char *log, size_t log_size);
void ptx_free(kernel *k);

/* Runs all blocks; 0, or a status of the driver's interface, with a line on standard error. */
int ptx_run(const kernel *k, unsigned grid_x, unsigned grid_y, unsigned block_x, unsigned block_y, void **parameters);

/* Whether so many bytes from an address lie in one allocation: the driver's business. */
bool device_holds(uint64_t address, size_t bytes);

#endif
