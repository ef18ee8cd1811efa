"""What the peer scripts share: a clean environment, memo as a process, interleaved rounds, and a table of ratios.

Import this before numpy: the import runs the program anew where the environment must change, because OpenBLAS and OpenMP
read it only once.
"""
import argparse
import ctypes
import importlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = {"numpy": "python3-numpy", "faiss": "python3-faiss", "sklearn": "python3-sklearn", "sklearn.neighbors": "python3-sklearn", "sklearn.svm": "python3-sklearn",
            "torch": "python3-torch"}
PRESETS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # some machines preset them, and halve OpenBLAS's speed
MARK = "MEMO_PEERS_ENVIRONMENT"
MISSING, WRONG = 3, 1  # exit codes


def arguments(description, rounds, threads=None):
    """The options of every script; runs the program anew with the environment that they ask for. threads: whatever is asked."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--memo", default=str(ROOT / "out/bin/memo"), help="the program (default: out/bin/memo)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of every side (default: all cores)")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"peer, memo, peer, memo, ...: how often (default: {rounds})")
    parser.add_argument("--quick", action="store_true", help="small inputs and one round: whether it works, not how fast")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    options.threads = threads or options.threads
    environment = environment_for(options.threads)
    if os.environ.get(MARK) != environment[MARK]:
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)
    if not os.access(options.memo, os.X_OK):
        print(f"missing: {options.memo}; run `make build`, or name the program with --memo", file=sys.stderr)
        sys.exit(MISSING)
    return options


def environment_for(threads, **changes):
    """This environment without presets, for a number of threads."""
    environment = {name: value for name, value in os.environ.items() if name not in PRESETS}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[name] = str(threads)
    return {**environment, MARK: f"{os.getpid()}:{threads}", **changes}


def require(*names):
    """Imports modules, or says which packages bring those that are missing, and ends."""
    modules, absent = [], []
    for name in names:
        try:
            modules.append(importlib.import_module(name))
        except ImportError:
            absent.append(PACKAGES[name])
    if absent:
        print(f"missing: {' '.join(absent)} for {sys.executable}. Debian, Ubuntu: apt install {' '.join(absent)} libopenblas-dev", file=sys.stderr)
        sys.exit(MISSING)
    return modules[0] if len(modules) == 1 else modules


def openblas_kernel():
    """The name of the kernels that the loaded OpenBLAS has chosen, or None when another BLAS is loaded."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for suffix in ("", "64_"):
            try:
                name = getattr(library, "openblas_get_corename" + suffix)
                config = getattr(library, "openblas_get_config" + suffix)
            except AttributeError:
                continue
            name.restype = config.restype = ctypes.c_char_p
            return f"{name().decode()} ({' '.join(config().decode().split()[:2])})"
    return None


def print_versions(memo, *modules):
    """One line for RESULTS.md: what was compared."""
    version = subprocess.run([memo, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    info = json.loads(subprocess.run([memo, "info", "--json"], capture_output=True, text=True, check=True).stdout)
    names = [f"{module.__name__} {module.__version__}" for module in modules]
    print(f"{version} ({info['isa']}), Python {platform.python_version()}, {', '.join(names)}, "
          f"OpenBLAS kernel {openblas_kernel() or 'unknown: NumPy uses another BLAS'}; {info['processor']}\n", flush=True)


def memo_bench(options, kernel, *more, threads=None, repeat=3):
    """The last result of `memo bench KERNEL`, the median of some calls, timed by memo itself from memory to memory."""
    command = [options.memo, "bench", kernel, "--json", "--no-peaks", "--repeat", "1" if options.quick else str(repeat),
               "--threads", str(threads or options.threads), *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}", file=sys.stderr)
        sys.exit(WRONG)
    return json.loads(done.stdout)["kernels"][-1]


def has_kernel(options, kernel):
    """Whether this memo measures a kernel."""
    text = subprocess.run([options.memo, "bench", "--help"], capture_output=True, text=True, check=True).stdout
    return any(line.split()[:1] == [kernel] for line in text.splitlines())


def interleave(rounds, sides):
    """Runs every side once in each round, in turn; sides: name -> function that returns seconds. Lists by name."""
    seconds = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seconds[name].append(side())
    return seconds


def require_agreement(agrees, what):
    """Nobody shall compare the speed of wrong answers."""
    if not agrees:
        print(f"WRONG: {what}", file=sys.stderr)
        sys.exit(WRONG)


class Table:
    """A Markdown table with a line for each peer: its time, memo's in the same rounds, and how many times faster memo is."""

    def __init__(self, *heading):
        print("| " + " | ".join([*heading, "peer", "peer's time", "memo's time", "peer / memo", "by round"]) + " |")
        print("|" + "---|" * (len(heading) + 5), flush=True)
        self.ratios = []

    def add(self, *cells, seconds, ours="memo", rate=None, key=""):
        """rate: a function of seconds that gives a text to stand behind a time; key: stands behind the name in ratios."""
        for name in (name for name in seconds if name != ours):
            ratios = [peer / memo for peer, memo in zip(seconds[name], seconds[ours])]
            times = [statistics.median(seconds[side]) for side in (name, ours)]
            texts = [duration(time) + (f" ({rate(time)})" if rate else "") for time in times]
            self.ratios.append((name + key, statistics.median(ratios)))
            print("| " + " | ".join([*map(str, cells), name, *texts, f"**{statistics.median(ratios):.2f}**",
                                     " ".join(f"{ratio:.2f}" for ratio in ratios)]) + " |", flush=True)


def duration(seconds):
    """Three digits with a unit."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError


def bits(numpy, count, first=0):
    """The bits that `memo bench` makes its own inputs of (ReproducibleValues.cs): a function of the position."""
    h = numpy.arange(first, first + count, dtype=numpy.uint64).astype(numpy.uint32)
    h = (h ^ (h >> numpy.uint32(16))) * numpy.uint32(0x85EBCA6B)
    h = (h ^ (h >> numpy.uint32(13))) * numpy.uint32(0xC2B2AE35)
    return h ^ (h >> numpy.uint32(16))


def repeats(operations):
    """Calls of a product in one turn: short ones need several before threads and clocks are awake."""
    return 3 if operations > 5e10 else 9


def reproducible_bytes(numpy, rows, columns, first=0):
    """Uniform bytes, rows x columns."""
    return (bits(numpy, rows * columns, first) >> numpy.uint32(24)).astype(numpy.uint8).reshape(rows, columns)


def reproducible_floats(numpy, rows, columns, first=0):
    """Multiples of 2^-24 in [-1/2, 1/2), rows x columns."""
    values = (bits(numpy, rows * columns, first) >> numpy.uint32(8)).astype(numpy.float32)
    return (values * numpy.float32(2.0 ** -24) - numpy.float32(0.5)).reshape(rows, columns)
