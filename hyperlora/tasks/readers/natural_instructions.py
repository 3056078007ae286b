"""`natural-instructions:PATH`: Super-NaturalInstructions task files (Wang et al. 2022, arXiv:2204.07705)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.json_file import field_of, read_json
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.source_task import SourceExample, SourceTask, source_example
from hyperlora.tasks.readers.task_files import files_in
from hyperlora.tasks.task import Metric

_ANY = (object,)
# The categories that the authors' own evaluation scores by exact match.
_EXACT_CATEGORIES = frozenset(
    {
        "Answerability Classification",
        "Cause Effect Classification",
        "Coreference Resolution",
        "Dialogue Act Recognition",
        "Textual Entailment",
        "Word Analogy",
    }
)
# Answers out of a list no longer than that, each given so often on average, are labels.
_MOST_LABELS = 26
_EACH_LABEL = 5


def read_natural_instructions(path: Path, gathering: Gathering) -> None:
    """Add every task file of the folder (or of its `tasks/`), or the one file.

    Raises:
        TaskFormatError: there is no file, or one has no `Definition` or no `Instances`, or these are malformed.
    """
    folder = path / "tasks" if path.is_dir() and (path / "tasks").is_dir() else path
    for file in files_in(folder, ".json"):
        with gathering.attempt(file.stem):
            gathering.add(_task(file))


def _task(file: Path) -> SourceTask:
    value = read_json(file)
    instances = field_of(value, "Instances", list, str(file))
    definitions = _texts(value, "Definition", file)
    if not definitions:
        raise TaskFormatError(f"{file}: has no 'Definition'", "Add what the task is, in words.")
    examples = []
    for number, instance in enumerate(instances, start=1):
        place = f"{file}, instance {number}"
        examples.append(source_example(place, *(field_of(instance, key, _ANY, place) for key in ("input", "output"))))
    categories = _texts(value, "Categories", file)
    languages = [_texts(value, f"{end}_language", file) for end in ("Input", "Output")]
    foreign = "" if all(set(each) <= {"English"} for each in languages) else " to ".join(map(", ".join, languages))
    named = ", ".join(_texts(value, "Source", file))
    return SourceTask(
        file.stem,
        str(file),
        {"train": examples},
        descriptions=definitions,
        family=categories[0] if categories else "",
        metric=_metric(categories, examples),
        case_sensitive=False,
        source="; ".join(filter(None, ("Super-NaturalInstructions, Wang et al. 2022", named, foreign))),
        licence=", ".join(_texts(value, "Instance License", file)),
    )


def _texts(value: dict[str, Any], key: str, file: Path) -> list[str]:
    """One text or a list of them under a key that may be missing; empty ones are passed over."""
    found = value.get(key, [])
    texts = found if isinstance(found, list) else [found]
    if not all(isinstance(text, str) for text in texts):
        raise TaskFormatError(f"{file}: {key!r} is neither text nor a list of texts", "Correct it.")
    return [text for text in texts if text.strip()]


def _metric(categories: Sequence[str], examples: Sequence[SourceExample]) -> Metric:
    """Exact match where the answers are labels, ROUGE-L where they are open."""
    if _EXACT_CATEGORIES & set(categories):
        return "exact_match"
    labels = {answer.strip() for example in examples for answer in example.answers}
    return "exact_match" if len(labels) <= min(_MOST_LABELS, len(examples) // _EACH_LABEL) else "rouge_l"
