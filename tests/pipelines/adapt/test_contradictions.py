"""What does not agree in a request is said, by name, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hyperlora.tasks.task import Example, Task
from pipelines.adapt.adapt import adapt
from pipelines.adapt.candidates import Candidate
from pipelines.adapt.contradictions import conflicting_outputs, description_note, distinct_examples, example_notes
from pipelines.report import adapted_text
from pipelines.runtime import Runtime

GO, WENT = Example("go", "went"), Example("go", "gone")


def test_a_pair_given_twice_counts_once() -> None:
    shown = [GO, Example("see", "saw"), Example("go ", "went"), Example("see", "saw")]
    assert distinct_examples(shown) == (GO, shown[1])
    assert example_notes(shown) == ["2 examples are repetitions of another; each pair of input and output counts once"]
    assert example_notes([GO, Example("see", "saw")]) == []


def test_an_input_with_two_outputs_is_named() -> None:
    assert conflicting_outputs([GO, Example("see", "saw"), WENT]) == {"go": ["went", "gone"]}
    [note] = example_notes([GO, Example("see", "saw"), WENT])
    assert "input 'go' has the outputs 'went' and 'gone'; all are used" in note
    many = [Example(str(number), answer) for number in range(5) for answer in "ab"]
    notes = example_notes(many)
    assert len(notes) == 4
    assert notes[-1] == "so do the examples of 2 further inputs"


def test_accepted_answers_do_not_contradict() -> None:
    assert conflicting_outputs([Example("go", "went", ("gone",)), WENT]) == {}


KNOWN_ONE = Candidate("registry:plural@1", "retrieved", "Give the plural", 0.8, 0.9, 0.0, -3.0)
SHOWN_ONE = Candidate("registry:past@1", "retrieved", "Give the past", 0.2, 0.01, 1.0, -0.1)


@pytest.mark.parametrize(("described", "shown"), [(0, 5), (1, 4)])
def test_a_description_of_another_task_than_the_examples_is_said(described: int, shown: int) -> None:
    candidates = [replace(SHOWN_ONE, exact_match=shown / 5), replace(KNOWN_ONE, exact_match=described / 5)]
    note = description_note(candidates, 5)
    assert note is not None
    assert f"the description to registry:plural@1 ('Give the plural'), which answers {described} of 5" in note
    assert f"the examples to registry:past@1 ('Give the past'), which answers {shown}; the examples decided" in note


@pytest.mark.parametrize(
    "candidates",
    [
        [SHOWN_ONE, replace(KNOWN_ONE, confidence=0.3)],
        [SHOWN_ONE, replace(KNOWN_ONE, exact_match=0.4)],
        [replace(SHOWN_ONE, exact_match=0.6), KNOWN_ONE],
        [replace(KNOWN_ONE, exact_match=1.0)],
        [replace(KNOWN_ONE, exact_match=None)],
        [],
    ],
    ids=["description unsure", "it answers some", "none answers the examples", "both agree", "no examples", "no pool"],
)
def test_nothing_is_said_where_they_may_agree(candidates: list[Candidate]) -> None:
    assert description_note(candidates, 5) is None


def test_adapt_says_all_of_it(runtime: Runtime, toy_tasks: list[Task]) -> None:
    barks, _, homes = toy_tasks
    twice = [*homes.test[:9], homes.test[0]]
    result = adapt(barks.description, twice, runtime=runtime)
    assert [note.split(":")[0] for note in result.notes[:2]] == [
        "1 example is a repetition of another; each pair of input and output counts once",
        "description and examples point to different adapters",
    ]
    assert "registry:barks@1" in result.notes[1]
    assert "registry:homes@1" in result.notes[1]
    text = " ".join(adapted_text(result, barks.description).split())
    assert all(f" note: {note}" in text for note in result.notes)
    assert len(result.candidates[0].reference) > 0
    assert f"on {len(set(homes.test[:9]))} examples" in result.reason
