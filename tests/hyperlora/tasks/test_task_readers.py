"""Others' task data as suites: every format, what is made up where a format is silent, and hostile files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.examples import LONGEST_LINE
from hyperlora.tasks.metrics import answer_score
from hyperlora.tasks.readers import READERS, read_suite
from hyperlora.tasks.task import Example, Suite, Task, load_examples, load_suite, load_task, write_task


def pairs(count: int, start: int = 0) -> list[dict[str, object]]:
    """So many inputs with an answer each."""
    return [{"input": f"word {number}", "output": f"WORD {number}"} for number in range(start, start + count)]


def save(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False))
    return path


def save_lines(path: Path, values: Sequence[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values))
    return path


def sizes(task: Task) -> tuple[int, int, int]:
    return len(task.train), len(task.validation), len(task.test)


def inputs(task: Task) -> list[str]:
    return [example.input for part in task.splits().values() for example in part]


def only(suite: Suite) -> Task:
    (task,) = suite
    return task


def refusal(reference: str) -> str:
    with pytest.raises(TaskFormatError) as caught:
        read_suite(reference)
    assert caught.value.remedy
    return caught.value.problem


# --- further answers and scores -----------------------------------------------------------------------


def toy_task(**changes: object) -> Task:
    examples = [Example(each["input"], each["output"]) for each in pairs(12)]
    splits = {"train": tuple(examples[:6]), "validation": tuple(examples[6:9]), "test": tuple(examples[9:])}
    return replace(Task("shout", "toys", ("Shout.",), **splits), **changes)


def test_further_answers_survive_a_task_folder_and_count_in_the_identity_only_where_there_are_some(
    tmp_path: Path,
) -> None:
    plain = toy_task()
    more = toy_task(test=(Example("word 9", "WORD 9", (" Word nine", "IX")),), metric="rouge_l")
    write_task(plain, tmp_path / "plain")
    write_task(more, tmp_path / "more")
    assert (tmp_path / "plain/test.jsonl").read_text().splitlines()[0] == '{"input": "word 9", "output": "WORD 9"}'
    line = '{"input": "word 9", "output": "WORD 9", "also": ["Word nine", "IX"]}\n'
    assert (tmp_path / "more/test.jsonl").read_text() == line
    assert load_task(tmp_path / "more") == more
    assert load_task(tmp_path / "more").identity == more.identity
    assert more.test[0].answers == ("WORD 9", "Word nine", "IX")
    assert more.identity != replace(more, test=plain.test[:1]).identity
    # the hash that the task had before there were further answers
    assert plain.identity == "c8baa98d3224612b1a562d8a20c621d4ac4c4a23b96c9139a5b6b2ca842fc9e9"


@pytest.mark.parametrize(
    ("also", "problem"),
    [
        ("[]", "'also' must be a list"),
        ("null", "'also' must be a list"),
        ('"big"', "'also' must be a list"),
        ('["big", 3]', "'also' must be a string, not int"),
        ('["big", " "]', "'also' is empty"),
        ('["a\\nb"]', "'also' holds a line break"),
    ],
)
def test_further_answers_are_a_list_of_lines(tmp_path: Path, also: str, problem: str) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text(f'{{"input": "pig", "output": "big", "also": {also}}}\n')
    with pytest.raises(TaskFormatError, match="line 1: cannot be used: ") as caught:
        load_examples(path)
    assert problem in caught.value.problem


def test_an_exact_match_is_one_of_the_accepted_answers() -> None:
    example = Example("compete", "neat", ("sweet", "street"))
    scores = [answer_score("exact_match", answer, example) for answer in (" street ", "neat", "Neat", "seat")]
    assert scores == [1.0, 1.0, 0.0, 0.0]
    assert answer_score("exact_match", "Neat", example, case_sensitive=False) == 1.0


def lcs_f1(answer: str, reference: str) -> float:
    """ROUGE-L by its definition, for words too short to be stemmed."""
    left, right = answer.lower().split(), reference.lower().split()
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    common = table[-1][-1]
    return 2 * common / (len(left) + len(right)) if common else 0.0


WORDS = st.lists(st.sampled_from(["a", "Cat", "sat", "on", "mat", "été", "über"]), min_size=1, max_size=7)
SENTENCE = WORDS.map(" ".join)


@settings(max_examples=60, deadline=None)
@given(answer=SENTENCE, references=st.lists(SENTENCE, min_size=1, max_size=3))
def test_rouge_l_is_the_f1_of_the_longest_common_subsequence_best_over_references(
    answer: str, references: list[str]
) -> None:
    score = answer_score("rouge_l", answer, Example("x", references[0], tuple(references[1:])))
    assert score == pytest.approx(max(lcs_f1(answer, reference) for reference in references))


@pytest.mark.parametrize(
    ("answer", "reference", "score"),
    [
        ("he was running", "He runs!", 0.8),  # stemmed: he, run of he, wa, run
        ("?", "?", 1.0),
        ("!", "?", 0.0),
        ("", "anything", 0.0),
        ("今日は寒い", "今日は暑い", 0.8),  # 4 of 5 characters
        ("यह किताब", "यह किताब है", 0.8),  # vowel signs do not part words
        ("naïve cats", "naïve cat", 1.0),  # stemmed beside another script too
        ("naïve dogs", "naive dogs", 0.5),
    ],
)
def test_rouge_l_of_other_scripts_and_of_signs(answer: str, reference: str, score: float) -> None:
    assert answer_score("rouge_l", answer, Example("x", reference)) == pytest.approx(score)


# --- references ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["squad:/tmp", "/tmp", "", "FILE:/tmp"])
def test_an_unknown_scheme_is_refused_with_the_known_ones(reference: str) -> None:
    with pytest.raises(TaskFormatError, match="does not begin with a known scheme") as caught:
        read_suite(reference)
    assert all(f"{scheme}:" in caught.value.remedy for scheme in READERS)


@pytest.mark.parametrize("scheme", READERS)
def test_a_path_with_nothing_to_read_is_refused(tmp_path: Path, scheme: str) -> None:
    assert "names nothing after" in refusal(f"{scheme}:")
    assert f"there is nothing at {tmp_path}/absent" in refusal(f"{scheme}:{tmp_path}/absent")
    assert "the path cannot be used" in refusal(f"{scheme}:~no-such-user-here/x")
    assert "the path cannot be used" in refusal(f"{scheme}:{'x' * 5000}")
    assert str(tmp_path) in refusal(f"{scheme}:{tmp_path}")


# --- our own folders ----------------------------------------------------------------------------------


def test_our_own_folders_are_read_as_they_are_all_or_one(tmp_path: Path) -> None:
    tasks = [toy_task(name="beta"), toy_task(name="alpha", partition="dev", relation="far")]
    for task in tasks:
        write_task(task, tmp_path / "mine" / task.name)
    suite = read_suite(f"file:{tmp_path}/mine")
    assert list(suite) == [tasks[1], tasks[0]]
    assert (suite, suite.identity) == (load_suite(tmp_path / "mine"), load_suite(tmp_path / "mine").identity)
    assert only(read_suite(f"file:{tmp_path}/mine/alpha")) == tasks[1]
    (tmp_path / "mine/beta/test.jsonl").unlink()
    told: list[tuple[str, str]] = []
    kept = read_suite(f"file:{tmp_path}/mine", on_error=lambda name, error: told.append((name, error.problem)))
    assert (list(kept.tasks), [name for name, _ in told]) == (["alpha"], ["beta"])
    assert "beta/test.jsonl cannot be read" in told[0][1]


# --- one format after the other -----------------------------------------------------------------------


def test_function_vectors(tmp_path: Path) -> None:
    save(tmp_path / "fv/choose_first_of_3.json", pairs(40))
    save(tmp_path / "fv/word-length.json", [{"input": str(each), "output": each} for each in range(1000)])
    (tmp_path / "fv/LICENSE").write_text("MIT")
    suite = read_suite(f"function-vectors:{tmp_path}/fv")
    first, length = suite
    assert (suite.name, first.name, first.descriptions) == ("fv", "choose-first-of-3", ("choose first of 3",))
    assert (first.metric, first.case_sensitive, first.family) == ("exact_match", True, "function-vectors")
    assert (first.partition, first.relation, first.twin_of) == ("held-out", "", "")
    # a quarter and 15 % of 40; 100 and 50 of 1000
    assert (sizes(first), sizes(length)) == ((24, 6, 10), (850, 50, 100))
    assert sorted(inputs(first)) == sorted(str(each["input"]) for each in pairs(40))
    assert {example.output for example in length.test} == {example.input for example in length.test}
    assert only(read_suite(f"function-vectors:{tmp_path}/fv/word-length.json")) == length


def induction(folder: Path, name: str, induce: Sequence[object], execute: Sequence[object]) -> None:
    for part, items in (("induce", induce), ("execute", execute)):
        numbered = {str(number): item for number, item in enumerate(items, start=1)}
        save(folder / part / f"{name}.json", {"metadata": {"num_examples": len(items)}, "examples": numbered})


def test_instruction_induction_keeps_its_test_its_descriptions_and_every_accepted_answer(tmp_path: Path) -> None:
    rhymes = [
        {"input": f"b{each}at", "output": "neat", "other_rhymes": ["sweet", f"b{each}at", "neat"]} for each in range(20)
    ]
    induction(tmp_path, "rhymes", [*pairs(18), rhymes[0]], rhymes)
    save(tmp_path / "annotations/rhymes.json", {"annotations": ["write a rhyme", "Write a  rhyme.", "Find a\nrhyme"]})
    induction(tmp_path, "informal_to_formal", pairs(15), pairs(15, start=15))
    formal, rhyming = read_suite(f"instruction-induction:{tmp_path}")
    assert rhyming.descriptions == ("write a rhyme", "Find a rhyme")
    # the word itself is in its list of rhymes, and is no answer
    assert rhyming.test == tuple(Example(f"b{each}at", "neat", ("sweet",)) for each in range(20))
    # 15 % of the 18 training examples that are not in the test
    assert (sizes(rhyming), rhyming.metric, rhyming.case_sensitive) == ((16, 2, 20), "exact_match", False)
    assert (formal.metric, formal.descriptions) == ("rouge_l", ("informal to formal",))
    assert {example.input for example in formal.test} == {each["input"] for each in pairs(15, start=15)}


def test_instruction_induction_with_lists_and_sentences_for_inputs(tmp_path: Path) -> None:
    concepts = [{"concept": "a.", "items": [f"x{n}", "y"], "all_common_concepts": ["a.", "b."]} for n in range(20)]
    causes = [{"cause": f"It rained {n} days.", "effect": "We got wet."} for n in range(20)]
    induction(tmp_path / "raw", "common_concept", concepts[:10], concepts[10:])
    induction(tmp_path / "raw", "cause_and_effect", causes[:15], causes[15:])
    cause, concept = read_suite(f"instruction-induction:{tmp_path}")
    assert concept.test[0] == Example("x10, y", "a.", ("b.",))
    assert [example.input for example in cause.test[:2]] == [
        "Sentence 1: It rained 15 days. Sentence 2: We got wet.",
        "Sentence 1: We got wet. Sentence 2: It rained 15 days.",
    ]
    assert {example.output for example in cause.test[:2]} == {"It rained 15 days."}
    orders = {example.input.startswith("Sentence 1: We") for example in cause.train}
    assert (sizes(cause), orders) == ((13, 2, 10), {True, False})


def instructions(outputs: Callable[[int], object], **fields: object) -> dict[str, object]:
    instances = [{"id": f"t-{n}", "input": f"Text {n}\nsecond line", "output": outputs(n)} for n in range(60)]
    return {
        "Definition": ["Say what\nthe text is."],
        "Categories": ["Title Generation"],
        "Instances": instances,
    } | fields


def test_natural_instructions_score_open_answers_by_rouge_and_labels_by_exact_match(tmp_path: Path) -> None:
    spanish = {"Input_language": ["Spanish"], "Output_language": ["English"], "Source": ["opus"]}
    licence = {"Instance License": ["CC BY 4.0"]}
    save(tmp_path / "task1_title.json", instructions(lambda n: [f"title {n}", f"heading {n}"], **spanish, **licence))
    save(tmp_path / "task2_label.json", instructions(lambda n: ["yes" if n % 2 else "no"], Definition="Yes or no?"))
    save(tmp_path / "task3_entails.json", instructions(lambda n: f"A{n}", Categories=["Textual Entailment"]))
    (tmp_path / "README.md").write_text("| task |")
    title, label, entails = read_suite(f"natural-instructions:{tmp_path}")
    assert (title.name, title.family, title.descriptions) == (
        "task1-title",
        "Title Generation",
        ("Say what the text is.",),
    )
    assert (title.metric, label.metric, entails.metric) == ("rouge_l", "exact_match", "exact_match")
    assert all(example.also == (example.output.replace("title", "heading"),) for example in title.test)
    assert all("\nsecond line" in example.input for example in title.train)
    assert title.source == "Super-NaturalInstructions, Wang et al. 2022; opus; Spanish to English"
    assert (title.licence, label.licence, label.descriptions) == ("CC BY 4.0", "", ("Yes or no?",))
    assert not title.case_sensitive
    assert sizes(title) == (36, 9, 15)


def test_big_bench_hard(tmp_path: Path) -> None:
    examples = [{"input": f"Which?\nOptions:\n(A) {n}", "target": "(A)"} for n in range(250)]
    save(tmp_path / "bbh/date_understanding.json", {"canary": "no training", "examples": examples})
    task = only(read_suite(f"bbh:{tmp_path}/bbh"))
    assert (sizes(task), task.descriptions, task.family) == ((151, 37, 62), ("date understanding",), "bbh")
    assert only(read_suite(f"bbh:{tmp_path}/bbh/date_understanding.json")) == task


def test_jsonl_files_name_splits_tasks_and_further_answers(tmp_path: Path) -> None:
    shouting = [
        {**each, "task": "Shout It", "split": "test" if n < 5 else "Training"} for n, each in enumerate(pairs(30))
    ]
    lengths = [{"input": "a" * n, "output": n, "also": [f"{n} letters"], "note": None} for n in range(1, 21)]
    save_lines(tmp_path / "mix/both.jsonl", shouting + lengths)
    save_lines(tmp_path / "mix/train.jsonl", pairs(12))
    save_lines(tmp_path / "mix/dev.jsonl", pairs(3, start=12))
    save_lines(tmp_path / "mix/test.jsonl", pairs(4, start=15))
    suite = read_suite(f"jsonl:{tmp_path}/mix")
    assert sorted(suite.tasks) == ["both", "mix", "shout-it"]
    assert sizes(suite.tasks["mix"]) == (12, 3, 4)
    # 15 % of the 25 that are not test
    assert sizes(suite.tasks["shout-it"]) == (22, 3, 5)
    assert [example.input for example in suite.tasks["shout-it"].test] == [f"word {n}" for n in range(5)]
    assert suite.tasks["both"].test[0].also == (f"{suite.tasks['both'].test[0].output} letters",)


def test_csv_files_with_quotes_tabs_and_other_columns(tmp_path: Path) -> None:
    lines = ["\ufeffinput,output"] + [f'"a, {n}\nb","say ""{n}"""' for n in range(20)]
    (tmp_path / "quoted.csv").write_text("\n".join(lines) + "\n\n")
    (tmp_path / "tabs.tsv").write_text("id\ttext\tlabel\r\n" + "".join(f"{n}\tx {n}\ty\r\n" for n in range(20)))
    (tmp_path / "tasks.yaml").write_text("tabs: {input_column: text, output_column: label, description: Say y.}\n")
    quoted, tabs = read_suite(f"csv:{tmp_path}")
    assert set(inputs(quoted)) == {f"a, {n}\nb" for n in range(20)}
    assert all(f'say "{each.input[3:-2]}"' == each.output for each in quoted.train)
    assert (tabs.descriptions, sizes(tabs), {example.output for example in tabs.test}) == (
        ("Say y.",),
        (12, 3, 5),
        {"y"},
    )


