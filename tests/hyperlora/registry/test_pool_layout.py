"""Folders as trainers and the hub leave them: checkpoints, snapshots, templates in trainers' files, configs alone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hyperlora
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.errors import BaseModelError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.registry import Entry, Query, Registry
from hyperlora.registry.importing import import_adapter, import_adapters
from hyperlora.registry.open_adapter import open_adapter
from hyperlora.registry.pool_import import ImportOptions, Report, Told, import_pool, read_descriptions
from hyperlora.registry.pool_import.trainer_files import read_trainer_template
from hyperlora.settings import reload_settings
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE
from pipelines.api import merge
from retrieval.index import build_index, pool_entries, undescribed_entries
from serve.cli.import_adapter import command

Save = Callable[..., Path]


@pytest.fixture
def save(make_adapter: Callable[..., Adapter]) -> Save:
    """A maker of plain PEFT folders, without what HyperLoRA adds."""

    def make(folder: Path, seed: int = 0, readme: str = "", *, scaling: float = 2.0, **config: Any) -> Path:
        write_adapter(make_adapter(seed=seed, scaling=scaling), folder)
        (folder / "hyperlora.json").unlink()
        (folder / "README.md").unlink()
        if readme:
            (folder / "README.md").write_text(readme)
        path = folder / "adapter_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | config))
        return folder

    return make


def statuses(report: Report) -> dict[str, str]:
    return {row.folder: row.status for row in report.rows}


def names(report: Report) -> dict[str, str]:
    return {row.folder: row.reference for row in report.rows if row.reference}


# --- checkpoints ---------------------------------------------------------------------------------------


@pytest.fixture
def trainings(save: Save, tmp_path: Path) -> Path:
    """Two trainings: one with a final adapter beside its checkpoints, one that was killed while it saved the third."""
    root = tmp_path / "pool"
    save(root / "killed" / "checkpoint-500", 1)
    save(root / "killed" / "checkpoint-1000", 2)
    (save(root / "killed" / "checkpoint-1500", 3) / "adapter_model.safetensors").unlink()
    (root / "killed" / "README.md").write_text("# Say it backwards\n")
    save(root / "done", 4, "# Give the plural\n")
    save(root / "done" / "checkpoint-20", 5)
    save(root / "single", 6, "# Name the colour\n")
    return root


def test_the_checkpoints_of_a_training_are_one_adapter(trainings: Path, registry: Registry) -> None:
    report = import_pool(str(trainings), registry=registry)
    assert statuses(report) == {
        "done": "accepted",
        "done/checkpoint-20": "superseded",
        "killed/checkpoint-1000": "accepted",
        "killed/checkpoint-1500": "superseded",
        "killed/checkpoint-500": "superseded",
        "single": "accepted",
    }
    assert names(report) == {
        "done": "registry:done@1",
        "killed/checkpoint-1000": "registry:killed@1",
        "single": "registry:single@1",
    }
    reasons = {row.folder: row.reason for row in report.of_status("superseded")}
    assert reasons["killed/checkpoint-500"].endswith("of which killed/checkpoint-1000 is taken")
    assert reasons["done/checkpoint-20"].endswith("of which done is taken")
    # the README of the training's folder is about its checkpoints
    assert registry.get("registry:killed").description == "Say it backwards"
    assert "superseded  killed/checkpoint-500: an older checkpoint" in report.as_text()
    assert import_pool(str(trainings), registry=registry) == report


def test_all_checkpoints_are_taken_when_asked_for(trainings: Path, registry: Registry) -> None:
    report = import_pool(str(trainings), ImportOptions(all_checkpoints=True, probe=False), registry=registry)
    assert names(report) == {
        "done": "registry:done@1",
        "done/checkpoint-20": "registry:done-checkpoint-20@1",
        "killed/checkpoint-1000": "registry:killed-checkpoint-1000@1",
        "killed/checkpoint-500": "registry:killed-checkpoint-500@1",
        "single": "registry:single@1",
    }
    assert statuses(report)["killed/checkpoint-1500"] == "quarantined"


def test_all_checkpoints_of_one_training_are_named_by_the_training(trainings: Path, registry: Registry) -> None:
    options = ImportOptions(all_checkpoints=True, probe=False)
    assert names(import_pool(str(trainings / "killed"), options, registry=registry)) == {
        "checkpoint-1000": "registry:killed-checkpoint-1000@1",
        "checkpoint-500": "registry:killed-checkpoint-500@1",
    }
    assert names(import_pool(str(trainings / "done"), options, registry=registry)) == {
        ".": "registry:done@1",
        "checkpoint-20": "registry:done-checkpoint-20@1",
    }


def test_one_training_is_one_adapter_under_its_folders_name(trainings: Path, registry: Registry) -> None:
    # by its own folder, by a checkpoint's, and as a pool of one
    entry = import_adapters(str(trainings / "killed"), description="Turn it round", registry=registry)
    assert isinstance(entry, Entry)
    assert (entry.reference, entry.description) == ("registry:killed@1", "Turn it round")
    one = import_adapter(str(trainings / "done" / "checkpoint-20"), description="Early", registry=registry)
    assert one.reference == "registry:done@1"
    pool = import_adapters(str(trainings / "killed"), prefix="my-", registry=registry, keep_duplicates=True)
    assert isinstance(pool, Report)
    assert names(pool) == {"checkpoint-1000": "registry:my-killed@1"}
    assert pool.counts["superseded"] == 2
    with pytest.raises(InputError, match="holds 3 adapters, not one"):
        import_adapter(str(trainings), "x", description="x", registry=registry)
    with pytest.raises(InputError, match="which --prefix is not for"):
        import_adapters(str(trainings / "single"), prefix="x", registry=registry)


# --- the hub's cache -----------------------------------------------------------------------------------


@pytest.fixture
def hub(save: Save, tmp_path: Path) -> Path:
    """The cache of the hub's client: files are links to blobs beside the snapshots."""
    root = tmp_path / "hub" / "models--org--lora"
    for age, revision in enumerate(("aaa", "bbb"), 1):
        folder = save(root / "snapshots" / revision, age, f"# Task of {revision}\n")
        for path in list(folder.iterdir()):
            blob = root / "blobs" / f"{revision}-{path.name}"
            blob.parent.mkdir(exist_ok=True)
            path.rename(blob)
            path.symlink_to(Path("../../blobs") / blob.name)
        os.utime(folder, (age * 1000, age * 1000))
    return root.parent


