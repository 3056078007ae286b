"""The starter suite: what is shipped is clean, complete, right where it is known, and what the builder builds."""

from __future__ import annotations

import json
import os
import re
import string
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hyperlora.tasks.suite_checks import check_suite
from hyperlora.tasks.task import Suite
from pipelines.starter import SMALLER_FILE, TASKS_FOLDER, smaller_tasks, starter_suite
from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws
from pipelines.starter.promises import broken_promises, partition_counts
from pipelines.starter.rejected import REJECTED
from pipelines.starter.sources import missing_packages

FIRST_DRAWS = [6, 9, 1, 7, 4, 3, 3, 3]
Answers = Callable[[str], dict[str, str]]


def count_words(texts: list[str]) -> list[int]:
    """A stand-in for the tokenizer, which the unit tier does without."""
    return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def test_the_shipped_suite_has_no_problems() -> None:
    assert check_suite(starter_suite(), smaller=smaller_tasks()) == []


def test_the_shipped_suite_keeps_what_it_promises() -> None:
    suite = starter_suite()
    assert [each for each in broken_promises(suite, count_words) if "tokens" not in each] == []
    counts = partition_counts(suite)
    assert counts["seen"] + counts["dev"] + counts["held-out"] == len(suite)
    assert counts["twin"] + counts["near"] + counts["far"] == counts["held-out"]
    assert list(suite.tasks) == sorted(suite.tasks)


def test_a_promise_that_is_broken_is_named() -> None:
    suite = starter_suite()
    fewer = Suite.of("less", [task for task in suite if task.partition != "dev" and task.family != "emoji"])
    short = [replace(task, test=task.test[:1], descriptions=task.descriptions[:7]) for task in fewer]
    broken = broken_promises(Suite.of("less", short), lambda texts: [1] * len(texts))
    assert "suite: 0 dev tasks, fewer than 24" in broken
    assert f"suite: 0 of {len(short)} tasks have inputs of over 15 tokens, fewer than a quarter" in broken
    assert f"{short[0].name}: 7 descriptions and 4 unseen ones, not 8 and 4" in broken
    far = [task for task in suite.part("held-out") if task.relation == "far" and task.family in ("emoji", "logic")]
    assert "suite: 2 far families held out, fewer than 6" in broken_promises(Suite.of("far", far), count_words)


def test_a_relation_that_the_zoo_denies_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {
        each: next(t.name for t in starter_suite().part("held-out") if t.relation == each) for each in ("twin", "near")
    }
    dev = starter_suite().part("dev")[0].name

    def denied(twin: tuple[float, float], near: tuple[float, float]) -> list[str]:
        evidence = {held["twin"]: ("some", *twin), held["near"]: ("other", *near), dev: ("some", 1.0, 1.0)}
        monkeypatch.setattr("pipelines.starter.promises.relation_evidence", lambda: evidence)
        return [each for each in broken_promises(starter_suite(), count_words) if "tokens" not in each]

    assert denied((0.8, 1.0), (0.79, 1.0)) == []
    assert denied((0.7, 0.5), (0.39, 0.4)) == []
    assert denied((0.79, 1.0), (0.5, 0.6)) == [
        f"{held['twin']}: is twin, but some scores 0.79 on it and its own adapter 1.00",
        f"{held['near']}: is near, but other scores 0.50 on it and its own adapter 0.60",
    ]
    assert len(denied((0.39, 0.4), (0.1, 0.0))) == 1


def test_only_tasks_with_a_small_source_are_smaller_than_usual() -> None:
    assert json.loads(SMALLER_FILE.read_text()) == {
        task.name: [len(task.train), len(task.validation), len(task.test)]
        for task in starter_suite()
        if len(task.train) < 200 or len(task.validation) < 50 or len(task.test) < 100
    }
    assert len(smaller_tasks()) < 0.2 * len(starter_suite())


def test_rejected_tasks_are_not_there_and_say_why() -> None:
    assert starter_suite().rejected == REJECTED
    assert not REJECTED.keys() & starter_suite().tasks.keys()
    assert all(len(why) > 20 for why in REJECTED.values())


