"""Adapters of other PEFT methods become LoRA: what PEFT computes, we compute, and what is lost is what is said."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import (
    IA3Config,
    KasaConfig,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    MissConfig,
    PeftConfig,
    PeftModel,
    RandLoraConfig,
    VeraConfig,
    get_peft_model,
)
from peft.tuners.lokr.layer import factorization
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoModelForCausalLM

from hyperlora.bank import AdapterBank, Route, stack_adapters
from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel
from hyperlora.models.sources import LocatedBase
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.peft_io.methods import convert_folder, is_convertible
from hyperlora.peft_io.methods.compression import compress
from hyperlora.peft_io.methods.loha import loha
from hyperlora.peft_io.methods.lokr import split
from hyperlora.peft_io.methods.method import method

WEIGHTS = "adapter_model.safetensors"
TARGETS = ["q_proj", "v_proj", "up_proj", "down_proj"]
IDS = torch.tensor([[1, 40, 50, 60, 70, 80, 90, 11], [300, 200, 100, 50, 25, 12, 6, 3]])
FULL = 64
Q_PROJ = "base_model.model.model.layers.0.self_attn.q_proj"
Save = Callable[[str], Path]
LoadPeft = Callable[[Path], PeftModel]


@dataclass(frozen=True)
class Case:
    """A config of PEFT's, the spread of its random weights, and the largest rank of its changes where that is known."""

    config: Callable[[], PeftConfig]
    spread: float
    rank: int | None
    name: str


def case(kind: Any, spread: float, rank: int | None, name: str, *targets: str, **fields: Any) -> Case:
    return Case(lambda: kind(target_modules=list(targets or TARGETS), **fields), spread, rank, name)


PATTERNS: dict[str, Any] = {
    "rank_pattern": {"layers.0.self_attn.q_proj": 3},
    "alpha_pattern": {r"^model\.layers\.[1-9]\.mlp.*up_proj$": 1.5, "v_proj": 9},
}
CASES = {
    "LoHa": case(LoHaConfig, 0.3, 16, "LOHA", r=4, alpha=6),
    "LoHa with patterns": case(LoHaConfig, 0.3, 9, "LOHA", r=2, alpha=3, **PATTERNS),
    "LoKr": case(LoKrConfig, 0.2, FULL, "LOKR", r=4, alpha=6),
    "LoKr by a factor": case(LoKrConfig, 0.2, 8, "LOKR", r=2, alpha=3, decompose_factor=4, rank_pattern={}),
    "LoKr in factors, with patterns": case(LoKrConfig, 0.4, 9, "LOKR", r=2, alpha=3, decompose_both=True, **PATTERNS),
    "VeRA": case(VeraConfig, 0.5, 8, "VERA", r=8),
    "VeRA without projections": case(VeraConfig, 0.5, 8, "VERA", r=8, save_projection=False, projection_prng_key=7),
    "RandLoRA": case(RandLoraConfig, 0.05, FULL, "RANDLORA", r=6, randlora_alpha=12),
    "RandLoRA without bases": case(
        RandLoraConfig, 0.05, FULL, "RANDLORA", r=6, randlora_alpha=12, save_projection=False, projection_prng_key=7
    ),
    "RandLoRA without sparse bases": case(
        RandLoraConfig, 0.05, None, "RANDLORA", r=8, randlora_alpha=12, save_projection=False, sparse=True
    ),
    "RandLoRA without very sparse bases": case(
        RandLoraConfig, 0.05, None, "RANDLORA", r=8, randlora_alpha=12, save_projection=False, very_sparse=True
    ),
    "MiSS": case(MissConfig, 0.1, 8, "MISS", r=8),
    "MiSS with a last shard cut short": case(MissConfig, 0.1, 6, "MISS", r=6),
    "MiSS bat": case(MissConfig, 0.1, FULL, "MISS", r=8, init_weights="bat"),
    "MiSS mini": case(MissConfig, 0.1, 4, "MISS", r=8, init_weights="mini", mini_r=4),
    "DoRA": case(LoraConfig, 0.2, FULL, "LORA with use_dora", r=4, lora_alpha=6, use_dora=True, **PATTERNS),
    "DoRA with rsLoRA": case(
        LoraConfig, 0.2, FULL, "LORA with use_dora", r=4, lora_alpha=6, use_dora=True, use_rslora=True
    ),
    "LoHa on the tied output head": case(LoHaConfig, 0.3, 16, "LOHA", "lm_head", r=4, alpha=6),
    "KaSA": case(LoraConfig, 0.3, 8, "LORA with kasa_config", r=4, lora_alpha=6, kasa_config=KasaConfig(), **PATTERNS),
}


