/* Steps: labelled samples. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

enum { MOST_ROWS = 40, MOST_COLUMNS = 10 };

/* Names for some classes: NULL for none. What is wrong with them is noted; *count is to be passed. */
static const char *const *random_names(int64_t *count)
{
    static const char *const some[] = { "cat", "dog", "\xc3\xa9lan", "0", "a name with spaces" };
    static const char *const twice[] = { "cat", "dog", "cat" };
    static const char *const missing[] = { "cat", NULL, "dog" };
    *count = 0;
    if (one_in(60)) {
        wrong(MEMO_INVALID_ARGUMENT);
        *count = one_in(2) ? -1 : INT64_MIN;
        return one_in(2) ? NULL : some;
    }
    if (one_in(60)) {
        wrong(MEMO_INVALID_ARGUMENT);
        *count = 3;
        return one_in(3) ? NULL : one_in(2) ? twice : missing;
    }
    if (!one_in(3)) return NULL;
    *count = random_between(2, 5);
    return some;
}

static const int32_t *random_labels(int64_t rows, int64_t names)
{
    if (rows == 0) return output_buffer(sizeof(int32_t));
    if (one_in(60)) {
        wrong(MEMO_INVALID_ARGUMENT);
        return NULL;
    }
    int32_t *labels = input_buffer((size_t)rows * sizeof *labels);
    int64_t classes = names > 0 ? names : random_between(1, one_in(2) ? 2 : 5);
    int32_t step = names > 0 ? 1 : (int32_t)random_between(1, 1 << 20), first = names > 0 ? 0 : -step;
    for (int64_t i = 0; i < rows; i++) labels[i] = first + step * (int32_t)random_below(classes);
    if (spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        labels[random_below(rows)] = names > 0 && one_in(2) ? (int32_t)names : MEMO_ABSTAIN;
    }
    return labels;
}

/* Keeps a data set that was made, with its sizes as the library tells them. */
static void keep_data(memo_handle handle)
{
    memo_data_properties properties;
    memset(&properties, 0, sizeof properties);
    properties.struct_size = sizeof properties;
    if (memo_data_info(handle, &properties) != MEMO_OK) fault("new data has no properties");
    struct object object = { handle, properties.rows, properties.columns, properties.classes, properties.element_type, 0, 0, 0 };
    keep_object(DATA, &object);
}

void step_data_create(void)
{
    int64_t rows = one_in(30) ? 0 : random_between(1, one_in(4) ? MOST_ROWS : 12), columns = random_between(1, MOST_COLUMNS);
    int32_t type = random_type();
    enum values values = one_in(3) ? FEW : one_in(40) ? NOT_FINITE : MANY;
    const memo_matrix *points = random_matrix(rows, columns, type, values);
    int64_t names, length = random_length(rows);
    const char *const *class_names = random_names(&names);
    const int32_t *labels = random_labels(rows, names);
    memo_handle *data = one_in(60) ? NULL : output_buffer(sizeof *data);
    if (data == NULL) wrong(MEMO_INVALID_ARGUMENT);
    if (CALL(memo_data_create(points, labels, length, class_names, names, data))) {
        REQUIRE(*data != 0);
        keep_data(*data);
    } else if (data != NULL) {
        REQUIRE(*data == 0);
    }
}

