/* Classifies samples with a network from a file.
 *
 *     classify NETWORK.memo DATA
 *
 * DATA is what the program `memo` takes for --data: a name ("digits": its test part), a generator ("moons?count=100") or a
 * path. Prints the answers to the first samples, with the radius around each within which no answer changes, and how many of
 * all are right. */
#include <memo.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5, NAME = 64 };

/* Runs a call of libmemo; when it fails, says what is wrong and goes to where everything is freed. */
#define TRY(call)                                                                                                  \
    do {                                                                                                           \
        memo_status status = (call);                                                                               \
        if (status != MEMO_OK) {                                                                                   \
            fprintf(stderr, "classify: %s: %s\n", memo_status_name(status), memo_last_error());                    \
            goto done;                                                                                             \
        }                                                                                                          \
    } while (0)

/* The name of the class that a label of the network or of the data stands for. */
static memo_status name_class(memo_handle handle, int labels_are_class_values, int32_t label, char *name)
{
    if (label == MEMO_ABSTAIN) {
        strcpy(name, "?");
        return MEMO_OK;
    }
    if (!labels_are_class_values) return memo_class_name(handle, label, name, NAME, NULL);
    snprintf(name, NAME, "%" PRId32, label);
    return MEMO_OK;
}

int main(int argc, char **argv)
{
    static memo_data_properties samples; /* static: what is not set is 0 */
    static memo_network_properties net;
    static memo_matrix queries;
    memo_handle data = 0, network = 0, answers = 0;
    void *points = NULL;
    int32_t *truth = NULL, *labels = NULL;
    double *radii = NULL;
    int64_t element_size, right = 0, abstained = 0;
    int has_radii, exit_code = EXIT_FAILURE;

    if (argc != 3) {
        fprintf(stderr, "usage: classify NETWORK.memo DATA\n");
        return 2;
    }
    TRY(memo_network_open(argv[1], &network));
    net.struct_size = sizeof net;
    TRY(memo_network_info(network, &net));
    TRY(memo_data_open(argv[2], MEMO_TEST, &data));
    samples.struct_size = sizeof samples;
    TRY(memo_data_info(data, &samples));
    printf("%" PRId64 " samples of %" PRId64 " features, %" PRId64 " classes\n", samples.rows, samples.columns, net.classes);

    element_size = samples.element_type == MEMO_UINT8 ? 1 : samples.element_type == MEMO_FLOAT32 ? 4 : 8;
    points = malloc((size_t)(samples.rows * samples.columns * element_size));
    truth = (int32_t *)malloc((size_t)samples.rows * sizeof *truth);
    labels = (int32_t *)malloc((size_t)samples.rows * sizeof *labels);
    radii = (double *)calloc((size_t)samples.rows, sizeof *radii);
    if (points == NULL || truth == NULL || labels == NULL || radii == NULL) {
        fprintf(stderr, "classify: out of memory\n");
        goto done;
    }
    TRY(memo_data_points(data, points, samples.rows * samples.columns * element_size));
    TRY(memo_data_labels(data, truth, samples.rows));
    queries.data = points;
    queries.rows = samples.rows;
    queries.columns = queries.row_stride = samples.columns;
    queries.element_type = samples.element_type;

    /* Networks with a lambda are made of cells, and know how far their answers reach. */
    has_radii = net.lambda_denominator != 0;
    TRY(memo_network_evaluate(network, &queries, has_radii ? MEMO_RADII : 0, NULL, &answers));
    TRY(memo_answers_labels(answers, labels, samples.rows));
    if (has_radii) TRY(memo_answers_radii(answers, radii, samples.rows));

    printf("sample  class  answer  radius\n");
    for (int64_t i = 0; i < samples.rows; i++) {
        char class_name[NAME], answer[NAME];
        TRY(name_class(data, samples.labels_are_class_values, truth[i], class_name));
        TRY(name_class(network, net.labels_are_class_values, labels[i], answer));
        right += strcmp(class_name, answer) == 0;
        abstained += labels[i] == MEMO_ABSTAIN;
        if (i < SHOWN && has_radii) printf("%6" PRId64 "  %5s  %6s  %6.3f\n", i, class_name, answer, radii[i]);
        if (i < SHOWN && !has_radii) printf("%6" PRId64 "  %5s  %6s       -\n", i, class_name, answer);
    }
    printf("accuracy %.2f %%: %" PRId64 " right, %" PRId64 " abstentions\n",
           samples.rows == 0 ? 0 : 100.0 * (double)right / (double)samples.rows, right, abstained);
    exit_code = EXIT_SUCCESS;

done: /* 0 is no handle, and may be closed */
    free(radii);
    free(labels);
    free(truth);
    free(points);
    memo_close(answers);
    memo_close(network);
    memo_close(data);
    return exit_code;
}
