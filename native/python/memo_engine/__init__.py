"""memo_engine: memorization neural networks, constructed and not trained, and exact.

    >>> from memo_engine import Network, load_data
    >>> X, y = load_data("digits")
    >>> network = Network.build(X, y)          # memorizes every sample
    >>> network.verify(X, y).memorized         # proved exactly
    True
    >>> network.predict(X[:3])                 # the sign of the exact network, never of a rounded one
    array([0, 1, 2], dtype=int32)

Network is the whole engine; MemorizationClassifier is a scikit-learn estimator, for which scikit-learn must be there;
kernels has the nearest-neighbour search and the matrix products by themselves. Arrays of uint8, float32 and float64 are
read where they lie, long work releases the GIL and can be interrupted, and errors are MemoError with a text that says
what to do.
"""

from __future__ import annotations

import ctypes
import json
from typing import TYPE_CHECKING, Any, Optional

from . import kernels
from ._abi import ABSTAIN
from ._errors import (
    BadFileError,
    BadInputError,
    CancelledError,
    DeviceError,
    ForkedError,
    InternalError,
    InvalidArgumentError,
    InvalidHandleError,
    LabelConflictError,
    MemoError,
    OutOfMemoryError,
    UnsupportedError,
)
from ._library import call, lib, text
from ._long_work import thread_count
from .data import Measures, load_data, measure, nearest_other
from .network import METHODS, Answers, Network, Verification

if TYPE_CHECKING:
    from .classifier import MemorizationClassifier as MemorizationClassifier

# MemorizationClassifier is left out, so that `import *` needs no scikit-learn.
__all__ = [
    "ABSTAIN",
    "METHODS",
    "Answers",
    "BadFileError",
    "BadInputError",
    "CancelledError",
    "DeviceError",
    "ForkedError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "LabelConflictError",
    "Measures",
    "MemoError",
    "Network",
    "OutOfMemoryError",
    "UnsupportedError",
    "Verification",
    "device",
    "info",
    "instruction_set",
    "kernels",
    "load",
    "load_data",
    "measure",
    "nearest_other",
    "set_device",
    "set_threads",
]

__version__: str = lib.memo_version().decode()

#: Opens a network file (.memo): Network.load().
load = Network.load


def set_threads(threads: Optional[int]) -> None:
    """How many threads long work uses from now on where a call does not say it: at least 1, or None for all cores."""
    call(lib.memo_set_threads, thread_count(threads))


def set_device(word: str) -> None:
    """Which device looks for near points from now on: "cpu", "cuda", "opencl", with a number ("cuda:1"), or "auto".

    Answers do not depend on it: a device only filters. DeviceError says what is missing; with "auto" the processor does.
    """
    call(lib.memo_set_device, word.encode())


def device() -> str:
    """The device in use, or "cpu"; behind "cpu: " why, where "auto" found no GPU or one has failed."""
    return text(lib.memo_device)


def instruction_set() -> tuple[str, str]:
    """The instruction set in use and the best one that the loaded build has: "scalar", "avx2" or "avx512"."""
    active, built = ctypes.c_char_p(), ctypes.c_char_p()
    call(lib.memo_instruction_set, ctypes.byref(active), ctypes.byref(built))
    return (active.value or b"").decode(), (built.value or b"").decode()


def info() -> dict[str, Any]:
    """Version, build, processor, instruction sets, threads and devices: what memo info --json prints."""
    return dict(json.loads(text(lib.memo_info)))


def __getattr__(name: str) -> Any:
    # Only here is scikit-learn imported, so that everything else works without it, and starts as fast.
    if name != "MemorizationClassifier":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .classifier import MemorizationClassifier

    globals()[name] = MemorizationClassifier
    return MemorizationClassifier


def __dir__() -> list[str]:
    return sorted({*globals(), "MemorizationClassifier"})
