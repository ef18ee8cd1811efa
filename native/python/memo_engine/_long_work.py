"""Long calls that can be interrupted and report progress.

The call is made in a thread of its own, while the caller waits for news of it in Python. So a signal handler runs as
soon as its signal arrives, whatever it raises (KeyboardInterrupt) ends the work, and progress functions run where they
were given. A handler that ran inside the library's callback would raise before that callback's first line, where
nothing can catch it.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable
from typing import Any, Optional

from ._abi import Progress, RunOptions
from ._library import check_process, failure

#: Called with the share of the work that is done, in [0, 1], about ten times a second. Whatever it raises ends the
#: work.
ProgressFunction = Callable[[float], Any]


def thread_count(threads: Optional[int]) -> int:
    """The number as memo.h wants it, 0 for None."""
    if threads is None:
        return 0
    if isinstance(threads, bool) or threads != int(threads) or not 1 <= threads < 2**31:
        raise ValueError(f"threads={threads!r}: give a number of at least 1, or None for all cores")
    return int(threads)


def run(call: Callable[[Any], int], threads: Optional[int] = None, progress: Optional[ProgressFunction] = None) -> None:
    """Makes a call that takes a memo_run_options*, and raises what its status stands for."""
    check_process()
    count = thread_count(threads)
    events: queue.SimpleQueue[Optional[float]] = queue.SimpleQueue()
    outcome: list[Optional[BaseException]] = []
    interruption: Optional[BaseException] = None

    def report(share: float, _: Any) -> int:
        events.put(share)  # also wakes the caller for a signal that another thread received
        return interruption is not None

    def work() -> None:
        try:
            options = RunOptions(ctypes.sizeof(RunOptions), count, 0, Progress(report), None)
            status = call(ctypes.byref(options))
            outcome.append(failure(status) if status else None)
        except BaseException as error:  # noqa: B036 - raised below, in the caller's thread
            outcome.append(error)
        finally:
            events.put(None)

    try:
        threading.Thread(target=work, name="memo_engine", daemon=True).start()
    except BaseException as error:  # noqa: B036 - also a signal's; the work, if it has begun, ends at once
        interruption = error
        raise
    while not outcome:
        try:
            share = events.get()
            if share is not None and progress is not None and interruption is None:
                progress(share)
        except BaseException as error:  # noqa: B036 - raised below, when the work has ended
            interruption = interruption or error
    raised = interruption or outcome[0]
    if raised is not None:
        raise raised
