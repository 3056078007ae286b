"""`hyperlora adapt`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import base_option, emit, generator_option, json_option


@click.command()
@click.argument("description")
@click.option(
    "--examples",
    type=click.Path(path_type=Path),
    help="Solved examples: a .jsonl, .json, .csv or .tsv file; see docs/data.md.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the adapter here as a PEFT folder.")
@click.option("--merge", type=click.Path(path_type=Path), help="Write the merged checkpoint here.")
@click.option(
    "--refine", type=click.IntRange(0), metavar="STEPS", help="Train on the examples for so many steps; 0: not at all."
)
@click.option(
    "--cross-validate/--no-cross-validate",
    default=True,
    help="From four examples on: say how good it is on examples that it was not made of.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Without examples: refuse if the closest adapter is less probably for the task than this; 0.1 if not given.",
)
@click.option("--force", is_flag=True, help="Without examples: take what comes closest, however improbable.")
@click.option("--no-store-examples", is_flag=True, help="Keep none of the examples' text in the registry.")
@generator_option
@base_option
@json_option
def command(
    description: str,
    examples: Path | None,
    out: Path | None,
    merge: Path | None,
    refine: int | None,
    cross_validate: bool,
    min_confidence: float | None,
    force: bool,
    no_store_examples: bool,
    generator: str | None,
    base: str | None,
    as_json: bool,
) -> None:
    """Describe a task, get the best adapter for it.

    Closest adapters of the registry and one that the generator writes are compared: on your examples if you give
    some, else by the score that is expected of each. Where nothing in the registry is for the task, that is said, exit
    code 3. If none answers nearly all of your examples, the best, or the generated one, is trained on them for 16
    steps, in seconds. From four examples on that is cross-validated: it is done over without each of them
    (of more than five, without a fifth of them) and scored on what was left out. The result is registered with its
    parents and the reason; it expires after 30 days (HYPERLORA_ADAPT_TTL_DAYS) unless you give it an alias.

    \b
    Example:
      hyperlora adapt "Give the plural of the noun" --examples mine.jsonl --out my-adapter
    """
    from pipelines.api import adapt
    from pipelines.report import adapted_text

    result = adapt(
        description,
        examples or (),
        out=out,
        merge=merge,
        store_examples=not no_store_examples,
        refine=refine,
        cross_validate=cross_validate,
        min_confidence=min_confidence,
        force=force,
        generator=generator,
        base=base,
    )
    emit(as_json, result.summary(), adapted_text(result, description))
