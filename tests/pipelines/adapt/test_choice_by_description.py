"""The choice without examples: what is taken at which confidence, what is kept beside it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from pipelines.adapt.candidates import Candidate, Found
from pipelines.adapt.choice_by_description import (
    CLOSE,
    EXPECTED,
    MIN_CONFIDENCE,
    NothingFitsError,
    check_confidence,
    choose_by_description,
)

WRITER = "registry:writer@1"
Offered = Callable[..., list[Found]]


@pytest.fixture
def offered(make_adapter: Callable[..., Adapter]) -> Offered:
    """Candidates: retrieved adapters of these confidences, and perhaps a generated one."""

    def make(*sure: float | None, generated: bool = True, measured: float | None = None) -> list[Found]:
        metrics = {} if measured is None else {"exact_match.validation": measured}
        card = Card(description="Give the plural.", origin="trained", metrics=metrics)
        found: list[Found] = [
            (
                Candidate(f"registry:plural-{place}@1", "retrieved", card.description, 0.6 - place / 10, confidence),
                make_adapter(place, card=card),
            )
            for place, confidence in enumerate(sure)
        ]
        if generated:
            found.append((Candidate(WRITER, "generated", "asked"), make_adapter(9)))
        return found

    return make


KNOWS = ("plural-0",)


def test_an_adapter_below_a_half_is_taken_where_what_is_generated_would_score_less(offered: Offered) -> None:
    made = choose_by_description(offered(0.4, 0.1), KNOWS)
    best, *others = [candidate for candidate, _ in made.ranked]
    assert (best.reference, best.origin) == ("registry:plural-0@1", "retrieved")
    assert best.expected_score == pytest.approx(0.4 * EXPECTED.right + 0.6 * EXPECTED.wrong)
    scores = {other.reference: other.expected_score for other in others}
    assert scores[WRITER] == pytest.approx(0.4 * EXPECTED.known * EXPECTED.right + 0.6 * EXPECTED.unknown)
    assert scores["registry:plural-1@1"] == pytest.approx(0.1 * EXPECTED.right + 0.9 * EXPECTED.wrong)
    assert made.choice.adapter is made.ranked[0][1]
    assert made.choice.steps == 0
    assert "for this task with probability 0.40 only: 'Give the plural.'" in made.choice.reason
    assert "unproven without --examples" in made.choice.reason


def test_what_is_hard_for_an_adapter_is_hard_for_the_generator(offered: Offered) -> None:
    made = choose_by_description(offered(0.9, measured=0.4), KNOWS)
    [retrieved, written] = [candidate for candidate, _ in made.ranked]
    assert retrieved.expected_score == pytest.approx(0.9 * 0.4 + 0.1 * EXPECTED.wrong)
    assert written.expected_score == pytest.approx(0.9 * EXPECTED.known * 0.4 + 0.1 * EXPECTED.unknown)


def test_an_adapter_that_is_probably_for_another_task_gives_way_to_what_is_generated(offered: Offered) -> None:
    made = choose_by_description(offered(0.12), KNOWS)
    assert made.choice.candidate.origin == "generated"
    assert "the closest adapter, registry:plural-0@1, is for this task with probability 0.12 only" in made.choice.reason


def test_an_adapter_that_answers_nothing_gives_way(offered: Offered) -> None:
    made = choose_by_description(offered(0.9, measured=0.0), KNOWS)
    assert made.choice.candidate.origin == "generated"


def test_a_generator_that_was_not_trained_on_the_task_is_not_taken_to_know_it(offered: Offered) -> None:
    made = choose_by_description(offered(0.9, measured=0.2), ("another-task",))
    assert made.choice.candidate.origin == "retrieved"
    assert made.ranked[1][0].expected_score == pytest.approx(EXPECTED.unknown)
    knowing = choose_by_description(offered(0.9), KNOWS).ranked[1][0].expected_score
    assert knowing is not None and knowing > EXPECTED.unknown


def test_less_is_expected_of_a_generator_that_was_measured_to_be_worse(offered: Offered) -> None:
    sound = choose_by_description(offered(0.12), KNOWS)
    assert sound.choice.candidate.origin == "generated"
    poor = choose_by_description(offered(0.12), KNOWS, share=0.01)
    assert poor.choice.candidate.origin == "retrieved"
    assert poor.ranked[-1][0].expected_score == pytest.approx(0.01 * (sound.choice.candidate.expected_score or 0))


def test_what_cannot_be_told_apart_is_kept_both(offered: Offered) -> None:
    made = choose_by_description(offered(0.2), KNOWS)
    assert made.alternative is not None
    gap = (made.ranked[0][0].expected_score or 0) - (made.alternative[0].expected_score or 0)
    assert 0 <= gap < CLOSE
    assert {made.choice.candidate.origin, made.alternative[0].origin} == {"retrieved", "generated"}
    assert f"; {made.alternative[0].origin} as well, which may do as well" in made.choice.reason
    assert choose_by_description(offered(0.9), KNOWS).alternative is None
    assert choose_by_description(offered(0.2, generated=False), ()).alternative is None


def test_where_nothing_fits_nothing_is_made_of_it(offered: Offered) -> None:
    with pytest.raises(NothingFitsError, match="nothing in the pool fits this description") as caught:
        choose_by_description(offered(MIN_CONFIDENCE - 0.01, 0.02), KNOWS)
    error = caught.value
    assert error.exit_code == 3
    assert "--examples" in error.remedy
    assert "--force" in error.remedy
    assert "min_confidence" not in error.remedy, "nobody has set it"
    assert [each["reference"] for each in error.details()["closest"]] == ["registry:plural-0@1", "registry:plural-1@1"]
    assert error.details()["closest"][0]["confidence"] == MIN_CONFIDENCE - 0.01


def test_the_bar_can_be_set_and_passed(offered: Offered) -> None:
    with pytest.raises(NothingFitsError, match=r"probability 0\.60, below 0\.8"):
        choose_by_description(offered(0.6), KNOWS, min_confidence=0.8)
    with pytest.raises(NothingFitsError) as caught:
        choose_by_description(offered(0.098), KNOWS, min_confidence=0.1)
    assert caught.value.problem.endswith("probability 0.098, below 0.1")
    assert "lower min_confidence (--min-confidence)" in caught.value.remedy
    assert choose_by_description(offered(0.01), KNOWS, min_confidence=0.0).choice.candidate.origin == "generated"
    forced = choose_by_description(offered(0.01), KNOWS, force=True)
    assert forced.choice.reason.count("nothing fits, and it was asked for with --force") == 1
    assert "--force" not in choose_by_description(offered(0.6), KNOWS, force=True).choice.reason


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_bar_that_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="the least confidence is"):
        check_confidence(value)


def test_an_uncalibrated_retriever_is_trusted_by_similarity_and_refuses_nothing(offered: Offered) -> None:
    made = choose_by_description(offered(None), KNOWS)  # at similarity 0.6
    assert made.choice.candidate.origin == "retrieved"
    assert "at similarity 0.60" in made.choice.reason
    [(near, adapter), written] = offered(None)
    far = (Candidate(near.reference, "retrieved", near.description, 0.3), adapter)
    assert choose_by_description([far, written], KNOWS).choice.candidate.origin == "generated"


def test_with_an_empty_pool_what_is_generated_is_taken_and_called_unproven(offered: Offered) -> None:
    made = choose_by_description(offered(), KNOWS)
    assert made.choice.candidate.origin == "generated"
    assert "the pool is empty" in made.choice.reason
    assert made.choice.reason.endswith("unproven without --examples")