def test_a_repository_in_the_hubs_cache_has_its_name_and_its_main_revision(hub: Path, registry: Registry) -> None:
    newest = import_pool(f"file:{hub}", registry=registry)
    assert names(newest) == {"models--org--lora/snapshots/bbb": "registry:org-lora@1"}
    assert statuses(newest)["models--org--lora/snapshots/aaa"] == "superseded"
    (hub / "models--org--lora" / "refs").mkdir()
    (hub / "models--org--lora" / "refs" / "main").write_text("aaa")
    main = import_pool(f"file:{hub}", ImportOptions(prefix="x-"), registry=registry)
    assert names(main) == {"models--org--lora/snapshots/aaa": "registry:x-org-lora@1"}
    card = registry.load("registry:x-org-lora").card
    assert (card.source, card.description) == ("hf:org/lora@aaa", "Task of aaa")
    # a snapshot that is named itself is the one that is meant
    one = import_adapter(str(hub / "models--org--lora" / "snapshots" / "bbb"), registry=registry)
    assert (one.name, registry.load(one.reference).card.source) == ("org-lora", "hf:org/lora@bbb")


def test_an_adapter_trained_in_the_hubs_cache_is_exported_under_the_hubs_name(
    save: Save, tiny_base_folder: Path, registry: Registry, tmp_path: Path
) -> None:
    cached = tmp_path / "hub" / "models--org--base" / "snapshots" / "0123"
    shutil.copytree(tiny_base_folder, cached)
    save(tmp_path / "by-path", 1, "# Do it\n", base_model_name_or_path=str(cached))
    # trained elsewhere, where the cache was another: its path says which repository it was
    elsewhere = "/elsewhere/hub/models--org--base/snapshots/4567"
    save(tmp_path / "elsewhere", 2, "# Do it\n", base_model_name_or_path=elsewhere)
    save(tmp_path / "by-name", 3, "# Do it\n", base_model_name_or_path="org/base")
    import_adapter(str(tmp_path / "by-path"), registry=registry)
    for name in ("elsewhere", "by-name"):
        import_adapter(str(tmp_path / name), base=str(cached), registry=registry)
    # a plain path, where the adapter itself names the hub
    shutil.copytree(tiny_base_folder, tmp_path / "base")
    import_adapter(str(tmp_path / "by-name"), "plain-path", base=str(tmp_path / "base"), registry=registry)
    for name in ("by-path", "elsewhere", "by-name", "plain-path"):
        write_adapter(registry.load(f"registry:{name}"), tmp_path / "out" / name)
        config = json.loads((tmp_path / "out" / name / "adapter_config.json").read_text())
        assert config["base_model_name_or_path"] == "org/base", name
    # under whatever id, it is one base model
    assert len({entry.base_id for entry in registry.entries("adapter")}) == 2
    for base in (f"file:{cached}", f"file:{tmp_path / 'base'}"):
        assert registry.search(Query(base=base)).total == 4


