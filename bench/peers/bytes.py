#!/usr/bin/env python3
"""Products of byte matrices in integers: memo against NumPy's fp32 product of the same numbers.

fp32 is exact for them only up to k = 258 (255^2 k < 2^24); memo's sums are exact. Conversion to fp32 is not timed.
"""
import time

import sidebyside

SHAPES = [(1000, 4096, 784), (4096, 4096, 784), (1000, 4096, 3072), (4096, 4096, 3072)]


def main():
    options = sidebyside.arguments(__doc__, rounds=5)
    numpy = sidebyside.require("numpy")
    sidebyside.print_versions(options.memo, numpy)
    table = sidebyside.Table("threads", "m x n x k")
    for m, n, k in [(61, 67, 71)] if options.quick else SHAPES:
        a = sidebyside.reproducible_bytes(numpy, m, k)
        b = sidebyside.reproducible_bytes(numpy, n, k, m * k)
        total = sum(int(x) * int(y) for x, y in zip(a.sum(0, dtype=numpy.int64), b.sum(0, dtype=numpy.int64)))
        a32, b32, c = a.astype(numpy.float32), b.astype(numpy.float32), numpy.empty((m, n), numpy.float32)
        numpy.matmul(a32, b32.T, out=c)

        def openblas():
            start = time.perf_counter()
            numpy.matmul(a32, b32.T, out=c)
            return time.perf_counter() - start

        def memo(kernel):
            result = sidebyside.memo_bench(options, kernel, "--shape", f"{m},{n},{k}", repeat=sidebyside.repeats(2 * m * n * k))
            sidebyside.require_agreement(result["checksum"] == total, f"{kernel} {m},{n},{k}: sum {result['checksum']} instead of {total}")
            return result["seconds"]

        kernels = {"bytes": "B packed in the call", "bytes-packed": "B packed before"}
        seconds = sidebyside.interleave(options.rounds, {
            "NumPy fp32": openblas, **{kernel: lambda kernel=kernel: memo(kernel) for kernel in kernels}})
        for kernel, what in kernels.items():
            table.add(options.threads, f"{m} x {n} x {k}, {what}", ours=kernel, rate=lambda t: f"{2e-9 * m * n * k / t:.0f} GOP/s",
                      seconds={name: seconds[name] for name in ("NumPy fp32", kernel)})


if __name__ == "__main__":
    main()
