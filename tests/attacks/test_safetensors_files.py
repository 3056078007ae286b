"""Safetensors files that lie about themselves: each maker writes one, and every reader refuses it."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save, save_file

from hyperlora.errors import AdapterFormatError
from hyperlora.files.safetensors_header import read_header

FLOATS = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}
DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def file_with(header: Any, data: bytes = bytes(16)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(**changes: Any) -> bytes:
    return file_with({"weight": FLOATS | changes})


ATTACKS: dict[str, bytes] = {
    "empty file": b"",
    "seven bytes": b"1234567",
    "header longer than the file": struct.pack("<Q", 1000) + b"{}",
    "header of 2^63 bytes": struct.pack("<Q", 2**63) + b"{}",
    "header of 2^64 - 1 bytes": b"\xff" * 8 + b"{}",
    "header is not JSON": file_with(b"not JSON at all!"),
    "header is not UTF-8": file_with(b'{"\xff\xfe": 1}'),
    "header nests without end": file_with(b"[" * 200_000),
    "header is a list": file_with([FLOATS]),
    "header is null": file_with(None),
    "entry is a number": file_with({"weight": 7}),
    "entry without dtype": file_with({"weight": {"shape": [2, 2], "data_offsets": [0, 16]}}),
    "unknown dtype": entry(dtype="F33"),
    "dtype is a list": entry(dtype=["F32"]),
    "shape too large for its bytes": entry(shape=[2, 3]),
    "shape of 2^62 x 4": entry(shape=[2**62, 4]),
    "negative sides": entry(shape=[-2, -2]),
    "fractional side": entry(shape=[2.0, 2]),
    "side is true": entry(shape=[True, 4]),
    "shape is missing": entry(shape=None),
    "offsets are three": entry(data_offsets=[0, 8, 16]),
    "offsets are text": entry(data_offsets="01"),
    "offsets backwards": entry(data_offsets=[16, 0]),
    "offsets before the data": entry(data_offsets=[-16, 0]),
    "offsets past the end": entry(data_offsets=[16, 32]),
    "a hole before the tensor": file_with({"weight": FLOATS | {"data_offsets": [8, 24]}}, bytes(24)),
    "data nobody describes": file_with({"weight": FLOATS}, bytes(20)),
    "data is missing": file_with({"weight": FLOATS}, bytes(12)),
    "two tensors in one place": file_with({"a": FLOATS, "b": FLOATS}),
    "two tensors that overlap": file_with({"a": FLOATS, "b": FLOATS | {"data_offsets": [8, 24]}}, bytes(24)),
    "a pickle": b"\x80\x04\x95" + bytes(100),
    "a ZIP archive": b"PK\x03\x04" + bytes(100),
    "metadata that is no text": file_with({"weight": FLOATS, "__metadata__": {"format": 1}}),
    "metadata that is a list": file_with({"weight": FLOATS, "__metadata__": []}),
    "half a character as a name": file_with(b'{"\\ud800": %s}' % json.dumps(FLOATS).encode()),
    "entry with a shape twice": file_with(
        b'{"a": {"shape": [4, 4], "dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}'
    ),
    "a negative side beside none": entry(shape=[0, -1], data_offsets=[0, 0]),
    "the same name twice": file_with(
        b'{"a": %s, "a": %s}' % (json.dumps(FLOATS).encode(), json.dumps(FLOATS | {"data_offsets": [16, 32]}).encode()),
        bytes(32),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_header_that_lies_is_refused_in_one_line_naming_the_file(attack: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(ATTACKS[attack])
    with pytest.raises(AdapterFormatError) as caught:
        read_header(path)
    assert str(path) in caught.value.problem
    assert "\n" not in str(caught.value)


def test_a_header_of_17_mib_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    text = b"{" + b" " * (17 * 2**20) + b"}"
    path.write_bytes(file_with(text, b""))
    with pytest.raises(AdapterFormatError, match="header length"):
        read_header(path)


def test_an_honest_file_by_the_same_maker_is_read(tmp_path: Path) -> None:
    """The control: what makes the attacks fail is the lie and not the maker."""
    path = tmp_path / "weights.safetensors"
    path.write_bytes(entry())
    header = read_header(path)
    assert {name: (found.dtype, found.shape) for name, found in header.items()} == {"weight": ("F32", (2, 2))}


tensors = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda name: name != "__metadata__"),
    st.tuples(st.sampled_from(list(DTYPES)), st.lists(st.integers(0, 3), max_size=3)),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(tensors, st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2))
def test_what_safetensors_saves_is_read_as_it_was_saved(
    described: dict[str, tuple[torch.dtype, list[int]]], metadata: dict[str, str]
) -> None:
    values = {
        name: torch.arange(1, 1 + torch.Size(shape).numel()).to(dtype).reshape(shape)
        for name, (dtype, shape) in described.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.safetensors"
        save_file(values, path, metadata=metadata or None)
        header = read_header(path)
        data = path.read_bytes()
    assert {name: (found.dtype, found.shape) for name, found in header.items()} == {
        name: (DTYPES[value.dtype], tuple(value.shape)) for name, value in values.items()
    }
    for name, value in values.items():
        stored = data[header[name].start : header[name].end]
        assert stored == bytes(value.reshape(-1).view(torch.uint8).tolist()) if value.numel() else stored == b""


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_one_changed_byte_in_a_header_never_escapes_as_another_error(data: st.DataObject) -> None:
    honest = save({"a": torch.ones(2, 3), "b": torch.zeros(4)}, metadata={"format": "pt"})
    length = 8 + int.from_bytes(honest[:8], "little")
    position = data.draw(st.integers(0, length - 1))
    changed = bytearray(honest)
    changed[position] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.safetensors"
        path.write_bytes(changed)
        try:
            header = read_header(path)
        except AdapterFormatError:
            return
    assert max(entry.end for entry in header.values()) == len(honest)


@pytest.fixture(params=["model", "adapter", "generator"])
def reader(
    request: pytest.FixtureRequest, tiny_base_folder: Path, make_adapter: Callable, tmp_path: Path
) -> tuple[Path, Callable[[], object]]:
    """A sound folder's weights file, and what reads the folder."""
    import shutil

    from generator.artifact import WEIGHTS_FILE, read_generator, write_generator
    from generator.hypernet import Hypernet, HypernetConfig
    from hyperlora.lora.target_modules import TargetModule
    from hyperlora.models import load_base_model
    from hyperlora.peft_io.folder import read_adapter, write_adapter

    folder = tmp_path / request.param
    if request.param == "model":
        shutil.copytree(tiny_base_folder, folder)
        return folder / "model.safetensors", lambda: load_base_model(f"file:{folder}")
    adapter = make_adapter()
    if request.param == "adapter":
        write_adapter(adapter, folder)
        return folder / "adapter_model.safetensors", lambda: read_adapter(folder)
    module = TargetModule(
        name="model.layers.0.self_attn.q_proj", kind="q_proj", layer=0, in_features=64, out_features=64
    )
    config = HypernetConfig(
        base=adapter.base, encoder="e", condition_size=8, modules=(module,), rank=2, alpha=4, width=8, embedding_size=2
    )
    write_generator(Hypernet(config), folder)
    return folder / WEIGHTS_FILE, lambda: read_generator(folder)


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_reader_of_weights_refuses_it(attack: str, reader: tuple[Path, Callable[[], object]]) -> None:
    from hyperlora.errors import HyperLoRAError

    path, read = reader
    path.write_bytes(ATTACKS[attack])
    with pytest.raises(HyperLoRAError):
        read()
