/* Steps: the kernels by themselves. What they say of bytes is compared with the loops they stand for. */
#include "fuzz.h"

#include <string.h>

static const uint8_t *byte_row(const memo_matrix *matrix, int64_t row)
{
    return (const uint8_t *)matrix->data + row * matrix->row_stride;
}

void step_nearest_rows(void)
{
    int64_t columns = random_between(1, 12), points_count = one_in(30) ? 0 : random_between(1, 40);
    int64_t queries_count = one_in(30) ? 0 : random_between(1, 10), other_columns = columns;
    int32_t type = random_type(), other_type = type;
    enum values values = one_in(2) ? FEW : one_in(40) ? NOT_FINITE : MANY;
    if (values == NOT_FINITE && queries_count == 0) unclear(); /* whether the points are looked at */
    if (points_count == 0) {
        if (queries_count == 0) unclear();
        else wrong(MEMO_INVALID_ARGUMENT);
    }
    if (spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        if (one_in(2)) other_columns++;
        else other_type = type == MEMO_UINT8 ? MEMO_FLOAT32 : MEMO_UINT8;
    }
    const memo_matrix *points = random_matrix(points_count, columns, type, values);
    const memo_matrix *queries = random_matrix(queries_count, other_columns, other_type, values);
    const memo_run_options *run = random_run();
    int64_t *rows = output_buffer((size_t)queries_count * sizeof *rows), length = random_length(queries_count);
    double *distances = one_in(3) ? NULL : output_buffer((size_t)queries_count * sizeof *distances);
    if (one_in(60) && queries_count > 0) {
        rows = NULL;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    if (!CALL(memo_nearest_rows(points, queries, run, rows, distances, length))) return;
    for (int64_t q = 0; q < length; q++) {
        REQUIRE(rows[q] >= 0 && rows[q] < points_count && (distances == NULL || distances[q] >= 0));
        if (type != MEMO_UINT8) continue;
        int64_t best = 0, least = INT64_MAX;
        for (int64_t i = 0; i < points_count; i++) {
            int64_t sum = 0;
            for (int64_t k = 0; k < columns; k++) {
                int64_t difference = byte_row(points, i)[k] - byte_row(queries, q)[k];
                sum += difference * difference;
            }
            if (sum < least) {
                least = sum;
                best = i;
            }
        }
        REQUIRE(rows[q] == best && (distances == NULL || distances[q] == (double)least));
    }
}

/* The matrices of a product, and where it goes. What is wrong is noted. */
struct product {
    const memo_matrix *a, *b;
    int64_t m, n, k, stride;
    void *c;
    const memo_run_options *run;
};

static struct product random_product(int32_t type, enum values values)
{
    struct product p;
    p.m = one_in(30) ? 0 : random_between(1, 20);
    p.n = one_in(30) ? 0 : random_between(1, 20);
    p.k = random_between(1, 20);
    p.stride = p.n + (one_in(2) ? 0 : random_below(5));
    int64_t other_k = p.k;
    int32_t a_type = type;
    if (spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        if (one_in(2)) other_k++;
        else a_type = type == MEMO_UINT8 ? MEMO_FLOAT32 : MEMO_UINT8;
    }
    p.a = random_matrix(p.m, p.k, a_type, values);
    p.b = random_matrix(p.n, other_k, type, values);
    p.run = random_run();
    p.c = output_buffer((size_t)(p.m * p.stride) * 4);
    if (p.m == 0 || p.n == 0) return p;
    if (one_in(60)) {
        wrong(MEMO_INVALID_ARGUMENT);
        p.c = NULL;
    } else if (spoil()) {
        static const int64_t strides[] = { -1, INT64_MIN, INT64_MAX, 0 };
        wrong(MEMO_INVALID_ARGUMENT);
        p.stride = one_in(2) ? ANY_OF(strides) : p.n - 1;
        if (p.stride == INT64_MAX && p.m == 1) p.stride = 0;
    } else if (one_in(60) && a_type == MEMO_FLOAT32 && p.a != NULL && p.a->rows == p.m && p.a->data != NULL) {
        /* It ends where the input begins or later, but would reach into it. */
        wrong(MEMO_INVALID_ARGUMENT);
        p.c = (void *)(uintptr_t)p.a->data;
    }
    return p;
}

/* What lies between the rows of C is left alone. */
static void check_gaps(const struct product *p)
{
    for (int64_t i = 0; i < p->m; i++)
        REQUIRE(untouched((const char *)p->c + 4 * (i * p->stride + p->n), (size_t)(p->stride - p->n) * 4));
}

void step_gemm_float32(void)
{
    struct product p = random_product(MEMO_FLOAT32, one_in(4) ? ANY_VALUE : MANY);
    int32_t relu = (int32_t)random_below(2);
    float *bias = one_in(2) ? NULL : input_buffer((size_t)p.n * sizeof *bias);
    for (int64_t j = 0; j < p.n && bias != NULL; j++) bias[j] = (float)random_between(-99, 99) / 4;
    if (!CALL(memo_gemm_float32(p.a, p.b, bias, relu, p.run, p.c, p.stride))) return;
    check_gaps(&p);
    const float *c = p.c;
    for (int64_t i = 0; i < p.m; i++)
        for (int64_t j = 0; j < p.n; j++) REQUIRE(!relu || !(c[i * p.stride + j] < 0));
    if (!one_in(8)) return;
    size_t bytes = (size_t)(p.m * p.stride) * 4;
    void *again = output_buffer(bytes);
    memo_run_options run = { sizeof run, (int32_t)random_between(1, 3), 0, NULL, NULL };
    if (CALL(memo_gemm_float32(p.a, p.b, bias, relu, &run, again, p.stride))) REQUIRE(memcmp(p.c, again, bytes) == 0);
}

void step_gemm_uint8(void)
{
    struct product p = random_product(MEMO_UINT8, one_in(2) ? FEW : MANY);
    if (!CALL(memo_gemm_uint8(p.a, p.b, p.run, p.c, p.stride))) return;
    check_gaps(&p);
    for (int64_t i = 0; i < p.m; i++)
        for (int64_t j = 0; j < p.n; j++) {
            int32_t sum = 0;
            for (int64_t k = 0; k < p.k; k++) sum += byte_row(p.a, i)[k] * byte_row(p.b, j)[k];
            REQUIRE(((const int32_t *)p.c)[i * p.stride + j] == sum);
        }
}
