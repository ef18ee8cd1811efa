#!/usr/bin/env python3
"""Exact answers of the cells network against plain exact nearest neighbours, which do less: NumPy with one product for each
block of queries, FAISS IndexFlatL2, scikit-learn by brute force. From queries in memory to labels in memory.

Then the nearest point of another class for every training point, against NumPy with one product for each pair of classes.
"""
import pathlib
import tempfile
import time

import datasets
import sidebyside

CHUNK = 1000


def numpy_search(numpy, points, labels):
    """argmin of |z|^2 - 2 x.z: the fastest way known to do it with NumPy."""
    half_norms = (points * points).sum(1) * numpy.float32(-0.5)

    def search(queries):
        nearest = numpy.empty(len(queries), numpy.int64)
        for first in range(0, len(queries), CHUNK):
            products = queries[first:first + CHUNK] @ points.T
            products += half_norms
            nearest[first:first + CHUNK] = products.argmax(1)
        return labels[nearest]

    return search


def timed(function, *values):
    start = time.perf_counter()
    function(*values)
    return time.perf_counter() - start


def check_labels(numpy, name, memo_labels, peer_labels, points, labels, queries):
    """A cells network answers with the class of the nearest point, or not at all (Lemma A). fp32 may mistake near ties: those
    are decided by integers."""
    answered = memo_labels != numpy.iinfo(numpy.int32).min
    sidebyside.require_agreement(len(memo_labels) == len(queries) and answered.mean() > 0.5, f"{name}: memo abstains from most rows")
    differ = numpy.flatnonzero(answered & (memo_labels != peer_labels))
    sidebyside.require_agreement(len(differ) < 0.01 * len(queries) + 5, f"{name}: {len(differ)} labels differ")
    wide = points.astype(numpy.int32)
    for row in differ:
        distances = ((wide - queries[row].astype(numpy.int32)) ** 2).sum(1, dtype=numpy.int64)
        exact = set(labels[distances == distances.min()])
        sidebyside.require_agreement(exact == {memo_labels[row]}, f"{name}: row {row} is {memo_labels[row]}, its nearest point says {exact}")
    return f"{name}: {answered.sum()} of {len(queries)} rows answered, all with the class of the exactly nearest point"


def labels_of(numpy, modules, options, directory, name, points, labels, queries, kernels, table):
    faiss, neighbors = modules
    files = datasets.save(numpy, directory, name.replace(" ", "-"), points, labels, queries)
    points32, queries32 = points.astype(numpy.float32), queries.astype(numpy.float32)
    by_numpy = numpy_search(numpy, points32, labels)
    index = faiss.IndexFlatL2(points.shape[1])
    index.add(points32)
    brute = neighbors.NearestNeighbors(n_neighbors=1, algorithm="brute").fit(points32)
    sides = {
        "NumPy": lambda: timed(by_numpy, queries32),
        "FAISS": lambda: timed(lambda: labels[index.search(queries32, 1)[1][:, 0]]),
        "scikit-learn": lambda: timed(lambda: labels[brute.kneighbors(queries32, return_distance=False)[:, 0]]),
    }
    for warm_up in (lambda: by_numpy(queries32[:64]), lambda: index.search(queries32[:64], 1), lambda: brute.kneighbors(queries32[:64])):
        warm_up()  # threads are started, memory is mapped
    answers = pathlib.Path(directory) / "labels.npy"
    notes = []
    for kernel in kernels:
        memo = lambda kernel=kernel: sidebyside.memo_bench(options, kernel, *files, "--answers", answers)["seconds"]
        seconds = sidebyside.interleave(options.rounds, {**sides, "memo": memo})
        table.add(f"{name}, {kernel}", f"{len(points)} x {points.shape[1]}, {len(queries)}", options.threads, seconds=seconds,
                  rate=lambda t: f"{len(queries) / t:.0f}/s")
        notes.append(check_labels(numpy, f"{name}, {kernel}", numpy.load(answers), by_numpy(queries32), points, labels, queries))
    return notes


