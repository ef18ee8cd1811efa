#!/usr/bin/env python3
"""The exact forward pass of a network over big integers, microseconds a sample on one thread: memo against a C program on GMP
(forward_gmp.c) that evaluates the same layers, read from the same network file.
"""
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import datasets
import sidebyside

SOURCE = pathlib.Path(__file__).with_name("forward_gmp.c")
TENSORS = ("layer_sizes", "row_starts", "columns", "limb_starts", "limbs", "signs")


def compile_peer(directory):
    """The C program, or the end with what is missing."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    program = f"{directory}/forward_gmp"
    done = compiler and subprocess.run([compiler, "-O3", "-march=native", "-o", program, str(SOURCE), "-lgmp"],
                                       capture_output=True, text=True, check=False)
    if not done or done.returncode:
        print(f"missing: a C compiler with GMP. Debian, Ubuntu: apt install gcc libgmp-dev\n{done.stderr if done else ''}", file=sys.stderr)
        sys.exit(sidebyside.MISSING)
    return program


def convert(network, target):
    """Writes the tensors of a network file one behind the other: layers, rows, entries, limbs (int64), then each as it is."""
    content = pathlib.Path(network).read_bytes()
    length, = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + length])
    tensors = [content[8 + length + header[name]["data_offsets"][0]:8 + length + header[name]["data_offsets"][1]] for name in TENSORS]
    counts = [header[name]["shape"][0] for name in TENSORS]
    pathlib.Path(target).write_bytes(struct.pack("<4q", counts[0] - 1, counts[1] - 1, counts[2], counts[4]) + b"".join(tensors))
    return header["__metadata__"]


def compare(numpy, options, directory, program, method, name, points, labels, queries, table):
    training, asked = f"{directory}/training.npz", f"{directory}/queries.npy"
    numpy.savez(training, x=points, y=labels)
    numpy.save(asked, queries)
    network, flat, raw = (f"{directory}/{file}" for file in ("network.memo", "network.bin", "queries.bin"))
    built = json.loads(subprocess.run([options.memo, "build", "--data", training, "--method", method, "-o", network, "--json"],
                                      capture_output=True, text=True, check=True).stdout)
    convert(network, flat)
    few = queries[:max(1, min(len(queries), 400_000 // built["depth"]))]  # GMP needs up to a millisecond a sample
    pathlib.Path(raw).write_bytes(struct.pack("<2q", *few.shape) + few.tobytes())
    signs = numpy.empty(len(few), int)

    def by_gmp():
        lines = subprocess.run([program, flat, raw], capture_output=True, text=True, check=True).stdout.split()
        signs[:] = list(map(int, lines[1:]))
        return float(lines[0]) / len(few)

    answers = f"{directory}/labels.npy"

    def by_memo():
        result = sidebyside.memo_bench(options, f"integers-{method}", "--data", training, "--queries", asked, "--answers", answers, threads=1)
        return result["seconds"] / len(queries)

    seconds = sidebyside.interleave(options.rounds, {"GMP": by_gmp, "memo": by_memo})
    table.add(f"{name}, {method}", f"{built['bits']:,}", f"{built['depth']:,}", seconds=seconds)
    classes = built["classes"]
    given = numpy.load(answers)[:len(few)]
    expected = numpy.choose(signs + 1, [classes[0], numpy.iinfo(numpy.int32).min, classes[1]])
    sidebyside.require_agreement((given == expected).all(), f"{name}, {method}: {(given != expected).sum()} labels differ")


def main():
    options = sidebyside.arguments(__doc__, rounds=5, threads=1)
    numpy = sidebyside.require("numpy")
    with tempfile.TemporaryDirectory() as directory:
        program = compile_peer(directory)
        sidebyside.print_versions(options.memo, numpy)
        table = sidebyside.Table("network", "bits", "layers")
        if options.quick:
            points, labels, queries = datasets.digits_like(numpy, 100, 50, classes=2)
            for method in ("sqrt", "vardi", "park", "adversarial"):
                compare(numpy, options, directory, program, method, "quick", points, labels, queries, table)
            return
        points, labels = datasets.mnist(numpy, "train")
        queries = datasets.mnist(numpy, "t10k")[0][:2000]
        labels = (labels >= 5).astype(numpy.int32)  # 0-4 against 5-9
        for method in ("sqrt", "vardi", "park", "adversarial"):
            for count in (1400, 15000):  # the codes of a block of sqrt take about 800 and 3,500 bits
                compare(numpy, options, directory, program, method, f"MNIST 0-4 and 5-9, {count:,} points", points[:count],
                        labels[:count], queries, table)


if __name__ == "__main__":
    main()
