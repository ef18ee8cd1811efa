"""A scikit-learn estimator that memorizes. The only module that imports scikit-learn; works with 1.2 and later."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Optional, Union

import numpy as np

try:
    import sklearn  # noqa: F401
except ImportError as error:
    raise ImportError(
        "MemorizationClassifier needs scikit-learn, which is not installed (pip install scikit-learn; "
        "Debian: apt install python3-sklearn); memo_engine.Network works without it"
    ) from error

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from . import kernels
from ._fractions import Rational
from ._matrix import points
from .network import Network

try:
    from sklearn.utils.validation import validate_data
except ImportError:  # before 1.6 it was a method

    def validate_data(_estimator: Any, /, *args: Any, **kwargs: Any) -> Any:
        return _estimator._validate_data(*args, **kwargs)


_BINARY_METHODS = ("sqrt", "adversarial")


class MemorizationClassifier(ClassifierMixin, BaseEstimator):
    """Classifies with a network that reproduces every training label, provably, and answers every query exactly.

    Parameters
    ----------
    method : "cells", "sqrt", "constant", "condense", "vardi", "park" or "adversarial"
        cells, constant and condense follow the nearest training sample; the others memorize with few parameters, and
        know nothing of other points. sqrt and adversarial are for two classes.
    lambda_ : cells, constant, condense: where the walls stand, 1/2 < lambda < 1, exactly: "51/100" (the default, None),
        a Fraction, a pair (51, 100), or a float, which is taken as the decimal number it is printed as
    rho : constant: balls of radius rho times the separation, 0 < rho < 1 - lambda; None for 1/3
    block_depth : vardi: points in a block's network are its square; None for one network for all
    default_label : adversarial: the class of unseen points; None for the rarer one
    on_conflict : what to do about equal samples with different labels, which no network memorizes: "error", "drop" all
        of them, or keep those of the "majority" (on a tie the lowest row's)
    abstain : what predict() says where the network abstains (it is exactly 0 there, and names no class)
        "nearest": the class of the nearest training sample, of equally near ones the first; found exactly, for every
        method (so that cells answers as the nearest neighbour does)
        "majority": the class of the most training samples, of equally frequent ones the first
    abstain_label : a label to say instead, which need not be a class; None for what `abstain` says
    threads : how many to use; None for all cores. Answers do not depend on it.
    random_state : int, RandomState or None; the same int gives the same network

    Attributes
    ----------
    network_ : Network, the network itself
    classes_ : [K] class values, ascending
    n_features_in_ : features of a sample
    feature_names_in_ : their names, where X had some

    Notes
    -----
    X of uint8, float32 and float64 is computed as what it is, and later queries must be exact in the same type. Other
    numbers become float64.

    Examples
    --------
    >>> from memo_engine import MemorizationClassifier, load_data
    >>> model = MemorizationClassifier().fit(*load_data("digits"))
    >>> print(f"{model.score(*load_data('digits', 'test')):.3f}")
    0.962
    """

    def __init__(
        self,
        method: str = "cells",
        *,
        lambda_: Optional[Rational] = None,
        rho: Optional[Rational] = None,
        block_depth: Optional[int] = None,
        default_label: Any = None,
        on_conflict: str = "error",
        abstain: str = "nearest",
        abstain_label: Optional[Hashable] = None,
        threads: Optional[int] = None,
        random_state: Union[int, np.random.RandomState, None] = 0,
    ) -> None:
        self.method = method
        self.lambda_ = lambda_
        self.rho = rho
        self.block_depth = block_depth
        self.default_label = default_label
        self.on_conflict = on_conflict
        self.abstain = abstain
        self.abstain_label = abstain_label
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> MemorizationClassifier:
        """Builds the network. Cost: see Network.build().

        Parameters
        ----------
        X : [N, n] array of finite numbers
        y : [N] labels, integers or texts

        Returns
        -------
        self

        Raises
        ------
        LabelConflictError : equal samples with different labels, where on_conflict is "error"
        ValueError : other data or parameters that cannot be used (BadInputError and InvalidArgumentError are
            ValueErrors)
        """
        X, y = validate_data(self, X, y, dtype="numeric")
        check_classification_targets(y)
        if self.abstain not in ("nearest", "majority"):
            raise ValueError(f'abstain={self.abstain!r}: give "nearest" or "majority", or set abstain_label')
        classes, counts = np.unique(y, return_counts=True)
        if len(classes) < 2:
            raise ValueError(f"y has one class only, {classes[0]!r}: a network separates at least two classes")
        if len(classes) > 2 and self.method in _BINARY_METHODS:
            raise ValueError(
                f"Only binary classification is supported by method={self.method!r}. "
                f"The type of the target is {type_of_target(y)}, with {len(classes)} classes"
            )
        seed = self.random_state
        if seed is None or isinstance(seed, np.random.RandomState):
            seed = int(check_random_state(seed).randint(2**31))
        self.network_ = Network.build(
            X,
            y,
            self.method,
            lambda_=self.lambda_,
            rho=self.rho,
            block_depth=self.block_depth,
            default_label=self.default_label,
            on_conflict=self.on_conflict,
            seed=int(seed),
            threads=self.threads,
        )
        self.classes_ = classes
        self._majority = classes[np.argmax(counts)]
        # cells keeps the samples as they are, and finds the nearest itself.
        keeps_all = self.method == "cells" and self.network_.samples == len(y)
        self._training_points = None if keeps_all else points(X).copy()
        self._training_labels = np.array(y)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The exact answer to each query, a class also where the network abstains (see `abstain`).

        Parameters
        ----------
        X : [Q, n] array of finite numbers

        Returns
        -------
        [Q] class values; of a wider type only if abstain_label needs it

        Raises
        ------
        ValueError : numbers that are not finite, or not exact in the type of the training samples, or other than n
            features
        """
        X = self._queries(X)
        codes = self.network_._codes(X, threads=self.threads)
        if self.abstain_label is not None:
            return self.network_._classes.decode(codes, self.abstain_label)
        indices = self.network_._classes.indices(codes)
        answers = self.classes_[indices]
        if (abstained := indices < 0).any():
            answers[abstained] = self._instead(X[abstained])
        return answers

    def _instead(self, X: np.ndarray) -> Any:
        """The classes for queries at which the network abstains."""
        if self.abstain == "majority":
            return self._majority
        X = points(X)
        rows: Any
        if self._training_points is None:
            rows = self.network_.evaluate(X, values=False, nearest=True, threads=self.threads).nearest
        else:
            common = np.result_type(self._training_points, X)  # holds both exactly
            rows, _ = kernels.nearest(
                self._training_points.astype(common, copy=False), X.astype(common, copy=False), threads=self.threads
            )
        return self._training_labels[rows]

    def decision_function(self, X: Any) -> np.ndarray:
        """The values of the network, rounded to the nearest float64 after they were computed exactly.

        Returns
        -------
        Two classes: [Q], negative for classes_[0], positive for classes_[1].
        More: [Q, K], the largest for the answer. cells, constant and condense give the K values of the network, of
        which at most one is positive. vardi and park have a single value, which numbers the classes; here the answer's
        class has 1, the others 0.
        Where the network abstains, all are 0, whatever predict() says.

        Raises
        ------
        ValueError : as predict()
        """
        X = self._queries(X)
        if len(self.classes_) > 2 and self.network_.outputs == 1:
            indices = self.network_._classes.indices(self.network_._codes(X, threads=self.threads))
            return np.vstack([np.eye(len(self.classes_)), np.zeros(len(self.classes_))])[indices]
        values: Any = self.network_.evaluate(X, threads=self.threads).values
        return values

    def margin(self, X: Any) -> np.ndarray:
        """Certified radii (cells, constant, condense): strictly within this distance of a query the network's answer
        does not change.

        Returns
        -------
        [Q] float64, a Euclidean distance in the units of the training data, rounded down; 0 where the network abstains,
        whatever predict() says

        Raises
        ------
        ValueError : as predict(), or a method that has no radii
        """
        radii: Any = self.network_.evaluate(self._queries(X), values=False, radii=True, threads=self.threads).radii
        return radii

    def _queries(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype="numeric")

    def __sklearn_is_fitted__(self) -> bool:
        # Asked because the parameter lambda_ ends like a fitted attribute.
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:  # scikit-learn 1.6 and later
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = self.method not in _BINARY_METHODS
        return tags

    def _more_tags(self) -> dict[str, Any]:  # before
        return {"binary_only": self.method in _BINARY_METHODS}
