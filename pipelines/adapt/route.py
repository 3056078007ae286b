"""Mixed prompts: each finds its own adapters, and all are answered in one heterogeneous batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hyperlora.bank import stack_adapters, stack_at_one_rank
from hyperlora.errors import InputError
from hyperlora.files.strict_json import parse_json
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.tasks.prompts import check_template, render_prompt
from pipelines.runtime import Runtime
from retrieval.compose.arrow import arrow_gates
from retrieval.documents import prompt_text
from retrieval.index import Where
from retrieval.retriever import Match, Retriever
from retrieval.routing import find_policy

_LINE_REMEDY = 'Write one {"input": …} or {"instruction": …, "input": …} a line.'

Prompt = str | tuple[str, str]
"""An input, or an instruction and an input."""


@dataclass(frozen=True)
class Acting:
    """One adapter that acts on a prompt.

    Attributes:
        reference: `registry:NAME@VERSION`.
        score: how well the retriever found it to fit, at most 1.
        weight: in the mix; None where every token weighs it anew.
    """

    reference: str
    score: float
    weight: float | None


@dataclass(frozen=True)
class RoutedAnswer:
    """How one prompt was answered.

    Attributes:
        input: what fills the template.
        instruction: what was said of it, which helped to find adapters; or empty.
        answer: the first line the model wrote.
        adapters: those that acted, the closest first.
    """

    input: str
    instruction: str
    answer: str
    adapters: tuple[Acting, ...]

    def summary(self) -> dict[str, Any]:
        """What `--json` shows of it."""
        return asdict(self) | {"adapters": [asdict(acting) for acting in self.adapters]}


def route(
    prompts: Sequence[Prompt],
    *,
    policy: str = "selection",
    k: int = 3,
    temperature: float | None = None,
    template: str = "",
    sampling: Sampling | Sequence[Sampling] | None = None,
    runtime: Runtime | None = None,
) -> list[RoutedAnswer]:
    """Answer prompts, each with the adapters found for it (LoraRetriever, Zhao et al. 2024, section 3.3).

    Adapters are found by instruction and input together. The model reads the input alone, in the prompt template of
    the closest adapter, which its others must do with where theirs differ.

    Args:
        prompts: inputs, or pairs of an instruction and an input.
        policy: a name in `retrieval.routing.POLICIES`.
        k: adapters of a prompt; all of the pool where that has fewer.
        temperature: of a softmax over scores that gives the weights; even ones when None.
        template: what all prompts are read in, instead of the adapters' own.
        sampling: for all prompts, or one a prompt; greedy when None.

    Returns:
        One answer a prompt, in their order.

    Raises:
        InputError: an empty prompt, an unknown policy, a k below 1, or there are no adapters for the base model.
    """
    runtime = runtime or Runtime()
    chosen = find_policy(policy)
    if k < 1:
        raise InputError(f"k is {k}", "Ask for at least 1 adapter.")
    if template:
        check_template(template)
    pairs = [_pair(prompt, number) for number, prompt in enumerate(prompts, 1)]
    if not pairs:
        return []
    retriever = runtime.retriever()
    runtime.warn()
    if not retriever.count():
        raise InputError(
            f"the registry has no adapters for {runtime.located.identity.id}",
            "Run: hyperlora registry seed, or hyperlora import file:YOUR_ADAPTERS",
        )
    hits = search_each(retriever, [query_of(instruction, text) for instruction, text in pairs], chosen.depth(k))
    # an adapter is loaded and stacked once, however many prompts it acts on
    distinct = dict.fromkeys(hit.entry.reference for own in hits for hit in own)
    places = {reference: place for place, reference in enumerate(distinct)}
    adapters = [runtime.registry.load(reference) for reference in places]
    found = [[(places[hit.entry.reference], hit.score) for hit in own] for own in hits]
    mixes = chosen.mixes(found, temperature)
    routing = chosen.combine(adapters, mixes)
    device = runtime.base.device
    outputs = generate(
        runtime.base,
        [
            render_prompt(template or adapters[own[0][0]].card.prompt_template, text)
            for (_, text), own in zip(pairs, found, strict=True)
        ],
        bank=runtime.bank,
        factors=(stack_at_one_rank if routing.gated else stack_adapters)(routing.adapters, device),
        choices=routing.choices,
        gates=arrow_gates(routing.adapters, device=device) if routing.gated else None,
        sampling=sampling,
    )
    return [
        RoutedAnswer(text, instruction, output.answer, _acting(own, dict(mix) if chosen.weighs else {}, places))
        for (instruction, text), output, own, mix in zip(pairs, outputs, hits, mixes, strict=True)
    ]


def query_of(instruction: str, text: str) -> str:
    """What adapters are found by: the instruction and the input."""
    return prompt_text(instruction, text) if instruction else text


def search_each(
    retriever: Retriever, texts: Sequence[str], k: int, leave_out: Collection[str] = ()
) -> list[list[Match]]:
    """For each prompt the k adapters that fit it best, best first, without those of these references."""
    return retriever.search_many(texts, k, kind="prompt", where=Where(without=frozenset(leave_out)))


def read_prompts(path: Path, instruction: str = "") -> list[tuple[str, str]]:
    """Prompts from a JSONL file of `{"input": …}` and, where it has one, an `"instruction"`; blank lines are skipped.

    Args:
        instruction: of lines without their own.

    Raises:
        InputError: the file cannot be read or holds no prompt, or a line is malformed; the message names it.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "Check --file.") from error
    read: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = parse_json(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: is not JSON", _LINE_REMEDY) from error
        if not isinstance(value, dict) or not {"input"} <= value.keys() <= {"input", "instruction"}:
            raise InputError(f"{path}, line {number}: is not an object with an input", _LINE_REMEDY)
        if not all(isinstance(part, str) for part in value.values()):
            raise InputError(f"{path}, line {number}: a field is not text", _LINE_REMEDY)
        read.append((value.get("instruction", instruction), value["input"]))
    if not read:
        raise InputError(f"{path} holds no prompt", _LINE_REMEDY)
    return read


def _pair(prompt: Prompt, number: int) -> tuple[str, str]:
    instruction, text = ("", prompt) if isinstance(prompt, str) else prompt
    if not text.strip():
        raise InputError(f"prompt {number} is empty", "Give every prompt an input.")
    return instruction.strip(), text


def _acting(hits: Sequence[Match], weights: Mapping[int, float], places: Mapping[str, int]) -> tuple[Acting, ...]:
    return tuple(Acting(hit.entry.reference, hit.score, weights.get(places[hit.entry.reference])) for hit in hits)
