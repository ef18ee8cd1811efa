/* calls.c - what a call of libmemo costs beyond its work: nanoseconds a call, the median of 15 batches.
 *
 *     calls NETWORK.memo DATA     a network and labelled data of its dimension, such as digits.memo digits
 *
 * "no row" passes every check of memo_network_predict() and has no work to do. Single rows of DATA are timed one call each,
 * as `memo bench single` times them inside the engine. */
#include <memo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(call)                                                                   \
    do {                                                                              \
        if ((call) != MEMO_OK) {                                                      \
            fprintf(stderr, "%s: %s\n", #call, memo_last_error());                    \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

enum { BATCHES = 15 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int64_t count)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

#define TIME(name, calls, call)                                                       \
    do {                                                                              \
        double batches[BATCHES];                                                      \
        for (int batch = -1; batch < BATCHES; batch++) { /* the first warms up */     \
            double start = now();                                                     \
            for (int i = 0; i < (calls); i++) CHECK(call);                            \
            if (batch >= 0) batches[batch] = (now() - start) / (calls);               \
        }                                                                             \
        printf("%-44s %8.0f ns\n", name, median(batches, BATCHES));                   \
    } while (0)

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: calls NETWORK.memo DATA\n"), 2;
    memo_handle network, data, tiny_data, tiny;
    memo_network_properties properties = { .struct_size = sizeof properties };
    memo_data_properties of_data = { .struct_size = sizeof of_data };
    int32_t label;
    CHECK(memo_set_threads(1));
    CHECK(memo_network_open(argv[1], &network));
    CHECK(memo_data_open(argv[2], MEMO_TEST, &data));
    CHECK(memo_data_info(data, &of_data));

    const uint8_t points[] = { 0, 10 };
    const int32_t labels[] = { -1, 1 };
    memo_matrix two = memo_matrix_uint8(points, 2, 1, 1), none = memo_matrix_uint8(NULL, 0, 1, 1), one = memo_matrix_uint8(points, 1, 1, 1);
    CHECK(memo_data_create(&two, labels, 2, NULL, 0, &tiny_data));
    CHECK(memo_network_build(tiny_data, "cells", NULL, NULL, &tiny));

    TIME("memo_set_threads", 100000, memo_set_threads(1));
    TIME("memo_network_info", 100000, memo_network_info(network, &properties));
    TIME("memo_network_predict, no row", 100000, memo_network_predict(tiny, &none, NULL, 0));
    TIME("memo_network_predict, a row, 2 points of 1", 100000, memo_network_predict(tiny, &one, &label, 1));

    size_t bytes = (size_t)(of_data.rows * of_data.columns) * (of_data.element_type == MEMO_UINT8 ? 1 : of_data.element_type == MEMO_FLOAT32 ? 4 : 8);
    char *queries = malloc(bytes);
    double *seconds = malloc((size_t)of_data.rows * sizeof *seconds);
    if (queries == NULL || seconds == NULL) return 1;
    CHECK(memo_data_points(data, queries, (int64_t)bytes));
    for (int turn = 0; turn < 2; turn++)
        for (int64_t row = 0; row < of_data.rows; row++) {
            memo_matrix query = { queries + (size_t)row * (bytes / (size_t)of_data.rows), 1, of_data.columns, of_data.columns, of_data.element_type, 0 };
            double start = now();
            CHECK(memo_network_predict(network, &query, &label, 1));
            seconds[row] = now() - start;
        }
    printf("%-44s %8.0f ns\n", "memo_network_predict, a row of DATA", median(seconds, of_data.rows));

    free(queries), free(seconds);
    const memo_handle all[] = { tiny, tiny_data, data, network };
    for (int i = 0; i < 4; i++) CHECK(memo_close(all[i]));
    return 0;
}
