"""The wheel of `make wheel` works in a fresh virtual environment, outside the repository, and by itself."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if not (ROOT / "out" / "lib" / "libmemo.so.0").exists():
        pytest.skip("out/lib/libmemo.so.0 is not there: make build")
    if subprocess.run([str(ROOT / "scripts" / "python"), "setuptools", "wheel", "pip"], capture_output=True).returncode:
        pytest.skip("no python3 with pip, setuptools and wheel")
    subprocess.run([str(ROOT / "scripts" / "wheel")], check=True, capture_output=True, text=True)
    (file,) = (ROOT / "out" / "wheel").glob("*.whl")
    return file


def test_it_says_what_it_is(wheel):
    version = re.search("<Version>(.*)</Version>", (ROOT / "Directory.Build.props").read_text()).group(1)
    assert re.fullmatch(rf"memo_engine-{re.escape(version)}-py3-none-manylinux_2_\d+_\w+\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (info,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(info).decode()
        properties = archive.read(info.replace("METADATA", "WHEEL")).decode()
    built = {str(path.relative_to(ROOT / "out" / "lib")) for path in (ROOT / "out" / "lib").rglob("libmemo.so.0")}
    assert {name.split("_lib/")[1] for name in names if "_lib/" in name} == built
    assert "memo_engine/py.typed" in names and any(name.endswith("LICENSE") for name in names)
    assert not any("test" in name or "pycache" in name for name in names)
    for line in (
        "Name: memo-engine",
        f"Version: {version}",
        "License: MIT",
        "Requires-Python: >=3.9",
        "Provides-Extra: sklearn",
    ):
        assert line in metadata
    assert re.search(r"Requires-Dist: numpy", metadata) and "Root-Is-Purelib: false" in properties


def test_it_installs_and_runs_alone(wheel, tmp_path):
    environment = tmp_path / "environment"
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--system-site-packages", str(environment)], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"no virtual environment: {made.stderr or made.stdout}")
    python = str(environment / "bin" / "python")
    clean = {name: value for name, value in os.environ.items() if name not in ("MEMO_LIBRARY", "PYTHONPATH")}
    install = [python, "-m", "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, env=clean)
    code = """
import memo_engine, memo_engine._library as library, numpy as np
assert library._find().startswith(memo_engine.__path__[0]), library._find()
X, y = memo_engine.load_data("digits")
network = memo_engine.Network.build(X, y)
network.save("digits.memo")
assert (memo_engine.load("digits.memo").predict(X) == y).all()
print(memo_engine.__file__, memo_engine.__version__)
"""
    said = subprocess.run([python, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    file, version = said.stdout.split()
    assert Path(file).is_relative_to(environment) and wheel.name.startswith(f"memo_engine-{version}-")
