"""`hyperlora generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from serve.cli.main import base_option, emit, generator_option, json_option

if TYPE_CHECKING:
    from hyperlora.lora.adapter import Adapter
    from pipelines.adapt.generate import GenerationConfig
    from pipelines.runtime import Runtime


@click.command()
@click.argument("description", required=False)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the adapter here as a PEFT folder.")
@click.option(
    "--examples",
    type=click.Path(path_type=Path),
    help="Solved examples: a .jsonl, .json, .csv or .tsv file; see docs/data.md.",
)
@click.option("--refine", type=click.IntRange(min=1), metavar="STEPS", help="Train on the examples for so many steps.")
@click.option(
    "--start",
    type=click.Choice(["pool", "generated"]),
    help="Refine from what is generated (the default, if the generator reads examples), or from the mean of the pool.",
)
@click.option("--n", "count", type=click.IntRange(min=1), metavar="N", help="Write N adapters, into OUT/1 to OUT/N.")
@click.option("--sample", is_flag=True, help="Draw them, if the generator can.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Of the draws.")
@click.option("--rank", type=click.IntRange(min=1), help="Cut the result down to this rank.")
@click.option(
    "--in-prompt",
    is_flag=True,
    help="Put the description into the adapter's prompt template as well: surer, at its tokens in every prompt.",
)
@generator_option
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='JSONL of {"description": …}, with "name" and "examples" if you like; each into OUT/NAME.',
)
@base_option
@json_option
def command(
    description: str | None,
    out: Path,
    examples: Path | None,
    refine: int | None,
    start: Literal["pool", "generated"] | None,
    count: int | None,
    sample: bool,
    seed: int,
    rank: int | None,
    in_prompt: bool,
    generator: str | None,
    batch: Path | None,
    base: str | None,
    as_json: bool,
) -> None:
    """Write an adapter from a description, with the registry's champion generator or the one you name.

    With --refine it is trained on your examples for a few steps, in seconds, beginning at what the generator writes, or
    at the mean of the pool's adapters where the generator cannot read examples; --start says which. A batch that was
    interrupted goes on when the same command is run again.

    \b
    Example:
      hyperlora generate "Spell the number out in words" --out spelled
      hyperlora generate "Spell the number out in words" --in-prompt --out told
      hyperlora generate "Spell the number out in words" --examples mine.jsonl --refine 16 --out refined
      hyperlora generate --batch wanted.jsonl --out many
    """
    if batch is not None and (description is not None or examples is not None):
        raise click.UsageError("--batch says all; leave out DESCRIPTION and --examples.")
    if batch is None and description is None and examples is None:
        raise click.UsageError("Say what is wanted: a DESCRIPTION, or --batch FILE.")
    from pipelines.adapt.generate import GenerationConfig
    from pipelines.runtime import Runtime

    how = GenerationConfig(count or 1, sample, seed, refine or 0, rank, start, in_prompt, generator)
    runtime = Runtime(base)
    if batch is not None:
        _batch(runtime, batch, out, how, as_json)
    else:
        _one(runtime, description or "", examples, out, how, as_json)


def _one(
    runtime: Runtime, description: str, examples: Path | None, out: Path, how: GenerationConfig, as_json: bool
) -> None:
    from generator.conditions import AdapterRequest
    from hyperlora.files.durable import require_free
    from hyperlora.peft_io.folder import write_adapter
    from hyperlora.tasks.given_examples import read_examples
    from pipelines.adapt.generate import generate_adapters, generated_summary, generation_notes
    from pipelines.adapt.generate_batch import numbered

    require_free(out)
    request = AdapterRequest(description, read_examples(examples or ()))
    [adapters] = generate_adapters(runtime, [request], how)
    written: list[dict[str, Any]] = []
    lines = []
    for adapter, folder in zip(adapters, numbered(out, how.count), strict=True):
        write_adapter(adapter, folder)
        written.append({"out": str(folder), **generated_summary(adapter)})
        lines.append(f"{folder}: {_told(adapter)}")
    notes = generation_notes(runtime, how, examples=bool(request.examples))
    value = {**written[0], "notes": notes} if how.count == 1 else {"adapters": written, "notes": notes}
    emit(as_json, value, "\n".join([*lines, *(f"note: {note}" for note in notes)]))


def _told(adapter: Adapter) -> str:
    made = adapter.card.decision or {}
    parents = adapter.card.parents
    begun = (
        f"begun at the mean of {len(parents)} adapters" if made.get("start") == "pool" else f"written by {parents[0]}"
    )
    parts = [begun, f"{adapter.num_parameters:,} parameters"]
    if "draw" in made:
        parts.append(f"draw {made['draw']} of seed {made['seed']}")
    if "in_prompt" in made:
        parts.append("the description in its prompts")
    if "refine_steps" in made:
        parts.append(f"refined in {made['refine_steps']} steps on {made['examples']} examples")
    if "energy_kept" in made:
        parts.append(f"rank {made['rank']} keeps {made['energy_kept']:.4f} of the energy")
    return ", ".join(parts)


def _batch(runtime: Runtime, file: Path, out: Path, how: GenerationConfig, as_json: bool) -> None:
    from dataclasses import asdict

    from pipelines.adapt.generate import generation_notes
    from pipelines.adapt.generate_batch import generate_batch

    report = generate_batch(
        runtime, file, out, how, lambda failure: click.echo(f"{file}, line {failure.line}: {failure.problem}", err=True)
    )
    notes = generation_notes(runtime, how, examples=False)
    value = {
        "out": str(out),
        "written": [str(folder) for folder in report.written],
        "skipped": [str(folder) for folder in report.skipped],
        "failures": [asdict(failure) for failure in report.failures],
        "notes": notes,
    }
    done = f"{out}: {len(report.written)} written, {len(report.skipped)} there already, {len(report.failures)} failed"
    emit(as_json, value, "\n".join([done, *(f"note: {note}" for note in notes)]))
    if report.failures:
        raise click.exceptions.Exit(1)
