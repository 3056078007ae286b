"""Generating: one look and one forward for all, cards that say what was done, refusals that leave no trace."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import hyperlora
from generator.artifact import CONFIG_FILE, WEIGHTS_FILE, write_generator
from generator.conditions import AdapterRequest, ConditionKind, condition_kind
from generator.cvae import Cvae
from generator.hypernet import Hypernet
from generator.writing import write
from hyperlora.bank import stack_adapters
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import AdapterFormatError, HyperLoRAError, InputError, RegistryError, TaskFormatError
from hyperlora.inference.decoding import generate
from hyperlora.lora.adapter import Adapter
from hyperlora.registry import Registry
from hyperlora.settings import reload_settings
from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import Example, Task
from pipelines.adapt.adapt import adapt
from pipelines.adapt.generate import (
    GenerationConfig,
    check_request,
    find_generator,
    generate_adapters,
    generation_notes,
    made_by,
    refine_recipe,
)
from pipelines.adapt.pool_mean import PoolMeanInit, mean_adapter
from pipelines.runtime import LONGEST_DESCRIPTION, Runtime
from pipelines.training.refine import refine
from retrieval.index import pool_entries

FAR = "Translate the sentence into Old Norse verse"
WRITER = "registry:quickstart-hypernet@1"


@pytest.fixture(scope="module")
def _generating_home(finished: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(finished.home, tmp_path_factory.mktemp("generating") / "home"))


@pytest.fixture
def reader(
    _generating_home: Path, tiny_base_folder: Path, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runtime]:
    """A runtime on a home that tests share, for what must leave no trace there."""
    monkeypatch.setenv("HYPERLORA_HOME", str(_generating_home))
    reload_settings()
    runtime = Runtime(f"file:{tiny_base_folder}")
    runtime.encoder = encoder
    before = versions(runtime.registry)
    yield runtime
    assert versions(runtime.registry) == before


def versions(registry: Registry) -> list[str]:
    return [entry.reference for kind in ("adapter", "generator") for entry in registry.entries(kind)]


def close(one: Adapter, other: Adapter) -> bool:
    """Whether two adapters change the model alike but for rounding."""
    assert one.modules.keys() == other.modules.keys()
    return all(
        torch.allclose(part.weight_change(), other.modules[name].weight_change(), atol=1e-5, rtol=1e-4)
        for name, part in one.modules.items()
    )


# --- what is written ------------------------------------------------------------------------------------


def test_all_that_is_wanted_is_one_look_and_one_forward(reader: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, forwards = [], []
    network, encode = find_generator(reader).network, reader.encoder.encode
    monkeypatch.setattr(reader.encoder, "encode", lambda texts: looks.append(list(texts)) or encode(texts))
    whole = network.forward
    monkeypatch.setattr(network, "forward", lambda given: forwards.append(len(given)) or whole(given))
    texts = [FAR, "Say where\n people live", "Name the pet"]
    made = generate_adapters(reader, [AdapterRequest(text) for text in texts])
    assert (looks, forwards) == ([[FAR, "Say where people live", "Name the pet"]], [3])
    monkeypatch.undo()
    for [adapter], text in zip(made, texts, strict=True):
        [[alone]] = generate_adapters(reader, [AdapterRequest(text)])
        assert close(adapter, alone)
        assert adapter.card == alone.card
    assert not close(made[0][0], made[1][0])
    assert generate_adapters(reader, []) == []


def test_a_plain_adapter_is_what_the_network_writes_and_its_card_names_it(reader: Runtime) -> None:
    generator = find_generator(reader)
    [[adapter]] = generate_adapters(reader, [AdapterRequest(f" {FAR}\n")])
    [factors] = write(generator.network, torch.from_numpy(reader.encoder.encode([FAR])))
    assert adapter.content_hash == Adapter(factors, adapter.base, adapter.card).content_hash
    card = adapter.card
    assert (card.description, card.origin, card.parents) == (FAR, "generated", (WRITER,))
    assert (card.decision, card.examples, card.description_source) == (None, (), "given")
    assert card.prompt_template == generator.network.config.prompt_template
    assert card.recipe_hash == made_by(generator, AdapterRequest(FAR), GenerationConfig())


def test_the_licence_is_the_generators(reader: Runtime) -> None:
    known = find_generator(reader)
    licensed = replace(known, entry=replace(known.entry, licence="CC-BY-4.0"))
    reader.generator = lambda reference=None: licensed  # type: ignore[method-assign]
    assert generate_adapters(reader, [AdapterRequest(FAR)])[0][0].card.licence == "CC-BY-4.0"


def test_refining_teaches_the_examples_and_the_card_says_so(
    reader: Runtime, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = refine_recipe(12).model_copy(update={"learning_rate": 0.03})
    monkeypatch.setattr("pipelines.adapt.generate.refine_recipe", lambda steps=None: quick)
    barks, counts, homes = toy_tasks
    requests = [AdapterRequest(FAR, homes.train[:4]), AdapterRequest(counts.description, barks.train[:3])]
    [[first], [second]] = generate_adapters(reader, requests, GenerationConfig(refine=12, start="generated"))
    prompts = [render_prompt(first.card.prompt_template, example.input) for example in homes.test[:3]] * 2
    said = generate(
        reader.base, prompts, bank=reader.bank, factors=stack_adapters([first, second]), choices=[0] * 3 + [1] * 3
    )
    assert [output.answer for output in said] == ["house"] * 3 + ["dog"] * 3
    assert (first.card.origin, first.card.parents) == ("generated", (WRITER,))
    assert (first.card.decision, second.card.decision) == (
        {"refine_steps": 12, "examples": 4},
        {"refine_steps": 12, "examples": 3},
    )
    [[plain]] = generate_adapters(reader, [AdapterRequest(FAR)])
    [expected] = refine(reader.training_base, [plain], [homes.train[:4]], quick)
    # twelve large steps of Adam make rounding visible
    assert max_difference(first, expected) < 0.05 * max_difference(first, plain)


def test_refining_begins_at_the_mean_of_the_pool(reader: Runtime, toy_tasks: list[Task]) -> None:
    barks, _, homes = toy_tasks
    requests = [AdapterRequest(FAR, homes.train[:4]), AdapterRequest("", barks.train[:3])]
    [[first], [second]] = generate_adapters(reader, requests, GenerationConfig(refine=2))
    pool = pool_entries(reader.registry, reader.located.identity.fingerprint)
    members = [reader.registry.load(entry.reference) for entry in pool]
    start = mean_adapter(members)
    for name, part in start.modules.items():
        changes = [member.modules[name].weight_change() for member in members]
        torch.testing.assert_close(part.weight_change(), torch.stack(changes).mean(dim=0), atol=1e-5, rtol=1e-4)
    [expected] = refine(reader.training_base, [start], [homes.train[:4]], refine_recipe(2))
    assert 0 <= max_difference(first, expected) < 0.05 * max_difference(first, start)
    assert second.card.description.startswith("Answer as in: "), "a description is not needed"
    assert max_difference(first, second) > 0
    assert sorted(first.card.parents) == sorted(entry.reference for entry in pool)
    assert first.card.decision == {"start": "pool", "refine_steps": 2, "examples": 4}


def test_of_a_larger_pool_those_whose_examples_are_most_like_are_the_start(
    reader: Runtime, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.adapt.pool_mean._MOST", 1)
    barks, _, homes = toy_tasks
    pool_init = PoolMeanInit(reader)
    for task in (barks, homes):
        [member] = pool_init.members(task.train[:3])
        assert member.name == task.name
    assert pool_init.start([member]) is pool_init.start([member])


def test_a_pool_without_adapters_has_no_mean_to_begin_at(
    reader: Runtime, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.adapt.pool_mean.pool_entries", lambda registry, base: [])
    with pytest.raises(InputError, match=r"no adapters for .* to begin at"):
        generate_adapters(reader, [AdapterRequest(FAR, toy_tasks[0].train[:2])], GenerationConfig(refine=1))


def test_what_the_pool_has_changes_what_an_adapter_is_known_by(reader: Runtime) -> None:
    generator = find_generator(reader)
    request, how = AdapterRequest(FAR, (Example("cat", "cats"),)), GenerationConfig(refine=2)
    first, *rest = PoolMeanInit(reader).members(request.examples)
    known = {made_by(generator, request, how, begun=some) for some in ((), [first], [first, *rest])}
    assert len(known) == 3


def max_difference(one: Adapter, other: Adapter) -> float:
    return max(
        float((part.weight_change() - other.modules[name].weight_change()).abs().max())
        for name, part in one.modules.items()
    )


def test_the_shipped_refinement_takes_the_steps_asked_for() -> None:
    assert refine_recipe(7).steps == 7
    assert refine_recipe(7).learning_rate == refine_recipe(16).learning_rate > 0


@pytest.mark.parametrize("rank", [1, 3])
def test_a_lower_rank_keeps_the_best_part_and_says_how_much(rank: int, reader: Runtime) -> None:
    [[whole]] = generate_adapters(reader, [AdapterRequest(FAR)])
    [[cut]] = generate_adapters(reader, [AdapterRequest(FAR)], GenerationConfig(rank=rank))
    kept = total = 0.0
    for name, part in whole.modules.items():
        change = part.weight_change().double().numpy()
        U, S, Vh = np.linalg.svd(change, full_matrices=False)
        kept, total = kept + (S[:rank] ** 2).sum(), total + (S**2).sum()
        best = U[:, :rank] * S[:rank] @ Vh[:rank]
        np.testing.assert_allclose(cut.modules[name].weight_change().numpy(), best, atol=1e-5 * S[0])
    assert cut.ranks == (rank,)
    assert cut.card.decision == {"rank": rank, "energy_kept": pytest.approx(kept / total, rel=1e-5)}
    assert 0 < kept / total < 1


def test_the_generators_own_rank_cuts_nothing(reader: Runtime) -> None:
    [[whole]] = generate_adapters(reader, [AdapterRequest(FAR)])
    [[same]] = generate_adapters(reader, [AdapterRequest(FAR)], GenerationConfig(rank=4))
    assert (same.content_hash, same.card.decision) == (whole.content_hash, None)


def test_what_is_refined_is_cut_afterwards(reader: Runtime, toy_tasks: list[Task]) -> None:
    requests = [AdapterRequest(FAR, toy_tasks[0].train[:2])]
    [[cut]] = generate_adapters(reader, requests, GenerationConfig(refine=1, rank=2, start="generated"))
    assert cut.ranks == (2,)
    decision = cut.card.decision
    assert decision is not None
    assert list(decision) == ["refine_steps", "examples", "rank", "energy_kept"]


def test_the_description_may_stand_in_the_prompts_as_well(reader: Runtime, toy_tasks: list[Task]) -> None:
    shown = toy_tasks[2].train[:2]
    [[plain]] = generate_adapters(reader, [AdapterRequest(FAR)])
    [[told]] = generate_adapters(reader, [AdapterRequest(f" {FAR}\n")], GenerationConfig(in_prompt=True))
    assert told.card.prompt_template == f"{FAR}\n\n{plain.card.prompt_template}"
    assert told.card.decision == {"in_prompt": True}
    for name, part in told.modules.items():
        assert torch.equal(part.B, plain.modules[name].B)
    # and is there while it is trained on
    [[refined]] = generate_adapters(
        reader, [AdapterRequest(FAR, shown)], GenerationConfig(refine=2, start="generated", in_prompt=True)
    )
    assert refined.card.prompt_template == told.card.prompt_template
    assert refined.card.decision == {"in_prompt": True, "refine_steps": 2, "examples": 2}
    [expected] = refine(reader.training_base, [told], [shown], refine_recipe(2))
    [other] = refine(reader.training_base, [plain], [shown], refine_recipe(2))
    assert max_difference(refined, expected) < 0.05 * max_difference(expected, other)
    [[begun]] = generate_adapters(
        reader, [AdapterRequest(FAR, shown)], GenerationConfig(refine=1, start="pool", in_prompt=True)
    )
    assert begun.card.prompt_template.startswith(f"{FAR}\n\n")


# --- drawing --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("sampling")
def test_draws_differ_return_with_their_seed_and_do_not_depend_on_their_company(reader: Runtime) -> None:
    requests = [AdapterRequest(FAR), AdapterRequest("Say where people live")]
    drawn = generate_adapters(reader, requests, GenerationConfig(count=3, sample=True, seed=7))
    assert [len(some) for some in drawn] == [3, 3]
    all_six = [adapter for some in drawn for adapter in some]
    assert not any(close(one, other) for place, one in enumerate(all_six) for other in all_six[:place])
    assert [adapter.card.decision for adapter in drawn[1]] == [{"seed": 7, "draw": number} for number in (1, 2, 3)]
    assert len({adapter.card.recipe_hash for adapter in all_six}) == 6
    [alone] = generate_adapters(reader, requests[1:], GenerationConfig(count=2, sample=True, seed=7))
    assert all(close(one, other) for one, other in zip(alone, drawn[1], strict=False))
    [[other_seed]] = generate_adapters(reader, requests[1:], GenerationConfig(sample=True, seed=8))
    assert not close(other_seed, drawn[1][0])


def test_without_drawing_a_sampling_generator_writes_its_likeliest(reader: Runtime, sampling: Cvae) -> None:
    [[likeliest]] = generate_adapters(reader, [AdapterRequest(FAR)])
    expected = sampling(torch.from_numpy(reader.encoder.encode([FAR])))
    for name, part in likeliest.modules.items():
        torch.testing.assert_close(part.B, expected[name].B[0])
    assert likeliest.card.decision is None


def test_a_generator_of_examples_needs_no_description_and_proposes_one(
    reader: Runtime, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def read(config: Any, wanted: Any, senses: Runtime) -> torch.Tensor:
        asked.extend(wanted)
        return torch.from_numpy(senses.encoder.encode([each.examples[0].output for each in wanted]))

    kind = ConditionKind(frozenset({"examples"}), True, read)
    for module in ("generator.conditions", "pipelines.adapt.generate"):
        monkeypatch.setattr(f"{module}.condition_kind", lambda config: kind)
    examples = (Example("cat", "cats"), Example("ox", "oxen"))
    [[adapter]] = generate_adapters(reader, [AdapterRequest("", examples)])
    assert asked == [AdapterRequest("", examples)]
    assert (adapter.card.description, adapter.card.description_source) == (
        "Answer as in: cat -> cats; ox -> oxen",
        "proposed",
    )
    long = tuple(Example("word " * 100, "x") for _ in range(3))
    assert len(generate_adapters(reader, [AdapterRequest("", long)])[0][0].card.description) <= 200
    with pytest.raises(InputError, match=r"hypernet@1 reads solved examples, and there are none") as caught:
        generate_adapters(reader, [AdapterRequest(FAR)])
    assert "--examples" in caught.value.remedy
    assert generation_notes(reader, GenerationConfig(), examples=True) == []
    # `adapt` without examples goes on without it
    from pipelines.adapt.candidates import find_candidates

    origins = [candidate.origin for candidate, _ in find_candidates(reader, FAR, ())]
    assert set(origins) == {"retrieved"}


def test_a_generator_that_reads_examples_takes_them_instead_of_a_description_or_beside_it(
    reader: Runtime, reading: Hypernet
) -> None:
    cat, dog = ((Example(word, f"{word}s"),) for word in ("cat", "dog"))
    requests = [AdapterRequest(FAR), AdapterRequest("", cat), AdapterRequest(FAR, cat), AdapterRequest(FAR, dog)]
    written = [adapter for [adapter] in generate_adapters(reader, requests)]
    assert len({adapter.content_hash for adapter in written}) == 4
    expected = write(reading, condition_kind(reading.config).read(reading.config, requests, reader))
    for adapter, factors in zip(written, expected, strict=True):
        for name, part in adapter.modules.items():
            torch.testing.assert_close(part.B, factors[name].B)
    assert [adapter.card.description for adapter in written] == [FAR, "Answer as in: cat -> cats", FAR, FAR]
    assert not [note for note in generation_notes(reader, GenerationConfig(), examples=True) if "read examples" in note]
    generator = find_generator(reader)
    assert made_by(generator, requests[2], GenerationConfig()) != made_by(generator, requests[3], GenerationConfig())
    # and refinement begins at what it wrote
    [[refined]] = generate_adapters(reader, [requests[2]], GenerationConfig(refine=1))
    [expected] = refine(reader.training_base, [written[2]], [cat], refine_recipe(1))
    assert (refined.card.parents, refined.card.decision) == ((WRITER,), {"refine_steps": 1, "examples": 1})
    assert max_difference(refined, expected) < 0.05 * max_difference(refined, written[2])
    [[begun]] = generate_adapters(reader, [requests[2]], GenerationConfig(refine=1, start="pool"))
    assert begun.card.decision == {"start": "pool", "refine_steps": 1, "examples": 1}
    with pytest.raises(InputError, match="the description is empty"):
        generate_adapters(reader, [AdapterRequest(" ")])


def test_an_adapter_is_known_again_by_all_that_it_comes_from_and_nothing_else(reader: Runtime) -> None:
    generator, cat = find_generator(reader), (Example("cat", "cats"),)
    plain = made_by(generator, AdapterRequest(FAR), GenerationConfig())
    assert made_by(generator, AdapterRequest(FAR, cat), GenerationConfig()) == plain, "nothing reads the examples"
    assert made_by(generator, AdapterRequest(FAR), GenerationConfig(seed=3)) == plain, "nothing is drawn"
    newer = replace(generator, entry=replace(generator.entry, content="0" * 64))
    others = [
        made_by(newer, AdapterRequest(FAR), GenerationConfig()),
        made_by(generator, AdapterRequest("Do it"), GenerationConfig()),
        made_by(generator, AdapterRequest(FAR), GenerationConfig(rank=2)),
        made_by(generator, AdapterRequest(FAR), GenerationConfig(in_prompt=True)),
        made_by(generator, AdapterRequest(FAR, cat), GenerationConfig(refine=3)),
        made_by(generator, AdapterRequest(FAR, cat * 2), GenerationConfig(refine=3)),
        made_by(generator, AdapterRequest(FAR, cat), GenerationConfig(refine=4)),
        made_by(generator, AdapterRequest(FAR), GenerationConfig(sample=True)),
        made_by(generator, AdapterRequest(FAR), GenerationConfig(sample=True, seed=1)),
        made_by(generator, AdapterRequest(FAR), GenerationConfig(count=2, sample=True), 1),
    ]
    assert len({plain, *others}) == 11
    assert made_by(generator, AdapterRequest(FAR), GenerationConfig(count=9, sample=True)) == others[7], (
        "of nine or alone"
    )


# --- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "how", "problem", "remedy"),
    [
        (AdapterRequest(""), {}, "the description is empty", "Say in a sentence"),
        (AdapterRequest(" \n\t", (Example("a", "b"),)), {}, "the description is empty", "Say in a sentence"),
        (AdapterRequest("x" * 100_000), {}, "the description has 100000 characters", f"at most {LONGEST_DESCRIPTION}"),
        (AdapterRequest("x"), {"sample": True}, "a hypernet and writes one adapter", "Leave out --sample"),
        (AdapterRequest("x"), {"refine": 2}, "no examples to refine on", "--examples FILE"),
        (
            AdapterRequest("", (Example("a", "b"),)),
            {"in_prompt": True},
            "the description is empty",
            "Say in a sentence",
        ),
        (AdapterRequest("Copy {input}"), {"in_prompt": True}, "description holds {input}", "other words"),
        (AdapterRequest("x"), {"rank": 5}, "writes adapters of rank 4, not 5", "lower --rank"),
    ],
)
def test_what_the_generator_cannot_do_is_refused(
    wanted: AdapterRequest, how: dict[str, Any], problem: str, remedy: str, reader: Runtime
) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        generate_adapters(reader, [AdapterRequest(FAR), wanted], GenerationConfig(**how))
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("how", "problem", "remedy"),
    [
        ({"count": 5}, "5 adapters for one description would be alike", "--sample"),
        ({"count": 0}, "0 adapters are asked for", "--n"),
        ({"refine": -1}, "-1 steps", "--refine"),
        ({"rank": 0}, "rank is 0", "at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(how: dict[str, Any], problem: str, remedy: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        GenerationConfig(**how)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"input,output\ncat,cats\n", "line 1, column 1: is not JSON"),
        (b'{"colour": "red"}\n', "line 1: "),
        (b"\xff\xfe", "line 1: is not UTF-8"),
        (b"", ": holds no example"),
    ],
    ids=["CSV", "other columns", "UTF-16", "empty"],
)
def test_examples_that_cannot_be_read_are_refused_by_file_and_line(
    content: bytes, told: str, reader: Runtime, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(content)
    with pytest.raises(TaskFormatError, match=re.escape("mine.jsonl") + ".*" + told):
        hyperlora.generate(FAR, path, refine=2, base=reader.located.identity.id)


def test_a_generator_for_another_base_or_encoder_is_none_and_the_error_names_it(
    reader: Runtime, tiny_base_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_base_folder, tmp_path / "other")
    tensors = load_file(tmp_path / "other" / "model.safetensors")
    save_file(tensors | {"model.norm.weight": tensors["model.norm.weight"] * 2}, tmp_path / "other/model.safetensors")
    other = Runtime(f"file:{tmp_path / 'other'}", reader.registry)
    other.encoder = reader.encoder
    id = reader.located.identity.id
    told = f"no generator for file:.*/other and {reader.encoder.id}; {WRITER} is for {id} and {reader.encoder.id}"
    with pytest.raises(InputError, match=told) as caught:
        generate_adapters(other, [AdapterRequest(FAR)])
    assert "hyperlora train generator" in caught.value.remedy

    class Stranger:
        id = "stranger"

    reader.encoder = Stranger()  # type: ignore[assignment]
    with pytest.raises(InputError, match=r"no generator for .* and stranger; .* is for"):
        generate_adapters(reader, [AdapterRequest(FAR)])


def spoil_record(registry: Registry, changes: dict[str, str]) -> None:
    """Register the generator once more, for what it was not trained for."""
    entry = registry.get(WRITER)
    fields = {"base": entry.base, "encoder": entry.encoder, "origin": "trained"} | changes
    registry.put("generator", "copy", lambda folder: _copy_files(entry.folder, folder), fields, alias="champion")
    registry.delete(WRITER, force=True)


def _copy_files(source: Path, target: Path) -> None:
    for path in source.iterdir():
        shutil.copy(path, target / path.name)


def truncated(registry: Registry) -> None:
    path = registry.get(WRITER).folder / WEIGHTS_FILE
    path.write_bytes(path.read_bytes()[:-8])


def rewritten(registry: Registry) -> None:
    path = registry.get(WRITER).folder / CONFIG_FILE
    path.write_text(path.read_text().replace('"rank": 4', '"rank": 2'))


def registered_with_nan(registry: Registry) -> None:
    from generator.artifact import read_generator

    entry = registry.get(WRITER)
    network = read_generator(entry.folder)
    registry.delete(WRITER, force=True)
    fields = {"base": entry.base, "encoder": entry.encoder, "origin": "trained"}

    def write(folder: Path) -> None:  # as an earlier release did
        write_generator(network, folder)
        tensors = load_file(folder / WEIGHTS_FILE)
        tensors["norm.weight"][0] = float("nan")
        save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})

    registry.put("generator", entry.name, write, fields)


def of_another_condition(registry: Registry) -> None:
    from generator.artifact import read_generator

    entry = registry.get(WRITER)
    config = read_generator(entry.folder).config.model_copy(update={"condition_size": 12})
    registry.delete(WRITER, force=True)
    fields = {"base": entry.base, "encoder": entry.encoder, "origin": "trained"}
    registry.put("generator", "narrow", partial(write_generator, Hypernet(config)), fields)


@pytest.mark.parametrize(
    ("spoil", "error", "problem"),
    [
        (truncated, RegistryError, r"does not match its record: generator\.safetensors"),
        (rewritten, RegistryError, r"does not match its record: generator\.json"),
        (registered_with_nan, AdapterFormatError, "hold NaN or Inf"),
    ],
    ids=["truncated", "rewritten", "NaN"],
)
def test_a_damaged_generator_is_refused_where_it_is_named_and_else_left_out_with_a_note(
    spoil: Callable[[Registry], None], error: type[HyperLoRAError], problem: str, runtime: Runtime
) -> None:
    spoil(runtime.registry)
    [entry] = runtime.registry.entries("generator")
    before = versions(runtime.registry)
    with pytest.raises(error, match=problem):
        generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator=entry.reference))
    with pytest.raises(
        InputError, match=f"no generator for .*; the generator {entry.reference} is damaged and left out"
    ):
        generate_adapters(runtime, [AdapterRequest(FAR)])
    assert versions(runtime.registry) == before
    result = adapt(FAR, force=True, runtime=runtime)
    assert {each.origin for each in result.candidates} == {"retrieved"}
    assert result.notes[0].startswith(f"the generator {entry.reference} is damaged and left out")


@pytest.mark.parametrize(
    ("spoil", "error", "problem"),
    [
        (of_another_condition, AdapterFormatError, "takes conditions of 12 numbers"),
        (partial(spoil_record, changes={"encoder": ""}), InputError, "no generator for"),
    ],
    ids=["another condition", "no encoder"],
)
def test_a_generator_that_does_not_fit_is_refused_and_nothing_is_registered(
    spoil: Callable[[Registry], None], error: type[HyperLoRAError], problem: str, runtime: Runtime
) -> None:
    spoil(runtime.registry)
    before = versions(runtime.registry)
    with pytest.raises(error, match=problem):
        generate_adapters(runtime, [AdapterRequest(FAR)])
    if error is not InputError:
        with pytest.raises(error, match=problem):
            adapt(FAR, runtime=runtime)
    assert versions(runtime.registry) == before


def test_a_generator_registered_for_what_it_was_not_trained_for_is_refused(runtime: Runtime) -> None:
    generator = find_generator(runtime)
    config = generator.network.config.model_copy(update={"encoder": "another"})  # type: ignore[attr-defined]
    fields = {"base": generator.entry.base, "encoder": generator.entry.encoder, "origin": "trained"}
    runtime.registry.put("generator", "wrong", partial(write_generator, Hypernet(config)), fields, alias="champion")
    runtime.registry.remove_alias("quickstart-hypernet", "champion")
    with pytest.raises(RegistryError, match="wrong@1 is registered for another base model or encoder") as caught:
        generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator="registry:wrong"))
    assert "hyperlora registry delete registry:wrong@1" in caught.value.remedy
    [[made]] = generate_adapters(runtime, [AdapterRequest(FAR)])
    assert made.card.parents == (WRITER,)


def register_another(runtime: Runtime, name: str, **changes: str) -> str:
    """A generator of another width, not the champion; its reference."""
    known = runtime.generator(WRITER)
    assert known is not None
    network = Hypernet(known.network.config.model_copy(update={"width": 8}))
    fields = {"base": known.entry.base, "encoder": known.entry.encoder, "origin": "trained"} | changes
    return runtime.registry.put("generator", name, partial(write_generator, network), fields).reference


def test_the_generator_that_is_named_writes_and_not_the_champion(runtime: Runtime) -> None:
    other = register_another(runtime, "narrow")
    [[written]] = generate_adapters(runtime, [AdapterRequest(FAR)])
    [[named]] = generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator="registry:narrow"))
    assert (written.card.parents, named.card.parents) == ((WRITER,), (other,))
    assert named.card.recipe_hash != written.card.recipe_hash
    assert all(other in note for note in generation_notes(runtime, GenerationConfig(generator=other), examples=True))
    own = Runtime(runtime.base_name, runtime.registry, generator=other)
    own.encoder = runtime.encoder
    assert generate_adapters(own, [AdapterRequest(FAR)])[0][0].card.parents == (other,)
    back = generate_adapters(own, [AdapterRequest(FAR)], GenerationConfig(generator=WRITER))
    assert back[0][0].card.parents == (WRITER,), "what a call names comes before what the runtime does"


def test_a_named_generator_that_does_not_fit_is_refused_with_those_that_do(runtime: Runtime) -> None:
    foreign = register_another(runtime, "foreign", encoder="stranger")
    adapter = runtime.registry.entries("adapter")[0].reference
    for reference, problem in (
        (foreign, r"registry:foreign@1 is for .* and stranger, not for .* and "),
        (adapter, f"{adapter} is an adapter and no generator"),
    ):
        with pytest.raises(InputError, match=problem) as caught:
            generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator=reference))
        assert caught.value.remedy == f"Generators that fit: {WRITER}."
    with pytest.raises(RegistryError, match="nowhere"):
        generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator="registry:nowhere"))
    with pytest.raises(InputError, match="file:"):
        generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator="file:somewhere"))
    runtime.registry.delete(WRITER, force=True)
    with pytest.raises(InputError) as caught:
        generate_adapters(runtime, [AdapterRequest(FAR)], GenerationConfig(generator=foreign))
    assert "hyperlora train generator" in caught.value.remedy


def test_an_empty_registry_names_the_remedy(registry: Registry, tiny_base_folder: Path, encoder: TextEncoder) -> None:
    runtime = Runtime(f"file:{tiny_base_folder}", registry)
    runtime.encoder = encoder
    with pytest.raises(InputError) as caught:
        generate_adapters(runtime, [AdapterRequest(FAR)])
    assert caught.value.problem.endswith(f"/tiny-llama and {encoder.id}")
    assert caught.value.remedy == "Run: hyperlora registry seed, or hyperlora train generator"


def test_a_check_brings_the_description_to_one_line(reader: Runtime) -> None:
    checked = check_request(find_generator(reader), AdapterRequest("  Say\nwhere \t people live "), GenerationConfig())
    assert checked == AdapterRequest("Say where people live")
    assert condition_kind(find_generator(reader).network.config).takes == {"description"}


# --- notes and the doorway ------------------------------------------------------------------------------


def test_examples_that_nothing_reads_are_noted(reader: Runtime) -> None:
    [note] = generation_notes(reader, GenerationConfig(), examples=True)
    assert note == f"{WRITER} does not read examples; to train on them: --refine STEPS"
    assert generation_notes(reader, GenerationConfig(refine=2), examples=True) == []
    assert generation_notes(reader, GenerationConfig(), examples=False) == []


def test_the_python_call_takes_what_the_command_takes(
    reader: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", reader.located.identity.id)
    reload_settings()
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps({"input": "cat", "output": "cats"}) + "\n")
    assert hyperlora.generate(FAR, in_prompt=True).card.prompt_template.startswith(f"{FAR}\n\n")
    refined = hyperlora.generate(FAR, few, refine=2, rank=2)
    assert (refined.ranks, refined.card.decision and refined.card.decision["refine_steps"]) == ((2,), 2)
    same = hyperlora.generate(FAR, [{"input": "cat", "output": "cats"}], refine=2, rank=2)
    assert same.content_hash == refined.content_hash
    assert [adapter.card.description for adapter in hyperlora.generate(FAR, n=1)] == [FAR]
    with pytest.raises(InputError, match="Leave out --sample"):
        hyperlora.generate(FAR, n=2, sample=True, seed=1)
