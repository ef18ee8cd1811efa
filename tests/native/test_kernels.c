/* Kernels by themselves: nearest rows by all distances, products by three loops. */
#include "test.h"

static int finds_the_nearest_rows(void)
{
    enum { points = 700, queries = 45, n = 37, stride = 41 };
    static uint8_t bytes[(points + queries) * stride];
    static float floats[(points + queries) * stride];
    static double doubles[(points + queries) * stride];
    uint64_t state = 2;
    for (int i = 0; i < (points + queries) * stride; i++) {
        bytes[i] = next_random(&state) % 3; /* many equally near */
        doubles[i] = floats[i] = i % stride < n ? bytes[i] : NAN;
    }
    const memo_matrix among[] = { memo_matrix_uint8(bytes, points, n, stride), memo_matrix_float32(floats, points, n, stride),
                                  memo_matrix_float64(doubles, points, n, stride) };
    const memo_matrix of[] = { memo_matrix_uint8(bytes + points * stride, queries, n, stride),
                               memo_matrix_float32(floats + points * stride, queries, n, stride),
                               memo_matrix_float64(doubles + points * stride, queries, n, stride) };
    for (int type = 0; type < 3; type++) {
        int64_t rows[queries + 1] = { [queries] = 99 };
        double squared[queries + 1] = { [queries] = 99 };
        memo_run_options run = { .struct_size = sizeof run, .threads = type + 1 };
        CHECK(memo_nearest_rows(&among[type], &of[type], &run, rows, squared, queries) == MEMO_OK);
        CHECK(rows[queries] == 99 && squared[queries] == 99);
        for (int q = 0; q < queries; q++) {
            int64_t nearest = -1, least = INT64_MAX;
            for (int i = 0; i < points; i++) {
                int64_t distance = squared_distance(bytes + (points + q) * stride, bytes + i * stride, n);
                if (distance < least) least = distance, nearest = i;
            }
            CHECK(rows[q] == nearest && squared[q] == (double)least);
        }
        CHECK(memo_nearest_rows(&among[type], &of[type], NULL, rows, NULL, queries) == MEMO_OK);
    }
    return 1;
}

/* Distances that no double tells apart: 1 + 2^-60 and 1 + 2^-61, and their squares' sums. */
static int decides_near_ties_exactly(void)
{
    const double points[] = { 1, 0x1p-30, -1, 0x1p-31, 0x1p-31, -1, 0, 1e300 }, query[] = { 0, 0 };
    const memo_matrix among = memo_matrix_float64(points, 4, 2, 2), of = memo_matrix_float64(query, 1, 2, 2);
    int64_t row = -1;
    double squared = 0;
    CHECK(memo_nearest_rows(&among, &of, NULL, &row, &squared, 1) == MEMO_OK);
    CHECK(row == 1 && squared == 1); /* rows 1 and 2 are equally near, row 0 is farther by 2^-60 - 2^-62 */
    const memo_matrix far = memo_matrix_float64(points + 6, 1, 2, 2);
    CHECK(memo_nearest_rows(&far, &of, NULL, &row, &squared, 1) == MEMO_OK);
    CHECK(row == 0 && isinf(squared));
    return 1;
}

