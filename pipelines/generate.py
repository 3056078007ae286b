"""Generating adapters: what is wanted in, all through the network at once, refined and cut down if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from textwrap import shorten
from typing import Any

import torch
from torch import Tensor

from generator.conditions import Wanted, condition_kind, missing_part
from generator.writing import latent_size, write
from hyperlora.adapter import Adapter
from hyperlora.algebra import recompress
from hyperlora.card import Card
from hyperlora.errors import InputError
from hyperlora.identity import content_hash
from pipelines.recipes import FewExamplesRecipe, read_recipe, shipped_recipe
from pipelines.refine import refine
from pipelines.session import LoadedGenerator, Session, check_description
from pipelines.staleness import staleness_note

_LONGEST_PROPOSED = 200


@dataclass(frozen=True)
class Generation:
    """How adapters are generated.

    Attributes:
        count: adapters of each that is wanted.
        sample: draw them; otherwise the generator writes the one it takes for the likeliest.
        seed: of the draws.
        refine: gradient steps on the examples.
        rank: to which the result is cut by SVD; the generator's own when None.

    Raises:
        InputError: a number is out of range, or several adapters are wanted that would all be alike.
    """

    count: int = 1
    sample: bool = False
    seed: int = 0
    refine: int = 0
    rank: int | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError(f"{self.count} adapters are asked for", "Ask for at least 1 with --n.")
        if self.count > 1 and not self.sample:
            raise InputError(f"{self.count} adapters for one description would be alike", "Draw them with --sample.")
        if self.refine < 0:
            raise InputError(f"refining takes {self.refine} steps", "Ask for at least 1 with --refine.")
        if self.rank is not None and self.rank < 1:
            raise InputError(f"rank is {self.rank}", "Ask for a rank of at least 1.")


ONE = Generation()


def generate_adapters(session: Session, wanted: Sequence[Wanted], how: Generation = ONE) -> list[list[Adapter]]:
    """Write adapters for all that is wanted, in one forward pass; the text encoder is asked once.

    What is drawn, or refined, depends on nothing else in the call but by rounding. Each card names the generator as
    parent, says in `decision` what was done beyond writing, and has in `recipe_hash` what `made_by` gives.

    Returns:
        For each that is wanted, `how.count` adapters.

    Raises:
        InputError: there is no generator for the session's base model and encoder; or as `check_able` and
            `check_wanted`.
        RegistryError, AdapterFormatError: the generator is damaged.
    """
    generator = find_generator(session)
    check_able(generator, how)
    checked = [check_wanted(generator, each, how) for each in wanted]
    if not checked:
        return []
    network, rows = generator.network, [each for each in checked for _ in range(how.count)]
    conditions = condition_kind(network.config).read(network.config, checked, session)
    latents = _latents(latent_size(network), checked, how) if how.sample else None
    written = write(network, conditions.repeat_interleave(how.count, dim=0), latents)
    adapters = [
        Adapter(factors, network.config.base, _card(generator, rows[place], how, place % how.count))
        for place, factors in enumerate(written)
    ]
    if how.refine:
        adapters = refine(session.training_base, adapters, [each.examples for each in rows], refining(how.refine))
        adapters = [
            _deciding(adapter, refine_steps=how.refine, examples=len(each.examples))
            for adapter, each in zip(adapters, rows, strict=True)
        ]
    if how.rank is not None and how.rank < network.config.rank:
        adapters = [_cut(adapter, how.rank) for adapter in adapters]
    return [adapters[start : start + how.count] for start in range(0, len(adapters), how.count)]


def find_generator(session: Session) -> LoadedGenerator:
    """The session's generator.

    Raises:
        InputError: the registry has none for this base model and encoder.
        RegistryError, AdapterFormatError: it is damaged.
    """
    if (found := session.generator()) is not None:
        return found
    others = [
        f"{entry.reference} is for {entry.base_id or entry.base[:12]} and {entry.encoder}"
        for entry in session.registry.entries("generator")
    ]
    raise InputError(
        "; ".join(
            [f"the registry has no generator for {session.located.identity.id} and {session.encoder.id}", *others[:3]]
        ),
        "Run: hyperlora registry seed, or hyperlora train generator",
    )


def check_able(generator: LoadedGenerator, how: Generation) -> None:
    """Raise `InputError` unless the generator can do what is asked of it, whatever is wanted."""
    config, name = generator.network.config, generator.entry.reference
    if how.sample and not latent_size(generator.network):
        raise InputError(
            f"{name} is a {config.kind} and writes one adapter for a description, no others", "Leave out --sample."
        )
    if how.rank is not None and how.rank > config.rank:
        raise InputError(f"{name} writes adapters of rank {config.rank}, not {how.rank}", "Ask for a lower --rank.")


def check_wanted(generator: LoadedGenerator, wanted: Wanted, how: Generation) -> Wanted:
    """What is wanted, with its description on one line.

    Raises:
        InputError: the description is empty or too long, or examples are missing.
    """
    missing = missing_part(generator.network.config, wanted)
    if missing == "examples":
        raise InputError(
            f"{generator.entry.reference} reads solved examples, and there are none", "Give some with --examples FILE."
        )
    if missing == "description" or wanted.description.strip():
        wanted = replace(wanted, description=check_description(wanted.description))
    if how.refine and not wanted.examples:
        raise InputError("there are no examples to refine on", "Give some with --examples FILE.")
    return wanted


def made_by(generator: LoadedGenerator, wanted: Wanted, how: Generation, number: int = 0) -> str:
    """Hash of all that an adapter comes from, by which it is known again.

    Args:
        wanted: as `check_wanted` gives it.
        number: of the adapter among `how.count`, from 0.
    """
    read = how.refine or "examples" in condition_kind(generator.network.config).needs
    return content_hash(
        {
            "generator": generator.entry.content,
            "description": wanted.description,
            "examples": [example.record() for example in wanted.examples] if read else [],
            "draw": [how.seed, number] if how.sample else None,
            "refine": refining(how.refine).model_dump(mode="json") if how.refine else None,
            "rank": how.rank,
        }
    )


@cache
def refining(steps: int | None = None) -> FewExamplesRecipe:
    """The shipped recipe of refinement; with so many steps, if they are given."""
    shipped = read_recipe(FewExamplesRecipe, shipped_recipe("refine"))
    return shipped if steps is None else shipped.model_copy(update={"steps": steps})


def generation_notes(session: Session, how: Generation, *, examples: bool) -> list[str]:
    """What somebody who generates should know: examples that nothing reads, and a pool that has moved on.

    Args:
        examples: whether some were given.
    """
    generator = find_generator(session)
    notes = []
    if examples and not how.refine and "examples" not in condition_kind(generator.network.config).needs:
        notes.append(f"{generator.entry.reference} does not read examples; to train on them: --refine STEPS")
    if (stale := staleness_note(session.registry, generator)) is not None:
        notes.append(stale)
    return notes


def generated_summary(adapter: Adapter) -> dict[str, Any]:
    """What `--json` and the HTTP API show of a generated adapter."""
    return {
        "content": adapter.content_hash,
        "parents": list(adapter.card.parents),
        "ranks": list(adapter.ranks),
        "prompt_template": adapter.card.prompt_template,
        "decision": adapter.card.decision,
    }


def _latents(size: int, wanted: Sequence[Wanted], how: Generation) -> Tensor:
    """Draws (wanted · count, size); each row from a seed of its own, so that others do not change it."""
    rows = []
    for each in wanted:
        examples = [example.record() for example in each.examples]
        for number in range(how.count):
            seed = int(content_hash([how.seed, each.description, examples, number])[:15], 16)
            rows.append(torch.randn(size, generator=torch.Generator().manual_seed(seed)))
    return torch.stack(rows)


def _card(generator: LoadedGenerator, wanted: Wanted, how: Generation, number: int) -> Card:
    pairs = "; ".join(f"{example.input} -> {example.output}" for example in wanted.examples)
    return Card(
        description=wanted.description or shorten(f"Answer as in: {pairs}", _LONGEST_PROPOSED, placeholder=" ..."),
        description_source="given" if wanted.description else "proposed",
        prompt_template=generator.network.config.prompt_template,
        origin="generated",
        parents=(generator.entry.reference,),
        recipe_hash=made_by(generator, wanted, how, number),
        decision={"seed": how.seed, "draw": number + 1} if how.sample else None,
        licence=generator.entry.licence or Card.model_fields["licence"].default,
    )


def _cut(adapter: Adapter, rank: int) -> Adapter:
    cut = recompress(adapter, rank)
    return _deciding(cut.adapter, rank=rank, energy_kept=cut.energy)


def _deciding(adapter: Adapter, **made: float) -> Adapter:
    decision = {**(adapter.card.decision or {}), **made}
    return adapter.with_card(adapter.card.model_copy(update={"decision": decision}))