@pytest.fixture(scope="module")
def saved(tiny_base_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Save:
    """A folder that PEFT saved for a case, its weights random and far from zero; do not write to it."""
    folders: dict[str, Path] = {}

    @torch.no_grad()
    def save(name: str) -> Path:
        if name not in folders:
            wanted = CASES[name]
            with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch.manual_seed(len(name))
                model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_base_folder), wanted.config())
                for parameter_name, parameter in model.named_parameters():
                    if "magnitude" in parameter_name:
                        parameter.mul_(1 + 0.3 * torch.randn_like(parameter))
                    elif parameter.requires_grad:
                        parameter.copy_(wanted.spread * torch.randn_like(parameter))
                # stored projections are what counts, so they must not be what the seed would draw
                for buffer_name, buffer in model.named_buffers():
                    if "vera_" in buffer_name or "randlora_" in buffer_name:
                        buffer.mul_(1 + 0.1 * torch.randn_like(buffer))
                folders[name] = tmp_path_factory.mktemp("method") / "saved"
                model.save_pretrained(folders[name])
        return folders[name]

    return save


@pytest.fixture
def copied(saved: Save, tmp_path: Path) -> Save:
    """A copy of a saved folder, to be spoiled."""
    return lambda name: Path(shutil.copytree(saved(name), tmp_path / "copy"))


def delta_weights(model: PeftModel) -> dict[str, np.ndarray]:
    """Every module's weight change as PEFT computes it."""
    return {
        name.removeprefix("base_model.model."): module.get_delta_weight("default").detach().double().numpy()
        for name, module in model.named_modules()
        if hasattr(module, "get_delta_weight")
    }


def product(adapter: Adapter, name: str) -> np.ndarray:
    factors = adapter.modules[name]
    return factors.scaling * (factors.B.double() @ factors.A.double()).numpy()


