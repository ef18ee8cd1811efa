/* Constructions: every method memorizes, says so of itself, and comes back from a file as it was. */
#include "test.h"

static const char *const methods[] = { "cells", "sqrt", "constant", "condense", "vardi", "park", "adversarial" };
enum { METHODS = sizeof methods / sizeof methods[0] };

/* The classes -7 and 0 alone. */
static int two_classes(struct small *small, int64_t *rows)
{
    *small = small_data();
    *rows = 0;
    for (int i = 0; i < SMALL_ROWS; i++) {
        if (small->labels[i] == 12) continue;
        memmove(small->points + SMALL_COLUMNS * *rows, small->points + SMALL_COLUMNS * i, SMALL_COLUMNS);
        small->labels[(*rows)++] = small->labels[i];
    }
    return 1;
}

static int create(const struct small *small, int64_t rows, memo_handle *data)
{
    memo_matrix points = memo_matrix_uint8(small->points, rows, SMALL_COLUMNS, SMALL_COLUMNS);
    CHECK(memo_data_create(&points, small->labels, rows, NULL, 0, data) == MEMO_OK);
    return 1;
}

static memo_handle described;
#define DESCRIPTION(text, capacity, length) memo_network_describe(described, text, capacity, length)

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *content = calloc(1, 1 << 20);
    if (file == NULL || fread(content, 1, (1 << 20) - 1, file) == 0) return NULL;
    fclose(file);
    return content;
}

static int memorizes_and_comes_back(const char *method)
{
    struct small small;
    int64_t rows;
    int32_t labels[SMALL_ROWS], again[SMALL_ROWS];
    memo_handle data = 0, network = 0, other = 0, opened = 0;
    memo_build_options options = { .struct_size = sizeof options, .seed = UINT64_C(0xfedcba9876543210) };
    memo_network_properties properties = { .struct_size = sizeof properties }, reread = properties;
    char path[4096], expected[64];
    CHECK(two_classes(&small, &rows) && create(&small, rows, &data));
    memo_matrix points = memo_matrix_uint8(small.points, rows, SMALL_COLUMNS, SMALL_COLUMNS);
    CHECK(memo_network_build(data, method, &options, NULL, &network) == MEMO_OK);
    CHECK(memo_network_predict(network, &points, labels, rows) == MEMO_OK);
    CHECK(memcmp(labels, small.labels, (size_t)rows * sizeof *labels) == 0);
    for (int reference = 0; reference < 2; reference++) {
        memo_verification verification = { .struct_size = sizeof verification };
        CHECK(memo_network_verify(network, data, reference, NULL, &verification) == MEMO_OK);
        CHECK(verification.rows == rows && verification.first_failure == -1 && verification.given == 0);
    }
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(properties.samples == rows && properties.classes == 2 && properties.outputs == 1 && properties.seed == options.seed);
    CHECK(properties.element_type == MEMO_UINT8 && properties.dimension == SMALL_COLUMNS);

    /* The same seed gives the same network, and so the same file, byte for byte. */
    snprintf(path, sizeof path, "%s-%s.memo", scratch_path, method);
    CHECK(memo_network_save(network, path) == MEMO_OK);
    char *first = read_file(path);
    CHECK(first != NULL);
    CHECK(memo_network_build(data, method, &options, NULL, &other) == MEMO_OK);
    CHECK(memo_network_save(other, path) == MEMO_OK);
    char *second = read_file(path);
    CHECK(memcmp(first, second, 1 << 20) == 0);
    free(second);
    CHECK(memo_network_open(path, &opened) == MEMO_OK);
    CHECK(memo_network_info(opened, &reread) == MEMO_OK && memcmp(&properties, &reread, sizeof properties) == 0);
    CHECK(memo_network_predict(opened, &points, again, rows) == MEMO_OK && memcmp(labels, again, (size_t)rows * sizeof *labels) == 0);
    CHECK(memo_network_save(opened, path) == MEMO_OK); /* what the file said besides is kept */
    second = read_file(path);
    CHECK(memcmp(first, second, 1 << 20) == 0);
    CHECK(strstr(first + 8, "provenance.program") != NULL);

    char *text;
    described = opened;
    TEXT_OF(text, DESCRIPTION);
    snprintf(expected, sizeof expected, "\"%s\"", method);
    CHECK(text[0] == '{' && strstr(text, expected) != NULL);
    free(first), free(second), free(text);
    CHECK(memo_close(data) == MEMO_OK && memo_close(network) == MEMO_OK && memo_close(other) == MEMO_OK && memo_close(opened) == MEMO_OK);
    return 1;
}

static int every_method_memorizes_and_comes_back(void)
{
    for (int m = 0; m < METHODS; m++) CHECK(memorizes_and_comes_back(methods[m]));
    return 1;
}

