"""MemorizationClassifier is a scikit-learn estimator, and says what the network says."""

import pickle
from fractions import Fraction

import memo_engine
import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from memo_engine import METHODS, MemorizationClassifier, kernels, load_data  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.datasets import make_moons  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402


@parametrize_with_checks(
    [MemorizationClassifier(method) for method in METHODS]
    + [MemorizationClassifier(abstain="majority", on_conflict="majority", lambda_="3/5", threads=1, random_state=None)]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def moons():
    return make_moons(200, noise=0.2, random_state=0)


@pytest.fixture
def plane():
    """Points in and around the moons."""
    return np.random.default_rng(0).uniform(-2, 3, (500, 2))


@pytest.mark.parametrize("method", METHODS)
def test_abstentions_become_the_nearest_samples_class(moons, plane, method):
    X, y = moons
    model = MemorizationClassifier(method).fit(X, y)
    network = memo_engine.Network.build(X, y, method)
    assert model.score(X, y) == 1
    raw = network.evaluate(plane)
    abstained = raw.abstained
    assert abstained.any() or method in ("sqrt", "adversarial")  # which never abstain
    rows, _ = kernels.nearest(X, plane)
    np.testing.assert_array_equal(model.predict(plane), np.where(abstained, y[rows], raw.labels))
    model.set_params(abstain="majority").fit(X, y)
    np.testing.assert_array_equal(model.predict(plane), np.where(abstained, np.bincount(y).argmax(), raw.labels))
    model.set_params(abstain_label=-1)
    np.testing.assert_array_equal(model.predict(plane), np.where(abstained, -1, raw.labels))
    np.testing.assert_array_equal(model.decision_function(plane), raw.values)
    np.testing.assert_array_equal(np.sign(model.decision_function(plane)), np.where(abstained, 0, raw.labels * 2 - 1))


@pytest.mark.parametrize("method", ["cells", "condense", "vardi", "park"])
def test_decisions_of_many_classes_name_the_answer(digits, method):
    X, y = digits
    names = np.array(["zero", "one", "two", "three", "four"])[y]
    model = MemorizationClassifier(method, abstain_label="none").fit(X, names)
    queries = (X // 2 + X[::-1] // 2).astype(np.uint8)
    answers, decisions = model.predict(queries), model.decision_function(queries)
    assert decisions.shape == (len(X), 5) and ((decisions > 0).sum(axis=1) <= 1).all()
    abstained = answers == "none"
    assert (decisions[abstained] == 0).all()
    np.testing.assert_array_equal(model.classes_[decisions[~abstained].argmax(axis=1)], answers[~abstained])
    np.testing.assert_array_equal(model.classes_, sorted(set(names)))


def test_conflicts_do_not_confuse_the_nearest_samples(plane):
    X = np.array([[0.0, 0], [0, 0], [2, 0], [2, 0], [2, 0], [1, 3]])
    y = np.array(["a", "b", "b", "a", "a", "b"])
    with pytest.raises(memo_engine.LabelConflictError):
        MemorizationClassifier().fit(X, y)
    for on_conflict in ("drop", "majority"):
        model = MemorizationClassifier(on_conflict=on_conflict).fit(X, y) if on_conflict == "majority" else None
        if model:
            assert set(model.predict(plane)) == {"a", "b"}


def test_queries_of_other_types_find_their_nearest_samples(moons):
    X, y = (moons[0] * 8).round().astype(np.float32), moons[1]
    X, rows = np.unique(X, axis=0, return_index=True)
    y = y[rows]
    for method in ("park", "cells"):
        for dtype in (np.float64, np.int64, np.int16):
            model = MemorizationClassifier(method).fit(X, y)
            queries = np.random.default_rng(0).integers(-9, 20, (100, 2))
            np.testing.assert_array_equal(
                model.predict(queries.astype(dtype)), model.predict(queries.astype(np.float32))
            )


def test_margins_are_certified(moons, plane):
    X, y = moons
    model = MemorizationClassifier(abstain_label=-1).fit(X, y)
    margins, answers = model.margin(plane), model.predict(plane)
    assert (margins[answers == -1] == 0).all() and (margins[answers != -1] > 0).any()
    generator = np.random.default_rng(0)
    for _ in range(10):
        directions = generator.normal(size=plane.shape)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        near = plane + directions * margins[:, None] * 0.999
        np.testing.assert_array_equal(model.predict(near)[margins > 0], answers[margins > 0])
    with pytest.raises(ValueError):
        MemorizationClassifier("sqrt").fit(X, y).margin(plane)


def test_it_works_where_estimators_do(moons):
    X, y = moons
    scores = cross_val_score(make_pipeline(StandardScaler(), MemorizationClassifier()), X, y, cv=4)
    assert scores.shape == (4,) and scores.min() > 0.85
    grid = GridSearchCV(
        MemorizationClassifier(),
        {
            "method": ["cells", "condense"],
            "lambda_": ["51/100", Fraction(3, 5), 0.75],
            "abstain": ["nearest", "majority"],
        },
        cv=3,
        error_score="raise",
    ).fit(X, y)
    assert grid.best_score_ > 0.85 and grid.best_estimator_.network_.lambda_ in (
        Fraction(51, 100),
        Fraction(3, 5),
        Fraction(3, 4),
    )
    parallel = GridSearchCV(
        MemorizationClassifier(), {"abstain": ["nearest", "majority"]}, cv=3, n_jobs=2, error_score="raise"
    )
    assert parallel.fit(X, y).best_score_ > 0.85


@pytest.mark.parametrize("method", ["cells", "condense", "park"])
def test_copies_and_pickles_answer_alike(moons, plane, method):
    model = MemorizationClassifier(method, lambda_=(3, 5)).fit(*moons)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(plane), model.predict(plane))
    fresh = clone(model)
    assert fresh.get_params() == model.get_params() and not hasattr(fresh, "network_")
    with pytest.raises(NotFittedError):
        fresh.predict(plane)


def test_what_it_was_fitted_to_may_change_afterwards(moons, plane):
    X, y = moons[0].copy(), moons[1].copy()
    model = MemorizationClassifier("park").fit(X, y)
    before = model.predict(plane)
    X[:], y[:] = 0, 0
    np.testing.assert_array_equal(model.predict(plane), before)


def test_it_says_what_is_wrong(moons):
    X, y = moons
    for parameters, message in [
        ({"abstain": "never"}, "nearest"),
        ({"method": "nothing"}, "nothing"),
        ({"on_conflict": "ignore"}, "majority"),
        ({"lambda_": "1/3"}, "lambda|1/3"),
        ({"threads": 0}, "threads"),
        ({"random_state": -1}, "seed"),
    ]:
        with pytest.raises(ValueError, match=message):
            MemorizationClassifier(**parameters).fit(X, y)
    with pytest.raises(ValueError, match="one class"):
        MemorizationClassifier().fit(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="binary"):
        MemorizationClassifier("sqrt").fit(X, np.arange(len(X)) % 3)


def test_with_cells_it_is_the_nearest_neighbour():
    """Lemma A: no class but the nearest sample's can be active, and where none is, the nearest is asked."""
    (X, y), (queries, truth) = load_data("digits"), load_data("digits", "test")
    model = MemorizationClassifier().fit(X, y)
    expected = y[kernels.nearest(X, queries)[0]]
    np.testing.assert_array_equal(model.predict(queries), expected)
    assert model.score(queries, truth) == (expected == truth).mean() > 0.95
    assert model.network_.dtype == np.uint8
