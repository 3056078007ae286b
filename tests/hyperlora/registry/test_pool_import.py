"""A pool that a user already has, made with plain PEFT, joins the registry: every folder once in the report."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

# benchmarks are scripts: they find each other from their own folder, not as a package
sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from click.testing import CliRunner
from peft import LoHaConfig, LoKrConfig, LoraConfig, PeftConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card, CardExample
from hyperlora.peft_io.folder import write_adapter
from hyperlora.registry import Registry
from hyperlora.registry.pool_import import Conversion, ImportOptions, Report, Told, import_pool, read_descriptions
from hyperlora.registry.pool_import.model_card import read_model_card
from hyperlora.registry.pool_import.naming import name_folders
from hyperlora.registry.pool_import.probing import PROBES, describe_answers
from hyperlora.settings import reload_settings
from mixed_pool import make_mixed_pool
from serve.cli.import_adapter import command

Save = Callable[..., Path]


@pytest.fixture(scope="module")
def save(tiny_base_folder: Path) -> Save:
    """A maker of folders with plain PEFT, its factors random and far from zero."""
    model = AutoModelForCausalLM.from_pretrained(tiny_base_folder)

    def make(
        folder: Path,
        config: PeftConfig | None = None,
        seed: int = 0,
        *,
        trained: bool = True,
        readme: str | None = None,
        base: str | None = None,
    ) -> Path:
        config = config or LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"])
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            # some ways to begin change the base model's weights
            peft_model = get_peft_model(copy.deepcopy(model), config)
            for parameter in peft_model.parameters():
                if parameter.requires_grad and trained:
                    torch.nn.init.normal_(parameter, std=0.2)
        peft_model.save_pretrained(folder)
        if base is not None:
            edit_config(folder, base_model_name_or_path=base)
        if readme is not None:
            (folder / "README.md").write_text(readme, encoding="utf-8")
        return folder

    return make


def edit_config(folder: Path, **fields: object) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def edit_tensors(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def rewrite(source: Path, target: Path) -> None:
    """The same change in other factors: rank 6 by padding, turned, alpha moved into B, and rsLoRA."""
    shutil.copytree(source, target)
    config = json.loads((source / "adapter_config.json").read_text())
    scaling, rank = config["lora_alpha"] / config["r"], 6
    turn = torch.linalg.qr(torch.randn(config["r"], config["r"], generator=torch.Generator().manual_seed(1))).Q

    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name, tensor in tensors.items():
            if "lora_A" in name:
                tensors[name] = torch.cat([turn @ tensor, torch.zeros(rank - len(tensor), tensor.shape[1])])
            else:
                B = torch.cat([tensor @ turn.T, torch.zeros(len(tensor), rank - tensor.shape[1])], dim=1)
                tensors[name] = B * scaling * rank**0.5 / 3

    edit_tensors(target, change)
    edit_config(target, r=rank, lora_alpha=3, use_rslora=True)


def lora(**fields: Any) -> LoraConfig:
    return LoraConfig(**{"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]} | fields)


PLURAL = "---\ndescription: Give the plural of the noun\nlicense: mit\n---\n# Model Card for x\n"


@pytest.fixture(scope="module")
def pool(save: Save, make_adapter: Callable[..., Adapter], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 26 mixed adapters, some of them broken."""
    root = tmp_path_factory.mktemp("pools") / "mixed"
    save(
        root / "a-plural",
        readme="---\ndescription: Give the plural of the noun\nlicense: mit\n---\n# Model Card for x\n",
    )
    save(
        root / "b-rslora",
        lora(r=8, use_rslora=True),
        1,
        readme="# Capital cities\n\nNames the capital. Trained long.\n",
    )
    pattern = {"rank_pattern": {"q_proj": 2}, "alpha_pattern": {"v_proj": 16}}
    save(root / "c-ranks", lora(**pattern), 2, readme="---\ndatasets:\n- squad\n---\n# c-ranks\n")
    save(root / "d-gaussian", lora(r=16, init_lora_weights="gaussian"), 3)
    save(root / "e-orthogonal", lora(init_lora_weights="orthogonal"), 4)
    save(root / "f-untrained", trained=False)
    save(root / "g-pissa", lora(init_lora_weights="pissa"), 5)
    save(root / "h-olora", lora(init_lora_weights="olora"), 6)
    save(root / "i-loha", LoHaConfig(r=2, target_modules=["q_proj", "up_proj"]), 7, readme="# Word games\n")
    save(root / "j-lokr", LoKrConfig(r=2, target_modules=["q_proj"]), 8, readme="# Number games\n")
    edit_config(save(root / "k-mystery", seed=9), peft_type="IA3")
    weights = save(root / "l-truncated", seed=10) / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    edit_tensors(save(root / "m-nan", seed=11), lambda tensors: next(iter(tensors.values())).fill_(torch.nan))

    def widen(tensors: dict[str, torch.Tensor]) -> None:
        tensors.update({name: torch.randn(4, 70) for name in tensors if "lora_A" in name})

    edit_tensors(save(root / "n-shapes", seed=12), widen)
    save(root / "o-elsewhere", seed=13, base="someone/a-model")
    pickled = save(root / "p-pickled", seed=14)
    (pickled / "adapter_model.safetensors").rename(pickled / "adapter_model.bin")
    (save(root / "q-no-config", seed=15) / "adapter_config.json").unlink()
    shutil.copytree(root / "a-plural", root / "r-copy")
    rewrite(root / "a-plural", root / "s-rewritten")
    card = Card(description="Say it backwards", examples=(CardExample(input="abc", output="cba"),), licence="cc0-1.0")
    write_adapter(make_adapter(seed=16, card=card), root / "t-ours")
    write_adapter(make_adapter(seed=17), root / "u-other-base")
    record = json.loads((root / "u-other-base" / "hyperlora.json").read_text())
    record["base"]["fingerprint"] = "0" * 64
    (root / "u-other-base" / "hyperlora.json").write_text(json.dumps(record))
    save(root / "v" / "deep" / "er", seed=18, readme="# Find the odd word\n")
    save(root / "V Deep" / "ER!", seed=19, readme="# Find the odd number\n")
    outside = save(root.parent / "outside", seed=20)
    linked = save(root / "w-linked", seed=21) / "adapter_model.safetensors"
    linked.unlink()
    linked.symlink_to(outside / "adapter_model.safetensors")
    (root / "x-linked-folder").symlink_to(outside)
    save(root / ".hidden" / "one", seed=22)
    (root / "y-notes").mkdir()
    (root / "y-notes" / "README.md").write_text("# Notes\n")
    return root