static int refuses_rows_that_do_not_fit(void)
{
    float values[6] = { 1, 2, 3, 4, 5, NAN };
    uint8_t bytes[6] = { 0 };
    int64_t rows[2];
    memo_matrix points = memo_matrix_float32(values, 2, 2, 2), queries = points, none = memo_matrix_float32(NULL, 0, 2, 2);
    CHECK(memo_nearest_rows(&points, &queries, NULL, rows, NULL, 2) == MEMO_OK && rows[0] == 0 && rows[1] == 1);
    CHECK(memo_nearest_rows(&points, &none, NULL, NULL, NULL, 0) == MEMO_OK);
    CHECK_FAILS(memo_nearest_rows(&none, &queries, NULL, rows, NULL, 2), MEMO_INVALID_ARGUMENT, "points");
    CHECK_FAILS(memo_nearest_rows(NULL, &queries, NULL, rows, NULL, 2), MEMO_INVALID_ARGUMENT, "points is NULL");
    CHECK_FAILS(memo_nearest_rows(&points, NULL, NULL, rows, NULL, 2), MEMO_INVALID_ARGUMENT, "queries is NULL");
    CHECK_FAILS(memo_nearest_rows(&points, &queries, NULL, NULL, NULL, 2), MEMO_INVALID_ARGUMENT, "rows is NULL");
    CHECK_FAILS(memo_nearest_rows(&points, &queries, NULL, rows, NULL, 3), MEMO_INVALID_ARGUMENT, "rows");
    memo_matrix other = memo_matrix_uint8(bytes, 2, 2, 2), narrow = memo_matrix_float32(values, 2, 1, 2);
    CHECK_FAILS(memo_nearest_rows(&points, &other, NULL, rows, NULL, 2), MEMO_INVALID_ARGUMENT, "type");
    CHECK_FAILS(memo_nearest_rows(&points, &narrow, NULL, rows, NULL, 2), MEMO_INVALID_ARGUMENT, "columns");
    queries = memo_matrix_float32(values + 2, 2, 2, 2);
    CHECK_FAILS(memo_nearest_rows(&points, &queries, NULL, rows, NULL, 2), MEMO_BAD_INPUT, "row 1, column 1");
    return 1;
}

/* Small integers, so that every sum is exact in every order. */
static int multiplies_floats(void)
{
    enum { m = 23, n = 70, k = 131, stride_a = 135, stride_b = 131, stride_c = 77 };
    static float a[m * stride_a], b[n * stride_b], c[m * stride_c], bias[n];
    uint64_t state = 3;
    for (int i = 0; i < m * stride_a; i++) a[i] = i % stride_a < k ? (float)(int)(next_random(&state) % 17) - 8 : NAN;
    for (int i = 0; i < n * stride_b; i++) b[i] = (float)(int)(next_random(&state) % 17) - 8;
    for (int j = 0; j < n; j++) bias[j] = (float)(int)(next_random(&state) % 1001) - 500;
    const memo_matrix left = memo_matrix_float32(a, m, k, stride_a), right = memo_matrix_float32(b, n, k, stride_b);
    for (int variant = 0; variant < 4; variant++) {
        const int relu = variant & 1, biased = variant >> 1;
        memo_run_options run = { .struct_size = sizeof run, .threads = variant + 1 };
        for (int i = 0; i < m * stride_c; i++) c[i] = 12345;
        CHECK(memo_gemm_float32(&left, &right, biased ? bias : NULL, relu, &run, c, stride_c) == MEMO_OK);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < stride_c; j++) {
                int64_t sum = biased && j < n ? (int64_t)bias[j] : 0;
                for (int l = 0; l < k && j < n; l++) sum += (int64_t)a[i * stride_a + l] * (int64_t)b[j * stride_b + l];
                if (relu && sum < 0) sum = 0;
                CHECK(c[i * stride_c + j] == (j < n ? (float)sum : 12345));
            }
    }
    float nan = NAN, huge = FLT_MAX, result = 0;
    const memo_matrix not_a_number = memo_matrix_float32(&nan, 1, 1, 1), large = memo_matrix_float32(&huge, 1, 1, 1);
    CHECK(memo_gemm_float32(&not_a_number, &large, NULL, 1, NULL, &result, 1) == MEMO_OK && isnan(result));
    CHECK(memo_gemm_float32(&large, &large, NULL, 0, NULL, &result, 1) == MEMO_OK && isinf(result));
    return 1;
}

