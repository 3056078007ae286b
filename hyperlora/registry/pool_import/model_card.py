"""What a folder's README says: description, licence and datasets, past the boilerplate that tools write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

README_FILE = "README.md"
_LARGEST = 2**20
_LONGEST_MATTER = 2**16
_LONGEST = 300
_BLANKS_OF_THE_FORM = 8
# the line by which HyperLoRA's own README says its template
OURS = re.compile(r"^- prompt template \(a JSON string\): `(?P<json>\".*\")`; ", re.MULTILINE)

_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?P<matter>.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"#{1,6}\s+(?P<title>.*?)\s*#*")
_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9])")
_PLACEHOLDER = re.compile(r"\[?more information needed\]?|\[?optional\]?|todo|tbd|none|null|n/a|unknown", re.IGNORECASE)
# Sections whose first sentence says what the adapter does; others are about its use, training and limits.
_TELLING = re.compile(r"description|summary|task|overview|about|what it does", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"model card( for\b|$)|model details$|provide a (quick|longer) summary"
    r"|this (model|adapter) (is a|was) (fine-?tuned|trained)( version of| from| on top of)\b|it has been trained using"
    r"|this (model|adapter|checkpoint) was trained (using|with)\b|this \w+ model was trained"
    r"|uploaded (finetuned |fine-tuned )?model|(peft|lora|framework versions?|adapter)$|this is the model card of"
    r"|it achieves the following results|use the code below|<|\|"
    r"|training (procedure|hyperparameters|results|and evaluation data)$|intended uses"
    r"|the following .* used during training"
    r"|axolotl version|see axolotl config|(built|made) with (axolotl|unsloth)"
    r"|model trained using autotrain|for more information, please visit|visualize in weights",
    re.IGNORECASE,
)
# axolotl folds its version and its whole config into one; whatever is folded away is no summary
_FOLDED = re.compile(r"<details\b[^>]*>.*?</details>", re.DOTALL | re.IGNORECASE)
# The sentence of transformers' Trainer; its datasets are the only thing in it that the adapter's author chose.
# LLaMA-Factory trains on several: "on the a, the b and the c datasets".
_TRAINERS = re.compile(
    r"fine-?tuned version of .+? on (?:the|an) (?P<datasets>\S+(?:(?:, the| and the) \S+)*) datasets?\b", re.IGNORECASE
)


@dataclass(frozen=True)
class ModelCard:
    """What a README says of an adapter.

    Attributes:
        description: its task in words; empty when there is nothing but boilerplate.
        licence: as it is written there; empty when it is not.
        body: what follows the front matter; empty for the form that PEFT leaves to be filled in.
    """

    description: str = ""
    licence: str = ""
    body: str = ""


def read_text(path: Path) -> str:
    """A small text file; empty for one that is missing, cannot be read or is larger than 1 MiB."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def read_model_card(folder: Path, name: str = "") -> ModelCard:
    """Read the README of an adapter folder; one that is missing or cannot be read says nothing.

    Args:
        name: of the adapter, which is no description of it; the folder's when empty.
    """
    text = read_text(folder / README_FILE).replace("\r\n", "\n")
    match = _MATTER.match(text)
    matter = _parse_matter(match["matter"]) if match else {}
    body = text[match.end() :] if match else text
    description = _one_line(matter.get("description")) or _one_line(matter.get("task"))
    description = description or _from_body(body, name or folder.name) or _from_datasets(matter, body)
    return ModelCard(_cut(description), _one_line(matter.get("license"))[:64], _worth_keeping(body))


def _worth_keeping(body: str) -> str:
    form = body.count("[More Information Needed]") >= _BLANKS_OF_THE_FORM
    # what HyperLoRA wrote is written anew from the card
    return "" if form or OURS.search(body) else body.strip().replace("\x00", "")


def _parse_matter(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST_MATTER:
        return {}
    try:
        matter = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return matter if isinstance(matter, dict) else {}


def _one_line(value: object) -> str:
    """A stranger's text as one line of printable characters; empty when it is a placeholder, or no text."""
    if not isinstance(value, str):
        return ""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return "" if _PLACEHOLDER.fullmatch(line.rstrip(".")) else line


def _from_body(body: str, folder_name: str) -> str:
    """The first heading and the first sentence that a person wrote."""
    heading, sentence = "", ""
    for position, (title, paragraphs) in enumerate(_sections(body)):
        if not heading and not _is_boilerplate(title) and position <= 1 and not _is_a_name(title, folder_name):
            heading = title
        if position <= 1 or _TELLING.search(title):
            sentence = sentence or next(filter(None, map(_first_sentence, paragraphs)), "")
    if not heading or not sentence:
        return heading or sentence
    return sentence if heading.lower() in sentence.lower() else f"{heading.rstrip('.:')}. {sentence}"


def _sections(body: str) -> list[tuple[str, list[str]]]:
    """Titles with their paragraphs, in order; the first has no title. Lists, tables, quotes and code are left out."""
    body = _FOLDED.sub("\n\n", re.sub(r"<!--.*?(-->|\Z)", "", body, flags=re.DOTALL))
    sections: list[tuple[str, list[str]]] = [("", [])]
    lines: list[str] = []
    in_code = False
    for raw in [*body.split("\n"), ""]:
        line = raw.strip()
        if line.startswith(("```", "~~~")):
            in_code = not in_code
            continue
        heading = None if in_code else _HEADING.fullmatch(line)
        if heading or not line:
            if lines:
                sections[-1][1].append(" ".join(lines))
                lines = []
            if heading:
                sections.append((_plain(heading["title"]), []))
        elif not in_code and not line.startswith(("- ", "* ", "+ ", "|", ">", "<", "    ", "---", "===")):
            lines.append(line)
    return sections


def _plain(text: str) -> str:
    """Markdown without links, emphasis and code marks."""
    text = _LINK.sub(lambda match: "" if match[0].startswith("!") else match["text"], text)
    return _one_line(re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", text))


def _first_sentence(paragraph: str) -> str:
    return next((part for part in _SENTENCE.split(_plain(paragraph)) if not _is_boilerplate(part)), "")


def _is_boilerplate(text: str) -> bool:
    return not _one_line(text) or _BOILERPLATE.match(text) is not None or not re.search(r"\w\w", text)


def _is_a_name(title: str, folder_name: str) -> bool:
    """Whether a heading only names the repository, as the Trainer's does."""
    return " " not in title.strip() or _letters(title) == _letters(folder_name)


def _letters(text: str) -> str:
    return re.sub(r"\W|_", "", text).lower()


def _from_datasets(matter: dict[str, Any], body: str) -> str:
    listed = matter.get("datasets")
    names = [_one_line(name) for name in (listed if isinstance(listed, list) else [listed])[:8]]
    if not any(names) and (match := _TRAINERS.search(_plain(body.replace("\n", " ")[:_LONGEST_MATTER]))):
        names = [_one_line(name) for name in re.split(r", the | and the ", match["datasets"])[:8]]
    names = [name for name in names if name]
    if not names:
        return ""
    if len(names) == 1:
        return f"Trained on the dataset {names[0]}"
    return f"Trained on the datasets {', '.join(names[:-1])} and {names[-1]}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rpartition(" ")[0] + "…"