@pytest.fixture(scope="module")
def imported(pool: Path, _empty_registry: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Registry]:
    """The report of the whole pool, undisturbed, and the registry it was imported into."""
    home = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(_empty_registry, home, dirs_exist_ok=True)
    registry = Registry(home)
    return import_pool(f"file:{pool}", registry=registry), registry


def test_every_folder_is_in_the_report_once_with_what_became_of_it(imported: tuple[Report, Registry]) -> None:
    report, registry = imported
    statuses = {row.folder: row.status for row in report.rows}
    assert len(statuses) == len(report.rows)
    assert statuses == {
        **dict.fromkeys(("V Deep/ER!", "a-plural", "b-rslora", "c-ranks", "d-gaussian", "e-orthogonal"), "accepted"),
        **dict.fromkeys(("f-untrained", "t-ours", "v/deep/er"), "accepted"),
        **dict.fromkeys(("i-loha", "j-lokr"), "converted"),
        **dict.fromkeys(("r-copy", "s-rewritten"), "duplicate"),
        **dict.fromkeys(("g-pissa", "h-olora", "k-mystery", "l-truncated", "m-nan", "n-shapes"), "quarantined"),
        **dict.fromkeys(("o-elsewhere", "p-pickled", "q-no-config", "u-other-base", "w-linked"), "quarantined"),
    }
    counts = {"accepted": 9, "converted": 2, "duplicate": 2, "quarantined": 11, "undescribed": 0, "superseded": 0}
    assert report.counts == counts
    registered = {row.reference for row in report.rows if row.reference}
    assert {entry.reference for entry in registry.entries("adapter")} == registered
    assert len(registered) == 11


REASONS = {
    "g-pissa": ("init_lora_weights='pissa'", "path_initial_model_for_weight_conversion"),
    "h-olora": ("init_lora_weights='olora'", "path_initial_model_for_weight_conversion"),
    "k-mystery": ("peft_type='IA3'", "train others again as LoRA"),
    "l-truncated": ("adapter_model.safetensors", "again"),
    "m-nan": ("NaN or Inf", "again"),
    "n-shapes": ("does not fit file:", "--base"),
    "o-elsewhere": ("names the base model 'someone/a-model', which is not known here", "--base"),
    "p-pickled": ("adapter_model.bin: pickled files can run code", "remove the pickled file"),
    "q-no-config": ("adapter_config.json is missing", "save_pretrained"),
    "u-other-base": ("was made for", "--base"),
    "w-linked": ("adapter_model.safetensors is a link that leads out of the pool", "Copy the file"),
}


