"""MNIST and CIFAR-10 as the peer scripts use them, from $MEMO_DATA or the user's cache, and as files that memo reads."""
import gzip
import os
import pathlib
import sys

import sidebyside


def folder(name):
    """The folder of a set, where memo would find it too; says how to get it, and ends, where there is none."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "memo-engine"
    for parent in filter(None, (os.environ.get("MEMO_DATA"), cache)):
        if (path := pathlib.Path(parent) / name).is_dir():
            return path
    print(f"missing: {name}; get it with `memo data fetch {name}`, or set MEMO_DATA to the folder that has {name}/ in it", file=sys.stderr)
    sys.exit(sidebyside.MISSING)


def content(path):
    """A file's bytes, plain or compressed under the same name with .gz."""
    if path.exists():
        return path.read_bytes()
    with gzip.open(path.with_name(path.name + ".gz")) as stream:
        return stream.read()


def mnist(numpy, part):
    """Points (N x 784, uint8) and labels (int32) of part "train" or "t10k"."""
    points = numpy.frombuffer(content(folder("mnist") / f"{part}-images-idx3-ubyte"), numpy.uint8, offset=16)
    labels = numpy.frombuffer(content(folder("mnist") / f"{part}-labels-idx1-ubyte"), numpy.uint8, offset=8)
    return points.reshape(-1, 784), labels.astype(numpy.int32)


def cifar(numpy, *batches):
    """Points (N x 3072, uint8) and labels (int32) of training batches."""
    root = next((path.parent for path in sorted(folder("cifar-10").rglob(f"data_batch_{batches[0]}.bin*"))), folder("cifar-10"))
    rows = numpy.concatenate([numpy.frombuffer(content(root / f"data_batch_{batch}.bin"), numpy.uint8).reshape(-1, 3073)
                              for batch in batches])
    return numpy.ascontiguousarray(rows[:, 1:]), rows[:, 0].astype(numpy.int32)


def cifar_test(numpy):
    """Points (N x 3072, uint8) and labels (int32) of the test batch, or of the part of it that is there."""
    path = next(iter(sorted(folder("cifar-10").rglob("test_batch*.bin*"))))
    rows = numpy.frombuffer(content(path.with_suffix("") if path.suffix == ".gz" else path), numpy.uint8).reshape(-1, 3073)
    return numpy.ascontiguousarray(rows[:, 1:]), rows[:, 0].astype(numpy.int32)


def digits_like(numpy, points, queries, dimension=64, classes=10):
    """Small clustered data for a quick check: training points, labels, queries."""
    random = numpy.random.default_rng(0)
    centres = random.integers(60, 196, (classes, dimension))
    labels = numpy.arange(points + queries) % classes
    data = (centres[labels] + random.integers(-60, 60, (points + queries, dimension))).astype(numpy.uint8)
    return data[:points], labels[:points].astype(numpy.int32), data[points:]


def save(numpy, directory, name, points, labels, queries):
    """Writes NAME.npz and NAME-queries.npy; the options that make memo read them."""
    training, asked = pathlib.Path(directory) / f"{name}.npz", pathlib.Path(directory) / f"{name}-queries.npy"
    numpy.savez(training, x=points, y=labels)
    numpy.save(asked, queries)
    return ["--data", training, "--queries", asked]
