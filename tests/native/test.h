/* What the tests of libmemo share. A test is a function that returns 1 when it passes; CHECK ends it where it does not. */
#ifndef TEST_H
#define TEST_H

#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS and MAP_NORESERVE */
#define _POSIX_C_SOURCE 200809L
#include <memo.h>

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct test {
    const char *name;
    int (*run)(void);
};
#define TEST(function) { #function, function }
#define END_OF_TESTS { NULL, NULL }

/* Groups, one a file, each ended by END_OF_TESTS. The first is to be run first: before any call has failed. */
extern const struct test first_tests[], library_tests[], unsupported_tests[], structure_tests[], data_tests[], network_tests[],
    layer_tests[], build_tests[], answer_tests[], kernel_tests[], run_tests[], thread_tests[];

/* What the program was started with. scratch_path begins the names of files that tests may write. */
extern const char *network_path, *layers_path, *expected_built, *expected_active, *scratch_path;

/* Training points and labels as the network's file has them, read without the library: it must memorize them. */
extern struct training {
    uint8_t *points;
    int32_t *labels;
    int64_t rows, columns;
} training;

static inline memo_matrix training_matrix(void)
{
    return memo_matrix_uint8(training.points, training.rows, training.columns, training.columns);
}

/* Numbers that only look random, the same in every run. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64, of S. Vigna */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Squared distance of two rows of bytes. */
static inline int64_t squared_distance(const uint8_t *a, const uint8_t *b, int64_t n)
{
    int64_t sum = 0;
    for (int64_t k = 0; k < n; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

/* A hundred points of the plane in three classes, all distinct: small enough for every oracle. */
enum { SMALL_ROWS = 100, SMALL_COLUMNS = 2, SMALL_CLASSES = 3 };
struct small {
    uint8_t points[SMALL_ROWS * SMALL_COLUMNS];
    int32_t labels[SMALL_ROWS]; /* -7, 0 and 12 */
};
struct small small_data(void);
memo_handle open_small(void); /* as data; 0 on failure */

/* A text that a function gives out, of the right length, or NULL; for the caller to free. */
#define TEXT_OF(text, call_with_buffer)                                                    \
    do {                                                                                   \
        int64_t length = -1, again = -1, capacity = 0;                                     \
        char *buffer = NULL;                                                               \
        (text) = NULL;                                                                     \
        CHECK((call_with_buffer(buffer, capacity, &length)) == MEMO_TOO_SMALL);             \
        CHECK(length >= 0);                                                                \
        buffer = malloc((size_t)length + 2);                                               \
        buffer[0] = 'x', buffer[length + 1] = 'y';                                         \
        capacity = length; /* one too few: the NUL */                                      \
        CHECK((call_with_buffer(buffer, capacity, &again)) == MEMO_TOO_SMALL);              \
        CHECK(again == length && buffer[0] == 'x');                                        \
        capacity = length + 1;                                                             \
        CHECK((call_with_buffer(buffer, capacity, NULL)) == MEMO_OK);                       \
        CHECK((int64_t)strlen(buffer) == length && buffer[length + 1] == 'y');             \
        (text) = buffer;                                                                   \
    } while (0)

#endif
