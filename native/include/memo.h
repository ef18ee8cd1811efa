/* memo.h - libmemo: memorization neural networks, constructed and evaluated exactly. C11; also valid C++.
 *
 * This header is the manual. Link with -lmemo; `pkg-config --cflags --libs memo` and CMake's find_package(memo) know where.
 *
 * A first program (native/examples has whole ones; every call returns a status, which they check):
 *
 *     memo_matrix points = memo_matrix_uint8(pixels, 1000, 784, 784);        one row a sample
 *     memo_data_create(&points, labels, 1000, NULL, 0, &data);               copies them
 *     memo_network_build(data, "cells", NULL, NULL, &network);               memorizes them
 *     memo_network_predict(network, &queries, answers, queries.rows);        labels others
 *     memo_close(network), memo_close(data);
 *
 * ANSWERS. A label is the sign (two classes) or the active class (more) of the exact network, never of a rounded one.
 *   The same query has the same answer for any number of threads, any processor and any build of this library.
 *
 * ERRORS. Every function that can fail returns a memo_status, 0 on success. No exception and no abort crosses this
 *   interface for anything the caller does with valid memory: NULL where it is not allowed, wrong sizes, stale or
 *   invented handles and damaged files are all answered with a status. memo_last_error() then has one or two lines of
 *   text: what is wrong, where, what to do. After a failure, output buffers hold unspecified values; output handles
 *   are 0. Any function with a status may also return MEMO_UNSUPPORTED, MEMO_FORKED, MEMO_OUT_OF_MEMORY or MEMO_INTERNAL.
 *
 * HANDLES. A memo_handle is a number, not a pointer. 0 is no handle. A handle is valid until memo_close(); afterwards
 *   every use of it is MEMO_INVALID_HANDLE, for as long as the process lives. Handles are shared by all threads. What
 *   they stand for (data, networks, answers) never changes.
 *
 * MEMORY. Every buffer belongs to the caller. The library reads inputs only during the call and keeps no pointer to
 *   them. Sizes and indices are int64_t. Matrices are row-major with a row stride; row i, column k of a matrix is
 *   data[i * row_stride + k], so a matrix of r rows needs (r - 1) * row_stride + columns elements. Outputs must not overlap
 *   inputs or each other.
 *
 * STRUCTURES that later versions may append fields to begin with struct_size: set it to sizeof of the structure before
 *   the call. A shorter one, of a program compiled with an older header, is filled or read as far as it goes; the fields of a
 *   longer one that this library does not know are set to 0 (outputs) or must be 0 (inputs). In inputs 0 always asks for
 *   the default.
 *
 * TEXTS that functions give out go to the caller's buffer: UTF-8, NUL-terminated. *length (which may be NULL) is set to
 *   the text's bytes without the NUL, also when the buffer is too small: nothing is written then, and the status is
 *   MEMO_TOO_SMALL. A buffer may be NULL when its capacity is 0, which asks for the length alone. Texts that functions
 *   take are UTF-8 and NUL-terminated.
 *
 * THREADS. Every function may be called from any thread at any time; "thread-safe" in the comments says so again, and what
 *   else there is to say. Long work is itself spread over threads: memo_set_threads(), memo_run_options. memo_close() during
 *   another thread's use of the same handle is safe: that call finishes, and the memory is released after it.
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

/* The version of this interface. It changes when programs compiled with an older header would misbehave; functions, numbers
 * and fields at the ends of structures are added without a change. */
#define MEMO_ABI_VERSION 1

/* The interface version of the loaded library. Compare it with MEMO_ABI_VERSION before anything else. Never fails.
 * Thread-safe. */
int32_t memo_abi_version(void);

/* The version of the loaded library, such as "0.1.0". The text is constant and belongs to the library. Never fails.
 * Thread-safe. */
const char *memo_version(void);

