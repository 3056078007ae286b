"""The command line: every command does its work, prints JSON when asked, and fails in one line that says what to do."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from hyperlora import __version__
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.registry import Registry
from hyperlora.tasks.task import PARTITIONS, Example, Task, write_task
from pipelines.starter import starter_suite
from serve.cli.main import COMMANDS
from serve.cli.registry import command as registry_commands

Run = Callable[..., Any]

HELP = [
    (),
    *((name,) for name in COMMANDS),
    *(("registry", name) for name in registry_commands.commands),
    *(("tasks", name) for name in ("list", "show", "check")),
    *(("train", name) for name in ("adapters", "multitask", "generator")),
]


def tree(folder: Path) -> list[tuple[str, int]]:
    """Every path below a folder with its size; SQLite's own files may change by being read."""
    return sorted(
        (str(path.relative_to(folder)), path.stat().st_size if path.is_file() else -1)
        for path in folder.rglob("*")
        if not path.name.startswith(("mlflow.db", "catalogue-"))
    )


def references(registry: Registry) -> list[str]:
    """All that is registered."""
    return [entry.reference for kind in ("adapter", "generator") for entry in registry.entries(kind)]


@pytest.mark.parametrize("command", HELP, ids=" ".join)
def test_help_says_what_the_command_does(command: tuple[str, ...], run: Run) -> None:
    outcome = run(*command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: hyperlora {' '.join(command)}".rstrip())
    assert outcome.err == ""


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=" ".join)
def test_help_shows_an_example_that_is_a_command(command: tuple[str, ...], run: Run) -> None:
    text = run(*command, "--help").out
    assert "Example:" in text
    examples = re.findall(r"^ +hyperlora (\S+)", text.partition("Example:")[2], re.MULTILINE)
    assert examples
    assert set(examples) <= set(COMMANDS)
    assert not command or set(examples) == {command[0]}


def test_help_lists_every_command(run: Run) -> None:
    text = run("--help").out
    assert all(re.search(rf"^  {name} +{re.escape(line[:30])}", text, re.MULTILINE) for name, line in COMMANDS.items())


def test_the_version_is_the_package_s(run: Run) -> None:
    assert run("--version").out == f"hyperlora, version {__version__}\n"


def test_wrong_usage_is_code_two(run: Run) -> None:
    assert run("merge", "registry:plural").code == 2
    assert run("fly").code == 2
    assert "--out" in run("export", "registry:plural").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("serve", "--port", "99999"), "99999 is not in the range 0<=x<=65535"),
        (("serve", "--port", "-1"), "-1 is not in the range 0<=x<=65535"),
        (("search", "--like", "registry:plural", "-k", str(10**30)), "is not in the range x<=1000"),
        (("route", "house", "-k", str(10**30)), "is not in the range x<=1000"),
    ],
)
def test_numbers_that_cannot_be_meant_are_wrong_usage(arguments: tuple[str, ...], said: str, run: Run) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert said in outcome.err


def test_an_interruption_is_code_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.quickstart.quickstart", interrupted)
    outcome = run("quickstart")
    assert outcome.code == 130
    assert outcome.err.strip() == "interrupted; the same command goes on where it can, and else begins anew"


# --- what each command does -----------------------------------------------------------------------------


def test_doctor_on_a_sound_machine(shared_pool: Registry, run: Run) -> None:
    outcome = run("doctor", "--json")
    assert outcome.code == 0
    found = {row["check"]: row for row in outcome.value}
    assert set(found) == {"hardware", "base model", "text encoder", "registry", "storage"}
    assert all(row["ok"] for row in found.values())
    assert found["registry"]["detail"].startswith("3 adapter versions, 1 generator,")
    assert "384 dimensions" in found["text encoder"]["detail"]
    assert [line[:3] for line in run("doctor").out.splitlines()] == ["ok "] * 5


def test_doctor_names_what_is_not_usable(shared_pool: Registry, run: Run, tmp_path: Path) -> None:
    outcome = run("doctor", "--base", f"file:{tmp_path}", "--json")
    assert outcome.code == 1
    bad = [row for row in outcome.value if not row["ok"]]
    assert [row["check"] for row in bad] == ["base model"]
    assert "no config.json" in bad[0]["detail"]
    assert bad[0]["remedy"]


def test_registry_list(shared_pool: Registry, run: Run) -> None:
    listed = run("registry", "list", "--json").value["entries"]
    assert [(entry["reference"], entry["aliases"]) for entry in listed] == [
        ("registry:capital@1", ["champion"]),
        ("registry:plural@1", ["champion"]),
        ("registry:spelled@1", ["champion"]),
    ]
    assert [entry["name"] for entry in run("registry", "list", "--kind", "generator", "--json").value["entries"]] == [
        "writer"
    ]
    lines = run("registry", "list").out.splitlines()
    assert len(lines) == 4
    assert all(word in lines[2] for word in ("registry:plural@1", "trained", "champion", "Give the plural of the noun"))


