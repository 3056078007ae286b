"""Generating adapters: what is wanted in, all through the network at once, refined and cut down if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from textwrap import shorten
from typing import Any

import torch
from torch import Tensor

from generator.conditions import AdapterRequest, condition_kind, missing_part
from generator.writing import latent_size, write
from hyperlora.errors import InputError
from hyperlora.identity import content_hash
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import recompress
from hyperlora.lora.card import Card
from hyperlora.registry import Entry
from hyperlora.tasks.prompts import check_template, described_prompt
from pipelines.adapt.pool_mean import PoolMeanInit
from pipelines.adapt.staleness import generator_notes
from pipelines.recipes import FewExamplesRecipe, Start, read_recipe, shipped_recipe
from pipelines.runtime import GET_A_GENERATOR, LoadedGenerator, Runtime, check_description
from pipelines.training.refine import refine

_LONGEST_PROPOSED = 200


@dataclass(frozen=True)
class GenerationConfig:
    """How adapters are generated.

    Attributes:
        count: adapters of each that is wanted.
        sample: draw them; otherwise the generator writes the one it takes for the likeliest.
        seed: of the draws.
        refine: gradient steps on the examples.
        rank: to which the result is cut by SVD; its own when None.
        start: where refinement begins, at the mean of the pool's adapters or at what the generator writes; see
            `begins_at_pool` for what None means.
        in_prompt: the description goes into the prompt template, too, and with it into every prompt.
        generator: reference of the generator; the runtime's when None.

    Raises:
        InputError: a number is out of range, several adapters are wanted that would all be alike, or there is a start
            and no refinement.
    """

    count: int = 1
    sample: bool = False
    seed: int = 0
    refine: int = 0
    rank: int | None = None
    start: Start | None = None
    in_prompt: bool = False
    generator: str | None = None

    def __post_init__(self) -> None:
        if self.start is not None and not self.refine:
            raise InputError(f"nothing is refined that could start at {self.start!r}", "Say with --refine how long.")
        if self.sample and self.start == "pool":
            raise InputError("the mean of the pool is one, and not drawn", "Leave out --sample, or --start generated.")
        if self.count < 1:
            raise InputError(f"{self.count} adapters are asked for", "Ask for at least 1 with --n.")
        if self.count > 1 and not self.sample:
            raise InputError(f"{self.count} adapters for one description would be alike", "Draw them with --sample.")
        if self.refine < 0:
            raise InputError(f"refining takes {self.refine} steps", "Ask for at least 1 with --refine.")
        if self.rank is not None and self.rank < 1:
            raise InputError(f"rank is {self.rank}", "Ask for a rank of at least 1.")


ONE = GenerationConfig()


def generate_adapters(
    runtime: Runtime, requests: Sequence[AdapterRequest], how: GenerationConfig = ONE
) -> list[list[Adapter]]:
    """Write adapters for all that is wanted, in one forward pass; the text encoder is asked once.

    What is drawn, or refined, depends on nothing else in the call but by rounding. Each card names the generator as
    parent, says in `decision` what was done beyond writing, and has in `recipe_hash` what `made_by` gives.

    Returns:
        For each that is wanted, `how.count` adapters.

    Raises:
        InputError: there is no generator for the runtime's base model and encoder, or another is named; or as
            `check_able` and `check_request`.
        RegistryError, AdapterFormatError: the generator is damaged, or not registered.
    """
    generator = find_generator(runtime, how.generator)
    check_able(generator, how)
    checked = [check_request(generator, each, how) for each in requests]
    if not checked:
        return []
    rows = [each for each in checked for _ in range(how.count)]
    if begins_at_pool(generator, how):
        adapters = _begun(runtime, generator, rows, how)
    else:
        adapters = _written(runtime, generator, checked, how)
    if how.in_prompt:
        adapters = [_told(adapter, each.description) for adapter, each in zip(adapters, rows, strict=True)]
    if how.refine:
        adapters = refine(runtime.training_base, adapters, [each.examples for each in rows], refine_recipe(how.refine))
        adapters = [
            _deciding(adapter, refine_steps=how.refine, examples=len(each.examples))
            for adapter, each in zip(adapters, rows, strict=True)
        ]
    if (rank := how.rank) is not None:
        adapters = [_cut(adapter, rank) if rank < max(adapter.ranks) else adapter for adapter in adapters]
    return [adapters[start : start + how.count] for start in range(0, len(adapters), how.count)]


def _written(
    runtime: Runtime, generator: LoadedGenerator, requests: Sequence[AdapterRequest], how: GenerationConfig
) -> list[Adapter]:
    """What the generator writes, `how.count` for each that is wanted."""
    network = generator.network
    conditions = condition_kind(network.config).read(network.config, requests, runtime)
    latents = _latents(latent_size(network), requests, how) if how.sample else None
    factors = write(network, conditions.repeat_interleave(how.count, dim=0), latents)
    rows = [(each, number) for each in requests for number in range(how.count)]
    return [
        Adapter(
            one,
            network.config.base,
            _card(
                each,
                prompt_template=network.config.prompt_template,
                parents=(generator.entry.reference,),
                licence=generator.entry.licence or Card.model_fields["licence"].default,
                recipe_hash=made_by(generator, each, how, number),
                decision={"seed": how.seed, "draw": number + 1} if how.sample else None,
            ),
        )
        for one, (each, number) in zip(factors, rows, strict=True)
    ]


def _begun(
    runtime: Runtime, generator: LoadedGenerator, requests: Sequence[AdapterRequest], how: GenerationConfig
) -> list[Adapter]:
    """The mean of the pool for each that is wanted."""
    pool_init, adapters = PoolMeanInit(runtime), []
    for each in requests:
        members = pool_init.members(each.examples)
        mean = pool_init.start(members)
        card = _card(
            each,
            prompt_template=mean.card.prompt_template,
            parents=tuple(member.reference for member in members),
            licence=mean.card.licence,
            recipe_hash=made_by(generator, each, how, begun=members),
            decision={"start": "pool"},
        )
        adapters.append(mean.with_card(card))
    return adapters


def find_generator(runtime: Runtime, reference: str | None = None) -> LoadedGenerator:
    """The generator of this reference, or the runtime's.

    Raises:
        InputError: the registry has none for this base model and encoder, or the one named is for others.
        RegistryError, AdapterFormatError: it is damaged, or not registered.
    """
    if (found := runtime.generator(reference)) is not None:
        return found
    others = runtime.notes or [
        f"{entry.reference} is for {entry.base_id or entry.base[:12]} and {entry.encoder}"
        for entry in runtime.registry.entries("generator")
    ]
    raise InputError(
        "; ".join(
            [f"the registry has no generator for {runtime.located.identity.id} and {runtime.encoder.id}", *others[:3]]
        ),
        GET_A_GENERATOR,
    )


def begins_at_pool(generator: LoadedGenerator, how: GenerationConfig) -> bool:
    """Whether adapters begin at the mean of the pool, and the generator writes none.

    Unless told otherwise refinement begins at what is drawn, or at what a generator writes that reads the examples;
    what another writes is, for a task that it does not know, a worse place than the mean
    (docs/research/2026-11-24-where-refinement-begins.md).
    """
    if not how.refine or how.sample:
        return False
    return how.start == "pool" or (how.start is None and not reads_examples(generator))


def reads_examples(generator: LoadedGenerator) -> bool:
    """Whether examples are a part of what the generator is told."""
    return "examples" in condition_kind(generator.network.config).takes


def check_able(generator: LoadedGenerator, how: GenerationConfig) -> None:
    """Raise `InputError` unless the generator can do what is asked of it, whatever is wanted."""
    config, name = generator.network.config, generator.entry.reference
    if how.sample and not latent_size(generator.network):
        raise InputError(
            f"{name} is a {config.kind} and writes one adapter for a description, no others", "Leave out --sample."
        )
    if how.rank is not None and how.rank > config.rank and not begins_at_pool(generator, how):
        raise InputError(f"{name} writes adapters of rank {config.rank}, not {how.rank}", "Ask for a lower --rank.")


def check_request(generator: LoadedGenerator, request: AdapterRequest, how: GenerationConfig) -> AdapterRequest:
    """What is wanted, with its description on one line.

    Raises:
        InputError: the description is empty or too long, or examples are missing.
    """
    missing = None if begins_at_pool(generator, how) else missing_part(generator.network.config, request)
    if missing == "examples":
        raise InputError(
            f"{generator.entry.reference} reads solved examples, and there are none", "Give some with --examples FILE."
        )
    if missing == "description" or how.in_prompt or request.description.strip():
        request = replace(request, description=check_description(request.description))
    if how.in_prompt:
        _described_template(generator.network.config.prompt_template, request.description)
    if how.refine and not request.examples:
        raise InputError("there are no examples to refine on", "Give some with --examples FILE.")
    return request


def made_by(
    generator: LoadedGenerator,
    request: AdapterRequest,
    how: GenerationConfig,
    number: int = 0,
    begun: Sequence[Entry] = (),
) -> str:
    """Hash of all that an adapter comes from, by which it is known again.

    Args:
        request: as `check_request` gives it.
        number: of the adapter among `how.count`, from 0.
        begun: whose mean it begins at, where `begins_at_pool`.
    """
    read = how.refine or reads_examples(generator)
    return content_hash(
        {
            "generator": [member.content for member in begun] or generator.entry.content,
            "description": request.description,
            "examples": [example.record() for example in request.examples] if read else [],
            "draw": [how.seed, number] if how.sample else None,
            "refine": refine_recipe(how.refine).hash if how.refine else None,
            "rank": how.rank,
            "in_prompt": how.in_prompt,
        }
    )


@cache
def refine_recipe(steps: int | None = None) -> FewExamplesRecipe:
    """The shipped recipe of refinement; with so many steps, if they are given."""
    shipped = read_recipe(FewExamplesRecipe, shipped_recipe("refine"))
    return shipped if steps is None else shipped.model_copy(update={"steps": steps})


def generation_notes(runtime: Runtime, how: GenerationConfig, *, examples: bool) -> list[str]:
    """What somebody who generates should know: examples that nothing reads, and a pool that has moved on.

    Args:
        examples: whether some were given.
    """
    notes: list[str] = []
    generator = find_generator(runtime, how.generator)
    if begins_at_pool(generator, how):
        return notes
    if examples and not how.refine and not reads_examples(generator):
        notes.append(f"{generator.entry.reference} does not read examples; to train on them: --refine STEPS")
    return [*notes, *generator_notes(runtime, generator)]


def generated_summary(adapter: Adapter) -> dict[str, Any]:
    """What `--json` and the HTTP API show of a generated adapter."""
    return {
        "content": adapter.content_hash,
        "parents": list(adapter.card.parents),
        "ranks": list(adapter.ranks),
        "prompt_template": adapter.card.prompt_template,
        "decision": adapter.card.decision,
    }


def _latents(size: int, requests: Sequence[AdapterRequest], how: GenerationConfig) -> Tensor:
    """Draws (wanted · count, size); each row from a seed of its own, so that others do not change it."""
    rows = []
    for each in requests:
        examples = [example.record() for example in each.examples]
        for number in range(how.count):
            seed = int(content_hash([how.seed, each.description, examples, number])[:15], 16)
            rows.append(torch.randn(size, generator=torch.Generator().manual_seed(seed)))
    return torch.stack(rows)


def _card(request: AdapterRequest, **made: Any) -> Card:
    pairs = "; ".join(f"{example.input} -> {example.output}" for example in request.examples)
    return Card(
        description=request.description or shorten(f"Answer as in: {pairs}", _LONGEST_PROPOSED, placeholder=" ..."),
        description_source="given" if request.description else "proposed",
        origin="generated",
        **made,
    )


def _described_template(template: str, description: str) -> str:
    """The template of prompts that hold the description.

    Raises:
        InputError: the description cannot be a part of one.
    """
    if "{input}" in description:
        raise InputError("the description holds {input}, where prompts take their input", "Say it in other words.")
    return check_template(described_prompt(template, description, "{input}"))


def _told(adapter: Adapter, description: str) -> Adapter:
    template = _described_template(adapter.card.prompt_template, description)
    return _deciding(adapter.with_card(adapter.card.model_copy(update={"prompt_template": template})), in_prompt=True)


def _cut(adapter: Adapter, rank: int) -> Adapter:
    cut = recompress(adapter, rank)
    return _deciding(cut.adapter, rank=rank, energy_kept=cut.energy)


def _deciding(adapter: Adapter, **made: float) -> Adapter:
    decision = {**(adapter.card.decision or {}), **made}
    return adapter.with_card(adapter.card.model_copy(update={"decision": decision}))