static int multiplies_bytes(void)
{
    enum { m = 19, n = 67, k = 203, stride_a = 207, stride_b = 203, stride_c = 70, longest = 33025 };
    static uint8_t a[m * stride_a], b[n * stride_b], ones[longest + 1];
    static int32_t c[m * stride_c];
    uint64_t state = 4;
    for (int i = 0; i < m * stride_a; i++) a[i] = (uint8_t)next_random(&state);
    for (int i = 0; i < n * stride_b; i++) b[i] = (uint8_t)next_random(&state);
    for (int i = 0; i < m * stride_c; i++) c[i] = -5;
    memo_matrix left = memo_matrix_uint8(a, m, k, stride_a), right = memo_matrix_uint8(b, n, k, stride_b);
    CHECK(memo_gemm_uint8(&left, &right, NULL, c, stride_c) == MEMO_OK);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < stride_c; j++) {
            int32_t sum = 0;
            for (int l = 0; l < k && j < n; l++) sum += a[i * stride_a + l] * b[j * stride_b + l];
            CHECK(c[i * stride_c + j] == (j < n ? sum : -5));
        }
    memset(ones, 255, sizeof ones);
    left = memo_matrix_uint8(ones, 1, longest, longest);
    CHECK(memo_gemm_uint8(&left, &left, NULL, c, 1) == MEMO_OK && c[0] == 255 * 255 * longest);
    left = memo_matrix_uint8(ones, 1, longest + 1, longest + 1);
    CHECK_FAILS(memo_gemm_uint8(&left, &left, NULL, c, 1), MEMO_INVALID_ARGUMENT, "33025");
    return 1;
}

static int refuses_products_that_do_not_fit(void)
{
    float values[64] = { 0 };
    uint8_t bytes[8] = { 0 };
    int32_t c[4];
    const memo_matrix a = memo_matrix_float32(values, 3, 4, 4), b = memo_matrix_float32(values + 16, 2, 4, 4), narrow = memo_matrix_float32(values, 2, 3, 4),
                      text = memo_matrix_uint8(bytes, 2, 4, 4), none = memo_matrix_float32(NULL, 0, 4, 4);
    CHECK(memo_gemm_float32(&a, &b, NULL, 0, NULL, values + 32, 2) == MEMO_OK);
    CHECK(memo_gemm_float32(&none, &b, NULL, 0, NULL, NULL, 2) == MEMO_OK && memo_gemm_float32(&a, &none, NULL, 0, NULL, NULL, 0) == MEMO_OK);
    CHECK_FAILS(memo_gemm_float32(NULL, &b, NULL, 0, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "a is NULL");
    CHECK_FAILS(memo_gemm_float32(&a, NULL, NULL, 0, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "b is NULL");
    CHECK_FAILS(memo_gemm_float32(&a, &b, NULL, 0, NULL, NULL, 2), MEMO_INVALID_ARGUMENT, "c is NULL");
    CHECK_FAILS(memo_gemm_float32(&a, &b, NULL, 2, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "relu");
    CHECK_FAILS(memo_gemm_float32(&a, &b, NULL, 0, NULL, values + 32, 1), MEMO_INVALID_ARGUMENT, "stride");
    CHECK_FAILS(memo_gemm_float32(&a, &b, NULL, 0, NULL, values + 32, INT64_MAX), MEMO_INVALID_ARGUMENT, "c:");
    CHECK_FAILS(memo_gemm_float32(&a, &narrow, NULL, 0, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "columns");
    CHECK_FAILS(memo_gemm_float32(&a, &text, NULL, 0, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "type");
    CHECK_FAILS(memo_gemm_float32(&a, &b, NULL, 0, NULL, values + 11, 2), MEMO_INVALID_ARGUMENT, "overlaps a");
    CHECK_FAILS(memo_gemm_float32(&a, &b, NULL, 0, NULL, values + 23, 2), MEMO_INVALID_ARGUMENT, "overlaps b");
    CHECK_FAILS(memo_gemm_float32(&a, &b, values + 33, 0, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "overlaps bias");
    CHECK_FAILS(memo_gemm_uint8(&a, &b, NULL, c, 2), MEMO_INVALID_ARGUMENT, "type");
    CHECK_FAILS(memo_gemm_uint8(&text, &text, NULL, (int32_t *)bytes, 2), MEMO_INVALID_ARGUMENT, "overlaps");
    const memo_matrix large = memo_matrix_float32(values, INT64_C(1) << 30, 4, 4);
    CHECK_FAILS(memo_gemm_float32(&large, &b, NULL, 0, NULL, values + 32, 2), MEMO_INVALID_ARGUMENT, "a:");
    return 1;
}

const struct test kernel_tests[] = {
    TEST(finds_the_nearest_rows),
    TEST(decides_near_ties_exactly),
    TEST(refuses_rows_that_do_not_fit),
    TEST(multiplies_floats),
    TEST(multiplies_bytes),
    TEST(refuses_products_that_do_not_fit),
    END_OF_TESTS,
};
