"""An adapter that is of no use on the examples is said to be so, with what to do."""

from __future__ import annotations

import pytest

from hyperlora.tasks.task import Example
from pipelines.adapt.adapt import adapt
from pipelines.adapt.cross_validation import CrossValidation, ExampleScores
from pipelines.adapt.outcome_note import outcome_note
from pipelines.report import adapted_text
from pipelines.runtime import Runtime


def scores(given: float, validated: float | None = None, before: float | None = None) -> ExampleScores:
    cross = None if validated is None else CrossValidation(validated, 0.0, 1.0, 5, 5, leave_one_out=True)
    return ExampleScores(given, before, cross)


@pytest.mark.parametrize(
    ("measured", "base", "trained", "said", "remedy"),
    [
        (scores(0.0), 0.0, False, "answers none of the 5 examples", "leave out refine 0"),
        (scores(0.0, 0.0, 0.0), 0.0, True, "answers none of the 5 examples", "give more examples"),
        (
            scores(0.4, 0.4),
            0.4,
            True,
            "answers 0.40 of the examples, the base model 0.40",
            "check that",
        ),
        (scores(0.2), 0.6, True, "answers 0.20 of the examples, the base model 0.60", "give more examples"),
        (scores(1.0, 0.2, 0.0), 0.2, True, "0.20 (cross-validated), the base model 0.20", "give more examples"),
        (scores(1.0, 0.0, 0.0), 0.0, True, "0.00 (cross-validated), the base model 0.00", "give more examples"),
        (scores(1.0, 1.0), 1.0, True, "the base model 1.00", "may be all that this task needs"),
    ],
)
def test_no_better_than_the_base_model_is_said(
    measured: ExampleScores, base: float, trained: bool, said: str, remedy: str
) -> None:
    note = outcome_note(measured, base, 5, trained=trained)
    assert note is not None
    assert said in note
    assert remedy in note
    assert ("refine 0" in note) is not trained


@pytest.mark.parametrize(
    ("measured", "base"), [(scores(0.2), 0.0), (scores(1.0, 0.4, 0.0), 0.2), (scores(1.0, 0.2, 0.4), 0.0)]
)
def test_nothing_is_said_of_one_that_is_better(measured: ExampleScores, base: float) -> None:
    assert outcome_note(measured, base, 5, trained=True) is None


def test_adapt_says_that_none_of_the_examples_is_answered(runtime: Runtime) -> None:
    shown = [Example(text, "nothing like it") for text in ("abc", "bcd", "cde")]
    result = adapt("Do what is right", shown, refine=0, runtime=runtime)
    assert result.scores is not None
    assert result.scores.given_examples == 0
    [note] = [each for each in result.notes if "answers none of the 3 examples" in each]
    assert note in result.summary()["notes"]
    assert f"note: {note}" in " ".join(adapted_text(result, "Do what is right").split())