def test_what_is_quarantined_says_why_and_what_to_do(imported: tuple[Report, Registry], pool: Path) -> None:
    rows = {row.folder: row for row in imported[0].of_status("quarantined")}
    assert rows.keys() == REASONS.keys()
    for folder, (reason, remedy) in REASONS.items():
        assert reason in rows[folder].reason, folder
        assert remedy in rows[folder].remedy, folder
        assert str(pool) not in rows[folder].reason
        assert rows[folder].reference == ""


def test_descriptions_and_licences_come_from_what_the_folders_say(imported: tuple[Report, Registry]) -> None:
    report, registry = imported
    cards = {row.folder: registry.load(row.reference).card for row in report.rows if row.reference}
    assert {folder: card.description for folder, card in cards.items() if card.description_source == "given"} == {
        "V Deep/ER!": "Find the odd number",
        "a-plural": "Give the plural of the noun",
        "b-rslora": "Capital cities. Names the capital.",
        "c-ranks": "Trained on the dataset squad",
        "i-loha": "Word games",
        "j-lokr": "Number games",
        "t-ours": "Say it backwards",
        "v/deep/er": "Find the odd word",
    }
    proposed = {folder: card.description for folder, card in cards.items() if card.description_source == "proposed"}
    assert proposed.keys() == {"d-gaussian", "e-orthogonal"}
    # one that answers as the base model does says nothing of its task
    assert cards["f-untrained"].description_source == "unknown"
    assert report.unknown == ("registry:f-untrained@1",)
    assert proposed["d-gaussian"].startswith(f'Answers "{PROBES[0]}" with "')
    assert proposed["d-gaussian"] != proposed["e-orthogonal"]
    assert {folder: card.licence for folder, card in cards.items() if card.licence != "unknown"} == {
        "a-plural": "mit",
        "t-ours": "cc0-1.0",
    }
    assert {card.origin for card in cards.values()} == {"imported"}


def test_names_come_from_the_folders_and_are_never_shared(imported: tuple[Report, Registry]) -> None:
    names = {row.folder: row.name for row in imported[0].rows}
    assert (names["V Deep/ER!"], names["a-plural"]) == ("v-deep-er", "a-plural")
    # the second folder of one name bears a part of its own hash
    assert names["v/deep/er"].startswith("v-deep-er-")
    assert len(set(names.values())) == len(names)
    hashes = dict.fromkeys(("x", "X", "x!", "日本"), "abcdef0123456789")
    assert name_folders(hashes, hashes, "my ", {"my-x"}) == {
        "x": "my-x-abcdef01",
        "X": "my-x-abcdef01-2",
        "x!": "my-x-abcdef01-3",
        "日本": "my-adapter-abcdef01",
    }


def test_duplicates_are_found_by_content_and_by_the_direction_of_their_change(
    imported: tuple[Report, Registry],
) -> None:
    rows = {row.folder: row for row in imported[0].rows}
    first = rows["a-plural"].reference
    assert (rows["r-copy"].duplicate_of, rows["r-copy"].cosine) == (first, 1.0)
    assert rows["s-rewritten"].duplicate_of == first
    assert rows["s-rewritten"].cosine == pytest.approx(1, abs=1e-5)
    assert "has the same weights as" in rows["r-copy"].reason
    assert "changes the base model in the same way as" in rows["s-rewritten"].reason


def test_conversion_says_what_it_kept_and_what_it_came_from(imported: tuple[Report, Registry]) -> None:
    report, registry = imported
    rows = {row.folder: row for row in report.of_status("converted")}
    assert {folder: row.method for folder, row in rows.items()} == {"i-loha": "LOHA", "j-lokr": "LOKR"}
    for row in rows.values():
        assert row.energy_kept is not None and 0.99 <= row.energy_kept <= 1
        assert registry.get(row.reference).metrics["energy_kept"] == row.energy_kept


def test_the_report_is_written_and_an_import_run_again_gives_the_same_without_registering(
    imported: tuple[Report, Registry], pool: Path
) -> None:
    report, registry = imported
    written = registry.home / "imports" / report.id / "report.json"
    before = written.read_bytes()
    assert json.loads(before) == report.as_json()
    versions = [entry.reference for entry in registry.entries("adapter")]
    again = import_pool(f"file:{pool}", registry=registry)
    assert again == report
    assert (report.already_there, again.already_there, again.as_json()["already_there"]) == (0, 11, 11)
    assert again.as_text().splitlines()[0].endswith("11 quarantined; 11 of them already there, 0 new")
    assert written.read_bytes() == before
    assert [entry.reference for entry in registry.entries("adapter")] == versions
    text = report.as_text()
    assert text.startswith(f"file:{pool}: 24 folders: 9 accepted, 2 converted, 2 duplicate, 11 quarantined\n")
    assert all(row.folder in text for row in report.rows)


