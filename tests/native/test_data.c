/* Data: from the caller's memory and by name, back again, and measured; against sums over all pairs. */
#include "test.h"

static int gives_back_what_it_was_given(void)
{
    enum { rows = 4, columns = 3, stride = 5 };
    double doubles[rows * stride];
    float floats[rows * stride];
    uint8_t bytes[rows * stride];
    const int32_t labels[rows] = { 5, -2147483647, 2147483647, 5 };
    for (int i = 0; i < rows * stride; i++) {
        int between = i % stride >= columns; /* must not be read */
        bytes[i] = (uint8_t)(17 * i);
        floats[i] = between ? NAN : (float)(i - 7) / 3;
        doubles[i] = between ? INFINITY : (i - 7) / 7.0;
    }
    const memo_matrix matrices[] = { memo_matrix_uint8(bytes, rows, columns, stride), memo_matrix_float32(floats, rows, columns, stride),
                                     memo_matrix_float64(doubles, rows, columns, stride) };
    const size_t sizes[] = { 1, sizeof(float), sizeof(double) };
    for (int type = 0; type < 3; type++) {
        memo_handle data = 0;
        memo_data_properties properties = { .struct_size = sizeof properties };
        CHECK(memo_data_create(&matrices[type], labels, rows, NULL, 0, &data) == MEMO_OK);
        CHECK(memo_data_info(data, &properties) == MEMO_OK);
        CHECK(properties.rows == rows && properties.columns == columns && properties.classes == 3);
        CHECK(properties.element_type == matrices[type].element_type && properties.labels_are_class_values == 1);
        uint8_t points[rows * columns * sizeof(double) + 1];
        const size_t size = sizes[type];
        points[rows * columns * size] = 0xab;
        CHECK(memo_data_points(data, points, (int64_t)(rows * columns * size)) == MEMO_OK);
        CHECK(points[rows * columns * size] == 0xab);
        for (int i = 0; i < rows; i++)
            CHECK(memcmp(points + i * columns * size, (const uint8_t *)matrices[type].data + i * stride * size, columns * size) == 0);
        int32_t found[rows + 1] = { [rows] = 77 };
        CHECK(memo_data_labels(data, found, rows) == MEMO_OK);
        CHECK(memcmp(found, labels, sizeof labels) == 0 && found[rows] == 77);
        const char *names[] = { "-2147483647", "5", "2147483647" }; /* ascending */
        char name[16];
        for (int k = 0; k < 3; k++)
            CHECK(memo_class_name(data, k, name, sizeof name, NULL) == MEMO_OK && strcmp(name, names[k]) == 0);
        CHECK_FAILS(memo_data_points(data, points, (int64_t)(rows * columns * size) - 1), MEMO_INVALID_ARGUMENT, "bytes");
        CHECK_FAILS(memo_data_points(data, NULL, 1000), MEMO_INVALID_ARGUMENT, "points is NULL");
        CHECK_FAILS(memo_data_labels(data, found, rows + 1), MEMO_INVALID_ARGUMENT, "labels");
        CHECK_FAILS(memo_data_labels(data, NULL, rows), MEMO_INVALID_ARGUMENT, "labels is NULL");
        CHECK_FAILS(memo_class_name(data, 3, name, sizeof name, NULL), MEMO_INVALID_ARGUMENT, "3");
        CHECK_FAILS(memo_class_name(data, -1, name, sizeof name, NULL), MEMO_INVALID_ARGUMENT, "-1");
        CHECK(memo_close(data) == MEMO_OK);
    }
    return 1;
}

static memo_handle named;
#define FIRST_NAME(text, capacity, length) memo_class_name(named, 0, text, capacity, length)

