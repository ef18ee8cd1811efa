#!/usr/bin/env python3
"""The table of docs/THEOREM-5.1.md: networks that memorize ball and shell, tested on 10,000 other points of which half are of
either class. Needs memo alone; takes a minute or two.

    python3 bench/theorem_5_1.py [--memo out/bin/memo] [--quick]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
METHODS = ("sqrt", "vardi", "park", "adversarial", "cells")
SIZES = ((2, 20000), (3, 60000), (10, 10000), (100, 5000), (6600, 2000))  # n and N
TEST_ROWS = 10000


def memo(program, *arguments):
    done = subprocess.run([program, *map(str, arguments), "--json", "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"memo {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memo", default=str(ROOT / "out/bin/memo"), help="the program (default: out/bin/memo)")
    parser.add_argument("--quick", action="store_true", help="small sizes: whether it works")
    options = parser.parse_args()
    sizes, test_rows = ([(2, 200), (3, 200)], 100) if options.quick else (SIZES, TEST_ROWS)
    print("| n | N | method | width | layers | weight bits | right | wrong | abstained |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        training, test, network = (f"{directory}/{name}" for name in ("train.npz", "test.npz", "network.memo"))
        for dimension, samples in sizes:
            memo(options.memo, "generate", f"ball-shell?n={dimension}&count={samples}", "--seed", 0, "-o", training)
            memo(options.memo, "generate", f"ball-shell?n={dimension}&count={test_rows}", "--seed", 1, "-o", test)
            for method in METHODS:
                built = memo(options.memo, "build", "--data", training, "--method", method, "-o", network)
                memo(options.memo, "verify", network, "--data", training)  # exit code 1 where a sample is not memorized
                result = memo(options.memo, "eval", network, "--data", test)
                right, wrong, none = (f"{100 * result[share]:.2f} %" for share in ("accuracy", "wrong", "abstained"))
                print(f"| {dimension:,} | {samples:,} | {method} | {built['width']:,} | {built['depth']:,} | {built['bits']:,} "
                      f"| {right} | {wrong} | {none} |", flush=True)


if __name__ == "__main__":
    main()