IMPORT = """
from pathlib import Path
from hyperlora.registry.pool_import import import_pool
from hyperlora.registry import Registry
import_pool({reference!r}, registry=Registry(Path({home!r}), {uri!r}))
"""


def some_of(pool: Path, target: Path, *folders: str) -> Path:
    for folder in folders:
        shutil.copytree(pool / folder, target / folder)
    return target


@pytest.fixture
def another_registry(_empty_registry: Path, tmp_path: Path) -> Registry:
    shutil.copytree(_empty_registry, tmp_path / "another")
    return Registry(tmp_path / "another")


def test_an_import_that_is_killed_at_each_step_comes_to_the_same_report(
    pool: Path, registry: Registry, another_registry: Registry, start_apart: Callable[..., Any], tmp_path: Path
) -> None:
    some = some_of(pool, tmp_path / "some", "a-plural", "m-nan", "r-copy", "s-rewritten", "t-ours")
    undisturbed = import_pool(f"file:{some}", registry=another_registry)
    source = IMPORT.format(reference=f"file:{some}", home=str(registry.home.parent), uri=None)
    journal, *written = (
        home / "imports" / undisturbed.id / name
        for home, name in (
            (registry.home, "journal.jsonl"),
            (registry.home, "report.json"),
            (another_registry.home, "report.json"),
        )
    )
    counts = []
    for point in ("import-registered", "import-journalled", "import-registered"):
        process = start_apart(source, HYPERLORA_FAULT=point)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        lines = journal.read_text().splitlines() if journal.exists() else []
        counts.append((len(registry.entries("adapter")), len(lines)))
    # the last one passes over the adapter that is done with, the broken one and the duplicates
    assert counts == [(1, 0), (1, 1), (2, 4)]
    # what a power cut leaves of the line that was being written
    with journal.open("a") as handle:
        handle.write('{"row": {"folder": "t-ou')
    assert import_pool(f"file:{some}", registry=registry) == undisturbed
    assert written[0].read_bytes() == written[1].read_bytes()
    assert [json.loads(line)["row"]["folder"] for line in journal.read_text().splitlines()] == sorted(
        path.name for path in some.iterdir()
    )
    assert [entry.reference for entry in registry.entries("adapter")] == ["registry:a-plural@1", "registry:t-ours@1"]


class StoppedRegistry(Registry):
    """A registry of which the third registration does not come back."""

    def register(self, adapter: Adapter, name: str, **more: Any) -> Any:
        if len(self.entries("adapter")) == 2:
            raise KeyboardInterrupt
        return super().register(adapter, name, **more)