def test_registry_list_of_nothing_says_so(registry: Registry, run: Run) -> None:
    assert run("registry", "list").out == "no adapter is registered\n"
    assert run("registry", "list", "--json").value == {"entries": [], "next": None, "total": 0}


@pytest.mark.parametrize("reference", ["registry:plural", "registry:plural@1", "registry:plural@champion"])
def test_registry_show(reference: str, shared_pool: Registry, run: Run) -> None:
    shown = run("registry", "show", reference, "--json").value
    assert (shown["reference"], shown["metrics"]) == ("registry:plural@1", {"exact_match.validation": 0.75})
    assert shown["card"]["paraphrases"] == ["Turn the word into its plural"]
    assert run("registry", "show", reference).out.startswith("registry:plural@1  (adapter)\n")


def test_registry_show_of_a_generator(shared_pool: Registry, run: Run) -> None:
    shown = run("registry", "show", "registry:writer", "--json").value
    assert (shown["kind"], "card" in shown) == ("generator", False)


def test_adapt_says_that_nothing_fits_and_exits_with_3(pool: Registry, run: Run) -> None:
    before = [entry.reference for entry in pool.entries()]
    refused = run("adapt", "asdf qwer zxcv blorp")
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.startswith("error: nothing in the pool fits this description: the closest adapter, registry:")
    assert "(--examples)" in refused.err
    assert refused.err.count("\n") == 1
    told = run("adapt", "asdf qwer zxcv blorp", "--json")
    assert told.code == 3
    assert len(told.value["closest"]) == 3
    assert run("adapt", "Give the plural", "--min-confidence", "1").code == 3
    assert [entry.reference for entry in pool.entries()] == before
    assert run("adapt", "asdf qwer zxcv blorp", "--force").code == 0
    assert run("adapt", "asdf", "--min-confidence", "2").code == 2


def test_search(shared_pool: Registry, run: Run) -> None:
    hits = run("search", "Which city is this country's capital?", "-k", "2", "--json").value
    assert len(hits) == 2
    assert hits[0]["name"] == "capital"
    assert hits[0]["score"] > hits[1]["score"]
    assert hits[0]["confidence"] > 0.5 > hits[1]["confidence"]
    assert run("search", "plural").out.splitlines()[0].split()[2] == "registry:plural@1"


def test_search_by_prompt_examples_and_adapter(shared_pool: Registry, run: Run, tmp_path: Path) -> None:
    assert run("search", "--prompt", "Give the plural.\nInput: cat", "-k", "1", "--json").value[0]["name"] == "plural"
    few = tmp_path / "few.jsonl"
    few.write_text('{"input": "cat", "output": "cats"}\n')
    assert {hit["kind"] for hit in run("search", "--examples", few, "--json").value} <= {"adapter"}
    like = run("search", "--like", "registry:plural", "--json").value
    assert "plural" not in {hit["name"] for hit in like}
    assert like and all(-1 <= hit["similarity"] <= 1 for hit in like)
    for wrong in ((), ("plural", "--like", "registry:plural"), ("--like", "registry:plural", "--tag", "a")):
        assert run("search", *wrong).code == 1


def test_search_filters_by_tag_and_origin(shared_pool: Registry, run: Run) -> None:
    assert run("search", "plural", "--tag", "nobody=has-it").out == (
        "the registry has no such adapters for this base model\n"
    )
    assert run("search", "plural", "--origin", "composed", "--json").value == []


def test_the_index_is_shown_and_built_anew(pool: Registry, run: Run) -> None:
    shown = run("index", "show", "--json").value
    assert shown["adapters"] == 3
    assert shown["folder"] == str(pool.home / "index")
    assert run("index", "build").out == "3 adapters indexed\n"
    assert run("search", "plural", "-k", "1", "--json").value[0]["name"] == "plural"


def test_search_in_an_empty_registry_says_so(registry: Registry, tiny_is_base: str, run: Run) -> None:
    assert run("search", "plural").out == "the registry has no adapters for this base model\n"
    assert run("search", "plural", "--json").value == []


def test_export_and_merge(pool: Registry, run: Run, tmp_path: Path) -> None:
    assert run("export", "registry:plural@champion", "--out", tmp_path / "peft", "--json").value == {
        "out": str(tmp_path / "peft"),
        "adapter": "registry:plural@champion",
    }
    adapter = read_adapter(tmp_path / "peft")
    assert adapter.content_hash == pool.load("registry:plural").content_hash
    assert run("merge", "registry:plural", "--out", tmp_path / "one", "--json").code == 0
    assert run("merge", f"file:{tmp_path / 'peft'}", "--out", tmp_path / "two").code == 0
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    assert all(one[name].equal(two[name]) for name in one)


