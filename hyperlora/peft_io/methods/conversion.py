"""From a folder of another PEFT method to a LoRA adapter, one module at a time, at a stated loss."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hyperlora.errors import AdapterFormatError, BaseModelError, InputError
from hyperlora.files.stored_floats import FLOATS
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.lora.licences import UNKNOWN
from hyperlora.lora.merged_checkpoint import BaseFiles
from hyperlora.models.config_only import shapes_of
from hyperlora.models.stored_weights import StoredWeights
from hyperlora.peft_io.folder import CONFIG_FILE, WEIGHTS_FILE
from hyperlora.peft_io.folder.config import read_config_json
from hyperlora.peft_io.folder.features import shown
from hyperlora.peft_io.folder.reading import LARGEST_MATCHING, pickle_problems
from hyperlora.peft_io.methods.compression import compress
from hyperlora.peft_io.methods.method import Method, find_method, methods
from hyperlora.peft_io.methods.method_config import MethodConfig, Shape, Site, check_config
from hyperlora.peft_io.methods.stored_tensors import StoredTensors
from hyperlora.progress import progress

_PREFIX = "base_model."
# PEFT stores the output head's own weight beside what changes it.
_BASE_COPY = "base_layer.weight"
_LARGEST_RANK = 4096


@dataclass(frozen=True)
class Converted:
    """An adapter of another method as LoRA.

    Attributes:
        adapter: scaling 1 and balanced factors in every module.
        method: PEFT's name of the method, e.g. `LOHA` or `LORA with use_dora`.
        energy: share of the squared norm of the weight change that was kept, over all modules, in [0, 1].
        ranks: of every module.
    """

    adapter: Adapter
    method: str
    energy: float
    ranks: Mapping[str, int]


def is_convertible(folder: Path) -> bool:
    """Whether the folder's config names a method that `convert_folder` knows; plain LoRA needs no conversion.

    Raises:
        AdapterFormatError: the config is not a JSON object.
    """
    path = folder / CONFIG_FILE
    return path.is_file() and find_method(read_config_json(path)) is not None


@torch.no_grad()
def convert_folder(
    folder: Path, base: BaseFiles, *, rank: int | None = None, energy: float = 0.99, show: bool = True
) -> Converted:
    """Read a folder of another PEFT method as a LoRA adapter.

    Every module's weight change is computed from the stored tensors, and the base model's weight where the method
    needs it, and cut to the leading part of its SVD. Each module takes the smallest rank that keeps `energy` of its own
    squared norm, so that the adapter as a whole keeps at least that, no module starves, and one dense matrix at a
    time is in memory.

    Args:
        base: the base model the adapter was trained on.
        rank: keep this many components in every module, or all there are if fewer, whatever energy that is.
        energy: the share to keep without `rank`; 1 keeps all but rounding, at the change's true rank.
        show: show progress; who converts many folders shows that of the whole.

    Returns:
        The adapter in float32 on CPU under a bare card, and what was kept of it.

    Raises:
        InputError: `rank` or `energy` is out of range, or `energy` takes a rank beyond 4096.
        AdapterFormatError: damaged, hostile, of a method or with features that are not supported, or not of this
            base model; every problem is listed.
        BaseModelError: the base model's folder holds no safetensors weights, or NaN or Inf where a method needs them.
    """
    if rank is not None and not 1 <= rank <= _LARGEST_RANK:
        raise InputError(f"rank is {rank}", f"Ask for a --rank between 1 and {_LARGEST_RANK}.")
    if not 0 < energy <= 1:
        raise InputError(f"energy is {energy}", "Ask for an --energy above 0 and at most 1.")
    if not folder.is_dir():
        raise AdapterFormatError(f"{folder} is not a folder", "Check the path.")
    if pickles := pickle_problems(folder):
        raise AdapterFormatError(f"{folder}: {pickles[0].text}", pickles[0].remedy)
    raw = read_config_json(folder / CONFIG_FILE)
    method = find_method(raw)
    if method is None:
        raise AdapterFormatError(
            f"{folder / CONFIG_FILE}: peft_type {shown(raw.get('peft_type'))} cannot be converted",
            f"Convertible are {', '.join(entry.name for entry in methods())}.",
        )
    config = check_config(method.config, raw, folder / CONFIG_FILE)
    if not (folder / WEIGHTS_FILE).is_file():
        raise AdapterFormatError(f"{folder / WEIGHTS_FILE} is missing", "Save the adapter again with PEFT.")
    stored, weights = StoredTensors(folder / WEIGHTS_FILE), shapes_of(base.identity, base.folder)
    sites = _check_tensors(stored, weights, config)
    shared = {name: stored.read(_PREFIX + name) for name in config.shared_layout(sites)}
    _check_values(stored, weights, shared)
    shared |= config.regenerated(sites)
    shared = {name: tensor.double() for name, tensor in shared.items()}
    modules: dict[str, LoraFactors] = {}
    kept = total = 0.0
    shown_or_not: Any = progress(len(sites), f"convert {method.title}", "module") if show else nullcontext()
    with shown_or_not as bar:
        for site in sites:
            change = _change(method, config, site, stored, weights, shared)
            compressed = compress(change, bound=config.rank_bound(site), rank=rank, energy=energy)
            if compressed.factors.rank > _LARGEST_RANK:
                raise InputError(
                    f"keeping {energy} of the change of {site.module} takes rank {compressed.factors.rank}",
                    f"Cap it with --rank {_LARGEST_RANK} or lower.",
                )
            modules[site.module] = compressed.factors
            kept, total = kept + compressed.kept, total + compressed.total
            if bar is not None:
                bar.update()
    return Converted(
        adapter=Adapter(modules, base.identity, Card(description=f"Imported from {folder.name}", licence=UNKNOWN)),
        method=method.name,
        energy=1.0 if total == 0 else min(1.0, kept / total),
        ranks={name: factors.rank for name, factors in modules.items()},
    )


def _check_tensors(stored: StoredTensors, weights: StoredWeights, config: MethodConfig) -> list[Site]:
    """Check names, shapes and dtypes from the headers alone.

    Returns:
        The modules the folder changes, by name.

    Raises:
        AdapterFormatError: every problem is listed.
    """
    ends = "|".join(re.escape(name) for name in sorted(config.tensor_names() | {_BASE_COPY}))
    key = re.compile(rf"base_model\.model\.(?P<module>[A-Za-z0-9_.]+)\.(?P<tensor>{ends})")
    found: dict[str, set[str]] = {}
    others: set[str] = set()
    for name in stored.entries:
        if match := key.fullmatch(name):
            found.setdefault(match["module"], set()).add(match["tensor"])
        else:
            others.add(name)
    problems = [
        f"tensor {name[:120]!r} is {stored.describe(name)}, not float"
        for name, entry in stored.entries.items()
        if entry.dtype not in FLOATS
    ]
    if config.pattern_length() * len(found) > LARGEST_MATCHING:
        _raise(stored.path, [*problems, f"its config's patterns are too long for {len(found)} modules"])
    sites = []
    for module in sorted(found):
        site = _site(module, weights)
        if isinstance(site, str):
            problems.append(site)
        elif misfit := config.misfit(site):
            problems.append(f"{module}: {misfit}")
        else:
            sites.append(site)
    shared = config.shared_layout(sites) if sites else {}
    for site in sites:
        names = found[site.module]
        copies = {**shared, _BASE_COPY: site.shape}
        layout = config.layout(site) | {name: shape for name, shape in copies.items() if name in names}
        problems += _layout_problems(f"{_PREFIX}model.{site.module}.", names, layout, stored)
    if not found:
        problems.append("there are no tensors of the method")
    # the sizes of what modules share are only known once all of them are
    if len(sites) == len(found):
        problems += _layout_problems("", others, {_PREFIX + name: shape for name, shape in shared.items()}, stored)
    _raise(stored.path, problems)
    return sites


def _site(module: str, weights: StoredWeights) -> Site | str:
    """The module's shape in the base model, or what is wrong with it."""
    place = weights.find(f"{module}.weight")
    if place is None:
        return f"the base model has no tensor {module[:120]}.weight"
    entry = place[1]
    if entry.dtype not in FLOATS or len(entry.shape) != 2 or 0 in entry.shape:
        return f"the base model's {module}.weight is {entry.dtype} {list(entry.shape)}, not a float matrix"
    return Site(module, *entry.shape)


