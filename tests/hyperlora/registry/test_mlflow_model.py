"""Adapters as MLflow models: MLflow loads what was registered, answers as PEFT does, and refuses a changed byte."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card, CardExample
from hyperlora.models import BaseModel
from hyperlora.peft_io.folder import validate_folder
from hyperlora.peft_io.folder.writing import write_adapter_files
from hyperlora.registry import Registry
from hyperlora.registry.mlflow_model import card_markdown, verify_model_folder, write_mlmodel
from hyperlora.registry.mlflow_model.answering import AnsweringModel
from hyperlora.settings import reload_settings

if TYPE_CHECKING:
    from peft import PeftModel

MakeAdapter = Callable[..., Adapter]
Write = Callable[..., Path]
CARD = Card(description="Say the plural", prompt_template="Noun: {input}\nPlural:", origin="trained")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write an adapter into a folder as the registry does."""

    def call(adapter: Adapter, name: str = "stored") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        write_adapter_files(adapter, folder)
        write_mlmodel(folder)
        return folder

    return call


@pytest.fixture
def mlflow_on(registry: Registry, mlflow_at: Callable[[str], AbstractContextManager[Any]]) -> Iterator[Any]:
    """MLflow as a stranger uses it, pointed at the registry's database."""
    with mlflow_at(f"sqlite:///{registry.home}/mlflow.db") as mlflow:
        yield mlflow


def peft_writes(model: PeftModel, base: BaseModel, prompt: str, tokens: int) -> str:
    """What plain PEFT and transformers write after a prompt, greedily."""
    encoded = base.tokenizer(prompt, return_tensors="pt")
    output = model.generate(**encoded, max_new_tokens=tokens, do_sample=False, pad_token_id=base.pad_id)
    return str(base.tokenizer.decode(output[0, encoded["input_ids"].shape[1] :], skip_special_tokens=True))


# --- the file ---------------------------------------------------------------------------------------------------


def test_equal_adapters_get_equal_files_and_no_pickle_or_time_is_among_them(
    make_adapter: MakeAdapter, write: Write
) -> None:
    first, second = write(make_adapter(), "a"), write(make_adapter(), "b")
    names = {path.name for path in first.iterdir()}
    assert names == {"MLmodel", "README.md", "adapter_config.json", "adapter_model.safetensors", "hyperlora.json"}
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)
    write_mlmodel(first)
    assert (first / "MLmodel").read_bytes() == (second / "MLmodel").read_bytes()


def test_mlflow_reads_a_signature_from_text_to_text_with_the_parameters_of_sampling(
    make_adapter: MakeAdapter, write: Write
) -> None:
    from mlflow.models import Model
    from mlflow.models.signature import ModelSignature
    from mlflow.types.schema import ColSpec, ParamSchema, ParamSpec, Schema

    text = Schema([ColSpec("string")])
    params = ParamSchema(
        [
            ParamSpec("max_new_tokens", "long", 32),
            ParamSpec("temperature", "double", 0.0),
            ParamSpec("top_p", "double", 1.0),
            ParamSpec("seed", "long", 0),
            ParamSpec("raw", "boolean", False),
        ]
    )
    model = Model.load(write(make_adapter()))
    assert model.signature == ModelSignature(text, text, params)
    assert model.flavors["python_function"]["loader_module"] == "hyperlora.mlflow_model"


def test_the_folder_stays_one_that_peft_and_validate_take(
    make_adapter: MakeAdapter, write: Write, load_peft: Callable[[Path], PeftModel]
) -> None:
    folder = write(make_adapter())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # PEFT's own affair with this transformers
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        load_peft(folder)
    assert validate_folder(folder).ok


