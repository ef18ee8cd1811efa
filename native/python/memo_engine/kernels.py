"""The library's kernels by themselves: nearest neighbours, decided exactly, and matrix products."""

from __future__ import annotations

import ctypes
from typing import Any, Optional

import numpy as np

from ._abi import UINT8
from ._errors import InvalidArgumentError
from ._library import lib
from ._long_work import ProgressFunction, run
from ._matrix import has_plain_rows, view
from ._matrix import points as matrix_points

__all__ = ["gemm", "nearest"]


def nearest(
    points: Any, queries: Any, *, threads: Optional[int] = None, progress: Optional[ProgressFunction] = None
) -> tuple[np.ndarray, np.ndarray]:
    """For each query the nearest of the points in the Euclidean distance, decided exactly: O(N Q n).

    Parameters
    ----------
    points : [N, n] uint8, float32 or float64; N >= 1
    queries : [Q, n] of the same type (other numbers become float64)
    threads, progress : see measure()

    Returns
    -------
    rows : [Q] int64 rows of `points`, the lowest of equally near ones
    squared_distances : [Q] float64, exact where they fit, else rounded to nearest

    Raises
    ------
    InvalidArgumentError : no point, or shapes or types that do not fit
    BadInputError : a value is not finite, or fits no float64
    """
    p, q = view(matrix_points(points, "points")), view(matrix_points(queries, "queries"))
    rows, squared = np.empty(q.rows, np.int64), np.empty(q.rows)
    run(
        lambda options: lib.memo_nearest_rows(
            ctypes.byref(p), ctypes.byref(q), options, rows.ctypes.data, squared.ctypes.data, q.rows
        ),
        threads,
        progress,
    )
    return rows, squared


def gemm(
    a: np.ndarray,
    b: np.ndarray,
    bias: Optional[np.ndarray] = None,
    *,
    relu: bool = False,
    out: Optional[np.ndarray] = None,
    threads: Optional[int] = None,
) -> np.ndarray:
    """a @ b.T, and for float32 plus bias, then ReLU where asked for. The same bits for any number of threads.

    Parameters
    ----------
    a : [m, k] float32, or uint8 with k <= 33025
    b : [n, k] of the same type
    bias : [n] float32; only for float32
    relu : negative results become 0; only for float32
    out : [m, n] float32 or int32 for the result, which overlaps nothing else; rows contiguous, anything between them
    threads : how many to use; None for all cores

    Returns
    -------
    [m, n] float32 for float32, int32 for uint8: exactly

    Raises
    ------
    InvalidArgumentError : shapes, types or strides that do not fit
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.dtype not in (np.float32, np.uint8):
        raise InvalidArgumentError(f"a has dtype {a.dtype} and b {b.dtype}: both must be float32, or both uint8")
    left, right = view(matrix_points(a, "a")), view(matrix_points(b, "b"))
    shape, dtype = (left.rows, right.rows), np.dtype(np.int32 if left.element_type == UINT8 else np.float32)
    result = np.empty(shape, dtype) if out is None else _require_writable(out, shape, dtype)
    stride = result.strides[0] // dtype.itemsize if left.rows > 1 else max(1, right.rows)
    arguments = ctypes.byref(left), ctypes.byref(right)
    if left.element_type == UINT8:
        if bias is not None or relu:
            raise InvalidArgumentError("bias and relu are for float32")
        run(lambda options: lib.memo_gemm_uint8(*arguments, options, result.ctypes.data, stride), threads)
    else:
        if bias is not None:
            bias = np.ascontiguousarray(bias)
            if bias.shape != shape[1:] or bias.dtype != np.float32:
                raise InvalidArgumentError(
                    f"bias is {bias.dtype} of shape {bias.shape}, but float32 of shape {shape[1:]} is expected"
                )
        address = None if bias is None else bias.ctypes.data
        run(
            lambda options: lib.memo_gemm_float32(*arguments, address, int(relu), options, result.ctypes.data, stride),
            threads,
        )
    return result


def _require_writable(out: np.ndarray, shape: tuple[int, int], dtype: np.dtype) -> np.ndarray:
    if not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != dtype or not out.flags.writeable:
        raise InvalidArgumentError(f"out must be a writable {dtype} array of shape {shape}")
    if not has_plain_rows(out):
        raise InvalidArgumentError("the rows of out must be contiguous, in order and aligned")
    return out
