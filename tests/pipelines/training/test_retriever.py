"""Training a retriever: its pairs, what it learns, and that a kill costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.encoder_change import EncoderChange
from hyperlora.errors import InputError, TrainingError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel
from hyperlora.registry import Registry
from hyperlora.registry.tracking import EXPERIMENT, connect
from hyperlora.tasks.task import Example, Task
from pipelines.recipes import RetrieverRecipe
from pipelines.runtime import Runtime
from pipelines.training.retriever import calibrate, train_retriever
from pipelines.training.retriever_pairs import Pair, training_pairs
from retrieval.artifact import RetrieverConfig, StateProjectionConfig, TrainedRetriever, read_retriever, write_retriever
from retrieval.calibration import Calibration
from retrieval.documents import Document, QueryKind
from retrieval.state_projection import StateProjection

RECIPE = RetrieverRecipe(steps=6, tasks_per_step=4, neighbours=1, learning_rate=1e-3, checkpoint_steps=2, rank=2)


def documents(count: int) -> list[Document]:
    return [
        Document(tuple(f"wording {w} of task {n}" for w in range(3)), tuple(f"input {i} of {n}" for i in range(3)))
        for n in range(count)
    ]


def steps_of(pairs: Sequence[Pair], size: int) -> Iterator[Sequence[Pair]]:
    return (pairs[start : start + size] for start in range(0, len(pairs), size))


def owner(text: str) -> str:
    return text.rpartition(" of ")[2].split()[-1]


def test_a_step_has_no_two_pairs_of_one_task_and_pairs_are_of_one(encoder: TextEncoder) -> None:
    recipe = RECIPE.model_copy(update={"steps": 20, "inputs": 0.3})
    pairs = training_pairs(documents(9), encoder, recipe)
    assert len(pairs) == 20 * 4
    for step in steps_of(pairs, 4):
        assert all(owner(asked) == owner(found) for asked, found in step)
        assert len({owner(asked) for asked, _ in step}) == 4
    assert {owner(asked) for asked, _ in pairs} == {str(number) for number in range(9)}
    assert pairs == training_pairs(documents(9), encoder, recipe)
    assert pairs != training_pairs(documents(9), encoder, recipe.model_copy(update={"seed": 1}))


def test_an_input_alone_finds_wordings_with_an_input(encoder: TextEncoder) -> None:
    pairs = training_pairs(documents(4), encoder, RECIPE.model_copy(update={"steps": 50, "inputs": 0.5, "prompts": 0}))
    alone = [pair for pair in pairs if pair[0].startswith("input ")]
    assert 60 < len(alone) < 140
    assert all("Input: " in found for _, found in alone)
    assert all("Input: " not in found for asked, found in pairs if not asked.startswith("input "))


def test_prompts_find_prompts_and_wordings_find_wordings(encoder: TextEncoder) -> None:
    pairs = training_pairs(documents(4), encoder, RECIPE.model_copy(update={"steps": 50, "inputs": 0, "prompts": 0.5}))
    alike = [["Input: " in text for text in pair] for pair in pairs]
    assert all(asked == found for asked, found in alike)
    assert 60 < sum(asked for asked, _ in alike) < 140


def test_documents_without_inputs_are_asked_for_by_wordings(encoder: TextEncoder) -> None:
    bare = [Document(document.wordings) for document in documents(4)]
    pairs = training_pairs(bare, encoder, RECIPE.model_copy(update={"inputs": 1.0}))
    assert all(asked != found and asked.startswith("wording") for asked, found in pairs)


def test_near_tasks_come_together(encoder: TextEncoder) -> None:
    subjects = ("capital city", "currency", "plural noun", "past tense", "sum of numbers", "rhyming word")
    pool = [
        Document((f"Name the {subject} {number}", f"What is the {subject} {number}?", f"Give {subject} {number}"))
        for subject in subjects
        for number in ("one", "two")
    ]
    together = 0
    for step in steps_of(training_pairs(pool, encoder, RECIPE.model_copy(update={"steps": 30})), 4):
        about = [next(subject for subject in subjects if subject in asked) for asked, _ in step]
        together += len(about) - len(set(about))
    assert together > 30  # of 60; one in eleven by chance


def task(name: str, partition: str = "seen") -> Task:
    examples = tuple(Example(f"{name} {word}", "x") for word in ("red", "blue", "green", "black", "white"))
    return Task(
        name=name,
        family="f",
        descriptions=(f"Do the {name} thing.", f"Please {name} it.", f"What is {name}?"),
        unseen_descriptions=(f"I want {name}.", f"{name}, please."),
        train=examples,
        validation=examples,
        test=examples,
        partition="dev" if partition == "dev" else "seen",
    )


SEEN = [task(name) for name in ("plural", "capital", "currency", "antonym")]
DEV = [task(name, "dev") for name in ("rhyme", "reverse", "acronym", "sum", "colour")]


def test_it_is_registered_once_with_its_change_and_its_calibrations(registry: Registry, small_encoder: Path) -> None:
    entry = train_retriever(registry, SEEN, DEV, RECIPE, encoder_name=f"file:{small_encoder}")
    assert (entry.kind, entry.aliases) == ("retriever", ()), "who is champion is decided elsewhere"
    trained = read_retriever(registry.verified_folder(entry))
    config, change = trained.config, trained.change
    assert trained.reading is None
    assert config.encoder == entry.encoder == TextEncoder(f"file:{small_encoder}").id
    assert config.tasks == ("antonym", "capital", "currency", "plural")
    assert set(config.calibrations) == {"description", "prompt"}
    assert change.modules and all(factors.rank == 2 for factors in change.modules.values())
    assert any(factors.weight_change().abs().max() > 1e-4 for factors in change.modules.values())
    assert train_retriever(registry, SEEN, DEV, RECIPE, encoder_name=f"file:{small_encoder}") == entry


def test_beside_a_base_model_it_learns_how_that_reads(
    registry: Registry, small_encoder: Path, tiny_base: BaseModel
) -> None:
    name = f"file:{small_encoder}"
    recipe = RECIPE.model_copy(update={"reading_depth": 0.5, "reading_weight": 0.7, "prompt_words": 0.2})
    entry = train_retriever(registry, SEEN, DEV, recipe, base=tiny_base, encoder_name=name)
    trained = read_retriever(registry.verified_folder(entry))
    assert trained.config.words == {"description": 0.3, "prompt": 0.2}
    reading = trained.reading
    assert reading is not None
    assert (reading.base, reading.layer, reading.weight) == (tiny_base.identity.fingerprint, 1, 0.7)
    assert reading.centre.shape == reading.matrix.shape[:1] == (tiny_base.model.config.hidden_size,)
    alone = train_retriever(registry, SEEN, DEV, recipe, encoder_name=name, name="alone")
    assert read_retriever(registry.verified_folder(alone)).reading is None
    sure, other = trained.config.calibrations, read_retriever(registry.verified_folder(alone)).config.calibrations
    assert sure["description"] == other["description"], "descriptions are read by the encoder alone"
    assert sure["prompt"] != other["prompt"]


def test_a_kill_between_checkpoints_changes_nothing(
    registry: Registry, small_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipelines.training.retriever as module

    name = f"file:{small_encoder}"
    whole = train_retriever(registry, SEEN, DEV, RECIPE, encoder_name=name, name="whole")
    steps: list[int] = []
    train = module.train_encoder

    def killed(encoder, pairs, recipe, folder, on_step):  # type: ignore[no-untyped-def]
        def watch(step: int, loss: float) -> None:
            steps.append(step)
            if step == 5 and steps.count(5) == 1:
                raise KeyboardInterrupt

        return train(encoder, pairs, recipe, folder, watch)

    monkeypatch.setattr(module, "train_encoder", killed)
    registry.forget("whole")
    with pytest.raises(KeyboardInterrupt):
        train_retriever(registry, SEEN, DEV, RECIPE, encoder_name=name, name="whole")
    again = train_retriever(registry, SEEN, DEV, RECIPE, encoder_name=name, name="whole")
    assert steps == [1, 2, 3, 4, 5, 5, 6]
    assert again.content == whole.content


def test_one_task_cannot_be_told_apart(registry: Registry) -> None:
    with pytest.raises(InputError, match="tell tasks apart"):
        train_retriever(registry, SEEN[:1], (), RECIPE)


def test_calibration_knows_which_queries_have_an_answer(encoder: TextEncoder) -> None:
    found = calibrate({"description": encoder, "prompt": encoder}, {"description": 0.3, "prompt": 0.1}, SEEN, DEV)
    # names are plain words here: with its task in the pool a query is nearly always right, without it never
    assert all(each.brier < 0.15 for each in found.values())
    assert all(each.queries == 5 * asked * 3 * 2 for each, asked in zip(found.values(), (2, 4), strict=True))


def test_another_base_model_reads_no_prompts(
    registry: Registry,
    small_encoder: Path,
    tiny_base: BaseModel,
    tiny_base_folder: Path,
    make_adapter: Callable[..., Adapter],
) -> None:
    encoder = TextEncoder(f"file:{small_encoder}")
    registry.register(Adapter(make_adapter(1).modules, tiny_base.identity, Card(description="Give the plural.")), "one")
    hidden = tiny_base.model.config.hidden_size
    model = Calibration(intercept=-3, score=6, lead=10, queries=8, brier=0.1)

    def searched(base: str) -> list[float | None]:
        read = StateProjectionConfig(base=base, layer=1, weight=0.5)
        config = RetrieverConfig(encoder=encoder.id, reading=read, calibrations={"description": model, "prompt": model})
        reading = StateProjection(base, 1, 0.5, torch.zeros(hidden), torch.eye(hidden))
        trained = TrainedRetriever(config, EncoderChange(encoder.id, {}), reading)
        fields = {"description": "Finds", "origin": "trained", "encoder": encoder.id}
        registry.put("retriever", "finder", partial(write_retriever, trained), fields, alias="champion")
        runtime = Runtime(f"file:{tiny_base_folder}", registry)
        runtime.encoder = encoder
        retriever = runtime.retriever()
        assert retriever.id.count(", ") == (base == tiny_base.identity.fingerprint), "an encoder for prompts"
        kinds: tuple[QueryKind, ...] = ("description", "prompt")
        return [retriever.search("the plural", 1, kind=kind)[0].confidence for kind in kinds]

    assert None not in searched(tiny_base.identity.fingerprint)
    described, prompted = searched("another")
    assert described is not None
    assert prompted is None, "that was calibrated with the reading"


def test_calibration_on_few_tasks_says_what_it_can_and_nothing_where_all_is_wrong(encoder: TextEncoder) -> None:
    encoders: dict[QueryKind, TextEncoder] = {"description": encoder, "prompt": encoder}
    words: dict[QueryKind, float] = {"description": 0.3, "prompt": 0.1}
    # of three tasks a quarter is the one that is asked for, and without it there is none
    found = calibrate(encoders, words, SEEN[:2], DEV[:1])
    assert found["description"].confidence([0.9, 0.1])[0] > found["description"].confidence([0.1, 0.1])[0]
    # one that nobody could find: every best hit is wrong
    lost = replace(DEV[0], descriptions=("Xylophone quartz.",), unseen_descriptions=SEEN[0].descriptions[:2])
    assert "description" not in calibrate(encoders, words, SEEN[:2], [lost])
    # a single wording that is indexed leaves descriptions without queries
    bare = replace(DEV[0], descriptions=DEV[0].descriptions[:1], unseen_descriptions=(), train=DEV[0].train[:2])
    assert "description" not in calibrate(encoders, words, SEEN[:2], [bare])


def test_tasks_of_one_wording_train_a_retriever(registry: Registry, small_encoder: Path) -> None:
    bare = [replace(each, descriptions=each.descriptions[:1], unseen_descriptions=()) for each in SEEN[:2]]
    entry = train_retriever(registry, bare, (), RECIPE, encoder_name=f"file:{small_encoder}")
    trained = read_retriever(registry.verified_folder(entry))
    assert trained.config.calibrations == {}
    assert all(tensor.isfinite().all() for tensor in trained.tensors.values())


def test_a_loss_that_is_not_finite_stops_training_and_leaves_nothing(
    registry: Registry, small_encoder: Path, hyperlora_home: Path
) -> None:
    endless = RECIPE.model_copy(update={"scale": 1e39})
    with pytest.raises(TrainingError, match=r"train retriever: the loss of step 1 is (nan|inf)"):
        train_retriever(registry, SEEN, DEV, endless, encoder_name=f"file:{small_encoder}")
    assert registry.entries("retriever") == []
    assert [path for path in (hyperlora_home / "runs").rglob("*") if path.is_file()] == []
    assert [run.status for run in runs(registry)] == ["FAILED"]


def runs(registry: Registry) -> list[Any]:
    """MLflow's runs of this registry."""
    client = connect(registry.home)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    return [run.info for run in client.search_runs([experiment.experiment_id])]
