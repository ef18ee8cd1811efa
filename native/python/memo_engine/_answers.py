"""What Network.evaluate() gives: labels with exact values, certified radii and nearest points."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Optional

import numpy as np

from ._abi import ABSTAIN, NEAREST, RADII, VALUES
from ._library import Handle, call, lib, text

# Python refuses to read longer decimal numbers at once (sys.int_info.default_max_str_digits).
_MOST_DIGITS = 4000


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of a network to Q queries. What was not asked for is None.

    For a network with one output values have shape [Q] (two classes: negative is the first class, positive the second);
    for one with an output for each class, [Q, K] (at most one is positive, that of the answer).
    """

    labels: np.ndarray
    """[Q] class values; where the network abstains, what `abstain_label` says."""
    abstained: np.ndarray
    """[Q] bool: the network is exactly 0 there and names no class."""
    values: Optional[np.ndarray] = None
    """float64, the values rounded to nearest; 0 only where they are exactly 0."""
    exact_values: Optional[np.ndarray] = None
    """Python integers V (dtype object); the values are exactly V * scale."""
    scale: Optional[Fraction] = None
    """The unit of the exact values, positive."""
    radii: Optional[np.ndarray] = None
    """[Q] float64: strictly within this Euclidean distance the answer does not change; 0 for an abstention."""
    nearest: Optional[np.ndarray] = None
    """[Q] int64: the nearest of the network's training points, the lowest row of equally near ones."""

    def __len__(self) -> int:
        return len(self.labels)


def codes_of(handle: Handle, rows: int) -> np.ndarray:
    """The labels as memo.h gives them, int32."""
    return _copy(lib.memo_answers_labels, handle, np.empty(rows, np.int32))


def read(
    handle: Handle, rows: int, outputs: int, decode: Callable[[np.ndarray], np.ndarray], asked: int, exact: bool
) -> Answers:
    """Copies answers out of the library. `asked` is the sum of VALUES, ... that they were evaluated with."""
    codes = codes_of(handle, rows)
    shape = (rows,) if outputs == 1 else (rows, outputs)
    return Answers(
        labels=decode(codes),
        abstained=codes == ABSTAIN,
        values=_copy(lib.memo_answers_values, handle, np.empty(shape)) if asked & VALUES else None,
        exact_values=_integers(text(lib.memo_answers_exact_values, handle.number)).reshape(shape) if exact else None,
        scale=Fraction(*map(_integer, text(lib.memo_answers_scale, handle.number).split("/"))) if exact else None,
        radii=_copy(lib.memo_answers_radii, handle, np.empty(rows)) if asked & RADII else None,
        nearest=_copy(lib.memo_answers_nearest, handle, np.empty(rows, np.int64)) if asked & NEAREST else None,
    )


def join(parts: list[Answers]) -> Answers:
    """The answers to consecutive blocks of queries as one. Exact values get the largest unit they all share."""
    if len(parts) == 1:
        return parts[0]

    def joined(name: str) -> Optional[np.ndarray]:
        arrays = [getattr(part, name) for part in parts]
        return None if arrays[0] is None else np.concatenate(arrays)

    answers = {field: joined(field) for field in ("labels", "abstained", "values", "radii", "nearest")}
    scales = [part.scale for part in parts if part.scale is not None]
    if not scales:
        return Answers(**answers)  # type: ignore[arg-type]
    denominator = math.lcm(*(scale.denominator for scale in scales))
    unit = Fraction(math.gcd(*(int(scale * denominator) for scale in scales)), denominator)
    exact = np.concatenate(
        [part.exact_values * int(part.scale / unit) for part in parts if part.exact_values is not None and part.scale]
    )
    return Answers(**answers, exact_values=exact, scale=unit)  # type: ignore[arg-type]


def _copy(function: Callable[..., int], handle: Handle, array: np.ndarray) -> np.ndarray:
    call(function, handle.number, array.ctypes.data, array.size)
    return array


def _integers(lines: str) -> np.ndarray:
    numbers = [_integer(line) for line in lines.split()]
    array = np.empty(len(numbers), object)
    array[:] = numbers
    return array


def _integer(digits: str) -> int:
    if len(digits) <= _MOST_DIGITS:
        return int(digits)
    if digits[0] == "-":
        return -_integer(digits[1:])
    low = len(digits) // 2
    return _integer(digits[:-low]) * 10**low + _integer(digits[-low:])
