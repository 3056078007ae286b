"""The training dtype on a CPU: measured once, then remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyperlora.settings import cpu_speed
from hyperlora.settings.cpu_speed import bfloat16_pays


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Ratios that the next measurements find, taken from the front."""
    ratios: list[float] = []
    monkeypatch.setattr(cpu_speed, "_has_bfloat16", lambda: True)
    monkeypatch.setattr(cpu_speed, "_ratio", lambda: ratios.pop(0))
    return ratios


@pytest.mark.parametrize(("ratio", "pays"), [(0.5, False), (1.2, False), (1.3, True), (2.0, True)])
def test_what_was_measured_once_decides_from_then_on(
    ratio: float, pays: bool, measured: list[float], tmp_path: Path
) -> None:
    measured += [ratio]
    assert [bfloat16_pays(tmp_path) for _ in range(3)] == [pays] * 3
    assert json.loads((tmp_path / "cpu-speed.json").read_text())["ratio"] == ratio


def test_another_processor_or_a_damaged_file_is_measured_again(
    measured: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured += [2.0, 0.5, 2.0]
    assert bfloat16_pays(tmp_path)
    monkeypatch.setattr(cpu_speed, "_processor", lambda: iter(["another"]))
    assert not bfloat16_pays(tmp_path)
    (tmp_path / "cpu-speed.json").write_text("{")
    assert bfloat16_pays(tmp_path)
    assert measured == []


def test_a_processor_without_bfloat16_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_speed, "_has_bfloat16", lambda: False)
    assert not bfloat16_pays(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_measurement_itself_gives_a_ratio() -> None:
    assert 0.01 < cpu_speed._ratio() < 100
