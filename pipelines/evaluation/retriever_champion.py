"""Asking two retrievers for the same tasks: how often a wording that is not indexed finds its own task first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError, RegistryError
from hyperlora.registry import Entry
from hyperlora.tasks.task import Task
from pipelines.evaluation.champion import ChampionDecision, Comparison, settle_champion, spread
from pipelines.runtime import Runtime
from pipelines.training.retriever import document_of_task
from retrieval.artifact import TrainedRetriever, read_retriever
from retrieval.documents import Document, document_of
from retrieval.index import pool_entries
from retrieval.measuring import rank_queries

MEASURE = "share of wordings that find their own task first"
# Of the suite's tasks, and of the pool's others, so many are asked, each in so many wordings.
_TASKS = 64
_WORDINGS = 2


@dataclass(frozen=True)
class _Question:
    """A task as it is indexed, and wordings of it that are not; none where all its wordings are needed there."""

    name: str
    document: Document
    wordings: tuple[str, ...]


def settle_retriever(
    runtime: Runtime, new: Entry, tasks: Sequence[Task], *, trained_now: bool = True, make_champion: bool = False
) -> ChampionDecision:
    """Make a retriever the champion if it is at least as good as the present one on the tasks both can be asked.

    Those are the suite's, and the pool's other adapters, all in one pool, each in wordings that are not indexed.

    Args:
        tasks: of the suite, seen and dev.
        trained_now, make_champion: see `settle_champion`.
    """
    readable: dict[str, TrainedRetriever] = {}
    fitting = []
    for entry in runtime.retrievers():
        try:
            readable[entry.reference] = read_retriever(runtime.registry.verified_folder(entry))
        except (AdapterFormatError, RegistryError):
            continue
        fitting.append(entry)

    def compare(present: Entry) -> tuple[Comparison, ...] | str:
        old, made = readable[present.reference], readable[new.reference]
        if unsure := sorted(old.config.calibrations.keys() - made.config.calibrations.keys()):
            return (
                f"the new one cannot say how sure a hit for a {unsure[0]} is, as {present.reference} can; it takes "
                "tasks of the partition dev to learn that"
            )
        return compare_retrievers(runtime, old, made, tasks)

    return settle_champion(
        runtime.registry,
        new,
        fitting,
        compare,
        measure=MEASURE,
        trained_now=trained_now,
        make_champion=make_champion,
    )


def compare_retrievers(
    runtime: Runtime, present: TrainedRetriever, new: TrainedRetriever, tasks: Sequence[Task]
) -> tuple[Comparison, ...]:
    """Both on the suite's tasks and on the pool's other adapters."""
    own = [_of_task(task) for task in tasks]
    known = {task.name for task in tasks}
    pool = pool_entries(runtime.registry, runtime.located.identity.fingerprint)
    others = [_of_adapter(entry) for entry in pool if entry.name not in known]
    questions = [*own, *others]
    compared = []
    groups = [("tasks of the suite", range(len(own))), ("other adapters of the pool", range(len(own), len(questions)))]
    for of, places in groups:
        able = [place for place in places if questions[place].wordings]
        asked = [able[at] for at in spread([questions[place].name for place in able], _TASKS)]
        if asked:
            scores = [_found_first(runtime, trained, questions, asked) for trained in (present, new)]
            compared.append(Comparison(of, len(able), len(asked), *scores))
    return tuple(compared)


def _of_task(task: Task) -> _Question:
    document = document_of_task(task)
    if task.unseen_descriptions:
        return _Question(task.name, document, task.unseen_descriptions[:_WORDINGS])
    return _held_out(task.name, document)


def _of_adapter(entry: Entry) -> _Question:
    return _held_out(entry.name, document_of(entry))


def _held_out(name: str, document: Document) -> _Question:
    """The last wording is asked, and not indexed, where there are several."""
    if len(document.wordings) < 2:
        return _Question(name, document, ())
    return _Question(name, Document(document.wordings[:-1], document.inputs), document.wordings[-1:])


def _found_first(
    runtime: Runtime, trained: TrainedRetriever, questions: Sequence[_Question], asked: Sequence[int]
) -> float:
    encoder = TextEncoder(runtime.encoder.name, trained.change)
    rows = [(place, text) for place in asked for text in questions[place].wordings]
    rankings = rank_queries(
        encoder,
        [each.document for each in questions],
        [text for _, text in rows],
        "description",
        words=trained.config.words["description"],
    )
    marks: dict[int, list[float]] = {place: [] for place in asked}
    for (place, _), ranking in zip(rows, rankings, strict=True):
        marks[place].append(float(ranking.place(place) == 0))
    return sum(sum(own) / len(own) for own in marks.values()) / len(marks)
