"""The Python calls of the public surface, which reach the packages above the core only when they are called."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from hyperlora.adapter import Adapter
from hyperlora.base_models import locate_base
from hyperlora.errors import InputError
from hyperlora.merged_checkpoint import export_merged
from hyperlora.peft_folder import read_adapter
from hyperlora.references import parse_reference
from hyperlora.registry import Registry
from hyperlora.tasks import Example, load_examples, make_example

if TYPE_CHECKING:
    from hyperlora.running import RunAnswer
    from pipelines.adapt import AdaptResult
    from pipelines.compose import Composition
    from pipelines.route import Prompt, RoutedAnswer
    from retrieval.retriever import Match

Start = Literal["pool", "generated"]
Examples = Path | str | Sequence[Example | Mapping[str, str]]


def adapt(
    description: str,
    examples: Examples = (),
    *,
    out: Path | str | None = None,
    merge: Path | str | None = None,
    store_examples: bool = True,
    refine: int | None = None,
    base: str | None = None,
) -> AdaptResult:
    """Find or make the best adapter for a task; the same as `hyperlora adapt`.

    Args:
        description: what the task is, in words.
        examples: a JSONL file, or a sequence of `{"input": …, "output": …}`.
        out: write the adapter here as a PEFT folder.
        merge: write the merged checkpoint here.
        store_examples: keep the first examples in the registered adapter's card.
        refine: gradient steps on the examples; the shipped recipe's when None, no training with 0.
        base: base model reference.

    Raises:
        InputError: see `pipelines.adapt.adapt`.
        TaskFormatError: an example is malformed.
    """
    from pipelines.adapt import adapt as run
    from pipelines.session import Session

    return run(
        description,
        read_examples(examples),
        out=None if out is None else Path(out),
        merge=None if merge is None else Path(merge),
        store_examples=store_examples,
        refine=refine,
        session=Session(base),
    )


def search(
    text: str = "",
    k: int = 3,
    *,
    kind: Literal["description", "prompt"] = "description",
    examples: Examples = (),
    like: str = "",
    tags: Mapping[str, str | None] | None = None,
    origins: Sequence[str] = (),
    base: str | None = None,
) -> list[Match]:
    """The k adapters of the registry that fit best; the same as `hyperlora search`.

    Args:
        text: a description of a task, or a prompt.
        kind: which of both it is.
        examples: solved examples to search by instead of a text.
        like: an adapter whose like is searched, by its weight change, instead of a text.
        tags: people's tags that what is found has; a value of None stands for any.
        origins: one of which it has.

    Raises:
        InputError: not exactly one of text, examples and like is given, or k is below 1.
        TaskFormatError: an example is malformed.
    """
    from pipelines.search import search as run
    from pipelines.session import Session

    return run(
        Session(base),
        k,
        text=text,
        kind=kind,
        examples=read_examples(examples),
        like=like,
        tags=tags or {},
        origins=tuple(origins),
    )


def route(
    prompts: Sequence[Prompt] | str,
    *,
    policy: str = "selection",
    k: int = 3,
    temperature: float | None = None,
    template: str = "",
    base: str | None = None,
) -> list[RoutedAnswer]:
    """Answer prompts, each with the adapters found for it, in one batch; the same as `hyperlora route`.

    Args:
        prompts: inputs, or pairs of an instruction and an input; or a single input.
        policy: `selection`, the closest adapter alone, which measures best (docs/retrieval.md), or several at once by
            `mixture`, `fusion` or `arrow`.
        k: adapters of a prompt, at most; `selection` takes one.
        temperature: of a softmax over similarities that gives the weights; even ones when None.
        template: what all prompts are read in; when empty, that of each prompt's closest adapter.
        base: base model reference.

    Raises:
        InputError: see `pipelines.route.route`.
    """
    from pipelines.route import route as run
    from pipelines.session import Session

    return run(
        [prompts] if isinstance(prompts, str) else prompts,
        policy=policy,
        k=k,
        temperature=temperature,
        template=template,
        session=Session(base),
    )


@overload
def generate(
    description: str = "",
    examples: Examples = (),
    *,
    n: None = None,
    sample: bool = False,
    seed: int = 0,
    refine: int = 0,
    start: Start | None = None,
    rank: int | None = None,
    in_prompt: bool = False,
    generator: str | None = None,
    base: str | None = None,
) -> Adapter: ...


@overload
def generate(
    description: str = "",
    examples: Examples = (),
    *,
    n: int,
    sample: bool = False,
    seed: int = 0,
    refine: int = 0,
    start: Start | None = None,
    rank: int | None = None,
    in_prompt: bool = False,
    generator: str | None = None,
    base: str | None = None,
) -> list[Adapter]: ...


def generate(
    description: str = "",
    examples: Examples = (),
    *,
    n: int | None = None,
    sample: bool = False,
    seed: int = 0,
    refine: int = 0,
    start: Start | None = None,
    rank: int | None = None,
    in_prompt: bool = False,
    generator: str | None = None,
    base: str | None = None,
) -> Adapter | list[Adapter]:
    """The adapter a generator writes for a description; the same as `hyperlora generate`.

    Args:
        description: what the task is, in words.
        examples: a JSONL file, or a sequence of `{"input": …, "output": …}`.
        n: how many adapters, which then come as a list.
        sample: draw them, if the generator can.
        seed: of the draws.
        refine: gradient steps on the examples.
        start: where they begin, at the mean of the `pool`'s adapters or at what is `generated`; by default at that if
            the generator reads examples.
        rank: to which the result is cut by SVD; its own when None.
        in_prompt: put the description into the prompt template, and so into every prompt, too.
        generator: `registry:NAME[@VERSION]`; the champion when None.
        base: base model reference.

    Raises:
        InputError, RegistryError: see `pipelines.generate.generate_adapters`.
        TaskFormatError: an example is malformed.
    """
    from generator.conditions import Wanted
    from pipelines.generate import Generation, generate_adapters
    from pipelines.session import Session

    how = Generation(1 if n is None else n, sample, seed, refine, rank, start, in_prompt, generator)
    [adapters] = generate_adapters(Session(base), [Wanted(description, read_examples(examples))], how)
    return adapters[0] if n is None else adapters


def compose(
    adapters: Sequence[str],
    method: str = "svd",
    *,
    weights: Sequence[float] | str = "uniform",
    rank: int | None = None,
    options: Mapping[str, int | float | bool] | None = None,
    description: str = "",
    examples: Examples = (),
    out: Path | str | None = None,
    name: str | None = None,
    base: str | None = None,
) -> Composition:
    """Make one adapter from several; the same as `hyperlora compose`.

    Args:
        adapters: `registry:NAME[@VERSION]` or `file:FOLDER`, each.
        method: a composition method's name.
        weights: one for each adapter, or `uniform`, `similarity` (to the description) or `examples` (fitted to them).
        rank: the largest rank of a module; the method's own when None.
        options: the method's own settings.
        description: what the result does, in words.
        examples: a JSONL file, or a sequence of `{"input": …, "output": …}`.
        out: write the adapter here as a PEFT folder.
        name: register it under this name.
        base: base model reference.

    Raises:
        InputError, BaseModelError, TaskFormatError: see `pipelines.compose.run_composition`.
    """
    from pipelines.compose import run_composition
    from pipelines.recipes.composition import composition_recipe
    from pipelines.session import Session

    recipe = composition_recipe(
        {
            "adapters": tuple(adapters),
            "method": method,
            "weights": weights if isinstance(weights, str) else tuple(weights),
            "rank": rank,
            "options": dict(options or {}),
            "description": description,
        }
    )
    return run_composition(
        recipe,
        examples=read_examples(examples),
        out=None if out is None else Path(out),
        name=name,
        session=Session(base),
    )


def merge(adapter: str, out: Path | str, *, base: str | None = None, dequantise: bool = False) -> Path:
    """Write the base model with an adapter merged in; the same as `hyperlora merge`.

    Args:
        adapter: `registry:NAME[@VERSION]` or `file:FOLDER`.
        dequantise: merge a quantised base model in its plain, larger form.
    """
    loaded = open_adapter(adapter, base)
    return export_merged(locate_base(base or loaded.base.id), loaded, Path(out), dequantise=dequantise)


def run(
    adapter: str,
    inputs: Sequence[str] | str | Path,
    *,
    scale: float = 1.0,
    compare: bool = False,
    full: bool = False,
    max_new_tokens: int = 32,
    temperature: float = 0.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
    template: str = "",
    base: str | None = None,
) -> list[RunAnswer]:
    """Answer inputs with an adapter, in the template it was trained on; the same as `hyperlora run`.

    The base model stays loaded for the next call.

    Args:
        adapter: `registry:NAME[@VERSION]` or `file:FOLDER`.
        inputs: texts, or one text, or a file of them as a `Path`.
        scale: factor of the adapter's weight change; 0 is the bare base model.
        compare: answer with the bare base model, too.
        full: answers are all that the model writes, not its first line; so they are without a template, anyway.
        max_new_tokens, temperature, top_k, top_p, seed: see `hyperlora.sampling.Sampling`.
        template: holds `{input}` once; the adapter's own when empty, and the bare input for a PEFT folder without one.
        base: base model reference; found by the adapter's record when None.

    Raises:
        InputError, BaseModelError: see `hyperlora.running.run_adapter`.
    """
    from hyperlora.run_inputs import read_inputs
    from hyperlora.running import RAW, run_adapter, template_of
    from hyperlora.sampling import Sampling

    asked = read_inputs(inputs) if isinstance(inputs, Path) else [inputs] if isinstance(inputs, str) else inputs
    opened = open_adapter(adapter, base)
    used, note = template_of(opened, adapter, template)
    if note:
        warnings.warn(note, stacklevel=2)
    sampling = Sampling(max_new_tokens, temperature, top_k, top_p, seed)
    full = full or used == RAW
    return list(
        run_adapter(
            opened, asked, template=used, scale=scale, sampling=sampling, compare=compare, full=full, base=base or ""
        )
    )


def open_adapter(reference: str, base: str | None = None) -> Adapter:
    """The adapter a `registry:` or `file:` reference names.

    Args:
        base: base model of a foreign PEFT folder, which does not say it itself.
    """
    parsed = parse_reference(reference, ("registry", "file"))
    if parsed.scheme == "registry":
        return Registry().load(reference)
    return read_adapter(parsed.path, None if base is None else locate_base(base).identity)


def read_examples(examples: Examples) -> tuple[Example, ...]:
    """Examples from a JSONL file or from values.

    Raises:
        InputError: a value lacks `input` or `output`.
        TaskFormatError: the file is malformed.
    """
    if isinstance(examples, str | Path):
        return load_examples(Path(examples))
    read = []
    for number, example in enumerate(examples, 1):
        if isinstance(example, Example):
            read.append(example)
            continue
        try:
            read.append(make_example(example["input"], example["output"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"example {number} is not an input/output pair: {error}", 'Give {"input": …, "output": …}.'
            ) from error
    return tuple(read)
