"""Settings read from `HYPERLORA_*` environment variables, in one place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hyperlora.errors import InputError
from hyperlora.settings.cpu_speed import bfloat16_pays

if TYPE_CHECKING:
    import torch

DtypeName = Literal["auto", "float32", "bfloat16", "float16"]


class Settings(BaseSettings):
    """What differs between machines. Every field is an environment variable `HYPERLORA_<FIELD>`.

    Attributes:
        home: where the registry, runs and (by default) the cache live.
        cache: converted base models; safe to delete, rebuilt on demand.
        hf_mirror: a folder of `ORG/NAME` model folders that answers `hf:` references without a network.
        registry_uri: MLflow tracking and registry URI; SQLite under `home` when empty.
        artifact_uri: where the files of adapters are kept, e.g. `s3://BUCKET/FOLDER`; under `home` when empty, or in
            the MLflow server's own store where `registry_uri` is one.
        adapt_ttl_days: how long an adapter that `adapt` registered stays, unless it is given an alias.
        adapt_quota: how many of them stay at most, the newest.
        base_model: the base model reference used when a command names none.
        encoder: the sentence-transformers model that embeds descriptions.
        device: a torch device, or `auto` for CUDA when there is one.
        dtype: the dtype of inference; `auto` is float32 on CPU and bfloat16 on CUDA.
        training_dtype: the dtype of the frozen base while adapters train; `auto` is bfloat16 on CUDA and
            on CPUs that were measured to multiply it faster, else float32. Adapters always train in float32.
    """

    model_config = SettingsConfigDict(env_prefix="HYPERLORA_", env_ignore_empty=True, extra="ignore")

    home: Path = Path("~/.hyperlora")
    cache: Path | None = None
    hf_mirror: Path | None = None
    registry_uri: str = ""
    artifact_uri: str = ""
    adapt_ttl_days: float = Field(default=30, gt=0, le=36_500)
    adapt_quota: int = Field(default=1000, ge=1)
    base_model: str = "smollm2-135m-instruct"
    encoder: str = "all-minilm-l6-v2"
    device: str = "auto"
    dtype: DtypeName = "auto"
    training_dtype: DtypeName = "auto"

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, value: str) -> str:
        if value == "auto":
            return value
        import torch

        try:
            torch.device(value)
        except RuntimeError as error:
            raise ValueError("not a torch device") from error
        return value

    @property
    def home_dir(self) -> Path:
        """`home` with `~` expanded, absolute."""
        return self.home.expanduser().absolute()

    @property
    def cache_dir(self) -> Path:
        """The cache folder, absolute."""
        return (self.cache or self.home_dir / "cache").expanduser().absolute()

    def torch_device(self) -> torch.device:
        """The device everything runs on."""
        import torch

        if self.device != "auto":
            return torch.device(self.device)
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def inference_dtype(self) -> torch.dtype:
        """The dtype the base model runs in outside training."""
        import torch

        if self.dtype != "auto":
            return _torch_dtype(self.dtype)
        return torch.bfloat16 if self.torch_device().type == "cuda" else torch.float32

    def scoring_dtype(self) -> torch.dtype:
        """The dtype of evaluations, which are many forwards of a frozen base: that of inference if it is set, else the
        training dtype.
        """
        return self.base_training_dtype() if self.dtype == "auto" else self.inference_dtype()

    def base_training_dtype(self) -> torch.dtype:
        """The dtype the frozen base runs in while adapters or generators train through it."""
        import torch

        if self.training_dtype != "auto":
            return _torch_dtype(self.training_dtype)
        device = self.torch_device()
        if device.type == "cuda":
            return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
        return torch.bfloat16 if bfloat16_pays(self.cache_dir) else torch.float32


def _torch_dtype(name: str) -> torch.dtype:
    import torch

    return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[name]


@cache
def _read_settings() -> Settings:
    return Settings()


def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        InputError: an environment variable holds a value its field does not take.
    """
    try:
        return _read_settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "HYPERLORA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(
            f"{name}={first.get('input')!r} is not usable: {first['msg']}", f"Unset or correct {name}."
        ) from error


def reload_settings() -> Settings:
    """Read the environment again; for tests and long-lived processes whose environment changed."""
    _read_settings.cache_clear()
    return get_settings()