/* What a function returns. The numbers never change; later versions may add some. */
typedef int32_t memo_status;
enum {
    MEMO_OK = 0,
    MEMO_INVALID_ARGUMENT = 1, /* NULL where it is not allowed, or a wrong size, stride, type, length or option */
    MEMO_INVALID_HANDLE = 2,   /* closed before, never opened, or of another kind */
    MEMO_BAD_INPUT = 3,        /* data that cannot be used: not finite, not exactly convertible, one class only, ... */
    MEMO_BAD_FILE = 4,         /* a file that is missing, unreadable, truncated, damaged, of another format or not writable */
    MEMO_OUT_OF_MEMORY = 5,
    MEMO_UNSUPPORTED = 6,      /* MEMO_ISA asks for what this build or processor does not have */
    MEMO_FORKED = 7,           /* called in a forked child, see FORK above */
    MEMO_CANCELLED = 8,        /* a memo_progress callback asked for it */
    MEMO_TOO_SMALL = 9,        /* the caller's text buffer, see TEXTS above */
    MEMO_LABEL_CONFLICT = 10,  /* two equal samples carry different labels, so no network can memorize both */
    MEMO_DEVICE = 11,          /* no such device, or it failed: too little memory, a refused kernel, lost; see memo_set_device() */
    MEMO_INTERNAL = 100        /* a defect of the library; please report the text of memo_last_error() */
};

/* The name of a status as above, "MEMO_OK" for 0; "unknown status" for any other number. The text is constant and
 * belongs to the library. Never fails. Thread-safe. */
const char *memo_status_name(memo_status status);

/* What was wrong with the calling thread's latest failed call: UTF-8, at most 4095 bytes, empty when none has failed.
 * A successful call leaves it as it is. The text belongs to the library and is valid until the next failed call of the
 * same thread, or the thread's end. Never fails, never NULL. Thread-safe: each thread has its own. */
const char *memo_last_error(void);

/* How many threads long work uses from now on, in calls of any thread that do not say it themselves (memo_run_options): at
 * least 1, or 0 for all cores (the default). Answers do not depend on it. Calls already running are not affected.
 * Thread-safe; one setting for the whole process.
 * Errors: MEMO_INVALID_ARGUMENT (negative). */
memo_status memo_set_threads(int32_t threads);

/* Which device looks for near points from now on, in calls of any thread: "cpu" (the default), "cuda", "opencl", or with a
 * number the second of several, "cuda:1"; "auto" is a GPU where there is one, else the processor. Answers do not depend on it:
 * a device only filters. A device that was opened stays so for as long as the process lives; networks keep their points on
 * it. One that fails in the midst of a call makes that call return MEMO_DEVICE; with "auto" the call finishes on the
 * processor, and so do later ones. Thread-safe; one setting for the whole process. Opening takes up to a second.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, another word), MEMO_DEVICE (the text has the driver's words); the setting stays. */
memo_status memo_set_device(const char *device);

/* The device in use, such as "cuda device 0, NVIDIA H100" or "cpu"; behind "cpu: " why, where "auto" found no GPU or one has
 * failed. text, capacity, length: see TEXTS. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT, MEMO_TOO_SMALL. */
memo_status memo_device(char *text, int64_t capacity, int64_t *length);

/* The instruction set in use, *active, and the best one that the loaded build has, *built: "scalar", "avx2" or
 * "avx512". Either pointer may be NULL. The texts are constant and belong to the library. Thread-safe.
 * Errors: MEMO_UNSUPPORTED. */
memo_status memo_instruction_set(const char **active, const char **built);

/* Version, build, processor, instruction sets, threads and devices as a JSON object: what `memo info --json` prints.
 * text, capacity, length: see TEXTS. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT, MEMO_TOO_SMALL. */
memo_status memo_info(char *text, int64_t capacity, int64_t *length);

