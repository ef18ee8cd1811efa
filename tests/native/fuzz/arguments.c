/* Random arguments: matrices, options, structures and texts, mostly right ones. A wrong one never claims memory that is not
 * there unless the library must refuse it before looking: sizes that are negative, inconsistent or beyond any memory. */
#include "fuzz.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

size_t element_size(int32_t element_type)
{
    return element_type == MEMO_UINT8 ? 1 : element_type == MEMO_FLOAT32 ? 4 : 8;
}

int32_t random_type(void)
{
    return one_in(2) ? MEMO_UINT8 : one_in(2) ? MEMO_FLOAT32 : MEMO_FLOAT64;
}

int64_t random_length(int64_t right)
{
    static const int64_t extremes[] = { -1, INT64_MIN, INT64_MAX, (int64_t)1 << 32, (int64_t)1 << 31 };
    if (!spoil()) return right;
    wrong(MEMO_INVALID_ARGUMENT);
    return one_in(2) ? ANY_OF(extremes) : right + (one_in(2) ? 1 : -1);
}

/* ---- Matrices */

static double random_number(enum values values)
{
    if (values == FEW) return (double)random_below(4) / 2;
    switch (random_below(40)) {
    case 0: return ldexp((double)random_between(-9, 9), (int)random_between(-60, 60));
    case 1: return -0.0;
    case 2: return values == MANY ? 1e-30 : NAN;
    case 3: return values == MANY ? 1e30 : -INFINITY;
    default: return (double)random_between(-1000000, 1000000) / 65536;
    }
}

/* Sets an element; whether it is finite. */
static int set(void *elements, int64_t index, int32_t element_type, enum values values)
{
    if (element_type == MEMO_UINT8) {
        ((uint8_t *)elements)[index] = (uint8_t)random_below(values == FEW ? 3 : 256);
        return 1;
    }
    double number = random_number(values);
    if (element_type == MEMO_FLOAT32) ((float *)elements)[index] = (float)number;
    else ((double *)elements)[index] = number;
    return isfinite(number);
}

/* Makes one field wrong. Rows or strides that claim too much claim more than an address space holds. */
static void spoil_matrix(memo_matrix *matrix)
{
    static const int64_t sizes[] = { -1, INT64_MIN, INT64_MAX, INT64_MAX / 2 };
    static const int64_t few[] = { -1, 0, INT64_MIN };
    static const int32_t types[] = { 0, -1, 4, INT32_MAX, INT32_MIN };
    wrong(MEMO_INVALID_ARGUMENT);
    switch (random_below(7)) {
    case 0: matrix->rows = ANY_OF(sizes); break;
    case 1: matrix->columns = one_in(2) ? ANY_OF(few) : ANY_OF(sizes); break;
    case 2: matrix->row_stride = one_in(2) ? ANY_OF(few) : matrix->columns - 1; break;
    case 3: matrix->element_type = ANY_OF(types); break;
    case 4: matrix->reserved = (int32_t)random_between(1, 9); break;
    case 5:
        if (matrix->rows > 1) matrix->row_stride = INT64_MAX - random_below(3);
        else matrix->rows = -1;
        break;
    default:
        if (matrix->rows > 0) matrix->data = NULL;
        else matrix->columns = 0;
    }
}

const memo_matrix *random_matrix(int64_t rows, int64_t columns, int32_t element_type, enum values values)
{
    if (one_in(60)) {
        wrong(MEMO_INVALID_ARGUMENT);
        return NULL;
    }
    memo_matrix matrix = { NULL, rows, columns, columns + (one_in(2) ? 0 : random_below(5)), element_type, 0 };
    if (rows > 0) {
        int64_t elements = (rows - 1) * matrix.row_stride + columns;
        void *data = input_buffer((size_t)elements * element_size(element_type));
        for (int64_t i = 0; i < rows; i++)
            for (int64_t k = 0; k < columns; k++)
                if (!set(data, i * matrix.row_stride + k, element_type, values) && values == NOT_FINITE) wrong(MEMO_BAD_INPUT);
        matrix.data = data;
    } else if (one_in(2)) {
        matrix.data = input_buffer(0);
    }
    if (spoil()) spoil_matrix(&matrix);
    return memcpy(input_buffer(sizeof matrix), &matrix, sizeof matrix);
}

/* ---- Run options */

static struct {
    int cancel_at; /* the number of the callback that cancels; -1: none */
    int count, cancelled, running;
    double share;
    pthread_t thread;
} progress;

