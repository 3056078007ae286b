"""The Python calls of the public surface: `hyperlora.adapt` and its like are these, forwarded by name.

Each imports the pipeline that it calls when it is called, so that asking for one does not wait for all.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from hyperlora.lora.adapter import Adapter
from hyperlora.lora.base_completion import complete_base
from hyperlora.lora.merged_checkpoint import export_merged
from hyperlora.models import locate_base
from hyperlora.registry.open_adapter import open_adapter
from hyperlora.tasks.given_examples import Examples, read_examples
from hyperlora.tasks.task import Metric

if TYPE_CHECKING:
    from hyperlora.inference.running import RunAnswer
    from pipelines.adapt.adapt import AdaptResult
    from pipelines.adapt.compose import Composition
    from pipelines.adapt.route import Prompt, RoutedAnswer
    from pipelines.evaluation.evaluate_adapter import AdapterEvaluation
    from retrieval.retriever import Match

Start = Literal["pool", "generated"]


def adapt(
    description: str,
    examples: Examples = (),
    *,
    out: Path | str | None = None,
    merge: Path | str | None = None,
    store_examples: bool = True,
    refine: int | None = None,
    cross_validate: bool = True,
    min_confidence: float | None = None,
    force: bool = False,
    generator: str | None = None,
    base: str | None = None,
) -> AdaptResult:
    """Find or make the best adapter for a task; the same as `hyperlora adapt`.

    Args:
        description: what the task is, in words.
        examples: a file or a sequence of `{"input": …, "output": …}`; other shapes: `docs/data.md`.
        out: write the adapter here as a PEFT folder.
        merge: write the merged checkpoint here.
        store_examples: keep the first examples in the registered adapter's card.
        refine: gradient steps on the examples; the shipped recipe's when None, no training with 0.
        cross_validate: say, from four examples on, how good it is on examples that it was not made of.
        min_confidence: without examples, the least probability that the closest adapter is for the task; 0.1 when None.
        force: without examples, take what comes closest, however improbable.
        generator: `registry:NAME[@VERSION]`, which writes the generated candidate; the champion when None.
        base: base model reference.

    Raises:
        NothingFitsError, InputError: see `pipelines.adapt.adapt.adapt`.
        RegistryError, AdapterFormatError: the generator that is named is not registered, or damaged.
        TaskFormatError: an example is malformed.
    """
    from pipelines.adapt.adapt import adapt as run
    from pipelines.runtime import Runtime

    return run(
        description,
        read_examples(examples),
        out=None if out is None else Path(out),
        merge=None if merge is None else Path(merge),
        store_examples=store_examples,
        refine=refine,
        cross_validate=cross_validate,
        min_confidence=min_confidence,
        force=force,
        runtime=Runtime(base, generator=generator),
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
    from pipelines.adapt.search import search as run
    from pipelines.runtime import Runtime

    return run(
        Runtime(base),
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
        InputError: see `pipelines.adapt.route.route`.
    """
    from pipelines.adapt.route import route as run
    from pipelines.runtime import Runtime

    return run(
        [prompts] if isinstance(prompts, str) else prompts,
        policy=policy,
        k=k,
        temperature=temperature,
        template=template,
        runtime=Runtime(base),
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
        examples: a file or a sequence of `{"input": …, "output": …}`; other shapes: `docs/data.md`.
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
        InputError, RegistryError: see `pipelines.adapt.generate.generate_adapters`.
        TaskFormatError: an example is malformed.
    """
    from generator.conditions import AdapterRequest
    from pipelines.adapt.generate import GenerationConfig, generate_adapters
    from pipelines.runtime import Runtime

    how = GenerationConfig(1 if n is None else n, sample, seed, refine, rank, start, in_prompt, generator)
    [adapters] = generate_adapters(Runtime(base), [AdapterRequest(description, read_examples(examples))], how)
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
        adapters: `registry:NAME[@VERSION]`, `file:FOLDER` or a path, each.
        method: a composition method's name.
        weights: one for each adapter, or `uniform`, `similarity` (to the description) or `examples` (fitted to them).
        rank: the largest rank of a module; the method's own when None.
        options: the method's own settings.
        description: what the result does, in words.
        examples: a file or a sequence of `{"input": …, "output": …}`; other shapes: `docs/data.md`.
        out: write the adapter here as a PEFT folder.
        name: register it under this name.
        base: base model reference.

    Raises:
        InputError, BaseModelError, TaskFormatError: see `pipelines.adapt.compose.run_composition`.
    """
    from pipelines.adapt.compose import run_composition
    from pipelines.recipes.composition import composition_recipe
    from pipelines.runtime import Runtime

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
        runtime=Runtime(base),
    )


def evaluate_adapter(
    adapter: str,
    examples: Examples,
    *,
    metric: Metric | None = None,
    case_sensitive: bool = True,
    template: str = "",
    base: str | None = None,
) -> AdapterEvaluation:
    """How good an adapter is on one's own examples; the same as `hyperlora evaluate --adapter`.

    Args:
        adapter: `registry:NAME[@VERSION]` or `file:FOLDER`.
        examples: a file or a sequence of `{"input": …, "output": …}`; other shapes: `docs/data.md`.
        metric: `exact_match` or `rouge_l`; when None, that of the card's own measurements.
        case_sensitive: whether case counts in an exact match.
        template: holds `{input}` once; the adapter's own when empty, and the bare input for a PEFT folder without one.
        base: base model reference; the adapter's own when None.

    Raises:
        InputError: see `pipelines.evaluation.evaluate_adapter.evaluate_adapter`.
        RegistryError, AdapterFormatError: there is no such adapter, or it is damaged.
        TaskFormatError: an example is malformed.
    """
    from pipelines.evaluation.evaluate_adapter import evaluate_adapter as run
    from pipelines.runtime import Runtime

    read = read_examples(examples)
    loaded = open_adapter(adapter, base)
    return run(
        Runtime(base or loaded.base.id),
        adapter,
        loaded,
        read,
        metric=metric,
        case_sensitive=case_sensitive,
        template=template,
    )


def merge(adapter: str, out: Path | str, *, base: str | None = None, dequantise: bool = False) -> Path:
    """Write the base model with an adapter merged in; the same as `hyperlora merge`.

    Args:
        adapter: `registry:NAME[@VERSION]`, `file:FOLDER` or a path.
        base: base model reference; the adapter's own when None.
        dequantise: merge a quantised base model in its plain, larger form.
    """
    loaded = open_adapter(adapter, base)
    located = locate_base(base or loaded.base.id)
    return export_merged(located, complete_base(loaded, located), Path(out), dequantise=dequantise)


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
        max_new_tokens, temperature, top_k, top_p, seed: see `hyperlora.inference.sampling.Sampling`.
        template: holds `{input}` once; the adapter's own when empty, and the bare input for a PEFT folder without one.
        base: base model reference; found by the adapter's record when None.

    Raises:
        InputError, BaseModelError: see `hyperlora.inference.running.run_adapter`.
    """
    from hyperlora.inference.running import RAW, run_adapter, template_of
    from hyperlora.inference.sampling import Sampling
    from hyperlora.tasks.run_inputs import read_inputs

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