@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_a_converted_adapter_answers_as_pefts(
    name: str, saved: Save, load_peft: LoadPeft, tiny_base: BaseModel, bank: AdapterBank
) -> None:
    folder = saved(name)
    assert is_convertible(folder)
    converted = convert_folder(folder, tiny_base, energy=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = load_peft(folder)(IDS).logits
    with bank.run(stack_adapters([converted.adapter]), Route.select([0, 0])):
        ours = tiny_base.model(IDS).logits
    assert (ours - expected).abs().max() <= 1e-5 * expected.abs().max()
    assert (ours - tiny_base.model(IDS).logits).abs().max() > 1e-1
    assert converted.energy == pytest.approx(1, abs=1e-12)
    assert converted.method == CASES[name].name
    assert CASES[name].rank in (None, max(converted.ranks.values()))
    assert len(converted.ranks) == (1 if "head" in name else 2 * len(TARGETS))
    assert converted.adapter.base == tiny_base.identity
    assert (converted.adapter.card.description, converted.adapter.card.origin) == ("Imported from saved", "imported")


@pytest.mark.parametrize("name", ["LoHa", "DoRA"])
@torch.no_grad()
def test_half_precision_files_are_read_as_they_are(
    name: str, copied: Save, tiny_base: BaseModel, tmp_path: Path
) -> None:
    folder = copied(name)
    respell(folder, lambda tensors: {key: tensor.bfloat16() for key, tensor in tensors.items()})
    AutoModelForCausalLM.from_pretrained(tiny_base.folder).half().save_pretrained(tmp_path / "half")
    converted = convert_folder(folder, LocatedBase(tiny_base.identity, tmp_path / "half"), energy=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = AutoModelForCausalLM.from_pretrained(tmp_path / "half", dtype=torch.float32)
        before = {
            key: module.weight.detach().clone() for key, module in model.named_modules() if key in converted.ranks
        }
        after = dict(PeftModel.from_pretrained(model, folder).merge_and_unload().named_modules())
    for key, weight in before.items():
        change = (after[key].weight - weight).double().numpy()
        assert np.abs(product(converted.adapter, key) - change).max() <= 1e-5 * np.abs(change).max()


@pytest.mark.parametrize("wanted", [{"energy": 0.9}, {"energy": 0.999}, {"rank": 5}])
@pytest.mark.parametrize("name", ["LoHa", "LoKr", "RandLoRA"])
def test_the_loss_is_what_a_dense_svd_of_pefts_change_says(
    name: str, wanted: dict[str, Any], saved: Save, load_peft: LoadPeft, tiny_base: BaseModel
) -> None:
    converted = convert_folder(saved(name), tiny_base, **wanted)
    total = lost = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        changes = delta_weights(load_peft(saved(name)))
    assert set(changes) == set(converted.ranks)
    for module, change in changes.items():
        squares = np.linalg.svd(change, compute_uv=False) ** 2
        shares = squares.cumsum() / squares.sum()
        rank = wanted.get("rank") or int((shares < wanted["energy"]).sum()) + 1
        assert converted.ranks[module] == rank
        residual = float(np.square(change - product(converted.adapter, module)).sum())
        assert residual == pytest.approx(squares[rank:].sum(), rel=1e-3)
        total, lost = total + squares.sum(), lost + residual
    assert 1 - converted.energy == pytest.approx(lost / total, rel=1e-4)
    assert converted.energy >= wanted.get("energy", 0)


def test_a_change_of_low_rank_takes_no_more_rank_than_it_has_however_much_is_allowed(
    saved: Save, tiny_base: BaseModel, tmp_path: Path
) -> None:
    converted = convert_folder(saved("LoHa with patterns"), tiny_base, rank=40)
    by_rank = {rank: {name for name, value in converted.ranks.items() if value == rank} for rank in (4, 9)}
    assert by_rank[9] == {"model.layers.0.self_attn.q_proj"}
    assert len(by_rank[4]) == len(converted.ranks) - 1
    write_adapter(converted.adapter, tmp_path / "converted")
    assert read_adapter(tmp_path / "converted").content_hash == converted.adapter.content_hash


def test_a_change_of_nothing_becomes_an_adapter_of_rank_1_that_changes_nothing(
    copied: Save, tiny_base: BaseModel
) -> None:
    folder = copied("LoHa")
    respell(folder, lambda tensors: {name: tensor * 0 for name, tensor in tensors.items()})
    converted = convert_folder(folder, tiny_base)
    assert (converted.energy, set(converted.ranks.values())) == (1.0, {1})
    assert all(not product(converted.adapter, name).any() for name in converted.ranks)


def with_spectrum(shape: tuple[int, int], values: Tensor) -> Tensor:
    """A matrix with these singular values, its singular vectors those of two reflections."""
    left, right = (torch.nn.functional.normalize(torch.randn(size, dtype=torch.float64), dim=0) for size in shape)
    matrix = torch.zeros(shape, dtype=torch.float64)
    matrix.diagonal()[: len(values)] = values
    matrix -= 2 * torch.outer(left, left @ matrix)
    return matrix - 2 * torch.outer(matrix @ right, right)


@pytest.mark.parametrize(
    ("values", "bound", "rank", "kept"),
    [
        # of low rank: exact, in a random range that holds all of it
        (torch.linspace(3, 1, 60, dtype=torch.float64), 60, None, 60),
        (torch.linspace(3, 1, 60, dtype=torch.float64), 70, 6, 6),
        # of full rank, wanted at a low one: nearly the best there is
        (1 / torch.arange(1, 1101, dtype=torch.float64), 1100, 8, 8),
    ],
)
def test_a_large_change_is_compressed_without_a_dense_svd_and_what_is_kept_is_measured(
    values: Tensor, bound: int, rank: int | None, kept: int
) -> None:
    torch.manual_seed(0)
    change = with_spectrum((1100, 1200), values)
    compressed = compress(change, bound=bound, rank=rank, energy=1.0)
    residual = float((change - compressed.factors.B.double() @ compressed.factors.A.double()).square().sum())
    squares = values.square()
    assert compressed.factors.rank == kept
    assert compressed.total == pytest.approx(float(squares.sum()), rel=1e-12)
    assert compressed.total - compressed.kept == pytest.approx(residual, rel=1e-6, abs=1e-10)
    assert compressed.kept == pytest.approx(float(squares[:kept].sum()), rel=1e-5)


@pytest.mark.parametrize("factor", [-1, 1, 2, 3, 6, 8, 64])
def test_lokr_splits_a_size_as_peft_does(factor: int) -> None:
    sizes = range(1, 200)
    assert [split(size, factor) for size in sizes] == [factorization(size, factor) for size in sizes]


@pytest.mark.parametrize("config", [LoraConfig(r=2), IA3Config(feedforward_modules=[])])
def test_plain_lora_and_unknown_methods_are_not_for_conversion(
    config: PeftConfig, tiny_base: BaseModel, tmp_path: Path
) -> None:
    assert not is_convertible(tmp_path)
    config.save_pretrained(tmp_path)
    assert not is_convertible(tmp_path)
    with pytest.raises(
        AdapterFormatError, match=r"peft_type .* cannot be converted\. Convertible are LOHA, LOKR, .*VERA"
    ):
        convert_folder(tmp_path, tiny_base)


def reconfigure(**changes: Any) -> Callable[[Path], None]:
    """Change fields of adapter_config.json."""

    def spoil(folder: Path) -> None:
        path = folder / "adapter_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


def respell(folder: Path, change: Callable[[dict[str, Tensor]], dict[str, Tensor]]) -> None:
    """Change the stored tensors."""
    tensors = change(load_file(folder / WEIGHTS))
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / WEIGHTS)


def retensor(name: str, tensor: Tensor | None) -> Callable[[Path], None]:
    """Replace or, with None, remove a stored tensor."""

    def spoil(folder: Path) -> None:
        respell(
            folder,
            lambda tensors: {key: value for key, value in (tensors | {name: tensor}).items() if value is not None},
        )

    return spoil


def truncate(folder: Path) -> None:
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:-4])


