"""Memorizing networks: built from data or opened from files, evaluated exactly."""

from __future__ import annotations

import ctypes
import json
import operator
import os
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np

from . import _answers
from ._abi import (
    ABSTAIN,
    CONFLICTS,
    NEAREST,
    RADII,
    VALUES,
    BuildOptions,
    ExportOptions,
    Matrix,
    NetworkProperties,
    VerificationResult,
)
from ._answers import Answers
from ._errors import InvalidArgumentError, InvalidHandleError
from ._fractions import Rational, numerator_and_denominator
from ._labels import Classes, labels
from ._library import Handle, c_text, call, check_process, failure, lib, text
from ._long_work import ProgressFunction, run
from ._matrix import DTYPES, blocks, points, view
from .data import class_names, create

__all__ = ["METHODS", "Answers", "Network", "Verification"]

#: What Network.build() takes as `method`.
METHODS = ("cells", "sqrt", "constant", "condense", "vardi", "park", "adversarial")

# Queries whose work, in products of one training point or weight, is below this are answered at once, uninterruptibly.
_SHORT_WORK = 10**9

_Path = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Verification:
    """Whether a network gives every sample its label, proved exactly."""

    rows: int
    """Samples looked at: all."""
    memorized: bool
    """Every sample has its label."""
    first_failure: Optional[int]
    """The first row that has not; None when every row has."""
    given: Any
    """What that row is given instead, a class or the network's abstain_label; None when there is no such row."""
    resolved_exactly: int
    """Rows of which floating point left a sign open, decided by exact arithmetic."""


