"""The starter suite: what is shipped is clean, complete, right where it is known, and what the builder builds."""

from __future__ import annotations

import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from hyperlora.suite_checks import check_suite
from pipelines.starter import SMALLER_TASKS, TASKS_FOLDER, starter_suite
from pipelines.starter.sources import missing_packages

SIZES = {
    "adjective-comparative": (200, 50, 100),
    "country-capital": (146, 25, 50),
    "country-continent": (158, 25, 50),
    "first-letter": (240, 50, 100),
    "last-item": (240, 50, 100),
    "noun-plural": (240, 50, 100),
    "number-words": (240, 50, 100),
    "verb-past": (240, 50, 100),
}


def answers(name: str) -> dict[str, str]:
    """Input to output over all splits of a shipped task."""
    splits = starter_suite().tasks[name].splits().values()
    return {example.input: example.output for part in splits for example in part}


def test_the_shipped_suite_has_no_problems() -> None:
    assert check_suite(starter_suite(), smaller=SMALLER_TASKS) == []


def test_the_shipped_suite_has_the_sizes_claimed() -> None:
    sizes = {task.name: tuple(len(part) for part in task.splits().values()) for task in starter_suite()}
    assert sizes == SIZES
    assert list(sizes) == sorted(sizes)


def test_every_task_has_twelve_paraphrases_a_source_and_a_licence() -> None:
    for task in starter_suite():
        assert (len(task.descriptions), len(task.unseen_descriptions)) == (8, 4)
        assert all(package.split()[1] for package in task.source.split(", ")), task.name
        assert task.licence


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text.lower()))


def test_no_unseen_paraphrase_is_a_trivial_edit_of_a_seen_one() -> None:
    overlaps = {
        (unseen, seen): len(words(unseen) & words(seen)) / len(words(unseen) | words(seen))
        for task in starter_suite()
        for unseen in task.unseen_descriptions
        for seen in task.descriptions
    }
    assert {pair: share for pair, share in overlaps.items() if share > 0.6} == {}


def test_the_wording_of_the_outside_test_is_in_no_paraphrase() -> None:
    for task in starter_suite():
        for text in (*task.descriptions, *task.unseen_descriptions):
            assert "plural of the noun" not in text.lower()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("noun-plural", {"child": "children", "leaf": "leaves", "city": "cities", "church": "churches", "car": "cars"}),
        ("verb-past", {"go": "went", "put": "put", "carry": "carried", "stop": "stopped", "agree": "agreed"}),
        ("adjective-comparative", {"good": "better", "big": "bigger", "happy": "happier", "wise": "wiser"}),
        ("country-capital", {"France": "Paris", "Kazakhstan": "Astana", "Australia": "Canberra", "Peru": "Lima"}),
        ("country-continent", {"Kenya": "Africa", "Japan": "Asia", "Cuba": "North America", "Fiji": "Oceania"}),
    ],
)
def test_known_answers_are_right(name: str, known: dict[str, str]) -> None:
    shipped = answers(name)
    assert {text: shipped.get(text) for text in known} == known


@pytest.mark.parametrize("name", ["noun-plural", "verb-past", "adjective-comparative"])
def test_inflections_are_plain_words(name: str) -> None:
    for text, output in answers(name).items():
        assert re.fullmatch("[a-z]{2,}", text)
        assert re.fullmatch("[a-z]{2,}", output)
        assert name == "verb-past" or text != output


def test_a_fair_share_of_plurals_and_pasts_is_irregular_in_train_and_test() -> None:
    tasks = starter_suite().tasks
    for part in (tasks["noun-plural"].train, tasks["noun-plural"].test):
        irregular = [e for e in part if not e.output.startswith(e.input[:-1]) or not e.output.endswith("s")]
        assert len(irregular) >= 0.1 * len(part)
    for part in (tasks["verb-past"].train, tasks["verb-past"].test):
        assert len([e for e in part if not e.output.endswith("ed")]) >= 0.15 * len(part)


def test_lists_letters_and_numbers_follow_their_rule() -> None:
    for text, output in answers("last-item").items():
        items = text.split(", ")
        assert (len(set(items)), items[-1]) == (4, output)
    letters = answers("first-letter")
    assert all(output == text[0].upper() for text, output in letters.items())
    assert set(letters.values()) == set(string.ascii_uppercase)
    for text, output in answers("number-words").items():
        assert int(text) == in_digits(output)


def in_digits(spoken: str) -> int:
    """An independent reading of "three hundred and forty-seven"."""
    units = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    tens = "twenty thirty forty fifty sixty seventy eighty ninety"
    values = {word: value for value, word in enumerate(f"{units} seventeen eighteen nineteen".split())}
    values |= {word: 10 * value for value, word in enumerate(tens.split(), start=2)}
    hundreds, _, rest = spoken.rpartition(" hundred")
    total = 100 * values[hundreds] if hundreds else 0
    return total + sum(values[word] for word in re.findall("[a-z]+", rest.removeprefix(" and ")))


@pytest.mark.skipif(bool(missing_packages()), reason=f"the builder needs {', '.join(missing_packages())}")
def test_rebuilding_gives_the_shipped_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    """One seed is enough, because what is shipped was built under another."""
    command = [sys.executable, "-m", "pipelines.starter.build", "--out", str(tmp_path)]
    subprocess.run(
        command, check=True, env={**os.environ, "PYTHONHASHSEED": "1"}, cwd=TASKS_FOLDER.parents[2], timeout=120
    )
    built, shipped = (
        {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path, TASKS_FOLDER)
    )
    assert built == shipped
