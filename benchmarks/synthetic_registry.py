"""A registry of many adapters that were never trained: entries with varied cards, and the rows MLflow has for them.

The rows go into MLflow's tables by bulk insert, through MLflow's own table definitions, because its client takes
milliseconds for each. `differing_rows` writes some of the entries with the client, too, and compares.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from hyperlora.registry import Entry, Registry
from hyperlora.registry.record import FORMAT, PREFIX, to_tags

_START = 1_700_000_000_000
_YEAR = 365 * 24 * 3600 * 1000
_FILES = ("MLmodel", "README.md", "adapter_config.json", "adapter_model.safetensors", "hyperlora.json")
_FIELDS = ("kind", "description", "description_source", "family", "origin", "base", "base_id", "weights", "sketch")
_FIELDS += ("content", "identity", "recipe", "licence", "paraphrases", "parents", "manifest", "size", "metrics")
_FIELDS += ("expires", "archived")
_BATCH = 2_000

_VERBS = "write find name give list choose sort count rewrite translate summarise classify extract correct answer"
_VERBS += " label complete continue compare explain describe convert turn replace remove detect predict rate guess"
_NOUNS = "plural antonym synonym capital country city river year month sentence paragraph question answer headline"
_NOUNS += " tweet review recipe poem story dialogue abstract title keyword entity date number sum product equation"
_NOUNS += " verb noun adjective prefix suffix letter word phrase rhyme idiom metaphor sentiment emotion topic intent"
_NOUNS += " claim argument opinion fact rumour sarcasm irony toxicity command function variable comment query table"
_NOUNS += " animal plant colour instrument sport profession currency language landmark planet vitamin disease"
_GIVEN = "given following short long English French legal medical scientific informal polite old modern technical"
_ENDS = "in one word|in lower case|as a list|with no explanation|as JSON|in alphabetical order|from the text"
_ENDS += "|for a child|for an expert|and nothing else|step by step|from the two options|in the past tense"


def grammatical_descriptions(number: int, seed: int = 0) -> list[list[str]]:
    """Task descriptions made by a small grammar, four wordings of each."""
    draw = random.Random(seed)
    verbs, nouns, given, ends = _VERBS.split(), _NOUNS.split(), _GIVEN.split(), _ENDS.split("|")

    def wording(first: str, second: str) -> str:
        start = f"{draw.choice(verbs).capitalize()} the {first} of the {draw.choice(given)} {second}"
        return f"{start} {draw.choice(ends)}." if draw.random() < 0.8 else f"{start}."

    tasks = []
    for _ in range(number):
        first, second = draw.sample(nouns, 2)
        tasks.append([wording(first, second) for _ in range(4)])
    return tasks


def read_descriptions(path: Path) -> list[list[str]]:
    """Descriptions from JSON lines of ``{"task": ..., "descriptions": [...]}``."""
    return [json.loads(line)["descriptions"] for line in path.read_text(encoding="utf-8").splitlines()]


def synthetic_entries(number: int, tasks: Sequence[Sequence[str]], folder: Path, seed: int = 0) -> Iterator[Entry]:
    """Entries in order of name and version; one name in ten has several versions."""
    draw = random.Random(seed)
    families = [f"family-{index:03}" for index in range(200)]
    rarer = [1 / (index + 1) for index in range(len(families))]
    made = index = 0
    while made < number:
        task = tasks[draw.randrange(len(tasks))]
        words = [word for word in task[0].lower().split() if word.isascii() and word.isalpha()][:3]
        name, index = f"a{index:06}-{'-'.join(words)}"[:100], index + 1
        kind = "generator" if draw.random() < 0.01 else "adapter"
        for version in range(1, 1 + min(number - made, draw.choice((1,) * 9 + (4,)))):
            made += 1
            base = draw.choices(range(5), (60, 20, 10, 6, 4))[0]
            given = draw.sample(list(task), min(4, len(task)))
            yield Entry(
                kind=kind,  # type: ignore[arg-type]
                name=name,
                version=version,
                description=given[0],
                paraphrases=tuple(given[1:]),
                description_source=draw.choices(("given", "proposed"), (9, 1))[0],
                family=draw.choices(families, rarer)[0],
                origin=draw.choices(("trained", "composed", "generated", "imported"), (50, 30, 15, 5))[0],
                parents=(f"registry:a{draw.randrange(number):06}@1",) if draw.random() < 0.3 else (),
                base=_hash(f"base {base}"),
                base_id=f"base-{base}",
                weights=_hash(f"weights {made}"),
                sketch="A" * 344,
                content=_hash(f"content {made}"),
                manifest={file: _hash(f"{file} {made}") for file in _FILES},
                size=draw.randrange(10**7),
                metrics={"exact_match": round(draw.random(), 3), "loss": draw.random() * 4},
                tags={"team": f"team-{draw.randrange(10)}"} | ({"reviewed": "yes"} if draw.random() < 0.3 else {}),
                identity=_hash(f"run {made // 2}"),
                recipe=_hash(f"recipe {draw.randrange(300)}"),
                licence=draw.choice(("Apache-2.0", "MIT", "CC-BY-4.0", "")),
                created=_START + draw.randrange(_YEAR),
                expires=_START + 2 * _YEAR if draw.random() < 0.05 else None,
                archived=_START + _YEAR if draw.random() < 0.03 else None,
                aliases=("champion",) if version == 1 and draw.random() < 0.2 else (),
                folder=folder,
            )


def fill_record(registry: Registry, entries: Iterable[Entry]) -> None:
    """Insert the rows that MLflow's client would write for entries sorted by name and version."""
    from mlflow.store.model_registry.dbmodels import models
    from sqlalchemy import create_engine, insert

    registry.record.client  # noqa: B018  the first use makes the tables
    engine = create_engine(f"sqlite:///{registry.home / 'mlflow.db'}")
    remaining = iter(entries)
    last = ""
    while batch := list(islice(remaining, _BATCH)):
        rows: dict[Any, list[dict[str, Any]]] = {
            models.SqlRegisteredModel: [],
            models.SqlRegisteredModelTag: [],
            models.SqlModelVersion: [],
            models.SqlModelVersionTag: [],
            models.SqlRegisteredModelAlias: [],
        }
        for entry in batch:
            own = {"workspace": "default", "name": entry.name}
            numbered = own | {"version": entry.version}
            times = {"creation_time": entry.created, "last_updated_time": entry.created}
            if entry.name != last:
                last = entry.name
                rows[models.SqlRegisteredModel].append(own | times | {"description": entry.description})
                rows[models.SqlRegisteredModelTag].append(own | {"key": PREFIX + "kind", "value": entry.kind})
            source = registry.contents.uri(entry.content)
            rows[models.SqlModelVersion].append(
                numbered
                | times
                | {"description": entry.description, "source": source, "storage_location": source}
                | {"user_id": None, "run_id": None, "run_link": None, "status_message": None}
                | {"current_stage": "None", "status": "READY"}
            )
            tags = {**entry.tags, **to_tags({"format": FORMAT, **_fields(entry)})}
            rows[models.SqlModelVersionTag] += [numbered | {"key": key, "value": tags[key]} for key in tags]
            rows[models.SqlRegisteredModelAlias] += [numbered | {"alias": alias} for alias in entry.aliases]
        with engine.begin() as connection:
            for table, wanted in rows.items():
                if wanted:
                    connection.execute(insert(table), wanted)
    engine.dispose()


