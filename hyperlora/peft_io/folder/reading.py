"""Read an adapter folder, and find on the way everything that is wrong with its config, record and tensors.

There is one checker: `read_adapter` raises what `validate_folder` returns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import torch

from hyperlora.errors import AdapterFormatError
from hyperlora.files.safetensors_header import TensorEntry, read_header
from hyperlora.files.stored_floats import FLOATS
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.lora.card import Card
from hyperlora.lora.licences import UNKNOWN
from hyperlora.models.identity import BaseIdentity
from hyperlora.models.sources import LocatedBase
from hyperlora.peft_io.folder.blocks import TensorBlocks, read_blocks
from hyperlora.peft_io.folder.config import LoraConfig, check_config, other_method, read_config_json
from hyperlora.peft_io.folder.features import UNREAD, feature_of_tensor, shown
from hyperlora.peft_io.folder.record import RECORD_FILE, FolderRecord, read_record
from hyperlora.peft_io.folder.selection import TargetSelection
from hyperlora.peft_io.folder.validation import Kind, Problem, Summary, Validation

WEIGHTS_FILE = "adapter_model.safetensors"
CONFIG_FILE = "adapter_config.json"
# Bounds |A| |B| max(1, |scaling|) of a module, in Frobenius norms, and with it every product on the way through the
# module. What is left to float32's 2^128 is for the activations.
LARGEST_CHANGE = 2.0**96

_NAME = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_KEY = re.compile(rf"base_model\.model\.(?P<module>{_NAME})\.lora_(?P<factor>[AB])\.weight")
# PEFT stores the base's own weight beside the factors of a module of this name, in case it was resized
_COPY = re.compile(r"base_model\.model\.(?P<module>(?:[A-Za-z0-9_-]+\.)*lm_head)\.base_layer\.weight")
_LONGEST_NAME = 512
_PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".dill", ".joblib"}
# what training leaves beside the weights, by the names that transformers and accelerate give it; nobody opens it either
_TRAINING_STATE = re.compile(r"(training_args|optimizer)\.bin|(optimizer|scheduler|scaler)\.pt|rng_state(_\d+)?\.pth")
_LARGEST_WEIGHTS = 8 * 2**30
_LARGEST_SPARSE = 2**26
# Pattern characters times modules: what matching may cost, a few seconds at the worst.
LARGEST_MATCHING = 2**24
_SAVE_AGAIN = "Save or train the adapter again."
_TIED_HEAD, _EMBEDDING = "lm_head", "model.embed_tokens"

# The entries of a module's factors, by `A` and `B`.
Pairs = Mapping[str, Mapping[str, TensorEntry]]


@dataclass(frozen=True)
class FolderContents:
    """A folder as it was read.

    Attributes:
        validation: what was found.
        factors: by module; empty unless the folder is sound.
        record: its `hyperlora.json`; None if there is none, or none that can be read.
    """

    validation: Validation
    factors: Mapping[str, LoraFactors]
    record: FolderRecord | None


class _Findings:
    """Problems and notes as they come up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def add(self, kind: Kind, file: str, text: str, remedy: str = _SAVE_AGAIN) -> None:
        self.problems.append(Problem(kind, file, f"{file}: {text}", remedy))

    def caught(self, file: str, error: AdapterFormatError) -> None:
        kind: Kind = "malformed" if (self.folder / file).exists() else "missing"
        self.problems.append(Problem(kind, file, error.problem.removeprefix(f"{self.folder}/"), error.remedy))


def validate_folder(folder: Path, base: LocatedBase | None = None) -> Validation:
    """Check an adapter folder and list every problem.

    Args:
        base: a base model whose checkpoint must have every module in the factors' shape, by its headers.

    Raises:
        AdapterFormatError: there is no such folder, or the headers of the base model's checkpoint lie.
    """
    return read_folder(folder, base).validation


def read_adapter(folder: Path, base: BaseIdentity | None = None) -> Adapter:
    """Read an adapter folder written by us or by PEFT.

    Args:
        base: needed for folders without `hyperlora.json`, which do not say whose weights they fit; for others
            it is checked.

    Returns:
        The adapter, its tensors on CPU in their stored dtype.

    Raises:
        AdapterFormatError: damaged, hostile or unsupported; every problem is listed.
        BaseModelError: it belongs to another base model.
    """
    reading = read_folder(folder)
    reading.validation.raise_problems()
    record, modules = reading.record, reading.factors
    if record is None and base is None:
        raise AdapterFormatError(f"{folder} has no {RECORD_FILE}, so its base model is unknown", "Name it with --base.")
    if record is None:
        assert base is not None
        return Adapter(modules, base, Card(description=f"Imported from {folder.name}", licence=UNKNOWN))
    adapter = Adapter(modules, record.base, record.card)
    if base is not None:
        adapter.require_base(base)
    return adapter


