"""From plans to scores: by one teacher-forced forward where one answer is right, by real generation where not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from hyperlora.adapter import Adapter
from hyperlora.bank import stack_adapters
from hyperlora.decoding import generate
from hyperlora.metrics import answer_score
from hyperlora.sampling import Sampling
from hyperlora.scoring import teacher_forced_scores
from hyperlora.tasks import Task
from pipelines.evaluation.plans import Answers, Plan
from pipelines.session import Session

# Tokens more than the right answer has, so that a wrong one has room to show itself.
_ROOM = 4


def is_open(task: Task) -> bool:
    """Whether more than one spelling of an answer counts, so that one forward cannot tell."""
    return task.metric != "exact_match" or not task.case_sensitive or any(example.also for example in task.test)


def answer(session: Session, plans: Sequence[Plan], *, generating: bool = False) -> list[Answers]:
    """Score plans together.

    Args:
        generating: write every answer instead of scoring the right one.
    """
    written = [generating or is_open(plan.task) for plan in plans]
    results: dict[int, Answers] = {}
    for by_generation, group in groupby(sorted(range(len(plans)), key=written.__getitem__), key=written.__getitem__):
        places = list(group)
        scored = (_generated if by_generation else _forced)(session, [plans[place] for place in places])
        results |= dict(zip(places, scored, strict=True))
    return [results[place] for place in range(len(plans))]


def _forced(session: Session, plans: Sequence[Plan]) -> list[Answers]:
    pool, choices = _stack(plans)
    scores = teacher_forced_scores(
        session.base,
        [prompt for plan in plans for prompt in plan.prompts],
        [completion for plan in plans for completion in plan.completions()],
        bank=session.bank,
        factors=stack_adapters(pool, session.base.device) if pool else None,
        choices=choices if pool else None,
    )
    return _by_plan(session, plans, [float(score.match) for score in scores])


def _generated(session: Session, plans: Sequence[Plan]) -> list[Answers]:
    pool, choices = _stack(plans)
    completions = [completion for plan in plans for completion in plan.completions()]
    lengths = [len(ids) for ids in session.base.tokenizer(completions, add_special_tokens=False)["input_ids"]]
    outputs = generate(
        session.base,
        [prompt for plan in plans for prompt in plan.prompts],
        bank=session.bank if pool else None,
        factors=stack_adapters(pool, session.base.device) if pool else None,
        choices=choices if pool else None,
        sampling=[Sampling(max_new_tokens=length + _ROOM) for length in lengths],
    )
    examples = [(plan.task, example) for plan in plans for example in plan.task.test[: len(plan.prompts)]]
    scores = [
        answer_score(task.metric, output.answer, example, case_sensitive=task.case_sensitive)
        for (task, example), output in zip(examples, outputs, strict=True)
    ]
    return _by_plan(session, plans, scores)


def _stack(plans: Sequence[Plan]) -> tuple[list[Adapter], list[int | None]]:
    """The different adapters of the plans, and for every prompt the position of its own."""
    pool: dict[int, Adapter] = {}
    for plan in plans:
        pool |= {id(adapter): adapter for adapter in plan.adapters if adapter is not None}
    places = {key: place for place, key in enumerate(pool)}
    choices = [None if adapter is None else places[id(adapter)] for plan in plans for adapter in plan.adapters]
    return list(pool.values()), choices


def _by_plan(session: Session, plans: Sequence[Plan], scores: Sequence[float]) -> list[Answers]:
    results, start = [], 0
    for plan in plans:
        count = len(plan.prompts)
        tokens = session.base.tokenizer(list(plan.prompts))["input_ids"]
        mine = tuple(scores[start : start + count])
        results.append(Answers(mine, sum(map(len, tokens)) / count, plan.notes))
        start += count
    return results
