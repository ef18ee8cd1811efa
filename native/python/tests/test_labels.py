"""Labels keep their type and their meaning through networks, files and pickles."""

import pickle

import memo_engine
import numpy as np
import pytest
from memo_engine import ABSTAIN, Network

# The walls leave a band around the middle, where the network abstains.
POINTS = np.array([[0.0], [10.0], [20.0]])
QUERIES = np.array([[1.0], [5.0], [11.0], [20.0]])

LABELS = [
    ([3, 1, 2], ABSTAIN),
    (np.array([3, 1, 2], np.int32), ABSTAIN),
    (np.array([3, 1, 2], np.int8), ABSTAIN),
    (np.array([3, 1, 2], np.uint8), ABSTAIN),
    (np.array([3, 1, 2], np.uint64), ABSTAIN),
    ([-(2**31) + 1, 2**31 - 1, 0], ABSTAIN),
    ([2**40, -(2**40), 5], ABSTAIN),
    ([2.0, -1.0, 0.0], "nan"),
    (["cat", "dog", "a much longer name"], ""),
    (np.array(["cat", "dog", "ox"], object), None),
    (np.array([5, 4, 3], object), None),
    ([True, False, True], None),
    (["ä", "猫", "\U0001f408"], ""),
]


@pytest.mark.parametrize("labels, abstention", LABELS)
def test_labels_come_back_as_they_were(labels, abstention):
    y = np.asarray(labels)
    network = Network.build(POINTS, labels)
    np.testing.assert_array_equal(network.classes, np.unique(y))
    assert network.classes.dtype == y.dtype
    for same in (network, pickle.loads(pickle.dumps(network))):
        answers = same.predict(QUERIES)
        assert answers[[0, 2, 3]].tolist() == y.tolist()
        if abstention == "nan":
            assert np.isnan(answers[1])
        else:
            assert answers[1] == abstention and same.abstain_label == abstention
        assert same.evaluate(QUERIES).abstained.tolist() == [False, True, False, False]
    assert network.predict(QUERIES, abstain_label=y[0])[1] == y[0]
    assert network.verify(POINTS, y).memorized


@pytest.mark.parametrize("labels, _", LABELS)
def test_files_hold_class_values_or_names(labels, _, tmp_path):
    Network.build(POINTS, labels).save(tmp_path / "labels.memo")
    loaded = Network.load(tmp_path / "labels.memo")
    y = np.asarray(labels)
    fits = y.dtype.kind != "U" and all(not isinstance(v, str) and abs(int(v)) < 2**31 for v in y.tolist())
    expected = [int(v) for v in y.tolist()] if fits else [v if isinstance(v, str) else str(int(v)) for v in y.tolist()]
    assert loaded.predict(QUERIES)[[0, 2, 3]].tolist() == expected
    assert loaded.abstain_label == (ABSTAIN if fits else "")


@pytest.mark.parametrize(
    "abstain_label, dtype", [(-1, np.int64), ("none", object), (None, object), (np.nan, np.float64), (2**70, object)]
)
def test_the_label_of_an_abstention_can_be_anything(abstain_label, dtype):
    answers = Network.build(POINTS, [1, 2, 3]).predict(QUERIES, abstain_label=abstain_label)
    assert answers.dtype == dtype
    assert answers[1] == abstain_label or np.isnan(answers[1])
    assert answers[[0, 2, 3]].tolist() == [1, 2, 3]


def test_a_text_that_is_a_class_cannot_stand_for_an_abstention():
    network = Network.build(POINTS, ["", "a", "b"])
    with pytest.raises(memo_engine.InvalidArgumentError, match="abstain_label"):
        network.predict(QUERIES)
    assert network.predict(QUERIES, abstain_label="none").tolist() == ["", "none", "a", "b"]


@pytest.mark.parametrize(
    "labels", [[0.5, 1.5, 2.5], [1, "a", 2], [None, 1, 2], [1j, 2, 3], [b"a", b"b", b"c"], [float("nan"), 1.0, 2.0]]
)
def test_other_labels_are_refused(labels):
    with pytest.raises(memo_engine.BadInputError, match="y"):
        Network.build(POINTS, labels if isinstance(labels[0], (float, complex, bytes)) else np.array(labels, object))


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(memo_engine.InvalidArgumentError, match="3 rows"):
        Network.build(POINTS, [1, 2])
    with pytest.raises(memo_engine.BadInputError, match="class"):
        Network.build(POINTS, [1, 1, 1])
    network = Network.build(POINTS, [1, 2, 3])
    with pytest.raises(memo_engine.BadInputError, match=r"y\[1\] is"):
        network.verify(POINTS, [1, 4, 3])
    with pytest.raises(memo_engine.BadInputError):
        Network.build(POINTS, [1, 2, 1], "adversarial", default_label=7)
