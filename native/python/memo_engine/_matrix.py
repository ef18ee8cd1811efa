"""NumPy arrays as matrices of memo.h: without a copy wherever the layout allows, and never with another value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._abi import FLOAT32, FLOAT64, UINT8, Matrix
from ._errors import BadInputError, InvalidArgumentError

ELEMENT_TYPES: dict[np.dtype, int] = {
    np.dtype(np.uint8): UINT8,
    np.dtype(np.float32): FLOAT32,
    np.dtype(np.float64): FLOAT64,
}
DTYPES: dict[int, np.dtype] = {number: dtype for dtype, number in ELEMENT_TYPES.items()}

#: What one memo_network_evaluate() takes, rows times row stride.
MOST_ELEMENTS = 2147483591


def points(X: Any, name: str = "X") -> np.ndarray:
    """`X` as a two-dimensional array of uint8, float32 or float64 whose rows lie as memo.h wants them.

    Arrays of these types whose rows are contiguous and in order come back as they are, whatever lies between the rows.
    Other layouts are copied. Other numbers become float64.

    Raises BadInputError if a number does not fit float64 exactly, or is none; InvalidArgumentError for other shapes.
    """
    array = np.asarray(X)
    if array.ndim != 2:
        hint = f"; {name}.reshape(1, -1) is one sample" if array.ndim == 1 else ""
        raise InvalidArgumentError(f"{name} has shape {array.shape}, but rows x columns are expected{hint}")
    if array.shape[1] == 0:
        raise InvalidArgumentError(f"{name} has shape {array.shape}: samples need at least 1 feature")
    if array.dtype not in ELEMENT_TYPES:
        array = _as_float64(array, name)
    return array if has_plain_rows(array) else np.array(array, order="C")


def has_plain_rows(array: np.ndarray) -> bool:
    """Whether the rows of a matrix lie as memo.h wants them: each contiguous and aligned, one behind the other."""
    size = array.itemsize
    rows, columns = array.shape
    row, column = array.strides
    return (
        (column == size or columns == 1)
        and (rows <= 1 or (row >= columns * size and row % size == 0))
        and array.flags.aligned
    )


def _as_float64(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "biufO":
        raise BadInputError(f"{name} has dtype {array.dtype}: numbers are expected, best uint8, float32 or float64")
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    if native.dtype in ELEMENT_TYPES:
        return native
    try:
        converted = native.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadInputError(f"{name} has dtype {array.dtype} and holds what is no number: {error}") from None
    if native.dtype.kind in "iub" and native.itemsize < 8:
        return converted
    if native.dtype.kind in "iu":
        # As Python's numbers, which compare exactly: NumPy would round the integers for the comparison too.
        differs = (native > 2**53) | (native < -(2**53) if native.dtype.kind == "i" else False)
        differs[differs] = native[differs].astype(object) != converted[differs].astype(object)
    else:
        differs = (native != converted) & (native == native)  # what is not a number stays that
    if differs.any():
        i, k = np.argwhere(differs)[0]
        raise BadInputError(
            f"{name}[{i}, {k}] = {native[i, k]} does not fit float64 exactly; scale or round the data first"
        )
    return converted


def view(array: np.ndarray) -> Matrix:
    """What memo.h reads of an array that points() let through. It keeps the array alive."""
    rows, columns = array.shape
    size = array.itemsize
    stride = array.strides[0] // size if rows > 1 else columns
    matrix = Matrix(array.ctypes.data, rows, columns, stride, ELEMENT_TYPES[array.dtype], 0)
    matrix.array = array
    return matrix


def blocks(matrix: Matrix) -> Iterator[Matrix]:
    """The matrix in blocks of rows, each of at most MOST_ELEMENTS; nearly always one, and one without rows."""
    most = max(1, MOST_ELEMENTS // matrix.row_stride)
    size = DTYPES[matrix.element_type].itemsize
    for start in range(0, max(1, matrix.rows), most):
        data = (matrix.data or 0) + start * matrix.row_stride * size
        block = Matrix(data, min(most, matrix.rows - start), matrix.columns, matrix.row_stride, matrix.element_type, 0)
        block.array = matrix.array
        yield block
