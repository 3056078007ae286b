"""The prompt template that an adapter's own files name: its README, or what its trainer left beside the weights.

Read are plain templates with one place for the input: HyperLoRA's and others' front matter, axolotl's `format`
(https://docs.axolotl.ai/docs/dataset-formats/inst_tune.html), and those of LLaMA-Factory's named templates that are
plain (https://github.com/hiyouga/LLaMA-Factory, src/llamafactory/data/template.py). A chat template is said to be one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hyperlora.errors import InputError
from hyperlora.files.strict_json import parse_json
from hyperlora.peft_io.folder.features import shown
from hyperlora.registry.pool_import.model_card import OURS, README_FILE, read_text
from hyperlora.tasks.prompts import check_template

TRAINER_FILES = (
    "axolotl_config.yaml",
    "axolotl_config.yml",
    "config.yaml",
    "config.yml",
    "llamaboard_config.yaml",
    "prompt_template.txt",
    "train.yaml",
    "training_args.json",
    "training_args.yaml",
    "training_config.json",
    "training_config.yaml",
)
_KEYS = ("prompt_template", "prompt_format", "template")
# what trainers call the place of the input
_PLACE = re.compile(r"\{\{?\s*(?:input|instruction|prompt|question|query|text|content)\s*\}?\}")
_LONGEST_YAML = 2**16
_ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{input}\n\n### Response:\n"
)
# names under which axolotl and LLaMA-Factory know plain templates
_NAMED = {
    "alpaca": _ALPACA,
    "default": "Human: {input}\nAssistant:",
    "empty": "{input}",
    "vanilla": "{input}",
}
# names that say how data is laid out, and nothing of the prompt
_NO_TEMPLATES = {"completion", "input_output", "pretrain"}


@dataclass(frozen=True)
class TrainerTemplate:
    """What an adapter's files say of the prompts it was trained on.

    Attributes:
        template: with `{input}` once; None where they name none that is read here.
        unread: a template that they name and that is not read here, such as a chat template; else empty.
        file: which says so.
    """

    template: str | None = None
    unread: str = ""
    file: str = ""


def read_trainer_template(folders: Sequence[Path]) -> TrainerTemplate:
    """The first template that the files in some folders name; a file that cannot be read says nothing."""
    unread = TrainerTemplate()
    for folder in folders:
        for file, named in _named(folder):
            template = _as_template(named)
            if template is not None:
                return TrainerTemplate(template, file=file)
            if not unread.unread and named.strip() and named.strip().casefold() not in _NO_TEMPLATES:
                unread = TrainerTemplate(unread=shown(named.strip()[:80]), file=file)
    return unread


def _named(folder: Path) -> Iterator[tuple[str, str]]:
    """Files with what they name as template, the likeliest first."""
    readme = read_text(folder / README_FILE).replace("\r\n", "\n")
    if readme.startswith("---\n"):
        yield from ((README_FILE, text) for text in _in_config(_load(readme[4:].partition("\n---")[0])))
    if match := OURS.search(readme):
        yield README_FILE, str(json.loads(match["json"])) if _is_json(match["json"]) else ""
    for name in TRAINER_FILES:
        text = read_text(folder / name)
        if name.endswith(".txt"):
            yield from [(name, text)] if text.strip() else []
            continue
        yield from ((name, found) for found in _in_config(_load(text, is_json=name.endswith(".json"))))
    # axolotl writes its whole config into the README
    for block in _yaml_blocks(readme):
        yield from ((README_FILE, text) for text in _in_config(_load(block)))


def _yaml_blocks(readme: str) -> Iterator[str]:
    block: list[str] | None = None
    for line in readme.split("\n"):
        if block is None:
            block = [] if line.strip() in ("```yaml", "```yml") else None
        elif line.startswith("```"):
            yield "\n".join(block)
            block = None
        else:
            block.append(line)


def _in_config(config: Any) -> Iterator[str]:
    if not isinstance(config, Mapping):
        return
    for key in _KEYS:
        if isinstance(config.get(key), str):
            yield config[key]
    datasets = config.get("datasets")
    for dataset in datasets if isinstance(datasets, list) else []:
        kind = dataset.get("type") if isinstance(dataset, Mapping) else None
        if isinstance(kind, Mapping):
            # what is asked without a second field is our one input
            yield from (kind[key] for key in ("no_input_format", "format") if isinstance(kind.get(key), str))
        elif isinstance(kind, str):
            yield kind
    if isinstance(config.get("chat_template"), str):
        yield config["chat_template"]


def _as_template(named: str) -> str | None:
    plain = _NAMED.get(named.strip().casefold())
    if plain is not None:
        return plain
    template = _PLACE.sub("{input}", named.replace("\\n", "\n"))  # plain quotes of YAML leave it as it is written
    try:
        return check_template(template)
    except InputError:
        return None


def _load(text: str, *, is_json: bool = False) -> Any:
    try:
        if is_json:
            return parse_json(text.encode())
        return yaml.safe_load(text) if len(text) <= _LONGEST_YAML else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), str)
    except ValueError:
        return False