static int finds_the_first_failure(void)
{
    struct small small = small_data(), other = small;
    memo_handle data = 0, changed = 0, network = 0;
    memo_verification verification = { .struct_size = sizeof verification };
    other.labels[41] = small.labels[41] == 0 ? 12 : 0;
    other.labels[60] = small.labels[60] == 0 ? 12 : 0;
    CHECK(create(&small, SMALL_ROWS, &data) && create(&other, SMALL_ROWS, &changed));
    CHECK(memo_network_build(data, "cells", NULL, NULL, &network) == MEMO_OK);
    CHECK(memo_network_verify(network, changed, 0, NULL, &verification) == MEMO_OK);
    CHECK(verification.rows == SMALL_ROWS && verification.first_failure == 41 && verification.given == small.labels[41]);
    CHECK(memo_close(changed) == MEMO_OK);
    CHECK_FAILS(memo_network_verify(network, data, 2, NULL, &verification), MEMO_INVALID_ARGUMENT, "reference");
    CHECK_FAILS(memo_network_verify(data, network, 0, NULL, &verification), MEMO_INVALID_HANDLE, "network");
    CHECK_FAILS(memo_network_verify(network, changed, 0, NULL, &verification), MEMO_INVALID_HANDLE, "data");
    other.labels[0] = 99;
    CHECK(create(&other, SMALL_ROWS, &changed));
    CHECK_FAILS(memo_network_verify(network, changed, 0, NULL, &verification), MEMO_BAD_INPUT, "99");
    CHECK(memo_close(changed) == MEMO_OK && memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    return 1;
}

static int treats_conflicts_as_it_is_told(void)
{
    /* Row 0 and row 4 conflict, with a majority for 1; so do rows 2 and 5, where the lowest row decides. */
    const uint8_t bytes[] = { 5, 9, 20, 30, 5, 20, 5 };
    const int32_t labels[] = { 0, 0, 1, 1, 1, 0, 1 };
    const memo_matrix points = memo_matrix_uint8(bytes, 7, 1, 1), twice = memo_matrix_uint8(bytes, 3, 1, 1);
    int32_t found[3];
    memo_handle data = 0, network = 5;
    memo_build_options options = { .struct_size = sizeof options };
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_data_create(&points, labels, 7, NULL, 0, &data) == MEMO_OK);
    CHECK_FAILS(memo_network_build(data, "cells", NULL, NULL, &network), MEMO_LABEL_CONFLICT, "rows 0 (label 0) and 4 (label 1)");
    CHECK(network == 0);
    options.on_conflict = MEMO_CONFLICT_DROP;
    CHECK(memo_network_build(data, "cells", &options, NULL, &network) == MEMO_OK);
    CHECK(memo_network_info(network, &properties) == MEMO_OK && properties.samples == 2);
    CHECK(memo_close(network) == MEMO_OK);
    options.on_conflict = MEMO_CONFLICT_MAJORITY;
    CHECK(memo_network_build(data, "cells", &options, NULL, &network) == MEMO_OK);
    CHECK(memo_network_info(network, &properties) == MEMO_OK && properties.samples == 5);
    CHECK(memo_network_predict(network, &twice, found, 3) == MEMO_OK);
    CHECK(found[0] == 1 && found[1] == 0 && found[2] == 1);
    CHECK(memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    return 1;
}

static int refuses_options_out_of_range(void)
{
    struct small small;
    int64_t rows;
    memo_handle data = 0, three = open_small(), network = 0;
    memo_build_options good = { .struct_size = sizeof good }, bad;
    CHECK(two_classes(&small, &rows) && create(&small, rows, &data));
#define CHECK_REFUSES(method, change, part)                                                               \
    do {                                                                                                  \
        bad = good;                                                                                       \
        change;                                                                                           \
        network = 9;                                                                                      \
        CHECK_FAILS(memo_network_build(data, method, &bad, NULL, &network), MEMO_INVALID_ARGUMENT, part); \
        CHECK(network == 0);                                                                              \
    } while (0)
    CHECK_REFUSES("cells", (bad.lambda_numerator = 1, bad.lambda_denominator = 2), "lambda");
    CHECK_REFUSES("constant", (bad.lambda_numerator = 1, bad.lambda_denominator = 1), "lambda");
    CHECK_REFUSES("condense", (bad.lambda_numerator = -3, bad.lambda_denominator = -4), "lambda");
    CHECK_REFUSES("cells", bad.lambda_numerator = 1, "lambda");
    CHECK_REFUSES("cells", (bad.lambda_numerator = INT64_MAX - 1, bad.lambda_denominator = INT64_MAX), "lambda");
    CHECK_REFUSES("constant", (bad.rho_numerator = 1, bad.rho_denominator = 2), "rho");
    CHECK_REFUSES("constant", (bad.rho_numerator = -1, bad.rho_denominator = 3), "rho");
    CHECK_REFUSES("vardi", bad.block_depth = -1, "block");
    CHECK_REFUSES("cells", bad.on_conflict = 3, "on_conflict");
    CHECK_REFUSES("cells", bad.on_conflict = -1, "on_conflict");
    CHECK_REFUSES("adversarial", bad.has_default_label = 2, "has_default_label");
    CHECK_REFUSES("adversarial", (bad.has_default_label = 1, bad.default_label = 12), "default_label");
    CHECK_REFUSES("cells", bad.reserved = 1, "reserved");
    CHECK_REFUSES("walls", (void)bad, "there is no method 'walls'");
    CHECK_REFUSES("", (void)bad, "there is no method");
    CHECK_FAILS(memo_network_build(data, NULL, NULL, NULL, &network), MEMO_INVALID_ARGUMENT, "method is NULL");
    CHECK_FAILS(memo_network_build(data, "cells", NULL, NULL, NULL), MEMO_INVALID_ARGUMENT, "network is NULL");
    CHECK_FAILS(memo_network_build(0, "cells", NULL, NULL, &network), MEMO_INVALID_HANDLE, "data");
    CHECK(memo_network_build(three, "sqrt", NULL, NULL, &network) == MEMO_BAD_INPUT);
    /* Options of other methods are not looked at; a fraction need not be in lowest terms. */
    bad = good;
    bad.rho_numerator = 7, bad.block_depth = -1, bad.has_default_label = 5;
    bad.lambda_numerator = INT64_C(3) << 40, bad.lambda_denominator = INT64_C(4) << 40;
    CHECK(memo_network_build(data, "cells", &bad, NULL, &network) == MEMO_OK);
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(properties.lambda_numerator == 3 && properties.lambda_denominator == 4);
    CHECK(memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK && memo_close(three) == MEMO_OK);
    return 1;
}

/* Almost all points of the plane are unseen, and get the default label. */
static int gives_unseen_points_the_default_label(void)
{
    struct small small;
    int64_t rows;
    memo_handle data = 0, network = 0;
    const uint8_t query[] = { 200, 201 };
    const memo_matrix queries = memo_matrix_uint8(query, 1, 2, 2);
    CHECK(two_classes(&small, &rows) && create(&small, rows, &data));
    const int32_t classes[] = { -7, 0 };
    for (int k = 0; k < 2; k++) {
        int32_t label = 1;
        memo_build_options options = { .struct_size = sizeof options, .has_default_label = 1, .default_label = classes[k] };
        CHECK(memo_network_build(data, "adversarial", &options, NULL, &network) == MEMO_OK);
        CHECK(memo_network_predict(network, &queries, &label, 1) == MEMO_OK && label == classes[k]);
        CHECK(memo_close(network) == MEMO_OK);
    }
    CHECK(memo_close(data) == MEMO_OK);
    return 1;
}

static int exports_in_every_format(void)
{
    static const char *const formats[] = { "json", "safetensors", "onnx" };
    struct small small;
    int64_t rows;
    memo_handle data = 0, network = 0;
    char path[4096];
    memo_export_options options = { .struct_size = sizeof options };
    CHECK(two_classes(&small, &rows) && create(&small, rows, &data));
    CHECK(memo_network_build(data, "cells", NULL, NULL, &network) == MEMO_OK);
    for (int f = 0; f < 3; f++)
        for (options.dense = 0; options.dense < 2; options.dense++) {
            snprintf(path, sizeof path, "%s-%d.%s", scratch_path, options.dense, formats[f]);
            remove(path);
            if (f == 0 && options.dense == 1) { /* a description has no weights */
                CHECK_FAILS(memo_network_export(network, formats[f], path, &options), MEMO_BAD_INPUT, "dense");
                continue;
            }
            CHECK(memo_network_export(network, formats[f], path, &options) == MEMO_OK);
            char *content = read_file(path);
            CHECK(content != NULL);
            free(content);
        }
    CHECK_FAILS(memo_network_export(network, "pickle", path, NULL), MEMO_INVALID_ARGUMENT, "pickle");
    CHECK_FAILS(memo_network_export(network, NULL, path, NULL), MEMO_INVALID_ARGUMENT, "format is NULL");
    CHECK_FAILS(memo_network_export(network, "json", NULL, NULL), MEMO_INVALID_ARGUMENT, "path is NULL");
    CHECK_FAILS(memo_network_export(network, "json", "", NULL), MEMO_INVALID_ARGUMENT, "path is empty");
    CHECK_FAILS(memo_network_export(data, "json", path, NULL), MEMO_INVALID_HANDLE, "network");
    CHECK_FAILS(memo_network_export(network, "json", "/no/such/folder/f.json", NULL), MEMO_BAD_FILE, "/no/such/folder");
    CHECK_FAILS(memo_network_save(network, "/no/such/folder/f.memo"), MEMO_BAD_FILE, "/no/such/folder");
    CHECK_FAILS(memo_network_save(network, "/"), MEMO_BAD_FILE, "/");
    CHECK_FAILS(memo_network_save(network, NULL), MEMO_INVALID_ARGUMENT, "path is NULL");
    CHECK_FAILS(memo_network_save(network, ""), MEMO_INVALID_ARGUMENT, "path is empty");
    options.dense = 2;
    CHECK_FAILS(memo_network_export(network, "json", path, &options), MEMO_INVALID_ARGUMENT, "dense");
    CHECK(memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    return 1;
}

const struct test build_tests[] = {
    TEST(every_method_memorizes_and_comes_back),
    TEST(finds_the_first_failure),
    TEST(treats_conflicts_as_it_is_told),
    TEST(refuses_options_out_of_range),
    TEST(gives_unseen_points_the_default_label),
    TEST(exports_in_every_format),
    END_OF_TESTS,
};
