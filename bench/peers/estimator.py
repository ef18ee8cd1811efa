#!/usr/bin/env python3
"""fit and predict of the scikit-learn estimator MemorizationClassifier beside KNeighborsClassifier(1, brute) on all of MNIST, in one
process: the same calls, the same arrays (float32 for scikit-learn, which is its fastest; bytes for memo).
"""
import os
import sys
import time

import datasets
import sidebyside

sys.path.insert(0, str(sidebyside.ROOT / "native/python"))
os.environ.setdefault("MEMO_LIBRARY", str(sidebyside.ROOT / "out/lib"))


def timed(function, *values):
    start = time.perf_counter()
    function(*values)
    return time.perf_counter() - start


def compare(numpy, neighbors, classifier, options, name, points, labels, queries, table):
    points32, queries32 = points.astype(numpy.float32), queries.astype(numpy.float32)
    theirs = neighbors.KNeighborsClassifier(1, algorithm="brute", n_jobs=options.threads)
    ours = classifier(threads=options.threads)
    shape = f"{len(points)} x {points.shape[1]}, {len(queries)}"
    seconds = sidebyside.interleave(options.rounds, {"scikit-learn": lambda: timed(theirs.fit, points32, labels),
                                                     "memo": lambda: timed(ours.fit, points, labels)})
    table.add(f"{name}, fit", shape, options.threads, seconds=seconds)
    theirs.predict(queries32[:64]), ours.predict(queries[:64])  # threads are started, memory is mapped
    seconds = sidebyside.interleave(options.rounds, {"scikit-learn": lambda: timed(theirs.predict, queries32),
                                                     "memo": lambda: timed(ours.predict, queries)})
    table.add(f"{name}, predict", shape, options.threads, seconds=seconds, rate=lambda t: f"{len(queries) / t:.0f}/s")
    differ = (theirs.predict(queries32) != ours.predict(queries)).sum()
    sidebyside.require_agreement(differ <= 0.002 * len(queries) + 1, f"{name}: {differ} labels differ")
    return f"{name}: {differ} of {len(queries)} labels differ (ties of distance, which memo decides exactly)"


def main():
    options = sidebyside.arguments(__doc__, rounds=3)
    numpy, sklearn, neighbors = sidebyside.require("numpy", "sklearn", "sklearn.neighbors")
    import memo_engine
    sidebyside.print_versions(options.memo, numpy, sklearn)
    table = sidebyside.Table("what", "N x n, queries", "threads")
    if options.quick:
        note = compare(numpy, neighbors, memo_engine.MemorizationClassifier, options, "quick", *datasets.digits_like(numpy, 2000, 300), table)
    else:
        (points, labels), (queries, _) = datasets.mnist(numpy, "train"), datasets.mnist(numpy, "t10k")
        note = compare(numpy, neighbors, memo_engine.MemorizationClassifier, options, "MNIST", points, labels, queries, table)
    print(f"\n{note}")


if __name__ == "__main__":
    main()
