/* Steps: networks made, described, saved and asked. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

/* Keeps a network that was made, with what the library tells of it. */
static void keep_network(memo_handle handle, memo_handle source)
{
    memo_network_properties properties;
    memset(&properties, 0, sizeof properties);
    properties.struct_size = sizeof properties;
    if (memo_network_info(handle, &properties) != MEMO_OK) fault("a new network has no properties");
    struct object object = { handle, properties.samples, properties.dimension, properties.classes, properties.element_type,
                             (int32_t)properties.outputs, properties.lambda_denominator != 0, source };
    keep_object(NETWORK, &object);
}

static enum method random_method(void)
{
    if (one_in(120)) return (enum method)random_below(METHODS);
    return one_in(6) ? CONSTANT : CELLS;
}

static const char *random_method_name(enum method *method)
{
    static const char *const bad[] = { "", "cell", "Cells ", "\xff", "cells,park", "%s%n" };
    *method = random_method();
    if (!spoil()) return method_names[*method];
    wrong(MEMO_INVALID_ARGUMENT);
    *method = UNKNOWN_METHOD;
    return one_in(4) ? NULL : ANY_OF(bad);
}

/* What is asked of conflicts matters to the judgement: *on_conflict. */
static const memo_build_options *random_build(enum method method, int32_t *on_conflict)
{
    static const int64_t lambdas[][2] = { { 0, 0 }, { 51, 100 }, { 3, 4 }, { 500001, 1000000 }, { 99, 100 } };
    static const int64_t wrong_lambdas[][2] = { { 1, 2 }, { 1, 1 }, { 0, 5 }, { 3, -4 }, { -3, 4 }, { 5, 3 }, { 3, 0 },
                                                { INT64_MAX, 1 }, { INT64_MIN, INT64_MIN } };
    memo_build_options options;
    *on_conflict = MEMO_CONFLICT_ERROR;
    if (one_in(3)) return NULL;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.seed = random_bits();
    options.on_conflict = *on_conflict = (int32_t)random_below(3);
    const int64_t *lambda = lambdas[random_below(5)];
    if (spoil()) {
        lambda = wrong_lambdas[random_below(9)];
        if (method == CELLS || method == CONSTANT || method == CONDENSE) wrong(MEMO_INVALID_ARGUMENT);
        else unclear(); /* not heeded */
    }
    options.lambda_numerator = lambda[0];
    options.lambda_denominator = lambda[1];
    if (one_in(8)) {
        options.rho_numerator = random_between(-1, 3);
        options.rho_denominator = random_between(-1, 9);
    }
    if (method == CONSTANT) unclear(); /* whether rho fits that lambda */
    if (one_in(8)) {
        options.block_depth = one_in(4) ? (int64_t)random_bits() : random_between(-1, 6);
        if (method == VARDI) unclear();
    }
    if (one_in(8)) {
        options.has_default_label = 1;
        options.default_label = (int32_t)random_below(5);
        if (method == ADVERSARIAL) unclear();
    }
    if (spoil()) {
        wrong(MEMO_INVALID_ARGUMENT);
        if (one_in(2)) options.on_conflict = one_in(2) ? 3 : -1;
        else options.reserved = (int32_t)random_between(1, 9);
    }
    return random_options(&options, sizeof options);
}

/* The network that was just built memorizes what it was built from. */
static void require_memorized(memo_handle network, memo_handle data)
{
    memo_verification proof;
    memset(&proof, 0, sizeof proof);
    proof.struct_size = sizeof proof;
    if (memo_network_verify(network, data, one_in(4), NULL, &proof) != MEMO_OK) fault("a new network cannot be verified");
    if (proof.first_failure != -1) fault("a new network does not memorize row %lld", (long long)proof.first_failure);
}

void step_network_build(void)
{
    enum method method;
    memo_handle data;
    int32_t on_conflict;
    any_object(DATA, &data);
    const char *name = random_method_name(&method);
    const memo_build_options *options = random_build(method, &on_conflict);
    const memo_run_options *run = random_run();
    memo_handle *network = one_in(60) ? NULL : output_buffer(sizeof *network);
    if (network == NULL) wrong(MEMO_INVALID_ARGUMENT);
    may_be(MEMO_BAD_INPUT); /* one class, more than two, too many bits */
    if (on_conflict == MEMO_CONFLICT_ERROR) may_be(MEMO_LABEL_CONFLICT);
    if (CALL(memo_network_build(data, name, options, run, network))) {
        REQUIRE(*network != 0);
        if (on_conflict == MEMO_CONFLICT_ERROR && one_in(4)) require_memorized(*network, data);
        keep_network(*network, on_conflict == MEMO_CONFLICT_ERROR ? data : 0);
    } else if (network != NULL) {
        REQUIRE(*network == 0);
    }
}

