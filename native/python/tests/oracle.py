"""Theorem 7.3 as it is printed, in fractions: every neuron of the dense network, and nothing else of the library."""

from fractions import Fraction


def _dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def _minus(a, b):
    return [p - q for p, q in zip(a, b)]


class Cells:
    def __init__(self, X, y, lambda_=Fraction(51, 100)):
        self.points = [[Fraction(v) for v in row] for row in X.tolist()]
        self.labels = y.tolist()
        self.classes = sorted(set(self.labels))
        self.lambda_ = lambda_
        pairs = [
            _dot(d, d)
            for i, p in enumerate(self.points)
            for j, q in enumerate(self.points)
            if self.labels[i] != self.labels[j]
            for d in [_minus(p, q)]
        ]
        self.separation_squared = min(pairs)
        self.r = (lambda_ - Fraction(1, 2)) * self.separation_squared

    def _walls(self, i, x):
        """S_ij(x) and |x_i - x_j|^2 for each j of another label."""
        p = self.points[i]
        for j, q in enumerate(self.points):
            if self.labels[j] != self.labels[i]:
                d = _minus(p, q)
                foot = [self.lambda_ * a + (1 - self.lambda_) * b for a, b in zip(p, q)]
                yield _dot(d, _minus(x, foot)), _dot(d, d)

    def outputs(self, x):
        """One exact number for each class."""
        x = [Fraction(v) for v in x.tolist()]
        sums = dict.fromkeys(self.classes, Fraction(0))
        for i, label in enumerate(self.labels):
            u = sum(max(Fraction(0), -s) for s, _ in self._walls(i, x)) - self.r
            sums[label] += max(Fraction(0), -u)
        return [sums[label] for label in self.classes]

    def radius_squared(self, x):
        """Of the largest ball around x inside a cell; 0 outside all."""
        x = [Fraction(v) for v in x.tolist()]
        best = Fraction(0)
        for i in range(len(self.points)):
            walls = list(self._walls(i, x))
            if all(s >= 0 for s, _ in walls):
                best = max(best, min(s * s / p for s, p in walls))
        return best

    def nearest(self, x):
        x = [Fraction(v) for v in x.tolist()]
        distances = [_dot(d, d) for p in self.points for d in [_minus(x, p)]]
        return distances.index(min(distances))
