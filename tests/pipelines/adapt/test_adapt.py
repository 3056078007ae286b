"""The main job: who wins and why, what is recorded, what is written, and that a refusal leaves no trace."""

from __future__ import annotations

import json
import logging
import re
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import hyperlora
from generator.conditions import AdapterRequest
from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import HyperLoRAError, InputError, TaskFormatError
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import read_adapter, read_card
from hyperlora.registry import Registry
from hyperlora.settings import reload_settings
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Example, Task
from pipelines.adapt.adapt import adapt, registered_name
from pipelines.adapt.choice_by_description import NothingFitsError
from pipelines.adapt.generate import generate_adapters, refine_recipe
from pipelines.runtime import LONGEST_DESCRIPTION, Runtime, check_description
from pipelines.training.refine import refine

FAR = "Translate the sentence into Old Norse verse"


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def versions(runtime: Runtime) -> list[str]:
    return [entry.reference for kind in ("adapter", "generator") for entry in runtime.registry.entries(kind)]


def answers(base: BaseModel, adapter: Adapter, inputs: Sequence[str]) -> list[str]:
    """What the base model with the adapter says, greedily."""
    bank = AdapterBank(base.model)
    try:
        prompts = [render_prompt(adapter.card.prompt_template, text) for text in inputs]
        outputs = generate(base, prompts, bank=bank, factors=stack_adapters([adapter]), choices=[0] * len(prompts))
    finally:
        bank.close()
    return [output.answer for output in outputs]


