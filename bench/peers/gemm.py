#!/usr/bin/env python3
"""fp32 C = max(A B^T + bias, 0): memo against NumPy on each of OpenBLAS's kernels that this processor can run.

Two comparisons: with the product alone, a bound on what a fused bias and ReLU could do for OpenBLAS; and with the product
and NumPy's passes for bias and ReLU, in place. For each shape the table has OpenBLAS's best kernel.

OpenBLAS chooses its kernels when it is loaded, so each choice is a process of its own that waits for its turns.
"""
import json
import subprocess
import sys
import time

import sidebyside

CORES = ("SkylakeX", "Cooperlake", "Zen", "Haswell")
ALONE, WHOLE = ", product alone", ", bias and ReLU"
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
            numpy.matmul(a, b.T, out=c)
        start = time.perf_counter()
        numpy.matmul(a, b.T, out=c)
        alone = time.perf_counter()
        finish(numpy, bias, c)
        end = time.perf_counter()
        print(json.dumps([alone - start, end - start, float(c.sum(dtype=numpy.float64))]), flush=True)


def finish(numpy, bias, c):
    """In place, so that no time goes into new memory."""
    numpy.add(c, bias, out=c)
    numpy.maximum(c, 0, out=c)


class Worker:
    """The other end of work()."""

    def __init__(self, core, threads):
        self.process = subprocess.Popen([sys.executable, __file__, "--work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=sidebyside.environment_for(threads, OPENBLAS_CORETYPE=core))
        answer = self.process.stdout.readline()
        self.kernel = json.loads(answer) if answer else None  # none where the processor lacks what the kernel needs

    def time(self, shape):
        """Seconds of the product alone, seconds with bias and ReLU, and the sum of the result."""
        self.process.stdin.write(json.dumps(shape) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process with OpenBLAS's {self.kernel} kernels has ended")
        return json.loads(answer)

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
    for threads in sorted({1, options.threads}):
        workers = start_workers(threads)
        for shape in shapes:
            compare(options, table, workers, threads, shape)
        for worker in workers.values():
            worker.close()
    for what in (ALONE, WHOLE):
        for threads in sorted({1, options.threads}):
            ratios = [ratio for name, ratio in table.ratios if name.endswith(f"{what}, {threads}")]
            print(f"\nmemo over OpenBLAS's best kernel{what}, threads: {threads}: "
                  f"{sidebyside.statistics.geometric_mean(ratios):.3f} in the geometric mean, {min(ratios):.3f} at worst")


def start_workers(threads):
    """One for each kernel that OpenBLAS agrees to use here."""
    workers = {}
    for core in CORES:
        worker = Worker(core, threads)
        if worker.kernel and worker.kernel.startswith(core):
            workers[core] = worker
        else:
            worker.close()
    if not workers:
        print("missing: OpenBLAS behind NumPy. Debian, Ubuntu: apt install libopenblas-dev", file=sys.stderr)
        sys.exit(sidebyside.MISSING)
    return workers


def compare(options, table, workers, threads, shape):
    m, n, k = shape
    seconds = {(core, what): [] for core in workers for what in (ALONE, WHOLE)}
    ours = []
    for _ in range(options.rounds):
        sums = {}
        for core, worker in workers.items():
            alone, whole, sums[core] = worker.time(shape)
            seconds[core, ALONE].append(alone)
            seconds[core, WHOLE].append(whole)
        result = sidebyside.memo_bench(options, "gemm", "--shape", f"{m},{n},{k}", threads=threads,
                                       repeat=sidebyside.repeats(2 * m * n * k))
        ours.append(result["seconds"])
        for core, total in sums.items():
            sidebyside.require_agreement(abs(total - result["checksum"]) <= 1e-4 * abs(total),
                                         f"gemm {shape}: the elements sum to {result['checksum']} in memo, {total} with {core}")
    for what in (ALONE, WHOLE):
        best = min(workers, key=lambda core: sidebyside.statistics.median(seconds[core, what]))
        table.add(threads, f"{m} x {n} x {k}", seconds={f"OpenBLAS {best}{what}": seconds[best, what], "memo": ours},
                  rate=lambda time: f"{2e-9 * m * n * k / time:.0f} GFLOP/s", key=f"{what}, {threads}")


if __name__ == "__main__":
    work() if sys.argv[1:] == ["--work"] else main()