/* Called during long work with the share of it that is done, in [0, 1] and never decreasing, and with the caller's own
 * pointer. Returns 0 to go on; anything else ends the work, and the call returns MEMO_CANCELLED as soon as work under way
 * allows (mostly at once, a fraction of a second). It is called from the thread that made the call, about ten times a second,
 * also when there is no progress to report, once more with 1 when the work has succeeded (the last time to end it: the result is
 * dropped then), and never after the call has returned. It may call any function of this library. It must return: no longjmp and
 * no exception. */
typedef int32_t (*memo_progress)(double share, void *user_data);

/* How a call works: never what it answers. NULL, where a function takes one, is all defaults. */
typedef struct memo_run_options {
    int64_t struct_size;     /* sizeof(memo_run_options) */
    int32_t threads;         /* at least 1; 0: what memo_set_threads() said */
    int32_t reserved;        /* 0 */
    memo_progress progress;  /* NULL for none */
    void *user_data;         /* passed to progress */
} memo_run_options;

/* ---- Handles -------------------------------------------------------------------------------------------------- */

typedef uint64_t memo_handle;

/* Closes a handle of any kind. 0 is allowed and does nothing. Thread-safe, see THREADS.
 * Errors: MEMO_INVALID_HANDLE (closed before, or never one). */
memo_status memo_close(memo_handle handle);

/* ---- Matrices ------------------------------------------------------------------------------------------------- */

enum {
    MEMO_UINT8 = 1,   /* uint8_t, computed in integers */
    MEMO_FLOAT32 = 2, /* float, finite */
    MEMO_FLOAT64 = 3  /* double, finite */
};

/* A view of the caller's memory: rows x columns elements, aligned as their type asks, see MEMORY above. Functions take it
 * by pointer and read it without a copy, unless they say otherwise. */
typedef struct memo_matrix {
    const void *data;     /* (rows - 1) * row_stride + columns elements; may be NULL when rows = 0 */
    int64_t rows;         /* >= 0 */
    int64_t columns;      /* >= 1 */
    int64_t row_stride;   /* elements (not bytes) from one row to the next, >= columns */
    int32_t element_type; /* MEMO_UINT8, MEMO_FLOAT32 or MEMO_FLOAT64 */
    int32_t reserved;     /* 0 */
} memo_matrix;

/* Views of uint8_t, float and double data, checked by the compiler. */
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

static inline memo_matrix memo_matrix_float64(const double *data, int64_t rows, int64_t columns, int64_t row_stride)
{
    memo_matrix matrix = { data, rows, columns, row_stride, MEMO_FLOAT64, 0 };
    return matrix;
}

/* ---- Data: labelled samples -------------------------------------------------------------------------------------- */

/* Copies N labelled samples and stores their handle in *data (0 on failure). O(N n).
 *   points         N x n, N >= 0, n >= 1; at most 2147483591 elements
 *   labels         N labels. With class_names: indices 0 .. class_count - 1 into them. Without: the classes' own values,
 *                  any integers but INT32_MIN; the classes are the values that occur, ascending.
 *   labels_length  = points->rows
 *   class_names    class_count distinct texts, in the order that the network shall have (of two, the first is -1), or NULL;
 *                  where all of them are decimal integers, labels are given out as these (labels_are_class_values)
 *   class_count    their number; 0 with NULL
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, sizes that do not fit, a label out of range, a name that occurs twice),
 * MEMO_BAD_INPUT (a value that is not finite; the text names its row and column), MEMO_OUT_OF_MEMORY. */
memo_status memo_data_create(const memo_matrix *points, const int32_t *labels, int64_t labels_length,
                             const char *const *class_names, int64_t class_count, memo_handle *data);

enum { MEMO_TRAIN = 0, MEMO_TEST = 1 }; /* the part of a named set or a folder; a single file is all of either */