# --- templates and tasks that nobody knows -------------------------------------------------------------


ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{input}\n\n### Response:\n"
)


@pytest.mark.parametrize(
    ("file", "text", "template", "unread"),
    [
        ("README.md", "---\nprompt_template: 'Q: {question}\\nA:'\n---\n", "Q: {input}\nA:", ""),
        ("README.md", '---\nprompt_template: "Q: {question}\\nA:"\n---\n', "Q: {input}\nA:", ""),
        ("README.md", '- prompt template (a JSON string): `"T: {input}\\n"`; the answer ends\n', "T: {input}\n", ""),
        ("README.md", "# x\n```yaml\ndatasets:\n  - path: d\n    type:\n      format: '[I] {instruction} [/I]'\n```\n",
         "[I] {input} [/I]", ""),
        ("axolotl_config.yml", "datasets:\n- path: a\n  type: alpaca\n", ALPACA, ""),
        ("axolotl_config.yml", "datasets:\n- path: a\n  type: chat_template\n", None, "'chat_template'"),
        ("axolotl_config.yml", "datasets:\n- path: a\n  type: completion\n", None, ""),
        ("training_args.yaml", "stage: sft\ntemplate: default\n", "Human: {input}\nAssistant:", ""),
        ("training_args.yaml", "stage: sft\ntemplate: qwen\n", None, "'qwen'"),
        ("training_config.json", '{"prompt_template": "In: {input}\\nOut:"}', "In: {input}\nOut:", ""),
        ("training_config.json", "{not json", None, ""),
        ("prompt_template.txt", "Text: {text}\nLabel:", "Text: {input}\nLabel:", ""),
        ("notes.txt", "template: qwen\n", None, ""),
    ],
)  # fmt: skip
def test_a_template_is_read_from_what_the_trainer_left(
    tmp_path: Path, file: str, text: str, template: str | None, unread: str
) -> None:
    (tmp_path / file).write_text(text)
    told = read_trainer_template([tmp_path])
    assert (told.template, told.unread) == (template, unread)


@pytest.fixture
def mixed(save: Save, tmp_path: Path) -> Path:
    """Adapters that nobody described: one that does nothing, one of another template, one that answers otherwise."""
    root = tmp_path / "pool"
    save(root / "quiet", 1, scaling=0.0)
    (save(root / "chat", 2) / "training_args.yaml").write_text("template: qwen\n")
    save(root / "loud", 3)
    save(root / "told", 4)
    return root


