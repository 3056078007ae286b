"""From requests to scores: by one teacher-forced forward where one answer is right, by real generation where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hyperlora.bank import Choice, Factors, stack_adapters, stack_at_one_rank
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.inference.scoring import teacher_forced_scores
from hyperlora.lora.adapter import Adapter
from hyperlora.tasks.metrics import answer_score
from hyperlora.tasks.task import Task
from pipelines.evaluation.requests import Acting, Answers, EvaluationRequest, GatedPool
from pipelines.runtime import Runtime

# Tokens more than the right answer has, so that a wrong one has room to show itself.
_ROOM = 4


def is_open(task: Task) -> bool:
    """Whether more than one spelling of an answer counts, so that one forward cannot tell."""
    return task.metric != "exact_match" or not task.case_sensitive or any(example.also for example in task.test)


def answer(runtime: Runtime, requests: Sequence[EvaluationRequest], *, generating: bool = False) -> list[Answers]:
    """Score requests together.

    Args:
        generating: write every answer instead of scoring the right one.
    """
    groups: dict[tuple[bool, GatedPool | None], list[int]] = {}
    for place, request in enumerate(requests):
        groups.setdefault((generating or is_open(request.task), request.pool), []).append(place)
    results: dict[int, Answers] = {}
    for (by_generation, pool), places in groups.items():
        answered = (_generated if by_generation else _forced)(runtime, [requests[place] for place in places], pool)
        results |= dict(zip(places, answered, strict=True))
    return [results[place] for place in range(len(requests))]


def _forced(runtime: Runtime, requests: Sequence[EvaluationRequest], pool: GatedPool | None) -> list[Answers]:
    factors, choices = _stack(runtime, requests, pool)
    scores = teacher_forced_scores(
        runtime.base,
        [prompt for request in requests for prompt in request.prompts],
        [completion for request in requests for completion in request.completions()],
        bank=runtime.bank,
        factors=factors,
        choices=choices,
        gates=None if pool is None else pool.gates,
    )
    return _by_request(runtime, requests, [float(score.match) for score in scores])


def _generated(runtime: Runtime, requests: Sequence[EvaluationRequest], pool: GatedPool | None) -> list[Answers]:
    factors, choices = _stack(runtime, requests, pool)
    completions = [completion for request in requests for completion in request.completions()]
    lengths = [len(ids) for ids in runtime.base.tokenizer(completions, add_special_tokens=False)["input_ids"]]
    outputs = generate(
        runtime.base,
        [prompt for request in requests for prompt in request.prompts],
        bank=runtime.bank,
        factors=factors,
        choices=choices,
        gates=None if pool is None else pool.gates,
        sampling=[Sampling(max_new_tokens=length + _ROOM) for length in lengths],
    )
    examples = [
        (request.task, example) for request in requests for example in request.task.test[: len(request.prompts)]
    ]
    scores = [
        answer_score(task.metric, output.answer, example, case_sensitive=task.case_sensitive)
        for (task, example), output in zip(examples, outputs, strict=True)
    ]
    return _by_request(runtime, requests, scores)


def _stack(
    runtime: Runtime, requests: Sequence[EvaluationRequest], pool: GatedPool | None
) -> tuple[Factors | None, list[Choice] | None]:
    """The different adapters of the requests stacked, and every prompt's choice among them; None if there are none."""
    every = [acting for request in requests for acting in request.adapters]
    known = {id(adapter): adapter for adapter in (pool.adapters if pool else _members(every))}
    if not known:
        return None, None
    places = {key: place for place, key in enumerate(known)}
    choices: list[Choice] = []
    for acting in every:
        if isinstance(acting, tuple):
            choices.append(tuple((places[id(adapter)], weight) for adapter, weight in acting))
        else:
            choices.append(None if acting is None else places[id(acting)])
    # gates need all of a module's factors in one stack
    return (stack_at_one_rank if pool else stack_adapters)(list(known.values()), runtime.base.device), choices


def _members(every: Sequence[Acting]) -> Iterator[Adapter]:
    for acting in every:
        if isinstance(acting, Adapter):
            yield acting
        elif acting is not None:
            yield from (adapter for adapter, _ in acting)


def _by_request(runtime: Runtime, requests: Sequence[EvaluationRequest], scores: Sequence[float]) -> list[Answers]:
    results, start = [], 0
    for request in requests:
        count = len(request.prompts)
        tokens = runtime.base.tokenizer(list(request.prompts))["input_ids"]
        mine = tuple(scores[start : start + count])
        results.append(Answers(mine, sum(map(len, tokens)) / count, request.notes))
        start += count
    return results
