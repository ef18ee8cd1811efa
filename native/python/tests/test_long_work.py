"""Long calls let other threads run, report progress, and end when something is raised."""

import signal
import threading
import time

import memo_engine
import numpy as np
import pytest
from memo_engine import Network


@pytest.fixture(scope="module")
def slow():
    """Data whose condensing takes many seconds."""
    generator = np.random.default_rng(1)
    return generator.random((6000, 20)), generator.integers(0, 2, 6000)


class Stop(Exception):
    pass


def raise_stop(*_):
    raise Stop


def test_progress_grows_on_the_calling_thread(slow):
    shares, threads = [], set()

    def progress(share):
        shares.append(share)
        threads.add(threading.current_thread())
        if len(shares) == 5:
            raise Stop

    with pytest.raises(Stop):
        Network.build(*slow, "condense", progress=progress)
    assert len(shares) == 5  # nothing is reported after what was raised
    assert shares == sorted(shares) and 0 <= shares[0] and shares[-1] <= 1
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize("handler, error", [(signal.default_int_handler, KeyboardInterrupt), (raise_stop, Stop)])
def test_signals_end_long_work(slow, handler, error):
    before = signal.signal(signal.SIGINT, handler)
    try:
        timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
        timer.start()
        with pytest.raises(error):
            Network.build(*slow, "condense")
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    X, y = slow[0][:50], slow[1][:50]
    assert Network.build(X, y).verify(X, y).memorized  # the library works as before


@pytest.mark.parametrize("work", ["build", "predict", "evaluate", "verify", "nearest"])
def test_a_timer_that_raises_ends_long_work(slow, work):
    network, queries = Network.build(*slow), np.random.default_rng(0).random((1_000_000, 20))
    calls = {
        "build": lambda: Network.build(*slow, "condense"),
        "predict": lambda: network.predict(queries),
        "evaluate": lambda: network.evaluate(queries, radii=True),
        "verify": lambda: network.verify(queries, np.zeros(len(queries), int), reference=True),
        "nearest": lambda: memo_engine.kernels.nearest(queries[::10], queries),
    }
    before = signal.signal(signal.SIGALRM, raise_stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(Stop):
            calls[work]()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_other_threads_run_meanwhile(slow):
    """The GIL is released: Python goes on counting while the library works."""
    counts, stopped = [0], threading.Event()

    def count():
        while not stopped.is_set():
            counts[0] += 1
            time.sleep(0.001)

    network = Network.build(*slow)
    thread = threading.Thread(target=count)
    thread.start()
    try:
        for queries in (slow[0][:500],) * 3:
            before = counts[0]
            assert len(queries) < network._short_rows  # a direct call
            while counts[0] < before + 10:
                network.predict(queries)
        before = counts[0]
        with pytest.raises(Stop):
            Network.build(*slow, "condense", progress=lambda share: counts[0] > before + 10 and raise_stop())
    finally:
        stopped.set()
        thread.join()


def test_threads_share_a_network(digits):
    X, y = digits
    network, wrong = Network.build(X, y), []

    def work():
        for _ in range(20):
            wrong.extend(np.flatnonzero(network.predict(X) != y))
            wrong.extend(np.flatnonzero(network.evaluate(X).labels != y))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_errors_of_long_work_arrive_with_their_text():
    with pytest.raises(memo_engine.LabelConflictError, match="1"):
        Network.build([[1.0], [1.0]], [0, 1], progress=lambda share: None)
    for threads in (0, -1, 1.5, True, 2**31):
        with pytest.raises(ValueError, match="threads"):
            Network.build([[1.0], [2.0]], [0, 1], threads=threads)


def test_answers_do_not_depend_on_threads(digits):
    X, y = digits
    queries = X[::-1] // 2 + X // 2
    one = Network.build(X, y, threads=1).evaluate(queries, exact=True, radii=True, threads=1)
    many = Network.build(X, y, threads=3).evaluate(queries, exact=True, radii=True, threads=5)
    assert (one.exact_values == many.exact_values).all() and (one.radii == many.radii).all()
