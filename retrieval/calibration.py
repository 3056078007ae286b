"""From similarities to a probability that the best hit is the task that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from sklearn.linear_model import LogisticRegression

# From this probability on an answer counts as found; below, the task is unknown to the pool.
KNOWN = 0.5


class Calibration(BaseModel):
    """A logistic model of the best hit's score and its lead over the second (Platt 1999).

    Attributes:
        intercept, score, lead: its coefficients; at least `score` and `lead` are not negative.
        queries: how many queries it was fitted on.
        brier: mean squared error of its probabilities on them, each left out in turn by task.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    intercept: float
    score: float
    lead: float
    queries: int = Field(ge=0)
    brier: float

    def confidence(self, scores: Sequence[float]) -> list[float]:
        """The probability for each of a query's hits, best first, that it is the task asked for.

        The first is judged by its score and its lead over the second; the others by theirs, which is none or
        negative.

        Args:
            scores: of the hits, falling.
        """
        if not scores:
            return []
        second = scores[1] if len(scores) > 1 else min(scores[0], 0.0)
        leads = [scores[0] - second, *(score - scores[0] for score in scores[1:])]
        values = self.intercept + self.score * np.asarray(scores) + self.lead * np.asarray(leads)
        return [float(each) for each in 1 / (1 + np.exp(-values))]


# The packaged encoder as it is, on the same wordings and pools as the shipped retriever
# (`python -m pipelines.zoo.build calibrate` prints it).
PLAIN_MINILM = Calibration(intercept=-4.254, score=4.869, lead=10.262, queries=2736, brier=0.137)


def fit_calibration(
    scores: Sequence[float], leads: Sequence[float], right: Sequence[bool], groups: Sequence[str]
) -> Calibration:
    """Fit to queries whose best hit is known to be right or wrong.

    Args:
        scores: of the best hits.
        leads: over the second hits.
        right: whether the best hit is the task that was asked for.
        groups: the query's task, for the error on tasks that were left out.
    """
    X = np.stack([np.asarray(scores), np.asarray(leads)], axis=1)
    y = np.asarray(right)
    names = sorted(set(groups))
    fold = np.asarray([names.index(group) % 5 for group in groups])
    errors = np.zeros(len(y))
    for number in range(5):
        inside, outside = fold != number, fold == number
        if outside.any() and len(set(y[inside])) == 2:
            errors[outside] = _fitted(X[inside], y[inside]).predict_proba(X[outside])[:, 1] - y[outside]
    model = _fitted(X, y)
    return Calibration(
        intercept=float(model.intercept_[0]),
        score=float(model.coef_[0, 0]),
        lead=float(model.coef_[0, 1]),
        queries=len(y),
        brier=float((errors**2).mean()),
    )


def _fitted(X: np.ndarray, y: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=100.0, max_iter=1000).fit(X, y)
