"""The report: the numbers of the results, in the right order, whatever the tasks are called or say."""

from __future__ import annotations

import copy
import json
import math
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluation.plots import Bar, bars
from pipelines.evaluation.report import results_markdown, results_text, write_report

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"'&{{ 7 * 7 }}"
METHODS = ("generated:random", "generated", "no-condition", "base:random", "oracle")
GROUPS = {"far": ["c"], "all": ["a", "b", "c"], "other": ["b"], "held-out": ["b", "c"], "seen": ["a"]}


def stat(value: float, key: str = "mean") -> dict[str, float]:
    return {key: value, "low": value - 0.12, "high": value + 0.07}


def group(number: int, tasks: list[str]) -> dict[str, Any]:
    means = {name: 0.15 + 0.01 * number + 0.13 * place for place, name in enumerate(METHODS)}
    plain = [name for name in METHODS if ":" not in name]
    return {
        "tasks": tasks,
        "families": 1,
        "examples": 20 * len(tasks),
        "recovery_tasks": len(tasks),
        "methods": {
            name: {**stat(mean), "prompt_tokens": 8.25 + mean, "recovery": stat(mean - 0.3, "value")}
            for name, mean in means.items()
        },
        "differences": {
            one: {other: stat(means[one] - means[other]) for other in plain if other != one} for one in plain
        },
    }


def made_up() -> dict[str, Any]:
    """Five methods, two of them controls, one of these without its parent; no two of their numbers are alike."""
    facts = {"a": ("seen", ""), "b": ("held-out", "near"), "c": ("held-out", "far")}
    made: dict[str, Any] = {
        "identity": {"suite": "toys", "code": "0123abcd", "generator": ""},
        "suite": "toys",
        "methods": [{"name": name, "title": f"title of {name}", "control": name.partition(":")[2]} for name in METHODS],
        "tasks": {
            name: {"family": f"family-{name}", "partition": part, "relation": relation, "description": "Say it."}
            | {"examples": 20}
            for name, (part, relation) in facts.items()
        },
        "summary": {"groups": {name: group(i, tasks) for i, (name, tasks) in enumerate(GROUPS.items())}, "without": []},
        "generation": {"answers": 32, "equal": 0.9375, "forced_mean": 0.656, "generated_mean": 0.641},
        "scores": {
            name: {
                task: {"mean": 0.11 * place + 0.2 * column, "scores": [], "notes": {}}
                for column, task in enumerate(facts)
            }
            for place, name in enumerate(METHODS)
        },
        "failures": [],
        "rejected": {},
    }
    del made["scores"]["base:random"]["b"]
    return made


@pytest.fixture
def results() -> dict[str, Any]:
    return made_up()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, str]:
    """The page of the results as they are, and its text."""
    return page_of(made_up(), tmp_path_factory.mktemp("report"))


