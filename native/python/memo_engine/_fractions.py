"""Exact parameters: whatever Python writes a rational number as, as the two int64 of memo.h."""

from __future__ import annotations

import numbers
from fractions import Fraction
from typing import Optional, Union

from ._errors import InvalidArgumentError

#: "51/100", "0.51", Fraction(51, 100), (51, 100), or 0.51, which stands for the decimal number that it is printed as.
Rational = Union[str, Fraction, tuple[int, int], float, int]


def numerator_and_denominator(value: Optional[Rational], name: str) -> tuple[int, int]:
    """In lowest terms; (0, 0), which asks for the default, for None. Raises InvalidArgumentError for no fraction."""
    if value is None:
        return 0, 0
    try:
        fraction = _fraction(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        raise InvalidArgumentError(
            f'{name}={value!r}: give a fraction such as "51/100", Fraction(51, 100) or (51, 100)'
        ) from None
    if max(abs(fraction.numerator), fraction.denominator) >= 2**63:
        raise InvalidArgumentError(f"{name}={value!r}: numerator and denominator must fit 64 bits")
    return fraction.numerator, fraction.denominator


def _fraction(value: Rational) -> Fraction:
    if isinstance(value, (tuple, list)):
        numerator, denominator = value
        return Fraction(numerator, denominator)
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Rational):
        return Fraction(repr(float(value)))
    return Fraction(value)
