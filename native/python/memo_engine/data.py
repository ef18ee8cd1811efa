"""Labelled samples: named sets and files, and how hard they are to memorize."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from typing import Any, Optional, Union

import numpy as np

from ._abi import PARTS, DataMeasures, DataProperties, RunOptions
from ._errors import InvalidArgumentError
from ._labels import Classes, labels
from ._library import Handle, c_text, call, lib, text
from ._long_work import ProgressFunction, run
from ._matrix import DTYPES, points, view

__all__ = ["Measures", "load_data", "measure", "nearest_other"]


@dataclass(frozen=True)
class Measures:
    """How hard data is to memorize."""

    conflicts: int
    """Samples that equal one of another class; the data can be memorized only when this is 0."""
    duplicates: int
    """Samples that equal an earlier one of the same class."""
    separation: float
    """The least Euclidean distance of two samples of different classes; 0 with conflicts."""
    closest: tuple[int, int]
    """The rows of two samples at that distance, the lowest of several."""


def load_data(reference: Union[str, os.PathLike[str]], part: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Reads labelled samples as the program `memo` does.

    Parameters
    ----------
    reference : a name ("digits", "mnist", ...), a generator ("moons?count=400") or a path (.npz, .csv, .svm, or a
        folder in the MNIST or CIFAR-10 layout); ":1,7" behind it selects classes.
    part : "train" or "test" of a named set or a folder; a single file is all of either.

    Returns
    -------
    X : [N, n] array of the data's own type, uint8, float32 or float64
    y : [N] class values: int32, or texts

    Raises
    ------
    BadInputError : no data has this name
    BadFileError : a file is missing or damaged
    """
    if part not in PARTS:
        raise InvalidArgumentError(f'part={part!r}: give "train" or "test"')
    handle = Handle()
    call(lib.memo_data_open, c_text(os.fspath(reference), "reference"), PARTS[part], ctypes.byref(handle.number))
    properties = DataProperties(ctypes.sizeof(DataProperties))
    call(lib.memo_data_info, handle.number, ctypes.byref(properties))
    X = np.empty((properties.rows, properties.columns), DTYPES[properties.element_type])
    y = np.empty(properties.rows, np.int32)
    call(lib.memo_data_points, handle.number, X.ctypes.data, X.nbytes)
    call(lib.memo_data_labels, handle.number, y.ctypes.data, y.size)
    return X, y if properties.labels_are_class_values else np.array(class_names(handle, properties.classes))[y]


def class_names(handle: Handle, count: int) -> list[str]:
    """The names of the classes of data or of a network, in its order."""
    return [text(lib.memo_class_name, handle.number, index) for index in range(count)]


def create(X: np.ndarray, y: np.ndarray, classes: Classes) -> Handle:
    """The samples, which points() let through, as data of the library. The library copies them."""
    codes = classes.encode(y)
    names = None
    if classes.names:
        names = (ctypes.c_char_p * len(classes.names))(*(c_text(name, "label") for name in classes.names))
    handle = Handle()
    matrix = view(X)
    call(
        lib.memo_data_create,
        ctypes.byref(matrix),
        codes.ctypes.data,
        codes.size,
        names,
        len(names or ()),
        ctypes.byref(handle.number),
    )
    return handle


def measure(X: Any, y: Any, *, threads: Optional[int] = None, progress: Optional[ProgressFunction] = None) -> Measures:
    """Measures how hard data is to memorize: O(N^2 n), much less for bytes that compress (images).

    Parameters
    ----------
    X : [N, n] samples, see Network.build()
    y : [N] labels, integers or texts
    threads : how many to use; None for all cores
    progress : called with the share that is done; whatever it raises ends the work

    Raises
    ------
    BadInputError : fewer than two classes occur, or a value is not finite
    InvalidArgumentError : shapes that do not fit
    """
    handle, _ = _create(X, y)
    measures = DataMeasures(ctypes.sizeof(DataMeasures))
    run(lambda options: lib.memo_data_measure(handle.number, options, ctypes.byref(measures)), threads, progress)
    first, second = measures.closest
    return Measures(measures.conflicts, measures.duplicates, measures.separation, (first, second))


def nearest_other(
    X: Any, y: Any, *, threads: Optional[int] = None, progress: Optional[ProgressFunction] = None
) -> tuple[np.ndarray, np.ndarray]:
    """For each sample the nearest one of another class. Parameters, cost and errors as for measure().

    Returns
    -------
    rows : [N] int64, the lowest of equally near ones
    squared_distances : [N] float64, exact where they fit, else rounded to nearest
    """
    handle, count = _create(X, y)
    rows, squared = np.empty(count, np.int64), np.empty(count)

    def call_library(options: ctypes._Pointer[RunOptions]) -> int:
        return int(lib.memo_data_nearest_other(handle.number, options, rows.ctypes.data, squared.ctypes.data, count))

    run(call_library, threads, progress)
    return rows, squared


def _create(X: Any, y: Any) -> tuple[Handle, int]:
    samples = points(X)
    y = labels(y, len(samples))
    return create(samples, y, Classes.of(y)), len(samples)