def test_every_task_has_a_source_and_a_licence() -> None:
    for task in starter_suite():
        assert task.source == "written for HyperLoRA" or all(each.split()[1] for each in task.source.split(", "))
        assert task.licence


def test_no_answer_is_right_for_much_more_than_half_of_a_task(answers: Answers) -> None:
    """Else a constant would score; two evenly balanced labels are the limit."""
    for name in starter_suite().tasks:
        outputs = list(answers(name).values())
        assert max(outputs.count(output) for output in set(outputs)) <= 0.58 * len(outputs), name


def test_the_two_sides_divide_everything_and_draws_never_change() -> None:
    words = [f"word{number}" for number in range(2000)]
    seen, unseen = Side("seen").kept(words), Side("unseen").kept(words)
    assert sorted(seen + unseen) == sorted(words)
    assert 1000 < len(seen) < 1200
    assert Side("seen").has("Paris") == Side("seen").has("paris")
    draw = Draws("a seed")
    assert [draw.below(10) for _ in range(8)] == FIRST_DRAWS, "every built task would change"
    assert sorted(Draws("another").shuffled(range(50))) == list(range(50))
    assert {Draws(str(number)).between(3, 5) for number in range(50)} == {3, 4, 5}


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
        (
            "noun-plural",
            {
                "child": "children",
                "leaf": "leaves",
                "city": "cities",
                "church": "churches",
                "car": "cars",
                "tooth": "teeth",
                "box": "boxes",
                "wife": "wives",
                "dog": "dogs",
                "story": "stories",
            },
        ),
        (
            "verb-past",
            {
                "go": "went",
                "put": "put",
                "carry": "carried",
                "stop": "stopped",
                "agree": "agreed",
                "eat": "ate",
                "win": "won",
                "plan": "planned",
                "try": "tried",
                "write": "wrote",
            },
        ),
        ("adjective-comparative", {"good": "better", "big": "bigger", "happy": "happier", "wise": "wiser"}),
        ("country-capital", {"France": "Paris", "Kazakhstan": "Astana", "Australia": "Canberra", "Peru": "Lima"}),
        ("country-continent", {"Kenya": "Africa", "Japan": "Asia", "Cuba": "North America", "Fiji": "Oceania"}),
    ],
)
def test_known_answers_are_right(name: str, known: dict[str, str], answers: Answers) -> None:
    shipped = answers(name)
    found = {text: shipped[text] for text in known if text in shipped}
    assert len(found) > 1
    assert found == {text: known[text] for text in found}


@pytest.mark.parametrize("name", ["noun-plural", "verb-past", "adjective-comparative"])
def test_inflections_are_plain_words(name: str, answers: Answers) -> None:
    for text, output in answers(name).items():
        assert re.fullmatch("[a-z]{2,}", text)
        assert re.fullmatch("[a-z]{2,}", output)
        assert name == "verb-past" or text != output


def test_a_fair_share_of_plurals_and_pasts_is_irregular_in_train_and_test() -> None:
    tasks = starter_suite().tasks
    for part in (tasks["noun-plural"].train, tasks["noun-plural"].test):
        irregular = [e for e in part if not e.output.startswith(e.input[:-1]) or not e.output.endswith("s")]
        assert len(irregular) >= 0.06 * len(part)
    for part in (tasks["verb-past"].train, tasks["verb-past"].test):
        assert len([e for e in part if not e.output.endswith("ed")]) >= 0.12 * len(part)


def test_lists_letters_and_numbers_follow_their_rule(answers: Answers) -> None:
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


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_packages()), reason=f"the builder needs {', '.join(missing_packages())}")
def test_rebuilding_gives_the_shipped_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    """One seed is enough, because what is shipped was built under another."""
    command = [sys.executable, "-m", "pipelines.starter.build", "--out", str(tmp_path)]
    subprocess.run(
        command, check=True, env={**os.environ, "PYTHONHASHSEED": "1"}, cwd=TASKS_FOLDER.parents[2], timeout=600
    )
    built, shipped = (
        {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path, TASKS_FOLDER)
    )
    assert built == shipped
