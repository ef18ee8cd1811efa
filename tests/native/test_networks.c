/* Networks from files: opening, describing, predicting. */
#include "test.h"

#include <sys/mman.h>

static int refuses_files_that_are_no_networks(void)
{
    memo_handle network = 7;
    CHECK_FAILS(memo_network_open(NULL, &network), MEMO_INVALID_ARGUMENT, "path");
    CHECK(network == 0);
    CHECK_FAILS(memo_network_open("", &network), MEMO_INVALID_ARGUMENT, "path");
    CHECK_FAILS(memo_network_open(network_path, NULL), MEMO_INVALID_ARGUMENT, "network");
    network = 7;
    CHECK_FAILS(memo_network_open("/no/such/file.memo", &network), MEMO_BAD_FILE, "/no/such/file.memo");
    CHECK(network == 0);
    CHECK_FAILS(memo_network_open("/", &network), MEMO_BAD_FILE, "/");
    CHECK(memo_network_open("/dev/null", &network) == MEMO_BAD_FILE);
    CHECK(memo_network_open("\xff\xfe", &network) == MEMO_BAD_FILE);
    return 1;
}

static int describes_a_network(void)
{
    memo_handle network = 0;
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(properties.struct_size == (int64_t)sizeof properties);
    CHECK(properties.samples == training.rows);
    CHECK(properties.dimension == training.columns);
    CHECK(properties.classes >= 2);
    CHECK(properties.element_type == MEMO_UINT8);
    CHECK(properties.lambda_numerator == 51 && properties.lambda_denominator == 100);
    CHECK(properties.depth == 3);
    CHECK(properties.parameters >= properties.nonzero && properties.nonzero > properties.width && properties.width > 0);
    CHECK(properties.bits > 0);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

static int memorizes_its_training_points(void)
{
    memo_handle network = 0;
    memo_matrix queries = training_matrix();
    int32_t *labels = malloc((size_t)training.rows * sizeof *labels);
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK(memo_network_predict(network, &queries, labels, training.rows) == MEMO_OK);
    for (int64_t i = 0; i < training.rows; i++) CHECK(labels[i] == training.labels[i]); /* classes are 0 .. 9 */
    CHECK(memo_close(network) == MEMO_OK);
    free(labels);
    return 1;
}

/* Queries off the training set: every training point with its features moved by one place. */
static uint8_t *moved_points(void)
{
    size_t count = (size_t)(training.rows * training.columns);
    uint8_t *moved = malloc(count);
    memcpy(moved + 1, training.points, count - 1);
    moved[0] = training.points[count - 1];
    return moved;
}

static int answers_alike_for_every_type_stride_and_thread_count(void)
{
    memo_handle network = 0;
    const int64_t rows = training.rows, columns = training.columns, stride = columns + 5;
    uint8_t *bytes = moved_points(), *spread = malloc((size_t)(rows * stride));
    float *floats = malloc((size_t)(rows * stride) * sizeof *floats);
    int32_t *first = malloc((size_t)rows * sizeof *first), *other = malloc((size_t)(rows + 1) * sizeof *other);
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);

    memo_matrix queries = memo_matrix_uint8(bytes, rows, columns, columns);
    CHECK(memo_network_predict(network, &queries, first, rows) == MEMO_OK);
    for (int threads = 1; threads <= 3; threads++) {
        CHECK(memo_set_threads(threads) == MEMO_OK);
        CHECK(memo_network_predict(network, &queries, other, rows) == MEMO_OK);
        CHECK(memcmp(first, other, (size_t)rows * sizeof *first) == 0);
    }
    CHECK(memo_set_threads(0) == MEMO_OK);

    memset(spread, 0xff, (size_t)(rows * stride)); /* what lies between rows must not be read as data */
    for (int64_t i = 0; i < rows * stride; i++) floats[i] = NAN;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < columns; k++)
            floats[i * stride + k] = spread[i * stride + k] = bytes[i * columns + k];
    queries = memo_matrix_uint8(spread, rows, columns, stride);
    CHECK(memo_network_predict(network, &queries, other, rows) == MEMO_OK);
    CHECK(memcmp(first, other, (size_t)rows * sizeof *first) == 0);
    queries = memo_matrix_float32(floats, rows, columns, stride);
    other[rows] = 12345;
    CHECK(memo_network_predict(network, &queries, other, rows) == MEMO_OK);
    CHECK(memcmp(first, other, (size_t)rows * sizeof *first) == 0);
    CHECK(other[rows] == 12345);

    char path[4096];
    snprintf(path, sizeof path, "%s.labels", scratch_path);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(first, sizeof *first, (size_t)rows, file) == (size_t)rows && fclose(file) == 0);
    CHECK(memo_close(network) == MEMO_OK);
    free(bytes), free(spread), free(floats), free(first), free(other);
    return 1;
}

static int refuses_values_that_it_cannot_hold(void)
{
    memo_handle network = 0;
    int32_t labels[3];
    float *values = calloc((size_t)(3 * training.columns), sizeof *values);
    memo_matrix queries = memo_matrix_float32(values, 3, training.columns, training.columns);
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK(memo_network_predict(network, &queries, labels, 3) == MEMO_OK);
    const float wrong[] = { NAN, INFINITY, -INFINITY, 0.5f, -1, 256 };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        values[2 * training.columns + 1] = wrong[i];
        CHECK_FAILS(memo_network_predict(network, &queries, labels, 3), MEMO_BAD_INPUT, "row 2, column 1");
    }
    CHECK(memo_close(network) == MEMO_OK);
    free(values);
    return 1;
}

