"""The documents' tables: from kept results, and as the committed results say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hyperlora.errors import InputError
from pipelines.evaluation.documents import DOCUMENTS, ROOT, keep, update_documents, with_tables
from pipelines.evaluation.paired_comparison import TaskMeans
from pipelines.evaluation.report import results_markdown

from .test_report import made_up

PAGE = "# Title\n\n<!-- {kind}: {name} -->\nold\n<!-- end -->\n\nThe rest.\n"


@pytest.fixture
def results() -> dict[str, Any]:
    made = made_up()
    for row in made["methods"]:
        made["scores"].setdefault(row["name"], {})
    return made


@pytest.fixture
def root(results: dict[str, Any], tmp_path: Path) -> Path:
    """A project with documents that have tables, and a finished evaluation in `done`."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(PAGE.format(kind="brief", name="toys-held-out-seen"))
    (tmp_path / "docs" / "evaluation.md").write_text(PAGE.format(kind="table", name="toys-held-out-seen"))
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "results.json").write_text(json.dumps(results))
    return tmp_path


def test_the_tables_of_the_repository_are_those_of_its_results() -> None:
    kept = {path.stem: json.loads(path.read_text()) for path in (ROOT / "docs" / "results").glob("*.json")}
    for name in DOCUMENTS:
        text = (ROOT / name).read_text()
        assert with_tables(text, kept) == text, f"{name}: python -m pipelines.evaluation.documents"


def test_tables_are_written_from_finished_evaluations_and_the_second_time_from_what_was_kept(
    root: Path, results: dict[str, Any]
) -> None:
    assert update_documents(root, [root / "done"]) == [root / name for name in DOCUMENTS]
    assert (root / "docs" / "evaluation.md").read_text() == PAGE.format(
        kind="table", name="toys-held-out-seen"
    ).replace("old\n", results_markdown(results))
    brief = (root / "README.md").read_text().splitlines()
    generated = results["summary"]["groups"]["all"]["methods"]["generated"]
    assert brief[3].startswith("| method | all (3 tasks) | seen (1 task) | held-out (2 tasks) | far (1 task) |")
    rows = [line.split("|")[1].strip() for line in brief[5:8]]
    assert rows == [f"`{name}`: title of {name}" for name in ("no-condition", "generated", "oracle")]
    assert f"| {generated['mean']:.2f} [" in brief[6]
    assert brief[8:] == ["<!-- end -->", "", "The rest."]
    (root / "README.md").write_text(PAGE.format(kind="brief", name="toys-held-out-seen"))
    assert update_documents(root, []) == [root / "README.md"]
    assert (root / "README.md").read_text().splitlines() == brief


def test_an_evaluation_of_some_methods_takes_the_place_of_their_rows_alone(root: Path, results: dict[str, Any]) -> None:
    update_documents(root, [root / "done"])
    path = root / "docs" / "results" / "toys-held-out-seen.json"
    before = json.loads(path.read_text())
    newer = json.loads(json.dumps(results))
    newer["methods"] = [row for row in newer["methods"] if row["name"] in ("no-condition", "generated")]
    for group in newer["summary"]["groups"].values():
        group["methods"] = {name: group["methods"][name] for name in ("no-condition", "generated")}
        group["methods"]["generated"]["mean"] = 0.99
        del group["methods"]["generated"]["recovery"], group["recovery_tasks"]
    newer["scores"] = {name: newer["scores"][name] for name in ("no-condition", "generated")}
    newer["identity"]["code"] = "later"
    (root / "done" / "results.json").write_text(json.dumps(newer))
    update_documents(root, [root / "done"])
    after = json.loads(path.read_text())
    names = [row["name"] for row in after["methods"]]
    assert sorted(names) == sorted(row["name"] for row in before["methods"])
    assert names[:4] == ["no-condition", "generated", "generated:random", "oracle"], "in the order of the table"
    for name, group in before["summary"]["groups"].items():
        rows = after["summary"]["groups"][name]["methods"]
        assert rows["generated"]["mean"] == 0.99
        assert rows["generated"].get("recovery") == TaskMeans(after, name).recovered("generated"), (
            "by the earlier oracle"
        )
        assert after["summary"]["groups"][name]["recovery_tasks"] == group["recovery_tasks"]
        assert {key: row for key, row in rows.items() if key != "generated"} == {
            key: row for key, row in group["methods"].items() if key != "generated"
        }
    assert "recovery" in after["summary"]["groups"]["all"]["methods"]["generated"]
    assert after["means"] == before["means"]
    [earlier] = after["earlier"]
    assert earlier["identity"]["code"] == "0123abcd"
    assert set(earlier["methods"]) == {row["name"] for row in before["methods"]} - {"no-condition", "generated"}
    newer["identity"]["suite"] = "others"
    (root / "done" / "results.json").write_text(json.dumps(newer))
    update_documents(root, [root / "done"])
    assert set(json.loads(path.read_text())["means"]) == {"no-condition", "generated"}, (
        "of other tasks: nothing is kept"
    )


def test_what_is_kept_has_no_single_answers_and_no_differences(results: dict[str, Any]) -> None:
    kept = keep(results)
    assert kept["means"]["oracle"] == {"a": 0.44, "b": 0.64, "c": 0.84}
    assert "scores" not in json.dumps(kept)
    assert "differences" not in json.dumps(kept)
    assert results["summary"]["groups"]["all"]["differences"], "the results themselves are left alone"


def test_a_table_without_results_is_refused() -> None:
    with pytest.raises(InputError, match=r"docs/results has no toys\.json"):
        with_tables(PAGE.format(kind="table", name="toys"), {})
