#!/usr/bin/env python3
"""What the Python package costs beyond the engine's work: its import, one row, ten thousand rows.

    python.py MEMO [--quick]    the program out/bin/memo, which must be of the same build; quick: whether it works, on digits

The work of one row is what `memo bench single` measures inside the engine, of many what `memo bench labels` does.
"""
import json
import os
import statistics
import subprocess
import sys
import time

QUICK = sys.argv[2:] == ["--quick"]
ROUNDS = 1 if QUICK else 7


def process_seconds(code):
    """The least of some runs of a Python process, in seconds: what disturbs only adds."""
    def once():
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start
    return min(once() for _ in range(1 if QUICK else 15))


def bench(memo, kernel, data, *more):
    """Seconds by `memo bench`: the median of its calls."""
    command = [memo, "bench", kernel, "--data", data, "--json", "--no-peaks", "--repeat", "3", *more]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["kernels"][-1]["seconds"]


def timed(function, *values):
    start = time.perf_counter()
    function(*values)
    return time.perf_counter() - start


def main():
    memo = sys.argv[1]
    first_call = "import numpy, memo_engine; memo_engine.kernels.nearest(numpy.zeros((1, 1), 'u1'), numpy.zeros((1, 1), 'u1'))"
    plain, whole = process_seconds("import numpy"), process_seconds(first_call)
    print(f"import memo_engine and a first call, beyond import numpy   {1e3 * (whole - plain):8.1f} ms  ({1e3 * plain:.1f} ms)")

    import numpy
    import memo_engine

    for name in ["digits"] if QUICK else ["digits", "mnist:4,9"]:
        points, labels = memo_engine.load_data(name)
        queries, _ = memo_engine.load_data(name, part="test")
        network = memo_engine.Network.build(points, labels, threads=1)
        rows = [queries[i:i + 1] for i in range(min(1000, len(queries)))]
        ours, engine = [], []
        for _ in range(ROUNDS):
            seconds = [timed(network.predict, row) for row in rows]
            ours.append(statistics.median(seconds))
            engine.append(bench(memo, "single", name, "--threads", "1"))
        beyond = [1e6 * (a - b) for a, b in zip(ours, engine)]
        print(f"{name}: a row {1e6 * statistics.median(ours):.1f} us, the engine alone {1e6 * statistics.median(engine):.1f} us, "
              f"beyond {statistics.median(beyond):8.1f} us  (by round {' '.join(f'{b:.1f}' for b in beyond)})")
    tiny = memo_engine.Network.build(numpy.array([[0], [10]], "u1"), numpy.array([0, 1]), threads=1)
    row = numpy.array([[3]], "u1")
    seconds = [timed(tiny.predict, row) for _ in range(20 if QUICK else 20000)]
    print(f"two points of one feature: a row {1e6 * statistics.median(seconds):.1f} us, all of it overhead")

    many = "digits" if QUICK else "mnist"
    points, labels = memo_engine.load_data(many)
    queries, _ = memo_engine.load_data(many, part="test")
    network = memo_engine.Network.build(points, labels)
    network.predict(queries[:100])
    ours, engine = [], []
    for _ in range(ROUNDS):
        ours.append(statistics.median(timed(network.predict, queries) for _ in range(3)))
        engine.append(bench(memo, "labels", many))
    ratios = [a / b for a, b in zip(ours, engine)]
    print(f"{many}: {len(queries)} rows {1e3 * statistics.median(ours):.1f} ms, the program {1e3 * statistics.median(engine):.1f} ms, "
          f"ratio {statistics.median(ratios):.3f}  (by round {' '.join(f'{r:.3f}' for r in ratios)})")


if __name__ == "__main__":
    main()
