"""Generating from a file of what is wanted, one adapter folder a line; an interrupted batch goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.conditions import AdapterRequest
from hyperlora.errors import HyperLoRAError, InputError
from hyperlora.files.strict_json import parse_json
from hyperlora.identity import content_hash
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.progress import progress
from hyperlora.tasks.given_examples import read_examples
from hyperlora.tasks.strict_yaml import field_problems
from pipelines.adapt.generate import (
    GenerationConfig,
    begins_at_pool,
    check_able,
    check_request,
    find_generator,
    generate_adapters,
    made_by,
)
from pipelines.adapt.naming import short_name
from pipelines.adapt.pool_mean import PoolMeanInit
from pipelines.runtime import LoadedGenerator, Runtime

# So many adapters are in memory at once.
TOGETHER = 64
_LONGEST_LINE = 4 * 2**20
_Fail = Callable[[int, HyperLoRAError], None]
_FORM = 'Write one {"description": …} object a line, with "name" and "examples" if you like.'


@dataclass(frozen=True)
class Failure:
    """A line that gave no adapter.

    Attributes:
        line: its number, from 1.
        problem: what is wrong, with the remedy.
    """

    line: int
    problem: str


@dataclass(frozen=True)
class BatchReport:
    """What a batch did.

    Attributes:
        written: folders written now.
        skipped: folders that held the very same already.
        failures: by line.
    """

    written: tuple[Path, ...]
    skipped: tuple[Path, ...]
    failures: tuple[Failure, ...]


class _Line(BaseModel):
    """What a line may hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # as part of a path: no separators, no way up, nothing hidden
    name: str = Field("", pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,127})?$")
    description: str = ""
    examples: list[dict[str, Any]] = Field(default_factory=list)


@dataclass(frozen=True)
class _Order:
    """One line: what is wanted, with the folders that are still to be written, and which of its adapters go there."""

    line: int
    request: AdapterRequest
    missing: dict[int, Path]


def generate_batch(
    runtime: Runtime, file: Path, out: Path, how: GenerationConfig, on_failure: Callable[[Failure], None]
) -> BatchReport:
    """Write the adapters of every line into a folder of its own, `out/NAME`, or `out/NAME/1` and on for several.

    Lines without a name get one of the description's first words and a hash. A folder that holds just what its line
    gives is left alone, so that the same call goes on where an interrupted one ended.

    Args:
        file: JSON lines of `{"description": …}`, with a `name` and `examples` if wanted.
        how: for all lines.
        on_failure: called with every line that gives nothing; the others go on.

    Raises:
        InputError: the file cannot be read or holds no line, there is no generator, or it cannot do what is asked.
    """
    failures: list[Failure] = []

    def fail(line: int, error: HyperLoRAError) -> None:
        failures.append(Failure(line, str(error)))
        on_failure(failures[-1])

    generator = find_generator(runtime, how.generator)
    check_able(generator, how)
    orders, skipped = _orders(runtime, generator, file, out, how, fail)
    if not orders and not skipped and not failures:
        raise InputError(f"{file} holds no line", _FORM)
    written = _carry_out(runtime, orders, how, fail) if orders else []
    return BatchReport(tuple(written), tuple(skipped), tuple(sorted(failures, key=lambda failure: failure.line)))


def _orders(
    runtime: Runtime, generator: LoadedGenerator, file: Path, out: Path, how: GenerationConfig, fail: _Fail
) -> tuple[list[_Order], list[Path]]:
    """What is still to be written, and the folders that are there already."""
    orders: list[_Order] = []
    skipped: list[Path] = []
    taken: dict[Path, tuple[int, str]] = {}
    pool_init = PoolMeanInit(runtime)
    for number, text in _lines(file):
        try:
            line, request = _parsed(text)
            request = check_request(generator, request, how)
            begun = pool_init.members(request.examples) if begins_at_pool(generator, how) else ()
            makes = [made_by(generator, request, how, number, begun) for number in range(how.count)]
            folder, made = out / (line.name or _name(request)), makes[0]
            first, made_first = taken.setdefault(folder, (number, made))
            if made_first != made:
                raise InputError(f"{folder.name} is the name of line {first} already", "Give each line its own.")
            if first == number:
                missing, there = _found(folder, makes)
                skipped += there
                orders += [_Order(number, request, missing)] if missing else []
        except HyperLoRAError as error:
            fail(number, error)
    return orders, skipped


def _carry_out(runtime: Runtime, orders: Sequence[_Order], how: GenerationConfig, fail: _Fail) -> list[Path]:
    """Generate and write some orders at a time; the folders written."""
    written: list[Path] = []
    each = max(1, TOGETHER // how.count)
    with progress(len(orders), "generate", "line") as bar:
        for start in range(0, len(orders), each):
            some = orders[start : start + each]
            made = generate_adapters(runtime, [order.request for order in some], how)
            for order, adapters in zip(some, made, strict=True):
                try:
                    for number, place in order.missing.items():
                        written.append(write_adapter(adapters[number], place))
                except HyperLoRAError as error:
                    fail(order.line, error)
                bar.update()
    return written


def numbered(folder: Path, count: int) -> list[Path]:
    """Where so many adapters of one description go: the folder itself for one, else `1`, `2` and on below it."""
    return [folder] if count == 1 else [folder / str(number + 1) for number in range(count)]


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with file.open("rb") as handle:
            for number, line in enumerate(handle, start=1):
                text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if text.strip():
                    yield number, text
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", "Check --batch.") from error


def _parsed(text: bytes) -> tuple[_Line, AdapterRequest]:
    if len(text) > _LONGEST_LINE:
        raise InputError(f"the line is longer than {_LONGEST_LINE // 2**20} MiB", "Give fewer examples.")
    try:
        value = parse_json(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is not JSON that can be read: {error}", _FORM) from error
    if not isinstance(value, dict):
        raise InputError(f"the line is a JSON {type(value).__name__}, not an object", _FORM)
    try:
        line = _Line.model_validate(value)
    except ValidationError as error:
        raise InputError(field_problems(error), _FORM) from error
    return line, AdapterRequest(line.description, read_examples(line.examples))


def _name(request: AdapterRequest) -> str:
    examples = [example.record() for example in request.examples]
    return short_name(request.description, content_hash([request.description, examples]))


def _found(folder: Path, makes: Sequence[str]) -> tuple[dict[int, Path], list[Path]]:
    """Which adapters of a line are missing, by number from 0, and the folders of those that are there.

    Args:
        makes: of each adapter, what `made_by` says.

    Raises:
        InputError: a folder holds something else.
    """
    missing, there = {}, []
    for number, place in enumerate(numbered(folder, len(makes))):
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            missing[number] = place
        elif _recipe_hash(place) == makes[number]:
            there.append(place)
        else:
            raise InputError(f"{place} holds something else", "Remove it, or choose another --out.")
    return missing, there


def _recipe_hash(folder: Path) -> str:
    try:
        return read_adapter(folder).card.recipe_hash
    except HyperLoRAError:
        return ""  # of no line
