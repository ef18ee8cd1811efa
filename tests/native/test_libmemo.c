/* Tests of the C ABI, against the built library.
 *
 *   test_libmemo NET BUILT ACTIVE LABELS   all tests; NET is a .memo file of byte data, the library's best instruction
 *                                          set must be BUILT and the one in use ACTIVE; labels of fixed queries are
 *                                          written to LABELS, for comparison with other builds
 *   test_libmemo layers CELLS NET          NET is a network over the integers made from the same data as CELLS, byte data
 *                                          of the classes 0 and 1
 *   test_libmemo unsupported               MEMO_ISA is one that the library must refuse
 *
 * The network's own training points, read here without the library, are the oracle: it must memorize them.
 * Prints each failure, then "N passed, N failed". */
#define _POSIX_C_SOURCE 200809L
#include <memo.h>

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int passed, failed;
static const char *network_path, *expected_built, *expected_active, *labels_path;

/* Training points and labels as the file has them; loaded once. */
static struct {
    uint8_t *points;
    int32_t *labels;
    int64_t rows, columns;
} training;

#define CHECK(condition)                                                                             \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            printf("  %s:%d: %s does not hold (last error: %s)\n", __FILE__, __LINE__, #condition, memo_last_error()); \
            return 0;                                                                                \
        }                                                                                            \
    } while (0)

/* The call must fail with this status, and the thread's error text must mention `part`. */
#define CHECK_FAILS(call, status, part)                 \
    do {                                                \
        CHECK((call) == (status));                      \
        CHECK(strstr(memo_last_error(), (part)) != NULL); \
    } while (0)

static memo_matrix training_matrix(void)
{
    return memo_matrix_uint8(training.points, training.rows, training.columns, training.columns);
}

/* Reads the two integers of e.g. "shape":[1797,64] that follow tensor `name` in a safetensors header. */
static int find_pair(const char *header, const char *name, const char *key, int64_t *first, int64_t *second)
{
    const char *place = strstr(header, name);
    if (place == NULL || (place = strstr(place, key)) == NULL || (place = strchr(place, '[')) == NULL) return 0;
    return sscanf(place, "[%" SCNd64 ",%" SCNd64 "]", first, second) == 2;
}

static int load_training(void)
{
    FILE *file = fopen(network_path, "rb");
    uint64_t length = 0;
    if (file == NULL) return 0;
    for (int i = 0; i < 8; i++) length |= (uint64_t)(unsigned char)fgetc(file) << (8 * i);
    if (length > 1 << 20) return fclose(file), 0;
    char *header = calloc(1, length + 1);
    int64_t begin, end, labels_begin, labels_end;
    int found = fread(header, 1, length, file) == length &&
        find_pair(header, "\"training_points\"", "\"shape\"", &training.rows, &training.columns) &&
        find_pair(header, "\"training_points\"", "\"data_offsets\"", &begin, &end) &&
        find_pair(header, "\"labels\"", "\"data_offsets\"", &labels_begin, &labels_end) &&
        end - begin == training.rows * training.columns && labels_end - labels_begin == 4 * training.rows;
    if (found) {
        training.points = malloc((size_t)(end - begin));
        training.labels = malloc((size_t)(labels_end - labels_begin));
        found = fseek(file, (long)(8 + (int64_t)length + begin), SEEK_SET) == 0 &&
            fread(training.points, 1, (size_t)(end - begin), file) == (size_t)(end - begin) &&
            fseek(file, (long)(8 + (int64_t)length + labels_begin), SEEK_SET) == 0 &&
            fread(training.labels, 4, (size_t)training.rows, file) == (size_t)training.rows;
    }
    free(header);
    fclose(file);
    return found;
}

/* ---- The library itself ---- */

static int reports_the_interface_version_of_the_header(void)
{
    CHECK(memo_abi_version() == MEMO_ABI_VERSION);
    return 1;
}

static int names_every_status(void)
{
    CHECK(strcmp(memo_status_name(MEMO_OK), "MEMO_OK") == 0);
    CHECK(strcmp(memo_status_name(MEMO_INVALID_ARGUMENT), "MEMO_INVALID_ARGUMENT") == 0);
    CHECK(strcmp(memo_status_name(MEMO_INVALID_HANDLE), "MEMO_INVALID_HANDLE") == 0);
    CHECK(strcmp(memo_status_name(MEMO_BAD_INPUT), "MEMO_BAD_INPUT") == 0);
    CHECK(strcmp(memo_status_name(MEMO_BAD_FILE), "MEMO_BAD_FILE") == 0);
    CHECK(strcmp(memo_status_name(MEMO_OUT_OF_MEMORY), "MEMO_OUT_OF_MEMORY") == 0);
    CHECK(strcmp(memo_status_name(MEMO_UNSUPPORTED), "MEMO_UNSUPPORTED") == 0);
    CHECK(strcmp(memo_status_name(MEMO_FORKED), "MEMO_FORKED") == 0);
    CHECK(strcmp(memo_status_name(MEMO_INTERNAL), "MEMO_INTERNAL") == 0);
    CHECK(strcmp(memo_status_name(-1), "unknown status") == 0);
    CHECK(strcmp(memo_status_name(INT32_MAX), "unknown status") == 0);
    return 1;
}