/* Reads labelled samples as the program `memo` does: reference is what it takes for DATA (a name such as "digits" or "mnist",
 * a generator such as "moons?count=400", a path; perhaps ":1,7" behind it, which selects classes). Stores the handle in
 * *data (0 on failure). Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, part), MEMO_BAD_INPUT (no such name), MEMO_BAD_FILE, MEMO_OUT_OF_MEMORY. */
memo_status memo_data_open(const char *reference, int32_t part, memo_handle *data);

typedef struct memo_data_properties {
    int64_t struct_size;
    int64_t rows;                    /* N, samples */
    int64_t columns;                 /* n, features of a sample */
    int64_t classes;                 /* K */
    int32_t element_type;            /* MEMO_UINT8, ... */
    int32_t labels_are_class_values; /* 1: labels are the classes' integers. 0: indices 0 .. K - 1 into the class names */
} memo_data_properties;

/* Fills *properties. Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, struct_size), MEMO_INVALID_HANDLE. */
memo_status memo_data_info(memo_handle data, memo_data_properties *properties);

/* Copies the samples into the caller's buffer of `capacity` bytes, rows x columns elements of the data's own type without
 * gaps. Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, capacity less than that), MEMO_INVALID_HANDLE. */
memo_status memo_data_points(memo_handle data, void *points, int64_t capacity);

/* Copies the labels into the caller's buffer; length = rows. Class values or indices, as memo_data_info() says.
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, length), MEMO_INVALID_HANDLE. */
memo_status memo_data_labels(memo_handle data, int32_t *labels, int64_t length);

/* How hard the data is to memorize. */
typedef struct memo_measures {
    int64_t struct_size;
    int64_t conflicts;        /* samples that equal one of another class; memorizable only when 0 */
    int64_t duplicates;       /* samples that equal an earlier one of the same class */
    double separation;        /* c, the least Euclidean distance of two samples of different classes (Definition 3.1), to the
                                 nearest double; 0 with conflicts */
    int64_t closest[2];       /* two samples of different classes at that distance: the lowest first row that has such a
                                 partner, and its lowest partner */
} memo_measures;

/* Measures the data: O(N^2 n), much less for bytes that compress (images). run may be NULL. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, struct_size), MEMO_INVALID_HANDLE, MEMO_BAD_INPUT (fewer than two classes occur),
 * MEMO_CANCELLED. */
memo_status memo_data_measure(memo_handle data, const memo_run_options *run, memo_measures *measures);

/* For each sample the nearest one of another class, the lowest of equally near ones, and its squared Euclidean distance,
 * exact when it fits a double and else rounded to the nearest. Either buffer may be NULL; length = rows. Cost and errors as
 * memo_data_measure(); equal samples of different classes have distance 0 here. Thread-safe. */
memo_status memo_data_nearest_other(memo_handle data, const memo_run_options *run, int64_t *rows, double *squared_distances,
                                    int64_t length);

/* ---- Networks ------------------------------------------------------------------------------------------------- */

/* The label of an abstention: the network is exactly 0 there and names no class. Never a class's value. */
#define MEMO_ABSTAIN INT32_MIN

enum {
    MEMO_CONFLICT_ERROR = 0,    /* refuse the data: MEMO_LABEL_CONFLICT */
    MEMO_CONFLICT_DROP = 1,     /* leave out all samples equal to one in conflict */
    MEMO_CONFLICT_MAJORITY = 2  /* of equal samples keep those of the most frequent label (on a tie, the lowest row's) */
};

/* What a construction can be told. { sizeof(memo_build_options) } followed by zeros is all defaults. What the chosen method
 * does not heed is ignored. */
