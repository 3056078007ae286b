"""Write an adapter as a folder that PEFT, and every server that reads PEFT folders, loads without a warning."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import save

from hyperlora.errors import AdapterFormatError, InputError
from hyperlora.files.durable import require_free, staged_folder, write_bytes, write_json
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder.reading import CONFIG_FILE, LARGEST_CHANGE, WEIGHTS_FILE, change_bound
from hyperlora.peft_io.folder.record import RECORD_FILE, FolderRecord

_LAYER = re.compile(r"(?P<before>.*\.)(?P<layer>\d+)\.(?P<rest>.+)")
_DTYPES = {torch.float32, torch.float16, torch.bfloat16}


def write_adapter(adapter: Adapter, folder: Path, dtype: torch.dtype = torch.float32) -> Path:
    """Write an adapter as a PEFT folder, all of it or nothing.

    Args:
        folder: must not exist, or be an empty folder.
        dtype: float32, float16 or bfloat16 for the stored factors.

    Returns:
        The folder.

    Raises:
        InputError: the folder holds something, or the dtype is none of the three.
    """
    if dtype not in _DTYPES:
        raise InputError(f"{dtype} cannot store an adapter", "Use float32, float16 or bfloat16.")
    require_free(folder)
    if folder.is_dir():
        folder.rmdir()
    with staged_folder(folder.absolute()) as staging:
        write_adapter_files(adapter, staging, dtype)
    return folder


def write_adapter_files(adapter: Adapter, folder: Path, dtype: torch.dtype = torch.float32) -> None:
    """Write the four files into an existing folder; for callers that stage the folder themselves."""
    tensors = {}
    for name, factors in adapter.modules.items():
        for factor, tensor in (("A", factors.A), ("B", factors.B)):
            key = f"base_model.model.{name}.lora_{factor}.weight"
            tensors[key] = tensor.detach().to("cpu", dtype).contiguous()
            if not tensors[key].isfinite().all():
                raise AdapterFormatError(f"{key} holds NaN, or Inf in {dtype}", "Train again at a lower learning rate.")
        if change_bound(factors) > LARGEST_CHANGE:
            raise AdapterFormatError(f"the factors of {name} overflow float32", "Train again at a lower learning rate.")
    write_bytes(folder / WEIGHTS_FILE, save(tensors, metadata={"format": "pt"}))
    write_json(folder / CONFIG_FILE, _peft_config(adapter))
    # in the oldest format that can hold it, so that earlier releases read what they can
    record = FolderRecord(format_version=adapter.card.needs_format, base=adapter.base, card=adapter.card)
    write_json(folder / RECORD_FILE, record.model_dump(mode="json"))
    write_bytes(folder / "README.md", _model_card(adapter).encode())


def _peft_config(adapter: Adapter) -> dict[str, Any]:
    modules = adapter.modules
    rank = max(adapter.ranks, key=lambda value: sum(factors.rank == value for factors in modules.values()))
    alphas = {name: factors.scaling * factors.rank for name, factors in modules.items()}
    alpha = next(alphas[name] for name, factors in modules.items() if factors.rank == rank)
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": adapter.base.hub_id,
        "inference_mode": True,
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": adapter.card.lora_dropout,
        "bias": "none",
        "fan_in_fan_out": False,
        "use_rslora": False,
        "init_lora_weights": True,
        "target_modules": target_modules(modules, adapter.base.num_layers),
        "rank_pattern": {name: factors.rank for name, factors in modules.items() if factors.rank != rank},
        "alpha_pattern": {name: value for name, value in alphas.items() if value != alpha},
    }


def target_modules(modules: Mapping[str, object], num_layers: int) -> list[str]:
    """PEFT's `target_modules` for exactly these modules: short suffixes where every layer has one, else full paths.

    Short suffixes are what other servers expect; a suffix that some layer lacks would make PEFT create, and warn
    about, factors that are not in the file.
    """
    by_suffix: dict[str, set[int]] = {}
    full_paths = []
    for name in modules:
        if match := _LAYER.fullmatch(name):
            by_suffix.setdefault(match["rest"].rpartition(".")[2], set()).add(int(match["layer"]))
        else:
            full_paths.append(name)
    complete = {suffix for suffix, layers in by_suffix.items() if layers == set(range(num_layers))}
    full_paths += [name for name in modules if _LAYER.fullmatch(name) and name.rpartition(".")[2] not in complete]
    return sorted(complete) + sorted(full_paths)


def _model_card(adapter: Adapter) -> str:
    card = adapter.card
    # the Hub knows single licences by id; an expression of several has to be called `other`
    licence = {"license": "other", "license_name": card.licence} if " " in card.licence else {"license": card.licence}
    matter = yaml.safe_dump(
        {
            "base_model": adapter.base.hub_id,
            "library_name": "peft",
            **licence,
            "pipeline_tag": "text-generation",
            "tags": ["lora", "hyperlora"],
        },
        sort_keys=True,
        allow_unicode=True,
    )
    template = json.dumps(card.prompt_template)
    examples = "".join(f"| `{example.input}` | `{example.output}` |\n" for example in card.examples[:5])
    table = f"\n| input | answer |\n|---|---|\n{examples}" if examples else ""
    parents = f"- parents: {', '.join(card.parents)}\n" if card.parents else ""
    source = f"- imported from: `{card.source}`\n" if card.source else ""
    readme = f"\n{card.readme.strip()}\n" if card.readme.strip() else ""
    return (
        f"---\n{matter}---\n\n# {card.description}\n\n"
        f"- base model: `{adapter.base.id}`, revision `{adapter.base.revision}`, "
        f"weights `{adapter.base.fingerprint[:16]}`\n"
        f"- origin: {card.origin}\n{parents}{source}"
        f"- prompt template (a JSON string): `{template}`; the answer ends at the first end-of-sequence token\n"
        f"{table}{readme}"
    )
