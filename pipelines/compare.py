"""The comparison: exact match on test examples for every way of getting answers, scored through one bank."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hyperlora.adapter import Adapter
from hyperlora.bank import stack_adapters
from hyperlora.metrics import bootstrap_mean
from hyperlora.progress import progress
from hyperlora.prompts import render_completion, render_prompt
from hyperlora.scoring import teacher_forced_scores
from hyperlora.tasks import Example, Task
from pipelines.recipes import EvaluationRecipe
from pipelines.session import LoadedGenerator, Session

METHODS = ("base", "description", "icl", "trained", "retrieved", "generated")


@dataclass(frozen=True)
class MethodScore:
    """One line of the table.

    Attributes:
        method: one of `METHODS`.
        tasks: exact match by task.
        mean, low, high: mean over tasks with its 95 % bootstrap interval.
        prompt_tokens: mean prompt length, which is paid on every call.
    """

    method: str
    tasks: dict[str, float]
    mean: float
    low: float
    high: float
    prompt_tokens: float


@dataclass(frozen=True)
class Comparison:
    """The table, and how many test examples of each task it rests on."""

    rows: tuple[MethodScore, ...]
    examples: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"rows": [asdict(row) for row in self.rows], "examples": self.examples}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Comparison:
        """The inverse of `to_json`."""
        return cls(tuple(MethodScore(**row) for row in value["rows"]), dict(value["examples"]))


@dataclass(frozen=True)
class _Question:
    method: str
    task: str
    prompt: str
    completion: str
    adapter: int | None


def compare(
    session: Session,
    tasks: Sequence[Task],
    trained: dict[str, Adapter],
    generator: LoadedGenerator,
    recipe: EvaluationRecipe,
) -> Comparison:
    """Score every method on every task's test examples.

    `retrieved` and `generated` are asked with the descriptions that no part of the system was trained on or indexed,
    each test example with the next of them.

    Args:
        trained: the adapter trained on each task.
        generator: writes an adapter for each unseen description.
    """
    pool = [trained[task.name] for task in tasks]
    position_of = {task.name: position for position, task in enumerate(tasks)}
    questions: list[_Question] = []
    for task in tasks:
        test = task.test[: recipe.test_examples]
        wordings = task.unseen_descriptions or (task.description,)
        retrieved = [position_of[session.index().search(wording, 1)[0].entry.name] for wording in wordings]
        written = range(len(pool), len(pool) + len(wordings))
        pool += [generator.generate(session.encoder, wording) for wording in wordings]
        for number, example in enumerate(test):
            turn = number % len(wordings)
            plain = render_prompt(task.prompt_template, example.input)
            completion = render_completion(task.prompt_template, example.output)
            questions += [
                _Question("base", task.name, plain, completion, None),
                _Question("icl", task.name, few_shot_prompt(task, example, recipe), completion, None),
                _Question("trained", task.name, plain, completion, position_of[task.name]),
                _Question("retrieved", task.name, plain, completion, retrieved[turn]),
                _Question("generated", task.name, plain, completion, written[turn]),
            ]
            chat = chat_prompt(session.base.tokenizer, f"{wordings[turn]}\n{plain}")
            if chat is not None:
                questions.append(_Question("description", task.name, chat, example.output, None))
    return _scored(session, tasks, pool, questions)


def _scored(
    session: Session, tasks: Sequence[Task], pool: Sequence[Adapter], questions: Sequence[_Question]
) -> Comparison:
    with progress(len(questions), "compare", "answer") as bar:
        scores = teacher_forced_scores(
            session.base,
            [question.prompt for question in questions],
            [question.completion for question in questions],
            bank=session.bank,
            factors=stack_adapters(pool, session.base.device),
            choices=[question.adapter for question in questions],
            on_batch=bar.update,
        )
    lengths = [len(ids) for ids in session.base.tokenizer([question.prompt for question in questions])["input_ids"]]
    rows = []
    for method in METHODS:
        mine = [number for number, question in enumerate(questions) if question.method == method]
        if not mine:
            continue
        by_task = {
            task.name: [float(scores[number].match) for number in mine if questions[number].task == task.name]
            for task in tasks
        }
        mean, low, high = bootstrap_mean(list(by_task.values()))
        means = {name: sum(values) / len(values) for name, values in by_task.items()}
        rows.append(MethodScore(method, means, mean, low, high, sum(lengths[number] for number in mine) / len(mine)))
    counts = {task.name: sum(q.task == task.name and q.method == "base" for q in questions) for task in tasks}
    return Comparison(tuple(rows), counts)


def few_shot_prompt(task: Task, example: Example, recipe: EvaluationRecipe) -> str:
    """The prompt of an example behind `recipe.shots` solved training examples, the same for a whole task."""
    shots = random.Random(f"{recipe.seed}/{task.name}").sample(task.train, min(recipe.shots, len(task.train)))
    solved = [
        render_prompt(task.prompt_template, shot.input) + render_completion(task.prompt_template, shot.output)
        for shot in shots
    ]
    return "\n\n".join([*solved, render_prompt(task.prompt_template, example.input)])


def chat_prompt(tokenizer: Any, content: str) -> str | None:
    """A user's message through the model's own chat template; None if it has none."""
    if tokenizer.chat_template is None:
        return None
    text: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
    )
    # the tokenizer puts its own beginning-of-sequence token in front where it uses one
    starts = tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]
    return text.removeprefix(tokenizer.bos_token) if starts else text
