"""What can go wrong: one exception for each status of memo.h, all of them MemoError."""

from __future__ import annotations

from typing import ClassVar


class MemoError(Exception):
    """Whatever the library refuses: the text says what is wrong, where, and what to do."""

    #: The number of the status in memo.h.
    status: ClassVar[int] = 0


class InvalidArgumentError(MemoError, ValueError):
    """A wrong size, type, length or option."""

    status = 1


class InvalidHandleError(MemoError, ValueError):
    """A network that was closed before."""

    status = 2


class BadInputError(MemoError, ValueError):
    """Data that cannot be used: not finite, not exactly convertible, one class only, ..."""

    status = 3


class BadFileError(MemoError, OSError):
    """A file that is missing, unreadable, truncated, damaged, of another format or not writable."""

    status = 4


class OutOfMemoryError(MemoError, MemoryError):
    """There is not enough memory for what was asked."""

    status = 5


class UnsupportedError(MemoError, RuntimeError):
    """MEMO_ISA asks for instructions that this build or processor does not have."""

    status = 6


class ForkedError(MemoError, RuntimeError):
    """Called in a child of fork(), where the library's threads do not exist: start processes with "spawn"."""

    status = 7


class CancelledError(MemoError):
    """Long work was stopped before its end."""

    status = 8


class LabelConflictError(BadInputError):
    """Two equal samples carry different labels, so no network can memorize both; the text names their rows."""

    status = 10


class DeviceError(MemoError):
    """There is no such device, or it failed: too little memory, lost; the text has its driver's words."""

    status = 11


class InternalError(MemoError, RuntimeError):
    """A defect of the library; please report the text."""

    status = 100


BY_STATUS: dict[int, type[MemoError]] = {
    error.status: error
    for error in (
        InvalidArgumentError,
        InvalidHandleError,
        BadInputError,
        BadFileError,
        OutOfMemoryError,
        UnsupportedError,
        ForkedError,
        CancelledError,
        LabelConflictError,
        DeviceError,
        InternalError,
    )
}
