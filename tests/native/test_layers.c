/* Networks over the integers, layer by layer, made from the points of classes 0 and 1 of the training data. */
#include "test.h"

static int describes_a_network_of_layers(void)
{
    memo_handle network = 0;
    memo_network_properties properties = { .struct_size = sizeof properties };
    CHECK(memo_network_open(layers_path, &network) == MEMO_OK);
    CHECK(memo_network_info(network, &properties) == MEMO_OK);
    CHECK(properties.samples == training.rows);
    CHECK(properties.dimension == training.columns);
    CHECK(properties.classes == 2 && properties.labels_are_class_values == 1);
    CHECK(properties.element_type == MEMO_UINT8);
    CHECK(properties.lambda_numerator == 0 && properties.lambda_denominator == 0);
    CHECK(properties.depth > 3 && properties.width > 0 && properties.bits > 0);
    CHECK(properties.parameters >= properties.nonzero && properties.nonzero > 0);
    CHECK(memo_close(network) == MEMO_OK);
    return 1;
}

static int memorizes_by_layers_in_every_type(void)
{
    memo_handle network = 0;
    const int64_t rows = training.rows, columns = training.columns;
    int32_t *labels = malloc((size_t)rows * sizeof *labels);
    float *floats = malloc((size_t)(rows * columns) * sizeof *floats);
    double *doubles = malloc((size_t)(rows * columns) * sizeof *doubles);
    for (int64_t i = 0; i < rows * columns; i++) doubles[i] = floats[i] = training.points[i];
    memo_matrix queries[] = { training_matrix(), memo_matrix_float32(floats, rows, columns, columns),
                              { doubles, rows, columns, columns, MEMO_FLOAT64, 0 } };
    CHECK(memo_network_open(layers_path, &network) == MEMO_OK);
    for (int type = 0; type < 3; type++) {
        memset(labels, 0x55, (size_t)rows * sizeof *labels);
        CHECK(memo_network_predict(network, &queries[type], labels, rows) == MEMO_OK);
        for (int64_t i = 0; i < rows; i++) CHECK(labels[i] == training.labels[i]);
    }
    queries[1].rows = queries[2].rows = 2;
    floats[columns] = 0.5f; /* between the integers of the training points: taken, and exactly */
    CHECK(memo_network_predict(network, &queries[1], labels, 2) == MEMO_OK);
    CHECK(labels[0] == training.labels[0]);
    floats[columns + 1] = NAN;
    CHECK_FAILS(memo_network_predict(network, &queries[1], labels, 2), MEMO_BAD_INPUT, "row 1, column 1");
    doubles[columns] = 1e300; /* no integers of 62 bits hold this beside the others */
    doubles[columns + 1] = 0.5;
    CHECK_FAILS(memo_network_predict(network, &queries[2], labels, 2), MEMO_BAD_INPUT, "bits");
    CHECK(memo_close(network) == MEMO_OK);
    free(labels), free(floats), free(doubles);
    return 1;
}

const struct test layer_tests[] = {
    TEST(describes_a_network_of_layers),
    TEST(memorizes_by_layers_in_every_type),
    END_OF_TESTS,
};
