/* memo.h - libmemo: memorization neural networks, evaluated exactly. C11; also valid C++.
 *
 * This header is the manual. Link with -lmemo.
 *
 * ANSWERS. A label is the sign (two classes) or the active class (more) of the exact network, never of a rounded one.
 *   The same query has the same answer for any number of threads, any processor and any build of this library.
 *
 * ERRORS. Every function that can fail returns a memo_status, 0 on success. No exception and no abort crosses this
 *   interface for anything the caller does with valid memory: NULL where it is not allowed, wrong sizes, stale or
 *   invented handles and damaged files are all answered with a status. memo_last_error() then has one or two lines of
 *   text: what is wrong, where, what to do. After a failure, output buffers hold unspecified values; output handles
 *   are 0.
 *
 * HANDLES. A memo_handle is a number, not a pointer. 0 is no handle. A handle is valid until memo_close(); afterwards
 *   every use of it is MEMO_INVALID_HANDLE, for as long as the process lives. Handles are shared by all threads.
 *
 * MEMORY. Every buffer belongs to the caller. The library reads inputs only during the call and keeps no pointer to
 *   them. Sizes and indices are int64_t. Matrices are row-major with a row stride; row i, column k of a matrix is
 *   data[i * row_stride + k], so a matrix of r rows needs (r - 1) * row_stride + columns elements.
 *
 * THREADS. Every function may be called from any thread at any time, unless its comment says otherwise. Long work is
 *   itself spread over threads, see memo_set_threads(). memo_close() during another thread's use of the same handle is
 *   safe: that call finishes, and the memory is released after it.
 *
 * FORK. After fork(), a child of a process that has called this library cannot use it: the library's threads do not
 *   exist in the child. Every function then returns MEMO_FORKED. Use exec or spawn, or fork before the first call.
 *
 * DLCLOSE. The library cannot be unloaded. dlclose() leaves it where it is.
 *
 * PROCESSORS. libmemo.so.0 runs on every x86-64-v2 processor; builds for x86-64-v3 (AVX2) and x86-64-v4 (AVX-512) lie in
 *   glibc-hwcaps/ beside it, where the dynamic loader finds them by itself. The environment variable MEMO_ISA (auto,
 *   scalar, avx2, avx512; read at the first call) asks for less than the loaded build's best. A value that is unknown
 *   or that the build does not have makes every call return MEMO_UNSUPPORTED. */
#ifndef MEMO_H
#define MEMO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Library -------------------------------------------------------------------------------------------------- */

/* The version of this interface. It changes when programs compiled with an older header would misbehave. */
#define MEMO_ABI_VERSION 1

/* The interface version of the loaded library. Compare it with MEMO_ABI_VERSION before anything else. Never fails. */
int32_t memo_abi_version(void);

/* What a function returns. The numbers never change; later versions may add some. */
typedef int32_t memo_status;
enum {
    MEMO_OK = 0,
    MEMO_INVALID_ARGUMENT = 1, /* NULL where it is not allowed, or a wrong size, stride, type or length */
    MEMO_INVALID_HANDLE = 2,   /* closed before, never opened, or of another kind */
    MEMO_BAD_INPUT = 3,        /* data that cannot be used: not finite, not exactly convertible, ... */
    MEMO_BAD_FILE = 4,         /* a file that is missing, unreadable, truncated, damaged or of another format */
    MEMO_OUT_OF_MEMORY = 5,
    MEMO_UNSUPPORTED = 6,      /* MEMO_ISA asks for what this build or processor does not have */
    MEMO_FORKED = 7,           /* called in a forked child, see FORK above */
    MEMO_INTERNAL = 100        /* a defect of the library; please report the text of memo_last_error() */
};

/* The name of a status as above, "MEMO_OK" for 0; "unknown status" for any other number. The text is constant and
 * belongs to the library. Never fails. */
const char *memo_status_name(memo_status status);

/* What was wrong with the calling thread's latest failed call: UTF-8, at most 4095 bytes, empty when none has failed.
 * A successful call leaves it as it is. The text belongs to the library and is valid until the next failed call of the
 * same thread, or the thread's end. Never fails, never NULL. */
const char *memo_last_error(void);

/* How many threads long work uses from now on, in calls of any thread: at least 1, or 0 for all cores (the default).
 * Answers do not depend on it. Calls already running are not affected.
 * Errors: MEMO_INVALID_ARGUMENT (negative). */
memo_status memo_set_threads(int32_t threads);

/* The instruction set in use, *active, and the best one that the loaded build has, *built: "scalar", "avx2" or
 * "avx512". Either pointer may be NULL. The texts are constant and belong to the library.
 * Errors: MEMO_UNSUPPORTED. */
memo_status memo_instruction_set(const char **active, const char **built);