def differing_rows(registry: Registry, entries: Iterable[Entry]) -> list[str]:
    """References of entries that come back from MLflow unlike those which its client writes here under other names."""
    differing = []
    for entry in entries:
        name = f"written-by-the-client-{entry.name}-{entry.version}"
        registry.record.create_name(entry.kind, name, entry.description)
        source = registry.contents.uri(entry.content)
        registry.record.create_version(
            name, source, _fields(entry), entry.tags, card=entry.description, source_run=None
        )
        for alias in entry.aliases:
            registry.record.set_alias(name, alias, 1)
        if _seen(registry, name, 1) != _seen(registry, entry.name, entry.version):
            differing.append(entry.reference)
        registry.record.forget(name)
    return differing


def _seen(registry: Registry, name: str, version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the client gives of a version and of its name, but for names, numbers and times."""
    found = dict(registry.record.client.get_model_version(name, str(version)))
    model = dict(registry.record.client.get_registered_model(name))
    left_out = ("name", "version", "creation_timestamp", "last_updated_timestamp", "latest_versions", "aliases")
    aliases = {"aliases": sorted(found["aliases"])}
    return (
        {key: value for key, value in found.items() if key not in left_out} | aliases,
        {key: value for key, value in model.items() if key not in (*left_out, "description")},
    )


def _fields(entry: Entry) -> dict[str, Any]:
    fields = {field: getattr(entry, field) for field in _FIELDS}
    return {field: list(value) if isinstance(value, tuple) else value for field, value in fields.items()}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
