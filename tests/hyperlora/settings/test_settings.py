"""Settings: where values come from, and that a wrong one names its variable."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from hyperlora.errors import InputError
from hyperlora.settings import get_settings, reload_settings


@pytest.mark.parametrize(
    ("name", "value"), [("HYPERLORA_DTYPE", "half"), ("HYPERLORA_TRAINING_DTYPE", "int8"), ("HYPERLORA_DEVICE", "gpux")]
)
def test_a_wrong_value_is_a_one_line_error_that_names_the_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError) as caught:
        reload_settings().torch_device()
    assert f"{name}={value!r}" in caught.value.problem
    assert name in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_home_and_cache_are_absolute_and_the_cache_lies_under_home_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HYPERLORA_HOME", "~/lora")
    monkeypatch.delenv("HYPERLORA_CACHE")
    settings = reload_settings()
    assert settings.home_dir == tmp_path / "lora"
    assert settings.cache_dir == tmp_path / "lora" / "cache"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYPERLORA_CACHE", "elsewhere")
    assert reload_settings().cache_dir == tmp_path / "elsewhere"


def test_the_environment_is_read_once_until_it_is_reloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPERLORA_ENCODER", "file:one")
    assert reload_settings().encoder == "file:one"
    monkeypatch.setenv("HYPERLORA_ENCODER", "file:two")
    assert get_settings().encoder == "file:one"
    assert reload_settings().encoder == "file:two"


def test_dtypes_follow_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPERLORA_DEVICE", "cpu")
    monkeypatch.setenv("HYPERLORA_DTYPE", "auto")
    assert reload_settings().inference_dtype() == torch.float32
    monkeypatch.setenv("HYPERLORA_DTYPE", "bfloat16")
    monkeypatch.setenv("HYPERLORA_TRAINING_DTYPE", "float16")
    settings = reload_settings()
    assert (settings.inference_dtype(), settings.base_training_dtype()) == (torch.bfloat16, torch.float16)
    assert settings.scoring_dtype() == torch.bfloat16
    monkeypatch.setenv("HYPERLORA_DTYPE", "auto")
    assert reload_settings().scoring_dtype() == torch.float16, "the fastest that training may use"


def test_the_tests_run_apart_from_the_users_own_folders(hyperlora_home: Path, tmp_path: Path) -> None:
    assert get_settings().home_dir == hyperlora_home
    assert tmp_path in hyperlora_home.parents
    assert not get_settings().cache_dir.is_relative_to(Path("~/.hyperlora").expanduser())
