"""Arrays reach the library without a copy where their layout allows, and with no other value ever."""

import memo_engine
import numpy as np
import pytest
from memo_engine._matrix import blocks, points, view


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_plain_rows_are_not_copied(dtype):
    array = np.zeros((6, 10), dtype)
    for same in (
        array,
        array[::2],
        array[:, 2:7],
        array[1:5:3, :3],
        array[:1, ::1],
        array[:, :1],
        array[:, 3:4],
        array[:0],
    ):
        result = points(same)
        assert result is same
        matrix = view(result)
        assert matrix.data == same.ctypes.data
        if len(same) > 1:
            assert matrix.row_stride * same.itemsize == same.strides[0]
    array.flags.writeable = False
    assert points(array) is array


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_other_layouts_are_copied_exactly(random, dtype):
    base = random.integers(0, 256, (8, 8)).astype(dtype)
    unaligned = np.frombuffer(b"x" + base.tobytes(), dtype, offset=1).reshape(8, 8)
    for array in (
        base.T,
        base[::-1],
        base[:, ::-1],
        base[:, ::2],
        np.broadcast_to(base[0], (5, 8)),
        np.asfortranarray(base),
    ):
        np.testing.assert_array_equal(points(array), array)
        matrix = view(points(array))
        assert matrix.row_stride >= matrix.columns
    np.testing.assert_array_equal(points(unaligned), base)
    assert points(unaligned).flags.aligned
    if dtype != np.uint8:
        swapped = base.astype(base.dtype.newbyteorder())
        result = points(swapped)
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, base)


@pytest.mark.parametrize(
    "dtype",
    ["bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "longdouble", "object"],
)
def test_other_numbers_become_float64(random, dtype):
    array = random.integers(0, 2, (4, 3)).astype(dtype)
    result = points(array)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, array.astype(np.float64))
    assert points([[1, 2], [3, 4.5]]).tolist() == [[1, 2], [3, 4.5]]


@pytest.mark.parametrize(
    "array",
    [
        np.array([[2**53 + 1]]),
        np.array([[-(2**53) - 1]]),
        np.array([[2**64 - 1]], np.uint64),
        np.array([[2**63 - 1]]),
        np.array([[np.longdouble(1) + np.finfo(np.longdouble).eps]]),
        np.array([[2**70 + 1]], object),
        np.array([[1j]]),
        np.array([["1"]]),
        np.array([[None]]),
        np.array([["a"]], object),
        np.array([["2020-01-01"]], "M8[D]"),
    ],
)
def test_what_does_not_fit_is_refused(array):
    with pytest.raises(memo_engine.BadInputError, match="X"):
        points(array)


def test_large_integers_that_fit_are_taken():
    array = np.array([[2**53, 2**60, -(2**62), -(2**63)]])
    assert [int(v) for v in points(array)[0]] == array[0].tolist()
    assert points(np.array([[2**63]], np.uint64)) == 2.0**63


@pytest.mark.parametrize("shape", [(), (3,), (3, 0), (2, 2, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(memo_engine.InvalidArgumentError, match="shape"):
        points(np.zeros(shape))


def test_strided_and_typed_queries_have_the_same_answers(digits):
    X, y = digits
    network = memo_engine.Network.build(X, y)
    wide = np.random.default_rng(0).integers(0, 256, (len(X) * 2, 80)).astype(np.uint8)
    wide[::2, 7:71] = X
    np.testing.assert_array_equal(network.predict(wide[::2, 7:71]), y)
    for dtype in (np.float32, np.float64, np.int64, np.int8, object, ">f4"):
        np.testing.assert_array_equal(network.predict(X.astype(dtype)), y)
    np.testing.assert_array_equal(network.predict(np.asfortranarray(X)), y)
    np.testing.assert_array_equal(memo_engine.Network.build(wide[::2, 7:71], y).predict(X), y)


def test_more_rows_than_memory_are_read_where_they_lie(tmp_path):
    # A sparse file of 64 GiB: a copy of the matrix, whose rows are a page each, would not fit.
    rows, stride = 2**24, 4096
    path = tmp_path / "sparse"
    with open(path, "wb") as file:
        file.truncate(rows * stride)
    mapped = np.memmap(path, np.uint8, "r", shape=(rows, stride))
    assert points(mapped).ctypes.data == mapped.ctypes.data
    assert sum(block.rows for block in blocks(view(points(mapped)))) == rows
    last = list(blocks(view(points(mapped))))[-1]
    assert last.data + last.rows * stride == mapped.ctypes.data + rows * stride


def test_values_that_cannot_be_used_are_named(digits):
    network = memo_engine.Network.build(*digits)
    queries = np.zeros((3, 64))
    for wrong in (0.5, np.nan, np.inf, -1, 256):
        queries[2, 5] = wrong
        with pytest.raises(memo_engine.BadInputError, match="2.*5"):
            network.predict(queries)
    with pytest.raises(memo_engine.InvalidArgumentError):
        network.predict(np.zeros((3, 63)))