static int takes_named_classes(void)
{
    const uint8_t bytes[] = { 1, 2, 3 };
    const memo_matrix points = memo_matrix_uint8(bytes, 3, 1, 1);
    const int32_t labels[] = { 1, 0, 1 }, wrong[] = { 1, 2, 0 }, negative[] = { 0, 1, -1 };
    const char *names[] = { "\xc3\xa4pfel", "Birnen", "Birnen" };
    int32_t found[3];
    char *text;
    memo_data_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_data_create(&points, labels, 3, names, 2, &named) == MEMO_OK);
    CHECK(memo_data_info(named, &properties) == MEMO_OK);
    CHECK(properties.classes == 2 && properties.labels_are_class_values == 0);
    CHECK(memo_data_labels(named, found, 3) == MEMO_OK && memcmp(found, labels, sizeof labels) == 0);
    TEXT_OF(text, FIRST_NAME);
    CHECK(strcmp(text, names[0]) == 0);
    free(text);
    CHECK(memo_close(named) == MEMO_OK);
    memo_handle data = 5;
    CHECK_FAILS(memo_data_create(&points, labels, 3, names, 3, &data), MEMO_INVALID_ARGUMENT, "Birnen");
    CHECK(data == 0);
    CHECK_FAILS(memo_data_create(&points, wrong, 3, names, 2, &data), MEMO_INVALID_ARGUMENT, "row 1");
    CHECK_FAILS(memo_data_create(&points, negative, 3, names, 2, &data), MEMO_INVALID_ARGUMENT, "row 2");
    CHECK_FAILS(memo_data_create(&points, labels, 3, names, 0, &data), MEMO_INVALID_ARGUMENT, "class_count");
    CHECK_FAILS(memo_data_create(&points, labels, 3, NULL, 2, &data), MEMO_INVALID_ARGUMENT, "class_count");
    names[1] = NULL;
    CHECK_FAILS(memo_data_create(&points, labels, 3, names, 2, &data), MEMO_INVALID_ARGUMENT, "class_names[1] is NULL");
    return 1;
}

