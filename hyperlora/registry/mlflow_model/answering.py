"""The object that MLflow calls `predict` on: inputs in, answers out, on a base model shared by all that are loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from hyperlora.bank import stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.decoding import generate
from hyperlora.inference.sampling import Sampling
from hyperlora.inference.shared_base import SharedBase, base_of_adapter, shared_base
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder import read_adapter
from hyperlora.registry.mlflow_model.mlmodel import verify_model_folder
from hyperlora.tasks.prompts import render_prompt

_BASE = "base"
_WHERE = 'Say where it is: model_config={"base": "file:FOLDER"}, or set HYPERLORA_BASE_MODEL.'
_SAMPLING = {"max_new_tokens": int, "temperature": float, "top_p": float, "seed": int}
_PARAMS = (*_SAMPLING, "raw")


def load_model(folder: Path, model_config: Mapping[str, Any] | None = None) -> AnsweringModel:
    """Verify and read an adapter folder, and find its base model; the base's weights are loaded at the first answer.

    Args:
        model_config: `{"base": REFERENCE}` says where the base model is, if it is not where the adapter's record or
            the `HYPERLORA_BASE_MODEL` setting says.

    Raises:
        AdapterFormatError: a byte of the folder differs from what was registered.
        BaseModelError: the base model is not found, or is another one than the adapter's.
        InputError: `model_config` holds something else.
    """
    config = dict(model_config or {})
    base = config.pop(_BASE, "")
    if config or not isinstance(base, str):
        raise InputError(f"model_config {model_config!r} is not usable", 'Use {"base": "file:FOLDER"} or none.')
    verify_model_folder(folder)
    adapter = read_adapter(folder)
    return AnsweringModel(adapter, base_of_adapter(adapter, base, _WHERE))


class AnsweringModel:
    """An adapter that answers. Safe to use from many threads.

    Args:
        adapter: the adapter.
        base: reference of its base model.
    """

    def __init__(self, adapter: Adapter, base: str) -> None:
        self.adapter = adapter
        self._base = base

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> list[str]:
        """Answer inputs through the template that the adapter was trained with.

        Args:
            model_input: a text, a list of texts, a list of records with one text, a series, or a table whose first
                column counts.
            params: `max_new_tokens`, `temperature`, `top_p`, `seed` (see `Sampling`), and `raw`: the inputs are
                prompts already.

        Returns:
            One answer an input: the first line that the model writes; with `raw` all that it writes.

        Raises:
            InputError: an input is not a text, or a parameter is unknown or out of its range.
            BaseModelError: the base model cannot be loaded.
        """
        texts = _texts(model_input)
        sampling, raw = _sampling(params or {})
        prompts = texts if raw else [render_prompt(self.adapter.card.prompt_template, text) for text in texts]
        shared = self.shared_base
        generated = generate(
            shared.base,
            prompts,
            bank=shared.bank,
            factors=self._factors,
            choices=[0] * len(prompts),
            sampling=sampling,
        )
        return [answer.text if raw else answer.answer for answer in generated]

    @cached_property
    def shared_base(self) -> SharedBase:
        """The base model, loaded at the first use, unless another adapter loaded it before."""
        shared = shared_base(self._base)
        self.adapter.require_base(shared.base.identity)
        return shared

    @cached_property
    def _factors(self) -> Any:
        return stack_adapters([self.adapter], self.shared_base.base.device)


def _texts(model_input: Any) -> list[str]:
    if isinstance(model_input, str | Mapping):
        model_input = [model_input]
    if hasattr(model_input, "columns"):
        if len(model_input.columns) == 0:
            raise InputError("the table of inputs has no column", "Give one column of texts.")
        model_input = model_input.iloc[:, 0]
    if hasattr(model_input, "tolist"):
        model_input = model_input.tolist()
    if not isinstance(model_input, Sequence):
        raise InputError(f"{type(model_input).__name__} is not a list of inputs", "Give texts, or a table of them.")
    return [_text(number, value) for number, value in enumerate(model_input, 1)]


def _text(number: int, value: Any) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        (value,) = value.values()
    if not isinstance(value, str):
        raise InputError(f"input {number} is {type(value).__name__}, not a text", "Give one text an input.")
    return value


def _sampling(params: Mapping[str, Any]) -> tuple[Sampling, bool]:
    unknown = sorted(set(params) - set(_PARAMS))
    if unknown:
        raise InputError(f"unknown parameters: {', '.join(map(str, unknown))}", f"Use {', '.join(_PARAMS)}.")
    try:
        given = {name: kind(params[name]) for name, kind in _SAMPLING.items() if params.get(name) is not None}
    except (TypeError, ValueError) as error:
        raise InputError(
            f"a parameter is not a number: {error}", f"Give numbers for {', '.join(_SAMPLING)}."
        ) from error
    return Sampling(**given), bool(params.get("raw", False))