static int refuses_calls_that_do_not_fit(void)
{
    memo_handle network = 0;
    const int64_t n = training.columns;
    int32_t labels[2];
    memo_matrix good = memo_matrix_uint8(training.points, 2, n, n), bad;
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK(memo_network_predict(network, &good, labels, 2) == MEMO_OK);
    CHECK_FAILS(memo_network_predict(network, NULL, labels, 2), MEMO_INVALID_ARGUMENT, "queries is NULL");
    CHECK_FAILS(memo_network_predict(network, &good, NULL, 2), MEMO_INVALID_ARGUMENT, "labels is NULL");
    CHECK_FAILS(memo_network_predict(network, &good, labels, 1), MEMO_INVALID_ARGUMENT, "labels");
    CHECK_FAILS(memo_network_predict(network, &good, labels, -1), MEMO_INVALID_ARGUMENT, "labels");
    CHECK_FAILS(memo_network_predict(network + 1, &good, labels, 2), MEMO_INVALID_HANDLE, "handle");
#define CHECK_REFUSES(change, part)                                                                        \
    do {                                                                                                   \
        bad = good;                                                                                        \
        change;                                                                                            \
        CHECK_FAILS(memo_network_predict(network, &bad, labels, bad.rows), MEMO_INVALID_ARGUMENT, (part)); \
    } while (0)
    CHECK_REFUSES(bad.data = NULL, "data is NULL");
    CHECK_REFUSES(bad.rows = -1, "-1 rows");
    CHECK_REFUSES(bad.rows = INT64_MAX, "no memory");
    CHECK_REFUSES((bad.rows = 1, bad.row_stride = INT64_MAX), "no memory");
    CHECK_REFUSES(bad.columns = n - 1, "columns");
    CHECK_REFUSES(bad.columns = INT64_MIN, "columns");
    CHECK_REFUSES(bad.row_stride = n - 1, "stride");
    CHECK_REFUSES(bad.row_stride = -n, "stride");
    CHECK_REFUSES(bad.element_type = 0, "element type");
    CHECK_REFUSES(bad.element_type = 4, "element type");
    CHECK_REFUSES(bad.reserved = 1, "reserved");
    bad = good;
    bad.rows = 0;
    bad.data = NULL;
    CHECK(memo_network_predict(network, &bad, NULL, 0) == MEMO_OK);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

/* More elements than one array of the library's could hold; of the pages between the rows there is no memory. */
static int predicts_rows_that_lie_far_apart(void)
{
    enum { rows = 70, stride = 1 << 26 };
    struct small small = small_data();
    memo_handle data = open_small(), network = 0, answers = 0;
    int32_t labels[rows];
    uint8_t *bytes = mmap(NULL, (size_t)rows * stride, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(bytes != MAP_FAILED);
    CHECK(memo_network_build(data, "cells", NULL, NULL, &network) == MEMO_OK && memo_close(data) == MEMO_OK);
    for (int64_t i = 0; i < rows; i++) memcpy(bytes + i * stride, small.points + i * SMALL_COLUMNS, SMALL_COLUMNS);
    memo_matrix queries = memo_matrix_uint8(bytes, rows, SMALL_COLUMNS, stride);
    CHECK(memo_network_predict(network, &queries, labels, rows) == MEMO_OK);
    CHECK(memcmp(labels, small.labels, sizeof labels) == 0);
    CHECK_FAILS(memo_network_evaluate(network, &queries, 0, NULL, &answers), MEMO_INVALID_ARGUMENT, "fewer rows");
    int64_t nearest[rows];
    memo_matrix points = memo_matrix_uint8(small.points, SMALL_ROWS, SMALL_COLUMNS, SMALL_COLUMNS);
    CHECK(memo_nearest_rows(&points, &queries, NULL, nearest, NULL, rows) == MEMO_OK);
    for (int64_t i = 0; i < rows; i++) CHECK(nearest[i] == i);
    CHECK_FAILS(memo_nearest_rows(&queries, &points, NULL, nearest, NULL, SMALL_ROWS), MEMO_INVALID_ARGUMENT, "points");

    float *floats = (float *)bytes;
    for (int64_t i = 0; i < rows; i++)
        for (int k = 0; k < SMALL_COLUMNS; k++) floats[i * (stride / 4) + k] = small.points[i * SMALL_COLUMNS + k];
    queries = memo_matrix_float32(floats, rows, SMALL_COLUMNS, stride / 4);
    CHECK(memo_network_predict(network, &queries, labels, rows) == MEMO_OK);
    CHECK(memcmp(labels, small.labels, sizeof labels) == 0);
    floats[65 * (int64_t)(stride / 4) + 1] = NAN;
    CHECK_FAILS(memo_network_predict(network, &queries, labels, rows), MEMO_BAD_INPUT, "row 65, column 1");
    CHECK(munmap(bytes, (size_t)rows * stride) == 0 && memo_close(network) == MEMO_OK);
    return 1;
}

const struct test network_tests[] = {
    TEST(refuses_files_that_are_no_networks),
    TEST(describes_a_network),
    TEST(memorizes_its_training_points),
    TEST(answers_alike_for_every_type_stride_and_thread_count),
    TEST(refuses_values_that_it_cannot_hold),
    TEST(refuses_calls_that_do_not_fit),
    TEST(predicts_rows_that_lie_far_apart),
    END_OF_TESTS,
};