def test_with_examples_the_best_scoring_candidate_wins_over_the_closest(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    barks, _, homes = toy_tasks
    result = adapt(barks.description, homes.test[:4], runtime=runtime)
    best, *others = result.candidates
    assert (best.reference, best.origin, best.exact_match) == ("registry:homes@1", "retrieved", 1.0)
    assert result.base_exact_match == 0.0
    closest = max(result.candidates, key=lambda candidate: candidate.similarity or 0.0)
    assert closest.reference == "registry:barks@1"
    assert closest.exact_match == 0.0
    assert {other.origin for other in others} == {"retrieved", "generated"}
    order = [(candidate.exact_match, candidate.log_likelihood) for candidate in result.candidates]
    assert order == sorted(order, reverse=True)
    assert result.reason.startswith("best of 4 candidates on 4 examples: exact match 1.00 (base model 0.00), ")


def test_examples_find_an_adapter_that_a_vague_description_does_not(
    runtime: Runtime, toy_tasks: list[Task], make_adapter: Callable[..., Adapter]
) -> None:
    for seed in range(5):
        card = Card(description=f"Do the right thing, number {seed}", origin="trained")
        runtime.registry.register(make_adapter(seed, card=card), f"decoy-{seed}")
    closest = runtime.retriever().search("Do the right thing", 5)
    assert all(hit.entry.name.startswith("decoy") for hit in closest)
    result = adapt("Do the right thing", toy_tasks[2].test[:3], runtime=runtime)
    assert result.candidates[0].reference == "registry:homes@1"


def test_examples_find_an_adapter_whose_task_nobody_knows(runtime: Runtime, toy_tasks: list[Task]) -> None:
    homes = runtime.registry.load("registry:homes")
    runtime.registry.archive("registry:homes@1")
    untold = Card(description="Unknown task (untold)", description_source="unknown", origin="imported")
    runtime.registry.register(homes.with_card(untold), "untold")
    found = runtime.retriever().search("Unknown task (untold)", 9)
    assert "untold" not in {match.entry.name for match in found}
    assert runtime.retriever().search_examples(runtime.base, toy_tasks[2].test[:3], 9)
    without = adapt("Unknown task (untold)", force=True, runtime=runtime)
    assert "registry:untold@1" not in {candidate.reference for candidate in without.candidates}
    result = adapt("Say where people live", toy_tasks[2].test[:3], runtime=runtime)
    best = result.candidates[0]
    assert (best.reference, best.exact_match, best.similarity) == ("registry:untold@1", 1.0, None)


def test_an_adapter_that_answers_the_examples_stays_as_it_is(runtime: Runtime, toy_tasks: list[Task]) -> None:
    result = adapt("Say where people live", toy_tasks[2].test[:4], runtime=runtime)
    assert result.adapter.content_hash == runtime.registry.load("registry:homes").content_hash
    assert "trained" not in result.reason
    assert result.adapter.card.decision is not None
    assert "refine_steps" not in result.adapter.card.decision


def test_an_adapter_that_answers_most_of_the_examples_is_trained_on_them(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    shown = [*toy_tasks[2].test[:3], Example("xyz", "dog")]
    result = adapt(toy_tasks[0].description, shown, runtime=runtime)
    assert (result.candidates[0].reference, result.candidates[0].exact_match) == ("registry:homes@1", 0.75)
    [trained] = refine(
        runtime.training_base, [runtime.registry.load("registry:homes")], [shown], refine_recipe(refine_recipe().steps)
    )
    assert result.adapter.content_hash == trained.content_hash
    card = result.adapter.card
    assert (card.origin, card.parents) == ("retrieved", ("registry:homes@1",))
    assert card.decision is not None
    assert (card.decision["refine_steps"], card.decision["examples"]) == (16, 4)
    assert result.reason.startswith("best of 4 candidates on 4 examples: exact match 0.75 ")
    assert result.reason.endswith("; trained on them for 16 steps")


def test_where_none_answers_most_of_the_examples_the_generated_one_is_trained_on_them(
    runtime: Runtime, toy_tasks: list[Task]
) -> None:
    description, shown = toy_tasks[0].description, [*toy_tasks[2].test[:1], Example("xyz", "dog house")]
    result = adapt(description, shown, refine=3, runtime=runtime)
    assert (result.candidates[0].reference, result.candidates[0].exact_match) == ("registry:homes@1", 0.5)
    [[written]] = generate_adapters(runtime, [AdapterRequest(description, tuple(shown))])
    [trained] = refine(runtime.training_base, [written], [shown], refine_recipe(3))
    assert result.adapter.content_hash == trained.content_hash
    card = result.adapter.card
    assert (card.origin, card.parents, card.metrics) == ("generated", ("registry:quickstart-hypernet@1",), {})
    assert result.reason.startswith(
        "generated, as none of 4 candidates answers most of 2 examples, registry:homes@1 the most: exact match 0.50 "
    )
    assert result.reason.endswith("; trained on them for 3 steps")


def test_how_long_it_is_trained_can_be_said(runtime: Runtime, toy_tasks: list[Task]) -> None:
    shown = toy_tasks[2].test[:3]
    anyway = adapt("Say where people live", shown, refine=2, runtime=runtime)
    assert anyway.reason.endswith("; trained on them for 2 steps")
    assert anyway.adapter.content_hash != runtime.registry.load("registry:homes").content_hash
    other = [Example(example.input, "dog house") for example in shown]
    never = adapt("Say where people live", other, refine=0, runtime=runtime)
    assert never.reason.endswith("no better than the base model, so treat it with care")
    assert never.adapter.card.parents == (never.candidates[0].reference,)
    assert never.adapter.card.metrics == {"exact_match.given_examples": 0.0}


def test_scores_are_what_greedy_decoding_gives(runtime: Runtime, toy_tasks: list[Task]) -> None:
    examples = [example for task in toy_tasks for example in task.test[:2]]
    result = adapt("Do what is right", examples, runtime=runtime)
    for candidate in result.candidates:
        if candidate.origin == "retrieved":
            written = answers(runtime.base, runtime.registry.load(candidate.reference), [e.input for e in examples])
            right = [said == example.output for said, example in zip(written, examples, strict=True)]
            assert candidate.exact_match == pytest.approx(sum(right) / len(right))
            assert candidate.exact_match == pytest.approx(1 / 3)


def test_among_equals_the_likelier_answers_win_and_the_reason_warns(runtime: Runtime) -> None:
    result = adapt("Do what is right", [Example("abc", "zzz"), Example("bcd", "qqq")], refine=0, runtime=runtime)
    assert {candidate.exact_match for candidate in result.candidates} == {0.0}
    likelihoods = [candidate.log_likelihood for candidate in result.candidates]
    assert all(value is not None and value < 0 for value in likelihoods)
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert result.reason.endswith("no better than the base model, so treat it with care")


def test_without_examples_a_close_description_retrieves(runtime: Runtime, toy_tasks: list[Task]) -> None:
    task = toy_tasks[2]
    result = adapt(task.unseen_descriptions[0], runtime=runtime)
    best = result.candidates[0]
    assert (best.reference, best.origin) == ("registry:homes@1", "retrieved")
    assert best.confidence is not None, "the packaged encoder is calibrated as it is"
    assert best.confidence > 0.5
    assert best.exact_match is best.log_likelihood is result.base_exact_match is None
    assert f"for this task with probability {best.confidence:.2f}: {task.description!r}" in result.reason
    assert result.adapter.content_hash == runtime.registry.load("registry:homes").content_hash
    assert result.adapter.card.parents == ("registry:homes@1",)


def test_without_examples_a_far_description_is_refused_and_leaves_no_trace(runtime: Runtime, tmp_path: Path) -> None:
    listed = versions(runtime)
    with pytest.raises(NothingFitsError) as caught:
        adapt(FAR, out=tmp_path / "out", runtime=runtime)
    assert len(caught.value.closest) == 3
    assert versions(runtime) == listed
    assert not (tmp_path / "out").exists()


def test_a_far_description_generates_where_it_is_forced(runtime: Runtime) -> None:
    result = adapt(FAR, force=True, runtime=runtime)
    best, runner_up = result.candidates[:2]
    assert (best.reference, best.origin) == ("registry:quickstart-hypernet@1", "generated")
    assert runner_up.confidence is not None
    assert f"is for this task with probability {runner_up.confidence:.2f} only" in result.reason
    [[written]] = generate_adapters(runtime, [AdapterRequest(FAR)])
    assert result.adapter.content_hash == written.content_hash
    assert result.adapter.card.parents == ("registry:quickstart-hypernet@1",)
    assert result.answers == (), "inputs of an adapter that is for something else show nothing"


def test_both_are_registered_where_it_cannot_be_told_which_is_better(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.adapt.choice_by_description.CLOSE", 1.0)
    result = adapt("Say where people live.", runtime=runtime)
    assert result.alternative is not None
    assert (result.adapter.card.origin, result.alternative.origin) == ("retrieved", "generated")
    assert result.alternative.reference != result.entry.reference
    assert result.alternative.expires is not None
    [[written]] = generate_adapters(runtime, [AdapterRequest("Say where people live.")])
    assert runtime.registry.load(result.alternative.reference).content_hash == written.content_hash
    assert result.summary()["alternative"]["reference"] == result.alternative.reference


def test_samples_say_whose_they_are(runtime: Runtime, toy_tasks: list[Task]) -> None:
    own = adapt("Say where people live", toy_tasks[2].test[:3], runtime=runtime)
    assert (own.samples.of, own.summary()["answers_of"]) == ("", None)
    assert own.samples.heading("retrieved") == "on the examples: 3 of 3 answers as expected"
    retrieved = adapt("Say where people live.", runtime=runtime)
    assert [answer.expected for answer in retrieved.answers] == ["house"] * 4
    assert retrieved.samples.heading("retrieved") == (
        "samples of registry:homes@1 ('Name what people live in.'), not of yours: 4 of 4 answers as expected"
    )
    assert retrieved.summary()["answers_of"] == {
        "reference": "registry:homes@1",
        "description": "Name what people live in.",
    }


def test_a_description_longer_than_the_encoder_reads_is_said_to_be(runtime: Runtime) -> None:
    text = "Say where people live. " + "It is for a game that we play with the children on long journeys. " * 30
    [note] = [note for note in adapt(text, force=True, runtime=runtime).notes if "tokens" in note]
    assert "the text encoder reads 256" in note


def test_answers_show_the_base_model_beside_the_adapted_one(runtime: Runtime, toy_tasks: list[Task]) -> None:
    result = adapt("Say where people live", toy_tasks[2].test[:3], runtime=runtime)
    assert [answer.input for answer in result.answers] == [example.input for example in toy_tasks[2].test[:3]]
    assert {(answer.adapted, answer.expected) for answer in result.answers} == {("house", "house")}
    prompts = [render_prompt("Input: {input}\nOutput:", answer.input) for answer in result.answers]
    assert [answer.base for answer in result.answers] == [out.answer for out in generate(runtime.base, prompts)]


def test_card_and_registry_hold_parents_reason_and_decision(runtime: Runtime, toy_tasks: list[Task]) -> None:
    description = "Say  where\tpeople live "
    result = adapt(description, toy_tasks[2].test[:5], runtime=runtime)
    entry = runtime.registry.get(result.entry.reference)
    card = read_card(runtime.registry.verified_folder(entry))
    assert card == result.adapter.card
    assert card.description == entry.description == "Say where people live"
    assert (card.origin, card.parents) == ("retrieved", ("registry:homes@1",))
    assert (entry.origin, entry.parents) == (card.origin, card.parents)
    assert card.metrics == entry.metrics == {"exact_match.given_examples": 1.0, "exact_match.cross_validated": 1.0}
    assert [(example.input, example.output) for example in card.examples] == [
        (example.input, example.output) for example in toy_tasks[2].test[:5]
    ]
    assert card.decision is not None
    assert card.decision["reason"] == result.reason
    assert card.decision["base_exact_match"] == 0.0
    assert [candidate["reference"] for candidate in card.decision["candidates"]] == [
        candidate.reference for candidate in result.candidates
    ]
    assert {"barks", "counts", "homes"} <= {
        re.split("[:@]", candidate["reference"])[1] for candidate in card.decision["candidates"]
    }
    assert json.loads(json.dumps(result.summary()))["reason"] == result.reason


def test_running_twice_registers_one_version(runtime: Runtime, toy_tasks: list[Task]) -> None:
    first = adapt("Say where people live", toy_tasks[2].test[:3], runtime=runtime)
    listed = versions(runtime)
    second = adapt("Say where people live", toy_tasks[2].test[:3], runtime=runtime)
    assert second.entry.reference == first.entry.reference == f"registry:{first.entry.name}@1"
    assert versions(runtime) == listed


def test_what_adapt_made_does_not_compete_with_its_parents(runtime: Runtime, toy_tasks: list[Task]) -> None:
    text = toy_tasks[0].unseen_descriptions[0]
    made = adapt(text, runtime=runtime)
    again = adapt(text, toy_tasks[0].test[:3], runtime=runtime)
    assert made.entry.reference not in {candidate.reference for candidate in again.candidates}


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def load_quietly(load: Callable[[], Any]) -> Any:
    """What `load` gives, after asserting that neither `warnings` nor a library's log complained."""
    handler = _Warnings()
    loggers = [logging.getLogger(name) for name in ("", "peft", "transformers")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # PEFT asks every transformers model for this attribute, whatever the adapter
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
            loaded = load()
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    assert handler.messages == []
    return loaded


def greedy(model: Any, base: BaseModel, prompts: Sequence[str]) -> list[tuple[int, ...]]:
    """New tokens by plain `generate`, one prompt at a time, without the stop token."""
    found = []
    for prompt in prompts:
        ids = base.tokenizer(prompt, return_tensors="pt").input_ids
        with torch.inference_mode():
            output = model.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=32, do_sample=False, pad_token_id=2
            )[0, ids.shape[1] :].tolist()
        found.append(tuple(output[: output.index(2)] if 2 in output else output))
    return found


@pytest.mark.parametrize("description", ["Say where people live.", FAR], ids=["retrieved", "generated"])
def test_the_folders_written_answer_alike_in_peft_and_transformers(
    description: str, runtime: Runtime, tiny_base_folder: Path, tmp_path: Path
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    out, merge = tmp_path / "adapter", tmp_path / "merged"
    result = adapt(description, out=out, merge=merge, force=True, runtime=runtime)
    assert (result.folder, result.merged) == (out, merge)
    assert tree(out) == ["README.md", "adapter_config.json", "adapter_model.safetensors", "hyperlora.json"]
    assert read_adapter(out).content_hash == result.adapter.content_hash
    assert {"config.json", "model.safetensors", "tokenizer.json", "hyperlora_merge.json"} <= set(tree(merge))

    base = runtime.base
    prompts = [render_prompt(result.adapter.card.prompt_template, text) for text in ("abc", "dog", "house", "7", "x y")]
    bank = generate(
        base, prompts, bank=runtime.bank, factors=stack_adapters([result.adapter]), choices=[0] * len(prompts)
    )
    expected = [generated.tokens for generated in bank]
    assert expected != [generated.tokens for generated in generate(base, prompts)], "the adapter changes nothing"
    plain = AutoModelForCausalLM.from_pretrained(tiny_base_folder)
    assert greedy(load_quietly(lambda: PeftModel.from_pretrained(plain, out)), base, prompts) == expected
    assert greedy(load_quietly(lambda: AutoModelForCausalLM.from_pretrained(merge)), base, prompts) == expected


@pytest.fixture(scope="module")
def _home_of_refusals(finished: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(finished.home, tmp_path_factory.mktemp("refusals") / "home"))


@pytest.fixture
def shared_runtime(
    _home_of_refusals: Path, tiny_base_folder: Path, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch
) -> Runtime:
    """A runtime on a home that all refusals share, for tests that end by asserting that nothing was written to it.

    Each asks in words of its own, so that what one wrote by mistake does not hide what the next one writes.
    """
    monkeypatch.setenv("HYPERLORA_HOME", str(_home_of_refusals))
    reload_settings()
    runtime = Runtime(f"file:{tiny_base_folder}")
    runtime.encoder = encoder
    return runtime


def make_full(folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.txt").write_text("keep")


@pytest.mark.parametrize("description", ["", " \t\n", "x" * (LONGEST_DESCRIPTION + 1)], ids=["empty", "blank", "long"])
def test_an_unusable_description_leaves_no_trace(description: str, shared_runtime: Runtime, tmp_path: Path) -> None:
    listed, before = versions(shared_runtime), tree(shared_runtime.registry.home)
    with pytest.raises(InputError, match="description"):
        adapt(description, out=tmp_path / "out", merge=tmp_path / "merged", runtime=shared_runtime)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "merged").exists()
    assert versions(shared_runtime) == listed
    assert tree(shared_runtime.registry.home) == before


@pytest.mark.parametrize(("steps", "count"), [(-1, 2), (4, 0)], ids=["negative", "nothing to train on"])
def test_steps_that_cannot_be_taken_leave_no_trace(
    steps: int, count: int, shared_runtime: Runtime, toy_tasks: list[Task], tmp_path: Path
) -> None:
    listed = versions(shared_runtime)
    with pytest.raises(InputError) as caught:
        adapt(
            f"Say where people live in {tmp_path.name}",
            toy_tasks[2].test[:count],
            out=tmp_path / "out",
            refine=steps,
            runtime=shared_runtime,
        )
    assert "--refine" in caught.value.remedy or "--examples" in caught.value.remedy
    assert not (tmp_path / "out").exists()
    assert versions(shared_runtime) == listed


# where `out` and `merge` go, relative to a folder that holds `full/mine.txt` and `file`
@pytest.mark.parametrize(
    ("out", "merge"),
    [
        ("full", None),
        ("file", None),
        ("free", "full"),
        (None, "file"),
        ("file/below", None),
        ("free", "file/below"),
        ("same", "same"),
        ("outer/inner", "outer"),
    ],
)
def test_targets_that_cannot_be_written_are_refused_before_anything_is(
    out: str | None, merge: str | None, shared_runtime: Runtime, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    make_full(place / "full")
    (place / "file").write_text("keep")
    listed, before, here = versions(shared_runtime), tree(shared_runtime.registry.home), tree(place)
    with pytest.raises((InputError, OSError)):
        adapt(
            f"Say where people live in {tmp_path.name}",
            out=None if out is None else place / out,
            merge=None if merge is None else place / merge,
            runtime=shared_runtime,
        )
    assert tree(place) == here
    assert versions(shared_runtime) == listed
    assert tree(shared_runtime.registry.home) == before


@pytest.mark.parametrize(
    "examples",
    [
        [{"input": "abc"}],
        [{"input": "abc", "output": "dog"}, {"output": "dog"}],
        ["abc"],
        [("abc", "dog")],
        [None],
        [{"input": "abc", "output": None}],
        [{"input": "abc", "output": " "}],
        [{"input": "", "output": "dog"}],
        [{"input": "abc", "output": "dog\ncat"}],
    ],
    ids=["no output", "no input", "text", "pair", "none", "null", "blank output", "empty input", "two lines"],
)
def test_malformed_examples_leave_no_trace(examples: list[Any], shared_runtime: Runtime, tmp_path: Path) -> None:
    listed, base = versions(shared_runtime), shared_runtime.located.identity.id
    with pytest.raises((InputError, TaskFormatError)):
        hyperlora.adapt(f"Say where people live in {tmp_path.name}", examples, out=tmp_path / "out", base=base)
    assert not (tmp_path / "out").exists()
    assert versions(shared_runtime) == listed


def test_a_malformed_example_file_is_named_with_its_line(shared_runtime: Runtime, tmp_path: Path) -> None:
    listed = versions(shared_runtime)
    path = tmp_path / "mine.jsonl"
    path.write_text('{"input": "abc", "output": "dog"}\n{"input": "abc"}\n')
    with pytest.raises(TaskFormatError, match=r"mine\.jsonl, line 2: has no 'output'"):
        hyperlora.adapt("Say where people live", path, out=tmp_path / "out", base=shared_runtime.located.identity.id)
    assert not (tmp_path / "out").exists()
    assert versions(shared_runtime) == listed


def test_an_empty_registry_names_the_remedy(registry: Registry, tiny_base_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither adapters nor a generator") as caught:
        adapt("Say where people live", out=tmp_path / "out", runtime=Runtime(f"file:{tiny_base_folder}", registry))
    assert caught.value.remedy == "Run: hyperlora registry seed, or hyperlora import file:YOUR_ADAPTERS"
    assert not (tmp_path / "out").exists()
    assert registry.entries() == []


def test_adapters_and_generators_of_another_base_are_not_candidates(
    runtime: Runtime, tiny_base_folder: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "other"
    shutil.copytree(tiny_base_folder, folder)
    tensors = load_file(folder / "model.safetensors")
    save_file(tensors | {"model.norm.weight": tensors["model.norm.weight"] * 2}, folder / "model.safetensors")
    other = Runtime(f"file:{folder}", runtime.registry)
    other.encoder = runtime.encoder
    with pytest.raises(InputError, match="neither adapters nor a generator"):
        adapt("Say where people live", runtime=other)


def test_a_generator_trained_with_another_encoder_is_not_a_candidate(runtime: Runtime) -> None:
    class Other:
        id = "other-encoder"
        dimensions = runtime.encoder.dimensions
        encode = runtime.encoder.encode
        name = "file:another"
        tokens = runtime.encoder.tokens
        most_tokens = runtime.encoder.most_tokens

    runtime.encoder = Other()  # type: ignore[assignment]
    result = adapt(FAR, force=True, runtime=runtime)
    assert {candidate.origin for candidate in result.candidates} == {"retrieved"}


def test_a_damaged_candidate_is_reported_and_not_used(runtime: Runtime) -> None:
    entry = runtime.registry.get("registry:homes")
    (entry.folder / "README.md").write_text("changed")
    with pytest.raises(HyperLoRAError, match=r"does not match its record: README\.md"):
        adapt("Say where people live", runtime=runtime)


def test_a_newly_registered_adapter_is_found_by_a_live_runtime(
    runtime: Runtime, make_adapter: Callable[..., Adapter], tiny_base: BaseModel
) -> None:
    assert "registry:norse@1" not in {hit.entry.reference for hit in runtime.retriever().search(FAR, 9)}
    card = Card(description="Write Old Norse verse", origin="trained")
    runtime.registry.register(Adapter(make_adapter(3).modules, tiny_base.identity, card), "norse")
    assert runtime.retriever().search(FAR, 1)[0].entry.reference == "registry:norse@1"


def test_the_champion_generator_is_used_even_if_a_newer_one_is_registered(runtime: Runtime) -> None:
    from generator.artifact import write_generator
    from generator.hypernet import Hypernet

    old = runtime.generator()
    assert old is not None
    fields = {"base": old.entry.base, "encoder": old.entry.encoder, "origin": "trained"}
    network = Hypernet(old.network.config.model_copy(update={"width": 8}))
    new = runtime.registry.put("generator", "newer", lambda folder: write_generator(network, folder), fields)
    used = runtime.generator()
    assert used is not None
    assert used.entry.reference == old.entry.reference
    runtime.registry.set_alias(new.reference, "champion")
    used = runtime.generator()
    assert used is not None
    assert used.entry.reference == new.reference


@given(st.text(max_size=300))
def test_any_description_gives_a_name_the_registry_takes(text: str) -> None:
    class Weights:
        content_hash = "0" * 64

    name = registered_name(text, Weights())  # type: ignore[arg-type]
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,127}", name)
    assert name == registered_name(text, Weights())  # type: ignore[arg-type]


def test_a_description_is_brought_to_one_line() -> None:
    assert check_description("  Say\nwhere \t people live ") == "Say where people live"


def test_the_python_calls_do_what_their_pipelines_do(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, toy_tasks: list[Task]
) -> None:
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", runtime.located.identity.id)
    reload_settings()
    hits = hyperlora.search("Say where people live", 2)
    assert [hit.entry.name for hit in hits][:1] == ["homes"]
    assert len(hits) == 2
    written = hyperlora.generate(FAR)
    assert (written.card.origin, written.card.description) == ("generated", FAR)
    result = hyperlora.adapt("x", [{"input": e.input, "output": e.output} for e in toy_tasks[1].test[:3]])
    assert result.candidates[0].reference == "registry:counts@1"
    folder = hyperlora.merge("registry:homes@champion", tmp_path / "merged")
    record = json.loads((folder / "hyperlora_merge.json").read_text())
    assert record["adapter"] == runtime.registry.load("registry:homes").content_hash
