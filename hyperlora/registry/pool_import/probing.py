"""Descriptions for adapters that nobody described: what they answer where the bare base model answers otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from hyperlora.bank import AdapterBank, stack_adapters
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.tasks.prompts import render_prompt

# Words, numbers, a sentence, a question and a list: most tasks of the pool answer one of them in a telling way.
PROBES = (
    "dog",
    "happy",
    "walk",
    "France",
    "7",
    "42",
    "The film was wonderful.",
    "What colour is the sky?",
    "apple, chair, blue",
)
_NEW_TOKENS = 12
_SHOWN = 4
_LONGEST_ANSWER = 40
_ROWS = 128


def propose_descriptions(
    base: BaseModel, adapters: Sequence[Adapter], settled_by: Sequence[int] | None = None
) -> list[str]:
    """A description of each adapter by its greedy answers, all adapters in mixed batches of one bank.

    Args:
        adapters: for this base model; each is asked in its card's prompt template.
        settled_by: for each, how many answers have to differ from the base model's to say what the task is; 1 each
            when None.

    Returns:
        For each adapter e.g. `Answers "dog" with "dogs", "7" with "seven"`, or nothing where fewer differ.
    """
    templates = list(dict.fromkeys(adapter.card.prompt_template for adapter in adapters))
    # the base model's answers come first, once a template; the adapters' follow
    prompts = [render_prompt(template, probe) for template in templates for probe in PROBES]
    choices: list[int | None] = [None] * len(prompts)
    for position, adapter in enumerate(adapters):
        prompts += [render_prompt(adapter.card.prompt_template, probe) for probe in PROBES]
        choices += [position] * len(PROBES)
    bank = AdapterBank(base.model)
    try:
        generated = generate(
            base,
            prompts,
            bank=bank,
            factors=stack_adapters(adapters, base.device),
            choices=choices,
            sampling=Sampling(max_new_tokens=_NEW_TOKENS),
            batch_size=_ROWS,
        )
    finally:
        bank.close()
    answers = [_shown(each.answer) for each in generated]
    rows = [answers[start : start + len(PROBES)] for start in range(0, len(answers), len(PROBES))]
    bare = dict(zip(templates, rows, strict=False))
    return [
        describe_answers(bare[adapter.card.prompt_template], row, least)
        for adapter, row, least in zip(adapters, rows[len(templates) :], settled_by or [1] * len(adapters), strict=True)
    ]


def describe_answers(bare: Sequence[str], adapted: Sequence[str], least: int = 1) -> str:
    """What a description says of an adapter's answers to `PROBES`, beside the bare base model's.

    Nothing where fewer than `least` differ: that it answers as the base model does is no task. An answer that repeats
    the probe tells least, so it is only quoted where there is nothing better.
    """
    rows = zip(PROBES, bare, adapted, strict=True)
    differing = [(probe, answer) for probe, before, answer in rows if answer and answer != before]
    differing.sort(key=lambda pair: pair[0] == pair[1])
    quoted = [f'"{probe}" with "{answer}"' for probe, answer in differing[:_SHOWN]]
    return f"Answers {', '.join(quoted)}" if len(differing) >= max(1, least) else ""


def _shown(answer: str) -> str:
    """An answer as it is quoted: printable, on one line, short."""
    plain = "".join(sign if sign.isprintable() and sign != "\N{REPLACEMENT CHARACTER}" else " " for sign in answer)
    line = " ".join(plain.split()).replace('"', "'")
    return line if len(line) <= _LONGEST_ANSWER else line[: _LONGEST_ANSWER - 1] + "…"
