// memo.h must be valid C++ by itself, and the structures as large as the library takes them to be.
#include <memo.h>

static_assert(sizeof(memo_matrix) == 40 && sizeof(memo_run_options) == 32 && sizeof(memo_build_options) == 72 &&
              sizeof(memo_export_options) == 16 && sizeof(memo_data_properties) == 40 && sizeof(memo_measures) == 48 &&
              sizeof(memo_network_properties) == 112 && sizeof(memo_verification) == 40,
              "the layout is part of the ABI: structures only grow at their ends");

memo_status label(memo_handle network, const float *queries, int64_t rows, int64_t columns, int32_t *labels)
{
    memo_matrix matrix = memo_matrix_float32(queries, rows, columns, columns);
    return memo_network_predict(network, &matrix, labels, rows);
}