/* ---- Handles -------------------------------------------------------------------------------------------------- */

typedef uint64_t memo_handle;

/* Closes a handle of any kind. 0 is allowed and does nothing.
 * Errors: MEMO_INVALID_HANDLE (closed before, or never one). */
memo_status memo_close(memo_handle handle);

/* ---- Matrices ------------------------------------------------------------------------------------------------- */

enum {
    MEMO_UINT8 = 1,   /* uint8_t, computed in integers */
    MEMO_FLOAT32 = 2, /* float, finite */
    MEMO_FLOAT64 = 3  /* double, finite */
};

/* A view of the caller's memory: rows x columns elements, aligned as their type asks, see MEMORY above. */
typedef struct memo_matrix {
    const void *data;     /* (rows - 1) * row_stride + columns elements; may be NULL when rows = 0 */
    int64_t rows;         /* >= 0 */
    int64_t columns;      /* >= 1 */
    int64_t row_stride;   /* elements (not bytes) from one row to the next, >= columns */
    int32_t element_type; /* MEMO_UINT8, MEMO_FLOAT32 or MEMO_FLOAT64 */
    int32_t reserved;     /* 0 */
} memo_matrix;

/* Views of uint8_t and float data, checked by the compiler. */
static inline memo_matrix memo_matrix_uint8(const uint8_t *data, int64_t rows, int64_t columns, int64_t row_stride)
{
    memo_matrix matrix = { data, rows, columns, row_stride, MEMO_UINT8, 0 };
    return matrix;
}

static inline memo_matrix memo_matrix_float32(const float *data, int64_t rows, int64_t columns, int64_t row_stride)
{
    memo_matrix matrix = { data, rows, columns, row_stride, MEMO_FLOAT32, 0 };
    return matrix;
}

/* ---- Networks ------------------------------------------------------------------------------------------------- */

/* The label of an abstention: the network is exactly 0 there and names no class. Never a class's value. */
#define MEMO_ABSTAIN INT32_MIN

/* Opens a network file (.memo) and stores its handle in *network (0 on failure). The file is read whole and its
 * checksum verified; it is not needed afterwards. path: UTF-8, NUL-terminated.
 * Errors: MEMO_INVALID_ARGUMENT (NULL or empty), MEMO_BAD_FILE, MEMO_OUT_OF_MEMORY. */
memo_status memo_network_open(const char *path, memo_handle *network);

/* What a network is, of whatever method. Counts are those of the dense network (cells, constant and condense only stand
 * for it); a count beyond INT64_MAX is given as INT64_MAX. */
typedef struct memo_network_properties {
    int64_t struct_size;             /* in: sizeof(memo_network_properties), so that later versions can append fields */
    int64_t samples;                 /* N, the samples that it was made from */
    int64_t dimension;               /* n, the features of a sample */
    int64_t classes;                 /* K >= 2 */
    int32_t element_type;            /* of those samples: MEMO_UINT8, ... */
    int32_t labels_are_class_values; /* 1: labels are the classes' integers. 0: indices 0 .. K-1 into the class names */
    int64_t lambda_numerator;        /* lambda = numerator / denominator, in lowest terms; 0 / 0 where a method has none */
    int64_t lambda_denominator;      /*   (sqrt, vardi, park, adversarial) */
    int64_t depth;                   /* affine layers */
    int64_t width;                   /* neurons of the largest hidden layer */
    int64_t parameters;              /* sum over layers of outputs * (inputs + 1) */
    int64_t nonzero;                 /* structurally non-zero weights and biases */
    int64_t bits;                    /* of the largest weight, as an integer */
} memo_network_properties;

/* Fills *properties; set properties->struct_size before the call.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, struct_size not set), MEMO_INVALID_HANDLE. */
memo_status memo_network_info(memo_handle network, memo_network_properties *properties);

/* Labels each query (row) with its class, or MEMO_ABSTAIN. Cost: for cells, constant and condense
 * one distance row, O(N n), and a few short products per query; for the others a product for each weight.
 *   queries        rows x n. Elements of another type than the network's samples are converted, exactly or not at all
 *                  (cells, constant, condense), or taken exactly as they are (the others).
 *   labels         caller's buffer of labels_length elements; must not overlap the queries. May be NULL when rows = 0.
 *   labels_length  = queries->rows.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, or sizes that do not fit), MEMO_INVALID_HANDLE, MEMO_BAD_INPUT (a value that is
 * not finite or not exactly convertible; the text names its row and column; or values that need more than 62 bits as integers
 * of one unit, which the methods other than cells, constant and condense do not take), MEMO_OUT_OF_MEMORY. */
memo_status memo_network_predict(memo_handle network, const memo_matrix *queries, int32_t *labels,
                                 int64_t labels_length);

#ifdef __cplusplus
}
#endif

#endif