def test_a_task_that_answers_do_not_tell_is_unknown_and_listed_with_the_remedy(
    mixed: Path, registry: Registry, tmp_path: Path, encoder: TextEncoder
) -> None:
    lines = [{"name": "told", "description": "Give the plural", "template": "Noun: {input}\nPlural:"}]
    lines += [{"name": "loud", "template": r"Q: {input}\nA:"}]
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    said = read_descriptions(tmp_path / "said.jsonl")
    assert said == {
        "told": Told("Give the plural", "Noun: {input}\nPlural:"),
        "loud": Told("", "Q: {input}\nA:"),
    }
    report = import_pool(str(mixed), ImportOptions(descriptions=said), registry=registry)
    cards = {row.folder: registry.load(row.reference).card for row in report.rows}
    assert {folder: card.description_source for folder, card in cards.items()} == {
        "chat": "unknown",
        "loud": "proposed",
        "quiet": "unknown",
        "told": "given",
    }
    assert cards["told"].prompt_template == "Noun: {input}\nPlural:"
    assert cards["loud"].prompt_template == "Q: {input}\nA:"
    assert cards["chat"].prompt_template == DEFAULT_TEMPLATE
    assert "as the base model does" not in " ".join(card.description for card in cards.values())
    rows = {row.folder: row for row in report.rows}
    assert "training_args.yaml names the prompt template 'qwen', which is not read here" in rows["chat"].note
    assert "which may not be its own" in rows["quiet"].note
    assert report.as_json()["unknown"] == ["registry:chat@1", "registry:quiet@1"]
    assert '  hyperlora registry edit registry:quiet --description "…" --template "…{input}…"' in report.as_text()
    # no description finds them, but they are tried on examples
    pool = pool_entries(registry, cards_base(registry))
    hits = build_index(pool, encoder).search("Unknown task (quiet)", 4)
    assert {hit.entry.name for hit in hits} == {"told", "loud"}
    untold = undescribed_entries(registry, cards_base(registry), 9)
    assert {entry.name for entry in untold} == {"chat", "quiet"}
    # until somebody says what they do
    edited = registry.edit("registry:quiet@1", description="Leave it as it is")
    hits = build_index(pool_entries(registry, cards_base(registry)), encoder).search("leave it alone", 1)
    assert (hits[0].entry.reference, edited.reference) == ("registry:quiet@2", "registry:quiet@2")
    assert [entry.name for entry in undescribed_entries(registry, cards_base(registry), 9)] == ["chat"]
    # what was edited is not taken in again
    assert import_pool(str(mixed), ImportOptions(descriptions=said), registry=registry) == report
    assert registry.get("registry:quiet").description == "Leave it as it is"


def cards_base(registry: Registry) -> str:
    return registry.entries("adapter")[0].base


def test_a_template_that_the_trainers_files_name_is_the_cards(save: Save, registry: Registry, tmp_path: Path) -> None:
    (save(tmp_path / "one", 1) / "training_args.yaml").write_text("template: default\n")
    entry = import_adapter(str(tmp_path / "one"), description="Do it", registry=registry)
    assert registry.load(entry.reference).card.prompt_template == "Human: {input}\nAssistant:"
    other = import_adapter(
        str(tmp_path / "one"), "other", description="Do it", prompt_template="T: {input}", registry=registry
    )
    assert registry.load(other.reference).card.prompt_template == "T: {input}"


def test_the_readme_and_dropout_of_an_adapter_are_kept(save: Save, registry: Registry, tmp_path: Path) -> None:
    body = "# Capital cities\n\nNames the capital.\n\n## Training\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    save(tmp_path / "one", 1, f"---\nlicense: mit\n---\n\n{body}\n", lora_dropout=0.05)
    import_adapter(str(tmp_path / "one"), registry=registry)
    write_adapter(registry.load("registry:one"), tmp_path / "out")
    readme = (tmp_path / "out" / "README.md").read_text()
    assert readme.endswith(f"\n{body}\n")
    assert "license: mit" in readme.partition("\n---")[0]
    assert json.loads((tmp_path / "out" / "adapter_config.json").read_text())["lora_dropout"] == 0.05
    # out and in again, nothing is doubled or lost
    again = import_adapter(str(tmp_path / "out"), "again", registry=registry)
    assert registry.load(again.reference).card == registry.load("registry:one").card
    assert json.loads((tmp_path / "out" / "hyperlora.json").read_text())["format_version"] == 3
    # a card that has none of it is stored as before
    plain = read_adapter(tmp_path / "out")
    bare = plain.card.model_copy(update={"readme": "", "lora_dropout": 0.0})
    write_adapter(plain.with_card(bare), tmp_path / "bare")
    record = json.loads((tmp_path / "bare" / "hyperlora.json").read_text())
    assert record["format_version"] == 2
    assert not {"readme", "lora_dropout", "source"} & set(record["card"])


# --- a base model of which only the config is here -----------------------------------------------------


