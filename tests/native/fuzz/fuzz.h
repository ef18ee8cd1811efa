/* The vocabulary of the fuzzer: random numbers, guarded buffers, live handles, random arguments, and what a call may answer.
 *
 * One step is one call of a library function with random arguments. The generators of arguments note what is wrong with what
 * they made, so that at the end the status can be judged: a wrong call must fail, for one of the reasons noted; a right one
 * must not be refused, except for what it may be answered. */
#ifndef FUZZ_H
#define FUZZ_H

#include <memo.h>

#include <stddef.h>
#include <stdint.h>

/* ---- Random numbers (random.c): the same for the same seed and step, whatever happened before */

void random_start(uint64_t seed, uint64_t step);
uint64_t random_bits(void);
int64_t random_below(int64_t bound);                /* 0 .. bound - 1 */
int64_t random_between(int64_t first, int64_t last); /* first .. last */
int one_in(int64_t bound);
int spoil(void); /* whether this argument is to be a wrong one */
#define ANY_OF(array) ((array)[random_below((int64_t)(sizeof(array) / sizeof *(array)))])

/* ---- What the call may answer, and the judgement (judge.c) */

void wrong(memo_status reason);  /* the call must fail; this status is a right one */
void may_be(memo_status status); /* the call may also answer this, although nothing is wrong */
void unclear(void);              /* the header leaves open whether the call succeeds */

/* One library function: its share of the steps, the step, and how its calls ended. */
struct function {
    const char *name;
    int weight;
    void (*step)(void);
    int refusable; /* whether it can be refused at all */
    int64_t calls, ok, refused;
};

void judge_begin(struct function *function, uint64_t seed, uint64_t step);
/* Judges a call of the current function and counts it; whether it succeeded. */
int judge(memo_status status, const char *call);
/* Ends the program with a message that tells how to repeat the step. */
_Noreturn void fault(const char *what, ...);
void report_crashes(void);
int is_utf8(const char *text);

#define CALL(call) (seal_buffers(), judge((call), #call))
#define REQUIRE(condition) ((condition) ? (void)0 : fault("%s does not hold", #condition))

/* ---- Buffers (buffers.c): each ends or begins at memory that cannot be touched, with guard bytes at the other side */

void open_buffers(void);
void clear_buffers(void);           /* at the start of a step */
void *input_buffer(size_t bytes);   /* must not change during the call; bytes: whole elements */
void *output_buffer(size_t bytes);  /* filled with PATTERN */
void seal_buffers(void);            /* before the call */
void check_buffers(void);           /* after it: guards and inputs are as they were */
int untouched(const void *buffer, size_t bytes); /* an output buffer still holds PATTERN */
enum { PATTERN = 0xA5 };

/* ---- Objects (objects.c): what lives in the library, and what is known of it */

enum method { CELLS, CONSTANT, CONDENSE, SQRT, VARDI, PARK, ADVERSARIAL, METHODS, UNKNOWN_METHOD };
extern const char *const method_names[METHODS];

enum kind { DATA, NETWORK, ANSWERS, KINDS };
struct object {
    memo_handle handle;
    int64_t rows, columns; /* answers: queries, exact numbers of each */
    int64_t classes;
    int32_t element_type;
    int32_t outputs;       /* answers: MEMO_VALUES, ... */
    int has_radii;         /* networks */
    memo_handle source;    /* networks: the data they memorize as a whole, perhaps closed since; or 0 */
};

void keep_object(enum kind kind, const struct object *object); /* a random older one is closed when there are too many */
/* A random object of the kind, or a wrong handle; the object is then only an example of sizes. *handle is to be passed. */
const struct object *any_object(enum kind kind, memo_handle *handle);
const struct object *live_object(enum kind kind, memo_handle handle); /* NULL when there is none */
memo_handle dead_handle(void); /* 0, stale or invented */
memo_handle wrong_handle(enum kind first, enum kind last); /* a dead one, or of none of these kinds; noted as wrong */
int take_object(memo_handle *handle);     /* removes a random object from those known; whether there was one */
void forget_handle(memo_handle handle);   /* it has been closed */
void close_objects(void);

/* ---- Random arguments (arguments.c) */

/* Values of a matrix: few different ones, many, or with some that are not finite, which is wrong or is not. */
enum values { FEW, MANY, NOT_FINITE, ANY_VALUE };

/* A matrix, or NULL; what is wrong with it is noted. */
const memo_matrix *random_matrix(int64_t rows, int64_t columns, int32_t element_type, enum values values);
int32_t random_type(void);
int64_t random_length(int64_t right); /* a length argument, seldom a wrong one */
size_t element_size(int32_t element_type);

/* Run options or NULL; what their callback may do is checked by progress_end() after the call. */
const memo_run_options *random_run(void);
void progress_begin(void);
void progress_end(memo_status status);

/* A structure that the library reads: a copy of `size` bytes, shorter or longer as struct_size then says. */
void *random_options(const void *structure, size_t size);
/* A structure that the library fills, or NULL. Its struct_size may be longer than it; the rest must be zeroed. */
void *random_structure(size_t size);
/* After success: whether the structure has all the fields of this header; those beyond are checked to be 0. */
int structure_complete(const void *structure, size_t size);

struct text {
    char *buffer;
    int64_t capacity;
    int64_t *length;
};
struct text random_text(int64_t likely_length);
void check_text(const struct text *text, memo_status status);

/* A path in the fuzzer's own folder. */
enum path_use { TO_READ, TO_WRITE };
const char *random_path(enum path_use use, const char *extension);
void open_folder(void);
void remove_folder(void);

/* ---- The steps (steps_*.c) */

extern struct function functions[];
extern const int function_count;

void step_abi_version(void), step_version(void), step_status_name(void), step_last_error(void), step_set_threads(void),
    step_set_device(void), step_device(void), step_instruction_set(void), step_info(void), step_close(void);
void step_data_create(void), step_data_open(void), step_data_info(void), step_data_points(void), step_data_labels(void),
    step_data_measure(void), step_data_nearest_other(void);
void step_network_build(void), step_network_open(void), step_network_save(void), step_network_info(void),
    step_class_name(void), step_network_describe(void), step_network_export(void), step_network_predict(void),
    step_network_verify(void), step_network_evaluate(void);
void step_answers_labels(void), step_answers_values(void), step_answers_exact_values(void), step_answers_scale(void),
    step_answers_radii(void), step_answers_nearest(void);
void step_nearest_rows(void), step_gemm_float32(void), step_gemm_uint8(void);

#endif
