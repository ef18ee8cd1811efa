"""Networks against Theorem 7.3 in fractions, and against each other through files, copies and pickles."""

import copy
import pickle
from fractions import Fraction

import memo_engine
import numpy as np
import pytest
from memo_engine import ABSTAIN, Network

from oracle import Cells


def small_data(random, dtype, classes):
    """12 points and 40 queries on a coarse lattice, so that ties, walls and abstentions occur."""
    points = random.integers(0, 12, (40, 3))
    points = np.unique(points, axis=0)[random.permutation(12)]
    labels = random.permutation(np.arange(12) % classes)
    queries = random.integers(0, 12, (40, 3))
    scale = 1 if dtype == np.uint8 else 0.125
    return (points * scale).astype(dtype), labels, (queries * scale).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("lambda_", [None, "3/5"])
def test_cells_is_the_network_of_theorem_7_3(random, dtype, classes, lambda_):
    X, y, queries = small_data(random, dtype, classes)
    oracle = Cells(X, y, Fraction(lambda_ or "51/100"))
    network = Network.build(X, y, lambda_=lambda_)
    answers = network.evaluate(queries, exact=True, radii=True, nearest=True)
    abstentions = 0
    for k, x in enumerate(queries):
        outputs = oracle.outputs(x)
        if classes == 2:
            value = outputs[1] - outputs[0]
            assert answers.exact_values[k] * answers.scale == value
            assert answers.values[k] == float(value)
        else:
            assert [v * answers.scale for v in answers.exact_values[k]] == outputs
            assert answers.values[k].tolist() == [float(v) for v in outputs]
        active = [label for label, v in zip(oracle.classes, outputs) if v > 0]
        assert len(active) <= 1
        assert answers.labels[k] == (active[0] if active else ABSTAIN)
        assert answers.abstained[k] == (not active)
        abstentions += not active
        assert answers.nearest[k] == oracle.nearest(x)
        exact, given = oracle.radius_squared(x), Fraction(float(answers.radii[k]))
        assert given**2 <= exact
        assert exact == 0 or given**2 >= exact * (1 - Fraction(1, 10**12))
    assert (network.predict(queries) == answers.labels).all()
    assert answers.abstained.sum() == abstentions
    assert len(answers) == len(queries)


@pytest.mark.parametrize("method", memo_engine.METHODS)
def test_every_method_memorizes(digits, method):
    X, y = digits
    rows = y < (2 if method in ("sqrt", "adversarial") else 5)
    X, y = X[rows], y[rows]
    network = Network.build(X, y, method)
    assert (network.predict(X) == y).all()
    verification = network.verify(X, y)
    assert (verification.memorized, verification.rows, verification.first_failure, verification.given) == (
        True,
        len(y),
        None,
        None,
    )
    assert network.method == method
    assert (network.dimension, network.dtype, network.classes.tolist()) == (64, np.uint8, sorted(set(y.tolist())))
    assert method in repr(network)
    answers = network.evaluate(X[:5], exact=True)
    assert answers.exact_values.shape == answers.values.shape
    assert [float(v * answers.scale) for v in answers.exact_values.ravel()] == answers.values.ravel().tolist()
    assert answers.radii is None and answers.nearest is None


def test_a_row_that_is_not_memorized_is_named(digits):
    X, y = digits
    network = Network.build(X, y)
    wrong = y.copy()
    wrong[7] = (y[7] + 1) % 5
    # All but that row, so that the separation stays.
    verification = Network.build(X, y, "park").verify(X, wrong)
    assert (verification.memorized, verification.first_failure, verification.given) == (False, 7, y[7])
    assert network.verify(X, y, reference=True).memorized


@pytest.mark.parametrize("lambda_", ["3/5", "0.6", 0.6, np.float64(0.6), Fraction(3, 5), (3, 5), [6, 10]])
def test_lambda_is_exact_however_it_is_written(lambda_):
    network = Network.build(np.array([[0], [10]], np.uint8), [0, 1], lambda_=lambda_)
    assert network.lambda_ == Fraction(3, 5)