void step_network_open(void)
{
    const char *path = random_path(TO_READ, "memo");
    memo_handle *network = one_in(60) ? NULL : output_buffer(sizeof *network);
    if (network == NULL) wrong(MEMO_INVALID_ARGUMENT);
    if (CALL(memo_network_open(path, network))) {
        REQUIRE(*network != 0);
        keep_network(*network, 0);
    } else if (network != NULL) {
        REQUIRE(*network == 0);
    }
}

void step_network_save(void)
{
    memo_handle handle;
    any_object(NETWORK, &handle);
    const char *path = random_path(TO_WRITE, "memo");
    CALL(memo_network_save(handle, path));
}

void step_network_info(void)
{
    memo_handle handle;
    const struct object *network = any_object(NETWORK, &handle);
    memo_network_properties *properties = random_structure(sizeof *properties);
    if (!CALL(memo_network_info(handle, properties)) || !structure_complete(properties, sizeof *properties)) return;
    REQUIRE(properties->samples == network->rows && properties->dimension == network->columns);
    REQUIRE(properties->classes == network->classes && properties->classes >= 2);
    REQUIRE(properties->element_type == network->element_type && properties->outputs == network->outputs);
    REQUIRE(properties->depth > 0 && properties->width > 0 && properties->parameters > 0 && properties->bits > 0);
    REQUIRE(properties->nonzero > 0 && properties->nonzero <= properties->parameters);
}

void step_class_name(void)
{
    memo_handle handle;
    const struct object *object = any_object(one_in(2) ? DATA : NETWORK, &handle);
    int64_t index = object->classes == 0 ? 0 : random_below(object->classes);
    if (object->classes == 0) wrong(MEMO_INVALID_ARGUMENT);
    if (object->handle != handle) handle = wrong_handle(DATA, NETWORK);
    struct text text = random_text(6);
    if (spoil()) {
        static const int64_t extremes[] = { -1, INT64_MIN, INT64_MAX };
        wrong(MEMO_INVALID_ARGUMENT);
        index = one_in(2) ? ANY_OF(extremes) : object->classes;
    }
    memo_status status = memo_class_name(handle, index, text.buffer, text.capacity, text.length);
    judge(status, "memo_class_name(handle, index, text.buffer, text.capacity, text.length)");
    check_text(&text, status);
}

void step_network_describe(void)
{
    static int64_t likely = 1000;
    memo_handle handle;
    any_object(NETWORK, &handle);
    struct text text = random_text(likely);
    memo_status status = memo_network_describe(handle, text.buffer, text.capacity, text.length);
    judge(status, "memo_network_describe(handle, text.buffer, text.capacity, text.length)");
    check_text(&text, status);
    if (status == MEMO_TOO_SMALL && text.length != NULL) likely = *text.length < 500000 ? *text.length : 500000;
    if (status == MEMO_OK) REQUIRE(text.buffer[0] == '{' && strchr(text.buffer, '}') != NULL);
}

void step_network_export(void)
{
    static const char *const formats[] = { "onnx", "safetensors", "json" };
    static const char *const bad[] = { "", "ONNX!", "pickle", "\xff" };
    memo_handle handle;
    any_object(NETWORK, &handle);
    const char *format = ANY_OF(formats);
    const char *path = random_path(TO_WRITE, "export");
    memo_export_options options = { sizeof options, (int32_t)random_below(2), 0 };
    const memo_export_options *passed = NULL;
    may_be(MEMO_BAD_INPUT); /* what the format cannot hold */
    if (spoil()) {
        format = one_in(4) ? NULL : ANY_OF(bad);
        wrong(MEMO_INVALID_ARGUMENT);
    }
    if (spoil()) {
        options.reserved = 1;
        wrong(MEMO_INVALID_ARGUMENT);
        passed = random_options(&options, sizeof options);
    } else if (one_in(2)) {
        passed = random_options(&options, sizeof options);
    }
    CALL(memo_network_export(handle, format, path, passed));
}

