"""Train a retriever on seen tasks, calibrate it on dev tasks, and register it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.hidden_states import text_states
from hyperlora.errors import AdapterFormatError, InputError, RegistryError
from hyperlora.identity import content_hash
from hyperlora.models import BaseModel
from hyperlora.registry import Entry, Registry
from hyperlora.registry.tracking import tracked_run
from hyperlora.settings import get_settings
from hyperlora.tasks.task import Task
from pipelines.code_identity import code_identity
from pipelines.recipes import RetrieverRecipe
from pipelines.training.adapters import CARD_EXAMPLES
from pipelines.training.data_licence import licence_of_tasks
from pipelines.training.encoder import train_encoder
from pipelines.training.pool import run_folder
from pipelines.training.retriever_pairs import training_pairs
from retrieval.artifact import RetrieverConfig, StateProjectionConfig, TrainedRetriever, read_retriever, write_retriever
from retrieval.calibration import Calibration, fit_calibration
from retrieval.documents import QUERY_KINDS, Document, QueryKind, prompt_text
from retrieval.embedding import Encodes
from retrieval.measuring import rank_queries
from retrieval.state_projection import StateProjection, StateProjectionEncoder, fit_state_projection

RETRIEVER_CODE = (
    "pipelines.training.encoder",
    "pipelines.training.retriever_pairs",
    "retrieval.measuring",
    "retrieval.state_projection",
    "retrieval.calibration",
)
# Prompts of a dev task that calibrate, one for each of so many of its validation inputs.
_PROMPTS = 4
# Pools of these shares of all tasks: how alike the closest are depends on how many there are.
_POOLS = (1.0, 0.5, 0.25)


def train_retriever(
    registry: Registry,
    tasks: Sequence[Task],
    dev: Sequence[Task],
    recipe: RetrieverRecipe,
    *,
    base: BaseModel | None = None,
    name: str = "retriever",
    encoder_name: str | None = None,
    again: bool = False,
) -> Entry:
    """The registered retriever, trained now unless it was before; a killed run goes on from its last checkpoint.

    It is registered without an alias: `pipelines.evaluation.retriever_champion` decides whether it becomes the
    champion.

    Args:
        tasks: trained on; only their training wordings and training inputs are read.
        dev: calibrated on, beside the others as what else there is to find; without any there is no calibration.
        base: reads prompts beside the encoder, for its own adapters; nothing but the encoder does when None.
        encoder_name: the text encoder to begin with; that of the settings when None.
        again: train although one of this recipe and data is there, unless this very code has made it.

    Raises:
        InputError: there are fewer than two tasks to tell apart.
        TrainingError: its loss, or a weight, is not finite; nothing is registered.
    """
    if len(tasks) < 2:
        raise InputError("a retriever learns to tell tasks apart", "Give two seen tasks or more.")
    encoder = TextEncoder(encoder_name)
    datasets = {task.name: content_hash([task.training_hash, task.descriptions]) for task in (*tasks, *dev)}
    reader = None if base is None else [base.identity.fingerprint, str(get_settings().scoring_dtype())]
    dtype = str(get_settings().base_training_dtype())
    seen = [task.name for task in tasks]
    identity = content_hash(
        ["retriever", encoder.id, dtype, reader, recipe.hash, seen, datasets, code_identity(*RETRIEVER_CODE)]
    )
    found = registry.find("retriever", identity)
    if not found and not again:
        made = encoder.id, recipe.hash, content_hash(datasets)
        found = [each for each in registry.entries("retriever") if (each.encoder, each.recipe, each.dataset) == made]
    for entry in reversed(found):
        with suppress(AdapterFormatError, RegistryError):  # a damaged one is trained anew
            if _reads(read_retriever(registry.verified_folder(entry)), base, recipe):
                return entry
    folder = run_folder(identity)
    with tracked_run(registry.home, "train retriever", identity, recipe.model_dump(), datasets) as tracked:
        lessons = [_lesson(task) for task in tasks]
        pairs = training_pairs(lessons, encoder, recipe)
        change = train_encoder(encoder, pairs, recipe, folder, lambda step, loss: tracked.log(step, loss=loss))
        tuned = TextEncoder(encoder.name, change)
        encoders: dict[QueryKind, Encodes] = {"description": tuned, "prompt": tuned}
        reading = None
        if base is not None and recipe.reading_weight:
            reading = learn_reading(base, lessons, recipe)
            encoders["prompt"] = StateProjectionEncoder(tuned, reading, lambda: base)
        words: dict[QueryKind, float] = {"description": recipe.description_words, "prompt": recipe.prompt_words}
        calibrations = calibrate(encoders, words, tasks, dev) if dev else {}  # none of too few
        config = RetrieverConfig(
            encoder=encoder.id,
            words=words,
            reading=None if reading is None else StateProjectionConfig.model_validate(reading, from_attributes=True),
            calibrations=calibrations,
            tasks=tuple(sorted(seen)),
        )
        fields = {
            "description": f"Finds adapters by text; trained on the wordings and inputs of {len(tasks)} tasks",
            "origin": "trained",
            "parents": [],
            "recipe": recipe.hash,
            "dataset": content_hash(datasets),
            "licence": licence_of_tasks([*tasks, *dev]),
            "encoder": encoder.id,
            "metrics": {f"brier.{kind}": each.brier for kind, each in calibrations.items()},
            "identity": identity,
        }
        write = partial(write_retriever, TrainedRetriever(config, change, reading))
        entry = registry.put("retriever", name, write, fields, tracked.run_id)
    shutil.rmtree(folder, ignore_errors=True)
    return entry


def _reads(trained: TrainedRetriever, base: BaseModel | None, recipe: RetrieverRecipe) -> bool:
    """Whether the base model reads for it as it would for one that is trained now."""
    wanted = None if base is None or not recipe.reading_weight else base.identity.fingerprint
    return wanted == (None if trained.reading is None else trained.reading.base)


def learn_reading(base: BaseModel, lessons: Sequence[Document], recipe: RetrieverRecipe) -> StateProjection:
    """How the base model's states over prompts tell these tasks apart.

    Args:
        lessons: of the tasks: wordings and inputs; one without inputs is read by its wordings alone.
    """
    texts = [[_text(lesson, at) for at in range(recipe.reading_prompts)] for lesson in lessons]
    owners = [owner for owner, own in enumerate(texts) for _ in own]
    layer = round(recipe.reading_depth * int(base.model.config.num_hidden_layers))
    flat = [text for own in texts for text in own]
    states = text_states(base, flat, layer, "mean", dtype=get_settings().scoring_dtype())
    return fit_state_projection(
        states, owners, base=base.identity.fingerprint, layer=layer, weight=recipe.reading_weight
    )


def _text(lesson: Document, at: int) -> str:
    wording = lesson.wordings[at % len(lesson.wordings)]
    return prompt_text(wording, lesson.inputs[at % len(lesson.inputs)]) if lesson.inputs else wording


def calibrate(
    encoders: Mapping[QueryKind, Encodes], words: Mapping[QueryKind, float], seen: Sequence[Task], dev: Sequence[Task]
) -> dict[QueryKind, Calibration]:
    """What the scores of these encoders and weights of shared words say, by kind of query.

    A kind of which there are no queries, or whose best hits are all right or all wrong, says nothing and is left out.
    Queries are of dev tasks, in wordings that are not indexed; each is asked with its task in the pool, and without,
    when whatever is found is wrong. Pools are the whole of both parts and random parts of it.
    """
    tasks = [*seen, *dev]
    documents = [document_of_task(task) for task in tasks]
    asked = range(len(seen), len(tasks))
    fitted = {kind: _calibrated(encoders[kind], words[kind], tasks, documents, asked, kind) for kind in QUERY_KINDS}
    return {kind: each for kind, each in fitted.items() if each is not None}


def _calibrated(
    encoder: Encodes, words: float, tasks: Sequence[Task], documents: Sequence[Document], asked: range, kind: QueryKind
) -> Calibration | None:
    owners = [owner for owner in asked for _ in task_queries(tasks[owner], kind)]
    texts = [text for owner in asked for text in task_queries(tasks[owner], kind)]
    queries, without, own = [], [], []
    draw = random.Random(kind)
    for share in _POOLS:
        for text, owner in zip(texts, owners, strict=True):
            others = [position for position in range(len(tasks)) if position != owner]
            left_out = draw.sample(others, round((1 - share) * len(others)))
            for hidden in ([], [owner]):
                queries.append(text)
                own.append(owner)
                without.append([*left_out, *hidden])
    if not queries:
        return None
    scores, leads, right, groups = [], [], [], []
    rankings = rank_queries(encoder, documents, queries, kind, without=without, words=words)
    for ranking, owner in zip(rankings, own, strict=True):
        if len(ranking.scores) < 2:  # of three tasks a quarter may be one, and without it there is none
            continue
        scores.append(ranking.scores[0])
        leads.append(ranking.scores[0] - ranking.scores[1])
        right.append(ranking.order[0] == owner)
        groups.append(tasks[owner].name)
    if len(set(right)) < 2:
        return None
    return fit_calibration(scores, leads, right, groups)


def _lesson(task: Task) -> Document:
    return Document(task.descriptions, tuple(example.input for example in task.train))


def document_of_task(task: Task) -> Document:
    """What an adapter of the task would be found by."""
    return Document(task.descriptions, tuple(example.input for example in task.validation[:CARD_EXAMPLES]))


def task_queries(task: Task, kind: QueryKind) -> list[str]:
    """Queries for a task in wordings that are not indexed; prompts hold training inputs, which are not either."""
    if kind == "description":
        return list(task.unseen_descriptions)
    wordings = task.unseen_descriptions or task.descriptions
    count = min(_PROMPTS, len(task.train))
    return [prompt_text(wordings[at % len(wordings)], task.train[at].input) for at in range(count)]