def read_card(folder: Path) -> Card:
    """The card of an adapter folder, without touching its weights.

    Raises:
        AdapterFormatError: the folder has no readable `hyperlora.json`.
    """
    record = read_record(folder / RECORD_FILE)
    if record is None:
        raise AdapterFormatError(f"{folder} has no {RECORD_FILE}", "Import the adapter with its base model named.")
    return record.card


def pickle_problems(folder: Path) -> list[Problem]:
    """One problem for each file that may be a pickle, by its name; none is opened.

    The state of a training run is no problem: it is not part of the adapter, and stays where it is.
    """
    problems = []
    pickles = sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICKLES)
    for path in (path for path in pickles if not _TRAINING_STATE.fullmatch(path.name)):
        name = path.name if path.name.isascii() and path.name.isprintable() else shown(path.name)
        text = f"{name}: pickled files can run code and are never opened"
        remedy = f"Save the weights as {WEIGHTS_FILE} and remove the pickled file."
        problems.append(Problem("unsupported", name, text, remedy))
    return problems


def read_folder(folder: Path, base: LocatedBase | None = None) -> FolderContents:
    """Check an adapter folder as `validate_folder` does, and read its factors.

    Raises:
        AdapterFormatError: there is no such folder, or the headers of the base model's checkpoint lie.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.is_file() else "is not a folder"
        raise AdapterFormatError(f"{folder} {what}", "Check the path; an archive is not opened, unpack it yourself.")
    found = _Findings(folder)
    found.problems += pickle_problems(folder)
    record = _read_record(found, base)
    raw = _read_json(found)
    if raw is not None and (other := other_method(raw)):
        found.add(other.kind, CONFIG_FILE, other.text, other.remedy)
        return FolderContents(Validation(folder, tuple(found.problems)), {}, record)
    config, selection = (None, None) if raw is None else _check_config(found, raw)
    pairs = _read_header(found, raw or {})
    if config is not None and not _can_match(found, pairs, config):
        config = None
    _check_ranks(found, pairs, config)
    _check_choice(found, pairs, selection)
    blocks = _read_blocks(found, pairs)
    factors = {} if blocks is None else _factors(found, pairs, config, blocks)
    if base is not None:
        _check_base(found, pairs, selection, base)
    if found.problems:
        return FolderContents(Validation(folder, tuple(found.problems), tuple(found.notes)), {}, record)
    assert config is not None
    summary = _summary(factors, pairs, config, raw or {}, record)
    return FolderContents(Validation(folder, (), tuple(found.notes), summary), factors, record)


def change_bound(factors: LoraFactors) -> float:
    """|A| |B| max(1, |scaling|) in Frobenius norms; see `LARGEST_CHANGE`."""
    norms = factors.A.to("cpu", torch.float64).norm() * factors.B.to("cpu", torch.float64).norm()
    return norms.item() * max(1.0, abs(factors.scaling))


def _read_json(found: _Findings) -> Mapping[str, Any] | None:
    try:
        return read_config_json(found.folder / CONFIG_FILE)
    except AdapterFormatError as error:
        found.caught(CONFIG_FILE, error)
        return None


def _check_config(found: _Findings, raw: Mapping[str, Any]) -> tuple[LoraConfig | None, TargetSelection | None]:
    config, selection, problems = check_config(raw)
    for problem in problems:
        found.add(problem.kind, CONFIG_FILE, problem.text, problem.remedy)
    if not selection.known:
        found.notes.append(f"{CONFIG_FILE} leaves open which modules it means; the tensors say it")
    return config, selection


def _read_record(found: _Findings, base: LocatedBase | None) -> FolderRecord | None:
    try:
        record = read_record(found.folder / RECORD_FILE)
    except AdapterFormatError as error:
        found.caught(RECORD_FILE, error)
        return None
    if record is not None and base is not None and record.base.fingerprint != base.identity.fingerprint:
        text = f"the adapter was made for {shown(record.base.id)}, whose weights are not those of {base.identity.id}"
        found.add("mismatched", RECORD_FILE, text, "Name the base model that it was made for.")
    return record


def _read_header(found: _Findings, raw: Mapping[str, Any]) -> Pairs:
    """The entries that are factors; all others are problems, or stay unread."""
    path = found.folder / WEIGHTS_FILE
    try:
        entries = read_header(path)
    except AdapterFormatError as error:
        found.caught(WEIGHTS_FILE, error)
        return {}
    pairs: dict[str, dict[str, TensorEntry]] = {}
    others = []
    for name, entry in entries.items():
        match = _KEY.fullmatch(name) if len(name) <= _LONGEST_NAME else None
        if match is None:
            others.append(name)
        elif entry.dtype not in FLOATS or len(entry.shape) != 2 or 0 in entry.shape:
            text = f"tensor {name} is {entry.dtype} {shown(list(entry.shape))}, not a float matrix"
            found.add("mismatched", WEIGHTS_FILE, text)
            pairs.setdefault(match["module"], {})
        else:
            pairs.setdefault(match["module"], {})[match["factor"]] = entry
    unread = [name for name in others if _is_unread(name, entries[name], pairs, raw)]
    if unread:
        found.notes.append(
            f"{WEIGHTS_FILE} holds tensors that reading does not need: {len(unread)}, e.g. {shown(unread[0])}"
        )
    for name in sorted(set(others) - set(unread)):
        feature = feature_of_tensor(name)
        found.add(
            "unexpected" if feature is None else "unsupported",
            WEIGHTS_FILE,
            f"tensor {name[:120]!r} is not a LoRA factor"
            if feature is None
            else f"tensor {name[:120]!r} is not a LoRA factor: it {feature.reason}",
            _SAVE_AGAIN if feature is None else feature.remedy,
        )
    if not entries:
        found.add("missing", WEIGHTS_FILE, "there are no tensors")
    return pairs


def _is_unread(name: str, entry: TensorEntry, pairs: Pairs, raw: Mapping[str, Any]) -> bool:
    copy = _COPY.fullmatch(name) if len(name) <= _LONGEST_NAME else None
    if copy is not None:
        pair = pairs.get(copy["module"], {})
        return len(pair) == 2 and entry.shape == (pair["B"].shape[0], pair["A"].shape[1])
    return any(mark in name and raw.get(field) is not None for mark, field in UNREAD if field != "target_modules")


def _read_blocks(found: _Findings, pairs: Pairs) -> TensorBlocks | None:
    path = found.folder / WEIGHTS_FILE
    entries = {_key(module, factor): entry for module, pair in pairs.items() for factor, entry in pair.items()}
    if not entries:
        return None
    size, stat = sum(entry.end - entry.start for entry in entries.values()), path.stat()
    if size > _LARGEST_WEIGHTS:
        found.add("malformed", WEIGHTS_FILE, f"the factors take {size} bytes, more than 8 GiB")
        return None
    on_disk = stat.st_blocks * 512
    # a few bytes on disk may claim gigabytes of zeros; some file systems do not count blocks at all and say 0
    if size > _LARGEST_SPARSE and 0 < on_disk < size // 64:
        found.add("malformed", WEIGHTS_FILE, f"is sparse: {on_disk} of {stat.st_size} bytes are on disk")
        return None
    try:
        return read_blocks(path, entries)
    except AdapterFormatError as error:
        found.caught(WEIGHTS_FILE, error)
        return None


def _can_match(found: _Findings, pairs: Pairs, config: LoraConfig) -> bool:
    characters = sum(map(len, chain(config.rank_pattern, config.alpha_pattern)))
    if characters * len(pairs) <= LARGEST_MATCHING:
        return True
    text = f"rank_pattern and alpha_pattern are too long for {len(pairs)} modules"
    found.add("unsupported", CONFIG_FILE, text, "Write one key for many modules, e.g. q_proj.")
    return False


def _check_ranks(found: _Findings, pairs: Pairs, config: LoraConfig | None) -> None:
    for module, pair in sorted(pairs.items()):
        if missing := {"A", "B"} - set(pair):
            if pair:
                found.add("missing", WEIGHTS_FILE, f"{module} has no lora_{missing.pop()}")
            continue
        ranks = {pair["A"].shape[0], pair["B"].shape[1]}
        said = None if config is None else config.rank_of(module)
        if len(ranks) > 1 or (said is not None and ranks != {said}):
            says = "which are unlike ranks" if said is None else f"the config says rank {said}"
            text = f"{module} has A {list(pair['A'].shape)} and B {list(pair['B'].shape)}, {says}"
            found.add("mismatched", WEIGHTS_FILE, text)


def _check_choice(found: _Findings, pairs: Pairs, selection: TargetSelection | None) -> None:
    """Refuse factors of a module that the config does not choose: PEFT would drop them without a word."""
    for module in sorted(pairs):
        if selection is not None and selection.chooses(module) is False:
            remedy = "Name the module in target_modules, or remove its tensors."
            found.add("unexpected", WEIGHTS_FILE, f"{module} has factors, but the config does not target it", remedy)


def _factors(found: _Findings, pairs: Pairs, config: LoraConfig | None, blocks: TensorBlocks) -> dict[str, LoraFactors]:
    """The factors of every module that has both, after their values were checked."""
    tensors = blocks.tensors
    if not math.isfinite(blocks.largest):
        for name in sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
            found.add("non_finite", WEIGHTS_FILE, f"tensor {name} holds NaN or Inf")
    if config is None:
        return {}
    factors = {
        module: LoraFactors(tensors[_key(module, "A")], tensors[_key(module, "B")], config.scaling_of(module))
        for module, pair in pairs.items()
        if len(pair) == 2
    }
    for module, lora in factors.items():
        bound = blocks.largest**2 * math.sqrt(lora.A.numel() * lora.B.numel()) * max(1.0, abs(lora.scaling))
        if not bound <= LARGEST_CHANGE:
            change = change_bound(lora)
            if math.isfinite(change) and change > LARGEST_CHANGE:
                text = f"{module}: |A| |B| max(1, |scaling|) is {change:.2g}, more than 2^96, and would overflow"
                found.add("non_finite", WEIGHTS_FILE, text)
    return factors


def _check_base(found: _Findings, pairs: Pairs, selection: TargetSelection | None, base: LocatedBase) -> None:
    files = sorted(base.folder.glob("*.safetensors"))
    weights = {
        name.removesuffix(".weight"): entry
        for path in files
        for name, entry in read_header(path).items()
        if name.endswith(".weight")
    }
    # a checkpoint stores a tied head once, as the embedding
    if _TIED_HEAD not in weights and _EMBEDDING in weights:
        weights[_TIED_HEAD] = weights[_EMBEDDING]
    remedy = f"Name its base model with --base; this is {base.identity.id}."
    for module, pair in sorted(pairs.items()):
        entry = weights.get(module)
        if entry is None:
            found.add("mismatched", WEIGHTS_FILE, f"{module} is not in the base model", remedy)
        elif len(pair) == 2 and entry.dtype in FLOATS:
            shape = (pair["B"].shape[0], pair["A"].shape[1])
            if entry.shape != shape:
                text = f"{module} is {list(entry.shape)} in the base model, the adapter's change {list(shape)}"
                found.add("mismatched", WEIGHTS_FILE, text, remedy)
        elif len(pair) == 2:
            found.notes.append(f"{module} is quantised in the base model ({entry.dtype}), its shape was not compared")
    chosen = [module for module in weights if selection is not None and selection.chooses(module)]
    if untrained := sorted(set(chosen) - set(pairs)):
        found.notes.append(
            f"the config targets {len(untrained)} modules that have no factors, e.g. {untrained[0]}; "
            "they stay as in the base model, as PEFT leaves them"
        )


def _summary(
    factors: Mapping[str, LoraFactors],
    pairs: Pairs,
    config: LoraConfig,
    raw: Mapping[str, Any],
    record: FolderRecord | None,
) -> Summary:
    named = raw.get("base_model_name_or_path")
    says = named.strip() if isinstance(named, str) else ""
    return Summary(
        modules=len(factors),
        targets=tuple(sorted({module.rpartition(".")[2] for module in factors})),
        ranks=tuple(sorted({lora.rank for lora in factors.values()})),
        alphas=tuple(sorted({config.alpha_of(module) for module in factors})),
        scalings=tuple(sorted({lora.scaling for lora in factors.values()})),
        dtypes=tuple(sorted({entry.dtype for pair in pairs.values() for entry in pair.values()})),
        parameters=sum(lora.A.numel() + lora.B.numel() for lora in factors.values()),
        base=record.base.id if record is not None else says or None,
    )


def _key(module: str, factor: str) -> str:
    return f"base_model.model.{module}.lora_{factor}.weight"
