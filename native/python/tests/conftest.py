"""Tests of memo_engine from the repository: this folder's package with the library of `make build`, unless MEMO_LIBRARY
says another."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "native" / "python"
sys.path.insert(0, str(PACKAGE))
os.environ.setdefault("MEMO_LIBRARY", str(ROOT / "out" / "lib"))


def python(code, *, check=True, **environment):
    """Runs code in an interpreter of its own, with this package; what it printed."""
    process = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if check and process.returncode != 0:
        raise AssertionError(f"exit code {process.returncode}: {process.stderr}")
    return process.stdout if check else process.stderr


@pytest.fixture(params=range(3))
def random(request):
    """A generator; the test's name shows its seed."""
    return np.random.default_rng(request.param)


@pytest.fixture(scope="session")
def digits():
    """Digits 0 to 4, 60 of each: bytes and labels."""
    from memo_engine import load_data

    X, y = load_data("digits:0,1,2,3,4")
    rows = np.sort(np.concatenate([np.flatnonzero(y == label)[:60] for label in range(5)]))
    return X[rows], y[rows]


@pytest.fixture(scope="session")
def program():
    """The program `memo`; returns what a command says with --json."""
    import json

    file = os.environ.get("MEMO_BIN", str(ROOT / "out" / "bin" / "memo"))
    if not os.path.exists(file):
        pytest.skip(f"{file} is not there: make build")

    def run(*arguments):
        process = subprocess.run([file, *map(str, arguments), "--json"], capture_output=True, text=True, timeout=300)
        assert process.returncode == 0, process.stderr
        return json.loads(process.stdout)

    return run
