/* Long work: progress, its end at the caller's wish, its threads. */
#include "test.h"

#include <pthread.h>

struct observer {
    pthread_t caller;
    memo_handle data;
    double last;
    int calls, strangers, steps_back, out_of_range, misfits;
    int end_at; /* the call that ends the work, from 1; 0 for none */
    int returned;
};

static int32_t observe(double share, void *user_data)
{
    struct observer *observer = user_data;
    memo_data_properties properties = { .struct_size = sizeof properties };
    observer->calls++;
    observer->strangers += !pthread_equal(pthread_self(), observer->caller) || observer->returned;
    observer->steps_back += share < observer->last;
    observer->out_of_range += !(share >= 0 && share <= 1);
    observer->last = share;
    /* It may call the library, even in vain. */
    observer->misfits += memo_data_info(observer->data, &properties) != MEMO_OK || memo_data_info(0, &properties) != MEMO_INVALID_HANDLE;
    return observer->calls == observer->end_at ? -1 : 0;
}

static memo_run_options observed(struct observer *observer, memo_handle data, int end_at)
{
    *observer = (struct observer){ .caller = pthread_self(), .data = data, .end_at = end_at };
    return (memo_run_options){ .struct_size = sizeof(memo_run_options), .threads = 2, .progress = observe, .user_data = observer };
}

static int well_observed(struct observer *observer)
{
    observer->returned = 1;
    CHECK(observer->calls > 0 && observer->strangers == 0 && observer->steps_back == 0 && observer->out_of_range == 0 && observer->misfits == 0);
    return 1;
}

/* Numbers without structure, so that nothing is pruned. */
static memo_handle noise(int64_t rows, int64_t columns)
{
    float *values = malloc((size_t)(rows * columns) * sizeof *values);
    int32_t *labels = malloc((size_t)rows * sizeof *labels);
    uint64_t state = 5;
    for (int64_t i = 0; i < rows * columns; i++) values[i] = (float)(next_random(&state) >> 40);
    for (int64_t i = 0; i < rows; i++) labels[i] = (int32_t)(i % 3);
    memo_matrix points = memo_matrix_float32(values, rows, columns, columns);
    memo_handle data = 0;
    memo_status status = memo_data_create(&points, labels, rows, NULL, 0, &data);
    free(values), free(labels);
    return status == MEMO_OK ? data : 0;
}

static int tells_progress_on_the_calling_thread(void)
{
    enum { rows = 2500, columns = 200 };
    memo_handle data = noise(rows, columns), network = 0, answers = 0;
    struct observer observer;
    memo_measures measures = { .struct_size = sizeof measures }, alone = measures;
    memo_verification verification = { .struct_size = sizeof verification };
    CHECK(data != 0);
    memo_run_options run = observed(&observer, data, 0);
    CHECK(memo_data_measure(data, &run, &measures) == MEMO_OK);
    CHECK(well_observed(&observer) && observer.last == 1);
    CHECK(memo_data_measure(data, NULL, &alone) == MEMO_OK && memcmp(&measures, &alone, sizeof alone) == 0);
    run = observed(&observer, data, 0);
    CHECK(memo_network_build(data, "cells", NULL, &run, &network) == MEMO_OK);
    CHECK(well_observed(&observer) && observer.last == 1);
    run = observed(&observer, data, 0);
    CHECK(memo_network_verify(network, data, 0, &run, &verification) == MEMO_OK && verification.first_failure == -1);
    CHECK(well_observed(&observer) && observer.last == 1);
    float *points = malloc(rows * columns * sizeof *points);
    CHECK(memo_data_points(data, points, rows * columns * sizeof *points) == MEMO_OK);
    memo_matrix queries = memo_matrix_float32(points, rows, columns, columns);
    run = observed(&observer, data, 0);
    CHECK(memo_network_evaluate(network, &queries, MEMO_RADII, &run, &answers) == MEMO_OK);
    CHECK(well_observed(&observer) && observer.last == 1);
    CHECK(memo_close(answers) == MEMO_OK && memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    free(points);
    return 1;
}

static int ends_when_it_is_told_to(void)
{
    enum { rows = 6000, columns = 500 }; /* seconds, if it were not ended */
    memo_handle data = noise(rows, columns), network = 7;
    struct observer observer;
    memo_measures measures = { .struct_size = sizeof measures };
    CHECK(data != 0);
    memo_run_options run = observed(&observer, data, 1);
    CHECK_FAILS(memo_data_measure(data, &run, &measures), MEMO_CANCELLED, "ended");
    CHECK(well_observed(&observer) && observer.calls == 1 && observer.last < 1);
    static const char *const methods[] = { "cells", "constant", "condense", "vardi", "park" };
    for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
        run = observed(&observer, data, 1);
        network = 7;
        CHECK(memo_network_build(data, methods[m], NULL, &run, &network) == MEMO_CANCELLED);
        CHECK(network == 0 && well_observed(&observer) && observer.calls == 1);
    }
    CHECK(memo_close(data) == MEMO_OK);
    /* What is done before anyone is asked can still be declined, and the library goes on working. */
    data = open_small();
    run = observed(&observer, data, 1);
    CHECK(memo_network_build(data, "cells", NULL, &run, &network) == MEMO_CANCELLED && network == 0);
    run = observed(&observer, data, 0);
    CHECK(memo_network_build(data, "cells", NULL, &run, &network) == MEMO_OK);
    CHECK(well_observed(&observer) && observer.last == 1);
    CHECK(memo_close(network) == MEMO_OK && memo_close(data) == MEMO_OK);
    return 1;
}

/* An error of the work is told on the calling thread, as without progress. */
static int tells_errors_to_the_calling_thread(void)
{
    const uint8_t bytes[] = { 3, 4, 3 };
    const int32_t labels[] = { 0, 1, 1 };
    memo_matrix points = memo_matrix_uint8(bytes, 3, 1, 1);
    memo_handle data = 0, network = 0;
    struct observer observer;
    CHECK(memo_data_create(&points, labels, 3, NULL, 0, &data) == MEMO_OK);
    memo_run_options run = observed(&observer, data, 0);
    CHECK_FAILS(memo_network_build(data, "cells", NULL, &run, &network), MEMO_LABEL_CONFLICT, "rows 0");
    run.threads = -1;
    CHECK_FAILS(memo_data_nearest_other(data, &run, NULL, NULL, 3), MEMO_INVALID_ARGUMENT, "-1 threads");
    run.threads = 1, run.reserved = 1;
    CHECK_FAILS(memo_data_nearest_other(data, &run, NULL, NULL, 3), MEMO_INVALID_ARGUMENT, "reserved");
    CHECK(memo_close(data) == MEMO_OK);
    return 1;
}

const struct test run_tests[] = {
    TEST(tells_progress_on_the_calling_thread),
    TEST(ends_when_it_is_told_to),
    TEST(tells_errors_to_the_calling_thread),
    END_OF_TESTS,
};
