"""What `core.py` measures, one case a module: each yields comparisons, set up only when their turn comes."""

from collections.abc import Callable, Iterator, Mapping

from core_cases import decoding, loading, merging, training
from core_cases.inputs import Inputs
from side_by_side import Comparison

CASES: Mapping[str, Callable[[Inputs], Iterator[Comparison]]] = {
    "train": training.comparisons,
    "merge": merging.comparisons,
    "load": loading.comparisons,
    "decode": decoding.comparisons,
}