static int starts_with_an_empty_error(void)
{
    CHECK(strcmp(memo_last_error(), "") == 0);
    return 1;
}

static int uses_the_expected_instruction_set(void)
{
    const char *active = NULL, *built = NULL;
    CHECK(memo_instruction_set(&active, &built) == MEMO_OK);
    CHECK(strcmp(built, expected_built) == 0);
    CHECK(strcmp(active, expected_active) == 0);
    CHECK(memo_instruction_set(NULL, NULL) == MEMO_OK);
    return 1;
}

static int refuses_a_negative_thread_count(void)
{
    CHECK_FAILS(memo_set_threads(-1), MEMO_INVALID_ARGUMENT, "-1");
    CHECK(memo_set_threads(0) == MEMO_OK);
    return 1;
}

/* ---- Handles ---- */

static int closes_once(void)
{
    memo_handle network = 0;
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK(network != 0);
    CHECK(memo_close(network) == MEMO_OK);
    CHECK_FAILS(memo_close(network), MEMO_INVALID_HANDLE, "closed before");
    CHECK(memo_close(0) == MEMO_OK);
    return 1;
}

static int refuses_stale_and_invented_handles(void)
{
    memo_handle stale = 0, network = 0;
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_network_open(network_path, &stale) == MEMO_OK);
    CHECK(memo_close(stale) == MEMO_OK);
    CHECK(memo_network_open(network_path, &network) == MEMO_OK); /* may take the place of the closed one */
    CHECK(network != stale);
    memo_handle wrong[] = { stale, 0, 1, UINT64_MAX, network + 1, network ^ (UINT64_C(1) << 32), (memo_handle)(uintptr_t)&network };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_FAILS(memo_network_info(wrong[i], &properties), MEMO_INVALID_HANDLE, "handle");
        if (wrong[i] != 0) CHECK(memo_close(wrong[i]) == MEMO_INVALID_HANDLE);
    }
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

/* ---- Networks ---- */

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

static int keeps_to_the_size_of_the_callers_structure(void)
{
    memo_handle network = 0;
    struct { memo_network_properties known; int64_t later[4], guard; } longer;
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    CHECK_FAILS(memo_network_info(network, NULL), MEMO_INVALID_ARGUMENT, "properties");
    const int64_t wrong[] = { INT64_MIN, -1, 0, 8, (int64_t)sizeof longer.known - 1, INT64_MAX };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        longer.known.struct_size = wrong[i];
        CHECK_FAILS(memo_network_info(network, &longer.known), MEMO_INVALID_ARGUMENT, "struct_size");
    }
    memset(&longer, 0x55, sizeof longer);
    longer.known.struct_size = (int64_t)(sizeof longer.known + sizeof longer.later);
    CHECK(memo_network_info(network, &longer.known) == MEMO_OK);
    CHECK(longer.known.samples == training.rows);
    for (int i = 0; i < 4; i++) CHECK(longer.later[i] == 0);
    CHECK(longer.guard == 0x5555555555555555);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

/* ---- Networks over the integers ---- */

static const char *layers_path; /* made from the same training points, of classes 0 and 1 */

static int describes_a_network_of_layers(void)
{
    memo_handle network = 0;
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_network_open(layers_path, &network) == MEMO_OK);
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(properties.samples == training.rows);
    CHECK(properties.dimension == training.columns);
    CHECK(properties.classes == 2 && properties.labels_are_class_values == 1);
    CHECK(properties.element_type == MEMO_UINT8);
    CHECK(properties.lambda_numerator == 0 && properties.lambda_denominator == 0);
    CHECK(properties.depth > 3 && properties.width > 0 && properties.bits > 0);
    CHECK(properties.parameters >= properties.nonzero && properties.nonzero > 0);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

static int memorizes_by_layers_in_every_type(void)
{
    memo_handle network = 0;
    const int64_t rows = training.rows, columns = training.columns;
    int32_t *labels = malloc((size_t)rows * sizeof *labels);
    float *floats = malloc((size_t)(rows * columns) * sizeof *floats);
    double *doubles = malloc((size_t)(rows * columns) * sizeof *doubles);
    for (int64_t i = 0; i < rows * columns; i++) doubles[i] = floats[i] = training.points[i];
    memo_matrix queries[] = { training_matrix(), memo_matrix_float32(floats, rows, columns, columns),
                              { doubles, rows, columns, columns, MEMO_FLOAT64, 0 } };
    CHECK(memo_network_open(layers_path, &network) == MEMO_OK);
    for (int type = 0; type < 3; type++) {
        memset(labels, 0x55, (size_t)rows * sizeof *labels);
        CHECK(memo_network_predict(network, &queries[type], labels, rows) == MEMO_OK);
        for (int64_t i = 0; i < rows; i++) CHECK(labels[i] == training.labels[i]);
    }
    queries[1].rows = queries[2].rows = 2;
    floats[columns] = 0.5f; /* between the integers of the training points: taken, and exactly */
    CHECK(memo_network_predict(network, &queries[1], labels, 2) == MEMO_OK);
    CHECK(labels[0] == training.labels[0]);
    floats[columns + 1] = NAN;
    CHECK_FAILS(memo_network_predict(network, &queries[1], labels, 2), MEMO_BAD_INPUT, "row 1, column 1");
    doubles[columns] = 1e300; /* no integers of 62 bits hold this beside the others */
    doubles[columns + 1] = 0.5;
    CHECK_FAILS(memo_network_predict(network, &queries[2], labels, 2), MEMO_BAD_INPUT, "bits");
    CHECK(memo_close(network) == MEMO_OK);
    free(labels), free(floats), free(doubles);
    return 1;
}

