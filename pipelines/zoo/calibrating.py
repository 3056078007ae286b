"""Calibrating the shipped retriever on the ways in which people ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.identity import content_hash
from hyperlora.tasks.task import Suite, Task
from pipelines.training.retriever import document_of_task
from pipelines.zoo.packing import ZooRetriever
from pipelines.zoo.wordings import Wording
from retrieval.calibration import Calibration, fit_calibration
from retrieval.measuring import rank_queries

_FOLDS_OF_UNFIT = 5


def calibrate_descriptions(
    encoder: TextEncoder, words: float, suite: Suite, pool: Sequence[str], wordings: Sequence[Wording]
) -> Calibration:
    """How sure a description's score makes that the best hit is the task asked for.

    Every wording is asked of the pool as it ships, once with its own task in it, if it is there, and once without, and
    those of dev tasks of all seen and dev tasks together as well, since scores grow with the pool. Beside the wordings
    are the suite's own unseen ones, which are indirect, of the pool's and of dev tasks.

    Args:
        encoder: as the retriever has changed it.
        words: weight of shared words.
        pool: names of the tasks that the pool has adapters for.
        wordings: of seen and dev tasks, and unfit ones.
    """
    own, dev = [suite.tasks[name] for name in pool], suite.part("dev")
    indirect = [Wording(text, "indirect", task.name) for task in (*own, *dev) for text in task.unseen_descriptions]
    every = [*wordings, *indirect]
    names = {task.name for task in dev}
    rows = _asked(encoder, words, own, every)
    rows += _asked(encoder, words, [*suite.part("seen"), *dev], [each for each in every if each.task in names])
    scores, leads, right, groups = zip(*rows, strict=True)
    return fit_calibration(scores, leads, right, groups)


def _asked(
    encoder: TextEncoder, words: float, tasks: Sequence[Task], wordings: Sequence[Wording]
) -> list[tuple[float, float, bool, str]]:
    """For each wording, with its task in the pool and without: score, lead, whether it is right, and its group."""
    places = {task.name: place for place, task in enumerate(tasks)}
    asked = [
        (each, hidden) for each in wordings for hidden in ([(), (places[each.task],)] if each.task in places else [()])
    ]
    rankings = rank_queries(
        encoder,
        [document_of_task(task) for task in tasks],
        [each.text for each, _ in asked],
        "description",
        without=[hidden for _, hidden in asked],
        words=words,
    )
    return [
        (
            ranking.scores[0],
            ranking.scores[0] - ranking.scores[1],
            not hidden and tasks[ranking.order[0]].name == each.task,
            # requests for no task, in groups as if they were for a few
            each.task or f"unfit-{int(content_hash(each.text)[:8], 16) % _FOLDS_OF_UNFIT}",
        )
        for (each, hidden), ranking in zip(asked, rankings, strict=True)
    ]


def recalibrated(
    retriever: ZooRetriever, suite: Suite, pool: Sequence[str], wordings: Sequence[Wording]
) -> ZooRetriever:
    """The retriever with descriptions calibrated anew; another identity tells homes that have the old one."""
    trained = retriever.trained
    encoder = TextEncoder(change=trained.change)
    fitted = calibrate_descriptions(encoder, trained.config.words["description"], suite, pool, wordings)
    config = trained.config.model_copy(update={"calibrations": {**trained.config.calibrations, "description": fitted}})
    metrics = {**retriever.fields["metrics"], "brier.description": fitted.brier}
    return replace(
        retriever,
        trained=replace(trained, config=config),
        fields={**retriever.fields, "metrics": metrics},
        identity=content_hash([retriever.identity, fitted.model_dump()]),
    )
