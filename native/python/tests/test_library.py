"""The library is found, checked against memo.h, and refuses what it cannot do with a clear error."""

import ctypes
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import memo_engine
import numpy as np
import pytest
from conftest import ROOT, python
from memo_engine import _abi
from memo_engine._library import best_build

HEADER = (ROOT / "native" / "include" / "memo.h").read_text(encoding="utf-8")
CODE = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.DOTALL)


def test_every_function_of_the_header_is_declared():
    prototypes = dict(
        re.findall(r"^(?:memo_status|int32_t|const char \*) ?(memo_\w+)\(([^;{]*)\);", CODE, re.MULTILINE)
    )
    assert len(prototypes) == len(re.findall(r"\bmemo_\w+\([^;{]*\);", CODE))
    declared = {**_abi.FUNCTIONS, **{name: arguments for name, (_, arguments) in _abi.INFALLIBLE.items()}}
    assert set(declared) == set(prototypes)
    integers = {
        "int32_t": ctypes.c_int32,
        "memo_status": ctypes.c_int32,
        "int64_t": ctypes.c_int64,
        "memo_handle": ctypes.c_uint64,
    }
    for name, arguments in prototypes.items():
        expected = [] if arguments == "void" else [re.sub(r"\s+", " ", part).strip() for part in arguments.split(",")]
        assert len(expected) == len(declared[name]), name
        for text, type_ in zip(expected, declared[name]):
            pointer = "*" in text
            assert pointer == (type_ not in integers.values()), (name, text)
            assert pointer or integers[text.split()[0]] is type_, (name, text)


def test_structures_have_the_layout_of_the_header(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("there is no C compiler")
    lines = []
    for name, structure in _abi.STRUCTURES.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'printf("{name}.{f[0]} %zu\\n", offsetof({name}, {f[0]}));' for f in structure._fields_]
    source = tmp_path / "layout.c"
    source.write_text(
        "#include <memo.h>\n#include <stdio.h>\n#include <stddef.h>\nint main(void) {" + "".join(lines) + "}"
    )
    subprocess.run([compiler, f"-I{ROOT}/native/include", str(source), "-o", str(tmp_path / "layout")], check=True)
    layout = dict(line.split() for line in subprocess.check_output([str(tmp_path / "layout")], text=True).splitlines())
    for name, structure in _abi.STRUCTURES.items():
        assert int(layout[name]) == ctypes.sizeof(structure)
        for field in structure._fields_:
            assert int(layout[f"{name}.{field[0]}"]) == getattr(structure, field[0]).offset


def test_numbers_are_those_of_the_header():
    constants = {name: int(value) for name, value in re.findall(r"\b(MEMO_\w+) = (\d+)", CODE)}
    statuses = {constants[name]: name for name in re.findall(r"(MEMO_\w+) = ", CODE.split("enum {")[1].split("}")[0])}
    from memo_engine._errors import BY_STATUS

    assert set(BY_STATUS) | {_abi.OK, _abi.TOO_SMALL} == set(statuses)
    for number, error in BY_STATUS.items():
        words = "".join(word.capitalize() for word in statuses[number].removeprefix("MEMO_").split("_"))
        assert error.__name__ == f"{words}Error".replace("InternalErrorError", "InternalError")
    assert _abi.PARTS == {"train": constants["MEMO_TRAIN"], "test": constants["MEMO_TEST"]}
    assert _abi.CONFLICTS == {name: constants[f"MEMO_CONFLICT_{name.upper()}"] for name in _abi.CONFLICTS}
    for name in ("UINT8", "FLOAT32", "FLOAT64", "VALUES", "RADII", "NEAREST"):
        assert getattr(_abi, name) == constants[f"MEMO_{name}"]
    assert f"MEMO_ABI_VERSION {_abi.ABI_VERSION}\n" in CODE and _abi.ABSTAIN == -(2**31)


def test_exceptions_are_also_what_python_calls_them():
    for error, usual in [
        ("BadInput", ValueError),
        ("LabelConflict", ValueError),
        ("InvalidArgument", ValueError),
        ("BadFile", OSError),
    ]:
        assert issubclass(getattr(memo_engine, f"{error}Error"), (memo_engine.MemoError, usual))
        assert issubclass(getattr(memo_engine, f"{error}Error"), usual)
    assert issubclass(memo_engine.OutOfMemoryError, MemoryError)


V3 = frozenset("fpu sse4_2 avx avx2 bmi1 bmi2 f16c fma abm movbe xsave".split())
V4 = V3 | frozenset("avx512f avx512bw avx512cd avx512dq avx512vl".split())