typedef struct memo_build_options {
    int64_t struct_size;        /* sizeof(memo_build_options) */
    int64_t lambda_numerator;   /* cells, constant, condense: where the walls stand, exactly, 1/2 < lambda < 1; 0 / 0 is */
    int64_t lambda_denominator; /*   the default, 51 / 100 */
    int64_t rho_numerator;      /* constant: balls of radius rho times the separation, 0 < rho < 1 - lambda; 0 / 0 is the */
    int64_t rho_denominator;    /*   default, 1 / 3 */
    int64_t block_depth;        /* vardi: points in a block's network are its square; 0: one network for all */
    uint64_t seed;              /* of everything random; same seed, same network */
    int32_t on_conflict;        /* MEMO_CONFLICT_ERROR, ... */
    int32_t has_default_label;  /* adversarial: 1 when default_label is set; 0: unseen points get the rarer class */
    int32_t default_label;      /* as memo_data_labels() gives labels: a class value, or an index into the class names */
    int32_t reserved;           /* 0 */
} memo_build_options;

/* Constructs a network that memorizes the data and stores its handle in *network (0 on failure). The network keeps what it
 * needs; the data may be closed.
 *   method   "cells" (Theorem 7.3), "sqrt" (Theorem 4.1), "constant" (Theorem 4.3), "condense", "vardi", "park" or
 *            "adversarial" (Theorem 5.3); sqrt and adversarial are for two classes. "sat" (Theorem 6.5) is for the data of a
 *            formula that `memo generate sat` writes, and searches for an assignment
 *   options  NULL for defaults
 *   run      NULL for defaults
 * Cost: cells O(N^2 n), much less for bytes that compress; the others likewise or less, condense much more.
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, no such method, an option out of range), MEMO_INVALID_HANDLE,
 * MEMO_LABEL_CONFLICT (the text names the two rows), MEMO_BAD_INPUT (fewer than two classes occur, ...), MEMO_CANCELLED. */
memo_status memo_network_build(memo_handle data, const char *method, const memo_build_options *options,
                               const memo_run_options *run, memo_handle *network);

/* Opens a network file (.memo) and stores its handle in *network (0 on failure). The file is read whole and its
 * checksum verified; it is not needed afterwards. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT (NULL or empty), MEMO_BAD_FILE, MEMO_OUT_OF_MEMORY. */
memo_status memo_network_open(const char *path, memo_handle *network);

/* Saves a network as a file (.memo): whole or not at all, an older file is replaced when the new one is complete.
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL or empty), MEMO_INVALID_HANDLE, MEMO_BAD_FILE (cannot be written). */
memo_status memo_network_save(memo_handle network, const char *path);

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
    int64_t outputs;                 /* exact numbers that the network gives for a sample: 1, or K */
    uint64_t seed;                   /* that it was built with */
} memo_network_properties;

/* Fills *properties; set properties->struct_size before the call. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, struct_size not set), MEMO_INVALID_HANDLE. */
memo_status memo_network_info(memo_handle network, memo_network_properties *properties);

/* The name of class number `index`, 0 .. K - 1, in the network's order (of two, the first is -1); of integer classes their
 * decimal form. handle: a network or data. text, capacity, length: see TEXTS. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, index), MEMO_INVALID_HANDLE, MEMO_TOO_SMALL. */
memo_status memo_class_name(memo_handle handle, int64_t index, char *text, int64_t capacity, int64_t *length);

/* The network as a JSON object: method, sizes, classes, layers, what its construction found out; what
 * memo_network_export() writes for "json". text, capacity, length: see TEXTS. Thread-safe.
 * Errors: MEMO_INVALID_ARGUMENT, MEMO_INVALID_HANDLE, MEMO_TOO_SMALL. */
memo_status memo_network_describe(memo_handle network, char *text, int64_t capacity, int64_t *length);

typedef struct memo_export_options {
    int64_t struct_size; /* sizeof(memo_export_options) */
    int32_t dense;       /* onnx, safetensors (not json): 1 writes the layers out as weights (small networks only); 0: factored */
    int32_t reserved;    /* 0 */
} memo_export_options;

