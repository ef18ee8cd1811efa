"""Finds, loads and checks libmemo, and turns what its functions return into values and exceptions.

Where it is looked for, in this order:
  1. the environment variable MEMO_LIBRARY: a file, or a folder as `make build` leaves it in out/lib;
  2. the folder _lib of this package, which a wheel brings along;
  3. where the system keeps libraries (libmemo.so.0).
In a folder the build for this processor is taken from glibc-hwcaps/, as the system's loader does on its own.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any, Union

from ._abi import ABI_VERSION, OK, TOO_SMALL, declare
from ._errors import BY_STATUS, ForkedError, InternalError, InvalidArgumentError, MemoError

_SONAME = "libmemo.so.0"

# What /proc/cpuinfo calls the features of each level. The kernel leaves out those that it does not save registers for.
_LEVELS = {
    "x86-64-v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
    "x86-64-v3": "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave",
}


def _processor_flags() -> frozenset[str]:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
            return frozenset(next((line for line in lines if line.startswith("flags")), "").split())
    except OSError:
        return frozenset()


def best_build(folder: Path, flags: frozenset[str]) -> Path:
    """The file below `folder` that a processor with these flags runs best."""
    needed: set[str] = set()
    runs = []
    for level in reversed(_LEVELS):  # a level needs what the lower ones need
        needed |= set(_LEVELS[level].split())
        if needed <= flags:
            runs.append(level)
    for level in reversed(runs):
        if (file := folder / "glibc-hwcaps" / level / _SONAME).exists():
            return file
    return folder / _SONAME


def _find() -> str:
    own = Path(__file__).parent / "_lib"
    if chosen := os.environ.get("MEMO_LIBRARY"):
        return str(best_build(Path(chosen), _processor_flags())) if os.path.isdir(chosen) else chosen
    return str(best_build(own, _processor_flags())) if own.is_dir() else _SONAME


def _load() -> ctypes.CDLL:
    file = _find()
    try:
        library = ctypes.CDLL(file)
    except OSError as error:
        raise ImportError(
            f"libmemo cannot be loaded: {error}. Install the wheel of `make wheel` on Linux "
            f"(this is {platform.system()} on {platform.machine()}), run `make install`, "
            "or let MEMO_LIBRARY name the file or folder of a build",
            path=file,
        ) from error
    try:
        version = library.memo_abi_version()
        if version != ABI_VERSION:
            raise ImportError(
                f"{file} has interface {version}, this package needs {ABI_VERSION}: install them together", path=file
            )
        declare(library)
    except AttributeError as error:
        raise ImportError(f"{file} is another library, or older than this package: {error}", path=file) from error
    return library


lib = _load()
_owner = os.getpid()


def check_process(getpid: Callable[[], int] = os.getpid) -> None:
    """Raises ForkedError in a child of fork(), before the library, which might wait for threads that are not there."""
    if getpid() != _owner:
        raise ForkedError(
            "this process was forked after memo_engine was imported, and its library cannot work in it: use "
            'multiprocessing.get_context("spawn") (joblib: the "loky" backend), or import memo_engine only in the child'
        )


def failure(status: int) -> MemoError:
    """The exception for what the calling thread's latest call returned."""
    error = BY_STATUS.get(status, InternalError)
    return error(lib.memo_last_error().decode("utf-8", "replace"))


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a function that returns a status, and raises what it stands for."""
    check_process()
    if status := function(*arguments):
        raise failure(status)


def text(function: Callable[..., int], *arguments: Any) -> str:
    """What a function that gives out text writes; `arguments` are those before text, capacity and length."""
    check_process()
    length = ctypes.c_int64()
    capacity = 1024
    while True:
        buffer = ctypes.create_string_buffer(capacity)
        status = function(*arguments, buffer, capacity, ctypes.byref(length))
        if status == OK:
            return buffer.raw[: length.value].decode("utf-8")
        if status != TOO_SMALL:
            raise failure(status)
        capacity = length.value + 1


def c_text(value: Union[str, bytes], name: str) -> bytes:
    """A text for the library: UTF-8, or a path as the system spells it. C would take a NUL for its end."""
    encoded = value.encode() if isinstance(value, str) else value
    if b"\0" in encoded:
        raise InvalidArgumentError(f"{name}={value!r} contains a NUL")
    return encoded


class Handle:
    """Owns a handle of the library, and closes it when nothing refers to it any more."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = ctypes.c_uint64()

    def __del__(
        self, close: Callable[..., int] = lib.memo_close, getpid: Callable[[], int] = os.getpid, owner: int = _owner
    ) -> None:
        # Defaults, because at the interpreter's end the module's names may be gone.
        if self.number.value and getpid() == owner:
            close(self.number.value)

    def __reduce__(self) -> Any:
        raise TypeError("a handle of libmemo means nothing in another process")