LABELS = {
    b"huggingface": json.dumps({"info": {"features": {"label": {"_type": "ClassLabel", "names": ["bad", "good"]}}}})
}


def table(count: int, start: int = 0) -> pyarrow.Table:
    numbers = range(start, start + count)
    columns = {"idx": list(numbers), "text": [f"film {n}" for n in numbers], "label": [n % 3 - 1 for n in numbers]}
    return pyarrow.table(columns).replace_schema_metadata(LABELS)


def save_to_disk(folder: Path, *tables: pyarrow.Table) -> None:
    folder.mkdir(parents=True)
    names = [f"data-{n:05}-of-{len(tables):05}.arrow" for n in range(len(tables))]
    for name, each in zip(names, tables, strict=True):
        with pyarrow.ipc.new_stream(folder / name, each.schema) as writer:
            writer.write_table(each, max_chunksize=7)
    save(folder / "state.json", {"_data_files": [{"filename": name} for name in names], "_split": "train"})


COLUMNS = "{input_column: text, output_column: label, metric: exact_match}"


def test_saved_data_sets_are_read_with_the_names_of_their_labels(tmp_path: Path) -> None:
    save_to_disk(tmp_path / "plain", table(9), table(21, start=9))
    save(tmp_path / "split/dataset_dict.json", {"splits": ["train", "test", "unsupervised"]})
    save_to_disk(tmp_path / "split/train", table(20))
    save_to_disk(tmp_path / "split/test", table(10, start=20))
    (tmp_path / "tasks.yaml").write_text(f"plain: {COLUMNS}\nsplit: {COLUMNS}\n")
    suite = read_suite(f"dataset:{tmp_path}")
    plain, split = suite
    # a third of the labels is -1, which names none
    assert (sizes(plain), sizes(split)) == ((12, 3, 5), (12, 1, 7))
    assert suite.notes["plain"] == "the column 'idx' is not read; left out of 30 examples: 10 without an answer"
    assert suite.notes["split"].startswith(
        "the split 'unsupervised' was passed over; the column 'idx' is not read; left out of 30"
    )
    wanted = {f"film {n}": ("bad", "good")[n % 3 - 1] for n in range(30) if n % 3}
    assert {e.input: e.output for part in plain.splits().values() for e in part} == wanted
    assert [example.input for example in split.test] == [f"film {n}" for n in range(20, 30) if n % 3]
    (tmp_path / "plain/tasks.yaml").write_text(f"plain: {COLUMNS}\n")
    assert only(read_suite(f"dataset:{tmp_path}/plain")) == plain


