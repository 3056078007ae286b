"""The quickstart: killed anywhere it goes on without loss, and what is done is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pipelines.__main__
from hyperlora.errors import InputError
from hyperlora.registry import Registry
from hyperlora.registry.tracking import EXPERIMENT, connect
from hyperlora.tasks.task import Task
from pipelines.quickstart import QuickstartReport, quickstart
from pipelines.recipes import QuickstartRecipe, load_recipe
from pipelines.report import quickstart_text
from pipelines.runtime import Runtime

SIGKILLED = -9
STAGES = ["adapters", "generator", "comparison"]
METHODS = ("base", "description", "icl-5", "oracle", "retrieved-1", "generated")


def silent(said: str) -> None:
    pass


def showing_one(recipe: Path) -> QuickstartRecipe:
    """The recipe with one adapt at the end, for tests of what comes before."""
    return load_recipe(recipe).model_copy(update={"show": ("homes",)})


def runs(registry: Registry) -> dict[str, Any]:
    """MLflow's runs by name; every name once."""
    client = connect(registry.home)
    found = client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])
    by_name = {run.info.run_name: run for run in found}
    assert len(by_name) == len(found), "a run was recorded twice"
    return by_name


def logged_steps(registry: Registry, run: str, metric: str = "loss") -> list[int]:
    history = connect(registry.home).get_metric_history(runs(registry)[run].info.run_id, metric)
    return [point.step for point in history]


def complete(registry: Registry) -> list[str]:
    """References of all entries, after reading every one back."""
    adapters, generators = registry.entries("adapter"), registry.entries("generator")
    for entry in adapters:
        assert registry.load(entry.reference).content_hash == entry.weights
    for entry in generators:
        registry.verified_folder(entry)
    return [entry.reference for entry in (*adapters, *generators)]


def test_the_first_run_does_every_stage_and_records_it(finished: Any, toy_tasks: list[Task]) -> None:
    report: QuickstartReport = finished.report
    registry = Registry(finished.home)
    assert report.cached == []
    assert list(report.seconds) == ["base model", *STAGES, "adapt"]
    assert set(runs(registry)) == {"train adapters", "train hypernet", "evaluate"}
    for task in toy_tasks:
        entry = registry.get(f"registry:{task.name}@champion")
        assert entry.metrics == {"exact_match.validation": 1.0}
        assert entry.description == task.description
    assert list(report.results["tasks"]) == [task.name for task in toy_tasks]
    assert report.results["failures"] == []
    means = {name: row["mean"] for name, row in report.results["summary"]["groups"]["all"]["methods"].items()}
    assert set(means) == set(METHODS)
    assert means["oracle"] == 1.0
    assert means["base"] == 0.0
    assert runs(registry)["evaluate"].data.metrics == {f"all/{method}": mean for method, mean in means.items()}
    artifacts = connect(registry.home).list_artifacts(runs(registry)["evaluate"].info.run_id)
    assert [artifact.path for artifact in artifacts] == ["report.html", "results.json"]


def test_the_trained_adapters_are_the_oracles_and_nothing_is_trained_for_them_again(finished: Any) -> None:
    notes = {task: got["notes"] for task, got in finished.report.results["scores"]["oracle"].items()}
    assert notes == {name: {"adapter": f"registry:{name}@1"} for name in ("barks", "counts", "homes")}
    assert list((finished.home / "runs").rglob("training")) == []


def test_checkpoints_are_gone_when_their_stage_has_ended(finished: Any) -> None:
    assert list(finished.home.rglob("checkpoint.safetensors")) == []
    [left] = (finished.home / "runs").iterdir()
    assert left.name.startswith("comparison-")
    assert sorted(path.name for path in left.rglob("*")) == ["answers.jsonl", "report.html", "results.json", "run.json"]


def test_the_run_ends_with_adapt_in_unseen_words_the_last_time_with_examples(
    finished: Any, toy_tasks: list[Task]
) -> None:
    descriptions = [result.adapter.card.description for result in finished.report.adapted]
    assert descriptions == [task.unseen_descriptions[-1] for task in toy_tasks]
    assert [result.base_exact_match for result in finished.report.adapted] == [None, None, 0.0]
    assert finished.report.adapted[-1].candidates[0].reference == "registry:homes@1"


def test_a_second_run_takes_its_results_from_the_first_and_says_so(runtime: Runtime, toy_recipe: Path) -> None:
    lines: list[str] = []
    report = quickstart(showing_one(toy_recipe), lines.append, train=True)
    assert report.cached == STAGES
    assert [line for line in lines if line.endswith("done (from an earlier run)")] == [
        f"{stage}: done (from an earlier run)" for stage in STAGES
    ]
    assert quickstart_text(report).endswith("; from an earlier run: adapters, generator, comparison")
    assert json.loads(json.dumps(report.to_json()))["cached"] == STAGES


def test_a_champion_that_someone_moved_stays_where_it_was_put(
    runtime: Runtime, toy_recipe: Path, toy_tasks: list[Task]
) -> None:
    registry, name = runtime.registry, toy_tasks[0].name
    better = registry.load(f"registry:{name}")
    card = better.card.model_copy(update={"description": "Made elsewhere", "origin": "imported"})
    moved = registry.set_alias(registry.register(better.with_card(card), name).reference, "champion")
    # the comparison is made again, because the pool has another adapter
    assert quickstart(showing_one(toy_recipe), silent, train=True).cached == ["adapters", "generator"]
    assert registry.get(f"registry:{name}@champion").reference == moved.reference


