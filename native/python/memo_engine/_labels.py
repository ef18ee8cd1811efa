"""Labels: between the caller's class values, of whatever type, and the int32 that memo.h takes and gives."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Optional

import numpy as np

from ._abi import ABSTAIN
from ._errors import BadInputError, InvalidArgumentError


class Classes:
    """The classes of a network, in its order (of two, the first is -1), and how memo.h calls them.

    Integers that fit int32 are called by their value, and so they are known to the file and the other programs. All
    else is called by name, and its labels are indices into the names.
    """

    def __init__(self, values: np.ndarray, names: Optional[list[str]]) -> None:
        self.values = values
        self.values.flags.writeable = False
        self.names = names
        self._codes = np.arange(len(values), dtype=np.int32) if names else np.array([int(v) for v in values], np.int32)
        self._ascending = np.argsort(self._codes)
        # An integer type that holds int32 takes codes as they are, abstention included.
        self._is_direct = names is None and values.dtype.kind == "i" and values.dtype.itemsize >= 4

    @classmethod
    def of(cls, y: np.ndarray) -> Classes:
        """The classes that occur in labels, ascending. Raises BadInputError unless they are integers or texts."""
        try:
            values = np.unique(y)
        except TypeError:
            raise BadInputError("y mixes labels of several types: give integers, or texts") from None
        if values.dtype.kind == "U" or (values.dtype.kind == "O" and all(isinstance(v, str) for v in values)):
            return cls(values, [str(v) for v in values])
        if values.dtype.kind in "biufO" and all(_is_integer(v) for v in values):
            fits = all(ABSTAIN < int(v) < 2**31 for v in values)
            return cls(values, None if fits else [str(int(v)) for v in values])
        shown = ", ".join(repr(v) for v in values[:3].tolist())
        raise BadInputError(f"y has dtype {y.dtype} and labels such as {shown}: give integers, or texts")

    def encode(self, y: np.ndarray) -> np.ndarray:
        """int32 labels for memo.h. Raises BadInputError for a label that is no class."""
        index = np.searchsorted(self.values, y, sorter=self._value_order()).clip(max=len(self.values) - 1)
        index = self._value_order()[index]
        if (unknown := self.values[index] != y).any():
            row = int(np.argmax(unknown))
            raise BadInputError(
                f"y[{row}] is {y[row]!r}, which is none of the {len(self.values)} classes of the network"
            )
        return self._codes[index]

    def decode(self, codes: np.ndarray, abstain_label: Any = ABSTAIN) -> np.ndarray:
        """Class values for what memo.h gave; `abstain_label` for abstentions, by default abstain_label()."""
        is_default = abstain_label is ABSTAIN
        if is_default and self._is_direct:
            return codes.astype(self.values.dtype, copy=False)
        indices = codes if self.names else self.indices(codes)
        table = self._own_table if is_default else self._table(abstain_label)
        # Row 0 is the abstention: -1 among indices, and INT32_MIN, which is clipped to it.
        return table.take(np.maximum(indices, -1) + 1)

    def indices(self, codes: np.ndarray) -> np.ndarray:
        """Positions in `values`, -1 for abstentions."""
        if self.names:
            return np.maximum(codes, -1)
        found = np.searchsorted(self._codes, codes, sorter=self._ascending)
        return np.where(codes == ABSTAIN, -1, self._ascending[found.clip(max=len(self._codes) - 1)])

    def abstain_label(self) -> Any:
        """What stands for an abstention: INT32_MIN among integers, NaN among floats, "" among texts, else None."""
        kind = self.values.dtype.kind
        label = {"i": ABSTAIN, "u": ABSTAIN, "f": float("nan"), "U": ""}.get(kind)
        if label is not None and label in self.values:
            raise InvalidArgumentError(
                f"{label!r} is a class: say with abstain_label= what shall stand for an abstention"
            )
        return label

    @cached_property
    def _own_table(self) -> np.ndarray:
        return self._table(self.abstain_label())

    def _table(self, abstain_label: Any) -> np.ndarray:
        """The abstention, then the classes; of the classes' type, widened if the abstention needs it."""
        own = self.values.dtype
        dtype = np.dtype(object)
        if isinstance(abstain_label, str) == (own.kind == "U") and own not in (np.uint64, object):
            dtype = np.result_type(own, np.min_scalar_type(abstain_label))
        table = np.empty(len(self.values) + 1, dtype)
        table[0], table[1:] = abstain_label, self.values
        return table

    def _value_order(self) -> np.ndarray:
        return np.argsort(self.values, kind="stable")


def _is_integer(value: Any) -> bool:
    return isinstance(value, (int, np.integer, np.bool_)) or (
        isinstance(value, (float, np.floating)) and float(value).is_integer()
    )


def labels(y: Any, rows: int) -> np.ndarray:
    """`y` as a one-dimensional array of that length."""
    array = np.asarray(y)
    if array.shape != (rows,):
        raise InvalidArgumentError(f"y has shape {array.shape}, but X has {rows} rows: one label for each is expected")
    return array
