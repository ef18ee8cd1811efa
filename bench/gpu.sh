#!/usr/bin/env bash
# The table of devices for RESULTS.md: correctness first, then the kernels beside the device's fp32 peak and beside cuBLAS.
#
#   bench/gpu.sh [--device cuda|opencl] [--quick]
#
# It needs a built tree (out/) and nothing else, so that it runs from a copy on a machine that reaches no package registry:
# PyTorch is used where `python3 -c "import torch"` works and finds a GPU, and data sets where MEMO_DATA has them (else digits).
# --quick: whether it works, on a device as slow as a processor; its figures mean nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
device=cuda quick=
while [ $# != 0 ]; do
    case $1 in
    --device) device=$2; shift ;;
    --quick) quick=1 ;;
    *) echo "usage: bench/gpu.sh [--device cuda|opencl] [--quick]" >&2; exit 2 ;;
    esac
    shift
done
memo=out/bin/memo
[ -x $memo ] || { echo "gpu.sh: $memo is not there; copy a built tree, or run make build" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "== the device"
$memo info | grep -E '^(memo|processor|device) '

data=digits
if [ -z "$quick" ] && $memo data list 2>/dev/null | grep -q '^mnist  */'; then data=mnist; fi
echo
echo "== correctness: the same labels, values and separation as the processor, on $data"
$memo build -d $data -o "$work/cpu.memo" --json >"$work/cpu.json"
$memo build -d $data -o "$work/device.memo" --device "$device" --verbose --json >"$work/device.json"
cmp "$work/cpu.memo" "$work/device.memo" && echo "network      the same bytes"
# Values of all of MNIST are large; labels and values are compared as files.
$memo predict "$work/cpu.memo" -d $data -o "$work/cpu.npz" >/dev/null
$memo predict "$work/cpu.memo" -d $data -o "$work/device.npz" --device "$device" >/dev/null
cmp "$work/cpu.npz" "$work/device.npz" && echo "answers      the same bytes: labels, values, radii"
$memo verify "$work/cpu.memo" -d $data --device "$device"
if [ -z "$quick" ] && [ $data = mnist ]; then
    for where in cpu "$device"; do
        $memo pairs -d mnist --per-class 500 --device "$where" --json | sed 's/"[a-z]*_seconds":[0-9.e-]*,\{0,1\}//g' >"$work/pairs-$where.json"
    done
    cmp "$work/pairs-cpu.json" "$work/pairs-$device.json" && echo "pairs        the same 45 results"
fi

echo
echo "== kernels: medians, and shares of the peak measured by a kernel of nothing but multiplications and additions"
if [ -n "$quick" ]; then
    $memo bench peak gemm distances projection --device "$device" --repeat 1
    exit 0
fi
$memo bench peak gemm distances projection --device "$device"
$memo bench gemm --device "$device" --shape 4096,4096,4096 --shape 8192,8192,8192 --shape 1000,4096,784
$memo bench brute labels values separation --device "$device" --data $data

echo
echo "== beside cuBLAS, through PyTorch, fp32 without TF32"
if python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
    python3 - <<'PYTHON'
import statistics
import time

import torch

torch.backends.cuda.matmul.allow_tf32 = False
print(torch.__version__, torch.version.cuda, torch.cuda.get_device_name())


def median(call, repeat=9):
    call()
    torch.cuda.synchronize()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


for m, n, k in [(4096, 4096, 4096), (8192, 8192, 8192), (1000, 4096, 784), (10000, 60000, 784)]:
    a, b = torch.rand(m, k, device="cuda"), torch.rand(n, k, device="cuda")
    out = torch.empty(m, n, device="cuda")
    seconds = median(lambda: torch.matmul(a, b.T, out=out))
    print(f"matmul       {m} x {n} x {k}: {seconds * 1e3:.3f} ms, {2 * m * n * k / seconds / 1e12:.2f} TFLOP/s")
x, q = torch.rand(60000, 784, device="cuda"), torch.rand(10000, 784, device="cuda")
seconds = median(lambda: torch.cdist(q, x).argmin(1))
print(f"nearest      10000 of 60000 x 784 by cdist and argmin: {seconds * 1e3:.2f} ms (rounded distances)")
PYTHON
else
    echo "PyTorch with a GPU is not here: left out"
fi