@pytest.mark.parametrize(
    ("part", "changes", "cached"),
    [
        ("evaluation", {"test_examples": 3}, ["adapters", "generator"]),
        ("hypernet", {"seed": 1}, ["adapters"]),
        ("adapters", {"seed": 1}, ["generator"]),
    ],
)
def test_a_changed_recipe_repeats_only_what_depends_on_it(
    part: str, changes: dict[str, Any], cached: list[str], runtime: Runtime, toy_recipe: Path
) -> None:
    value = load_recipe(toy_recipe).model_dump(mode="json")
    value[part] |= changes
    value["show"] = ["homes"]
    report = quickstart(QuickstartRecipe.model_validate(value), silent, train=True)
    assert report.cached == cached
    versions = {entry.name: entry.version for entry in runtime.registry.entries("adapter") if entry.aliases}
    assert versions == dict.fromkeys(("barks", "counts", "homes"), 2 if part == "adapters" else 1)


def test_the_shown_tasks_are_those_of_the_recipe(runtime: Runtime, toy_recipe: Path, toy_tasks: list[Task]) -> None:
    adapted = quickstart(showing_one(toy_recipe), silent, train=True).adapted
    assert [result.adapter.card.description for result in adapted] == list(toy_tasks[2].unseen_descriptions)


@pytest.mark.parametrize("field", ["tasks", "show"])
def test_an_unknown_task_is_refused_before_anything_runs(field: str, registry: Registry, toy_recipe: Path) -> None:
    recipe = load_recipe(toy_recipe).model_copy(update={field: ("homes", "castles")})
    with pytest.raises(InputError, match=r"castles, which the suite does not have\. Correct tasks, show and asked"):
        quickstart(recipe, silent, train=True)
    assert runs(registry) == {}


def test_as_a_process_it_prints_the_report_alone_to_standard_output(
    runtime: Runtime, toy_recipe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pipelines", "quickstart", "--train", "--recipe", str(toy_recipe), "--json"])
    assert pipelines.__main__.main() == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["cached"] == STAGES
    assert "adapters: done (from an earlier run)" in printed.err


def test_as_a_process_it_fails_in_one_line_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pipelines", "quickstart", "--recipe", str(tmp_path / "no.yaml"), "--json"])
    assert pipelines.__main__.main() == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "no.yaml cannot be read" in printed.err
    assert "Check --recipe." in printed.err


def test_killed_at_five_points_it_continues_and_ends_as_if_undisturbed(
    registry: Registry,
    hyperlora_home: Path,
    toy_recipe: Path,
    toy_tasks: list[Task],
    run_apart: Callable[..., int | None],
    finished: Any,
) -> None:
    home = str(hyperlora_home)

    def killed_at(point: str) -> list[str]:
        assert run_apart(HYPERLORA_HOME=home, HYPERLORA_FAULT=point) == SIGKILLED, point
        return complete(registry)

    first, *others = [f"registry:{task.name}@1" for task in toy_tasks]
    generator = "registry:quickstart-hypernet@1"

    assert killed_at("train-adapters-checkpoint") == []
    assert logged_steps(registry, "train adapters") == [1, 2, 3, 4, 5]
    assert killed_at("content-stored") == []
    assert logged_steps(registry, "train adapters") == list(range(1, 13)), "steps before the checkpoint came again"
    assert killed_at("half-registered") == [first]
    assert killed_at("train-hypernet-checkpoint") == [first, *others]
    assert logged_steps(registry, "train adapters") == list(range(1, 13)), "a finished training went on"
    assert logged_steps(registry, "train hypernet") == [1, 2, 3, 4, 5]
    assert killed_at("compared") == [first, *others, generator]
    assert logged_steps(registry, "train hypernet") == list(range(1, 13)), "steps before the checkpoint came again"

    report = quickstart(load_recipe(toy_recipe), silent, train=True)
    assert report.cached == STAGES
    assert {name: run.info.status for name, run in runs(registry).items()} == {
        "train adapters": "FINISHED",
        "train hypernet": "FINISHED",
        "evaluate": "FINISHED",
    }
    undisturbed = Registry(finished.home)
    assert complete(registry) == complete(undisturbed)
    for reference in complete(undisturbed):
        ours, theirs = registry.get(reference), undisturbed.get(reference)
        assert (ours.content, ours.aliases, ours.identity) == (theirs.content, theirs.aliases, theirs.identity)
    assert report.results == finished.report.results
    assert [result.summary()["answers"] for result in report.adapted] == [
        result.summary()["answers"] for result in finished.report.adapted
    ]

    assert run_apart(HYPERLORA_HOME=home, HYPERLORA_FAULT="train-adapters-checkpoint") == 0, "nothing left to train"
    assert quickstart(showing_one(toy_recipe), silent, train=True).cached == STAGES
    assert complete(registry) == complete(undisturbed)