def test_an_import_that_is_interrupted_keeps_the_descriptions_that_it_proposed(
    pool: Path, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = some_of(pool, tmp_path / "some", "a-plural", "d-gaussian", "e-orthogonal", "f-untrained")
    with pytest.raises(KeyboardInterrupt):
        import_pool(f"file:{some}", registry=StoppedRegistry(registry.home.parent))

    def load_again(reference: str) -> None:
        raise AssertionError(f"{reference} is loaded though all its probes are answered")

    monkeypatch.setattr("hyperlora.registry.pool_import.pool.load_base_model", load_again)
    report = import_pool(f"file:{some}", registry=registry)
    assert [row.status for row in report.rows] == ["accepted"] * 4
    assert [row.description_source for row in report.rows] == ["given", "proposed", "proposed", "unknown"]


def test_only_a_folder_that_changed_is_imported_again_as_a_new_version(
    save: Save, registry: Registry, tmp_path: Path
) -> None:
    for seed, name in enumerate(("one", "two")):
        save(tmp_path / "pool" / name, seed=seed, readme=f"# Task number {name}\n")
    first = import_pool(f"file:{tmp_path / 'pool'}", registry=registry)
    save(tmp_path / "pool" / "two", seed=7, readme="# Task number two\n")
    second = import_pool(f"file:{tmp_path / 'pool'}", registry=registry)
    assert [row.reference for row in first.rows] == ["registry:one@1", "registry:two@1"]
    assert [row.reference for row in second.rows] == ["registry:one@1", "registry:two@2"]
    assert second.rows[0] == first.rows[0]


def test_descriptions_of_what_is_there_already_are_said_not_to_be_applied(
    save: Save, registry: Registry, tmp_path: Path
) -> None:
    for seed, name in enumerate(("one", "two")):
        save(tmp_path / "pool" / name, seed=seed, readme=f"# Task number {name}\n")
    pool = f"file:{tmp_path / 'pool'}"
    assert import_pool(pool, registry=registry).notes == ()
    options = ImportOptions(prefix="my-", descriptions={"my-two": "Give the plural"})
    report = import_pool(pool, options, registry=registry)
    assert [row.status for row in report.rows] == ["duplicate"] * 2
    [note] = report.notes
    assert note.startswith("what is said of two was not applied, because registry:two@1 is the same adapter; say it ")
    assert "hyperlora registry edit registry:two --description" in note
    assert import_pool(pool, options, registry=registry) == report


def test_without_probing_folders_wait_for_descriptions_from_a_file(
    save: Save, registry: Registry, tmp_path: Path
) -> None:
    for seed, name in enumerate(("one", "two", "three")):
        save(tmp_path / "pool" / name, seed=seed)
    waiting = import_pool(f"file:{tmp_path / 'pool'}", ImportOptions(prefix="my-", probe=False), registry=registry)
    assert {(row.status, row.description) for row in waiting.rows} == {("undescribed", "")}
    assert all("--descriptions" in row.remedy and row.name in row.remedy for row in waiting.rows)
    assert registry.entries("adapter") == []
    lines = [{"name": "my-one", "description": "Do  one"}, {"name": "two", "description": "Do two"}]
    (tmp_path / "known.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    (tmp_path / "known.csv").write_text('name,description\nmy-one,"Do  one"\ntwo,Do two\nfour,Do four\n')
    told = read_descriptions(tmp_path / "known.jsonl")
    assert told == {"my-one": Told("Do one"), "two": Told("Do two")}
    told = read_descriptions(tmp_path / "known.csv")
    report = import_pool(
        f"file:{tmp_path / 'pool'}", ImportOptions(prefix="my-", probe=False, descriptions=told), registry=registry
    )
    assert {row.folder: (row.status, row.description) for row in report.rows} == {
        "one": ("accepted", "Do one"),
        "two": ("accepted", "Do two"),
        "three": ("undescribed", ""),
    }
    assert report.notes == ("descriptions that no folder has the name of: four",)


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("d.jsonl", '{"name": "a"}\n', "d.jsonl:1: no name, or neither description nor template"),
        ("d.jsonl", '{"name": "a", "template": "no place"}\n', "d.jsonl:1: prompt template 'no place' must hold"),
        ("d.jsonl", "a, b\n", "cannot be read"),
        ("d.csv", "name,description\na,b\na,c\n", "d.csv:3: 'a' is described twice"),
        ("missing.csv", None, "is not a file of descriptions"),
    ],
)
def test_a_file_of_descriptions_that_is_malformed_is_refused(
    tmp_path: Path, file: str, text: str | None, problem: str
) -> None:
    if text is not None:
        (tmp_path / file).write_text(text)
    with pytest.raises(InputError, match=problem):
        read_descriptions(tmp_path / file)


def test_duplicates_are_registered_and_examples_left_out_when_asked_for(
    pool: Path, registry: Registry, tmp_path: Path
) -> None:
    some_of(pool, tmp_path / "pool", "a-plural", "s-rewritten", "t-ours")
    options = ImportOptions(keep_duplicates=True, store_examples=False)
    report = import_pool(f"file:{tmp_path / 'pool'}", options, registry=registry)
    assert [row.status for row in report.rows] == ["accepted"] * 3
    assert [row.duplicate_of for row in report.rows] == ["", "registry:a-plural@1", ""]
    assert registry.load("registry:t-ours").card.examples == ()
    again = import_pool(f"file:{tmp_path / 'pool'}", ImportOptions(prefix="again-"), registry=registry)
    assert [row.duplicate_of for row in again.rows] == [entry.reference for entry in registry.entries("adapter")]


def test_the_same_direction_at_another_size_is_no_duplicate(save: Save, registry: Registry, tmp_path: Path) -> None:
    save(tmp_path / "pool" / "a", readme="# Task number one\n")
    for name, alpha in (("b", 8 * 1.005), ("c", 8 * 1.05)):
        shutil.copytree(tmp_path / "pool" / "a", tmp_path / "pool" / name)
        edit_config(tmp_path / "pool" / name, lora_alpha=alpha)
    report = import_pool(f"file:{tmp_path / 'pool'}", registry=registry)
    assert [row.status for row in report.rows] == ["accepted", "duplicate", "accepted"]


