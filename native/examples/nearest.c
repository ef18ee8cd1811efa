/* Finds the nearest of many points for each query: once with memo_nearest_rows() and once with the loop that it stands for.
 * Both are exact, so they have to agree to the last row.
 *
 *     nearest */
#include <memo.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 5000, QUERIES = 200, FEATURES = 64 };

/* Runs a call of libmemo; when it fails, says what is wrong and ends the program. */
#define TRY(call)                                                                                                  \
    do {                                                                                                           \
        memo_status status = (call);                                                                               \
        if (status != MEMO_OK) {                                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, memo_status_name(status), memo_last_error());   \
            exit(EXIT_FAILURE);                                                                                    \
        }                                                                                                          \
    } while (0)

/* Bytes from Knuth's linear congruential generator. */
static void draw(uint8_t *bytes, int64_t count)
{
    static uint64_t state = 1;
    for (int64_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(state >> 56);
    }
}

static int64_t squared_distance(const uint8_t *x, const uint8_t *y)
{
    int64_t sum = 0;
    for (int k = 0; k < FEATURES; k++) sum += (x[k] - y[k]) * (x[k] - y[k]);
    return sum;
}

/* The row of the point nearest to a query, the lowest of equally near ones. */
static int64_t nearest(uint8_t (*points)[FEATURES], const uint8_t *query)
{
    int64_t best = 0;
    for (int64_t i = 1; i < POINTS; i++)
        if (squared_distance(points[i], query) < squared_distance(points[best], query)) best = i;
    return best;
}

int main(void)
{
    static uint8_t points[POINTS][FEATURES], queries[QUERIES][FEATURES];
    static int64_t rows[QUERIES];
    static double squared_distances[QUERIES];
    memo_matrix all_points = memo_matrix_uint8(points[0], POINTS, FEATURES, FEATURES);
    memo_matrix all_queries = memo_matrix_uint8(queries[0], QUERIES, FEATURES, FEATURES);
    int agree = 0;

    draw(points[0], sizeof points);
    draw(queries[0], sizeof queries);
    TRY(memo_nearest_rows(&all_points, &all_queries, NULL, rows, squared_distances, QUERIES));

    printf("query  nearest point  squared distance\n");
    for (int i = 0; i < 3; i++) printf("%5d  %13" PRId64 "  %16.0f\n", i, rows[i], squared_distances[i]);

    for (int i = 0; i < QUERIES; i++)
        agree += rows[i] == nearest(points, queries[i]) &&
                 squared_distances[i] == (double)squared_distance(points[rows[i]], queries[i]);
    printf("%d of %d queries: the loop finds the same\n", agree, QUERIES);
    return agree == QUERIES ? EXIT_SUCCESS : EXIT_FAILURE;
}
