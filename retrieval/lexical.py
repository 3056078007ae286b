"""The words themselves: which of a few candidates shares with a query what the other candidates do not have."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

_FEATURES = 2**18
_MOST_KEPT = 20_000


class LexicalScorer:
    """Cosine of character n-grams within words, weighed by how few of the candidates have them.

    BM25's idea (Robertson and Zaragoza 2009) on n-grams of three to five characters, with the inverse document
    frequency taken over the candidates alone: among tasks that an encoder finds alike, only what tells them apart
    should count. It needs no statistics of the pool, so changes of the pool cost nothing.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], sparse.csr_matrix] = OrderedDict()

    def scores(self, query: str, documents: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """For each document, given as its texts, a score in [0, 1]; (documents,)."""
        if not documents:
            return np.zeros(0)
        counts = sparse.vstack([self._document(tuple(texts)) for texts in documents]).tocsr()
        asked = self._counts([query])
        holders = np.bincount(counts.indices, minlength=_FEATURES)
        rarity = np.log((1 + len(documents)) / (1 + holders)) + 1
        weighed, wanted = _scaled(counts, rarity), _scaled(asked, rarity)
        norms = np.sqrt(weighed.multiply(weighed).sum(axis=1)).A1 * np.sqrt(wanted.multiply(wanted).sum())
        dots = (weighed @ wanted.T).toarray()[:, 0]
        scores: NDArray[np.float64] = dots / np.maximum(norms, 1e-12)
        return scores

    def _document(self, texts: tuple[str, ...]) -> sparse.csr_matrix:
        """The mean of its texts' counts."""
        if texts in self._kept:
            self._kept.move_to_end(texts)
        else:
            self._kept[texts] = sparse.csr_matrix(self._counts(texts).mean(axis=0))
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[texts]

    def _counts(self, texts: Sequence[str]) -> sparse.csr_matrix:
        counts = self._vectorizer.transform(texts)
        counts.data = 1 + np.log(counts.data)
        return counts

    @cached_property
    def _vectorizer(self) -> HashingVectorizer:
        return HashingVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), alternate_sign=False, norm=None, n_features=_FEATURES
        )


def _scaled(counts: sparse.csr_matrix, rarity: NDArray[np.float64]) -> sparse.csr_matrix:
    scaled = counts.copy()
    scaled.data = scaled.data * rarity[scaled.indices]
    return scaled