@pytest.mark.parametrize("lambda_", ["a", (1, 0), float("nan"), None.__class__, "1/3", 2, (2**64 + 1, 2**64 + 2)])
def test_what_is_no_lambda_is_refused(lambda_):
    with pytest.raises(memo_engine.InvalidArgumentError):
        Network.build(np.array([[0], [10]], np.uint8), [0, 1], lambda_=lambda_)


def test_conflicts_are_refused_dropped_or_decided():
    X, y = np.array([[0.0], [0.0], [0.0], [5.0], [9.0]]), [1, 2, 2, 1, 2]
    with pytest.raises(memo_engine.LabelConflictError, match="0.*1"):
        Network.build(X, y)
    dropped = Network.build(X, y, on_conflict="drop")
    assert dropped.samples == 2
    majority = Network.build(X, y, on_conflict="majority")
    assert majority.predict([[0.0]]).tolist() == [2]


def test_options_reach_the_constructions(digits):
    X, y = digits
    X, y = X[y < 2], y[y < 2]
    assert Network.build(X, y, "vardi", block_depth=4).depth != Network.build(X, y, "vardi").depth
    unseen = np.full((1, 64), 3, np.uint8)
    for label in (0, 1):
        assert Network.build(X, y, "adversarial", default_label=label).predict(unseen) == label
    assert Network.build(X, y, "sqrt", seed=2**64 - 1).seed == 2**64 - 1
    assert Network.build(X, y, seed=np.int64(5), method="sqrt").seed == 5
    for wrong in ({"seed": -1}, {"seed": 2**64}, {"block_depth": -1, "method": "vardi"}, {"method": 5}):
        with pytest.raises(memo_engine.InvalidArgumentError):
            Network.build(X, y, **wrong)
    assert 2 <= Network.build(X, y, "constant", rho=(1, 4)).samples <= len(y)


def same(one, other, X):
    a, b = one.evaluate(X, exact=True), other.evaluate(X, exact=True)
    assert (a.labels == b.labels).all() and (a.exact_values == b.exact_values).all() and a.scale == b.scale
    assert one.describe() == other.describe()


def test_files_pickles_and_copies_are_the_same_network(digits, tmp_path):
    X, y = digits
    network = Network.build(X, y)
    network.save(tmp_path / "digits.memo")
    with memo_engine.load(tmp_path / "digits.memo") as loaded:
        same(network, loaded, X)
    same(network, pickle.loads(pickle.dumps(network)), X)
    for other in (copy.copy(network), copy.deepcopy(network)):
        same(network, other, X)
        other.close()
        other.close()
        with pytest.raises(memo_engine.InvalidHandleError):
            other.predict(X)
        assert "closed" in repr(other)
    assert (network.predict(X) == y).all()


def test_bad_files_are_refused(tmp_path, digits):
    path = tmp_path / "broken.memo"
    with pytest.raises(memo_engine.BadFileError, match="broken.memo"):
        Network.load(path)
    Network.build(*digits).save(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OSError) as caught:
        Network.load(path)
    assert isinstance(caught.value, memo_engine.MemoError) and caught.value.status == 4
    with pytest.raises(memo_engine.BadFileError):
        Network.build(*digits).save(tmp_path / "no" / "such" / "folder.memo")
    with pytest.raises(memo_engine.InvalidArgumentError, match="NUL"):
        Network.load("a\0b")


def test_exports_are_written(digits, tmp_path):
    network = Network.build(*digits)
    network.export(tmp_path / "network.json")
    network.export(tmp_path / "network.safetensors")
    network.export_onnx(tmp_path / "network.onnx")
    assert all(path.stat().st_size > 100 for path in tmp_path.iterdir()) and len(list(tmp_path.iterdir())) == 3
    with pytest.raises(memo_engine.InvalidArgumentError):
        network.export(tmp_path / "network.gif")


