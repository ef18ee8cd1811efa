"""The same answers as the program `memo` gives, to the last digit."""

import memo_engine
import numpy as np
import pytest
from memo_engine import Network, load_data


@pytest.mark.parametrize(
    "data, method",
    [("digits", "cells"), ("digits:3,8", "sqrt"), ("digits:0,1,2", "vardi"), ("moons?count=90", "constant")],
)
def test_networks_are_those_of_the_program(program, tmp_path, data, method):
    built, ours = tmp_path / "program.memo", tmp_path / "python.memo"
    program("build", "--data", data, "--method", method, "-o", built)
    X, y = load_data(data)
    Network.build(X, y, method).save(ours)
    queries, labels = load_data(data, "test")
    np.savez(tmp_path / "queries.npz", x=queries, y=labels)
    for file in (built, ours):
        radii = ["--radius"] if method in ("cells", "constant") else []
        answers = program("predict", file, "--data", tmp_path / "queries.npz", "--values", *radii)
        with Network.load(file) as network:
            mine = network.evaluate(queries, exact=True, radii=bool(radii))
            direct = network.predict(queries)
        expected = [memo_engine.ABSTAIN if label is None else label for label in answers["labels"]]
        assert mine.labels.tolist() == direct.tolist() == expected
        flat = np.array([int(v) for v in np.ravel(answers["values"])], object)
        assert str(mine.scale) == answers["scale"] or f"{mine.scale}/1" == answers["scale"]
        assert mine.exact_values.ravel().tolist() == flat.tolist()
        if radii:
            assert mine.radii.tolist() == answers["radii"]
        assert program("verify", file, "--data", data)["memorized"]


def test_named_data_are_those_of_the_program(program, tmp_path):
    program("generate", "blobs?count=60&n=5", "-o", tmp_path / "blobs.npz")
    X, y = load_data("blobs?count=60&n=5")
    with np.load(tmp_path / "blobs.npz") as stored:
        np.testing.assert_array_equal(X, stored["x"])
        np.testing.assert_array_equal(y, stored["y"])