void step_data_open(void)
{
    static const char *const good[] = { "moons?count=30", "circles?count=25", "blobs?count=40&n=3", "xor?count=20", "xor?n=3&count=9",
                                        "parity?n=4&count=16", "ball-shell?n=3&count=20", "hypercube?n=5&count=20" };
    static const char *const bad[] = { "no-such-name", "moons?count=0", "moons?count=x", "moons?colour=1", "moons?", "digits:77",
                                       "digits:", ":", "?", "missing/x.npz", "\xff\xfe" };
    char text[64];
    const char *reference = text;
    int32_t part = (int32_t)random_below(2);
    int large = 0;
    if (one_in(60)) {
        reference = one_in(2) ? NULL : "";
        wrong(MEMO_INVALID_ARGUMENT);
        may_be(MEMO_BAD_INPUT);
    } else if (one_in(100)) {
        reference = "digits:0,1";
        large = 1;
    } else if (one_in(4)) {
        reference = random_path(TO_READ, "csv");
        may_be(MEMO_BAD_INPUT);
        unclear();
    } else if (one_in(4)) {
        strcpy(text, ANY_OF(bad));
        unclear();
    } else {
        strcpy(text, ANY_OF(good));
        if (one_in(4)) { /* a character that is another: may be right as well, but never larger than two digits say */
            text[random_below((int64_t)strlen(text))] = (char)random_between(1, 255);
            unclear();
        }
    }
    if (spoil()) {
        part = one_in(2) ? 2 : -1;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    memo_handle *data = one_in(60) ? NULL : output_buffer(sizeof *data);
    if (data == NULL) wrong(MEMO_INVALID_ARGUMENT);
    if (CALL(memo_data_open(reference, part, data))) {
        REQUIRE(*data != 0);
        if (!large) keep_data(*data);
        else REQUIRE(memo_close(*data) == MEMO_OK);
    } else if (data != NULL) {
        REQUIRE(*data == 0);
    }
}

void step_data_info(void)
{
    memo_handle handle;
    const struct object *data = any_object(DATA, &handle);
    memo_data_properties *properties = random_structure(sizeof *properties);
    if (!CALL(memo_data_info(handle, properties)) || !structure_complete(properties, sizeof *properties)) return;
    REQUIRE(properties->rows == data->rows && properties->columns == data->columns);
    REQUIRE(properties->classes == data->classes && properties->element_type == data->element_type);
    REQUIRE(properties->labels_are_class_values == 0 || properties->labels_are_class_values == 1);
}

void step_data_points(void)
{
    memo_handle handle;
    const struct object *data = any_object(DATA, &handle);
    int64_t bytes = data->rows * data->columns * (int64_t)element_size(data->element_type), capacity = bytes;
    void *points = output_buffer((size_t)bytes + 16);
    if (one_in(4)) capacity += random_below(17);
    if (spoil() && bytes > 0) {
        static const int64_t small[] = { -1, INT64_MIN, 0 };
        wrong(MEMO_INVALID_ARGUMENT);
        if (one_in(3)) points = NULL;
        else capacity = one_in(2) ? bytes - 1 : ANY_OF(small);
    }
    if (CALL(memo_data_points(handle, points, capacity)))
        REQUIRE(untouched((const char *)points + bytes, (size_t)(capacity - bytes)));
}

void step_data_labels(void)
{
    memo_handle handle;
    const struct object *data = any_object(DATA, &handle);
    int32_t *labels = output_buffer((size_t)data->rows * sizeof *labels);
    int64_t length = random_length(data->rows);
    if (one_in(60) && data->rows > 0) {
        labels = NULL;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    if (CALL(memo_data_labels(handle, labels, length)))
        for (int64_t i = 0; i < length; i++) REQUIRE(labels[i] != MEMO_ABSTAIN);
}

void step_data_measure(void)
{
    memo_handle handle;
    const struct object *data = any_object(DATA, &handle);
    memo_measures *measures = random_structure(sizeof *measures);
    const memo_run_options *run = random_run();
    may_be(MEMO_BAD_INPUT); /* one class */
    if (!CALL(memo_data_measure(handle, run, measures)) || !structure_complete(measures, sizeof *measures)) return;
    REQUIRE(measures->conflicts >= 0 && measures->conflicts <= data->rows);
    REQUIRE(measures->duplicates >= 0 && measures->duplicates < data->rows);
    REQUIRE((measures->separation == 0) == (measures->conflicts > 0) && measures->separation >= 0);
    REQUIRE(measures->closest[0] >= 0 && measures->closest[1] >= 0 && measures->closest[0] < data->rows &&
            measures->closest[1] < data->rows && measures->closest[0] != measures->closest[1]);
}

void step_data_nearest_other(void)
{
    memo_handle handle;
    const struct object *data = any_object(DATA, &handle);
    int64_t *rows = one_in(4) ? NULL : output_buffer((size_t)data->rows * sizeof *rows);
    double *distances = one_in(4) ? NULL : output_buffer((size_t)data->rows * sizeof *distances);
    const memo_run_options *run = random_run();
    int64_t length = random_length(data->rows);
    may_be(MEMO_BAD_INPUT); /* one class */
    if (!CALL(memo_data_nearest_other(handle, run, rows, distances, length))) return;
    for (int64_t i = 0; i < length; i++) {
        REQUIRE(rows == NULL || (rows[i] >= 0 && rows[i] < length && rows[i] != i));
        REQUIRE(distances == NULL || distances[i] >= 0);
    }
}