static int32_t report(double share, void *user_data)
{
    if (user_data != &progress) fault("progress was called with another pointer");
    if (!progress.running) fault("progress was called after the call");
    if (!pthread_equal(progress.thread, pthread_self())) fault("progress was called from another thread");
    if (!(share >= progress.share && share <= 1)) fault("the share done went from %g to %g", progress.share, share);
    progress.share = share;
    if (memo_abi_version() != MEMO_ABI_VERSION || memo_close(0) != MEMO_OK) fault("progress could not call the library");
    if (progress.count++ != progress.cancel_at) return 0;
    progress.cancelled = 1;
    return (int32_t)(progress.count % 2 == 0 ? 1 : INT32_MIN);
}

void progress_begin(void)
{
    progress.cancel_at = -1;
    progress.count = progress.cancelled = 0;
    progress.share = 0;
    progress.running = 0;
}

void progress_end(memo_status status)
{
    progress.running = 0;
    if (status == MEMO_CANCELLED && !progress.cancelled) fault("cancelled, which nobody asked for");
}

const memo_run_options *random_run(void)
{
    if (one_in(3)) return NULL;
    memo_run_options run;
    memset(&run, 0, sizeof run);
    run.struct_size = sizeof run;
    run.threads = (int32_t)random_below(4);
    if (one_in(2)) {
        run.progress = report;
        run.user_data = &progress;
        progress.thread = pthread_self();
        progress.running = 1;
        progress.cancel_at = one_in(3) ? (int)random_below(3) : -1;
        if (progress.cancel_at >= 0) may_be(MEMO_CANCELLED);
    }
    if (spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        if (one_in(2)) run.threads = one_in(2) ? -1 : INT32_MIN;
        else run.reserved = (int32_t)random_between(1, 9);
    }
    return random_options(&run, sizeof run);
}

/* ---- Structures of several sizes */

static int64_t wrong_size(void)
{
    static const int64_t sizes[] = { 0, -1, 7, INT64_MIN, INT64_MAX, (int64_t)1 << 32 };
    wrong(MEMO_INVALID_ARGUMENT);
    return ANY_OF(sizes);
}

void *random_options(const void *structure, size_t size)
{
    size_t more = one_in(4) ? 8 * (size_t)random_between(1, 8) : 0;
    unsigned char *copy = input_buffer(size + more);
    memcpy(copy, structure, size);
    memset(copy + size, 0, more);
    int64_t claimed = (int64_t)(size + more);
    if (spoil()) {
        claimed = wrong_size();
    } else if (more != 0 && spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        copy[size + (size_t)random_below((int64_t)more)] = 1;
    } else if (spoil()) {
        claimed = 8 * random_between(1, (int64_t)size / 8);
        unclear(); /* the wrong field may lie beyond */
    }
    memcpy(copy, &claimed, sizeof claimed);
    return copy;
}

void *random_structure(size_t size)
{
    if (one_in(60)) {
        wrong(MEMO_INVALID_ARGUMENT);
        return NULL;
    }
    int64_t claimed = (int64_t)size + (one_in(4) ? 8 * random_between(1, 8) : 0);
    if (one_in(12)) {
        claimed = 8 * random_between(1, (int64_t)size / 8);
        unclear(); /* whether there ever was so short a structure */
    }
    unsigned char *structure = output_buffer((size_t)claimed);
    if (spoil()) claimed = wrong_size();
    memcpy(structure, &claimed, sizeof claimed);
    return structure;
}

int structure_complete(const void *structure, size_t size)
{
    int64_t claimed;
    memcpy(&claimed, structure, sizeof claimed);
    for (int64_t i = (int64_t)size; i < claimed; i++) REQUIRE(((const unsigned char *)structure)[i] == 0);
    return claimed >= (int64_t)size;
}

/* ---- Texts */

struct text random_text(int64_t likely_length)
{
    const int64_t capacities[] = { 0, 1, 2, likely_length, likely_length + 1, likely_length + 1, likely_length + 9, 600, 9000 };
    struct text text = { NULL, ANY_OF(capacities), one_in(4) ? NULL : output_buffer(sizeof(int64_t)) };
    may_be(MEMO_TOO_SMALL);
    if (text.capacity > 0 || one_in(2)) text.buffer = output_buffer((size_t)text.capacity);
    if (spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        if (text.capacity > 0 && one_in(2)) text.buffer = NULL;
        else text.capacity = one_in(2) ? -1 : INT64_MIN;
    }
    return text;
}

void check_text(const struct text *text, memo_status status)
{
    if (status == MEMO_OK) {
        size_t length = strlen(text->buffer);
        if (!is_utf8(text->buffer)) fault("a text that is not UTF-8: %.100s", text->buffer);
        REQUIRE((int64_t)length < text->capacity);
        REQUIRE(text->length == NULL || *text->length == (int64_t)length);
    }
    if (status == MEMO_TOO_SMALL) {
        REQUIRE(text->length == NULL || *text->length >= text->capacity);
        REQUIRE(text->buffer == NULL || untouched(text->buffer, (size_t)text->capacity));
    }
}
