"""An evaluation: complete, the same twice, unharmed by a kill, and honest about what it could not measure."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.registry import Registry
from hyperlora.registry.tracking import EXPERIMENT, connect
from hyperlora.tasks.task import Suite, Task
from pipelines.evaluation.context import EvaluationContext
from pipelines.evaluation.journal import Journal
from pipelines.evaluation.methods import catalogue, find_methods
from pipelines.evaluation.run import Evaluation, evaluate, evaluation_identity, read_results
from pipelines.recipes import EvaluationRecipe
from pipelines.runtime import Runtime
from retrieval import compose

SIGKILLED = -9
METHODS = {each.name: each for each in find_methods(["all"])}
EVERY_METHOD = {
    *("base", "description", "icl-5", "description+icl-5", "multitask+description", "multitask+icl-5", "oracle"),
    *("finetune-5", "finetune-16", "no-condition", "retrieved-1", "retrieved-1-examples", "select-by-5"),
    *("generated", "generated+description"),
}
DESCRIBED = (
    *("description", "description+icl-5", "multitask+description", "retrieved-1", "generated", "generated+description"),
)

_RUN = """
from pathlib import Path
from hyperlora.registry import Registry
from pipelines.evaluation.methods import find_methods
from pipelines.evaluation.run import evaluate
from pipelines.recipes import load_recipe
from pipelines.runtime import Runtime
from pipelines.starter import open_suite
recipe, suite = load_recipe(Path({recipe!r})), open_suite({suite!r})
runtime = Runtime(recipe.base, Registry(Path({home!r})))
evaluate(runtime, suite, list(suite), find_methods(["all"]), recipe.evaluation, Path({out!r}), print)
"""


def silent(said: str) -> None:
    pass


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_method_and_control_scores_every_task(evaluated: Evaluation, parts: Suite) -> None:
    results = evaluated.results
    controls = {f"{name}:{control}" for name in DESCRIBED for control in ("random", "shuffled")}
    assert {each["name"] for each in results["methods"]} == set(METHODS) == EVERY_METHOD | controls
    assert set(results["scores"]) == set(METHODS)
    for tasks in results["scores"].values():
        assert list(tasks) == list(parts.tasks)
        for got in tasks.values():
            assert len(got["scores"]) == 5
            assert set(got["scores"]) <= {0.0, 1.0}
            assert got["mean"] == sum(got["scores"]) / 5
    assert evaluated.failures == results["failures"] == []
    assert all(each["title"] for each in results["methods"])


def test_the_files_are_the_results_and_the_journal(evaluated: Evaluation) -> None:
    assert files(evaluated.report.parent) == ["answers.jsonl", "report.html", "results.json", "run.json", "training"]
    assert read_results(evaluated.report.parent) == json.loads(json.dumps(evaluated.results))
    assert len((evaluated.report.parent / "answers.jsonl").read_text().splitlines()) == len(METHODS) * 5


def test_parts_and_relations_stand_apart_and_only_where_they_are_not_all(evaluated: Evaluation) -> None:
    groups = evaluated.results["summary"]["groups"]
    assert {name: group["tasks"] for name, group in groups.items()} == {
        "all": ["barks", "climbs", "counts", "homes", "woofs"],
        "seen": ["barks", "counts", "homes"],
        "near": ["woofs"],
        "dev": ["woofs"],
        "far": ["climbs"],
        "held-out": ["climbs"],
    }
    assert (groups["all"]["families"], groups["all"]["examples"]) == (4, 25)


def test_scores_are_those_that_training_and_retrieval_must_give(evaluated: Evaluation) -> None:
    scores = {
        name: {task: got["mean"] for task, got in own.items()} for name, own in evaluated.results["scores"].items()
    }
    seen = ("barks", "counts", "homes")
    assert set(scores["oracle"].values()) == {1.0}
    assert [scores["retrieved-1"][task] for task in seen] == [scores["select-by-5"][task] for task in seen] == [1.0] * 3
    assert scores["retrieved-1-examples"]["homes"] == 1.0
    # a near task with the answer of a seen one, and a far one whose answer no adapter of the pool gives
    assert evaluated.results["scores"]["select-by-5"]["woofs"]["notes"] == {"adapter": "registry:barks@1"}
    assert scores["select-by-5"]["woofs"] >= 0.6
    assert scores["select-by-5"]["climbs"] == 0.0
    assert set(scores["base"].values()) == {0.0}
    assert sum(scores["retrieved-1:shuffled"][task] for task in seen) <= 1.0
    summary = evaluated.results["summary"]["groups"]["all"]["methods"]
    assert all(summary[name]["mean"] == pytest.approx(sum(own.values()) / 5) for name, own in scores.items())


def test_answers_also_generated_score_as_the_forward_said(evaluated: Evaluation) -> None:
    checked = evaluated.results["generation"]
    assert checked["answers"] == len(METHODS) * 5
    assert checked["equal"] == 1.0
    assert 0 < checked["forced_mean"] == checked["generated_mean"] < 1


def test_it_is_recorded_as_a_run_with_its_results_and_means(evaluated: Evaluation, equipped_home: Path) -> None:
    client = connect(Registry(equipped_home).home)
    runs = client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])
    [run] = [
        run
        for run in runs
        if run.info.run_name == "evaluate"
        and run.data.params["suite"] == "parts"
        and run.data.params["methods"] == str(len(METHODS))
    ]
    assert run.info.status == "FINISHED"
    assert [each.path for each in client.list_artifacts(run.info.run_id)] == ["report.html", "results.json"]
    means = evaluated.results["summary"]["groups"]["far"]["methods"]
    assert run.data.metrics["far/generated and description"] == means["generated+description"]["mean"]
    assert run.data.metrics["far/retrieved-1:random"] == means["retrieved-1:random"]["mean"]


def test_a_second_evaluation_elsewhere_gives_the_same_bytes(
    evaluated: Evaluation, open_runtime: Callable[[], Runtime], parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    evaluate(open_runtime(), parts, list(parts), list(METHODS.values()), asking, tmp_path / "again", silent)
    assert (tmp_path / "again" / "results.json").read_bytes() == (evaluated.report.parent / "results.json").read_bytes()


def test_what_the_journal_has_is_not_measured_again(
    evaluated: Evaluation,
    open_runtime: Callable[[], Runtime],
    parts: Suite,
    asking: EvaluationRecipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("measured again")

    out = shutil.copytree(evaluated.report.parent, tmp_path / "out")
    (out / "results.json").unlink()
    monkeypatch.setattr("pipelines.evaluation.run.answer", refuse)
    monkeypatch.setattr("pipelines.evaluation.methods.finetuned.refine", refuse)
    evaluate(open_runtime(), parts, list(parts), list(METHODS.values()), asking, out, silent)
    for name in ("results.json", "answers.jsonl"):
        assert (out / name).read_bytes() == (evaluated.report.parent / name).read_bytes()


@pytest.mark.parametrize(
    "point",
    [
        "evaluated-icl-5",
        *(
            pytest.param(point, marks=pytest.mark.slow)
            for point in ("evaluated-finetune-16", "evaluated-generated:random")
        ),
    ],
)
def test_killed_and_torn_it_goes_on_and_ends_with_the_same_bytes(
    point: str,
    evaluated: Evaluation,
    open_runtime: Callable[[], Runtime],
    asking: EvaluationRecipe,
    parts: Suite,
    parts_folder: Path,
    toy_recipe: Path,
    equipped_home: Path,
    start_apart: Callable[..., multiprocessing.process.BaseProcess],
    tmp_path: Path,
) -> None:
    out, journal = tmp_path / "killed", tmp_path / "killed" / "answers.jsonl"
    source = _RUN.format(recipe=str(toy_recipe), suite=f"file:{parts_folder}", home=str(equipped_home), out=str(out))
    process = start_apart(source, HYPERLORA_FAULT=point)
    process.join()
    assert process.exitcode == SIGKILLED
    kept = journal.read_text().splitlines(keepends=True) if journal.is_file() else []
    assert {json.loads(line)["method"] for line in kept[-1:]} <= {point.removeprefix("evaluated-")}
    assert len(kept) < len(METHODS) * len(parts)
    assert not (out / "results.json").exists()
    journal.write_text("".join(kept) + '{"generated": {"1": 1.0}, "meth')

    evaluate(open_runtime(), parts, list(parts), list(METHODS.values()), asking, out, silent)
    lines = journal.read_text().splitlines(keepends=True)
    assert lines[: len(kept)] == kept, "the times show what was measured again"
    assert len({(each["method"], each["task"]) for each in map(json.loads, lines)}) == len(lines) == len(METHODS) * 5
    assert (out / "results.json").read_bytes() == (evaluated.report.parent / "results.json").read_bytes()


def test_more_methods_in_the_same_folder_are_added_to_what_is_there(
    evaluated: Evaluation, open_runtime: Callable[[], Runtime], parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = evaluate(open_runtime(), parts, list(parts), find_methods(["base"]), asking, out, silent)
    assert set(first.results["scores"]) == {"base"}
    both = evaluate(open_runtime(), parts, list(parts), find_methods(["base", "icl-5"]), asking, out, silent)
    assert both.results["scores"] == {name: evaluated.results["scores"][name] for name in ("base", "icl-5")}


def test_a_folder_of_another_evaluation_is_refused_by_what_differs(
    evaluated: Evaluation, shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in evaluated.report.parent.glob("*.json*")}
    fewer, methods = list(parts)[:2], find_methods(["base"])
    reworded = asking.model_copy(update={"shots": 1})
    renamed = Suite.of("others", parts)
    for suite, tasks, recipe, what in (
        (parts, list(parts), reworded, "recipe"),
        (parts, fewer, asking, "tasks"),
        (renamed, list(parts), asking, "suite"),
        (renamed, fewer, reworded, "recipe, suite, tasks"),
    ):
        with pytest.raises(InputError, match=rf"holds an evaluation with another {what}\. Name another --out"):
            evaluate(shared_runtime, suite, tasks, methods, recipe, evaluated.report.parent, silent)
    assert {path: path.read_bytes() for path in evaluated.report.parent.glob("*.json*")} == before


def test_a_changed_pool_or_generator_is_another_evaluation(
    runtime: Runtime, parts: Suite, asking: EvaluationRecipe, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    def identity() -> dict[str, Any]:
        return evaluation_identity(EvaluationContext(runtime, list(parts), asking, tmp_path), parts, list(parts))

    Journal(tmp_path / "out", identity())
    Journal(tmp_path / "out", identity())
    runtime.registry.register(make_adapter(1), "newcomer")
    with pytest.raises(InputError, match=r"another .*pool adapters\."):
        Journal(tmp_path / "out", identity())
    runtime.registry.archive("registry:newcomer")
    for entry in runtime.registry.entries("generator"):
        runtime.registry.archive(entry.reference)
    with pytest.raises(InputError, match=r"another .*generator\."):
        Journal(tmp_path / "out", identity())


def test_what_is_missing_is_named_with_method_and_task_and_the_rest_is_kept(
    registry: Registry, tiny_base_folder: Path, encoder: Any, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    runtime = Runtime(f"file:{tiny_base_folder}", registry)
    runtime.encoder = encoder
    asked = parts.part("seen")[:2]
    missing = {
        "generated": "the registry has no generator for",
        "generated+description": "the registry has no generator for",
        "multitask+description": "no multi-task adapter that reads description",
        "multitask+icl-5": "no multi-task adapter that reads examples",
        "no-condition": "the registry has no adapters for",
        "retrieved-1": "the registry has no adapters for",
        "retrieved-1-examples": "the registry has no adapters for",
        "select-by-5": "the registry has no adapters for",
    }
    lines: list[str] = []
    methods = find_methods([*missing, "base", "icl-5"])
    found = evaluate(runtime, parts, asked, methods, asking, tmp_path / "out", lines.append)
    assert {(each.method, each.task) for each in found.failures} == {
        (name, task.name) for name in missing for task in asked
    }
    for failure, line in zip(found.failures, lines, strict=True):
        assert line.startswith(f"{failure.method} on {failure.task}: ")
        assert missing[failure.method] in line
        assert "Run: hyperlora" in line
    assert found.results["failures"] == [asdict(each) for each in found.failures]
    assert {name for name, own in found.results["scores"].items() if own} == {"base", "icl-5"}
    assert len(found.results["scores"]["base"]["barks"]["scores"]) == 5


def test_one_failing_task_leaves_the_others_scores(
    shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    alone = list(parts)[:1]
    found = evaluate(shared_runtime, parts, alone, find_methods(["retrieved-1", "controls"]), asking, tmp_path, silent)
    assert {each.method for each in found.failures} == {f"{name}:shuffled" for name in DESCRIBED}
    assert all("a single task" in each.problem for each in found.failures)
    assert found.results["scores"]["retrieved-1"]["barks"]["mean"] == 1.0
    assert found.results["summary"]["without"] == ["barks"]


@pytest.mark.parametrize("names", [["base", "telepathy"], ["base:random"], [""]])
def test_an_unknown_method_is_refused_with_the_known_ones(names: list[str]) -> None:
    with pytest.raises(InputError, match="there is no method") as caught:
        find_methods(names)
    assert repr(names[-1]) in caught.value.problem
    assert all(name in caught.value.remedy for name in EVERY_METHOD)


def test_groups_of_methods_and_the_other_name_of_the_oracle() -> None:
    grouped = {name: find_methods([name]) for name in ("composed", "routed", "refined")}
    assert {each.group for each in find_methods(["all"])} == {""}
    assert all(each.group == name and not each.control for name, own in grouped.items() for each in own)
    assert [each.name for each in grouped["routed"]] == [
        f"routed-{policy}{out}" for policy in ("selection", "mixture", "fusion", "arrow") for out in ("", "-out")
    ]
    composing = (name for name in compose.METHODS if name not in ("select", "lorahub"))
    assert [each.name for each in grouped["composed"]] == [*(f"composed-{name}" for name in composing), "lorahub"]
    starts = ("generated", "generated+description", "no-condition")
    refined = [f"{start}+refine-{count}" for start in starts for count in (5, 16)]
    assert [each.name for each in grouped["refined"]] == ["generated-5", *refined, "adapt-5", "adapt-16"]
    every = find_methods(["routed", "all", "refined", "composed"])
    assert sorted(each.name for each in every) == sorted(catalogue.METHODS)
    assert {each.name.partition(":")[0] for each in find_methods(["controls"])} == set(DESCRIBED)
    assert [each.name for each in find_methods(["trained"])] == ["oracle"]
    assert find_methods(["icl-5", "base", "icl-5"]) == find_methods(["base", "icl-5"])


@pytest.mark.parametrize(("tasks", "methods"), [(0, ["base"]), (1, [])])
def test_nothing_to_evaluate_is_refused(
    tasks: int, methods: list[str], shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="nothing to evaluate"):
        evaluate(shared_runtime, parts, list(parts)[:tasks], find_methods(methods), asking, tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no finished evaluation"):
        read_results(tmp_path)


def test_fewer_test_examples_than_asked_for_are_counted_as_they_are(
    shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> None:
    barks, counts, _ = parts.part("seen")
    tasks: list[Task] = [replace(barks, test=barks.test[:2]), counts]
    found = evaluate(shared_runtime, parts, tasks, find_methods(["oracle"]), asking, tmp_path / "out", silent)
    assert {name: len(got["scores"]) for name, got in found.results["scores"]["oracle"].items()} == {
        "barks": 2,
        "counts": 5,
    }
    assert found.results["summary"]["groups"]["all"]["examples"] == 7
