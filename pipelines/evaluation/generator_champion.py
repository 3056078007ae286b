"""Asking two generators for the same tasks: what they write is scored on examples that neither was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.conditions import AdapterRequest, missing_part
from hyperlora.errors import AdapterFormatError, RegistryError
from hyperlora.progress import progress
from hyperlora.registry import Entry
from hyperlora.tasks.task import Example, Task
from pipelines.adapt.cross_validation import score_pairs
from pipelines.adapt.generate import GenerationConfig, generate_adapters
from pipelines.adapt.measured_generators import record_worse
from pipelines.evaluation.champion import ChampionDecision, Comparison, settle_champion, spread
from pipelines.runtime import Runtime
from retrieval.documents import card_of
from retrieval.index import pool_entries

MEASURE = "exact match of the adapters they write from a description"
# Of the tasks trained on, and of the pool's others, so many are asked, each with so many examples.
_TASKS = 24
_EXAMPLES = 5
# Adapters written and scored together.
_TOGETHER = 8


@dataclass(frozen=True)
class _Question:
    name: str
    description: str
    examples: tuple[Example, ...]


def settle_generator(
    runtime: Runtime,
    new: Entry,
    tasks: Sequence[Task],
    *,
    trained_now: bool = True,
    make_champion: bool = False,
) -> ChampionDecision:
    """Make a generator the champion if it is at least as good as the present one on the tasks both can be asked.

    Those are the tasks it was trained on, by wordings and validation examples that it was not trained on where they
    have some, and the pool's other adapters, by their cards' descriptions and examples. What the present one was
    trained on is among them as far as the pool has it, so that one that knows two tasks does not take the place of one
    that knows hundreds.

    Args:
        tasks: that the new one was trained on.
        trained_now, make_champion: see `settle_champion`.

    The one that did worse is tagged so (`pipelines.adapt.measured_generators`).
    """
    decision = settle_champion(
        runtime.registry,
        new,
        _readable(runtime),
        lambda present: compare_generators(runtime, present, new, tasks),
        measure=MEASURE,
        trained_now=trained_now,
        make_champion=make_champion,
    )
    if decision.present is not None and decision.scores is not None:
        present, registry = runtime.registry.get(decision.present), runtime.registry
        old, own = decision.scores
        if own < old:
            record_worse(registry, new, present, own, old)
        elif old < own:
            record_worse(registry, present, new, old, own)
    return decision


def compare_generators(
    runtime: Runtime, present: Entry, new: Entry, tasks: Sequence[Task]
) -> tuple[Comparison, ...] | str:
    """Both on the tasks the new one was trained on, and on the pool's others; or why one cannot be asked."""
    for entry in (present, new):
        loaded = runtime.generator(entry.reference)
        assert loaded is not None
        if missing_part(loaded.network.config, AdapterRequest("any")) is not None:
            return f"{entry.reference} cannot be asked by a description alone"
    own = [
        _Question(task.name, (task.unseen_descriptions or task.descriptions[::-1])[0], task.validation or task.train)
        for task in tasks
    ]
    known = {task.name for task in tasks}
    pool = [entry for entry in pool_entries(runtime.registry, present.base) if entry.name not in known]
    others = [question for entry in pool if (question := _of_card(entry)) is not None]
    groups = [("tasks the new one was trained on", own), ("other adapters of the pool", others)]
    chosen = [[questions[at] for at in spread([each.name for each in questions], _TASKS)] for _, questions in groups]
    compared = []
    with progress(2 * sum(map(len, chosen)), "compare with the champion", "adapter") as bar:
        for (of, questions), asked in zip(groups, chosen, strict=True):
            scores = []
            for entry in (present, new):
                marks: list[float] = []
                for start in range(0, len(asked), _TOGETHER):
                    part = asked[start : start + _TOGETHER]
                    marks += _scores(runtime, entry, part)
                    bar.update(len(part))
                scores.append(sum(marks) / max(len(marks), 1))
            compared.append(Comparison(of, len(questions), len(asked), *scores))
    return tuple(each for each in compared if each.asked)


def _readable(runtime: Runtime) -> list[Entry]:
    found = []
    for entry in runtime.generators():
        try:
            runtime.generator(entry.reference)
        except (AdapterFormatError, RegistryError):
            continue
        found.append(entry)
    return found


def _of_card(entry: Entry) -> _Question | None:
    card = card_of(entry)
    if card is None or not card.examples:
        return None
    examples = tuple(Example(each.input, each.output) for each in card.examples)
    return _Question(entry.name, card.description, examples)


def _scores(runtime: Runtime, generator: Entry, questions: Sequence[_Question]) -> list[float]:
    """Exact match of what a generator writes for each question."""
    how = GenerationConfig(generator=generator.reference)
    adapters = [
        adapter
        for [adapter] in generate_adapters(runtime, [AdapterRequest(each.description) for each in questions], how)
    ]
    rows = [(place, example) for place, each in enumerate(questions) for example in each.examples[:_EXAMPLES]]
    scores = score_pairs(runtime, [(adapters[place], example) for place, example in rows])
    marks: list[list[float]] = [[] for _ in questions]
    for (place, _), score in zip(rows, scores, strict=True):
        marks[place].append(float(score.match))
    return [sum(own) / len(own) for own in marks]