@pytest.mark.parametrize(
    "flags, level",
    [(V4, "x86-64-v4"), (V3, "x86-64-v3"), (V4 - {"avx512vl"}, "x86-64-v3"), (V4 - {"fma"}, None), (frozenset(), None)],
)
def test_the_best_build_for_the_processor_is_chosen(tmp_path, flags, level):
    for name in (".", "glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v4"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "libmemo.so.0").touch()
    expected = tmp_path / "glibc-hwcaps" / level if level else tmp_path
    assert best_build(tmp_path, flags) == expected / "libmemo.so.0"
    if level == "x86-64-v4":  # which a package need not have
        (expected / "libmemo.so.0").unlink()
        assert best_build(tmp_path, flags) == tmp_path / "glibc-hwcaps" / "x86-64-v3" / "libmemo.so.0"


@pytest.mark.skipif(sys.platform != "linux", reason="asks the dynamic loader of Linux")
def test_the_loaded_build_is_the_best_one():
    folder = Path(os.environ["MEMO_LIBRARY"])
    if not folder.is_dir():
        pytest.skip("MEMO_LIBRARY names one file")
    code = """
import memo_engine
from memo_engine._library import lib, _find
print(memo_engine.instruction_set()[1], _find())
"""
    built, file = python(code).split()
    level = {"avx512": "x86-64-v4", "avx2": "x86-64-v3"}.get(built, "")
    assert level in file


@pytest.mark.parametrize(
    "file, message",
    [("/no/such/library.so", "cannot be loaded"), ("libm.so.6", "another library"), ("libc.so.6", "another library")],
)
def test_what_is_not_the_library_is_refused(file, message):
    error = python("import memo_engine", check=False, MEMO_LIBRARY=file)
    assert "ImportError" in error and message in error and "AttributeError: module" not in error


def test_another_interface_version_is_refused(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("there is no C compiler")
    source = tmp_path / "future.c"
    source.write_text("int memo_abi_version(void) { return 77; }")
    subprocess.run([compiler, "-shared", "-fPIC", str(source), "-o", str(tmp_path / "future.so")], check=True)
    assert "interface 77" in python("import memo_engine", check=False, MEMO_LIBRARY=str(tmp_path / "future.so"))


def test_an_unknown_instruction_set_is_unsupported():
    code = "import memo_engine; memo_engine.info()"
    assert "UnsupportedError" in python(code, check=False, MEMO_ISA="sse9")


def test_scikit_learn_is_imported_only_when_it_is_asked_for():
    python(
        "import memo_engine, sys; assert 'sklearn' not in sys.modules and 'MemorizationClassifier' in dir(memo_engine)"
    )
    code = """
import sys
sys.modules["sklearn"] = None  # as if it were not installed
from memo_engine import *
import memo_engine
assert Network.build([[0.0], [1.0]], [0, 1]).predict([[0.0]]) == 0
try:
    memo_engine.MemorizationClassifier
except ImportError as error:
    assert "scikit-learn" in str(error)
else:
    raise SystemExit("no error")
try:
    memo_engine.nothing
except AttributeError as error:
    assert "nothing" in str(error)
"""
    python(code)


def test_a_forked_child_is_told_to_spawn(digits):
    network = memo_engine.Network.build(*digits)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        said = []
        for use in (lambda: network.predict(digits[0]), lambda: network.verify(*digits), memo_engine.info):
            try:
                use()
                said.append("nothing")
            except memo_engine.ForkedError as error:
                said.append(str(error))
        del network  # must not wait for the library either
        os.write(writing, "\n".join(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read().splitlines()
    assert os.waitpid(child, 0)[1] == 0
    assert len(said) == 3 and all("spawn" in line for line in said)
    assert len(network.predict(digits[0])) == len(digits[0])


def test_a_spawned_child_can_use_networks(digits):
    network = memo_engine.Network.build(*digits)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        np.testing.assert_array_equal(pool.apply(network.predict, (digits[0],)), digits[1])


def test_a_device_changes_no_answer(digits):
    """In a process of its own, since drivers stay; with the drivers of this machine, whatever they are."""
    script = """
import memo_engine, numpy as np
X, y = memo_engine.load_data("digits")
queries = X[::-1] // 2 + X // 2
expected = memo_engine.Network.build(X, y).evaluate(queries, exact=True)
try:
    memo_engine.set_device("opencl")
except memo_engine.DeviceError as error:
    print("none:", error)
else:
    assert memo_engine.device().startswith("opencl device 0")
    found = memo_engine.Network.build(X, y).evaluate(queries, exact=True)
    assert (found.labels == expected.labels).all() and (found.exact_values == expected.exact_values).all()
    memo_engine.set_device("cpu")
    print("same")
assert memo_engine.device() == "cpu"
try:
    memo_engine.set_device("tpu")
except memo_engine.InvalidArgumentError as error:
    assert "'tpu'" in str(error)
"""
    output = subprocess.run([sys.executable, "-c", script], env=dict(os.environ, PYTHONPATH=str(ROOT / "native" / "python")), capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr
    if output.stdout.startswith("none:"):
        pytest.skip(output.stdout.strip())
    assert output.stdout.strip() == "same"