/* ---- Prediction ---- */

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

    FILE *file = fopen(labels_path, "wb");
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

/* ---- Threads and processes ---- */

struct worker {
    memo_handle network;
    int number, ok;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    char path[64], text[4096];
    memo_handle other = 0;
    int32_t labels[16];
    snprintf(path, sizeof path, "/no/such/file-%d.memo", worker->number);
    worker->ok = strcmp(memo_last_error(), "") == 0;
    for (int i = 0; i < 20 && worker->ok; i++) {
        int64_t row = (worker->number * 31 + i) % (training.rows - 16);
        memo_matrix queries = memo_matrix_uint8(training.points + row * training.columns, 16, training.columns, training.columns);
        worker->ok = memo_network_open(path, &other) == MEMO_BAD_FILE && strstr(memo_last_error(), path) != NULL &&
            strcpy(text, memo_last_error()) != NULL &&
            memo_network_predict(worker->network, &queries, labels, 16) == MEMO_OK &&
            memcmp(labels, training.labels + row, sizeof labels) == 0 &&
            strcmp(text, memo_last_error()) == 0; /* success, and other threads' failures, leave it alone */
    }
    return NULL;
}

static int works_from_many_threads_at_once(void)
{
    enum { count = 8 };
    pthread_t threads[count];
    struct worker workers[count];
    memo_handle network = 0;
    CHECK(memo_network_open(network_path, &network) == MEMO_OK);
    for (int i = 0; i < count; i++) {
        workers[i] = (struct worker){ network, i, 0 };
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < count; i++) CHECK(workers[i].ok);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

static int says_so_in_a_forked_child(void)
{
    CHECK(memo_set_threads(0) == MEMO_OK); /* the library is in use */
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        memo_handle network = 0;
        _exit(memo_network_open(network_path, &network) == MEMO_FORKED && memo_close(0) == MEMO_FORKED &&
              strstr(memo_last_error(), "fork") != NULL && memo_abi_version() == MEMO_ABI_VERSION ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return 1;
}

static int refuses_the_instruction_set_asked_for(void)
{
    memo_handle network = 7;
    CHECK_FAILS(memo_network_open("any", &network), MEMO_UNSUPPORTED, "MEMO_ISA=");
    CHECK(strstr(memo_last_error(), "valid here: auto, scalar") != NULL);
    CHECK(memo_set_threads(1) == MEMO_UNSUPPORTED);
    CHECK(memo_abi_version() == MEMO_ABI_VERSION);
    return 1;
}

static void run(const char *name, int (*test)(void))
{
    int ok = test();
    if (!ok) printf("  FAILED %s\n", name);
    *(ok ? &passed : &failed) += 1;
}
#define RUN(test) run(#test, test)

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0); /* what was printed before a crash is not lost */
    if (argc == 2 && strcmp(argv[1], "unsupported") == 0) {
        RUN(refuses_the_instruction_set_asked_for);
    } else if (argc == 4 && strcmp(argv[1], "layers") == 0) {
        network_path = argv[2];
        layers_path = argv[3];
        if (load_training()) {
            RUN(describes_a_network_of_layers);
            RUN(memorizes_by_layers_in_every_type);
        } else {
            printf("  %s: no network of byte data\n", network_path);
            failed++;
        }
    } else if (argc == 5) {
        network_path = argv[1];
        expected_built = argv[2];
        expected_active = argv[3];
        labels_path = argv[4];
        RUN(starts_with_an_empty_error);
        RUN(reports_the_interface_version_of_the_header);
        RUN(names_every_status);
        RUN(uses_the_expected_instruction_set);
        RUN(refuses_a_negative_thread_count);
        if (!load_training()) {
            printf("  %s: no network of byte data, so nothing that needs one can be tested\n", network_path);
            failed++;
        } else {
            RUN(closes_once);
            RUN(refuses_stale_and_invented_handles);
            RUN(refuses_files_that_are_no_networks);
            RUN(describes_a_network);
            RUN(keeps_to_the_size_of_the_callers_structure);
            RUN(memorizes_its_training_points);
            RUN(answers_alike_for_every_type_stride_and_thread_count);
            RUN(refuses_values_that_it_cannot_hold);
            RUN(refuses_calls_that_do_not_fit);
            RUN(works_from_many_threads_at_once);
            RUN(says_so_in_a_forked_child);
        }
    } else {
        fprintf(stderr, "usage: test_libmemo NET BUILT ACTIVE LABELS | layers CELLS NET | unsupported\n");
        return 2;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