def test_many_queries_are_answered_in_blocks(digits, monkeypatch):
    X, y = digits
    network = Network.build(X * 0.5, y)
    queries = X * 0.5 + np.linspace(0, 1, len(X))[:, None]
    whole = network.evaluate(queries, exact=True, radii=True, nearest=True)
    monkeypatch.setattr("memo_engine._matrix.MOST_ELEMENTS", 64 * 37)
    parts = network.evaluate(queries, exact=True, radii=True, nearest=True)
    for name in ("labels", "abstained", "values", "radii", "nearest"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))
    assert (whole.exact_values * whole.scale == parts.exact_values * parts.scale).all()
    np.testing.assert_array_equal(network.predict(queries, threads=1), whole.labels)


def test_no_queries_have_no_answers(digits):
    network = Network.build(*digits)
    nothing = np.empty((0, 64), np.uint8)
    assert network.predict(nothing).shape == (0,)
    answers = network.evaluate(nothing, exact=True, radii=True, nearest=True)
    assert answers.exact_values.shape == answers.values.shape == (0, 5) and answers.radii.shape == (0,)


def test_measures():
    X, y = np.array([[0, 0], [3, 4], [3, 4], [30, 30]], np.uint8), ["a", "b", "b", "a"]
    assert memo_engine.measure(X, y) == memo_engine.Measures(0, 1, 5.0, (0, 1))
    rows, squared = memo_engine.nearest_other(X, y)
    assert (rows.tolist(), squared.tolist()) == ([1, 0, 0, 1], [25, 25, 25, 27**2 + 26**2])
    with pytest.raises(memo_engine.BadInputError):
        memo_engine.measure(X, ["a"] * 4)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_measures_are_exact(random, dtype):
    X, y, _ = small_data(random, dtype, 3)
    X, y = np.vstack([X, X[:2]]), np.concatenate([y, [y[0], (y[1] + 1) % 3]])
    squared = {
        (i, j): sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(X[i].tolist(), X[j].tolist()))
        for i in range(14)
        for j in range(14)
    }
    others = {pair: d for pair, d in squared.items() if y[pair[0]] != y[pair[1]]}
    measures = memo_engine.measure(X, y)
    assert (measures.conflicts, measures.duplicates, measures.separation) == (2, 1, 0)
    unique = memo_engine.measure(X[:12], y[:12])
    least = min(d for (i, j), d in others.items() if max(i, j) < 12)
    assert unique.separation == float(least) ** 0.5
    assert unique.closest == min(pair for pair, d in others.items() if d == least and max(pair) < 12)
    rows, distances = memo_engine.nearest_other(X, y)
    for i in range(14):
        own = {j: d for (k, j), d in others.items() if k == i}
        assert (distances[i], rows[i]) == min((d, j) for j, d in own.items())


def test_named_data_and_files(tmp_path):
    X, y = memo_engine.load_data("moons?count=50")
    assert X.shape == (50, 2) and X.dtype == np.float64 and set(y.tolist()) == {0, 1} or set(y.tolist()) == {-1, 1}
    np.savez(tmp_path / "mine.npz", x=X, y=y)
    again, labels = memo_engine.load_data(tmp_path / "mine.npz")
    np.testing.assert_array_equal(X, again)
    np.testing.assert_array_equal(y, labels)
    with pytest.raises(memo_engine.BadInputError):
        memo_engine.load_data("no-such-data")
    with pytest.raises(memo_engine.InvalidArgumentError):
        memo_engine.load_data("digits", "both")


def test_information():
    assert memo_engine.info()["version"] == memo_engine.__version__
    assert set(memo_engine.instruction_set()) <= {"scalar", "avx2", "avx512"}
    memo_engine.set_threads(1)
    memo_engine.set_threads(None)
    with pytest.raises(ValueError):
        memo_engine.set_threads(0)