def _layout_problems(prefix: str, names: set[str], layout: Mapping[str, Shape], stored: StoredTensors) -> list[str]:
    problems = [f"tensor {prefix}{name} is missing" for name in sorted(layout.keys() - names)]
    problems += [f"tensor {(prefix + name)[:160]!r} is unexpected" for name in sorted(names - layout.keys())]
    return problems + [
        f"tensor {prefix}{name} is {stored.describe(prefix + name)}, the config says {list(layout[name])}"
        for name in sorted(names & layout.keys())
        if stored.entries[prefix + name].shape != layout[name]
    ]


def _check_values(stored: StoredTensors, weights: StoredWeights, shared: Mapping[str, Tensor]) -> None:
    """Read every tensor once, so that a bad value is found before the work begins."""
    problems = []
    for name in stored.entries:
        tensor = stored.read(name)
        if not tensor.isfinite().all():
            problems.append(f"tensor {name} holds NaN or Inf")
        elif name.endswith(_BASE_COPY):
            module = name.removeprefix(f"{_PREFIX}model.").removesuffix(f".{_BASE_COPY}")
            if not torch.equal(tensor, weights.read(f"{module}.weight").to(tensor.dtype)):
                problems.append(f"tensor {name} is not the base model's weight")
        elif (original := shared.get(name.rpartition(".")[2])) is not None and not torch.equal(tensor, original):
            problems.append(f"tensor {name} is no copy of the one that all modules share")
    _raise(stored.path, problems)


def _raise(path: Path, problems: Sequence[str]) -> None:
    if problems:
        shown = "; ".join(problems[:8]) + (f"; and {len(problems) - 8} more" if len(problems) > 8 else "")
        raise AdapterFormatError(f"{path}: {shown}", "Save the adapter again with PEFT, for this base model.")


def _change(
    method: Method,
    config: MethodConfig,
    site: Site,
    stored: StoredTensors,
    weights: StoredWeights,
    shared: Mapping[str, Tensor],
) -> Tensor:
    """The dense weight change of one module, (out_features, in_features), in float64."""
    prefix = f"{_PREFIX}model.{site.module}."
    tensors = {name: stored.read(prefix + name).double() for name in config.layout(site)}
    arguments = [config, site, {**shared, **tensors}]
    if method.needs_base:
        W = weights.read(f"{site.module}.weight").double()
        if not W.isfinite().all():
            raise BaseModelError(f"{site.module}.weight holds NaN or Inf in {weights.folder}", "Check the base model.")
        arguments.append(W)
    change = method.change(*arguments)
    if not change.square().sum().isfinite():
        raise AdapterFormatError(
            f"the weight change of {site.module} is not finite", "Check the adapter's values and the base model's."
        )
    return change
