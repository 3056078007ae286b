"""Adapters by reference, put together into one: weights found, result explained, written and registered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.files.durable import require_free
from hyperlora.identity import content_hash
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.lora.licences import combined_licence
from hyperlora.peft_io.folder import write_adapter
from hyperlora.progress import progress
from hyperlora.references import parse_reference
from hyperlora.registry import Entry
from hyperlora.registry.open_adapter import open_adapter
from hyperlora.tasks.given_examples import read_examples
from hyperlora.tasks.prompts import check_template, render_completion, render_prompt
from hyperlora.tasks.task import Example
from pipelines.recipes.composition import CompositionRecipe
from pipelines.runtime import Runtime, check_description
from retrieval.compose import Explanation, compose, even_weights, explain, find_method
from retrieval.compose.fitting import fit_weights
from retrieval.compose.weighting import similarity_weights

_LONGEST_JOINED = 2000
Combine = Callable[[Sequence[float]], Adapter]


@dataclass(frozen=True)
class Composition:
    """What was composed.

    Attributes:
        adapter: the result.
        weights: of the adapters, in their order.
        explanation: what it kept, and how the adapters get on.
        entry: where it is registered, if it is.
        folder: the PEFT folder written, if one was.
    """

    adapter: Adapter
    weights: tuple[float, ...]
    explanation: Explanation
    entry: Entry | None
    folder: Path | None

    def summary(self) -> dict[str, Any]:
        """What `--json` shows of it."""
        return {
            "adapter": None if self.entry is None else self.entry.summary(),
            "out": None if self.folder is None else str(self.folder),
            "content": self.adapter.content_hash,
            "parents": list(self.adapter.card.parents),
            "weights": list(self.weights),
            "ranks": list(self.adapter.ranks),
            "prompt_template": self.adapter.card.prompt_template,
            "explanation": self.explanation.summary(),
        }


def run_composition(
    recipe: CompositionRecipe,
    *,
    examples: Sequence[Example] = (),
    out: Path | None = None,
    name: str | None = None,
    runtime: Runtime | None = None,
) -> Composition:
    """Compose what a recipe says.

    Args:
        examples: for weights fitted to them, instead of the recipe's file.
        out: write the adapter here as a PEFT folder.
        name: register it under this name.

    Raises:
        InputError: an unknown method, option or adapter, weights that do not fit, or nothing to find them by; or the
            adapters answer unlike prompts and the recipe does not say which are meant.
        BaseModelError: the adapters were made for different base models.
        TaskFormatError: the file of examples is malformed.
    """
    runtime = runtime or Runtime()
    method = find_method(recipe.method)
    options = method.checked(recipe.options)
    if out is not None:
        require_free(out)
    adapters = [_open(runtime, reference) for reference in recipe.adapters]
    template = _template(recipe, adapters)
    shown = tuple(examples) or (read_examples(recipe.examples) if recipe.examples else ())

    def combine(weights: Sequence[float]) -> Adapter:
        return compose(adapters, weights, method=recipe.method, rank=recipe.rank, options=options)

    if method.fits_weights or recipe.weights == "examples":
        if not isinstance(recipe.weights, str):
            raise InputError(f"{method.name} fits its weights to examples", "Leave out --weights, or use fuse.")
        if not shown:
            raise InputError("there are no examples to fit weights to", "Give some with --examples FILE.")
        weights = _fitted(recipe, runtime, adapters, template, shown, combine)
    else:
        weights = _weights(recipe, runtime, adapters)
    composed = combine(weights).with_card(_card(recipe, adapters, template, weights, shown))
    return Composition(
        composed,
        weights,
        explain(composed, adapters, weights),
        None if name is None else runtime.registry.register(composed, name),
        None if out is None else write_adapter(composed, out),
    )


def _open(runtime: Runtime, reference: str) -> Adapter:
    """As `open_adapter`, from the runtime's own registry."""
    if parse_reference(reference, ("registry", "file")).scheme == "registry":
        return runtime.registry.load(reference)
    return open_adapter(reference, runtime.base_name)


def _template(recipe: CompositionRecipe, adapters: Sequence[Adapter]) -> str:
    if recipe.prompt_template:
        return check_template(recipe.prompt_template)
    templates = [adapter.card.prompt_template for adapter in adapters]
    for reference, template in zip(recipe.adapters, templates, strict=True):
        if template != templates[0]:
            raise InputError(
                f"{recipe.adapters[0]} answers prompts like {templates[0]!r}, {reference} like {template!r}",
                "Say which the result is to answer with --template.",
            )
    return templates[0]


def _weights(recipe: CompositionRecipe, runtime: Runtime, adapters: Sequence[Adapter]) -> tuple[float, ...]:
    if isinstance(recipe.weights, tuple):
        return recipe.weights
    if recipe.weights == "similarity":
        wordings = [(adapter.card.description, *adapter.card.paraphrases) for adapter in adapters]
        text = check_description(recipe.description)
        return similarity_weights(runtime.encoder, text, wordings, temperature=recipe.temperature)
    return even_weights(len(adapters))


def _fitted(
    recipe: CompositionRecipe,
    runtime: Runtime,
    adapters: Sequence[Adapter],
    template: str,
    examples: Sequence[Example],
    combine: Combine,
) -> tuple[float, ...]:
    for adapter in adapters:
        adapter.require_base(runtime.located.identity)
    loss = examples_loss(runtime, template, examples, combine)
    with progress(recipe.steps, "fit weights", "composition") as bar:
        return fit_weights(loss, len(adapters), budget=recipe.steps, seed=recipe.seed, on_step=lambda: bar.update(1))


def examples_loss(
    runtime: Runtime, template: str, examples: Sequence[Example], combine: Combine
) -> Callable[[Sequence[float]], float]:
    """What weights are fitted to: the mean negative log-likelihood of the examples' answers, in nats a token.

    Args:
        template: what the examples' inputs are asked in.
        combine: from weights to the adapter that is tried; all weights 0 are the bare base model.
    """
    prompts = [render_prompt(template, example.input) for example in examples]
    completions = [render_completion(template, example.output) for example in examples]

    def loss(weights: Sequence[float]) -> float:
        factors = stack_adapters([combine(weights)], runtime.base.device) if any(weights) else None
        scores = teacher_forced_scores(
            runtime.base,
            prompts,
            completions,
            bank=runtime.bank,
            factors=factors,
            choices=None if factors is None else [0] * len(prompts),
        )
        return -sum(score.log_likelihood for score in scores) / len(scores)

    return loss


def _card(
    recipe: CompositionRecipe,
    adapters: Sequence[Adapter],
    template: str,
    weights: Sequence[float],
    examples: Sequence[Example],
) -> Card:
    joined = " + ".join(adapter.card.description for adapter in adapters)[:_LONGEST_JOINED]
    made_of = {
        "recipe": recipe.model_dump(mode="json"),
        "adapters": [adapter.content_hash for adapter in adapters],
        "examples": [[example.input, example.output] for example in examples],
    }
    return Card(
        description=check_description(recipe.description) if recipe.description else joined,
        description_source="given" if recipe.description else "proposed",
        prompt_template=template,
        origin="composed",
        licence=combined_licence(adapter.card.licence for adapter in adapters),
        parents=tuple(str(parse_reference(reference).absolute()) for reference in recipe.adapters),
        recipe_hash=content_hash(made_of),
        decision={"method": recipe.method, "weights": list(weights), "rank": recipe.rank, "options": recipe.options},
    )