def test_export_all_writes_a_folder_each_and_names_what_failed(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    pool.register(make_adapter(9), "plural", tags={"team": "a"})
    out = tmp_path / "out"
    first = run("export", "--all", "--tag", "team=a", "--out", out, "--json")
    assert (first.code, first.value) == (
        0,
        {"out": str(out), "written": ["registry:plural@2"], "skipped": [], "failed": []},
    )
    (pool.get("registry:capital").folder / "adapter_config.json").write_text("{}")
    again = run("export", "--all", "--out", out)
    assert again.code == 1
    summary, failure = again.out.splitlines()
    assert summary == f"{out}: 1 adapters written, 1 there already, 1 failed:"
    assert failure.startswith("  registry:capital@1: ")
    assert sorted(path.name for path in out.iterdir()) == ["plural", "spelled"]
    assert read_adapter(out / "plural").content_hash == pool.load("registry:plural@2").content_hash
    champions = run("export", "--all", "--alias", "champion", "--out", tmp_path / "champions", "--json").value
    assert champions["written"] == ["registry:plural@1", "registry:spelled@1"]


def test_export_takes_an_adapter_or_all(shared_pool: Registry, run: Run, tmp_path: Path) -> None:
    for arguments in ((), ("registry:plural", "--all"), ("registry:plural", "--origin", "trained")):
        assert run("export", *arguments, "--out", tmp_path / "out").code == 2
    nothing = run("export", "--all", "--origin", "composed", "--out", tmp_path / "out")
    assert (nothing.code, "no adapter to export" in nothing.err) == (1, True)
    assert not (tmp_path / "out").exists()


def test_an_exported_folder_is_imported_under_another_name(pool: Registry, run: Run, tmp_path: Path) -> None:
    run("export", "registry:plural", "--out", tmp_path / "peft")
    template = r"Word: {input}\nPlural:"
    imported = run(
        *(
            "import",
            f"file:{tmp_path / 'peft'}",
            "--name",
            "mine",
            "--description",
            "Make many",
            "--template",
            template,
        ),
        "--json",
    )
    assert (imported.value["reference"], imported.value["origin"]) == ("registry:mine@1", "imported")
    card = pool.load("registry:mine").card
    assert (card.description, card.prompt_template) == ("Make many", "Word: {input}\nPlural:")
    assert run("search", "Make many", "-k", "1", "--json").value[0]["name"] == "mine"


def test_a_foreign_peft_folder_merges_on_the_base_that_it_names_or_that_is_named(
    pool: Registry, run: Run, tmp_path: Path, tiny_is_base: str
) -> None:
    run("export", "registry:plural", "--out", tmp_path / "peft")
    (tmp_path / "peft" / "hyperlora.json").unlink()
    assert run("merge", tmp_path / "peft", "--out", tmp_path / "recognised").code == 0
    config = tmp_path / "peft" / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"base_model_name_or_path": "org/unknown"}))
    refused = run("merge", tmp_path / "peft", "--out", tmp_path / "merged")
    assert refused.code == 1
    said = f"{tmp_path / 'peft'}: names the base model 'org/unknown', which is not known here. Name its base model with"
    assert said in refused.err
    assert said in run("search", "--like", tmp_path / "peft").err
    assert run("merge", tmp_path / "peft", "--base", tiny_is_base, "--out", tmp_path / "merged").code == 0
    recognised, named = (tmp_path / name / "model.safetensors" for name in ("recognised", "merged"))
    assert recognised.read_bytes() == named.read_bytes()


