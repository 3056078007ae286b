"""Exporting a pool: a folder an adapter, nothing written twice, every failure by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from peft import PeftModel

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.models import BaseModel, load_base_model
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry import Registry
from hyperlora.registry.bulk_export import export_all


@pytest.fixture
def filled(registry: Registry, make_adapter: Callable[..., Adapter]) -> Registry:
    for seed, name in enumerate(("a", "b", "c")):
        registry.register(make_adapter(seed, card=Card(description=f"Task {name}")), name)
    return registry


def test_each_adapter_gets_a_folder_that_peft_loads(filled: Registry, tiny_base_folder: Path, tmp_path: Path) -> None:
    report = export_all(filled, filled.entries(), tmp_path / "out")
    assert report.written == ("registry:a@1", "registry:b@1", "registry:c@1")
    assert (report.skipped, report.failed) == ((), ())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b", "c"]
    for name in ("a", "b", "c"):
        assert read_adapter(tmp_path / "out" / name).content_hash == filled.load(f"registry:{name}").content_hash
    base: BaseModel = load_base_model(f"file:{tiny_base_folder}")
    PeftModel.from_pretrained(base.model, tmp_path / "out" / "b")


def test_the_same_command_again_writes_only_what_is_missing(
    filled: Registry, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    export_all(filled, filled.entries(name="b"), tmp_path)
    written = (tmp_path / "b" / "README.md").stat()
    report = export_all(filled, filled.entries(), tmp_path)
    assert (report.written, report.skipped) == (("registry:a@1", "registry:c@1"), ("registry:b@1",))
    assert (tmp_path / "b" / "README.md").stat() == written
    filled.register(make_adapter(9), "b")
    [failure] = export_all(filled, [filled.get("registry:b")], tmp_path).failed
    assert (failure.reference, failure.error) == ("registry:b@2", f"{tmp_path / 'b'} holds something else")
    both = export_all(filled, filled.entries(name="b"), tmp_path / "versions")
    assert both.written == ("registry:b@1", "registry:b@2")
    assert sorted(path.name for path in (tmp_path / "versions").iterdir()) == ["b@1", "b@2"]


@pytest.mark.parametrize("file", ["adapter_model.safetensors", "adapter_config.json", "hyperlora.json"])
def test_a_folder_that_was_changed_is_neither_skipped_nor_overwritten(
    filled: Registry, tmp_path: Path, file: str
) -> None:
    export_all(filled, filled.entries(), tmp_path)
    path = tmp_path / "b" / file
    data = path.read_bytes()
    path.write_bytes(data.replace(b"Task b", b"Task x").replace(b'"lora_alpha": ', b'"lora_alpha": 1'))
    if path.read_bytes() == data:
        path.write_bytes(data[:-4] + b"\x00\x00\x80\x3f")
    changed = path.read_bytes()
    report = export_all(filled, filled.entries(), tmp_path)
    assert (report.skipped, [failure.reference for failure in report.failed]) == (
        ("registry:a@1", "registry:c@1"),
        ["registry:b@1"],
    )
    assert path.read_bytes() == changed


def test_one_that_cannot_be_read_does_not_stop_the_others(filled: Registry, tmp_path: Path) -> None:
    (filled.get("registry:b").folder / "adapter_config.json").write_text("{}")
    report = export_all(filled, filled.entries(), tmp_path)
    assert report.written == ("registry:a@1", "registry:c@1")
    [failure] = report.failed
    assert failure.reference == "registry:b@1"
    assert failure.remedy
    assert not (tmp_path / "b").exists()


def test_nothing_to_export_is_an_error(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no adapter to export"):
        export_all(registry, [], tmp_path / "out")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        export_all(registry, [None], tmp_path / "file")  # type: ignore[list-item]