/* Queries for a network: of its own type and size, mostly. */
static const memo_matrix *random_queries(const struct object *network, int64_t *rows)
{
    *rows = one_in(30) ? 0 : random_between(1, 12);
    int64_t columns = network->columns;
    int32_t type = one_in(8) ? random_type() : network->element_type;
    enum values values = one_in(60) ? NOT_FINITE : one_in(3) ? FEW : MANY;
    if (type != network->element_type || (!network->has_radii && type != MEMO_UINT8)) may_be(MEMO_BAD_INPUT);
    if (spoil()) {
        columns++;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    return random_matrix(*rows, columns, type, values);
}

void step_network_predict(void)
{
    memo_handle handle;
    int64_t rows;
    const struct object *network = any_object(NETWORK, &handle);
    const memo_matrix *queries = random_queries(network, &rows);
    size_t bytes = (size_t)rows * sizeof(int32_t);
    int32_t *labels = output_buffer(bytes), *again;
    int64_t length = random_length(rows);
    if (one_in(60)) {
        labels = NULL;
        if (rows > 0) wrong(MEMO_INVALID_ARGUMENT);
    }
    if (!CALL(memo_network_predict(handle, queries, labels, length)) || rows == 0 || !one_in(16)) return;
    /* The same answers for any number of threads. */
    if (memo_set_threads((int32_t)random_between(1, 3)) != MEMO_OK) fault("threads could not be set");
    again = output_buffer(bytes);
    if (CALL(memo_network_predict(handle, queries, again, length))) REQUIRE(memcmp(labels, again, bytes) == 0);
}

void step_network_verify(void)
{
    memo_handle handle, data;
    const struct object *network = any_object(NETWORK, &handle);
    const struct object *samples = any_object(DATA, &data);
    const struct object *source = live_object(DATA, network->source);
    int is_source = source != NULL && data != 0 && samples->handle == data && one_in(2);
    if (is_source) {
        samples = source;
        data = source->handle;
    }
    int32_t reference = one_in(4);
    const memo_run_options *run = random_run();
    memo_verification *verification = random_structure(sizeof *verification);
    if (!is_source) { /* mostly data of another network */
        may_be(MEMO_BAD_INPUT);
        may_be(MEMO_INVALID_ARGUMENT);
    }
    if (!CALL(memo_network_verify(handle, data, reference, run, verification)) ||
        !structure_complete(verification, sizeof *verification))
        return;
    REQUIRE(!is_source || verification->first_failure == -1);
    REQUIRE(verification->first_failure >= -1 && verification->first_failure < samples->rows);
    REQUIRE(verification->rows >= 0 && verification->rows <= samples->rows && verification->resolved_exactly >= 0);
    REQUIRE(verification->first_failure >= 0 || verification->given == 0);
}

void step_network_evaluate(void)
{
    memo_handle handle;
    int64_t rows;
    const struct object *network = any_object(NETWORK, &handle);
    const memo_matrix *queries = random_queries(network, &rows);
    int32_t outputs = (int32_t)random_below(8);
    const memo_run_options *run = random_run();
    memo_handle *answers = one_in(60) ? NULL : output_buffer(sizeof *answers);
    if (!network->has_radii && (outputs & (MEMO_RADII | MEMO_NEAREST)) != 0) {
        if (one_in(4)) wrong(MEMO_BAD_INPUT);
        else outputs &= MEMO_VALUES;
    }
    if (spoil()) {
        outputs = one_in(2) ? 8 : -1;
        wrong(MEMO_INVALID_ARGUMENT);
    }
    if (answers == NULL) wrong(MEMO_INVALID_ARGUMENT);
    if (!CALL(memo_network_evaluate(handle, queries, outputs, run, answers))) {
        REQUIRE(answers == NULL || *answers == 0);
        return;
    }
    REQUIRE(*answers != 0);
    struct object object = { *answers, rows, network->outputs, network->classes, 0, outputs, 0, 0 };
    if (rows > 0 && one_in(4)) { /* the same labels as those of memo_network_predict() */
        int32_t *labels = output_buffer((size_t)rows * sizeof *labels), *predicted = output_buffer((size_t)rows * sizeof *labels);
        if (memo_answers_labels(*answers, labels, rows) != MEMO_OK ||
            memo_network_predict(handle, queries, predicted, rows) != MEMO_OK)
            fault("answers have no labels, or what was evaluated cannot be predicted");
        REQUIRE(memcmp(labels, predicted, (size_t)rows * sizeof *labels) == 0);
    }
    keep_object(ANSWERS, &object);
}
