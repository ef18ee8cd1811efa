// memo.h must be valid C++ by itself.
#include <memo.h>

static_assert(sizeof(memo_matrix) == 40 && sizeof(memo_network_properties) == 96, "the layout is part of the ABI");

memo_status label(memo_handle network, const float *queries, int64_t rows, int64_t columns, int32_t *labels)
{
    memo_matrix matrix = memo_matrix_float32(queries, rows, columns, columns);
    return memo_network_predict(network, &matrix, labels, rows);
}
