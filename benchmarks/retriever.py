"""How often texts and examples find their own task: the plain encoder beside the trained one; prints JSON.

Tasks of the starter suite, all of them in one pool, by prompts (a wording that is not indexed, with a test input),
bare test inputs and five solved examples. With `--descriptions FILE`, a JSONL of `{"task": …, "descriptions":
[…]}`, the first half of each task's descriptions is indexed and the second half asked; with `--folds N` the encoder
is also trained on the descriptions of the other tasks, N times, and asked for those it never saw. Intervals are
over tasks, by bootstrap.

    python benchmarks/retriever.py --retriever starter-retriever --descriptions descriptions.jsonl --folds 5
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.encoder_change import EncoderChange
from hyperlora.embeddings.task_vectors import task_vectors
from hyperlora.models import load_base_model
from hyperlora.registry import Registry
from hyperlora.settings import get_settings
from hyperlora.tasks.suite_checks import plain_text
from hyperlora.tasks.task import Task
from pipelines.recipes import RetrieverRecipe, read_recipe, shipped_recipe
from pipelines.starter import starter_suite
from pipelines.training.encoder import train_encoder
from pipelines.training.retriever import document_of_task
from pipelines.training.retriever_pairs import training_pairs
from retrieval.artifact import read_retriever
from retrieval.documents import Document, QueryKind, prompt_text
from retrieval.embedding import Encodes
from retrieval.measuring import rank_queries
from retrieval.ranking import LEXICAL_WEIGHT
from retrieval.state_projection import StateProjectionEncoder

INPUTS, GALLERY, SHOWN = 8, 16, 5
_DRAWS = 10_000
Places = NDArray[np.int64]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--retriever", help="name of a registered retriever; the plain encoder alone without")
    parser.add_argument("--descriptions", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--steps", type=int, default=120, help="of training on a fold")
    parser.add_argument("--parts", nargs="*", default=["descriptions", "prompts", "inputs", "examples"])
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(arguments)
    plain = TextEncoder()
    encoders: dict[str, Encodes] = {"plain": plain}
    described = encoders
    words: dict[str, Mapping[QueryKind, float]] = {"plain": LEXICAL_WEIGHT}
    if asked.retriever:
        registry = Registry()
        trained = read_retriever(registry.verified_folder(registry.get(f"registry:{asked.retriever}")))
        encoders["trained"] = tuned = TextEncoder(plain.name, trained.change)
        described = dict(encoders)
        if trained.reading is not None:
            base = load_base_model(None)
            read = StateProjectionEncoder(tuned, trained.reading, lambda: base)
            encoders["trained, read"] = Remembering(read)
        words |= {name: trained.config.words for name in encoders if name != "plain"}
    tasks = list(starter_suite())
    report: dict[str, Any] = {"encoders": {name: encoder.id for name, encoder in encoders.items()}}
    if asked.descriptions and "descriptions" in asked.parts:
        rows = [json.loads(line) for line in asked.descriptions.read_text(encoding="utf-8").splitlines()]
        report["descriptions"] = by_description(described, words, rows, asked.folds, asked.steps)
    if "prompts" in asked.parts:
        report["prompts"] = by_text(encoders, words, tasks, prompts=True)
    if "inputs" in asked.parts:
        report["bare inputs"] = by_text(encoders, words, tasks, prompts=False) | {"ceiling": ceiling(tasks)}
    if "examples" in asked.parts:
        report["five examples"] = by_examples(tasks)
    text = json.dumps(report, indent=2)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")
    print(text)


class Remembering:
    """An encoder that embeds a text once; reading the same prompts again takes minutes."""

    def __init__(self, encoder: Encodes) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}
        self.id, self.dimensions = encoder.id, encoder.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, (texts, dimensions)."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= dict(zip(missing, self._encoder.encode(missing), strict=True))
        return np.stack([self._known[text] for text in texts])


# --- descriptions ---------------------------------------------------------------------------------------------------


def by_description(
    encoders: Mapping[str, Encodes],
    words: Mapping[str, Mapping[QueryKind, float]],
    rows: Sequence[Mapping[str, Any]],
    folds: int,
    steps: int,
) -> dict[str, Any]:
    """Half of the descriptions find the tasks of the other half."""
    halves = [len(row["descriptions"]) // 2 for row in rows]
    documents = [Document(tuple(row["descriptions"][:half])) for row, half in zip(rows, halves, strict=True)]
    queries = [text for row, half in zip(rows, halves, strict=True) for text in row["descriptions"][half:]]
    owners = np.repeat(
        np.arange(len(rows)), [len(row["descriptions"]) - half for row, half in zip(rows, halves, strict=True)]
    )
    found: dict[str, Places] = {}
    for name, encoder in encoders.items():
        for suffix, weight in (("", 0.0), (", words", words[name]["description"])):
            found[name + suffix] = places(encoder, documents, queries, owners, "description", weight)
    if folds:
        dense, worded = (np.zeros(len(queries), dtype=np.int64) for _ in range(2))
        for fold in range(folds):
            encoder = trained_on([document for n, document in enumerate(documents) if n % folds != fold], steps)
            own = owners % folds == fold
            texts = [text for text, mine in zip(queries, own, strict=True) if mine]
            dense[own] = places(encoder, documents, texts, owners[own], "description", 0.0)
            worded[own] = places(encoder, documents, texts, owners[own], "description", words["plain"]["description"])
        found |= {"trained on other tasks": dense, "trained on other tasks, words": worded}
    return {name: shares(ranks) | against(found["plain"], ranks, owners) for name, ranks in found.items()}


def trained_on(documents: Sequence[Document], steps: int) -> TextEncoder:
    """The plain encoder after training on these documents alone."""
    plain = TextEncoder()
    recipe = read_recipe(RetrieverRecipe, shipped_recipe("retriever")).model_copy(update={"steps": steps})
    with tempfile.TemporaryDirectory() as folder:
        pairs = training_pairs(documents, plain, recipe)
        change: EncoderChange = train_encoder(plain, pairs, recipe, Path(folder), lambda step, loss: None)
    return TextEncoder(plain.name, change)


# --- prompts and inputs ---------------------------------------------------------------------------------------------


def by_text(
    encoders: Mapping[str, Encodes],
    words: Mapping[str, Mapping[QueryKind, float]],
    tasks: Sequence[Task],
    *,
    prompts: bool,
) -> dict[str, Any]:
    """Test inputs find their tasks, behind a wording that is not indexed or alone."""
    documents = [document_of_task(task) for task in tasks]
    queries, owners = [], []
    for owner, task in enumerate(tasks):
        wordings = task.unseen_descriptions
        for at, example in enumerate(task.test[:INPUTS]):
            queries.append(prompt_text(wordings[at % len(wordings)], example.input) if prompts else example.input)
            owners.append(owner)
    families = [task.family for task in tasks]
    parts = np.array([tasks[owner].partition for owner in owners])
    result: dict[str, Any] = {}
    for name, encoder in encoders.items():
        for suffix, weight in (("", 0.0), (", words", words[name]["prompt"])):
            rankings = rank_queries(encoder, documents, queries, "prompt", words=weight)
            ranks = np.array([ranking.place(owner) for ranking, owner in zip(rankings, owners, strict=True)])
            kin = np.array(
                [families[ranking.order[0]] == families[owner] for ranking, owner in zip(rankings, owners, strict=True)]
            )
            own = np.array(owners)
            result[name + suffix] = {
                **shares(ranks),
                "top_1_interval": interval(ranks < 1, own),
                "family": float(kin.mean()),
                "by_part": {part: shares(ranks[parts == part]) for part in ("seen", "dev", "held-out")},
            }
    return result


def ceiling(tasks: Sequence[Task]) -> dict[str, float]:
    """What no router can pass that sees an input alone: the same text is an input of several tasks.

    Lower still is what could be told of a kind of input, such as a noun, that many tasks share.
    """
    holders: dict[str, set[int]] = {}
    for number, task in enumerate(tasks):
        for examples in task.splits().values():
            for example in examples:
                holders.setdefault(plain_text(example.input), set()).add(number)
    own, kin = [], []
    for task in tasks:
        for example in task.test[:INPUTS]:
            holding = holders[plain_text(example.input)]
            own.append(1 / len(holding))
            kin.append(1 / len({tasks[number].family for number in holding}))
    return {"task": float(np.mean(own)), "family": float(np.mean(kin))}


# --- examples -------------------------------------------------------------------------------------------------------


def by_examples(tasks: Sequence[Task]) -> dict[str, Any]:
    """Five validation examples find the task vector of sixteen training examples; beside both as text."""
    base = load_base_model(None, dtype=get_settings().scoring_dtype())
    gallery = [task.train[:GALLERY] for task in tasks]
    asked = [task.validation[start : start + SHOWN] for task in tasks for start in (0, SHOWN)]
    owners = np.repeat(np.arange(len(tasks)), 2)
    parts = np.array([tasks[owner].partition for owner in owners])
    encoder = TextEncoder()

    def as_text(groups: Sequence[Sequence[Any]]) -> NDArray[np.float32]:
        vectors = [encoder.encode([f"{each.input} → {each.output}" for each in group]).mean(axis=0) for group in groups]
        return np.stack([vector / np.linalg.norm(vector) for vector in vectors])

    result = {}
    for name, embed in (("task vector", lambda groups: task_vectors(base, groups)), ("examples as text", as_text)):
        similarity = embed(asked) @ embed(gallery).T
        ranks = (similarity > similarity[np.arange(len(asked)), owners][:, None]).sum(axis=1)
        result[name] = {
            **shares(ranks),
            "top_1_interval": interval(ranks < 1, owners),
            "by_part": {part: shares(ranks[parts == part]) for part in ("seen", "dev", "held-out")},
        }
    return result


# --- figures --------------------------------------------------------------------------------------------------------


def places(
    encoder: Encodes,
    documents: Sequence[Document],
    queries: Sequence[str],
    owners: Places,
    kind: QueryKind,
    words: float,
) -> Places:
    """Where each query's own task is among what it finds, from 0."""
    rankings = rank_queries(encoder, documents, queries, kind, words=words)
    return np.array([ranking.place(int(owner)) for ranking, owner in zip(rankings, owners, strict=True)])


def shares(ranks: Places) -> dict[str, float]:
    return {f"top_{k}": float((ranks < k).mean()) for k in (1, 3, 5)}


def against(before: Places, after: Places, owners: Places) -> dict[str, Any]:
    """The gain at top-1 over the plain encoder on the same queries, in points, with its 95 % interval."""
    gain = 100.0 * ((after < 1).astype(float) - (before < 1).astype(float))
    return {"gain": float(gain.mean()), "gain_interval": interval(gain, owners)}


def interval(values: NDArray[Any], owners: Places) -> list[float]:
    """95 % of the means of resampled tasks."""
    means = np.array([values[owners == owner].mean() for owner in np.unique(owners)])
    draw = np.random.default_rng(0)
    resampled = means[draw.integers(0, len(means), (_DRAWS, len(means)))].mean(axis=1)
    return [float(bound) for bound in np.percentile(resampled, (2.5, 97.5))]


if __name__ == "__main__":
    main()