class Network:
    """A network that memorizes its training samples, made by Network.build() or Network.load().

    Networks never change, and may be used from several threads at a time. They can be pickled and copied; close(), or
    the end of a `with`, gives the memory back before Python would.
    """

    def __init__(self, handle: Handle, classes: Optional[Classes] = None) -> None:
        """For build() and load(): takes over a handle of libmemo."""
        properties = NetworkProperties(ctypes.sizeof(NetworkProperties))
        call(lib.memo_network_info, handle.number, ctypes.byref(properties))
        self._handle: Optional[Handle] = handle
        self._properties = properties
        if classes is None:
            names = class_names(handle, properties.classes)
            if properties.labels_are_class_values:
                classes = Classes(np.array([int(name) for name in names], np.int32), None)
            else:
                classes = Classes(np.array(names), names)
        self._classes = classes
        per_query = properties.samples * properties.dimension if self.lambda_ is not None else properties.nonzero
        self._short_rows = _SHORT_WORK // max(1, per_query)

    # ---- Making networks

    @classmethod
    def build(
        cls,
        X: Any,
        y: Any,
        method: str = "cells",
        *,
        lambda_: Optional[Rational] = None,
        rho: Optional[Rational] = None,
        block_depth: Optional[int] = None,
        default_label: Any = None,
        on_conflict: str = "error",
        seed: int = 0,
        threads: Optional[int] = None,
        progress: Optional[ProgressFunction] = None,
    ) -> Network:
        """Constructs a network that memorizes the samples. What the method does not heed is ignored.

        Cost: O(N^2 n) for cells, much less for bytes that compress (images); the others likewise or less, condense much
        more.

        Parameters
        ----------
        X : [N, n] samples. uint8, float32 and float64 are computed as what they are; other numbers become float64,
            exactly. Later queries must be exact in the same type, so bytes are for data that is always bytes.
        y : [N] labels: integers, or texts. Of two classes the lesser is the network's -1.
        method : "cells", "sqrt", "constant", "condense", "vardi", "park" or "adversarial"; sqrt and adversarial are for
            two classes
        lambda_ : cells, constant, condense: where the walls stand, 1/2 < lambda < 1, exactly: "51/100" (the default), a
            Fraction, a pair (51, 100), or a float, which is taken as the decimal number it is printed as
        rho : constant: balls of radius rho times the separation, 0 < rho < 1 - lambda; 1/3 by default
        block_depth : vardi: points in a block's network are its square; None for one network for all
        default_label : adversarial: the class of unseen points; None for the rarer one
        on_conflict : what to do about equal samples with different labels: "error", "drop" all of them, or keep those
            of the "majority" (on a tie the lowest row's)
        seed : of everything random, 0 <= seed < 2^64; same seed, same network
        threads : how many to use; None for all cores
        progress : called with the share that is done; whatever it raises ends the work, as does KeyboardInterrupt

        Raises
        ------
        LabelConflictError : two equal samples carry different labels; the text names their rows
        BadInputError : fewer than two classes occur, a value is not finite, ...
        InvalidArgumentError : shapes that do not fit, no such method, an option out of range
        """
        samples = points(X)
        y = labels(y, len(samples))
        if on_conflict not in CONFLICTS:
            raise InvalidArgumentError(f'on_conflict={on_conflict!r}: give "error", "drop" or "majority"')
        if not 0 <= seed < 2**64:
            raise InvalidArgumentError(f"seed={seed!r}: give a number from 0 to 2^64 - 1")
        classes = Classes.of(y)
        options = BuildOptions(ctypes.sizeof(BuildOptions))
        options.lambda_numerator, options.lambda_denominator = numerator_and_denominator(lambda_, "lambda_")
        options.rho_numerator, options.rho_denominator = numerator_and_denominator(rho, "rho")
        options.block_depth = 0 if block_depth is None else operator.index(block_depth)
        options.seed = operator.index(seed)
        options.on_conflict = CONFLICTS[on_conflict]
        if default_label is not None:
            options.has_default_label = 1
            options.default_label = int(classes.encode(np.array([default_label], y.dtype))[0])
        data = create(samples, y, classes)
        handle = Handle()
        run(
            lambda run_options: lib.memo_network_build(
                data.number,
                c_text(str(method), "method"),
                ctypes.byref(options),
                run_options,
                ctypes.byref(handle.number),
            ),
            threads,
            progress,
        )
        return cls(handle, classes)

    @classmethod
    def load(cls, path: _Path) -> Network:
        """Opens a network file (.memo), and verifies its checksum. Labels are int32, or texts.

        Raises BadFileError if the file is missing, damaged or of another format.
        """
        handle = Handle()
        call(lib.memo_network_open, c_text(os.fsencode(path), "path"), ctypes.byref(handle.number))
        return cls(handle)

    def save(self, path: _Path) -> None:
        """Saves the network as a file (.memo): whole or not at all; an older file is replaced.

        Raises BadFileError if it cannot be written.
        """
        call(lib.memo_network_save, self._open(), c_text(os.fsencode(path), "path"))

    def export(self, path: _Path, format: Optional[str] = None, *, dense: bool = False) -> None:
        """Writes the network for other tools, whole or not at all.

        Parameters
        ----------
        path : the file; an older one is replaced
        format : "onnx" (a double-precision graph whose answers are exact), "safetensors" or "json" (a description);
            None for what the end of the path says
        dense : onnx, safetensors: layers as explicit weights (small networks only) instead of factored

        Raises
        ------
        BadInputError : the format cannot hold this network exactly; the text says why
        BadFileError : the file cannot be written
        InvalidArgumentError : no such format
        """
        options = ExportOptions(ctypes.sizeof(ExportOptions), int(dense))
        name = format or os.path.splitext(os.fspath(path))[1].lstrip(".")
        call(
            lib.memo_network_export,
            self._open(),
            c_text(name, "format"),
            c_text(os.fsencode(path), "path"),
            ctypes.byref(options),
        )

    def export_onnx(self, path: _Path, *, dense: bool = False) -> None:
        """Writes the network as an ONNX graph in double precision: export() with format="onnx"."""
        self.export(path, "onnx", dense=dense)

    # ---- Answers

    def predict(
        self,
        X: Any,
        *,
        abstain_label: Any = ABSTAIN,
        threads: Optional[int] = None,
        progress: Optional[ProgressFunction] = None,
    ) -> np.ndarray:
        """The exact answer to each query.

        Cost: for cells, constant and condense one distance row, O(N n), and a few short products for each; for the
        others a product for each weight.

        Parameters
        ----------
        X : [Q, n] queries. cells, constant and condense convert them to the type of the training samples, exactly or
            not at all; the other methods take them as they are.
        abstain_label : what stands for an abstention; by default the network's own abstain_label
        threads, progress : see build()

        Returns
        -------
        [Q] labels of the type that y had

        Raises
        ------
        BadInputError : a value is not finite or not exactly convertible; the text names its row and column
        InvalidArgumentError : shapes that do not fit
        """
        return self._classes.decode(self._codes(X, threads, progress), abstain_label)

    def _codes(self, X: Any, threads: Optional[int] = None, progress: Optional[ProgressFunction] = None) -> np.ndarray:
        """Answers as memo.h gives them."""
        queries = view(points(X))
        rows = queries.rows
        if rows > self._short_rows or threads is not None or progress is not None:
            return np.concatenate(
                [
                    _answers.codes_of(self._evaluate(block, 0, threads, progress), block.rows)
                    for block in blocks(queries)
                ]
            )
        codes = np.empty(rows, np.int32)
        check_process()
        if status := lib.memo_network_predict(self._open(), queries, codes.ctypes.data, rows):
            raise failure(status)
        return codes

    def evaluate(
        self,
        X: Any,
        *,
        values: bool = True,
        exact: bool = False,
        radii: bool = False,
        nearest: bool = False,
        abstain_label: Any = ABSTAIN,
        threads: Optional[int] = None,
        progress: Optional[ProgressFunction] = None,
    ) -> Answers:
        """Answers with the values of the network, certified radii, nearest training points.

        Parameters
        ----------
        X, abstain_label : see predict()
        values : the network's values as float64
        exact : the same values as Python integers with a scale
        radii : certified radii (cells, constant, condense)
        nearest : the nearest training points (cells, constant, condense); for constant and condense among those they
            kept
        threads, progress : see build(); very large X are evaluated in several parts, each with a progress of its own

        Raises
        ------
        BadInputError : as predict(), or radii or nearest points of a method that has none
        InvalidArgumentError : shapes that do not fit
        """
        asked = (VALUES if values or exact else 0) | (RADII if radii else 0) | (NEAREST if nearest else 0)
        outputs = self._properties.outputs
        parts = []
        for block in blocks(view(points(X))):
            handle = self._evaluate(block, asked, threads, progress)
            decode = lambda codes: self._classes.decode(codes, abstain_label)  # noqa: E731
            parts.append(_answers.read(handle, block.rows, outputs, decode, asked, exact))
        return _answers.join(parts)

    def _evaluate(
        self, queries: Matrix, asked: int, threads: Optional[int], progress: Optional[ProgressFunction]
    ) -> Handle:
        handle, network = Handle(), self._open()
        run(
            lambda options: lib.memo_network_evaluate(
                network, ctypes.byref(queries), asked, options, ctypes.byref(handle.number)
            ),
            threads,
            progress,
        )
        return handle

    def verify(
        self,
        X: Any,
        y: Any,
        *,
        reference: bool = False,
        threads: Optional[int] = None,
        progress: Optional[ProgressFunction] = None,
    ) -> Verification:
        """Proves that the network gives every sample its label, or finds the first that it does not.

        For cells, constant and condense the separation is computed anew as well, since every answer rests on it.

        Parameters
        ----------
        X, y : [N, n] samples and [N] labels, as for build()
        reference : by the plain reference alone, so that the proof does not rest on the fast kernels (much slower)
        threads, progress : see build()

        Raises
        ------
        BadInputError : as predict(); a label that is no class of the network; a separation that is not the network's
        InvalidArgumentError : shapes that do not fit
        """
        samples = points(X)
        data, network = create(samples, labels(y, len(samples)), self._classes), self._open()
        result = VerificationResult(ctypes.sizeof(VerificationResult))
        run(
            lambda options: lib.memo_network_verify(
                network, data.number, int(reference), options, ctypes.byref(result)
            ),
            threads,
            progress,
        )
        memorized = result.first_failure < 0
        given = None if memorized else self._classes.decode(np.array([result.given], np.int32))[0]
        first = None if memorized else result.first_failure
        return Verification(result.rows, memorized, first, given, result.resolved_exactly)

    # ---- What a network is

    @property
    def classes(self) -> np.ndarray:
        """[K] class values in the network's order; of two, the first is -1."""
        return self._classes.values

    @property
    def abstain_label(self) -> Any:
        """What stands for an abstention: ABSTAIN (INT32_MIN) among integers, NaN among floats, "" of texts, or None."""
        return self._classes.abstain_label()

    @property
    def samples(self) -> int:
        """N, the samples that it was made from."""
        return self._properties.samples

    @property
    def dimension(self) -> int:
        """n, the features of a sample."""
        return self._properties.dimension

    @property
    def dtype(self) -> np.dtype:
        """The type of the training samples, in which it computes."""
        return DTYPES[self._properties.element_type]

    @property
    def lambda_(self) -> Optional[Fraction]:
        """Where the walls stand; None for methods without (sqrt, vardi, park, adversarial)."""
        denominator = self._properties.lambda_denominator
        return Fraction(self._properties.lambda_numerator, denominator) if denominator else None

    @property
    def seed(self) -> int:
        """The seed that it was built with."""
        return self._properties.seed

    @property
    def depth(self) -> int:
        """Affine layers of the dense network."""
        return self._properties.depth

    @property
    def width(self) -> int:
        """Neurons of its largest hidden layer."""
        return self._properties.width

    @property
    def parameters(self) -> int:
        """Weights and biases of the dense network, 2^63 - 1 for more."""
        return self._properties.parameters

    @property
    def nonzero(self) -> int:
        """Structurally non-zero weights and biases, 2^63 - 1 for more."""
        return self._properties.nonzero

    @property
    def bits(self) -> int:
        """Bits of the largest weight, as an integer."""
        return self._properties.bits

    @property
    def outputs(self) -> int:
        """Exact numbers that the network gives for a query: 1, or K."""
        return self._properties.outputs

    @property
    def method(self) -> str:
        """The construction that made it."""
        return str(self._description["method"])

    def describe(self) -> dict[str, Any]:
        """Method, sizes, classes, layers and what the construction found out, as memo inspect --json says them."""
        return dict(self._description)

    @cached_property
    def _description(self) -> dict[str, Any]:
        return dict(json.loads(text(lib.memo_network_describe, self._open())))

    def __repr__(self) -> str:
        if self._handle is None:
            return "<Network, closed>"
        return (
            f"<Network {self.method}: {self.samples:,} {self.dtype} samples of {self.dimension:,} features, "
            f"{len(self.classes)} classes, {self.parameters:,} parameters>"
        )

    # ---- Life and copies

    def close(self) -> None:
        """Gives the memory back; the network cannot be used any more. A second close() does nothing."""
        self._handle = None

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> ctypes.c_uint64:
        if self._handle is None:
            raise InvalidHandleError("this network is closed")
        return self._handle.number

    def __copy__(self) -> Network:
        """Another object for the same network, with a close() of its own."""
        if self._handle is None:
            raise InvalidHandleError("this network is closed")
        return Network(self._handle, self._classes)

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.__copy__()

    def __reduce__(self) -> Any:
        """Pickles as the file that save() writes, and the classes in the type that y had."""
        with tempfile.TemporaryDirectory(prefix="memo") as folder:
            path = Path(folder, "network.memo")
            self.save(path)
            content = path.read_bytes()
        return _unpickle, (content, self._classes.values, self._classes.names)


def _unpickle(content: bytes, values: np.ndarray, names: Optional[list[str]]) -> Network:
    with tempfile.TemporaryDirectory(prefix="memo") as folder:
        path = Path(folder, "network.memo")
        path.write_bytes(content)
        network = Network.load(path)
    network._classes = Classes(values, names)
    return network
