"""The deductions, drawn once more by other means."""

from __future__ import annotations

import re
from collections.abc import Callable

Answers = Callable[[str], dict[str, str]]

_UP = {"mother": 1, "father": 1, "sister": 0, "brother": 0, "daughter": -1, "son": -1, "wife": 0, "husband": 0}
_GENERATIONS = {
    "grandmother": 2, "grandfather": 2, "aunt": 1, "uncle": 1, "mother-in-law": 1, "father-in-law": 1,
    "sister-in-law": 0, "brother-in-law": 0, "niece": -1, "nephew": -1, "granddaughter": -2, "grandson": -2,
}  # fmt: skip
_FEMALE = {"grandmother", "aunt", "niece", "granddaughter", "mother-in-law", "sister-in-law"}
_FEMALE_ROLES = {"mother", "sister", "daughter", "wife"}


def test_kinship_spans_the_right_number_of_generations(answers: Answers) -> None:
    for text, output in answers("kinship-two-steps").items():
        roles = re.findall(rf"\b({'|'.join(_UP)})\b", text)
        assert len(roles) == 2, text
        assert _UP[roles[0]] + _UP[roles[1]] == _GENERATIONS[output], text


def test_kinship_has_the_gender_of_the_person_asked_about(answers: Answers) -> None:
    checked = 0
    for text, output in answers("kinship-two-steps").items():
        asked = re.search(r"(?:[Ww]hat is|How is) (\w+) (?:to|related)", text)
        assert asked
        if role := re.search(rf"{asked[1]} is the (\w+) of", text):
            assert (role[1] in _FEMALE_ROLES) == (output in _FEMALE), text
            checked += 1
    assert checked


def test_truth_values_are_pythons(answers: Answers) -> None:
    for text, output in answers("truth-value").items():
        values = {name: truth == "true" for name, truth in re.findall(r"(\w) = (true|false)", text)}
        formula = re.split(r"(?:true|false)[:.,] (?!\w = )", text)[-1].rstrip("?")
        assert str(eval(formula, {}, values)).lower() == output, text


def test_rules_decide_as_sets_do(answers: Answers) -> None:
    """One kind within the other, or both apart, as circles on paper."""
    checked = set()
    for text, output in answers("rule-and-case").items():
        rules = re.findall(r"(every|no) (\w+) is a (\w+)", text)
        member = re.search(r"[A-Z]\w+ is (not )?a (\w+)", text.replace("Is ", "is "))
        asked = re.search(r"[Ii]s [A-Z]\w+ a (\w+)\?", text)
        if len(rules) != 1 or not member or not asked:
            continue
        (kind, inner, outer), inside, goal = rules[0], not member[1], asked[1]
        if kind == "every":
            expected = {(True, inner, outer): "yes", (False, outer, inner): "no"}.get(
                (inside, member[2], goal), "unknown"
            )
        else:
            expected = "no" if inside and {member[2], goal} == {inner, outer} else "unknown"
        assert expected == output, text
        checked.add(output)
    assert checked == {"yes", "no", "unknown"}
