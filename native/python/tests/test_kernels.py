"""The kernels against Python's integers and NumPy."""

import memo_engine
import numpy as np
import pytest
from memo_engine import kernels


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_nearest_is_exact(random, dtype):
    points, queries = (random.integers(0, 5, (n, 3)).astype(dtype) for n in (30, 20))
    rows, squared = kernels.nearest(points, queries)
    for k, q in enumerate(queries.tolist()):
        distances = [sum((a - b) ** 2 for a, b in zip(p, q)) for p in points.tolist()]
        assert squared[k] == min(distances) and rows[k] == distances.index(min(distances))


def test_nearest_sees_differences_that_doubles_do_not():
    points = np.array([[1.0, 0.0], [1.0 - 2.0**-53, 0.0]])
    assert kernels.nearest(points, np.array([[0.0, 2.0**200]]))[0].tolist() == [1]


def test_products_of_bytes_are_exact(random):
    a, b = (random.integers(0, 256, (n, 33025)).astype(np.uint8) for n in (3, 5))
    np.testing.assert_array_equal(kernels.gemm(a, b), a.astype(np.int64) @ b.T.astype(np.int64))
    full = np.full((1, 33025), 255, np.uint8)
    assert kernels.gemm(full, full) == 33025 * 255**2


def test_products_of_floats(random):
    a, b = (random.integers(-9, 9, (n, 21)).astype(np.float32) for n in (7, 5))
    bias = random.integers(-9, 9, 5).astype(np.float32)
    expected = a @ b.T  # small integers: exact in any order
    np.testing.assert_array_equal(kernels.gemm(a, b), expected)
    np.testing.assert_array_equal(kernels.gemm(a, b, bias, threads=1), expected + bias)
    np.testing.assert_array_equal(kernels.gemm(a, b, bias, relu=True), np.maximum(expected + bias, 0))
    wide = np.full((14, 9), 7, np.float32)
    result = kernels.gemm(a[:, ::1], b, out=wide[::2, 2:7])
    assert result.base is wide
    np.testing.assert_array_equal(wide[::2, 2:7], expected)
    wide[::2, 2:7] = 7
    assert (wide == 7).all()


def test_misuse_is_refused():
    a = np.zeros((2, 3), np.float32)
    for call in (
        lambda: kernels.gemm(a, a.astype(np.uint8)),
        lambda: kernels.gemm(a.astype(float), a.astype(float)),
        lambda: kernels.gemm(a, np.zeros((2, 4), np.float32)),
        lambda: kernels.gemm(a, a, np.zeros(3, np.float32)),
        lambda: kernels.gemm(a, a, np.zeros(2)),
        lambda: kernels.gemm(a, a, out=np.zeros((2, 2))),
        lambda: kernels.gemm(a, a, out=np.zeros((2, 4), np.float32)[:, ::2]),
        lambda: kernels.gemm(a, np.zeros((3, 3), np.float32), out=np.lib.stride_tricks.as_strided(a, (2, 3))),
        lambda: kernels.gemm(a.astype(np.uint8), a.astype(np.uint8), relu=True),
        lambda: kernels.nearest(np.zeros((0, 3)), np.zeros((1, 3))),
        lambda: kernels.nearest(np.zeros((1, 3)), np.zeros((1, 4))),
        lambda: kernels.nearest(np.zeros((1, 3), np.uint8), np.zeros((1, 3))),
    ):
        with pytest.raises(memo_engine.InvalidArgumentError):
            call()
    with pytest.raises(memo_engine.BadInputError):
        kernels.nearest(np.zeros((1, 1)), np.full((1, 1), np.nan))
