#!/usr/bin/env python3
"""One query at a time on one thread: the median latency of memo's exact cells label against plain exact nearest neighbours,
FAISS IndexFlatL2 and NumPy's product of the points and the query.
"""
import statistics
import tempfile
import time

import datasets
import sidebyside


def compare(numpy, faiss, options, directory, name, points, labels, queries, table):
    files = datasets.save(numpy, directory, name.replace(" ", "-"), points, labels, queries)
    index = faiss.IndexFlatL2(points.shape[1])
    points32 = points.astype(numpy.float32)
    index.add(points32)
    half_norms = (points32 * points32).sum(1) * numpy.float32(-0.5)
    singles = [row.reshape(1, -1) for row in queries.astype(numpy.float32)]
    nearest = numpy.empty(len(singles), numpy.int64)

    def by_faiss():
        seconds = []
        for q, query in enumerate(singles):
            start = time.perf_counter()
            _, found = index.search(query, 1)
            seconds.append(time.perf_counter() - start)
            nearest[q] = found[0, 0]
        return statistics.median(seconds)

    def by_numpy():
        seconds = []
        for query in singles:
            start = time.perf_counter()
            (points32 @ query[0] + half_norms).argmax()
            seconds.append(time.perf_counter() - start)
        return statistics.median(seconds)

    answers = f"{directory}/labels.npy"
    memo = lambda: sidebyside.memo_bench(options, "single", *files, "--answers", answers, threads=1)["seconds"]
    seconds = sidebyside.interleave(options.rounds, {"FAISS": by_faiss, "NumPy": by_numpy, "memo": memo})
    table.add(name, f"{len(points)} x {points.shape[1]}", seconds=seconds, rate=lambda t: f"{1 / t:.0f}/s")
    given = numpy.load(answers)
    answered = given != numpy.iinfo(numpy.int32).min
    wrong = (given[answered] != labels[nearest[:len(given)]][answered]).sum()
    sidebyside.require_agreement(len(given) == len(singles) and wrong <= 0.01 * len(given), f"{name}: {wrong} labels differ")


def main():
    options = sidebyside.arguments(__doc__, rounds=5, threads=1)
    numpy, faiss = sidebyside.require("numpy", "faiss")
    sidebyside.print_versions(options.memo, numpy, faiss)
    with tempfile.TemporaryDirectory() as directory:
        table = sidebyside.Table("one query of", "N x n")
        if options.quick:
            compare(numpy, faiss, options, directory, "quick", *datasets.digits_like(numpy, 2000, 100), table)
            return
        (points, labels), (queries, truth) = datasets.mnist(numpy, "train"), datasets.mnist(numpy, "t10k")
        chosen, asked = numpy.isin(labels, (4, 9)), numpy.isin(truth, (4, 9))
        compare(numpy, faiss, options, directory, "MNIST 4-9", points[chosen], labels[chosen], queries[asked][:1000], table)
        uniform = sidebyside.reproducible_bytes(numpy, 11791, 784)
        compare(numpy, faiss, options, directory, "uniform bytes", uniform, (numpy.arange(11791) % 2).astype(numpy.int32),
                sidebyside.reproducible_bytes(numpy, 1000, 784, 11791 * 784), table)


if __name__ == "__main__":
    main()