# the case that is spoiled, how, and what the message must name
SPOILED: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "a field nobody knows": ("LoHa", reconfigure(use_magic={"x": 1}), "unknown field 'use_magic'"),
    "modules to save": ("LoKr", reconfigure(modules_to_save=["lm_head"]), "modules_to_save="),
    "bias": ("VeRA", reconfigure(bias="all"), "bias='all' is not supported"),
    "fan in fan out": ("RandLoRA", reconfigure(fan_in_fan_out=True), "fan_in_fan_out="),
    "another task": ("LoHa", reconfigure(task_type="SEQ_CLS"), "task_type"),
    "PiSSA under DoRA": ("DoRA", reconfigure(init_lora_weights="pissa"), "init_lora_weights='pissa'"),
    "DoRA and KaSA": ("KaSA", reconfigure(use_dora=True), "use_dora=True \\(DoRA\\) rescales"),
    "KaSA and DoRA": ("DoRA", reconfigure(kasa_config={}, use_dora=True), "use_dora=True \\(DoRA\\) rescales"),
    "QALoRA under KaSA": ("KaSA", reconfigure(use_qalora=True), "use_qalora"),
    "a MiSS of another kind": ("MiSS", reconfigure(init_weights="maxi"), "init_weights"),
    "a regular expression": ("LoHa", reconfigure(rank_pattern={"(a+)+$": 4}), r"rank_pattern\.\(a\+\)\+\$"),
    "patterns without end": (
        "LoHa",
        lambda folder: (
            reconfigure(rank_pattern={"a" * 500 + str(number): 4 for number in range(200)})(folder),
            respell(folder, lambda tensors: tensors | {f"{Q_PROJ}{n}.hada_w1_a": torch.ones(1) for n in range(192)}),
        ),
        "its config's patterns are too long for 200 modules",
    ),
    "rank 0": ("LoKr", reconfigure(r=0), "r: Input should be greater"),
    "rank 0 by pattern": ("LoKr", reconfigure(rank_pattern={"q_proj": 0}), r"rank_pattern\.q_proj"),
    "a rank of a million": ("VeRA", reconfigure(r=10**6), "r: Input should be less"),
    "rank as text": ("MiSS", reconfigure(r="8"), "r: Input should be a valid integer"),
    "alpha NaN": ("LoHa", reconfigure(alpha=float("nan")), "alpha: Input should be a finite number"),
    "a seed beyond 64 bits": ("VeRA", reconfigure(projection_prng_key=2**64), "projection_prng_key"),
    "a rank that is not the tensors'": (
        "LoHa",
        reconfigure(r=5),
        r"hada_w1_a is F32 \[64, 4\], the config says \[64, 5\]",
    ),
    "a split that is not the tensors'": ("LoKr", reconfigure(decompose_factor=2), "lokr_w1 is .* the config says"),
    "a shard that does not tile": ("MiSS bat", reconfigure(r=6), r"r=6 does not divide its shape \[128, 64\]"),
    "a shard wider than the inputs": ("MiSS", reconfigure(r=100), "r=100 exceeds its 64 inputs"),
    "a short row that does not tile": ("MiSS mini", reconfigure(mini_r=5), "mini_r=5 does not divide its 128 outputs"),
    "a KaSA that drops everything": ("KaSA", reconfigure(r=32), "rank 32 drops all of its 32 components"),
    "projections that should be stored": (
        "VeRA without projections",
        reconfigure(save_projection=True),
        "tensor base_model.vera_A is missing.*vera_B is missing",
    ),
    "projections that should not": ("VeRA", reconfigure(save_projection=False), "'base_model.vera_A' is unexpected"),
    "a projection under another name": (
        "VeRA",
        lambda folder: respell(
            folder, lambda tensors: {key.removeprefix("base_model.vera_"): value for key, value in tensors.items()}
        ),
        "base_model.vera_A is missing.*'A' is unexpected",
    ),
    "a projection of another size": (
        "VeRA",
        retensor("base_model.vera_A", torch.ones(8, 64)),
        r"vera_A is F32 \[8, 64\], the config says \[8, 128\]",
    ),
    "a base that is no copy": (
        "RandLoRA",
        retensor(f"{Q_PROJ}.randlora_A", torch.ones(6, 1, 128)),
        "q_proj.randlora_A is no copy",
    ),
    "a base weight that is not the base's": (
        "LoHa on the tied output head",
        lambda folder: respell(
            folder,
            lambda tensors: {key: 2 * value if "base_layer" in key else value for key, value in tensors.items()},
        ),
        "lm_head.base_layer.weight is not the base model's weight",
    ),
    "a tensor missing": ("LoHa", retensor(f"{Q_PROJ}.hada_w2_b", None), "q_proj.hada_w2_b is missing"),
    "a tensor too many": ("LoHa", retensor(f"{Q_PROJ}.hada_t1", torch.ones(2)), "q_proj.hada_t1' is unexpected"),
    "a tensor of another method": (
        "VeRA",
        retensor(f"{Q_PROJ}.lora_A.weight", torch.ones(2)),
        "lora_A.* is unexpected",
    ),
    "a matrix that is a vector": (
        "DoRA",
        retensor(f"{Q_PROJ}.lora_A.weight", torch.ones(64)),
        r"lora_A.weight is F32 \[64\]",
    ),
    "integers": ("MiSS", retensor(f"{Q_PROJ}.miss_block", torch.ones(8, 64).int()), "is I32 .*, not float"),
    "NaN": ("LoHa", retensor(f"{Q_PROJ}.hada_w1_b", torch.full((4, 64), float("nan"))), "hada_w1_b holds NaN or Inf"),
    "Inf in a projection": (
        "VeRA",
        retensor("base_model.vera_B", torch.full((128, 8), float("inf"))),
        "vera_B holds NaN",
    ),
    "no tensors": ("LoHa", lambda folder: save_file({}, folder / WEIGHTS), "there are no tensors"),
    "a truncated file": ("LoHa", truncate, "the header describes"),
    "a pickle beside it": (
        "LoHa",
        lambda folder: (folder / "weights.bin").write_bytes(b"never opened"),
        "weights.bin: pickled files can run code",
    ),
    "no weights": ("LoHa", lambda folder: (folder / WEIGHTS).unlink(), "adapter_model.safetensors is missing"),
    "another model's module": (
        "LoHa",
        lambda folder: respell(
            folder, lambda tensors: {name.replace("layers.1", "layers.7"): tensor for name, tensor in tensors.items()}
        ),
        "the base model has no tensor model.layers.7.mlp.down_proj.weight",
    ),
    "many things at once": (
        "LoHa",
        lambda folder: (
            retensor(f"{Q_PROJ}.hada_w1_b", torch.ones(4, 63))(folder),
            retensor(f"{Q_PROJ}.hada_w2_b", None)(folder),
            retensor("base_model.model.model.extra.hada_w2_b", torch.ones(4, 64))(folder),
        ),
        r"no tensor model\.extra\.weight.*hada_w2_b is missing.*hada_w1_b is F32 \[4, 63\]",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_folder_that_is_not_as_it_should_be_is_refused_by_name(name: str, copied: Save, tiny_base: BaseModel) -> None:
    sound, spoil, message = SPOILED[name]
    folder = copied(sound)
    spoil(folder)
    with pytest.raises(AdapterFormatError, match=message):
        convert_folder(folder, tiny_base)


def test_a_change_without_bounds_is_refused(copied: Save, tiny_base: BaseModel) -> None:
    folder = copied("DoRA")
    respell(
        folder,
        lambda tensors: {
            name: -load_file(tiny_base.folder / "model.safetensors")["model.layers.0.self_attn.q_proj.weight"]
            if name == f"{Q_PROJ}.lora_B.weight"
            else torch.eye(64)
            if name == f"{Q_PROJ}.lora_A.weight"
            else tensor
            for name, tensor in tensors.items()
        },
    )
    reconfigure(rank_pattern={"layers.0.self_attn.q_proj": 64}, alpha_pattern={"layers.0.self_attn.q_proj": 64})(folder)
    with pytest.raises(AdapterFormatError, match=r"weight change of .*q_proj is not finite"):
        convert_folder(folder, tiny_base)


def test_a_base_model_with_bad_values_is_refused(saved: Save, tiny_base: BaseModel, tmp_path: Path) -> None:
    tensors = load_file(tiny_base.folder / "model.safetensors")
    tensors["model.layers.1.mlp.up_proj.weight"][3, 4] = float("nan")
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(BaseModelError, match=r"up_proj\.weight holds NaN or Inf"):
        convert_folder(saved("KaSA"), LocatedBase(tiny_base.identity, tmp_path))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"rank": 0}, "--rank"),
        ({"rank": 5000}, "--rank"),
        ({"energy": 0.0}, "--energy"),
        ({"energy": 1.5}, "--energy"),
        ({"energy": float("nan")}, "--energy"),
    ],
)
def test_a_rank_or_energy_that_makes_no_sense_is_refused(
    wanted: dict[str, Any], message: str, saved: Save, tiny_base: BaseModel
) -> None:
    with pytest.raises(InputError, match=message):
        convert_folder(saved("LoHa"), tiny_base, **wanted)


def test_a_folder_that_is_not_there_is_refused(tiny_base: BaseModel, tmp_path: Path) -> None:
    with pytest.raises(AdapterFormatError, match="is not a folder"):
        convert_folder(tmp_path / "nowhere", tiny_base)


def test_a_method_is_registered_once() -> None:
    with pytest.raises(ValueError, match="LOHA is registered twice"):
        method("LOHA", title="LoHa", reference="")(loha)