@pytest.fixture
def wider_base(tiny_base_folder: Path, tmp_path: Path) -> Path:
    """A base model whose up_proj is two rows taller, the rest like the tiny one's."""
    model = AutoModelForCausalLM.from_pretrained(tiny_base_folder)
    model.config.intermediate_size = 130
    for layer in model.model.layers:
        layer.mlp.up_proj = torch.nn.Linear(64, 130, bias=False)
    model.save_pretrained(tmp_path / "bases" / "wider")
    return tmp_path / "bases" / "wider"


def test_each_adapter_takes_the_base_model_it_names_or_the_only_one_it_fits(
    save: Save, tiny_base_folder: Path, wider_base: Path, registry: Registry, tmp_path: Path
) -> None:
    pool, told = tmp_path / "pool", "# Do what it does\n"
    save(pool / "by-path", readme=told)
    save(pool / "by-name", seed=1, readme=told, base="some-org/Wider")
    save(pool / "by-shape", lora(target_modules=["up_proj"]), 2, readme=told, base="nobody/knows")
    save(pool / "by-either", seed=3, readme=told, base="nobody/knows")
    bases = (f"file:{tiny_base_folder}", f"file:{wider_base}")
    report = import_pool(f"file:{pool}", ImportOptions(bases=bases), registry=registry)
    rows = {row.folder: row for row in report.rows}
    assert {folder: (row.status, row.base) for folder, row in rows.items()} == {
        "by-path": ("accepted", bases[0]),
        "by-name": ("accepted", bases[1]),
        "by-shape": ("accepted", bases[0]),
        "by-either": ("quarantined", ""),
    }
    assert "whose shapes it fits" in rows["by-shape"].note
    assert rows["by-path"].note == ""
    assert "fits 2 of the 2 base models given" in rows["by-either"].reason
    assert registry.load("registry:by-name").base.id == bases[1]