static int refuses_data_that_is_none(void)
{
    double values[4] = { 1, 2, 3, NAN };
    const int32_t labels[] = { 0, 1 }, reserved[] = { 0, INT32_MIN };
    memo_matrix points = memo_matrix_float64(values, 2, 2, 2);
    memo_handle data = 5;
    CHECK_FAILS(memo_data_create(&points, labels, 2, NULL, 0, &data), MEMO_BAD_INPUT, "row 1, column 1");
    CHECK(data == 0);
    values[3] = 4;
    CHECK_FAILS(memo_data_create(NULL, labels, 2, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "points is NULL");
    CHECK_FAILS(memo_data_create(&points, NULL, 2, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "labels is NULL");
    CHECK_FAILS(memo_data_create(&points, labels, 2, NULL, 0, NULL), MEMO_INVALID_ARGUMENT, "data is NULL");
    CHECK_FAILS(memo_data_create(&points, labels, 1, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "labels");
    CHECK_FAILS(memo_data_create(&points, reserved, 2, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "row 1");
    points.columns = 0;
    CHECK_FAILS(memo_data_create(&points, labels, 2, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "columns");
    points.columns = 2;
    points.data = (const char *)values + 4;
    CHECK_FAILS(memo_data_create(&points, labels, 1, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "aligned");
    points = memo_matrix_uint8((const uint8_t *)values, INT64_C(3) << 30, 1, 1);
    CHECK_FAILS(memo_data_create(&points, labels, points.rows, NULL, 0, &data), MEMO_INVALID_ARGUMENT, "2147483591");
    points = memo_matrix_uint8(NULL, 0, 3, 3);
    CHECK(memo_data_create(&points, NULL, 0, NULL, 0, &data) == MEMO_OK);
    memo_measures measures = { .struct_size = sizeof measures };
    CHECK_FAILS(memo_data_measure(data, NULL, &measures), MEMO_BAD_INPUT, "fewer than two classes");
    CHECK(memo_data_points(data, NULL, 0) == MEMO_OK && memo_data_labels(data, NULL, 0) == MEMO_OK);
    CHECK(memo_close(data) == MEMO_OK);
    return 1;
}

static int opens_what_the_program_takes(void)
{
    memo_handle data = 7;
    memo_data_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_data_open("digits:7,1", MEMO_TRAIN, &data) == MEMO_OK);
    CHECK(memo_data_info(data, &properties) == MEMO_OK);
    CHECK(properties.columns == 64 && properties.classes == 2 && properties.labels_are_class_values == 1);
    char name[8];
    CHECK(memo_class_name(data, 0, name, sizeof name, NULL) == MEMO_OK && strcmp(name, "7") == 0);
    int32_t *labels = malloc((size_t)properties.rows * sizeof *labels);
    CHECK(memo_data_labels(data, labels, properties.rows) == MEMO_OK);
    for (int64_t i = 0; i < properties.rows; i++) CHECK(labels[i] == 7 || labels[i] == 1);
    free(labels);
    CHECK(memo_close(data) == MEMO_OK);
    CHECK(memo_data_open("moons?count=40", MEMO_TEST, &data) == MEMO_OK && memo_close(data) == MEMO_OK);
    data = 7;
    CHECK_FAILS(memo_data_open("digits", 2, &data), MEMO_INVALID_ARGUMENT, "part");
    CHECK(data == 0);
    CHECK_FAILS(memo_data_open("no-such-set", MEMO_TRAIN, &data), MEMO_BAD_INPUT, "no-such-set");
    CHECK_FAILS(memo_data_open("digits:77", MEMO_TRAIN, &data), MEMO_BAD_INPUT, "77");
    CHECK_FAILS(memo_data_open("/no/such/data.csv", MEMO_TRAIN, &data), MEMO_BAD_FILE, "/no/such/data.csv");
    CHECK_FAILS(memo_data_open(NULL, MEMO_TRAIN, &data), MEMO_INVALID_ARGUMENT, "reference is NULL");
    CHECK_FAILS(memo_data_open("digits", MEMO_TRAIN, NULL), MEMO_INVALID_ARGUMENT, "data is NULL");
    return 1;
}

/* Over all pairs, by the definitions. */
static int measures_as_the_definitions_say(const uint8_t *points, const int32_t *labels, int64_t rows, int64_t columns)
{
    memo_matrix matrix = memo_matrix_uint8(points, rows, columns, columns);
    memo_handle data = 0;
    memo_measures found = { .struct_size = sizeof found };
    int64_t *nearest = malloc((size_t)rows * sizeof *nearest), conflicts = 0, duplicates = 0, least = INT64_MAX, closest[2] = { 0, 0 };
    double *squared = malloc((size_t)rows * sizeof *squared);
    CHECK(memo_data_create(&matrix, labels, rows, NULL, 0, &data) == MEMO_OK);
    CHECK(memo_data_measure(data, NULL, &found) == MEMO_OK);
    CHECK(memo_data_nearest_other(data, NULL, nearest, squared, rows) == MEMO_OK);
    for (int64_t i = 0; i < rows; i++) {
        int64_t other = -1, distance = INT64_MAX;
        int conflict = 0, duplicate = 0;
        for (int64_t j = 0; j < rows; j++) {
            int64_t pair = squared_distance(points + i * columns, points + j * columns, columns);
            if (labels[j] == labels[i]) {
                duplicate |= pair == 0 && j < i;
                continue;
            }
            conflict |= pair == 0;
            if (pair < distance) distance = pair, other = j;
        }
        conflicts += conflict, duplicates += duplicate;
        CHECK(nearest[i] == other && squared[i] == (double)distance);
        if (distance < least) least = distance, closest[0] = i, closest[1] = other;
    }
    CHECK(found.conflicts == conflicts && found.duplicates == duplicates);
    CHECK(found.separation == sqrt((double)least));
    CHECK(found.closest[0] == closest[0] && found.closest[1] == closest[1]);
    CHECK(memo_data_nearest_other(data, NULL, NULL, squared, rows) == MEMO_OK && memo_data_nearest_other(data, NULL, nearest, NULL, rows) == MEMO_OK);
    CHECK_FAILS(memo_data_nearest_other(data, NULL, nearest, squared, rows - 1), MEMO_INVALID_ARGUMENT, "length");
    CHECK(memo_close(data) == MEMO_OK);
    free(nearest), free(squared);
    return 1;
}

static int measures_samples(void)
{
    struct small small = small_data();
    CHECK(measures_as_the_definitions_say(small.points, small.labels, SMALL_ROWS, SMALL_COLUMNS));
    /* Three equal to the first: one of its class, two of others; and two more twins. */
    for (int i = 1; i < 4; i++) memcpy(small.points + 20 * i * SMALL_COLUMNS, small.points, SMALL_COLUMNS);
    memcpy(small.points + 93 * SMALL_COLUMNS, small.points + 90 * SMALL_COLUMNS, SMALL_COLUMNS);
    CHECK(measures_as_the_definitions_say(small.points, small.labels, SMALL_ROWS, SMALL_COLUMNS));
    return measures_as_the_definitions_say(training.points, training.labels, training.rows, training.columns);
}

const struct test data_tests[] = {
    TEST(gives_back_what_it_was_given),
    TEST(takes_named_classes),
    TEST(refuses_data_that_is_none),
    TEST(opens_what_the_program_takes),
    TEST(measures_samples),
    END_OF_TESTS,
};