/* Writes a network for other tools, whole or not at all.
 *   format   "onnx" (a double-precision graph whose answers are exact, or a refusal that says why not), "safetensors"
 *            (tensors and metadata of the network file) or "json" (a description)
 *   path     the file; an older one is replaced
 *   options  NULL for defaults
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, no such format), MEMO_INVALID_HANDLE, MEMO_BAD_INPUT (the format cannot hold
 * this network exactly; the text says why), MEMO_BAD_FILE (cannot be written). */
memo_status memo_network_export(memo_handle network, const char *format, const char *path,
                                const memo_export_options *options);

/* Labels each query (row) with its class, or MEMO_ABSTAIN. Cost: for cells, constant and condense
 * one distance row, O(N n), and a few short products per query; for the others a product for each weight.
 *   queries        rows x n. Elements of another type than the network's samples are converted, exactly or not at all
 *                  (cells, constant, condense), or taken exactly as they are (the others).
 *   labels         caller's buffer of labels_length elements. May be NULL when rows = 0.
 *   labels_length  = queries->rows.
 * Thread-safe; see memo_network_evaluate() for progress, cancelling and a thread count of its own.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, or sizes that do not fit), MEMO_INVALID_HANDLE, MEMO_BAD_INPUT (a value that is
 * not finite or not exactly convertible; the text names its row and column; or values that need more than 96 bits as
 * integers of one unit, which the methods other than cells, constant and condense do not take), MEMO_OUT_OF_MEMORY. */
memo_status memo_network_predict(memo_handle network, const memo_matrix *queries, int32_t *labels,
                                 int64_t labels_length);

typedef struct memo_verification {
    int64_t struct_size;
    int64_t rows;              /* looked at */
    int64_t first_failure;     /* the first row that is not given its label; -1: every row is, the network memorizes the data */
    int64_t resolved_exactly;  /* rows of which floating point left a sign open, decided by exact arithmetic */
    int32_t given;             /* what the first failure was given instead: a label or MEMO_ABSTAIN; 0 when there is none */
    int32_t reserved;
} memo_verification;

/* Proves that the network gives every sample of `data` its label, or finds the first that it does not: not an error, see
 * first_failure. The classes of the data must be among the network's. For cells, constant and condense the separation is
 * computed anew as well, since every answer rests on it.
 *   reference   0; 1 for the plain reference alone, so that the proof does not rest on the fast kernels (much slower)
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT, MEMO_INVALID_HANDLE, MEMO_BAD_INPUT (as memo_network_predict(); a class that the
 * network does not have; a separation that is not the network's), MEMO_CANCELLED. */
memo_status memo_network_verify(memo_handle network, memo_handle data, int32_t reference, const memo_run_options *run,
                                memo_verification *verification);

/* ---- Answers: labels with exact values, radii and nearest points --------------------------------------------------- */

enum { /* what memo_network_evaluate() computes besides labels: any sum of these */
    MEMO_VALUES = 1,  /* the exact values of the network */
    MEMO_RADII = 2,   /* certified radii (cells, constant, condense) */
    MEMO_NEAREST = 4  /* the nearest training point (cells, constant, condense) */
};

/* Evaluates the network on every query and stores the handle of the answers in *answers (0 on failure); the functions below
 * copy from them. Queries as for memo_network_predict(), but at most 2147483591 elements (rows times row_stride): rows are
 * independent, so more are several calls. run may be NULL. Thread-safe.
 * Errors: as memo_network_predict(), MEMO_BAD_INPUT (radii or nearest points of a method that has none), MEMO_CANCELLED. */
memo_status memo_network_evaluate(memo_handle network, const memo_matrix *queries, int32_t outputs,
                                  const memo_run_options *run, memo_handle *answers);

/* Labels, or MEMO_ABSTAIN; length = the number of queries. Thread-safe, as are all of these.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, length), MEMO_INVALID_HANDLE. */
memo_status memo_answers_labels(memo_handle answers, int32_t *labels, int64_t length);

