/* Answers: labels, exact values, radii and nearest points of a cells network, against its formula in 128-bit integers. */
#include "test.h"

__extension__ typedef __int128 wide; /* of gcc and clang */

enum { SIDE = 42, QUERIES = SIDE * SIDE };

static memo_handle answers;
#define EXACT_VALUES(text, capacity, length) memo_answers_exact_values(answers, text, capacity, length)
#define SCALE(text, capacity, length) memo_answers_scale(answers, text, capacity, length)

/* Theorem 7.3, in units of 1/(2q) for lambda = p/q:
 *   2 S_ij = q (D_j - D_i) - (2p - q) P_ij,  u_i = sum over j of another class of ReLU(-2 S_ij) - (2p - q) min P,
 *   F_k = sum over i of class k of ReLU(-u_i). */
static void values_of(const struct small *small, const int *classes, const uint8_t *query, int64_t p, int64_t q, wide *values)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < SMALL_ROWS; i++)
        for (int j = 0; j < SMALL_ROWS; j++) {
            int64_t pair = squared_distance(small->points + 2 * i, small->points + 2 * j, 2);
            if (classes[i] != classes[j] && pair < least) least = pair;
        }
    for (int k = 0; k < SMALL_CLASSES; k++) values[k] = 0;
    for (int i = 0; i < SMALL_ROWS; i++) {
        wide u = -(wide)(2 * p - q) * least;
        int64_t di = squared_distance(query, small->points + 2 * i, 2);
        for (int j = 0; j < SMALL_ROWS; j++) {
            if (classes[j] == classes[i]) continue;
            wide wall = (wide)q * (squared_distance(query, small->points + 2 * j, 2) - di) -
                (wide)(2 * p - q) * squared_distance(small->points + 2 * i, small->points + 2 * j, 2);
            if (wall < 0) u -= wall;
        }
        if (u < 0) values[classes[i]] -= u;
    }
}

static int agrees_with_the_formula(int class_count, int64_t p, int64_t q)
{
    static uint8_t grid[QUERIES * 2];
    static int32_t labels[QUERIES], predicted[QUERIES];
    static double values[QUERIES * SMALL_CLASSES], radii[QUERIES];
    static int64_t nearest[QUERIES];
    struct small small = small_data();
    const int32_t ascending[] = { -7, 0, 12 };
    int classes[SMALL_ROWS];
    for (int i = 0; i < QUERIES; i++) grid[2 * i] = i / SIDE, grid[2 * i + 1] = i % SIDE;
    for (int i = 0; i < SMALL_ROWS; i++) {
        if (class_count == 2 && small.labels[i] == 12) small.labels[i] = 0;
        classes[i] = small.labels[i] == -7 ? 0 : small.labels[i] == 0 ? 1 : 2;
    }
    memo_matrix points = memo_matrix_uint8(small.points, SMALL_ROWS, 2, 2), queries = memo_matrix_uint8(grid, QUERIES, 2, 2);
    memo_handle data = 0, network = 0;
    memo_build_options options = { .struct_size = sizeof options, .lambda_numerator = p, .lambda_denominator = q };
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_data_create(&points, small.labels, SMALL_ROWS, NULL, 0, &data) == MEMO_OK);
    CHECK(memo_network_build(data, "cells", &options, NULL, &network) == MEMO_OK);
    CHECK(memo_close(data) == MEMO_OK); /* the network has what it needs */
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    const int outputs = class_count == 2 ? 1 : class_count;
    CHECK(properties.outputs == outputs && properties.classes == class_count);
    CHECK(memo_network_evaluate(network, &queries, MEMO_VALUES | MEMO_RADII | MEMO_NEAREST, NULL, &answers) == MEMO_OK);
    CHECK(memo_network_predict(network, &queries, predicted, QUERIES) == MEMO_OK);
    CHECK(memo_close(network) == MEMO_OK); /* the answers need it no more */
    CHECK(memo_answers_labels(answers, labels, QUERIES) == MEMO_OK);
    CHECK(memo_answers_values(answers, values, QUERIES * outputs) == MEMO_OK);
    CHECK(memo_answers_radii(answers, radii, QUERIES) == MEMO_OK);
    CHECK(memo_answers_nearest(answers, nearest, QUERIES) == MEMO_OK);
    char *exact, *scale;
    TEXT_OF(exact, EXACT_VALUES);
    TEXT_OF(scale, SCALE);
    int64_t numerator, denominator;
    CHECK(sscanf(scale, "%" SCNd64 "/%" SCNd64, &numerator, &denominator) == 2 && numerator > 0 && denominator > 0);

    int abstentions = 0;
    const char *line = exact;
    for (int i = 0; i < QUERIES; i++) {
        wide sums[SMALL_CLASSES], expected[SMALL_CLASSES];
        values_of(&small, classes, grid + 2 * i, p, q, sums);
        int label = -1;
        for (int k = 0; k < class_count; k++)
            if (sums[k] > 0) label = k; /* at most one class is active */
        for (int k = 0; k < outputs; k++) expected[k] = class_count == 2 ? sums[1] - sums[0] : sums[k];
        CHECK(labels[i] == (label < 0 ? MEMO_ABSTAIN : ascending[label]));
        CHECK(predicted[i] == labels[i]);
        abstentions += label < 0;
        for (int k = 0; k < outputs; k++) {
            char *end;
            wide value = strtoll(line, &end, 10);
            CHECK(end != line && *end == (i == QUERIES - 1 && k == outputs - 1 ? 0 : '\n'));
            line = end + 1;
            CHECK(value * numerator * 2 * q == expected[k] * denominator);
            CHECK(values[i * outputs + k] == (double)expected[k] / (double)(2 * q)); /* rounded once: both are below 2^53 */
        }
        int64_t closest = 0;
        for (int j = 1; j < SMALL_ROWS; j++)
            if (squared_distance(grid + 2 * i, small.points + 2 * j, 2) < squared_distance(grid + 2 * i, small.points + 2 * closest, 2))
                closest = j;
        CHECK(nearest[i] == closest);
        CHECK(label < 0 ? radii[i] == 0 : radii[i] >= 0 && isfinite(radii[i]));
    }
    CHECK(abstentions > 0 && abstentions < QUERIES);
    /* Within its radius no query of the grid has another answer. */
    int64_t covered = 0;
    for (int i = 0; i < QUERIES; i++)
        for (int j = 0; j < QUERIES; j++) {
            if (i == j || !((double)squared_distance(grid + 2 * i, grid + 2 * j, 2) < radii[i] * radii[i])) continue;
            covered++;
            CHECK(labels[i] == labels[j]);
        }
    CHECK(covered > 0);
    CHECK(memo_close(answers) == MEMO_OK);
    free(exact), free(scale);
    return 1;
}