def test_parquet_files_are_tasks_or_the_splits_of_their_folder(tmp_path: Path) -> None:
    for name in ("films/data/train-00000-of-00002.parquet", "films/data/train-00001-of-00002.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(table(30, start=30 * ("00001-" in name)), tmp_path / name)
    pyarrow.parquet.write_table(table(9, start=60), tmp_path / "films/data/test-00000-of-00001.parquet")
    pyarrow.parquet.write_table(table(30), tmp_path / "reviews.parquet")
    (tmp_path / "tasks.yaml").write_text(f"films: {COLUMNS}\nreviews: {COLUMNS}\n")
    reviews, films = read_suite(f"dataset:{tmp_path}")
    assert (reviews.name, sizes(reviews)) == ("reviews", (12, 3, 5))
    assert (films.name, sizes(films)) == ("films", (34, 6, 6))


# --- the side file ------------------------------------------------------------------------------------


def test_the_side_file_says_what_the_data_do_not(tmp_path: Path) -> None:
    save(tmp_path / "odd_One.json", pairs(20))
    save(tmp_path / "plain.json", pairs(20, start=20))
    (tmp_path / "tasks.yaml").write_text(
        "odd_One:\n  descriptions: [Do it., Have it done.]\n  unseen_descriptions: [It is to be done.]\n"
        "  family: toys\n  licence: MIT\n  source: a book\n"
        "  metric: rouge_l\n  case_sensitive: false\n  prompt_template: 'Q: {input}'\n  partition: dev\n"
        "  relation: near\nplain:\n"
    )
    odd, plain = read_suite(f"function-vectors:{tmp_path}")
    assert (odd.descriptions, odd.unseen_descriptions) == (("Do it.", "Have it done."), ("It is to be done.",))
    assert (odd.family, odd.metric, odd.case_sensitive, odd.prompt_template) == ("toys", "rouge_l", False, "Q: {input}")
    assert (odd.partition, odd.relation, odd.licence, odd.source) == ("dev", "near", "MIT", "a book")
    assert (plain.descriptions, plain.partition, plain.metric) == (("plain",), "seen", "exact_match")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("plain: {colour: red}", "task 'plain': colour: Extra inputs are not permitted"),
        ("plain: {metric: bleu}", "task 'plain': metric: Input should be 'exact_match' or 'rouge_l'"),
        ("plain: {description: A., descriptions: [B.]}", "give description or descriptions, not both"),
        ("plain: {descriptions: []}", "descriptions must hold one at least"),
        ("plain: {prompt_template: 'Q:'}", "must hold {input} once"),
        ("plain: [Do it.]", "task 'plain': file: "),
        ("plain: {}\nPLAIN: {}", "'plain' and 'PLAIN' are one task"),
        ("plain: {}\nplain: {}", "line 2: is not YAML (the key 'plain' is given twice)"),
        ("plian: {}", "'plian' is no task of the data"),
        ("- plain", "is not a mapping of fields"),
    ],
)
def test_a_wrong_side_file_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    save(tmp_path / "plain.json", pairs(20))
    (tmp_path / "tasks.yaml").write_text(text + "\n")
    found = refusal(f"function-vectors:{tmp_path}")
    assert found.startswith(str(tmp_path / "tasks.yaml"))
    assert problem in found