def test_a_quantised_base_is_merged_only_when_dequantising_is_asked_for(
    pool: Registry, run: Run, tmp_path: Path, tiny_base_folder: Path
) -> None:
    shutil.copytree(tiny_base_folder, tmp_path / "fp8")
    weights = load_file(tmp_path / "fp8" / "model.safetensors")
    for name in [name for name in weights if name.endswith("_proj.weight")]:
        weights[f"{name}_scale_inv"] = torch.ones(weights[name].shape[0] // 32, weights[name].shape[1] // 32)
        weights[name] = weights[name].to(torch.float8_e4m3fn)
    save_file(weights, tmp_path / "fp8" / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((tmp_path / "fp8" / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "fp8", "weight_block_size": [32, 32]}
    (tmp_path / "fp8" / "config.json").write_text(json.dumps(config))
    run("export", "registry:plural", "--out", tmp_path / "peft")
    (tmp_path / "peft" / "hyperlora.json").unlink()

    merge = ("merge", f"file:{tmp_path / 'peft'}", "--base", f"file:{tmp_path / 'fp8'}", "--out", tmp_path / "merged")
    refused = run(*merge)
    assert refused.code == 1
    assert "--dequantise" in refused.err
    assert run(*merge, "--dequantise").code == 0
    assert {tensor.dtype for tensor in load_file(tmp_path / "merged" / "model.safetensors").values()} == {torch.float32}


def test_adapt_registers_and_writes(pool: Registry, run: Run, tmp_path: Path) -> None:
    examples = tmp_path / "mine.jsonl"
    examples.write_text('{"input": "cat", "output": "cats"}\n{"input": "dog", "output": "dogs"}\n')
    out, merged = tmp_path / "out", tmp_path / "merged"
    value = run("adapt", "Give me the plural", "--examples", examples, "--out", out, "--merge", merged, "--json").value
    assert (value["out"], value["merged"]) == (str(out), str(merged))
    assert len(value["candidates"]) == 4
    assert value["base_exact_match"] == 0.0
    reference = value["adapter"]["reference"]
    assert pool.load(reference).content_hash == read_adapter(out).content_hash
    assert (value["origin"], value["parents"]) == ("generated", ["registry:writer@1"])
    assert "of 2 examples" in value["reason"]
    text = run("adapt", "Give me the plural", "--examples", examples).out
    assert text.startswith(f"adapt 'Give me the plural'\n  -> {reference} ")
    assert "; trained on them for 16 steps" in text
    assert "for 2 steps" in run("adapt", "Give me the plural", "--examples", examples, "--refine", 2).out
    assert "trained" not in run("adapt", "Give me the plural", "--examples", examples, "--refine", 0).out


def test_tasks_of_the_starter_suite(run: Run) -> None:
    listed = run("tasks", "list", "--json").value
    assert [task["name"] for task in listed] == [task.name for task in starter_suite()]
    assert {task["partition"] for task in listed} == set(PARTITIONS)
    *lines, total = run("tasks", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == [task["name"] for task in listed]
    assert total == f"{len(listed)} tasks (examples: train/validation/test)"
    far = run("tasks", "list", "--split", "held-out", "--family", listed[0]["family"], "--json").value
    assert far == [task for task in listed if (task["partition"], task["family"]) == ("held-out", listed[0]["family"])]
    shown = run("tasks", "show", "noun-plural", "--json").value
    assert set(shown["unseen_descriptions"]).isdisjoint(shown["descriptions"])
    text = run("tasks", "show", "noun-plural").out
    assert all(description in text for description in shown["descriptions"] + shown["unseen_descriptions"])


def test_tasks_of_a_folder(run: Run, tmp_path: Path) -> None:
    examples = tuple(Example(f"in {number}", f"out {number}") for number in range(3))
    task = Task("mine", "own", ("Do it my way.",), examples[:1], examples[1:2], examples[2:])
    write_task(task, tmp_path / "mine")
    suite = f"file:{tmp_path}"
    assert [row["name"] for row in run("tasks", "list", "--suite", suite, "--json").value] == ["mine"]
    assert "Do it my way." in run("tasks", "show", "mine", "--suite", suite).out
    checked = run("tasks", "check", "--suite", suite, "--json")
    assert (checked.code, checked.value["problems"]) == (0, [])
    assert checked.value["notes"][-1] == "mine: 1 test examples, so a score is a rough one"
    write_task(replace(task, test=(Example("in 0", "else"),)), tmp_path / "mine")
    checked = run("tasks", "check", "--suite", suite)
    problem = "mine: input 'in 0' is in both train and test, with the answers 'out 0' and 'else'"
    assert (checked.code, checked.out.splitlines()[0]) == (1, problem)


def write_rows(folder: Path) -> Path:
    """Two tasks in shapes of other tools, in no part of a suite."""
    folder.mkdir()
    chats = [
        {"messages": [{"role": "user", "content": f"a {n}"}, {"role": "assistant", "content": f"b {n}"}], "id": n}
        for n in range(20)
    ]
    told = [{"instruction": "Say second.", "input": f"c {n}", "output": f"d {n}"} for n in range(20)]
    for name, rows in (("first", chats), ("second", told)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_data_in_no_part_of_a_suite_is_listed_checked_and_exported_to_train_on(run: Run, tmp_path: Path) -> None:
    suite = f"jsonl:{write_rows(tmp_path / 'data')}"
    listed = run("tasks", "list", "--suite", suite, "--json").value
    assert [(row["name"], row["partition"], row["description"]) for row in listed] == [
        ("first", None, "first"),
        ("second", None, "Say second."),
    ]
    for part in ("seen", "held-out"):
        assert run("tasks", "list", "--suite", suite, "--split", part, "--json").value == listed
    (tmp_path / "data" / "third.jsonl").write_text('{"word": "a"}\n')
    checked = run("tasks", "check", "--suite", suite)
    assert checked.code == 1
    assert "third.jsonl, line 1: is no example in a shape that is read; it has 'word'" in checked.out
    assert "note: first: the column 'id' is not read" in checked.out
    (tmp_path / "data" / "third.jsonl").unlink()
    assert run("tasks", "export", "--suite", suite, "--out", tmp_path / "out").code == 0
    exported = run("tasks", "list", "--suite", f"file:{tmp_path / 'out'}", "--json").value
    assert [(row["name"], row["partition"]) for row in exported] == [("first", "seen"), ("second", "seen")]


@pytest.fixture(scope="module")
def quick_evaluation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evaluation recipe for the tiny model."""
    few = {"steps": 2, "learning_rate": 0.01}
    recipe = {"test_examples": 3, "shots": 2, "oracle": few | {"samples_per_task": 2}, "finetune": few}
    path = tmp_path_factory.mktemp("recipes") / "evaluation.yaml"
    path.write_text(json.dumps(recipe))
    return path


def write_suite(folder: Path, names: tuple[str, ...] = ("first", "second")) -> Path:
    """Tasks of six examples a split."""
    for name in names:
        parts = [tuple(Example(f"{split} {number}", name) for number in range(6)) for split in ("a", "b", "c")]
        write_task(Task(name, "own", (f"Say {name}.",), *parts), folder / name)
    return folder


def test_evaluate_writes_results_and_report(pool: Registry, run: Run, tmp_path: Path, quick_evaluation: Path) -> None:
    suite, out = write_suite(tmp_path / "suite"), tmp_path / "out"
    arguments = ("evaluate", "--suite", f"file:{suite}", "--recipe", quick_evaluation, "--out", out)
    outcome = run(*arguments, "--methods", "base,icl-5,retrieved-1", "--test-examples", "2", "--json")
    assert outcome.code == 0
    assert (outcome.value["out"], outcome.value["failures"], outcome.value["left_out"]) == (str(out), [], [])
    results = json.loads((out / "results.json").read_text())
    assert set(results["scores"]) == {"base", "icl-5", "retrieved-1"}
    assert [len(got["scores"]) for own in results["scores"].values() for got in own.values()] == [2] * 6
    assert outcome.value["summary"] == results["summary"]
    assert Path(outcome.value["report"]) == out / "report.html"
    assert (out / "report.html").is_file()
    text = run(*arguments, "--methods", "base,icl-5,retrieved-1", "--test-examples", "2").out
    assert text.startswith("all: 2 tasks of 1 ")
    assert "retrieved-1" in text
    assert text.rstrip().endswith("report.html")


def test_evaluate_keeps_what_it_could_measure_and_names_the_rest(
    pool: Registry, run: Run, tmp_path: Path, quick_evaluation: Path
) -> None:
    suite = write_suite(tmp_path / "suite", ("broken", "empty", "sound"))
    with (suite / "broken" / "train.jsonl").open("a") as handle:
        handle.write('{"input": "cat"}\n')
    (suite / "empty" / "test.jsonl").write_text("")
    outcome = run(
        *("evaluate", "--suite", f"file:{suite}", "--recipe", quick_evaluation, "--out", tmp_path / "out"),
        *("--methods", "base,multitask+description,multitask+icl-5", "--json"),
    )
    assert outcome.code == 1
    broken, empty = outcome.value["left_out"]
    assert "train.jsonl, line 7: has no 'output'" in broken
    assert "test.jsonl: holds no example" in empty
    assert [(each["method"], each["task"]) for each in outcome.value["failures"]] == [
        ("multitask+description", "sound"),
        ("multitask+icl-5", "sound"),
    ]
    assert "left out: " in outcome.err
    assert re.search(r"^multitask\+icl-5 on sound: .* reads examples\. Run: hyperlora", outcome.err, re.MULTILINE)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert len(results["scores"]["base"]["sound"]["scores"]) == 3


def test_train_adapters_registers_one_a_task_once(pool: Registry, run: Run, tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "suite")
    (tmp_path / "quick.yaml").write_text("{steps: 2, samples_per_task: 2, learning_rate: 0.01}")
    arguments = ("train", "adapters", "--suite", f"file:{suite}", "--recipe", tmp_path / "quick.yaml")
    made = run(*arguments, "--task", "first", "--json").value
    assert [entry["reference"] for entry in made] == ["registry:first@1"]
    assert pool.get("registry:first@champion").description == "Say first."
    both = run(*arguments)
    assert [line.split()[0] for line in both.out.splitlines()] == ["registry:first@1", "registry:second@1"]
    assert "training 1 adapters: second" in both.err


def test_train_adapters_on_data_in_no_part_of_a_suite(pool: Registry, run: Run, tmp_path: Path) -> None:
    suite = f"jsonl:{write_rows(tmp_path / 'data')}"
    (tmp_path / "quick.yaml").write_text("{steps: 2, samples_per_task: 2, learning_rate: 0.01}")
    arguments = ("train", "adapters", "--suite", suite, "--recipe", tmp_path / "quick.yaml")
    made = run(*arguments, "--json")
    assert [(entry["name"], entry["description"]) for entry in made.value] == [
        ("first", "first"),
        ("second", "Say second."),
    ]
    assert "note: first: the column 'id' is not read" in made.err
    (tmp_path / "data" / "tasks.yaml").write_text("second: {partition: held-out}\n")
    refused = run(*arguments, "--task", "second")
    assert (refused.code, "add --split held-out" in refused.err) == (1, True)
    assert run(*arguments, "--split", "held-out", "--json").value[0]["name"] == "second"


@pytest.mark.parametrize("kind", ["adapters", "multitask", "generator", "retriever"])
def test_the_split_that_a_refusal_names_is_an_option_of_each_training(run: Run, tmp_path: Path, kind: str) -> None:
    examples = tuple(Example(f"in {number}", f"out {number}") for number in range(3))
    task = Task("kept", "own", ("Do it.",), examples[:1], examples[1:2], examples[2:], partition="held-out")
    write_task(task, tmp_path / "kept")
    refused = run("train", kind, "--suite", f"file:{tmp_path}")
    assert (refused.code, "has no seen tasks, only held-out" in refused.err) == (1, True)
    (option,) = re.findall(r"--split \S+?(?=[,.])", refused.err)
    again = run("train", kind, "--suite", f"file:{tmp_path}", *option.split(), "--task", "castles")
    assert "no task 'castles'" in again.err


# --- failures -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, make_adapter: Callable[..., Adapter], tiny_base_folder: Path
) -> Path:
    """A folder of things that must be refused."""
    place = tmp_path_factory.mktemp("hostile")
    for name in ("pickled", "nan", "sound"):
        write_adapter(make_adapter(1), place / name)
    (place / "pickled" / "adapter_model.bin").write_bytes(b"\x80\x04.")
    weights = load_file(place / "nan" / "adapter_model.safetensors")
    next(iter(weights.values()))[0, 0] = float("nan")
    save_file(weights, place / "nan" / "adapter_model.safetensors", metadata={"format": "pt"})
    shutil.copytree(tiny_base_folder, place / "other-base")
    tensors = load_file(place / "other-base" / "model.safetensors")
    tensors["model.norm.weight"] *= 2
    save_file(tensors, place / "other-base" / "model.safetensors", metadata={"format": "pt"})
    (place / "broken.jsonl").write_text('{"input": "cat"}\n')
    (place / "full").mkdir()
    (place / "full" / "mine.txt").write_text("keep")
    (place / "recipe.yaml").write_text("steps: 3\nsamples_per_task: 1\n")
    (place / "evaluated").mkdir()
    (place / "evaluated" / "run.json").write_text('{"suite": "another"}')
    return place


# arguments, with {} for the folder of hostile things; words of the problem; words of the remedy
FAILURES = {
    "adapt: empty description": (["adapt", ""], "description is empty", "Say in a sentence"),
    "adapt: blank description": (["adapt", " \n", "--out", "{}/out"], "description is empty", "Say in a sentence"),
    "generate: empty description": (["generate", "", "--out", "{}/out"], "description is empty", "Say in a sentence"),
    "generate: an endless description": (
        ["generate", "x" * 100_000, "--out", "{}/out"],
        "the description has 100000 characters",
        "at most 20000",
    ),
    "generate: several alike": (["generate", "x", "--n", "3", "--out", "{}/out"], "would be alike", "--sample"),
    "generate: a generator that cannot draw": (
        ["generate", "x", "--sample", "--out", "{}/out"],
        "writer@1 is a hypernet and writes one adapter",
        "Leave out --sample",
    ),
    "generate: nothing to refine on": (
        ["generate", "x", "--refine", "2", "--out", "{}/out"],
        "no examples to refine on",
        "--examples FILE",
    ),
    "generate: too high a rank": (["generate", "x", "--rank", "3", "--out", "{}/out"], "of rank 2, not 3", "--rank"),
    "generate: malformed examples": (
        ["generate", "x", "--examples", "{}/broken.jsonl", "--refine", "2", "--out", "{}/out"],
        "broken.jsonl, line 1: has no 'output'",
        "Name the columns input and output",
    ),
    "generate: a folder in use": (["generate", "x", "--out", "{}/full"], "is not empty", "--out"),
    "generate: no generator for the base": (
        ["generate", "x", "--base", "file:{}/other-base", "--out", "{}/out"],
        "the registry has no generator for",
        "hyperlora train generator",
    ),
    "generate: missing batch": (
        ["generate", "--batch", "{}/none.jsonl", "--out", "{}/out"],
        "none.jsonl cannot be read",
        "--batch",
    ),
    "search: empty text": (["search", ""], "description is empty", "Say in a sentence"),
    "search: no adapters asked for": (["search", "plural", "-k", "0"], "k is 0", "at least 1"),
    "adapt: missing examples": (
        ["adapt", "Do it", "--examples", "{}/none.jsonl", "--out", "{}/out"],
        "none.jsonl cannot be read",
        "Correct the path",
    ),
    "adapt: malformed examples": (
        ["adapt", "Do it", "--examples", "{}/broken.jsonl", "--out", "{}/out"],
        "broken.jsonl, line 1: has no 'output'",
        "Name the columns input and output",
    ),
    "adapt: a folder in use": (["adapt", "Do it", "--out", "{}/full"], "is not empty", "--out"),
    "quickstart: missing recipe": (["quickstart", "--recipe", "{}/none.yaml"], "cannot be read", "--recipe"),
    "merge: missing folder": (["merge", "file:{}/none", "--out", "{}/out"], "is not a folder", "Check the path"),
    "merge: a pickled file": (
        ["merge", "file:{}/pickled", "--out", "{}/out"],
        "adapter_model.bin: pickled files can run code",
        "remove the pickled file",
    ),
    "merge: NaN": (["merge", "file:{}/nan", "--out", "{}/out"], "holds NaN or Inf", "train the adapter again"),
    "merge: another base": (
        ["merge", "file:{}/sound", "--base", "file:{}/other-base", "--out", "{}/out"],
        "the adapter was made for",
        "--base",
    ),
    "merge: a registered adapter, another base": (
        ["merge", "registry:plural", "--base", "file:{}/other-base", "--out", "{}/out"],
        "the adapter was made for",
        "--base",
    ),
    "merge: unknown scheme": (["merge", "s3:bucket/x", "--out", "{}/out"], "known scheme", "registry:, file:"),
    "merge: no scheme": (["merge", "plural", "--out", "{}/out"], "known scheme", "registry:, file:"),
    "merge: a scheme that does not fit": (["merge", "hf:a/b", "--out", "{}/out"], "does not fit", "registry:, file:"),
    "adapt: unknown scheme of the base": (
        ["adapt", "Do it", "--base", "ftp:x", "--out", "{}/out"],
        "unknown base model",
        "file:FOLDER",
    ),
    "adapt: missing base": (["adapt", "Do it", "--base", "file:{}/none"], "no config.json", "Check the path"),
    "adapt: no pool for the base": (
        ["adapt", "Do it", "--base", "file:{}/other-base", "--out", "{}/out"],
        "neither adapters nor a generator",
        "hyperlora registry seed",
    ),
    "export: unknown name": (["export", "registry:none", "--out", "{}/out"], "nothing is registered as none", "list"),
    "export: unknown version": (["export", "registry:plural@7", "--out", "{}/out"], "no such version", "registry show"),
    "export: a generator": (["export", "registry:writer", "--out", "{}/out"], "not an adapter", "registry list"),
    "export: a file": (["export", "file:{}/sound", "--out", "{}/out"], "does not fit here", "registry:"),
    "export: below a file": (
        ["export", "registry:plural", "--out", "{}/broken.jsonl/out"],
        "broken.jsonl",
        "Check the path",
    ),
    "registry show: no scheme": (["registry", "show", "plural"], "known scheme", "registry:"),
    "tasks show: unknown": (["tasks", "show", "castles"], "no task 'castles'", "tasks list"),
    "tasks list: unknown suite": (["tasks", "list", "--suite", "castles"], "known scheme", "file:"),
    "tasks check: not a suite": (["tasks", "check", "--suite", "file:{}/full"], "has no task folder", "task.yaml"),
    "evaluate: unknown method": (
        ["evaluate", "--methods", "base,telepathy", "--out", "{}/out"],
        "there is no method 'telepathy'",
        "Choose from: all, controls, ",
    ),
    "evaluate: no methods": (
        ["evaluate", "--methods", ",", "--task", "noun-plural", "--out", "{}/out"],
        "nothing to evaluate",
        "at least one",
    ),
    "evaluate: unknown task": (
        ["evaluate", "--task", "castles", "--out", "{}/out"],
        "suite starter has no task 'castles'",
        "tasks list",
    ),
    "evaluate: unknown suite": (["evaluate", "--suite", "castles", "--out", "{}/out"], "known scheme", "file:"),
    "evaluate: not a suite": (
        ["evaluate", "--suite", "file:{}/full", "--out", "{}/out"],
        "has no task folder",
        "task.yaml",
    ),
    "evaluate: missing recipe": (
        ["evaluate", "--recipe", "{}/none.yaml", "--out", "{}/out"],
        "none.yaml cannot be read",
        "Check --recipe",
    ),
    "evaluate: a recipe of another kind": (
        ["evaluate", "--recipe", "{}/recipe.yaml", "--out", "{}/out"],
        "recipe.yaml: oracle: Field required",
        "Correct the recipe",
    ),
    "evaluate: missing base": (
        ["evaluate", "--task", "noun-plural", "--base", "file:{}/none", "--out", "{}/out"],
        "no config.json",
        "Check the path",
    ),
    "evaluate: unknown generator": (
        ["evaluate", "--task", "noun-plural", "--generator", "registry:nobody", "--out", "{}/out"],
        "registry:nobody",
        "registry list",
    ),
    "evaluate: another evaluation's folder": (
        ["evaluate", "--task", "noun-plural", "--methods", "base", "--out", "{}/evaluated"],
        "holds an evaluation with another suite",
        "--out",
    ),
    "train adapters: unknown task": (["train", "adapters", "--task", "castles"], "no task 'castles'", "tasks list"),
    "train adapters: incomplete recipe": (
        ["train", "adapters", "--recipe", "{}/recipe.yaml"],
        "learning_rate: Field required",
        "Correct the recipe",
    ),
    "train multitask: missing recipe": (
        ["train", "multitask", "--recipe", "{}/none.yaml"],
        "none.yaml cannot be read",
        "Check --recipe",
    ),
    "train generator: not a suite": (
        ["train", "generator", "--suite", "file:{}/full"],
        "has no task folder",
        "task.yaml",
    ),
    "registry seed: missing archive": (
        ["registry", "seed", "{}/none.tar"],
        "none.tar does not exist",
        "registry export",
    ),
    "registry seed: not an archive": (["registry", "seed", "{}/broken.jsonl"], "is not a backup", "registry export"),
    "serve: unknown scheme of the base": (
        ["serve", "--port", "0", "--base", "ftp:x"],
        "unknown base model",
        "file:FOLDER",
    ),
}


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that should not have started ends at once instead of running for ever."""
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize(("arguments", "problem", "remedy"), FAILURES.values(), ids=list(FAILURES))
def test_a_failure_is_one_line_with_the_remedy_and_nothing_is_written(
    arguments: list[str],
    problem: str,
    remedy: str,
    hostile: Path,
    shared_pool: Registry,
    run: Run,
) -> None:
    before = (references(shared_pool), tree(hostile), tree(shared_pool.home))
    outcome = run(*(argument.replace("{}", str(hostile)) for argument in arguments))
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    stated, _, advice = outcome.err.partition(problem)
    assert advice, f"{problem!r} is not in {stated!r}"
    assert remedy in advice
    assert (references(shared_pool), tree(hostile), tree(shared_pool.home)) == before


def test_with_json_a_failure_is_json_too(shared_pool: Registry, run: Run) -> None:
    outcome = run("adapt", "", "--json")
    assert outcome.code == 1
    assert outcome.value == {"error": "the description is empty", "remedy": "Say in a sentence what the task is."}
    assert outcome.err.count("\n") == 1


def test_a_setting_that_cannot_be_used_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from hyperlora.settings import _read_settings

    monkeypatch.setenv("HYPERLORA_DTYPE", "float8")
    _read_settings.cache_clear()
    outcome = run("registry", "list")
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "HYPERLORA_DTYPE='float8'" in outcome.err


def test_a_changed_file_in_the_registry_is_found(pool: Registry, run: Run, tmp_path: Path) -> None:
    weights = pool.get("registry:plural").folder / "adapter_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    outcome = run("export", "registry:plural", "--out", tmp_path / "out")
    assert outcome.code == 1
    assert "does not match its record: adapter_model.safetensors" in outcome.err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_server")
def test_a_port_in_use_is_refused(shared_pool: Registry, run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        outcome = run("serve", "--port", str(taken.getsockname()[1]))
    assert outcome.code == 1
    assert "cannot listen on 127.0.0.1" in outcome.err
    assert "--port" in outcome.err
