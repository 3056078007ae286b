"""The rewriting tasks: known sentences, and what a rule leaves unchanged."""

from __future__ import annotations

import re

import pytest

from tests.pipelines.starter.conftest import Answers

NOT = [
    "isn't",
    "wasn't",
    "doesn't",
    "didn't",
    "hasn't",
    "shouldn't",
    "wouldn't",
    "couldn't",
    "weren't",
    "haven't",
    "don't",
]
LONG_FORMS = {short: f"{short[:-3]} not" for short in NOT}
LONG_FORMS |= {"won't": "will not", "I'm": "I am", "They're": "They are", "We're": "We are", "You're": "You are"}
LONG_FORMS |= {f"{who}'ll": f"{who} will" for who in ("I", "they", "we", "you")}
LONG_FORMS |= {f"{who}'ve": f"{who} have" for who in ("I", "You", "They", "We")}


def expanded(sentence: str) -> str:
    return " ".join(LONG_FORMS.get(word, word) for word in sentence.split(" "))


def words(sentence: str) -> list[str]:
    return re.findall(r"[\w'-]+", sentence.lower())


def test_contractions_are_expanded_and_made(answers: Answers) -> None:
    for text, output in answers("contractions-expanded").items():
        assert "'" in text
        assert expanded(text) == output
    for text, output in answers("contractions-made").items():
        assert output.count("'") == 1
        assert expanded(output) == text


def test_negated_sentences_are_the_statement_with_not(answers: Answers) -> None:
    for text, output in answers("sentence-negation").items():
        before, after = words(text), words(output)
        assert after.count("not") == 1
        auxiliary = after[after.index("not") - 1]
        assert (auxiliary in {"does", "did"}) != (auxiliary in before)
        assert after[-3:] == before[-3:]


def test_questions_begin_with_the_auxiliary_of_the_statement(answers: Answers) -> None:
    for text, output in answers("sentence-question").items():
        auxiliary, *rest = words(output)
        assert output.endswith("?")
        assert text.endswith(".")
        if auxiliary not in {"does", "did"}:
            assert sorted([auxiliary, *rest]) == sorted(words(text))
        assert auxiliary in {"does", "did", "will", "is", "has", "should"}


@pytest.mark.parametrize(
    ("name", "tense"),
    [
        ("past-to-future", "will"),
        ("pronoun-past-to-future", "will"),
        ("past-to-perfect", "has"),
        ("present-to-continuous", "is"),
    ],
)
def test_another_tense_changes_the_verb_alone(answers: Answers, name: str, tense: str) -> None:
    for text, output in answers(name).items():
        before, after = text.split(" "), output.split(" ")
        place = after.index(tense)
        assert (before[:place], before[place + 1 :]) == (after[:place], after[place + 2 :])
        verb = after[place + 1]
        assert name != "present-to-continuous" or verb.endswith("ing")


def test_tenses_of_verbs_that_everybody_knows(answers: Answers) -> None:
    known = {"wrote": "write", "ate": "eat", "sang": "sing", "found": "find", "took": "take", "washed": "wash"}
    known |= {"drove": "drive", "drew": "draw", "threw": "throw", "bought": "buy", "copied": "copy", "hid": "hide"}
    found = 0
    for text, output in (answers("past-to-future") | answers("pronoun-past-to-future")).items():
        for past in known.keys() & set(text.split(" ")):
            assert f" will {known[past]} " in output
            found += 1
    assert found


def test_the_passive_exchanges_doer_and_thing(answers: Answers) -> None:
    for text, output in answers("active-to-passive").items():
        match = re.fullmatch(r"The (\w+) (?:was|is|will be|must be) \w+ by (\w+ \w+) (.+)", output)
        assert match is not None
        thing, doer, tail = match.groups()
        assert text.lower().startswith(f"{doer.lower()} ")
        assert text.endswith(f" the {thing} {tail}")


def test_requests_and_prohibitions_keep_the_words_of_the_order(answers: Answers) -> None:
    for text, output in answers("polite-request").items():
        assert output == f"Could you please {text[0].lower()}{text[1:-1]}?"
    for text, output in answers("forbid-instead").items():
        assert output == f"Do not {text[0].lower()}{text[1:]}"


@pytest.mark.parametrize("name", ["i-to-she", "i-to-he", "reported-speech"])
def test_no_first_person_is_left(answers: Answers, name: str) -> None:
    for text, output in answers(name).items():
        assert not {"i", "my", "me", "am", "myself"} & set(words(output))
        assert {"i", "my", "me"} & set(words(text))


def test_one_adjective_is_removed(answers: Answers) -> None:
    for text, output in answers("drop-adjective").items():
        before = text.split(" ")
        assert output in {" ".join(before[:place] + before[place + 1 :]) for place in range(1, len(before))}


def test_reasons_follow_because(answers: Answers) -> None:
    for text, output in answers("join-with-because").items():
        fact, reason = output.split(" because ")
        assert text == f"{fact}. {reason[0].upper()}{reason[1:]}"


def test_restored_sentences_have_the_same_letters(answers: Answers) -> None:
    for text, output in answers("punctuation-restored").items():
        assert re.sub("[.,?]", "", output).lower() == text
        assert output[0].isupper()
        assert (output[-1] == "?") == (text.split()[0] in {"does", "why", "can", "who", "when", "where"})


def test_american_spelling_differs_in_one_or_two_words(answers: Answers) -> None:
    known = {"colour": "color", "theatre": "theater", "organise": "organize", "grey": "gray", "tyre": "tire"}
    found = 0
    for text, output in answers("british-to-american").items():
        pairs = [(one, other) for one, other in zip(words(text), words(output), strict=True) if one != other]
        assert len(pairs) == 1
        if pairs[0][0] in known:
            assert pairs[0][1] == known[pairs[0][0]]
            found += 1
    assert found


def test_pronouns_replace_names(answers: Answers) -> None:
    pronouns = {"she", "he", "her", "him", "his"}
    for text, output in answers("name-to-pronoun").items():
        changed = [pair for pair in zip(words(text), words(output), strict=True) if pair[0] != pair[1]]
        assert len(changed) == 1
        assert changed[0][1] in pronouns
        assert changed[0][0].endswith("'s") <= (changed[0][1] in {"her", "his"})
