"""Ask a registry of many adapters, and bare MLflow beside it; prints JSON.

The adapters were never trained and have no files: their record is inserted into MLflow's SQLite tables row by row as
its client would write it, and some entries are written by the client, too, and compared (`differing_rows`). Then the
catalogue is made from the record, as `hyperlora registry sync --rebuild` does, and asked for pages of 50 entries,
counts and facets. Where MLflow has a call for a question, both sides answer it in turn; where it has none, or refuses,
the report says so. A page of MLflow's is one of its own entities, not of ours.

    python benchmarks/registry.py --entries 100000 --out registry.json
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hyperlora.registry import Entry, MetricRange, Query, Registry
from hyperlora.registry.catalogue import Catalogue
from hyperlora.registry.record import PREFIX
from hyperlora.settings import reload_settings
from side_by_side import surroundings
from synthetic_registry import (
    differing_rows,
    fill_record,
    grammatical_descriptions,
    read_descriptions,
    synthetic_entries,
)

_PAGE = 50
_ADAPTERS = f"tags.`{PREFIX}kind` = 'adapter'"


@dataclass(frozen=True)
class Question:
    """One question, and how MLflow would be asked.

    Attributes:
        group: what kind of question it is: list, filter or text.
        query: as we are asked.
        mlflow: the filter of `search_model_versions`; None where it has nothing to say it with, then `lacks`.
        order: its order.
        depth: how many pages to turn before the one that is timed.
    """

    group: str
    query: Query
    mlflow: str | None = None
    order: tuple[str, ...] = ("name ASC", "version_number ASC")
    depth: int = 0
    lacks: str = ""


def _tag(key: str, value: str) -> str:
    return f"{_ADAPTERS} AND tags.`{key}` = '{value}'"


def questions(words: Mapping[str, str]) -> dict[str, Question]:
    """What is asked, by name.

    Args:
        words: a `rare`, a `medium` and a `common` word of the descriptions.
    """
    list_, filter_, text = "list", "filter", "text"
    newest = ("creation_timestamp DESC",)
    like = f"{_ADAPTERS} AND tags.`{PREFIX}description` ILIKE '%{{}}%'"
    no_metric, no_alias, no_time = "no filter by a number in a tag", "no filter by alias", "no filter by time"
    no_words = "no words, only a part of one tag's text, unranked"
    asked = {
        "by name": Question(list_, Query(), _ADAPTERS),
        "by name, page 40": Question(list_, Query(), _ADAPTERS, depth=40),
        "latest first": Question(list_, Query(order="-created"), _ADAPTERS, newest),
        "latest first, page 40": Question(list_, Query(order="-created"), _ADAPTERS, newest, depth=40),
        "by metric": Question(list_, Query(order="-metric:exact_match"), lacks="no order by a tag"),
        "by metric, page 40": Question(list_, Query(order="-metric:exact_match"), lacks="no order by a tag", depth=40),
        "newest version of each": Question(list_, Query(newest=True), lacks="no filter by newest version"),
        "archived": Question(list_, Query(archived=True), f"{_ADAPTERS} AND tags.`{PREFIX}archived` != '0'"),
        "generators": Question(list_, Query(kind="generator"), f"tags.`{PREFIX}kind` = 'generator'"),
        "name prefix": Question(filter_, Query(name_prefix="a0001"), f"{_ADAPTERS} AND name LIKE 'a0001%'"),
        "base": Question(filter_, Query(base="base-4"), _tag(f"{PREFIX}base_id", "base-4")),
        "origin": Question(filter_, Query(origins=("imported",)), _tag(f"{PREFIX}origin", "imported")),
        "common family": Question(filter_, Query(families=("family-000",)), _tag(f"{PREFIX}family", "family-000")),
        "rare family": Question(filter_, Query(families=("family-199",)), _tag(f"{PREFIX}family", "family-199")),
        "tag": Question(filter_, Query(tags={"team": "team-3"}), _tag("team", "team-3")),
        "two tags": Question(
            filter_,
            Query(tags={"team": "team-3", "reviewed": "yes"}),
            _tag("team", "team-3") + " AND tags.reviewed = 'yes'",
        ),
        "alias": Question(filter_, Query(alias="champion"), lacks=no_alias),
        "metric": Question(filter_, Query(metrics=(MetricRange("exact_match", 0.9),)), lacks=no_metric),
        "narrow metric": Question(filter_, Query(metrics=(MetricRange("loss", 1.0, 1.01),)), lacks=no_metric),
        "time": Question(filter_, Query(since=1_710_000_000_000, until=1_711_000_000_000), lacks=no_time),
        "licence and origin, latest first": Question(
            filter_,
            Query(licence="MIT", origins=("generated",), order="-created"),
            _tag(f"{PREFIX}licence", "MIT") + f" AND tags.`{PREFIX}origin` = 'generated'",
            newest,
        ),
        "common conditions, rare together": Question(
            filter_,
            Query(
                tags={"team": "team-1"}, base="base-2", families=("family-000",), metrics=(MetricRange("loss", 0, 1),)
            ),
            lacks=no_metric,
        ),
        "common conditions, by metric": Question(
            filter_, Query(tags={"reviewed": "yes"}, origins=("generated",), order="metric:loss"), lacks=no_metric
        ),
        "recipe": Question(filter_, Query(recipe="0" * 64), _tag(f"{PREFIX}recipe", "0" * 64)),
    }
    for how, word in words.items():
        asked |= {
            f"{how} word": Question(text, Query(text=word, order="relevance"), like.format(word), lacks=no_words),
            f"{how} word, by name": Question(text, Query(text=word), like.format(word), lacks=no_words),
            f"{how} word, latest first": Question(
                text, Query(text=word, order="-created"), like.format(word), newest, lacks=no_words
            ),
        }
    both = f"{words['common']} {words['medium']}"
    asked |= {
        "two words": Question(text, Query(text=both, order="relevance"), lacks=no_words),
        "beginning of a word": Question(text, Query(text=words["common"][:2], order="relevance"), lacks=no_words),
        "common word in a base": Question(
            text, Query(text=words["common"], base="base-4", order="relevance"), lacks=no_words
        ),
        "common word in a rare family": Question(
            text, Query(text=words["common"], families=("family-150",)), lacks=no_words
        ),
        "common word, page 40": Question(text, Query(text=words["common"]), lacks=no_words, depth=40),
    }
    return asked


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=20, help="times that each question is asked")
    parser.add_argument("--sync", action="store_true", help="also time a sync that finds nothing, as long as a rebuild")
    parser.add_argument("--mlflow-seconds", type=float, default=1.5, help="after which MLflow is asked no more of one")
    parser.add_argument("--descriptions", type=Path, help='JSON lines of {"task", "descriptions"}; else a grammar')
    parser.add_argument("--out", type=Path, help="also write the JSON here")
    chosen = parser.parse_args(arguments)
    if chosen.descriptions:
        tasks = read_descriptions(chosen.descriptions)
    else:
        tasks = grammatical_descriptions(max(50, chosen.entries // 10))
    with tempfile.TemporaryDirectory(prefix="hyperlora-bench-") as scratch:
        os.environ |= {"HYPERLORA_HOME": scratch, "HYPERLORA_REGISTRY_URI": ""}
        reload_settings()
        registry = Registry(Path(scratch))
        report = surroundings() | {"entries": chosen.entries, "tasks": len(tasks)}
        report |= measure(registry, chosen.entries, tasks, chosen.repeats, chosen.mlflow_seconds)
        if chosen.sync:
            report["sync_without_a_change_s"] = _timed(registry.sync)[1].wall
    text = json.dumps(report, indent=2)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")


def measure(
    registry: Registry, number: int, tasks: Sequence[Sequence[str]], repeats: int, mlflow_seconds: float
) -> dict[str, object]:
    """Fill a registry and time everything."""
    entries = [*synthetic_entries(number, tasks, Path())]
    _, fill = _timed(lambda: fill_record(registry, entries))
    differing = differing_rows(registry, entries[:: max(1, number // 10)])
    _, rebuild = _timed(registry.rebuild)
    catalogue = registry.catalogue
    asked = questions(_words(entries))
    answers = {name: _ask(registry, catalogue, asked[name], repeats, mlflow_seconds) for name in asked}
    browsing = {
        "count": _times(lambda: catalogue.count(Query()), repeats),
        "count of a common word": _times(lambda: catalogue.count(asked["common word"].query), repeats),
        "facets": _times(lambda: catalogue.facets(Query()), repeats),
        "facets of a common family": _times(lambda: catalogue.facets(asked["common family"].query), repeats),
        "facets of a common word": _times(lambda: catalogue.facets(asked["common word"].query), repeats),
    }
    groups: dict[str, list[Seconds]] = {"list": [], "filter": [], "text": []}
    for name, (taken, _) in answers.items():
        groups[asked[name].group] += taken
    found, traversal = _timed(lambda: sum(1 for _ in catalogue.entries(Query(kind=None, archived=None))))
    return {
        "filled_by_bulk_insert_s": fill.wall,
        "unlike_what_the_client_writes": differing,
        "rebuild_s": rebuild.wall,
        "rebuild_processor_s": rebuild.processor,
        "catalogue_bytes": sum(file.stat().st_size for file in registry.home.glob("catalogue*.db")),
        "mlflow_bytes": (registry.home / "mlflow.db").stat().st_size,
        "all_pages_s": traversal.wall,
        "all_pages_hold_everything": found == number,
        "groups": {group: _summary(taken) for group, taken in groups.items()},
        "questions": {name: _summary(taken) | beside for name, (taken, beside) in answers.items()},
        "browsing": {name: _summary(taken) for name, taken in browsing.items()},
        "mlflow_has_no": ["counts", "facets", "relevance", "cursors that stay put: its page tokens count rows"],
    }


def _ask(
    registry: Registry, catalogue: Catalogue, question: Question, repeats: int, mlflow_seconds: float
) -> tuple[list[Seconds], dict[str, object]]:
    cursor = token = None
    for _ in range(question.depth if question.query.order != "relevance" else 0):
        cursor = catalogue.page(question.query, limit=_PAGE, cursor=cursor).next
    beside: dict[str, object] = {"lacks": question.lacks} if question.lacks else {}
    theirs: list[Seconds] = []

    def search(token: str | None) -> Any:
        client = registry.record.client
        order = list(question.order)
        return client.search_model_versions(question.mlflow, max_results=_PAGE, order_by=order, page_token=token)

    if question.mlflow is not None:
        try:
            for _ in range(question.depth):
                token = search(token).token
            search(token)
        except Exception as error:  # its refusals are a part of the report
            beside["mlflow_refuses"] = str(error).splitlines()[0][:200]
    ours: list[Seconds] = []
    for _ in range(repeats):
        ours.append(_timed(lambda: catalogue.page(question.query, limit=_PAGE, cursor=cursor))[1])
        if (
            question.mlflow is not None
            and "mlflow_refuses" not in beside
            and sum(taken.wall for taken in theirs) < mlflow_seconds
        ):
            theirs.append(_timed(lambda: search(token))[1])
    beside["found"] = catalogue.count(question.query)
    if theirs:
        beside["mlflow"] = _summary(theirs)
        beside["ours_over_mlflow"] = _median(ours) / _median(theirs)
    return ours, beside


def _words(entries: Sequence[Entry]) -> dict[str, str]:
    """Words that about one entry in a thousand, one in fifty and most have in their descriptions."""
    counts = Counter(word for entry in entries for word in set(entry.description.lower().split()) if word.isalpha())
    wanted = {"rare": 0.001, "medium": 0.02, "common": 0.9}
    return {
        how: min(counts, key=lambda word: (abs(counts[word] - share * len(entries)), word))
        for how, share in wanted.items()
    }


@dataclass(frozen=True)
class Seconds:
    """What something took, by the clock and of this process's processor time, which neighbours change little."""

    wall: float
    processor: float


def _timed(act: Callable[[], Any]) -> tuple[Any, Seconds]:
    start, processor = time.perf_counter(), time.process_time()
    outcome = act()
    return outcome, Seconds(time.perf_counter() - start, time.process_time() - processor)


def _times(act: Callable[[], Any], repeats: int) -> list[Seconds]:
    return [_timed(act)[1] for _ in range(repeats)]


def _median(taken: Sequence[Seconds]) -> float:
    return float(np.median([seconds.wall for seconds in taken]))


def _summary(taken: Sequence[Seconds]) -> dict[str, Any]:
    high = np.quantile([seconds.wall for seconds in taken], 0.95)
    high_processor = np.quantile([seconds.processor for seconds in taken], 0.95)
    return {
        "times": len(taken),
        "p50_ms": round(_median(taken) * 1e3, 2),
        "p95_ms": round(float(high) * 1e3, 2),
        "p95_processor_ms": round(float(high_processor) * 1e3, 2),
    }


if __name__ == "__main__":
    main()