class Page(HTMLParser):
    """The tables, figures and tags of a page."""

    VOID = frozenset({"meta", "br", "img", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tables: list[dict[str, Any]] = []
        self.headings: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        self.attributes += [(tag, key, value) for key, value in given.items()]
        self.ids += [given["id"]] if "id" in given else []
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append({"class": given.get("class", given.get("id")), "caption": "", "rows": [], "scopes": []})
        elif tag == "tr":
            self.tables[-1]["rows"].append([])
        elif tag in {"td", "th"}:
            self.tables[-1]["rows"][-1].append("")
            self.tables[-1]["scopes"].append((tag, given.get("scope")))
        elif tag == "h3":
            self.headings.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "svg" in self.open or "style" in self.open:
            return
        self.text += data
        if "td" in self.open or "th" in self.open:
            self.tables[-1]["rows"][-1][-1] += data
        elif "caption" in self.open:
            self.tables[-1]["caption"] += data
        elif "h3" in self.open:
            self.headings[-1] += data

    def table(self, name: str) -> list[list[list[str]]]:
        """The rows of each table of that class or id."""
        return [table["rows"] for table in self.tables if table["class"] == name]


def page_of(results: dict[str, Any], folder: Path) -> tuple[Page, str]:
    text = write_report(results, folder).read_text(encoding="utf-8")
    return Page(text), text


def two(value: float) -> str:
    """Two decimals, and no sign at a zero: written apart from the report's own."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def spread_of(found: dict[str, float], key: str = "mean") -> str:
    return f"{two(found[key])} [{two(found['low'])}, {two(found['high'])}]"


def svgs(text: str) -> list[ET.Element]:
    return [ET.fromstring(each) for each in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)]


SHOWN = ["generated", "generated:random", "no-condition", "base:random", "oracle"]
PLAIN = ["generated", "no-condition", "oracle"]
ORDER = ["all", "seen", "held-out", "far", "other"]


def test_each_group_has_its_numbers_in_the_order_of_the_table(results: dict[str, Any], whole: tuple[Page, str]) -> None:
    page, _ = whole
    assert page.headings == ORDER
    tables = page.table("scores")
    assert len(tables) == len(ORDER)
    for name, (head, *body) in zip(ORDER, tables, strict=True):
        rows = results["summary"]["groups"][name]["methods"]
        assert head == ["Method", "Score", "Recovery", "Prompt tokens"]
        assert body == [
            [
                each,
                spread_of(rows[each]),
                spread_of(rows[each]["recovery"], "value"),
                f"{rows[each]['prompt_tokens']:.1f}",
            ]
            for each in SHOWN
        ]


def test_differences_are_those_of_the_results_and_marked_where_the_interval_excludes_0(
    results: dict[str, Any], tmp_path: Path
) -> None:
    # on the edges: an interval that only touches 0 does not exclude it
    differences = results["summary"]["groups"]["all"]["differences"]
    differences["generated"] |= {
        "oracle": {"mean": -0.1, "low": -0.2, "high": 0.0},
        "no-condition": {"mean": 0.1, "low": 0.0, "high": 0.2},
    }
    differences["oracle"] |= {
        "generated": {"mean": 0.1, "low": 0.004, "high": 0.2},
        "no-condition": {"mean": -0.1, "low": -0.2, "high": -0.004},
    }
    page, _ = page_of(results, tmp_path)
    tables = page.table("differences")
    assert len(tables) == len(ORDER)
    head, generated, _, oracle = tables[0]
    assert head == ["Method", *PLAIN]
    assert generated == ["generated", "", "+0.10 [0.00, 0.20]", "-0.10 [-0.20, 0.00]"]
    assert oracle == ["oracle", "+0.10* [0.00, 0.20]", "-0.10* [-0.20, 0.00]", ""]
    for name, (_, *body) in list(zip(ORDER, tables, strict=True))[1:]:
        found = results["summary"]["groups"][name]["differences"]
        for one, cells in zip(PLAIN, body, strict=True):
            shown = {other: cell for other, cell in zip(PLAIN, cells[1:], strict=True) if cell}
            assert {other: cell.replace("*", "").lstrip("+") for other, cell in shown.items()} == {
                other: spread_of(each) for other, each in found[one].items()
            }
            assert {other for other, cell in shown.items() if "*" in cell} == {
                other for other, each in found[one].items() if each["low"] * each["high"] > 0
            }


def test_every_task_has_the_scores_of_all_methods(results: dict[str, Any], whole: tuple[Page, str]) -> None:
    page, _ = whole
    ((head, *body),) = page.table("by-task")
    assert head == ["Task", "Family", "Part", *SHOWN]
    parts = {"a": "seen", "b": "held-out, near", "c": "held-out, far"}
    means = {name: {task: two(got["mean"]) for task, got in of.items()} for name, of in results["scores"].items()}
    assert body == [
        [task, f"family-{task}", part, *(means[name].get(task, "–") for name in SHOWN)] for task, part in parts.items()
    ]


def test_what_was_measured_is_said(whole: tuple[Page, str]) -> None:
    page, _ = whole
    ((_, *identity),) = page.table("identity")
    assert identity == [["code", "0123abcd"], ["generator", "none"], ["suite", "toys"]]
    ((_, *methods),) = page.table("method-list")
    assert methods == [[name, f"title of {name}"] for name in SHOWN]
    ((_, *tasks),) = page.table("task-list")
    assert tasks[1] == ["b", "family-b", "held-out", "near", "20", "Say it."]
    assert "32 answers also generated: 0.938 score alike (mean 0.656 by one forward, 0.641 generated)" in page.text
    assert "Every method answered every task." in page.text


def test_text_of_tasks_and_failures_stays_text(
    results: dict[str, Any], whole: tuple[Page, str], tmp_path: Path
) -> None:
    plain = set(whole[0].tags) | {"a"}
    results["tasks"]["a"]["description"] = HOSTILE + "\ud800"  # half a character, which JSON can hold
    results["tasks"]["a"]["family"] = HOSTILE
    results["tasks"][HOSTILE] = results["tasks"].pop("b")
    results["failures"] = [{"method": "oracle", "task": HOSTILE, "problem": HOSTILE}]
    results["rejected"] = {HOSTILE: HOSTILE}
    results["curves"] = {HOSTILE: [[1, 2.0], [2, 1.0]]}
    results["summary"]["without"] = [HOSTILE]
    results["suite"] = HOSTILE
    for name in results["scores"]:
        results["scores"][name][HOSTILE] = results["scores"][name].pop("b", {"mean": 0.5})
    page, text = page_of(results, tmp_path)
    assert "<script" not in text
    assert set(page.tags) == plain
    assert not [each for each in page.attributes if each[1].startswith("on") or each[1] == "src"]
    assert [link for _, key, link in page.attributes if key.endswith("href") and not link.startswith("#")] == []
    assert page.table("failure-list")[0][1] == ["oracle", HOSTILE, HOSTILE]
    assert page.table("rejected")[0][1] == [HOSTILE, HOSTILE]
    assert page.table("task-list")[0][1][-1] == HOSTILE + "\\ud800"
    assert page.text.count(HOSTILE) >= 9


def test_the_same_results_give_the_same_bytes(results: dict[str, Any], tmp_path: Path) -> None:
    results["curves"] = {"pool": [[1, 2.0], [2, 1.0]], "generator": [[1, 3.0]]}
    first = write_report(results, tmp_path / "one").read_bytes()
    # as read from results.json, whose keys are sorted
    again = json.loads(json.dumps(results, sort_keys=True))
    assert write_report(again, tmp_path / "two").read_bytes() == first
    assert not re.search(rb"20\d\d-\d\d-\d\d", first)


def test_figures_are_xml_with_a_text_alternative_and_ids_of_their_own(results: dict[str, Any], tmp_path: Path) -> None:
    results["curves"] = {"generator": [[1, 3.0], [2, 1.0], [3, math.nan]], "none": [], "one": [[5, 0.5]]}
    page, text = page_of(results, tmp_path)
    figures = svgs(text)
    labels = [figure.get("aria-label", "") for figure in figures]
    assert [figure.get("role") for figure in figures] == ["img"] * len(figures)
    assert labels == (
        [f"Mean score of each method, {name}" for name in ORDER]
        + [f"Score of {name}, upwards, by that of oracle, across, on each task" for name in SHOWN[:-1]]
        + ["Loss by step, generator", "Loss by step, one"]
    )
    assert len(set(page.ids)) == len(page.ids)
    used = re.findall(r'(?:url\(|href=")(#[^)"]+)', text)
    assert len(used) > len(figures)
    assert {each.removeprefix("#") for each in used} <= set(page.ids)
    assert "from 3.000 at step 1 to nan at step 3" in page.text
    assert "#00000" not in text  # every colour is the page's, or the figure is black on black


def test_bars_and_whiskers_are_as_long_as_the_numbers(results: dict[str, Any]) -> None:
    rows = [Bar("one", 0.25, 0.125, 0.5), Bar("two", 0.5, 0.25, 1.0, quiet=True)]
    figure = ET.fromstring(bars("x", "label", rows))

    def across(name: str) -> list[float]:
        found = figure.find(f".//{SVG}g[@id='x-{name}']/{SVG}path")
        assert found is not None
        return [float(x) for x in re.findall(r"[ML] (\S+) ", found.get("d", ""))]

    start, end = across("patch_1")[:2]
    scale = (end - start) / 0.25
    for name, value in (("patch_2", (0.0, 0.5)), ("LineCollection_1", (0.125, 0.5)), ("LineCollection_3", (0.25, 1.0))):
        assert [(x - start) / scale for x in across(name)[:2]] == pytest.approx(value, abs=1e-3)
    labels = [text.text for text in figure.iter(f"{SVG}text")]
    assert labels[-2:] == ["one", "two"]


def test_a_panel_has_a_mark_for_each_task_and_says_how_many_are_as_good(
    results: dict[str, Any], tmp_path: Path
) -> None:
    scores = results["scores"]
    for task, top, mean in (("a", 0.5, 0.75), ("b", 1.0, 1.0), ("c", 1.0, 0.25)):
        scores["oracle"][task]["mean"], scores["generated"][task]["mean"] = top, mean
    page, text = page_of(results, tmp_path)
    assert "mean 0.67, oracle 0.83; as good or better on 2 of 3 tasks" in page.text
    (panel,) = [each for each in svgs(text) if (each.get("aria-label") or "").startswith("Score of generated, ")]
    marks = [
        (float(use.get("x", "")), float(use.get("y", "")))
        for use in panel.iter(f"{SVG}use")
        if "opacity" in use.get("style", "")
    ]
    assert len(marks) == 3
    ((x_a, y_a), (x_b, y_b), (x_c, y_c)) = sorted(marks)[:1] + sorted(marks[1:], key=lambda mark: mark[1])
    assert x_a < x_b == x_c
    assert (y_c - y_b) / (y_a - y_b) == pytest.approx(3)


def test_what_is_missing_is_said_and_nothing_else(results: dict[str, Any], tmp_path: Path) -> None:
    results["methods"] = results["methods"][:3]
    del results["scores"]["oracle"], results["scores"]["base:random"]
    for each in results["summary"]["groups"].values():
        del each["recovery_tasks"]
        for name in METHODS[3:]:
            del each["methods"][name]
        for row in each["methods"].values():
            del row["recovery"]
    results["generation"] = {"answers": 0}
    page, text = page_of(results, tmp_path)
    assert page.table("scores")[0][0] == ["Method", "Score", "Prompt tokens"]
    assert "oracle was not measured beside another method" in page.text
    assert "No answer was also generated." in page.text
    assert "Learning curves" not in page.text
    assert len(svgs(text)) == len(ORDER)
    assert "recovery" not in results_text(results)
    assert "generated:" not in results_text(results)


def test_a_group_may_lack_recovery_that_another_has(results: dict[str, Any], tmp_path: Path) -> None:
    for row in results["summary"]["groups"]["seen"]["methods"].values():
        del row["recovery"]
    page, _ = page_of(results, tmp_path)
    assert [len(table[0]) for table in page.table("scores")] == [4, 3, 4, 4, 4]
    assert results_text(results).count(" recovery ") == 9  # in five headlines and four tables


def test_nothing_answered_by_all_is_a_page_too(results: dict[str, Any], tmp_path: Path) -> None:
    failure = {"method": "oracle", "task": "a", "problem": "no room"}
    results |= {"summary": {"groups": {}, "without": ["a", "b", "c"]}, "failures": [failure]}
    page, _ = page_of(results, tmp_path)
    assert "No task was answered by every method" in page.text
    assert page.table("failure-list") == [[["Method", "Task", "Problem"], ["oracle", "a", "no room"]]]
    assert "Not in the groups, because some method did not answer: a, b, c." in page.text
    assert results_text(results).splitlines()[0] == "without 3 tasks that some method did not answer: a, b, c"


def test_tables_can_be_read_aloud(whole: tuple[Page, str]) -> None:
    page, text = whole
    assert len(page.tables) == 3 + 2 * len(ORDER) + 1
    for table in page.tables:
        assert table["caption"]
        assert all(scope in {"row", "col"} for tag, scope in table["scopes"] if tag == "th")
        assert len({len(row) for row in table["rows"]}) == 1
    assert {tag for tag in page.tags if tag in {"script", "link", "iframe", "object"}} == set()
    assert "default-src 'none'" in text


def test_the_text_is_aligned_and_controls_stand_under_their_method(results: dict[str, Any]) -> None:
    results["methods"][1]["title"] = "long " * 30
    lines = results_text(results).splitlines()
    assert lines[:7] == [
        "all: 3 tasks of 1 family, 60 examples; recovery over 3 tasks",
        "  method                    score              recovery  tokens",
        "  generated     0.29 [0.17, 0.36]   -0.01 [-0.13, 0.06]     8.5  " + "long " * 10 + "l ...",
        "    :random     0.16 [0.04, 0.23]  -0.14 [-0.26, -0.07]     8.4",
        "  no-condition  0.42 [0.30, 0.49]     0.12 [0.00, 0.19]     8.7  title of no-condition",
        "  base:random   0.55 [0.43, 0.62]     0.25 [0.13, 0.32]     8.8  title of base:random",
        "  oracle        0.68 [0.56, 0.75]     0.38 [0.26, 0.45]     8.9  title of oracle",
    ]
    assert [line.partition(":")[0] for line in lines if re.match(r"\S+: \d", line)] == ORDER
    assert max(map(len, lines)) <= 120
    assert lines[-1].startswith("32 answers also generated: 0.938 score alike")


def test_many_left_out_tasks_keep_to_the_width(results: dict[str, Any]) -> None:
    results["summary"]["without"] = [f"some-long-task-name-{number}" for number in range(300)]
    (line,) = [line for line in results_text(results).splitlines() if line.startswith("without")]
    assert line.startswith("without 300 tasks that some method did not answer: some-long-task-name-0, ")
    assert len(line) <= 120
    assert line.endswith("...")


def test_the_markdown_has_a_table_a_group_and_one_of_controls(results: dict[str, Any]) -> None:
    del results["summary"]["groups"]["far"]["methods"]["oracle"]["recovery"]
    blocks = results_markdown(results).split("\n\n")
    assert [block for block in blocks if block.startswith("#")] == [f"### {name}" for name in ORDER]
    far = blocks[blocks.index("### far") :][:4]
    rows = results["summary"]["groups"]["far"]["methods"]
    assert far[1] == "1 task of 1 family, 20 examples; recovery over 1 task."
    assert far[2].splitlines() == [
        "| method | score | recovery | prompt tokens |",
        "| --- | --: | --: | --: |",
        *(
            f"| `{name}` | {spread_of(rows[name])} | {spread_of(rows[name]['recovery'], 'value')} |"
            f" {rows[name]['prompt_tokens']:.1f} |"
            for name in PLAIN[:-1]
        ),
        f"| `oracle` | {spread_of(rows['oracle'])} |  | {rows['oracle']['prompt_tokens']:.1f} |",
    ]
    assert far[3].splitlines() == [
        "| description | right | random |",
        "| --- | --: | --: |",
        f"| `generated` | {spread_of(rows['generated'])} | {spread_of(rows['generated:random'])} |",
        f"| `base` |  | {spread_of(rows['base:random'])} |",
    ]


def test_without_an_oracle_the_markdown_has_no_column_of_recovery(results: dict[str, Any]) -> None:
    for group in results["summary"]["groups"].values():
        for row in group["methods"].values():
            row.pop("recovery", None)
    text = results_markdown(results)
    assert "| method | score | prompt tokens |\n| --- | --: | --: |\n" in text
    assert "| recovery |" not in text


def test_without_controls_there_is_no_table_of_them(results: dict[str, Any]) -> None:
    plain = copy.deepcopy(results)
    plain["methods"] = [each for each in results["methods"] if not each["control"]]
    assert "right" in results_markdown(results)
    assert "right" not in results_markdown(plain)