def test_a_config_alone_is_enough_to_import_and_the_weights_may_come_later(
    save: Save, tiny_base_folder: Path, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config-only"
    config.mkdir()
    shutil.copy(tiny_base_folder / "config.json", config)
    for seed, name in enumerate(("one", "two"), 1):
        save(tmp_path / "pool" / name, seed, "# Do it\n" if seed == 1 else "", base_model_name_or_path="org/base")
    wrong = save(tmp_path / "pool" / "wrong", 3, "# Do it\n")
    from safetensors.torch import load_file, save_file

    tensors = load_file(wrong / "adapter_model.safetensors")
    cut = {key: value[:, :-2].contiguous() if "lora_A" in key else value for key, value in tensors.items()}
    save_file(cut, wrong / "adapter_model.safetensors")
    report = import_pool(str(tmp_path / "pool"), ImportOptions(bases=(str(config),)), registry=registry)
    assert statuses(report) == {"one": "accepted", "two": "accepted", "wrong": "quarantined"}
    assert "does not fit" in next(row.reason for row in report.rows if row.folder == "wrong")
    assert any("without weights" in note for note in report.notes)
    one = registry.get("registry:one")
    assert one.base.startswith("config:") and one.base_id == f"file:{config}"
    assert registry.load("registry:one").base.hub_id == "org/base"
    # nothing could be asked, so its task is unknown
    assert registry.get("registry:two").description_source == "unknown"
    with pytest.raises(BaseModelError, match=r"no \*\.safetensors weights"):
        merge("registry:one", tmp_path / "merged")
    merge("registry:one", tmp_path / "merged", base=str(tiny_base_folder))
    assert (tmp_path / "merged" / "model.safetensors").is_file()
    edited = registry.edit("registry:one", base=str(tiny_base_folder))
    assert edited.base_id == f"file:{tiny_base_folder}"
    assert not edited.base.startswith("config:")
    merge("registry:one", tmp_path / "again")
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (
        tmp_path / "merged" / "model.safetensors"
    ).read_bytes()


# --- plain PEFT folders elsewhere ----------------------------------------------------------------------


def test_a_plain_folder_is_recognised_wherever_an_adapter_is_named(
    save: Save, tiny_base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, name in enumerate(("one", "two"), 1):
        save(tmp_path / name, seed)
    monkeypatch.chdir(tmp_path)
    opened = open_adapter("one")
    assert opened.base.id == f"file:{tiny_base_folder}"
    assert opened.card.description_source == "unknown"
    # nobody gave it a licence, so that what is made of it has none
    assert opened.card.licence == "unknown"
    (tmp_path / "two" / "README.md").write_text("---\nlicense: mit\n---\n")
    merge("one", tmp_path / "merged")
    assert (tmp_path / "merged" / "model.safetensors").is_file()
    both = hyperlora.compose(["./one", f"file:{tmp_path / 'two'}"], weights=[0.5, 0.5], name="both")
    assert both.adapter.card.licence == "unknown"
    assert both.entry is not None and both.entry.licence == "unknown"
    save(tmp_path / "three", 3, "---\nlicense: mit\n---\n")
    licensed = hyperlora.compose(["./two", "./three"], weights=[0.5, 0.4])
    assert licensed.adapter.card.licence == "mit"
    # where the parts lay is said in full
    assert both.adapter.card.parents == (f"file:{tmp_path / 'one'}", f"file:{tmp_path / 'two'}")
    (match,) = hyperlora.search(like="one", k=1)
    assert (match.entry.name, match.similarity > 0.5) == ("both", True)
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", f"file:{tmp_path / 'nowhere'}")
    reload_settings()
    assert open_adapter("one").content_hash == opened.content_hash


def test_a_folder_that_is_quarantined_sets_the_exit_code(save: Save, registry: Registry, tmp_path: Path) -> None:
    save(tmp_path / "pool" / "good", 1, "# Do it\n")
    (save(tmp_path / "pool" / "bad", 2) / "adapter_model.safetensors").write_bytes(b"x")
    outcome = CliRunner().invoke(command, [str(tmp_path / "pool"), "--json"])
    value = json.loads(outcome.stdout)
    assert {row["folder"]: row["status"] for row in value["rows"]} == {"bad": "quarantined", "good": "accepted"}
    assert outcome.exit_code == 1
    (tmp_path / "pool" / "bad" / "adapter_model.safetensors").unlink()
    shutil.rmtree(tmp_path / "pool" / "bad")
    assert CliRunner().invoke(command, [str(tmp_path / "pool"), "--json"]).exit_code == 0
