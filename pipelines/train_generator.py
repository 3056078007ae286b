"""Train a generator on tasks and their descriptions, and register it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial

import generator.hypernet
import pipelines.train_hypernet
from generator.artifact import read_generator, write_generator
from hyperlora.base_models import load_base_model
from hyperlora.card import Card
from hyperlora.identity import code_hash, content_hash
from hyperlora.settings import get_settings
from hyperlora.tasks import Task
from hyperlora.tracking import run_finished, tracked_run
from pipelines.recipes import HypernetRecipe
from pipelines.session import CHAMPION, LoadedGenerator, Session
from pipelines.train_hypernet import train_hypernet
from pipelines.train_pool import TRAINING_CODE, run_folder


def train_generator(
    session: Session, tasks: Sequence[Task], recipe: HypernetRecipe, *, name: str
) -> tuple[LoadedGenerator, bool]:
    """The registered generator, and whether it was trained now; a killed run goes on from its last checkpoint.

    Args:
        session: names base model, encoder and registry.
        name: to register it under.

    Raises:
        InputError: the tasks have different prompt templates.
    """
    registry, located = session.registry, session.located
    datasets = {task.name: content_hash([task.training_hash, task.descriptions]) for task in tasks}
    dtype = str(get_settings().base_training_dtype())
    code = (*TRAINING_CODE, pipelines.train_hypernet, generator.hypernet)
    identity = content_hash(
        ["hypernet", located.identity.fingerprint, dtype, recipe.hash, datasets, session.encoder.id, code_hash(code)]
    )
    found = registry.find("generator", identity)
    if found and run_finished(registry.home, identity):
        return LoadedGenerator(found[-1], read_generator(registry.verified_folder(found[-1]))), False
    base, folder = load_base_model(session.base_name, training=True), run_folder(identity)
    with tracked_run(registry.home, "train hypernet", identity, recipe.model_dump(), datasets) as tracked:
        network = train_hypernet(
            base,
            session.encoder,
            tasks,
            recipe,
            folder,
            lambda report: tracked.log(report.step, loss=report.loss),
        )
        fields = {
            "description": f"Writes adapters from descriptions; trained on {len(tasks)} tasks",
            "origin": "trained",
            "parents": [],
            "base": base.identity.fingerprint,
            "base_id": base.identity.id,
            "recipe": recipe.hash,
            "dataset": content_hash(datasets),
            "licence": Card.model_fields["licence"].default,
            "encoder": session.encoder.id,
            "metrics": {},
            "identity": identity,
        }
        entry = registry.put(
            "generator", name, partial(write_generator, network), fields, tracked.run_id, alias=CHAMPION
        )
    shutil.rmtree(folder, ignore_errors=True)
    return LoadedGenerator(entry, network), True
