#!/usr/bin/env python3
"""How many samples `memo build --method condense` keeps, beside the condensed nearest neighbour rule (P. Hart, 1968) in NumPy:
passes in file order, keeping whatever the nearest sample kept so far mislabels, until a pass keeps none. All 45 pairs of MNIST
digits, the first 500 images of each. condense asks for more: every sample in a cell of its own label, abstentions are errors.
"""
import json
import statistics
import subprocess
import tempfile

import datasets
import sidebyside


def hart(numpy, points, labels):
    """Positions of the samples that Hart's rule keeps."""
    points = points.astype(numpy.int64)
    least, nearest = numpy.full(len(points), numpy.iinfo(numpy.int64).max), numpy.empty(len(points), labels.dtype)
    kept = []

    def keep(i):
        kept.append(i)
        distances = ((points - points[i]) ** 2).sum(1)
        closer = distances < least
        least[closer], nearest[closer] = distances[closer], labels[i]

    keep(0)
    while True:
        before = len(kept)
        for i in range(len(points)):
            if nearest[i] != labels[i]:
                keep(i)
        if len(kept) == before:
            return kept


def main():
    options = sidebyside.arguments(__doc__, rounds=1)
    numpy = sidebyside.require("numpy")
    with tempfile.TemporaryDirectory() as directory:
        if options.quick:
            points, labels, _ = datasets.digits_like(numpy, 200, 0, classes=3)
            each = 60
        else:
            points, labels = datasets.mnist(numpy, "train")
            each = 500
        print("| pair | condense | Hart | condense / Hart |\n|---|---|---|---|")
        counts = []
        for a in range(labels.max() + 1):
            for b in range(a + 1, labels.max() + 1):
                rows = numpy.sort(numpy.concatenate([numpy.flatnonzero(labels == k)[:each] for k in (a, b)]))
                numpy.savez(f"{directory}/pair.npz", x=points[rows], y=labels[rows])
                built = subprocess.run([options.memo, "build", "--data", f"{directory}/pair.npz", "--method", "condense", "-o",
                                        f"{directory}/pair.memo", "--json"], capture_output=True, text=True, check=True).stdout
                subprocess.run([options.memo, "verify", f"{directory}/pair.memo", "--data", f"{directory}/pair.npz"],
                               capture_output=True, check=True)
                counts.append((int(json.loads(built)["notes"]["subset"]), len(hart(numpy, points[rows], labels[rows]))))
                print(f"| {a}-{b} | {counts[-1][0]} | {counts[-1][1]} | {counts[-1][0] / counts[-1][1]:.2f} |", flush=True)
        ours, theirs = zip(*counts)
        print(f"| mean | {statistics.mean(ours):.1f} | {statistics.mean(theirs):.1f} "
              f"| {statistics.mean(c / h for c, h in counts):.2f} |")
        print(f"| fewest, most | {min(ours)}, {max(ours)} | {min(theirs)}, {max(theirs)} "
              f"| {min(c / h for c, h in counts):.2f}, {max(c / h for c, h in counts):.2f} |")


if __name__ == "__main__":
    main()
