"""Folders made to harm whoever reads them: each is refused by name, at no cost, and nothing in it runs."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from hyperlora.errors import AdapterFormatError
from hyperlora.peft_io.folder import read_adapter, validate_folder

CONFIG, WEIGHTS, RECORD = "adapter_config.json", "adapter_model.safetensors", "hyperlora.json"
MODULE = "model.layers.0.self_attn.q_proj"
KEY = f"base_model.model.{MODULE}.lora_A.weight"
Spoil = Callable[[Path], object]
Bounded = Callable[..., AbstractContextManager[None]]


class Payload:
    """Unpickled, it writes a file."""

    def __init__(self, victim: Path) -> None:
        self.victim = victim

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.write_text, (self.victim, "owned")


def victim(folder: Path) -> Path:
    return folder.parent / "owned"


def pickled(name: str) -> Spoil:
    return lambda folder: (folder / name).write_bytes(pickle.dumps(Payload(victim(folder))))


def torch_saved(name: str) -> Spoil:
    return lambda folder: torch.save({KEY: torch.ones(4, 64), "payload": Payload(victim(folder))}, folder / name)


def zipped(name: str, member: str = "../../owned", size: int = 100) -> Spoil:
    """A ZIP archive with one member, deflated, `size` bytes long."""

    def spoil(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member, bytes(size))

    return spoil


def gzipped(name: str) -> Spoil:
    return lambda folder: (folder / name).write_bytes(gzip.compress((folder / name).read_bytes()))


def text(name: str, content: str | bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def config(**changes: Any) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / CONFIG
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


def number(field: str, written: str) -> Spoil:
    """Give a field of the config a number as it is written."""

    def spoil(folder: Path) -> None:
        config(**{field: "HERE"})(folder)
        text(CONFIG, (folder / CONFIG).read_text().replace('"HERE"', written))(folder)

    return spoil


def with_text_in(name: str, addition: str) -> Spoil:
    """Write fields as text before the first field of a JSON object."""
    return lambda folder: (folder / name).write_text("{" + addition + ", " + (folder / name).read_text()[1:])


def header(entries: Mapping[str, Any] | bytes, data_bytes: int, sparse: bool = False) -> Spoil:
    """Write a weights file with this header; the data are zeros, on disk or not."""

    def spoil(folder: Path) -> None:
        described = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
        with (folder / WEIGHTS).open("wb") as handle:
            handle.write(struct.pack("<Q", len(described)) + described)
            if sparse:
                handle.truncate(8 + len(described) + data_bytes)
            else:
                handle.write(bytes(data_bytes))

    return spoil


def factors(rank: int, side: int) -> dict[str, Any]:
    """Honest entries of one module's float32 factors."""
    half = 4 * rank * side
    return {
        KEY: {"dtype": "F32", "shape": [rank, side], "data_offsets": [0, half]},
        KEY.replace("lora_A", "lora_B"): {"dtype": "F32", "shape": [side, rank], "data_offsets": [half, 2 * half]},
    }


def values(A: float, B: float, **changes: Any) -> Spoil:
    """Fill the first module's factors with two numbers, and change the config."""

    def spoil(folder: Path) -> None:
        stored = load_file(folder / WEIGHTS)
        stored[KEY].fill_(A)
        stored[KEY.replace("lora_A", "lora_B")].fill_(B)
        save_file(stored, folder / WEIGHTS)
        config(**changes)(folder)

    return spoil


