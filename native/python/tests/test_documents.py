"""What the documents show works: the README's blocks, the docstrings' examples, the example script."""

import doctest
import importlib
import os
import re
import subprocess
import sys

import pytest
from conftest import PACKAGE


def run_blocks(readme, count):
    blocks = re.findall(r"^```python\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == count
    for block in blocks:
        exec(compile(block, str(readme), "exec"), {})


def test_the_readme_of_the_product_runs():
    pytest.importorskip("sklearn")
    run_blocks(PACKAGE.parents[1] / "README.md", 1)


def test_the_readme_runs(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    run_blocks(PACKAGE / "README.md", 2)
    assert (tmp_path / "digits.memo").exists() and (tmp_path / "digits.onnx").exists()


@pytest.mark.parametrize("module", ["memo_engine", "memo_engine.classifier"])
def test_docstrings_run(module):
    if module.endswith("classifier"):
        pytest.importorskip("sklearn")
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried > 0 and failed == 0


def test_the_example_ends_in_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "moons.png"
    process = subprocess.run(
        [sys.executable, str(PACKAGE / "examples" / "moons.py"), str(picture)],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 50_000
    assert "proved" in process.stdout and "digits" in process.stdout


def test_the_package_is_typed():
    mypy = os.environ.get("MYPY", "mypy")
    try:
        process = subprocess.run([mypy], cwd=PACKAGE, capture_output=True, text=True, timeout=300)
    except FileNotFoundError:
        pytest.skip("there is no mypy")
    assert process.returncode == 0, process.stdout


def test_every_public_name_says_what_it_is():
    import memo_engine

    for name in (*memo_engine.__all__, "__doc__"):
        thing = getattr(memo_engine, name)
        if callable(thing):
            assert thing.__doc__, name
    for method, thing in vars(memo_engine.Network).items():
        if not method.startswith("_"):
            assert thing.__doc__ or thing.__func__.__doc__, method
