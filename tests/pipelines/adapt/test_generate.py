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
from generator.conditions import ConditionKind, Wanted, condition_kind
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
    Generation,
    check_wanted,
    find_generator,
    generate_adapters,
    generation_notes,
    made_by,
    refining,
)
from pipelines.adapt.starts import PoolStarts, mean_adapter
from pipelines.session import LONGEST_DESCRIPTION, Session
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
) -> Iterator[Session]:
    """A session on a home that tests share, for what must leave no trace there."""
    monkeypatch.setenv("HYPERLORA_HOME", str(_generating_home))
    reload_settings()
    session = Session(f"file:{tiny_base_folder}")
    session.encoder = encoder
    before = versions(session.registry)
    yield session
    assert versions(session.registry) == before


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


def test_all_that_is_wanted_is_one_look_and_one_forward(reader: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, forwards = [], []
    network, encode = find_generator(reader).network, reader.encoder.encode
    monkeypatch.setattr(reader.encoder, "encode", lambda texts: looks.append(list(texts)) or encode(texts))
    whole = network.forward
    monkeypatch.setattr(network, "forward", lambda given: forwards.append(len(given)) or whole(given))
    texts = [FAR, "Say where\n people live", "Name the pet"]
    made = generate_adapters(reader, [Wanted(text) for text in texts])
    assert (looks, forwards) == ([[FAR, "Say where people live", "Name the pet"]], [3])
    monkeypatch.undo()
    for [adapter], text in zip(made, texts, strict=True):
        [[alone]] = generate_adapters(reader, [Wanted(text)])
        assert close(adapter, alone)
        assert adapter.card == alone.card
    assert not close(made[0][0], made[1][0])
    assert generate_adapters(reader, []) == []


def test_a_plain_adapter_is_what_the_network_writes_and_its_card_names_it(reader: Session) -> None:
    generator = find_generator(reader)
    [[adapter]] = generate_adapters(reader, [Wanted(f" {FAR}\n")])
    [factors] = write(generator.network, torch.from_numpy(reader.encoder.encode([FAR])))
    assert adapter.content_hash == Adapter(factors, adapter.base, adapter.card).content_hash
    card = adapter.card
    assert (card.description, card.origin, card.parents) == (FAR, "generated", (WRITER,))
    assert (card.decision, card.examples, card.description_source) == (None, (), "given")
    assert card.prompt_template == generator.network.config.prompt_template
    assert card.recipe_hash == made_by(generator, Wanted(FAR), Generation())


def test_the_licence_is_the_generators(reader: Session) -> None:
    known = find_generator(reader)
    licensed = replace(known, entry=replace(known.entry, licence="CC-BY-4.0"))
    reader.generator = lambda reference=None: licensed  # type: ignore[method-assign]
    assert generate_adapters(reader, [Wanted(FAR)])[0][0].card.licence == "CC-BY-4.0"


def test_refining_teaches_the_examples_and_the_card_says_so(
    reader: Session, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = refining(12).model_copy(update={"learning_rate": 0.03})
    monkeypatch.setattr("pipelines.adapt.generate.refining", lambda steps=None: quick)
    barks, counts, homes = toy_tasks
    wanted = [Wanted(FAR, homes.train[:4]), Wanted(counts.description, barks.train[:3])]
    [[first], [second]] = generate_adapters(reader, wanted, Generation(refine=12, start="generated"))
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
    [[plain]] = generate_adapters(reader, [Wanted(FAR)])
    [expected] = refine(reader.training_base, [plain], [homes.train[:4]], quick)
    # twelve large steps of Adam make rounding visible
    assert max_difference(first, expected) < 0.05 * max_difference(first, plain)


def test_refining_begins_at_the_mean_of_the_pool(reader: Session, toy_tasks: list[Task]) -> None:
    barks, _, homes = toy_tasks
    wanted = [Wanted(FAR, homes.train[:4]), Wanted("", barks.train[:3])]
    [[first], [second]] = generate_adapters(reader, wanted, Generation(refine=2))
    pool = pool_entries(reader.registry, reader.located.identity.fingerprint)
    members = [reader.registry.load(entry.reference) for entry in pool]
    start = mean_adapter(members)
    for name, part in start.modules.items():
        changes = [member.modules[name].weight_change() for member in members]
        torch.testing.assert_close(part.weight_change(), torch.stack(changes).mean(dim=0), atol=1e-5, rtol=1e-4)
    [expected] = refine(reader.training_base, [start], [homes.train[:4]], refining(2))
    assert 0 <= max_difference(first, expected) < 0.05 * max_difference(first, start)
    assert second.card.description.startswith("Answer as in: "), "a description is not needed"
    assert max_difference(first, second) > 0
    assert sorted(first.card.parents) == sorted(entry.reference for entry in pool)
    assert first.card.decision == {"start": "pool", "refine_steps": 2, "examples": 4}


def test_of_a_larger_pool_those_whose_examples_are_most_like_are_the_start(
    reader: Session, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.adapt.starts._MOST", 1)
    barks, _, homes = toy_tasks
    starts = PoolStarts(reader)
    for task in (barks, homes):
        [member] = starts.members(task.train[:3])
        assert member.name == task.name
    assert starts.start([member]) is starts.start([member])


def test_a_pool_without_adapters_has_no_mean_to_begin_at(
    reader: Session, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.adapt.starts.pool_entries", lambda registry, base: [])
    with pytest.raises(InputError, match=r"no adapters for .* to begin at"):
        generate_adapters(reader, [Wanted(FAR, toy_tasks[0].train[:2])], Generation(refine=1))


def test_what_the_pool_has_changes_what_an_adapter_is_known_by(reader: Session) -> None:
    generator = find_generator(reader)
    wanted, how = Wanted(FAR, (Example("cat", "cats"),)), Generation(refine=2)
    first, *rest = PoolStarts(reader).members(wanted.examples)
    known = {made_by(generator, wanted, how, begun=some) for some in ((), [first], [first, *rest])}
    assert len(known) == 3


def max_difference(one: Adapter, other: Adapter) -> float:
    return max(
        float((part.weight_change() - other.modules[name].weight_change()).abs().max())
        for name, part in one.modules.items()
    )


def test_the_shipped_refinement_takes_the_steps_asked_for() -> None:
    assert refining(7).steps == 7
    assert refining(7).learning_rate == refining(16).learning_rate > 0


@pytest.mark.parametrize("rank", [1, 3])
def test_a_lower_rank_keeps_the_best_part_and_says_how_much(rank: int, reader: Session) -> None:
    [[whole]] = generate_adapters(reader, [Wanted(FAR)])
    [[cut]] = generate_adapters(reader, [Wanted(FAR)], Generation(rank=rank))
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


def test_the_generators_own_rank_cuts_nothing(reader: Session) -> None:
    [[whole]] = generate_adapters(reader, [Wanted(FAR)])
    [[same]] = generate_adapters(reader, [Wanted(FAR)], Generation(rank=4))
    assert (same.content_hash, same.card.decision) == (whole.content_hash, None)


def test_what_is_refined_is_cut_afterwards(reader: Session, toy_tasks: list[Task]) -> None:
    wanted = [Wanted(FAR, toy_tasks[0].train[:2])]
    [[cut]] = generate_adapters(reader, wanted, Generation(refine=1, rank=2, start="generated"))
    assert cut.ranks == (2,)
    decision = cut.card.decision
    assert decision is not None
    assert list(decision) == ["refine_steps", "examples", "rank", "energy_kept"]


def test_the_description_may_stand_in_the_prompts_as_well(reader: Session, toy_tasks: list[Task]) -> None:
    shown = toy_tasks[2].train[:2]
    [[plain]] = generate_adapters(reader, [Wanted(FAR)])
    [[told]] = generate_adapters(reader, [Wanted(f" {FAR}\n")], Generation(in_prompt=True))
    assert told.card.prompt_template == f"{FAR}\n\n{plain.card.prompt_template}"
    assert told.card.decision == {"in_prompt": True}
    for name, part in told.modules.items():
        assert torch.equal(part.B, plain.modules[name].B)
    # and is there while it is trained on
    [[refined]] = generate_adapters(
        reader, [Wanted(FAR, shown)], Generation(refine=2, start="generated", in_prompt=True)
    )
    assert refined.card.prompt_template == told.card.prompt_template
    assert refined.card.decision == {"in_prompt": True, "refine_steps": 2, "examples": 2}
    [expected] = refine(reader.training_base, [told], [shown], refining(2))
    [other] = refine(reader.training_base, [plain], [shown], refining(2))
    assert max_difference(refined, expected) < 0.05 * max_difference(expected, other)
    [[begun]] = generate_adapters(reader, [Wanted(FAR, shown)], Generation(refine=1, start="pool", in_prompt=True))
    assert begun.card.prompt_template.startswith(f"{FAR}\n\n")


# --- drawing --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("sampling")
def test_draws_differ_return_with_their_seed_and_do_not_depend_on_their_company(reader: Session) -> None:
    wanted = [Wanted(FAR), Wanted("Say where people live")]
    drawn = generate_adapters(reader, wanted, Generation(count=3, sample=True, seed=7))
    assert [len(some) for some in drawn] == [3, 3]
    all_six = [adapter for some in drawn for adapter in some]
    assert not any(close(one, other) for place, one in enumerate(all_six) for other in all_six[:place])
    assert [adapter.card.decision for adapter in drawn[1]] == [{"seed": 7, "draw": number} for number in (1, 2, 3)]
    assert len({adapter.card.recipe_hash for adapter in all_six}) == 6
    [alone] = generate_adapters(reader, wanted[1:], Generation(count=2, sample=True, seed=7))
    assert all(close(one, other) for one, other in zip(alone, drawn[1], strict=False))
    [[other_seed]] = generate_adapters(reader, wanted[1:], Generation(sample=True, seed=8))
    assert not close(other_seed, drawn[1][0])


def test_without_drawing_a_sampling_generator_writes_its_likeliest(reader: Session, sampling: Cvae) -> None:
    [[likeliest]] = generate_adapters(reader, [Wanted(FAR)])
    expected = sampling(torch.from_numpy(reader.encoder.encode([FAR])))
    for name, part in likeliest.modules.items():
        torch.testing.assert_close(part.B, expected[name].B[0])
    assert likeliest.card.decision is None


def test_a_generator_of_examples_needs_no_description_and_proposes_one(
    reader: Session, toy_tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def read(config: Any, wanted: Any, senses: Session) -> torch.Tensor:
        asked.extend(wanted)
        return torch.from_numpy(senses.encoder.encode([each.examples[0].output for each in wanted]))

    kind = ConditionKind(frozenset({"examples"}), True, read)
    for module in ("generator.conditions", "pipelines.adapt.generate"):
        monkeypatch.setattr(f"{module}.condition_kind", lambda config: kind)
    examples = (Example("cat", "cats"), Example("ox", "oxen"))
    [[adapter]] = generate_adapters(reader, [Wanted("", examples)])
    assert asked == [Wanted("", examples)]
    assert (adapter.card.description, adapter.card.description_source) == (
        "Answer as in: cat -> cats; ox -> oxen",
        "proposed",
    )
    long = tuple(Example("word " * 100, "x") for _ in range(3))
    assert len(generate_adapters(reader, [Wanted("", long)])[0][0].card.description) <= 200
    with pytest.raises(InputError, match=r"hypernet@1 reads solved examples, and there are none") as caught:
        generate_adapters(reader, [Wanted(FAR)])
    assert "--examples" in caught.value.remedy
    assert generation_notes(reader, Generation(), examples=True) == []
    # `adapt` without examples goes on without it
    from pipelines.adapt.candidates import find_candidates

    origins = [candidate.origin for candidate, _ in find_candidates(reader, FAR, ())]
    assert set(origins) == {"retrieved"}


def test_a_generator_that_reads_examples_takes_them_instead_of_a_description_or_beside_it(
    reader: Session, reading: Hypernet
) -> None:
    cat, dog = ((Example(word, f"{word}s"),) for word in ("cat", "dog"))
    wanted = [Wanted(FAR), Wanted("", cat), Wanted(FAR, cat), Wanted(FAR, dog)]
    written = [adapter for [adapter] in generate_adapters(reader, wanted)]
    assert len({adapter.content_hash for adapter in written}) == 4
    expected = write(reading, condition_kind(reading.config).read(reading.config, wanted, reader))
    for adapter, factors in zip(written, expected, strict=True):
        for name, part in adapter.modules.items():
            torch.testing.assert_close(part.B, factors[name].B)
    assert [adapter.card.description for adapter in written] == [FAR, "Answer as in: cat -> cats", FAR, FAR]
    assert not [note for note in generation_notes(reader, Generation(), examples=True) if "read examples" in note]
    generator = find_generator(reader)
    assert made_by(generator, wanted[2], Generation()) != made_by(generator, wanted[3], Generation())
    # and refinement begins at what it wrote
    [[refined]] = generate_adapters(reader, [wanted[2]], Generation(refine=1))
    [expected] = refine(reader.training_base, [written[2]], [cat], refining(1))
    assert (refined.card.parents, refined.card.decision) == ((WRITER,), {"refine_steps": 1, "examples": 1})
    assert max_difference(refined, expected) < 0.05 * max_difference(refined, written[2])
    [[begun]] = generate_adapters(reader, [wanted[2]], Generation(refine=1, start="pool"))
    assert begun.card.decision == {"start": "pool", "refine_steps": 1, "examples": 1}
    with pytest.raises(InputError, match="the description is empty"):
        generate_adapters(reader, [Wanted(" ")])


def test_an_adapter_is_known_again_by_all_that_it_comes_from_and_nothing_else(reader: Session) -> None:
    generator, cat = find_generator(reader), (Example("cat", "cats"),)
    plain = made_by(generator, Wanted(FAR), Generation())
    assert made_by(generator, Wanted(FAR, cat), Generation()) == plain, "nothing reads the examples"
    assert made_by(generator, Wanted(FAR), Generation(seed=3)) == plain, "nothing is drawn"
    newer = replace(generator, entry=replace(generator.entry, content="0" * 64))
    others = [
        made_by(newer, Wanted(FAR), Generation()),
        made_by(generator, Wanted("Do it"), Generation()),
        made_by(generator, Wanted(FAR), Generation(rank=2)),
        made_by(generator, Wanted(FAR), Generation(in_prompt=True)),
        made_by(generator, Wanted(FAR, cat), Generation(refine=3)),
        made_by(generator, Wanted(FAR, cat * 2), Generation(refine=3)),
        made_by(generator, Wanted(FAR, cat), Generation(refine=4)),
        made_by(generator, Wanted(FAR), Generation(sample=True)),
        made_by(generator, Wanted(FAR), Generation(sample=True, seed=1)),
        made_by(generator, Wanted(FAR), Generation(count=2, sample=True), 1),
    ]
    assert len({plain, *others}) == 11
    assert made_by(generator, Wanted(FAR), Generation(count=9, sample=True)) == others[7], "of nine or alone"


# --- refusals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "how", "problem", "remedy"),
    [
        (Wanted(""), {}, "the description is empty", "Say in a sentence"),
        (Wanted(" \n\t", (Example("a", "b"),)), {}, "the description is empty", "Say in a sentence"),
        (Wanted("x" * 100_000), {}, "the description has 100000 characters", f"at most {LONGEST_DESCRIPTION}"),
        (Wanted("x"), {"sample": True}, "a hypernet and writes one adapter", "Leave out --sample"),
        (Wanted("x"), {"refine": 2}, "no examples to refine on", "--examples FILE"),
        (Wanted("", (Example("a", "b"),)), {"in_prompt": True}, "the description is empty", "Say in a sentence"),
        (Wanted("Copy {input}"), {"in_prompt": True}, "description holds {input}", "other words"),
        (Wanted("x"), {"rank": 5}, "writes adapters of rank 4, not 5", "lower --rank"),
    ],
)
def test_what_the_generator_cannot_do_is_refused(
    wanted: Wanted, how: dict[str, Any], problem: str, remedy: str, reader: Session
) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        generate_adapters(reader, [Wanted(FAR), wanted], Generation(**how))
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
        Generation(**how)
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
    content: bytes, told: str, reader: Session, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(content)
    with pytest.raises(TaskFormatError, match=re.escape("mine.jsonl") + ".*" + told):
        hyperlora.generate(FAR, path, refine=2, base=reader.located.identity.id)


def test_a_generator_for_another_base_or_encoder_is_none_and_the_error_names_it(
    reader: Session, tiny_base_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_base_folder, tmp_path / "other")
    tensors = load_file(tmp_path / "other" / "model.safetensors")
    save_file(tensors | {"model.norm.weight": tensors["model.norm.weight"] * 2}, tmp_path / "other/model.safetensors")
    other = Session(f"file:{tmp_path / 'other'}", reader.registry)
    other.encoder = reader.encoder
    id = reader.located.identity.id
    told = f"no generator for file:.*/other and {reader.encoder.id}; {WRITER} is for {id} and {reader.encoder.id}"
    with pytest.raises(InputError, match=told) as caught:
        generate_adapters(other, [Wanted(FAR)])
    assert "hyperlora train generator" in caught.value.remedy

    class Stranger:
        id = "stranger"

    reader.encoder = Stranger()  # type: ignore[assignment]
    with pytest.raises(InputError, match=r"no generator for .* and stranger; .* is for"):
        generate_adapters(reader, [Wanted(FAR)])


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
    spoil: Callable[[Registry], None], error: type[HyperLoRAError], problem: str, session: Session
) -> None:
    spoil(session.registry)
    [entry] = session.registry.entries("generator")
    before = versions(session.registry)
    with pytest.raises(error, match=problem):
        generate_adapters(session, [Wanted(FAR)], Generation(generator=entry.reference))
    with pytest.raises(
        InputError, match=f"no generator for .*; the generator {entry.reference} is damaged and left out"
    ):
        generate_adapters(session, [Wanted(FAR)])
    assert versions(session.registry) == before
    result = adapt(FAR, force=True, session=session)
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
    spoil: Callable[[Registry], None], error: type[HyperLoRAError], problem: str, session: Session
) -> None:
    spoil(session.registry)
    before = versions(session.registry)
    with pytest.raises(error, match=problem):
        generate_adapters(session, [Wanted(FAR)])
    if error is not InputError:
        with pytest.raises(error, match=problem):
            adapt(FAR, session=session)
    assert versions(session.registry) == before


def test_a_generator_registered_for_what_it_was_not_trained_for_is_refused(session: Session) -> None:
    generator = find_generator(session)
    config = generator.network.config.model_copy(update={"encoder": "another"})  # type: ignore[attr-defined]
    fields = {"base": generator.entry.base, "encoder": generator.entry.encoder, "origin": "trained"}
    session.registry.put("generator", "wrong", partial(write_generator, Hypernet(config)), fields, alias="champion")
    session.registry.remove_alias("quickstart-hypernet", "champion")
    with pytest.raises(RegistryError, match="wrong@1 is registered for another base model or encoder") as caught:
        generate_adapters(session, [Wanted(FAR)], Generation(generator="registry:wrong"))
    assert "hyperlora registry delete registry:wrong@1" in caught.value.remedy
    [[made]] = generate_adapters(session, [Wanted(FAR)])
    assert made.card.parents == (WRITER,)


def register_another(session: Session, name: str, **changes: str) -> str:
    """A generator of another width, not the champion; its reference."""
    known = session.generator(WRITER)
    assert known is not None
    network = Hypernet(known.network.config.model_copy(update={"width": 8}))
    fields = {"base": known.entry.base, "encoder": known.entry.encoder, "origin": "trained"} | changes
    return session.registry.put("generator", name, partial(write_generator, network), fields).reference


def test_the_generator_that_is_named_writes_and_not_the_champion(session: Session) -> None:
    other = register_another(session, "narrow")
    [[written]] = generate_adapters(session, [Wanted(FAR)])
    [[named]] = generate_adapters(session, [Wanted(FAR)], Generation(generator="registry:narrow"))
    assert (written.card.parents, named.card.parents) == ((WRITER,), (other,))
    assert named.card.recipe_hash != written.card.recipe_hash
    assert all(other in note for note in generation_notes(session, Generation(generator=other), examples=True))
    own = Session(session.base_name, session.registry, generator=other)
    own.encoder = session.encoder
    assert generate_adapters(own, [Wanted(FAR)])[0][0].card.parents == (other,)
    back = generate_adapters(own, [Wanted(FAR)], Generation(generator=WRITER))
    assert back[0][0].card.parents == (WRITER,), "what a call names comes before what the session does"


def test_a_named_generator_that_does_not_fit_is_refused_with_those_that_do(session: Session) -> None:
    foreign = register_another(session, "foreign", encoder="stranger")
    adapter = session.registry.entries("adapter")[0].reference
    for reference, problem in (
        (foreign, r"registry:foreign@1 is for .* and stranger, not for .* and "),
        (adapter, f"{adapter} is an adapter and no generator"),
    ):
        with pytest.raises(InputError, match=problem) as caught:
            generate_adapters(session, [Wanted(FAR)], Generation(generator=reference))
        assert caught.value.remedy == f"Generators that fit: {WRITER}."
    with pytest.raises(RegistryError, match="nowhere"):
        generate_adapters(session, [Wanted(FAR)], Generation(generator="registry:nowhere"))
    with pytest.raises(InputError, match="file:"):
        generate_adapters(session, [Wanted(FAR)], Generation(generator="file:somewhere"))
    session.registry.delete(WRITER, force=True)
    with pytest.raises(InputError) as caught:
        generate_adapters(session, [Wanted(FAR)], Generation(generator=foreign))
    assert "hyperlora train generator" in caught.value.remedy


def test_an_empty_registry_names_the_remedy(registry: Registry, tiny_base_folder: Path, encoder: TextEncoder) -> None:
    session = Session(f"file:{tiny_base_folder}", registry)
    session.encoder = encoder
    with pytest.raises(InputError) as caught:
        generate_adapters(session, [Wanted(FAR)])
    assert caught.value.problem.endswith(f"/tiny-llama and {encoder.id}")
    assert caught.value.remedy == "Run: hyperlora registry seed, or hyperlora train generator"


def test_a_check_brings_the_description_to_one_line(reader: Session) -> None:
    checked = check_wanted(find_generator(reader), Wanted("  Say\nwhere \t people live "), Generation())
    assert checked == Wanted("Say where people live")
    assert condition_kind(find_generator(reader).network.config).takes == {"description"}


# --- notes and the doorway ------------------------------------------------------------------------------


def test_examples_that_nothing_reads_are_noted(reader: Session) -> None:
    [note] = generation_notes(reader, Generation(), examples=True)
    assert note == f"{WRITER} does not read examples; to train on them: --refine STEPS"
    assert generation_notes(reader, Generation(refine=2), examples=True) == []
    assert generation_notes(reader, Generation(), examples=False) == []


def test_the_python_call_takes_what_the_command_takes(
    reader: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
