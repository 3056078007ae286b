"""What to say where examples show that what was made of them is of no use."""

from __future__ import annotations

from pipelines.adapt.cross_validation import ExampleScores


def outcome_note(scores: ExampleScores, base_match: float, count: int, *, trained: bool) -> str | None:
    """One line on an adapter that answers none of the examples, or no more than the bare base model; None for others.

    The cross-validated score decides where there is one: examples that an adapter was trained on flatter it.

    Args:
        base_match: share of the examples that the bare base model answers.
        count: how many examples there were.
        trained: whether it was trained on them.
    """
    validated = scores.cross_validation
    outcome = scores.given_examples if validated is None else min(scores.given_examples, validated.exact_match)
    if outcome > base_match:
        return None
    if validated is not None and scores.given_examples > base_match:
        told = (
            f"of examples it was not made of the adapter answers {validated.exact_match:.2f} (cross-validated), the "
            f"base model {base_match:.2f}: it is no better on new inputs, as far as {count} examples tell"
        )
    elif outcome == 0 and scores.given_examples == 0:
        told = f"the adapter answers none of the {count} examples"
    else:
        told = f"the adapter answers {scores.given_examples:.2f} of the examples, the base model {base_match:.2f}"
    if base_match == 1:
        return f"{told}; the base model may be all that this task needs"
    more = "give more examples, and check that the description says what they show"
    return f"{told}; {more}" if trained else f"{told}; leave out refine 0 (--refine 0) to train it; {more}"
