"""Adapters composed of those closest to the description, one method a way to compose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.task import Task
from pipelines.adapt.compose import examples_loss
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.methods.catalogue import method
from pipelines.evaluation.requests import EvaluationRequest, plain_prompts
from pipelines.evaluation.wordings import Control
from retrieval.compose import METHODS, compose
from retrieval.compose.fitting import fit_weights
from retrieval.compose.weighting import softmax_weights
from retrieval.retriever import Match

_TOGETHER = 3
_TEMPERATURE = 0.1
# LoraHub's own: Huang et al. 2023, section 4.1
_CANDIDATES = 20
_BUDGET = 40


def _closest(context: EvaluationContext, text: str, count: int) -> tuple[list[Match], list[Adapter]]:
    """The adapters closest to a description, best first."""
    pool, hits = context.pool, context.runtime.retriever().search(text, count)
    return hits, [pool[hit.entry.reference] for hit in hits]


def _noted(hits: Sequence[Match], weights: Sequence[float]) -> dict[str, float]:
    return {hit.entry.reference: weight for hit, weight in zip(hits, weights, strict=True)}


def _composed(context: EvaluationContext, task: Task, control: Control, name: str) -> EvaluationRequest:
    """An adapter for each wording, of the three closest to it, weighted by a softmax over similarity."""
    adapters: list[Adapter] = []
    notes: list[dict[str, float]] = []
    for text in context.wordings(task, control):
        hits, members = _closest(context, text, _TOGETHER)
        weights = softmax_weights([hit.similarity for hit in hits], _TEMPERATURE)
        adapters.append(compose(members, weights, method=name))
        notes.append(_noted(hits, weights))
    prompts = plain_prompts(task, context.asked(task))
    acting = tuple(adapters[number % len(adapters)] for number in range(len(prompts)))
    return EvaluationRequest(task, prompts, acting, notes={"weights": notes})


for _method in METHODS.values():
    # selecting is `retrieved-1`, and what needs examples comes below
    if _method.name != "select" and not _method.fits_weights:
        method(
            f"composed-{_method.name}",
            f"{_method.title} of the {_TOGETHER} adapters closest to the description",
            described=True,
            paper=_method.paper,
            group="composed",
        )(partial(_composed, name=_method.name))


@method(
    "lorahub",
    f"{_CANDIDATES} adapters closest to the description, weights fitted to 5 examples",
    described=True,
    paper="Huang et al. 2023, LoraHub",
    group="composed",
)
def lorahub(context: EvaluationContext, task: Task, control: Control) -> EvaluationRequest:
    """The first wording finds the adapters, since a search for weights is long, and the shown examples weigh them."""
    hits, members = _closest(context, context.wordings(task, control)[0], _CANDIDATES)

    def combine(weights: Sequence[float]) -> Adapter:
        return compose(members, weights, method="lorahub")

    shown = context.shown(task, context.recipe.shots)
    loss = examples_loss(context.runtime, task.prompt_template, shown, combine)
    weights = fit_weights(loss, len(members), budget=_BUDGET, seed=context.recipe.seed)
    prompts = plain_prompts(task, context.asked(task))
    acting = combine(weights) if any(weights) else None
    return EvaluationRequest(task, prompts, (acting,) * len(prompts), notes={"weights": _noted(hits, weights)})
