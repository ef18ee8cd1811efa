/* Memorizes labelled points: builds the network of Theorem 7.3, proves that it gives every training point its label, and
 * asks it about points that it has never seen.
 *
 *     memorize
 *
 * The points lie in a square; their label is 1 inside a circle and 0 outside. */
#include <memo.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRAINING = 500, QUERIES = 1000 };

/* Runs a call of libmemo; when it fails, says what is wrong and goes to where everything is closed. */
#define TRY(call)                                                                                                  \
    do {                                                                                                           \
        memo_status status = (call);                                                                               \
        if (status != MEMO_OK) {                                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, memo_status_name(status), memo_last_error());   \
            goto done;                                                                                             \
        }                                                                                                          \
    } while (0)

/* A number between -1 and 1; Knuth's linear congruential generator. */
static float uniform(void)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)(state >> 40) / (1 << 23) - 1;
}

static void draw(float (*points)[2], int32_t *labels, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        points[i][0] = uniform();
        points[i][1] = uniform();
        labels[i] = points[i][0] * points[i][0] + points[i][1] * points[i][1] < 0.5f;
    }
}

int main(void)
{
    static float points[TRAINING][2], queries[QUERIES][2];
    static int32_t labels[TRAINING], truth[QUERIES], answers[QUERIES];
    static memo_network_properties properties; /* static: what is not set is 0 */
    static memo_verification proof;
    memo_handle data = 0, network = 0;
    memo_matrix training = memo_matrix_float32(points[0], TRAINING, 2, 2);
    memo_matrix unseen = memo_matrix_float32(queries[0], QUERIES, 2, 2);
    int right = 0, abstained = 0, exit_code = EXIT_FAILURE;

    draw(points, labels, TRAINING);
    TRY(memo_data_create(&training, labels, TRAINING, NULL, 0, &data));
    TRY(memo_network_build(data, "cells", NULL, NULL, &network));
    properties.struct_size = sizeof properties;
    TRY(memo_network_info(network, &properties));
    printf("built     a network of %" PRId64 " layers and %" PRId64 " parameters from %" PRId64 " points\n", properties.depth,
           properties.parameters, properties.samples);

    proof.struct_size = sizeof proof;
    TRY(memo_network_verify(network, data, 0, NULL, &proof));
    if (proof.first_failure >= 0) {
        printf("verified  that point %" PRId64 " is not given its label\n", proof.first_failure);
        goto done;
    }
    printf("verified  all %" PRId64 " points are given their labels, proved exactly\n", proof.rows);

    draw(queries, truth, QUERIES);
    TRY(memo_network_predict(network, &unseen, answers, QUERIES));
    for (int i = 0; i < QUERIES; i++) {
        right += answers[i] == truth[i];
        abstained += answers[i] == MEMO_ABSTAIN;
    }
    printf("predicted %d other points: %.1f %% right, %d abstentions\n", QUERIES, 100.0 * right / QUERIES, abstained);
    exit_code = EXIT_SUCCESS;

done: /* 0 is no handle, and may be closed */
    memo_close(network);
    memo_close(data);
    return exit_code;
}