def test_a_changed_byte_anywhere_is_refused(make_adapter: MakeAdapter, write: Write) -> None:
    folder = write(make_adapter())
    verify_model_folder(folder)
    for path in sorted(folder.iterdir()):
        stored = path.read_bytes()
        step = 5 if path.name == "MLmodel" else max(1, len(stored) // 4)
        for position in range(0, len(stored), step):
            path.write_bytes(stored[:position] + bytes([stored[position] ^ 1]) + stored[position + 1 :])
            with pytest.raises(AdapterFormatError):
                verify_model_folder(folder)
        path.write_bytes(stored)
    verify_model_folder(folder)
    (folder / "MLmodel").write_bytes((folder / "MLmodel").read_bytes() + b"# the same to a YAML parser\n")
    with pytest.raises(AdapterFormatError, match="not as HyperLoRA wrote it"):
        verify_model_folder(folder)


def test_mlflow_loads_no_folder_with_a_changed_byte(make_adapter: MakeAdapter, write: Write) -> None:
    import mlflow

    folder = write(make_adapter(card=CARD))
    card = folder / "README.md"
    card.write_text(card.read_text().replace("Say", "Pay"))
    with pytest.raises(AdapterFormatError, match=r"README\.md"):
        mlflow.pyfunc.load_model(str(folder))


def test_a_file_too_many_or_too_few_is_refused_by_name(make_adapter: MakeAdapter, write: Write) -> None:
    folder = write(make_adapter())
    (folder / "registered_model_meta").write_text("model_name: written by MLflow when it loads a folder in place")
    verify_model_folder(folder)
    (folder / "extra.txt").write_text("?")
    with pytest.raises(AdapterFormatError, match=r"extra\.txt"):
        verify_model_folder(folder)
    (folder / "extra.txt").unlink()
    (folder / "hyperlora.json").unlink()
    with pytest.raises(AdapterFormatError, match=r"hyperlora\.json"):
        verify_model_folder(folder)
    (folder / "MLmodel").write_text("flavors: [1, 2]\n")
    with pytest.raises(AdapterFormatError, match="not as HyperLoRA wrote it"):
        verify_model_folder(folder)


# --- loading and answering --------------------------------------------------------------------------------------


def test_mlflow_loads_the_champion_without_a_warning_and_answers_as_peft_through_the_template(
    registry: Registry,
    mlflow_on: Any,
    make_adapter: MakeAdapter,
    tiny_base: BaseModel,
    load_peft: Callable[[Path], PeftModel],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for seed in (1, 2):
        registry.register(make_adapter(seed, card=CARD), "plural")
    entry = registry.set_alias("registry:plural@1", "champion")
    logging.getLogger("mlflow").addHandler(caplog.handler)  # MLflow's loggers do not propagate
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = mlflow_on.pyfunc.load_model("models:/plural@champion")
        answers = model.predict(["cat", "dog house", "x"], params={"max_new_tokens": 12})
    logging.getLogger("mlflow").removeHandler(caplog.handler)
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []

    peft = load_peft(entry.folder)
    written = [peft_writes(peft, tiny_base, f"Noun: {text}\nPlural:", 12) for text in ("cat", "dog house", "x")]
    assert any(written)
    assert answers == [text.lstrip("\n").split("\n")[0].strip() for text in written]
    assert model.predict("Noun: cat\nPlural:", params={"raw": True, "max_new_tokens": 12}) == [written[0]]


def test_a_folder_that_mlflow_loaded_in_place_is_still_sound(
    registry: Registry, mlflow_on: Any, make_adapter: MakeAdapter
) -> None:
    """MLflow writes a note of its own into a local folder that it loads."""
    adapter = make_adapter(card=CARD)
    entry = registry.register(adapter, "plural")
    mlflow_on.pyfunc.load_model("models:/plural/1")
    assert registry.load("registry:plural").content_hash == adapter.content_hash
    assert registry.register(adapter, "plural") == entry


@pytest.mark.parametrize(
    "model_input",
    [
        ["cat", "dog"],
        [{"input": "cat"}, {"input": "dog"}],
        pd.Series(["cat", "dog"], name="noun"),
        pd.DataFrame({"noun": ["cat", "dog"]}, index=[7, 3]),
        np.array(["cat", "dog"]),
    ],
    ids=["texts", "records", "series", "table", "array"],
)
def test_inputs_come_in_every_form_that_mlflow_takes(make_adapter: MakeAdapter, write: Write, model_input: Any) -> None:
    import mlflow

    model = mlflow.pyfunc.load_model(str(write(make_adapter(3, card=CARD))))
    single = [model.predict(text, params={"max_new_tokens": 8})[0] for text in ("cat", "dog")]
    assert single[0] != single[1]
    assert model.predict(model_input, params={"max_new_tokens": 8}) == single
    assert model._model_impl.predict(model_input, {"max_new_tokens": 8}) == single


def test_parameters_reach_the_sampler(make_adapter: MakeAdapter, write: Write) -> None:
    import mlflow

    model = mlflow.pyfunc.load_model(str(write(make_adapter(3, card=CARD))))

    def draw(**params: Any) -> str:
        return str(model.predict("cat", params={"raw": True, "max_new_tokens": 12, **params})[0])

    greedy = draw()
    drawn = [draw(temperature=2.0, seed=seed) for seed in range(4)]
    assert len({greedy, *drawn}) > 2
    assert drawn == [draw(temperature=2.0, seed=seed) for seed in range(4)]
    assert draw(temperature=2.0, seed=1, top_p=1e-9) == greedy
    assert greedy.startswith(draw(max_new_tokens=2))


@pytest.mark.parametrize(
    ("model_input", "params", "problem"),
    [
        (["cat", None], {}, "input 2 is NoneType"),
        ([{"a": "cat", "b": "dog"}], {}, "input 1 is dict"),
        (pd.DataFrame(), {}, "no column"),
        (3, {}, "int is not a list"),
        ("cat", {"beams": 4}, "unknown parameters: beams"),
        ("cat", {"seed": "x"}, "not a number"),
        ("cat", {"max_new_tokens": 0}, "max_new_tokens is 0"),
        ("", {"raw": True}, "no tokens"),
    ],
)
def test_inputs_and_parameters_that_mean_nothing_are_refused(
    make_adapter: MakeAdapter, tiny_base: BaseModel, model_input: Any, params: dict[str, Any], problem: str
) -> None:
    model = AnsweringModel(make_adapter(card=CARD), tiny_base.identity.id)
    with pytest.raises(InputError, match=problem):
        model.predict(model_input, params)


def test_threads_with_different_adapters_share_one_base_model_and_get_their_own_answers(
    make_adapter: MakeAdapter, tiny_base: BaseModel
) -> None:
    models = [AnsweringModel(make_adapter(seed, card=CARD), tiny_base.identity.id) for seed in (1, 2, 3)]
    alone = [model.predict(["cat", "dog"], {"max_new_tokens": 8}) for model in models]
    assert len({tuple(answers) for answers in alone}) == 3
    assert len({id(model.shared_base.base.model) for model in models}) == 1
    together: dict[int, list[list[str]]] = {}

    def answer(position: int) -> None:
        together[position] = [models[position].predict(["cat", "dog"], {"max_new_tokens": 8}) for _ in range(4)]

    threads = [threading.Thread(target=answer, args=(position,)) for position in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == {position: [alone[position]] * 4 for position in range(3)}


# --- the base model ---------------------------------------------------------------------------------------------


def test_a_base_model_that_moved_is_found_by_configuration_or_setting_and_missed_without(
    make_adapter: MakeAdapter,
    write: Write,
    tiny_base_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import mlflow

    adapter = make_adapter(card=CARD)
    gone = adapter.base.model_copy(update={"id": "file:/nowhere/at/all"})
    folder = str(write(Adapter(adapter.modules, gone, adapter.card)))
    with pytest.raises(BaseModelError, match="model_config"):
        mlflow.pyfunc.load_model(folder)
    moved = f"file:{shutil.copytree(tiny_base_folder, tmp_path / 'moved')}"
    configured = mlflow.pyfunc.load_model(folder, model_config={"base": moved})
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", moved)
    reload_settings()
    assert mlflow.pyfunc.load_model(folder).predict("cat") == configured.predict("cat")


def test_a_base_model_with_other_weights_is_refused(
    make_adapter: MakeAdapter, write: Write, tiny_base_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    from safetensors.torch import load_file, save_file

    other = shutil.copytree(tiny_base_folder, tmp_path / "other")
    weights = load_file(other / "model.safetensors")
    weights["model.norm.weight"] += 1
    save_file(weights, other / "model.safetensors", metadata={"format": "pt"})
    folder = str(write(make_adapter(card=CARD)))
    with pytest.raises(BaseModelError, match="was made for"):
        mlflow.pyfunc.load_model(folder, model_config={"base": f"file:{other}"})
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", f"file:{other}")
    reload_settings()
    assert mlflow.pyfunc.load_model(folder)._model_impl.shared_base.base.folder == tiny_base_folder


# --- the card ---------------------------------------------------------------------------------------------------


def test_the_card_shows_what_is_known_of_an_adapter(make_adapter: MakeAdapter) -> None:
    card = Card(
        description="Say the plural\nof a noun",
        prompt_template="Noun:  {input}\nPlural:",
        examples=(CardExample(input="a|b", output="`c`"),),
        parents=("registry:a@1",),
        metrics={"exact_match": 0.75},
        licence="mit",
        family="morphology",
        origin="composed",
    )
    shown = card_markdown(make_adapter(card=card, rank=4))
    assert shown.splitlines()[0] == "Say the plural of a noun"
    for part in (
        "- origin: composed",
        "- parents: `registry:a@1`",
        "- family: `morphology`",
        "- licence: `mit`",
        "4 modules, rank 4, ",
        f"`{json.dumps('Noun:  {input}' + chr(10) + 'Plural:')}`",
        "| `a\\|b` | `` `c` `` |",
        "| `exact_match` | 0.75 |",
    ):
        assert part in shown


def test_the_card_fits_mlflows_table_whatever_it_holds(make_adapter: MakeAdapter) -> None:
    card = Card(
        description="é`|\x00" * 5000,
        description_source="proposed",
        prompt_template="`t" * 2000 + "{input}",
        examples=tuple(CardExample(input=f"{n}" + "`" * 500, output="y" * 500) for n in range(50)),
        parents=tuple(f"registry:{'p' * 100}{n}@1" for n in range(100)),
        metrics={f"{'m' * 300}{n}": 1 / 3 for n in range(200)},
        licence="x" * 1000,
    )
    shown = card_markdown(make_adapter(card=card))
    assert 3000 < len(shown) <= 5000
    assert "\x00" not in shown
    assert "proposed" in shown
    assert all(line.endswith("|") for line in shown.splitlines() if line.startswith("|"))