static int agree_with_the_formula(void)
{
    CHECK(agrees_with_the_formula(2, 51, 100));
    CHECK(agrees_with_the_formula(3, 51, 100));
    CHECK(agrees_with_the_formula(3, 2, 3));
    CHECK(agrees_with_the_formula(2, 999999937, 1999999873));
    return 1;
}

static int give_only_what_was_asked_for(void)
{
    struct small small = small_data();
    memo_matrix queries = memo_matrix_uint8(small.points, 5, 2, 2);
    memo_handle data = open_small(), network = 0;
    int32_t labels[6];
    double numbers[15];
    int64_t rows[5];
    char text[8];
    CHECK(memo_network_build(data, "cells", NULL, NULL, &network) == MEMO_OK);
    CHECK(memo_network_evaluate(network, &queries, 0, NULL, &answers) == MEMO_OK);
    CHECK(memo_answers_labels(answers, labels, 5) == MEMO_OK && memcmp(labels, small.labels, 20) == 0);
    CHECK_FAILS(memo_answers_labels(answers, labels, 6), MEMO_INVALID_ARGUMENT, "labels");
    CHECK_FAILS(memo_answers_labels(answers, NULL, 5), MEMO_INVALID_ARGUMENT, "labels is NULL");
    CHECK_FAILS(memo_answers_values(answers, numbers, 15), MEMO_INVALID_ARGUMENT, "MEMO_VALUES");
    CHECK_FAILS(memo_answers_exact_values(answers, text, sizeof text, NULL), MEMO_INVALID_ARGUMENT, "MEMO_VALUES");
    CHECK_FAILS(memo_answers_scale(answers, text, sizeof text, NULL), MEMO_INVALID_ARGUMENT, "MEMO_VALUES");
    CHECK_FAILS(memo_answers_radii(answers, numbers, 5), MEMO_INVALID_ARGUMENT, "MEMO_RADII");
    CHECK_FAILS(memo_answers_nearest(answers, rows, 5), MEMO_INVALID_ARGUMENT, "MEMO_NEAREST");
    CHECK_FAILS(memo_answers_labels(network, labels, 5), MEMO_INVALID_HANDLE, "answers");
    CHECK(memo_close(answers) == MEMO_OK);
    CHECK_FAILS(memo_answers_labels(answers, labels, 5), MEMO_INVALID_HANDLE, "answers");
    answers = 3;
    CHECK_FAILS(memo_network_evaluate(network, &queries, 8, NULL, &answers), MEMO_INVALID_ARGUMENT, "outputs");
    CHECK(answers == 0);
    CHECK_FAILS(memo_network_evaluate(network, &queries, -1, NULL, &answers), MEMO_INVALID_ARGUMENT, "outputs");
    CHECK_FAILS(memo_network_evaluate(network, NULL, 0, NULL, &answers), MEMO_INVALID_ARGUMENT, "queries is NULL");
    CHECK_FAILS(memo_network_evaluate(network, &queries, 0, NULL, NULL), MEMO_INVALID_ARGUMENT, "answers is NULL");
    CHECK_FAILS(memo_network_evaluate(data, &queries, 0, NULL, &answers), MEMO_INVALID_HANDLE, "network");
    queries.row_stride = INT64_C(1) << 31;
    CHECK_FAILS(memo_network_evaluate(network, &queries, 0, NULL, &answers), MEMO_INVALID_ARGUMENT, "2147483591");
    queries = memo_matrix_uint8(NULL, 0, 2, 2);
    CHECK(memo_network_evaluate(network, &queries, MEMO_VALUES, NULL, &answers) == MEMO_OK);
    CHECK(memo_answers_labels(answers, NULL, 0) == MEMO_OK && memo_answers_values(answers, NULL, 0) == MEMO_OK);
    int64_t length = -1;
    CHECK(memo_answers_exact_values(answers, text, sizeof text, &length) == MEMO_OK && length == 0 && text[0] == 0);
    CHECK(memo_close(answers) == MEMO_OK && memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    return 1;
}

const struct test answer_tests[] = {
    TEST(agree_with_the_formula),
    TEST(give_only_what_was_asked_for),
    END_OF_TESTS,
};