def instead(name: str, make: Callable[[Path], object]) -> Spoil:
    """Put something else in the place of a file."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return spoil


def shape(side: bytes, count: int) -> bytes:
    return b'{"x": {"dtype": "F32", "data_offsets": [0, 4], "shape": [%s1]}}' % (side * count)


COMMAS = b'{"a": [' + b"1," * (2**20 + 1) + b"1]}"

# maker, and what the message must name: the file, and the field or tensor where there is one
HOSTILE: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    # what runs when it is opened
    "pickle beside the weights": (pickled("adapter_model.bin"), ("adapter_model.bin", "never opened")),
    "pickle in capitals": (pickled("OPTIMIZER.PT"), ("OPTIMIZER.PT", "never opened")),
    "pickle named safetensors": (pickled(WEIGHTS), (WEIGHTS, "a pickle")),
    "torch.save beside the weights": (torch_saved("pytorch_model.bin"), ("pytorch_model.bin", "never opened")),
    "torch.save named safetensors": (torch_saved(WEIGHTS), (WEIGHTS, "a ZIP archive")),
    "pickle as config": (pickled(CONFIG), (CONFIG, "is not JSON")),
    "pickle as record": (pickled(RECORD), (RECORD, "is not JSON")),
    # archives
    "archive with a way out, named safetensors": (zipped(WEIGHTS), (WEIGHTS, "a ZIP archive")),
    "archive with a way out, named bin": (zipped("adapter_model.bin"), ("adapter_model.bin", "never opened")),
    "ZIP bomb named safetensors": (zipped(WEIGHTS, "bomb", 2**25), (WEIGHTS, "a ZIP archive")),
    "ZIP bomb as config": (zipped(CONFIG, "bomb", 2**25), (CONFIG, "is not JSON")),
    "gzip named safetensors": (gzipped(WEIGHTS), (WEIGHTS, "a gzip archive")),
    # files that are none
    **{
        f"a pipe as {name}": (instead(name, os.mkfifo), (name, "is not a regular file"))
        for name in (CONFIG, WEIGHTS, RECORD)
    },
    "endless device as weights": (instead(WEIGHTS, lambda path: path.symlink_to("/dev/zero")), (WEIGHTS, "regular")),
    "endless device as config": (instead(CONFIG, lambda path: path.symlink_to("/dev/zero")), (CONFIG, "regular")),
    "link to itself": (instead(WEIGHTS, lambda path: path.symlink_to(path)), (WEIGHTS, "is missing")),
    "link to nothing": (instead(CONFIG, lambda path: path.symlink_to("nowhere")), (CONFIG, "is missing")),
    "folder as weights": (instead(WEIGHTS, Path.mkdir), (WEIGHTS, "is not a regular file")),
    # sizes
    "a tebibyte of nothing": (header(factors(4, 2**35), 2**40, sparse=True), (WEIGHTS, "more than 8 GiB")),
    "a gibibyte of nothing": (header(factors(4, 2**25), 2**30, sparse=True), (WEIGHTS, "is sparse")),
    "rank of a million in the header": (header(factors(10**6, 64), 2048), (WEIGHTS, "describes 512000")),
    "rank of a million in the config": (config(r=10**6), (CONFIG, "r: ")),
    "rank of a million for a module": (config(rank_pattern={"q_proj": 10**6}), (CONFIG, "rank_pattern.'q_proj'")),
    "config of 2 MiB": (text(CONFIG, " " * 2**21), (CONFIG, "larger than 1 MiB")),
    "record of 17 MiB": (text(RECORD, " " * 17 * 2**20), (RECORD, "larger than 16 MiB")),
    "a million things in the header": (header(COMMAS, 0), (WEIGHTS, "more than 1048576 things")),
    "sides of 4000 digits": (header(shape(b"9" * 4000 + b",", 3000), 4), (WEIGHTS, "impossible shape")),
    "sides whose product takes hours": (header(shape(b"%d," % 2**62, 400_000), 4), (WEIGHTS, "impossible shape")),
    # numbers
    "rank of 4001 digits": (config(r=10**4000), (CONFIG, "r: ")),
    "rank of 5000 digits": (text(CONFIG, '{"r": ' + "9" * 5000 + "}"), (CONFIG, "is not JSON")),
    "alpha of 1e400": (number("lora_alpha", "1e400"), (CONFIG, "lora_alpha: ")),
    "alpha Infinity": (number("lora_alpha", "-Infinity"), (CONFIG, "lora_alpha: ")),
    "alpha NaN": (number("lora_alpha", "NaN"), (CONFIG, "lora_alpha: ")),
    "rank NaN": (number("r", "NaN"), (CONFIG, "r: ")),
    "factors whose product overflows": (values(1e38, 1e38), (WEIGHTS, MODULE, "overflow")),
    "factors that overflow by alpha": (values(1e12, 1e12, lora_alpha=1e6), (WEIGHTS, MODULE, "overflow")),
    "factors that overflow before a small alpha": (values(1e16, 1e16, lora_alpha=1e-6), (WEIGHTS, MODULE, "overflow")),
    # JSON read two ways
    "rank twice": (with_text_in(CONFIG, '"r": 8'), (CONFIG, "'r' is there twice")),
    "module twice in a pattern": (
        with_text_in(CONFIG, '"x": {"q_proj": 1, "q_proj": 4}'),
        (CONFIG, "'q_proj' is there twice"),
    ),
    "base twice in the record": (with_text_in(RECORD, '"base": {}'), (RECORD, "'base' is there twice")),
    "half a character as a field": (with_text_in(CONFIG, r'"\ud800": 1'), (CONFIG, "surrogates")),
    "half a character in a value": (with_text_in(CONFIG, r'"revision": "\udfff"'), (CONFIG, "surrogates")),
    "half a character in the record": (with_text_in(RECORD, r'"x": ["\ud800"]'), (RECORD, "surrogates")),
    "a terminal's commands as a field": (config(**{"\x1b[2J": 1}), (CONFIG, r"unknown field '\x1b[2J'")),
    "NUL in a tensor's name": (
        header({KEY + "\0": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, 4),
        (WEIGHTS, r"\x00"),
    ),
    "a way out in a tensor's name": (
        header({"../../owned": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, 4),
        (WEIGHTS, "'../../owned'"),
    ),
    # names of code
    "a class to make": (config(_target_="os.system"), (CONFIG, "unknown field '_target_'")),
    "trust in remote code": (config(trust_remote_code=True), (CONFIG, "unknown field 'trust_remote_code'")),
    "a dtype by name": (config(torch_dtype="os.system"), (CONFIG, "unknown field 'torch_dtype'")),
    "a module to import": (config(megatron_core="antigravity"), (CONFIG, "megatron_core='antigravity'")),
    # patterns
    **{
        f"{pattern} in {field}": (config(**{field: {pattern: 4}}), (CONFIG, f"{field} key"))
        for field in ("rank_pattern", "alpha_pattern")
        for pattern in ("(a+)+$", "(.*)*q_proj", "(x+x+)+y" * 50, r"(\w+\s?)*$", "a" * 100_000, "(" * 200 + ")" * 200)
    },
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_folder_is_refused_by_name_at_no_cost(name: str, folder: Path, bounded: Bounded) -> None:
    spoil, named = HOSTILE[name]
    spoil(folder)
    files = sorted(path.name for path in folder.parent.rglob("*"))
    with bounded(), pytest.raises(AdapterFormatError) as caught:
        read_adapter(folder)
    assert all(words in caught.value.problem for words in (*named, str(folder))), caught.value.problem
    assert caught.value.remedy
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 4000
    assert sorted(path.name for path in folder.parent.rglob("*")) == files
    assert not victim(folder).exists()


def test_the_payload_of_these_pickles_would_have_run(folder: Path) -> None:
    """The control: what keeps the file from being written is that nobody unpickles."""
    pickled("weights.bin")(folder)
    pickle.loads((folder / "weights.bin").read_bytes())
    assert victim(folder).read_text() == "owned"


def test_an_archive_in_the_place_of_the_folder_is_not_unpacked(folder: Path, tmp_path: Path) -> None:
    zipped("adapter.zip")(tmp_path)
    with pytest.raises(AdapterFormatError, match="is a file, not a folder") as caught:
        read_adapter(tmp_path / "adapter.zip")
    assert "unpack it yourself" in caught.value.remedy
    assert not (tmp_path.parent.parent / "owned").exists()


@pytest.mark.parametrize("field", ["target_modules", "exclude_modules", "layers_pattern"])
@pytest.mark.parametrize("pattern", ["(a+)+$", "(x+x+)+y" * 50, r"(\w+\s?)*$", "(.*)*,"])
def test_a_pattern_that_would_never_end_is_not_run(field: str, pattern: str, folder: Path, bounded: Bounded) -> None:
    """These fields only choose modules, and the tensors say which those are."""
    config(**{field: pattern, "layers_to_transform": [0]})(folder)
    with bounded(seconds=2):
        found = validate_folder(folder)
    assert found.ok
    assert "leaves open which modules it means" in found.notes[0]


def test_patterns_that_are_understood_cost_little_however_they_are_nested(folder: Path, bounded: Bounded) -> None:
    patterns = [".*a" * 170, "[^.]*" * 100 + "x_proj", "(a|a|a|a)" * 50, ".*" * 250 + "x", "((((a|.*)|.*)|.*)|.*)x"]
    config(rank_pattern=dict.fromkeys(patterns, 9))(folder)
    with bounded(seconds=2):
        assert read_adapter(folder).ranks == (4,)


def test_patterns_for_more_modules_than_matching_may_cost_are_refused(folder: Path, bounded: Bounded) -> None:
    keys = {f"{'x' * 20}{number}": 4 for number in range(1000)}
    offsets = iter(range(0, 10**9, 16))
    entry = {
        f"base_model.model.m{number}.lora_{factor}.weight": {
            "dtype": "F32", "shape": shape, "data_offsets": [start := next(offsets), start + 16]
        }
        for number in range(1000)
        for factor, shape in (("A", [4, 1]), ("B", [1, 4]))
    }  # fmt: skip
    header(entry, 2000 * 16)(folder)
    config(rank_pattern=keys)(folder)
    with bounded(), pytest.raises(AdapterFormatError, match="too long for 1000 modules"):
        read_adapter(folder)


def test_what_a_config_names_is_not_imported(folder: Path) -> None:
    mapping = {"base_model_class": "Pwned", "parent_library": "antigravity"}
    config(auto_mapping=mapping, base_model_name_or_path="antigravity")(folder)
    read_adapter(folder)
    assert "antigravity" not in sys.modules


def test_large_factors_are_read_where_their_product_is_not(folder: Path) -> None:
    """The control of the overflows: it is the product that counts."""
    values(1e20, 1e-20)(folder)
    assert len(read_adapter(folder).modules) == 4


def test_the_links_of_a_download_cache_are_followed(folder: Path, sound: tuple[Path, str], tmp_path: Path) -> None:
    """The Hub's cache keeps files elsewhere and links to them."""
    (tmp_path / "blobs").mkdir()
    for path in list(folder.iterdir()):
        blob = tmp_path / "blobs" / path.name.upper()
        path.rename(blob)
        path.symlink_to(os.path.relpath(blob, folder))
    assert read_adapter(folder).content_hash == sound[1]