# --- splits -------------------------------------------------------------------------------------------

ITEM = st.fixed_dictionaries(
    {
        "input": st.sampled_from([f"{a}{b}" for a in ("x", " x", "x  y ", "X") for b in range(9)]),
        "output": st.sampled_from("abc"),
    }
)


@settings(max_examples=40, deadline=None)
@given(items=st.lists(ITEM, min_size=1, max_size=80))
def test_splits_share_no_input_lose_none_and_do_not_depend_on_the_order(items: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(folder / "one/t.json", items)
        save(folder / "two/t.json", items[::-1])
        wanted = {" ".join(item["input"].split()) for item in items}
        if len(wanted) < 10:
            assert f"{len(wanted)} usable examples, fewer than 10" in refusal(f"function-vectors:{folder}/one")
            return
        one, two = (only(read_suite(f"function-vectors:{folder}/{part}")) for part in ("one", "two"))
        found = [" ".join(text.split()) for text in inputs(one)]
        assert sorted(found) == sorted(wanted)
        assert [{" ".join(e.input.split()): set(e.answers) for e in part} for part in one.splits().values()] == [
            {" ".join(e.input.split()): set(e.answers) for e in part} for part in two.splits().values()
        ]
        count = len(wanted)
        assert sizes(one)[1:] == (max(1, count * 15 // 100), count // 4)


def test_more_examples_leave_most_of_the_test_split_where_it_was(tmp_path: Path) -> None:
    few = only(read_suite(f"function-vectors:{save(tmp_path / 'few.json', pairs(1000))}"))
    more = only(read_suite(f"function-vectors:{save(tmp_path / 'more.json', pairs(1050))}"))
    assert len(set(few.test) & set(more.test)) >= 85


def test_what_is_left_out_is_counted_and_what_is_left_over_is_rejected(tmp_path: Path) -> None:
    odd = [
        {"input": "word 0", "output": "WORD 0"},
        {"input": " word  1", "output": "another"},
        {"input": "poem", "output": "two\nlines"},
        {"input": "line", "output": "one line\n \n"},
        {"input": "either", "output": ["two\nlines", "one"]},
        {"input": "", "output": "x"},
        {"input": "nothing", "output": None},
        {"input": "long", "output": "x" * LONGEST_LINE},
    ]
    save(tmp_path / "odd.json", pairs(12) + odd)
    save(tmp_path / "poems.json", [*pairs(9), odd[2]])
    suite = read_suite(f"function-vectors:{tmp_path}")
    task = only(suite)
    answers = {e.input: e.answers for part in task.splits().values() for e in part}
    assert (answers["line"], answers["either"], answers["word 1"]) == (("one line",), ("one",), ("WORD 1", "another"))
    assert len(answers) == 14
    assert suite.notes == {
        "odd": "left out of 20 examples: 1 longer than 64 KiB, 1 repeated, 1 with an answer of several lines, "
        "1 without an answer, 1 without an input; "
        "1 inputs with several answers, such as ' word  1', all of them accepted"
    }
    reason = f"{tmp_path}/poems.json: 9 usable examples, fewer than 10; left out of 10 examples: "
    assert suite.rejected == {"poems": reason + "1 with an answer of several lines"}


def test_the_test_split_of_the_source_keeps_its_inputs_and_its_answers(tmp_path: Path) -> None:
    train = [{"input": "word 100", "output": "leak"}, *pairs(20)]
    save_lines(tmp_path / "s/train.jsonl", train)
    save_lines(tmp_path / "s/test.jsonl", pairs(5, start=100))
    suite = read_suite(f"jsonl:{tmp_path}/s")
    assert only(suite).test == tuple(Example(str(e["input"]), str(e["output"])) for e in pairs(5, start=100))
    assert sizes(only(suite)) == (17, 3, 5)
    assert "1 whose input is also in a later split" in suite.notes["s"]
    (tmp_path / "s/train.jsonl").unlink()
    save_lines(tmp_path / "s/test.jsonl", pairs(40))
    suite = read_suite(f"jsonl:{tmp_path}/s")
    assert (sizes(only(suite)), suite.notes["s"]) == (
        (24, 6, 10),
        "the source has nothing but a test split, which was divided",
    )


def test_every_task_read_can_be_written_as_a_task_folder_of_ours(tmp_path: Path) -> None:
    long = "Much_too.long a Name--for a (task) of ours " * 3
    for name in (long, "Ünïcode", "日本"):
        save(tmp_path / f"in/{name}.json", instructions(lambda n: [f"a{n}", f"b{n}"], Categories=[" two\nlines "]))
    suite = read_suite(f"natural-instructions:{tmp_path}/in")
    for task in suite:
        write_task(task, tmp_path / "out" / task.name)
    assert len(suite) == 3
    assert {task.name: task for task in load_suite(tmp_path / "out")} == suite.tasks
    assert read_suite(f"file:{tmp_path}/out").tasks == suite.tasks


# --- hostile files ------------------------------------------------------------------------------------

GOOD_LINES = "".join(json.dumps(each) + "\n" for each in pairs(12)).encode()
GOOD_CSV = ("input,output\n" + "".join(f"a{n},b\n" for n in range(12))).encode()
BAD_FILES = [
    (
        "function-vectors",
        "t.json",
        b'[\n{"input": "a"\n"output": "b"}]',
        "line 3, column 1: is not JSON (Expecting ','",
    ),
    ("function-vectors", "t.json", b'[\n\n"\xff"]', "line 3: is not UTF-8"),
    ("function-vectors", "t.json", b"[" * 50_000, "is not JSON that can be read"),
    ("function-vectors", "t.json", b'{"input": "a", "output": "b"}', "is dict, not a list"),
    ("function-vectors", "t.json", b'[{"input": "a"}]', "item 1: has no 'output'"),
    ("function-vectors", "t.json", b'[["a", "b"]]', "item 1: is list, not an object"),
    ("function-vectors", "t.json", b'[{"input": {}, "output": "b"}]', "item 1: the input is dict, not text"),
    ("function-vectors", "t.json", b'[{"input": "a", "output": [[]]}]', "item 1: the output is list, not text"),
    ("function-vectors", "t.json", b'[{"input": "a", "output": NaN}]', "item 1: the output is not a number, not text"),
    ("function-vectors", "t.json", b'[{"input": "a", "input": "b"}]', "the field 'input' is there twice"),
    ("function-vectors", "t.json", b"[]", "0 usable examples"),
    ("natural-instructions", "t.json", b'{"Instances": []}', "has no 'Definition'"),
    ("natural-instructions", "t.json", b'{"Definition": ["Do."]}', "has no 'Instances'"),
    ("natural-instructions", "t.json", b'{"Definition": [3], "Instances": []}', "'Definition' is neither text nor"),
    ("natural-instructions", "t.json", b'{"Definition": "D", "Instances": [{"input": "a"}]}', "instance 1: has no"),
    ("bbh", "t.json", b'{"examples": {"input": "a"}}', "'examples' is dict"),
    ("bbh", "t.json", b'{"examples": [{"input": "a", "output": "b"}]}', "example 1: has no 'target'"),
    ("jsonl", "t.jsonl", GOOD_LINES + b"{]\n", "line 13, column 2: is not JSON"),
    ("jsonl", "t.jsonl", GOOD_LINES + b"\xff\n", "line 13: is not UTF-8"),
    ("jsonl", "t.jsonl", GOOD_LINES + b"[1]\n", "line 13: is list, not an object"),
    ("jsonl", "t.jsonl", GOOD_LINES + b'"' + b"a" * LONGEST_LINE + b'"\n', "line 13: is longer than 64 KiB"),
    (
        "jsonl",
        "t.jsonl",
        b'{"word": "a", "label": "b"}\n',
        "line 1: has no 'text'; it has 'word', 'label'",
    ),
    ("jsonl", "t.jsonl", b'{"input": "a", "output": "b", "split": "exam"}\n', "line 1: the split 'exam' is unknown"),
    ("jsonl", "t.jsonl", b'{"input": "a", "output": "b", "task": 3}\n', "line 1: 'task' is int, not text"),
    ("jsonl", "t.jsonl", b"\n", "holds no example"),
    ("csv", "t.csv", GOOD_CSV + b"a,b,c\n", "line 14: has 3 cells, the first line has 2"),
    ("csv", "t.csv", GOOD_CSV + b'"a,b\nc,d\n', "line 14: is not CSV"),
    ("csv", "t.csv", GOOD_CSV + b'"a"b,c\n', "line 14: is not CSV"),
    ("csv", "t.csv", GOOD_CSV + b"\xe4,b\n", "line 14: is not UTF-8"),
    ("csv", "t.csv", b"input,input\na,b\n", "line 1: two columns have one name"),
    ("csv", "t.csv", b"text,output\na,b\n", "line 2: is no example in a shape that is read; it has 'text', 'output'"),
    ("csv", "t.csv", b"input,output\n", "holds no example"),
    ("dataset", "t.parquet", b"PAR1 this is none PAR1", "cannot be read"),
]


@pytest.mark.parametrize(("scheme", "name", "data", "problem"), BAD_FILES, ids=[each[3][:50] for each in BAD_FILES])
def test_a_bad_file_is_named_with_the_place_and_can_be_gone_without(
    tmp_path: Path, scheme: str, name: str, data: bytes, problem: str
) -> None:
    (tmp_path / name).write_bytes(data)
    found = refusal(f"{scheme}:{tmp_path}/{name}")
    assert str(tmp_path / name) in found
    assert problem in found
    write_task(toy_task(), tmp_path / "spare/good")
    told: list[str] = []
    with pytest.raises(TaskFormatError, match="task that can be used"):
        read_suite(f"{scheme}:{tmp_path / name}", on_error=lambda task, error: told.append(f"{task}: {error.problem}"))
    assert "usable" in problem or (len(told) == 1 and told[0].startswith("t: ") and problem in told[0])


def test_one_bad_file_of_a_folder_is_an_error_or_is_told_while_the_others_are_kept(tmp_path: Path) -> None:
    for name in ("alpha", "gamma"):
        save(tmp_path / f"{name}.json", pairs(20))
    (tmp_path / "beta.json").write_text("[,]")
    (tmp_path / "folder.json").mkdir()
    assert f"{tmp_path}/beta.json, line 1, column 2: is not JSON" in refusal(f"function-vectors:{tmp_path}")
    told: dict[str, TaskFormatError] = {}
    suite = read_suite(f"function-vectors:{tmp_path}", on_error=told.__setitem__)
    assert (list(suite.tasks), list(told)) == (["alpha", "gamma"], ["beta", "folder"])
    assert "folder.json cannot be read: Is a directory" in told["folder"].problem


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a_b", "a-b"):
        save(tmp_path / f"{name}.json", pairs(20))
    assert "a task named 'a-b' is also in" in refusal(f"function-vectors:{tmp_path}")


def test_an_empty_test_split_is_an_error(tmp_path: Path) -> None:
    save_lines(tmp_path / "s/train.jsonl", pairs(20))
    save_lines(tmp_path / "s/test.jsonl", [])
    assert "task 's' has no usable example in its test split" in refusal(f"jsonl:{tmp_path}/s")
    save_lines(tmp_path / "s/test.jsonl", pairs(20))
    assert "task 's' has no usable example in its train split" in refusal(f"jsonl:{tmp_path}/s")


def test_an_instruction_induction_task_needs_both_halves(tmp_path: Path) -> None:
    induction(tmp_path, "sum", pairs(12), pairs(12, start=12))
    (tmp_path / "induce/sum.json").rename(tmp_path / "induce/diff.json")
    assert "execute/diff.json cannot be read: No such file" in refusal(f"instruction-induction:{tmp_path}")
    save(tmp_path / "annotations/diff.json", {"annotations": ["Do.", 3]})
    save(tmp_path / "execute/diff.json", {"examples": {}})
    (tmp_path / "execute/sum.json").unlink()
    assert "annotations/diff.json, annotation 2: is not text" in refusal(f"instruction-induction:{tmp_path}")


@pytest.mark.parametrize("name", ["../elsewhere.arrow", "/etc/passwd", "..", "a/b.arrow", "", 3])
def test_a_saved_data_set_cannot_point_out_of_its_folder(tmp_path: Path, name: object) -> None:
    save_to_disk(tmp_path / "set", table(30))
    save(tmp_path / "set/state.json", {"_data_files": [{"filename": name}]})
    assert str(tmp_path / "set/state.json") in refusal(f"dataset:{tmp_path}/set")
    save(tmp_path / "dict/dataset_dict.json", {"splits": ["train"]})
    save(tmp_path / "dict/train/state.json", {"_data_files": [{"filename": name}]})
    assert str(tmp_path / "dict/train/state.json") in refusal(f"dataset:{tmp_path}/dict")


def test_offsets_that_point_out_of_a_data_set_are_not_followed(tmp_path: Path) -> None:
    save_to_disk(tmp_path / "set", pyarrow.table({"input": [f"film {n:02}" for n in range(30)], "output": ["a"] * 30}))
    file = tmp_path / "set/data-00000-of-00001.arrow"
    good = b"".join(offset.to_bytes(4, "little") for offset in range(0, 35, 7))
    bad = good[:8] + (5).to_bytes(4, "little") + good[12:]
    assert file.read_bytes().count(good) >= 1
    file.write_bytes(file.read_bytes().replace(good, bad, 1))
    assert f"{file}, after row 0: cannot be read" in refusal(f"dataset:{tmp_path}/set")


def test_a_damaged_or_foreign_data_set_is_an_error(tmp_path: Path) -> None:
    save_to_disk(tmp_path / "set", table(30))
    file = tmp_path / "set/data-00000-of-00001.arrow"
    odd = table(30).rename_columns(["idx", "film", "label"])
    save_to_disk(tmp_path / "odd", odd)
    found = refusal(f"dataset:{tmp_path}/odd")
    assert found.endswith("arrow: has no 'text'; it has 'idx', 'film', 'label'")
    (tmp_path / "set/tasks.yaml").write_text(f"set: {COLUMNS}\n")
    file.write_bytes(file.read_bytes()[:-300])
    assert f"{file}, after row" in refusal(f"dataset:{tmp_path}/set")
    file.write_bytes(b"")
    assert "cannot be read" in refusal(f"dataset:{tmp_path}/set")
    save(tmp_path / "dict/dataset_dict.json", {"splits": ["everything"]})
    assert "has no train, validation or test split" in refusal(f"dataset:{tmp_path}/dict")


# --- parts of a suite ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "undivided", "parts"),
    [
        ({}, True, {"one": "held-out", "two": "held-out"}),
        ({"one": "seen"}, False, {"one": "seen", "two": "held-out"}),
        ({"one": "held-out"}, False, {"one": "held-out", "two": "seen"}),
        ({"one": "dev", "two": "held-out"}, False, {"one": "dev", "two": "held-out"}),
    ],
)
def test_tasks_that_no_part_is_named_for(
    tmp_path: Path, named: dict[str, str], undivided: bool, parts: dict[str, str]
) -> None:
    for number, name in enumerate(("one", "two")):
        save_lines(tmp_path / f"{name}.jsonl", pairs(20, start=50 * number))
    # a side file may say other things of a task
    text = "".join(f"{name}: {{partition: {part}}}\n" for name, part in named.items())
    (tmp_path / "tasks.yaml").write_text(text or "one: {licence: MIT}\n")
    suite = read_suite(f"jsonl:{tmp_path}")
    assert (suite.undivided, {task.name: task.partition for task in suite}) == (undivided, parts)


def test_our_own_folders_are_in_the_part_that_they_say(tmp_path: Path) -> None:
    write_task(toy_task(partition="held-out"), tmp_path / "shout")
    assert not read_suite(f"file:{tmp_path}").undivided
