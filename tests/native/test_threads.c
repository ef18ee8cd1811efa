/* Threads and processes. */
#include "test.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* Eight threads predict with one handle for a second, while others open, build, predict and close their own. */
static struct {
    memo_handle network;
    struct small small;
    time_t end;
} shared;

static int until_the_end(void) { return time(NULL) <= shared.end; }

static void *predict_all_the_time(void *ok)
{
    int32_t labels[SMALL_ROWS];
    do {
        memo_matrix queries = memo_matrix_uint8(shared.small.points, SMALL_ROWS, SMALL_COLUMNS, SMALL_COLUMNS);
        *(int *)ok = memo_network_predict(shared.network, &queries, labels, SMALL_ROWS) == MEMO_OK &&
            memcmp(labels, shared.small.labels, sizeof labels) == 0;
    } while (*(int *)ok && until_the_end());
    return NULL;
}

static void *come_and_go(void *ok)
{
    int32_t labels[SMALL_ROWS];
    memo_matrix queries = memo_matrix_uint8(shared.small.points, SMALL_ROWS, SMALL_COLUMNS, SMALL_COLUMNS);
    do {
        memo_handle data = open_small(), network = 0, answers = 0, file = 0;
        *(int *)ok = data != 0 && memo_network_build(data, "cells", NULL, NULL, &network) == MEMO_OK && memo_close(data) == MEMO_OK &&
            memo_network_predict(network, &queries, labels, SMALL_ROWS) == MEMO_OK && memcmp(labels, shared.small.labels, sizeof labels) == 0 &&
            memo_network_evaluate(network, &queries, MEMO_VALUES, NULL, &answers) == MEMO_OK && memo_close(network) == MEMO_OK &&
            memo_network_predict(network, &queries, labels, SMALL_ROWS) == MEMO_INVALID_HANDLE &&
            memo_answers_labels(answers, labels, SMALL_ROWS) == MEMO_OK && memcmp(labels, shared.small.labels, sizeof labels) == 0 &&
            memo_close(answers) == MEMO_OK && memo_network_open(network_path, &file) == MEMO_OK && memo_close(file) == MEMO_OK;
    } while (*(int *)ok && until_the_end());
    return NULL;
}

static int shares_handles_while_others_come_and_go(void)
{
    enum { readers = 8, makers = 2 };
    pthread_t threads[readers + makers];
    int ok[readers + makers] = { 0 };
    memo_handle data = open_small();
    shared.small = small_data();
    shared.end = time(NULL) + 1;
    CHECK(memo_network_build(data, "cells", NULL, NULL, &shared.network) == MEMO_OK && memo_close(data) == MEMO_OK);
    for (int i = 0; i < readers + makers; i++)
        CHECK(pthread_create(&threads[i], NULL, i < readers ? predict_all_the_time : come_and_go, &ok[i]) == 0);
    for (int i = 0; i < readers + makers; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < readers + makers; i++) CHECK(ok[i]);
    CHECK(memo_close(shared.network) == MEMO_OK);
    return 1;
}

/* A handle that is closed while others use it: each call succeeds or is told so, and none crashes. */
static void *use_until_closed(void *ok)
{
    memo_matrix queries = memo_matrix_uint8(shared.small.points, SMALL_ROWS, SMALL_COLUMNS, SMALL_COLUMNS);
    int32_t labels[SMALL_ROWS];
    memo_status status;
    while ((status = memo_network_predict(shared.network, &queries, labels, SMALL_ROWS)) == MEMO_OK &&
           memcmp(labels, shared.small.labels, sizeof labels) == 0) { }
    *(int *)ok = status == MEMO_INVALID_HANDLE;
    return NULL;
}

static int closes_a_handle_in_use(void)
{
    enum { users = 3, times = 20 };
    pthread_t threads[users];
    int ok[users] = { 0 };
    for (int t = 0; t < times; t++) {
        memo_handle data = open_small();
        CHECK(memo_network_build(data, "cells", NULL, NULL, &shared.network) == MEMO_OK && memo_close(data) == MEMO_OK);
        for (int i = 0; i < users; i++) CHECK(pthread_create(&threads[i], NULL, use_until_closed, &ok[i]) == 0);
        nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
        CHECK(memo_close(shared.network) == MEMO_OK);
        for (int i = 0; i < users; i++) pthread_join(threads[i], NULL);
        for (int i = 0; i < users; i++) CHECK(ok[i]);
    }
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

const struct test thread_tests[] = {
    TEST(works_from_many_threads_at_once),
    TEST(shares_handles_while_others_come_and_go),
    TEST(closes_a_handle_in_use),
    TEST(says_so_in_a_forked_child),
    END_OF_TESTS,
};