def numpy_other_class(numpy, points, labels):
    """Squared distance of every point to the nearest of another class: one product a pair of classes, minima of rows and columns."""
    members = [numpy.flatnonzero(labels == label) for label in numpy.unique(labels)]
    blocks = [numpy.ascontiguousarray(points[rows]) for rows in members]
    norms = [(block * block).sum(1) for block in blocks]

    def search():
        least = [numpy.full(len(rows), numpy.inf, numpy.float32) for rows in members]
        for a in range(len(blocks)):
            for b in range(a + 1, len(blocks)):
                for first in range(0, len(blocks[a]), CHUNK):
                    part = slice(first, first + CHUNK)
                    distances = blocks[a][part] @ blocks[b].T
                    distances *= -2
                    distances += norms[b]
                    numpy.minimum(least[a][part], distances.min(1) + norms[a][part], out=least[a][part])
                    distances += norms[a][part][:, None]
                    numpy.minimum(least[b], distances.min(0), out=least[b])
        all_points = numpy.empty(len(points), numpy.float32)
        for rows, values in zip(members, least):
            all_points[rows] = values
        return all_points

    return search


def other_class(numpy, options, directory, name, points, labels, table):
    files = datasets.save(numpy, directory, name, points, labels, points[:1])
    points32 = points.astype(numpy.float32)
    search = numpy_other_class(numpy, points32, labels)
    answers = pathlib.Path(directory) / "distances.npy"
    sides = {"NumPy": lambda: timed(search)}
    kernels = [kernel for kernel in ("neighbours", "separation") if sidebyside.has_kernel(options, kernel)]
    for kernel in kernels:
        memo = lambda kernel=kernel: sidebyside.memo_bench(
            options, kernel, *files, *(("--answers", answers) if kernel == "neighbours" else ()))["seconds"]
        seconds = sidebyside.interleave(options.rounds, {**sides, "memo": memo})
        what = "nearest other class of every point" if kernel == "neighbours" else "the least of them alone (a whole build)"
        table.add(f"{name}, {what}", f"{len(points)} x {points.shape[1]}", options.threads, seconds=seconds)
    if "neighbours" not in kernels:
        return f"{name}: nothing of the nearest other class, because this memo has no kernel `neighbours`"
    exact, computed = numpy.load(answers).astype(numpy.int64), search()
    error = numpy.abs(exact - computed) / (points32 ** 2).sum(1).max()
    sidebyside.require_agreement(error.max() < 1e-5, f"{name}: squared distances differ by {error.max():.1e} of the largest square")
    wide = points.astype(numpy.int32)
    for row in numpy.random.default_rng(1).choice(len(points), min(len(points), 50), replace=False):
        distance = ((wide[labels != labels[row]] - wide[row]) ** 2).sum(1, dtype=numpy.int64).min()
        sidebyside.require_agreement(exact[row] == distance, f"{name}: row {row} has {exact[row]} instead of {distance}")
    return f"{name}: distances to the nearest other class agree within fp32, and with integers on 50 rows"


def main():
    options = sidebyside.arguments(__doc__, rounds=3)
    numpy, faiss, _ = sidebyside.require("numpy", "faiss", "sklearn")
    import sklearn.neighbors
    sidebyside.print_versions(options.memo, numpy, faiss, sklearn)
    modules = (faiss, sklearn.neighbors)
    with tempfile.TemporaryDirectory() as directory:
        table = sidebyside.Table("work", "N x n, queries", "threads")
        if options.quick:
            points, labels, queries = datasets.digits_like(numpy, 2000, 300)
            notes = labels_of(numpy, modules, options, directory, "quick", points, labels, queries, ["labels", "values"], table)
            notes.append(other_class(numpy, options, directory, "quick", points, labels, table))
        else:
            notes = full(numpy, modules, options, directory, table)
    print("\n" + "\n".join(f"Checked: {note}." for note in notes))


def full(numpy, modules, options, directory, table):
    points, labels = datasets.mnist(numpy, "train")
    queries, _ = datasets.mnist(numpy, "t10k")
    notes = labels_of(numpy, modules, options, directory, "MNIST", points, labels, queries, ["labels", "values"], table)
    notes.append(other_class(numpy, options, directory, "MNIST", points, labels, table))
    points, labels = datasets.cifar(numpy, 1, 2, 3)
    queries, _ = datasets.cifar(numpy, 4)
    notes += labels_of(numpy, modules, options, directory, "CIFAR-10", points, labels, queries, ["labels", "values"], table)
    points = sidebyside.reproducible_bytes(numpy, 12000, 784)
    queries = sidebyside.reproducible_bytes(numpy, 2000, 784, 12000 * 784)
    labels = (numpy.arange(12000) % 2).astype(numpy.int32)
    notes += labels_of(numpy, modules, options, directory, "uniform bytes", points, labels, queries, ["labels"], table)
    return notes


if __name__ == "__main__":
    main()