/* The values F of the network, [queries] or [queries][K] (memo_network_properties.outputs), to the nearest double; a value
 * is 0 only when it is exactly 0 (one nearer to 0 than any other double is the least of its sign), and always finite (one beyond
 * the doubles is the greatest of its sign). length = their number.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, length, MEMO_VALUES was not asked for), MEMO_INVALID_HANDLE. */
memo_status memo_answers_values(memo_handle answers, double *values, int64_t length);

/* The same values exactly: decimal integers V, one a line ('\n' between them), in the same order; F = V * scale.
 * text, capacity, length: see TEXTS.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, MEMO_VALUES was not asked for), MEMO_INVALID_HANDLE, MEMO_TOO_SMALL. */
memo_status memo_answers_exact_values(memo_handle answers, char *text, int64_t capacity, int64_t *length);

/* The scale of the exact values: "p/q", both positive decimal integers. Errors as above. */
memo_status memo_answers_scale(memo_handle answers, char *text, int64_t capacity, int64_t *length);

/* Certified radii: strictly within this Euclidean distance, in the units of the training data (behind
 * feature layers that divide by lengths or take fractions: in those of the features), the answer to a query does
 * not change; rounded down. 0 where the network abstains. length = the number of queries.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, length, MEMO_RADII was not asked for), MEMO_INVALID_HANDLE. */
memo_status memo_answers_radii(memo_handle answers, double *radii, int64_t length);

/* The nearest training point of each query, a row of the network's training points, the lowest of equally near ones; for
 * constant and condense a row of the points they kept. length = the number of queries.
 * Errors: MEMO_INVALID_ARGUMENT (NULL, length, MEMO_NEAREST was not asked for), MEMO_INVALID_HANDLE. */
memo_status memo_answers_nearest(memo_handle answers, int64_t *rows, int64_t length);

/* ---- Kernels by themselves ------------------------------------------------------------------------------------------ */

/* For each query the nearest of the points in the Euclidean distance, the lowest row of equally near ones, decided exactly.
 * O(rows of both * n).
 *   points              N x n, N >= 1; at most 2147483591 elements (rows times row_stride)
 *   queries             Q x n, of the same element type
 *   rows                Q row numbers of points
 *   squared_distances   Q squared distances, exact when they fit a double, else rounded to the nearest (infinity beyond the
 *                       doubles); may be NULL
 *   length              = Q
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, no point, sizes or types that do not fit), MEMO_BAD_INPUT (not finite),
 * MEMO_CANCELLED. */
memo_status memo_nearest_rows(const memo_matrix *points, const memo_matrix *queries, const memo_run_options *run,
                              int64_t *rows, double *squared_distances, int64_t length);

/* C = A B^T + bias, then ReLU where asked for, in float32: A is m x k, B is n x k, C is m x n with c_row_stride elements from
 * one row to the next (what lies between is left alone). IEEE arithmetic, NaN and infinities included; the same bits for any
 * number of threads. At most 2^30 rows or columns and 2147483591 elements (rows times stride) of each.
 *   a, b   MEMO_FLOAT32 matrices of equally many columns, k >= 1
 *   bias   n floats, or NULL
 *   relu   1: negative results become 0
 * Thread-safe. Errors: MEMO_INVALID_ARGUMENT (NULL, sizes, types or strides that do not fit, c overlaps an input). */
memo_status memo_gemm_float32(const memo_matrix *a, const memo_matrix *b, const float *bias, int32_t relu,
                              const memo_run_options *run, float *c, int64_t c_row_stride);

/* C = A B^T of bytes in int32, exactly: A is m x k, B is n x k, C is m x n. k <= 33025, so that every entry fits.
 *   a, b   MEMO_UINT8 matrices of equally many columns
 * Thread-safe. Errors as above. */
memo_status memo_gemm_uint8(const memo_matrix *a, const memo_matrix *b, const memo_run_options *run, int32_t *c,
                            int64_t c_row_stride);

#ifdef __cplusplus
}
#endif

#endif