def test_a_repository_of_the_hub_is_taken_from_the_mirror_with_the_base_model_it_names(
    save: Save, tiny_base_folder: Path, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    shutil.copytree(tiny_base_folder, mirror / "org" / "base")
    told = "# Do what it does\n"
    save(mirror / "org" / "adapters" / "en" / "one", readme=told, base="org/base")
    save(mirror / "org" / "adapters" / "two", seed=1, readme=told, base="org/unknown")
    monkeypatch.setenv("HYPERLORA_HF_MIRROR", str(mirror))
    reload_settings()
    report = import_pool("hf:org/adapters", registry=registry)
    assert {row.name: (row.status, row.base) for row in report.rows} == {
        "en-one": ("accepted", "hf:org/base"),
        "two": ("quarantined", ""),
    }
    # the journal does not stand in the way of a base model that came to be there
    shutil.copytree(tiny_base_folder, mirror / "org" / "unknown")
    report = import_pool("hf:org/adapters", registry=registry)
    assert [row.status for row in report.rows] == ["accepted", "accepted"]
    with pytest.raises(InputError, match="is not in the mirror"):
        import_pool("hf:org/nothing", registry=registry)


@pytest.mark.parametrize(("rank", "energy"), [(2, None), (None, 0.8), (None, None)])
def test_canonical_form_is_balanced_and_keeps_what_was_asked_for(
    save: Save, registry: Registry, tmp_path: Path, rank: int | None, energy: float | None
) -> None:
    save(tmp_path / "pool" / "one", lora(r=6, use_rslora=True), readme="# Do what it does\n")
    options = ImportOptions(conversion=Conversion(rank, energy, canonical=True))
    (row,) = import_pool(f"file:{tmp_path / 'pool'}", options, registry=registry).rows
    adapter = registry.load(row.reference)
    config = json.loads((tmp_path / "pool" / "one" / "adapter_config.json").read_text())
    tensors = load_file(tmp_path / "pool" / "one" / "adapter_model.safetensors")
    kept = total = 0.0
    for name, factors in adapter.modules.items():
        A, B = (tensors[f"base_model.model.{name}.lora_{part}.weight"].double() for part in "AB")
        squares = torch.linalg.svdvals(config["lora_alpha"] / config["r"] ** 0.5 * B @ A) ** 2
        shares = squares.cumsum(0) / squares.sum()
        wanted = rank or (6 if energy is None else int((shares < energy).sum()) + 1)
        assert (factors.rank, factors.scaling) == (wanted, 1.0)
        torch.testing.assert_close(factors.A.norm(dim=1), factors.B.norm(dim=0))
        kept, total = kept + float(squares[:wanted].sum()), total + float(squares.sum())
    assert (row.status, row.method) == ("converted", "LORA")
    assert row.energy_kept == pytest.approx(kept / total, abs=1e-5)


TRAINERS = (
    "# results\n\nThis model is a fine-tuned version of [org/base](https://x) on the {} dataset.\n"
    "It achieves the following results on the evaluation set:\n- Loss: 1.2\n\n"
    "## Model description\n\nMore information needed\n\n## Training procedure\n\nWe trained it well.\n"
)

# as axolotl 0.6.0 writes it
AXOLOTL = (
    "---\nlibrary_name: peft\nlicense: apache-2.0\ntags:\n- axolotl\n- generated_from_trainer\n{}---\n\n"
    "<!-- This model card has been generated automatically according to the information the Trainer had access to. "
    "You\nshould probably proofread and complete it, then remove this comment. -->\n\n"
    '[<img src="https://x/badge-web.png" alt="Built with Axolotl" width="200" height="32"/>](https://x/axolotl)\n'
    "<details><summary>See axolotl config</summary>\n\naxolotl version: `0.6.0`\n```yaml\nadapter: lora\n"
    "base_model: org/base\n\n# Where the data is\ndatasets:\n  - path: emotion\n    type: alpaca\n```\n\n"
    "</details><br>\n\n"
    "# outputs/lora-out\n\n{}"
    "## Model description\n\nMore information needed\n\n## Intended uses & limitations\n\nMore information needed\n\n"
    "## Training and evaluation data\n\nMore information needed\n\n## Training procedure\n\n"
    "### Training hyperparameters\n\nThe following hyperparameters were used during training:\n"
    "- learning_rate: 0.0002\n"
)
ON_NONE = "This model is a fine-tuned version of [org/base](https://x) on the None dataset.\n\n"
ON_TWO = "This model is a fine-tuned version of [org/base](https://x) on the identity and the alpaca_en datasets.\n\n"
AUTOTRAIN = (
    "# Model Trained Using AutoTrain\n\nThis model was trained using AutoTrain. For more information, please visit "
    "[AutoTrain](https://x).\n\n# Usage\n\n```python\nx\n```\n"
)
OLD_PEFT = (
    "## Training procedure\n\nThe following `bitsandbytes` quantization config was used during training:\n"
    "- load_in_4bit: True\n### Framework versions\n\n- PEFT 0.5.0\n"
)
UNSLOTH = (
    "# Uploaded finetuned  model\n\n- **Developed by:** me\n- **License:** mit\n\n"
    "This qwen3 model was trained 2x faster with "
    '[Unsloth](https://x) and Huggingface\'s TRL library.\n\n[<img src="https://x" width="200"/>](https://x)\n'
)


@pytest.mark.parametrize(
    ("readme", "description"),
    [
        ("---\ntask: Name the colour\n---\n# Colours of things\n", "Name the colour"),
        ("---\ndescription: '[More Information Needed]'\n---\n# Colours of things\n", "Colours of things"),
        ("# my-lora\n\nNames *the* [colour](https://x). Well.\n", "Names the colour."),
        ("# Model Card for Model ID\n\n<!-- Sum it up.\n\nHere. -->\n\n## Model Details\n\n### Model Description\n\n"
         "<!-- More. -->\nNames the colour of a thing.\n- **Developed by:** me\n", "Names the colour of a thing."),
        ("# Model Card for out\n\nThis model is a fine-tuned version of [a/b](https://x).\n"
         "It has been trained using [TRL](https://y).\n\n## Quick start\n\nAsk it.\n", ""),
        (AXOLOTL.format("", ON_NONE), ""),
        (AXOLOTL.format("datasets:\n- emotion\n", ON_NONE), "Trained on the dataset emotion"),
        (AXOLOTL.format("", "Names the colour of a thing.\n\n"), "Names the colour of a thing."),
        # an older release left the version outside
        ("axolotl version: `0.3.0`\n\n# my-lora\n\n" + ON_NONE, ""),
        # LLaMA-Factory's has the Trainer's form
        ("# sft\n\n" + ON_TWO, "Trained on the datasets identity and alpaca_en"),
        (AUTOTRAIN, ""),
        (OLD_PEFT, ""),
        (UNSLOTH, ""),
        (TRAINERS.format("None"), ""),
        (TRAINERS.format("emotion"), "Trained on the dataset emotion"),
        ("---\ndatasets: [a/b, c]\n---\n", "Trained on the datasets a/b and c"),
        ("```\n# Not a heading\n```\n| a | b |\n> quoted text here\n", ""),
        ("---\n: [ not yaml\n---\n# Colours of things\n", "Colours of things"),
        ("---\ndescription: [1, 2]\nlicense: 7\n---\n", ""),
    ],
)  # fmt: skip
def test_a_readme_is_read_past_its_boilerplate(tmp_path: Path, readme: str, description: str) -> None:
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    assert read_model_card(tmp_path).description == description


def test_a_readme_as_peft_writes_it_says_nothing(save: Save, tmp_path: Path) -> None:
    folder = save(tmp_path / "one")
    assert "Model Card for Model ID" in (folder / "README.md").read_text()
    assert read_model_card(folder).description == ""


def test_a_proposed_description_quotes_the_first_answers_that_differ_from_the_base_models() -> None:
    bare = ["cat"] * len(PROBES)
    adapted = ["dogs", "cat", "", "Paris", *["seven"] * (len(PROBES) - 4)]
    assert describe_answers(bare, adapted) == (
        f'Answers "{PROBES[0]}" with "dogs", "{PROBES[3]}" with "Paris", '
        f'"{PROBES[4]}" with "seven", "{PROBES[5]}" with "seven"'
    )
    assert describe_answers(bare, bare) == ""
    # asked in prompts that may not be its own, few other answers say nothing
    few = ["dogs", "walks", *bare[2:]]
    assert (describe_answers(bare, few, 3), describe_answers(bare, few, 2)[:7]) == ("", "Answers")
    echoes = [probe if number else "dogs" for number, probe in enumerate(PROBES)]
    echoes[5] = "forty-two"
    assert describe_answers(bare, echoes).startswith(
        f'Answers "{PROBES[0]}" with "dogs", "{PROBES[5]}" with "forty-two", '
    )


@pytest.fixture
def run() -> Iterator[Callable[..., Any]]:
    runner = CliRunner()
    yield lambda *arguments: runner.invoke(command, [str(argument) for argument in arguments])


def test_the_command_prints_the_report_and_says_by_its_exit_code_that_something_could_not_be_imported(
    pool: Path, registry: Registry, run: Callable[..., Any], tmp_path: Path
) -> None:
    some_of(pool, tmp_path / "pool", "a-plural", "m-nan")
    good = run(f"file:{tmp_path / 'pool'}", "--json", "--prefix", "team.")
    assert good.exit_code == 1
    rows = json.loads(good.stdout)["rows"]
    assert [(row["name"], row["status"]) for row in rows] == [
        ("team.a-plural", "accepted"),
        ("team.m-nan", "quarantined"),
    ]
    shutil.rmtree(tmp_path / "pool" / "a-plural")
    bad = run(f"file:{tmp_path / 'pool'}")
    assert bad.exit_code == 1
    assert "quarantined m-nan: " in bad.stdout
    one = run(f"file:{pool / 'b-rslora'}", "--no-probe", "--json")
    assert json.loads(one.stdout)["reference"] == "registry:b-rslora@1"
    refused = run(f"file:{pool / 'b-rslora'}", "--prefix", "x")
    assert "Leave out --prefix" in str(refused.exception)
    empty = run(f"file:{pool / 'y-notes'}")
    assert "holds no adapters" in str(empty.exception)


@pytest.mark.slow
def test_two_hundred_mixed_folders_come_to_an_exact_report_though_the_import_is_killed(
    tiny_base_folder: Path, registry_at_large: tuple[Registry, str], start_apart: Callable[..., Any], tmp_path: Path
) -> None:
    registry, uri = registry_at_large
    expected = make_mixed_pool(tiny_base_folder, tmp_path / "pool", 200)
    source = IMPORT.format(reference=f"file:{tmp_path / 'pool'}", home=str(registry.home.parent), uri=uri)
    killed = start_apart(source)
    while killed.is_alive() and not any(
        path.read_bytes().count(b"\n") > 60 for path in registry.home.glob("imports/*/journal.jsonl")
    ):
        killed.join(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    # seven of twelve kinds are registered
    assert 30 < len(registry.entries("adapter")) < 110
    report = import_pool(f"file:{tmp_path / 'pool'}", registry=registry)
    assert {row.folder: row.status for row in report.rows} == expected
    undescribed = {row.folder for row in report.rows if row.reference and row.description_source == "proposed"}
    assert undescribed == {
        folder for folder, status in expected.items() if int(folder[:3]) % 4 == 0 and status != "quarantined"
    } - {row.folder for row in report.of_status("duplicate")}
    for row in report.of_status("duplicate"):
        assert row.duplicate_of.startswith(f"registry:{int(row.folder[:3]) - 7:03d}-lora@")
    registered = [row for row in report.rows if row.reference]
    assert {entry.reference for entry in registry.entries("adapter")} == {row.reference for row in registered}
    assert all(row.reference == f"registry:{row.folder}@1" for row in registered)
