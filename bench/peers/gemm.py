#!/usr/bin/env python3
"""fp32 C = max(A B^T + bias, 0): memo against NumPy on each of OpenBLAS's kernels that this processor can run.

OpenBLAS chooses its kernels when it is loaded, so each choice is a process of its own that waits for its turns.
"""
import json
import subprocess
import sys
import time

import sidebyside

CORES = ("SkylakeX", "Cooperlake", "Zen", "Haswell")
SHAPES = [(1000, 4096, 784), (1000, 12000, 784), (10000, 4096, 784), (10000, 12000, 784),
          (1000, 4096, 3072), (1000, 12000, 3072), (10000, 4096, 3072), (10000, 12000, 3072),
          (1024, 1024, 1024), (2048, 2048, 2048)]


def work():
    """A process with one OpenBLAS kernel: reads shapes, answers with seconds (and at first with the name of the kernel)."""
    import numpy
    print(json.dumps(sidebyside.openblas_kernel()), flush=True)
    shape, a, b, bias, c = None, None, None, None, None
    for line in sys.stdin:
        m, n, k = json.loads(line)
        if (m, n, k) != shape:
            shape, a, b, c = (m, n, k), None, None, None
            a = sidebyside.reproducible_floats(numpy, m, k)
            b = sidebyside.reproducible_floats(numpy, n, k, m * k)
            bias = sidebyside.reproducible_floats(numpy, 1, n, m * k + n * k)
            c = numpy.empty((m, n), numpy.float32)
            product(numpy, a, b, bias, c)
        start = time.perf_counter()
        product(numpy, a, b, bias, c)
        seconds = time.perf_counter() - start
        print(json.dumps([seconds, float(c.sum(dtype=numpy.float64))]), flush=True)


def product(numpy, a, b, bias, c):
    """In place, so that no time goes into new memory."""
    numpy.matmul(a, b.T, out=c)
    numpy.add(c, bias, out=c)
    numpy.maximum(c, 0, out=c)


class Worker:
    """The other end of work()."""

    def __init__(self, core, threads):
        self.process = subprocess.Popen([sys.executable, __file__, "--work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=sidebyside.environment_for(threads, OPENBLAS_CORETYPE=core))
        answer = self.process.stdout.readline()
        self.kernel = json.loads(answer) if answer else None  # none where the processor lacks what the kernel needs
        self.sum = None

    def time(self, shape):
        self.process.stdin.write(json.dumps(shape) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process with OpenBLAS's {self.kernel} kernels has ended")
        seconds, self.sum = json.loads(answer)
        return seconds

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    options = sidebyside.arguments(__doc__, rounds=5)
    numpy = sidebyside.require("numpy")
    sidebyside.print_versions(options.memo, numpy)
    shapes = [(61, 67, 71), (128, 128, 64)] if options.quick else SHAPES
    thread_counts = sorted({1, options.threads})
    table = sidebyside.Table("threads", "m x n x k")
    best = {}  # ratio to the best kernel, by threads and shape
    for threads in thread_counts:
        workers = {}
        for core in CORES:
            worker = Worker(core, threads)
            if worker.kernel and worker.kernel.startswith(core):
                workers["OpenBLAS " + core] = worker
            else:
                worker.close()
        if not workers:
            print("missing: OpenBLAS behind NumPy. Debian, Ubuntu: apt install libopenblas-dev", file=sys.stderr)
            sys.exit(sidebyside.MISSING)
        for shape in shapes:
            compare(options, table, workers, threads, shape, best)
        for worker in workers.values():
            worker.close()
    for threads in thread_counts:
        ratios = [ratio for (count, _), ratio in best.items() if count == threads]
        mean = sidebyside.statistics.geometric_mean(ratios)
        print(f"\n{threads} thread{'s' if threads > 1 else ''}: against the best kernel for each shape, with bias and ReLU in both, "
              f"memo is {mean:.2f} times as fast in the geometric mean, {min(ratios):.2f} at worst.")


def compare(options, table, workers, threads, shape, best):
    checksum = []

    def memo():
        result = sidebyside.memo_bench(options, "gemm", "--shape", ",".join(map(str, shape)), threads=threads)
        checksum.append(result["checksum"])
        return result["seconds"]

    sides = {name: (lambda worker=worker: worker.time(shape)) for name, worker in workers.items()}
    seconds = sidebyside.interleave(options.rounds, {**sides, "memo": memo})
    for name, worker in workers.items():
        sidebyside.require_agreement(abs(worker.sum - checksum[0]) <= 1e-4 * abs(worker.sum),
                                     f"gemm {shape}: the elements sum to {checksum[0]} in memo, {worker.sum} in {name}")
    m, n, k = shape
    table.add(threads, f"{m} x {n} x {k}", seconds=seconds, rate=lambda time: f"{2e-9 * m * n * k / time:.0f} GFLOP/s")
    fastest = min(workers, key=lambda name: sidebyside.statistics.median(seconds[name]))
    best[threads, shape] = sidebyside.statistics.median(
        [peer / memo for peer, memo in zip(seconds[fastest], seconds["memo"])])


if __name__ == "__main__":
    work() if sys.argv[1:] == ["--work"] else main()
