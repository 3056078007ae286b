"""Every LoRA feature a PEFT folder can use: read, or refused under its own name with the reason and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from reprlib import Repr
from typing import Any

_RETRAIN = "Train it again without."
_MERGE = "Merge it into its base model with PEFT's merge_and_unload and name that checkpoint as base."
_CONVERT = "Import it with hyperlora import, which converts it to plain LoRA."
_INITIAL = (
    "Save it with PEFT's save_pretrained(path_initial_model_for_weight_conversion=...), which makes it plain LoRA."
)


@dataclass(frozen=True)
class Refused:
    """A feature that is refused.

    Attributes:
        name: in words.
        field: of `adapter_config.json`; empty when only tensors show the feature.
        harmless: the field's values that do not use it.
        tensors: parts of tensor names by which it shows.
        reason: why, as the rest of a sentence.
        remedy: what to do next.
    """

    name: str
    field: str
    harmless: tuple[object, ...]
    tensors: tuple[str, ...]
    reason: str
    remedy: str


@dataclass(frozen=True)
class Supported:
    """A feature that is read.

    Attributes:
        name: in words.
        fields: of `adapter_config.json`.
        how: what is made of it.
        unread: parts of the names of tensors that only training needs; they stay unread.
    """

    name: str
    fields: tuple[str, ...]
    how: str
    unread: tuple[str, ...] = ()


SUPPORTED = (
    Supported("rank and alpha", ("r", "lora_alpha"), "rank 1 to 4096; alpha finite, at most 10^6 in size"),
    Supported("rank and alpha by module", ("rank_pattern", "alpha_pattern"), "first matching key, as in PEFT"),
    Supported("rank-stabilised LoRA", ("use_rslora",), "scaling is alpha / sqrt(rank)"),
    Supported(
        "chosen modules and layers",
        ("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern"),
        "the tensors say which; one of a module outside of the choice is refused",
    ),
    Supported(
        "output head as target",
        ("target_modules",),
        "as any linear module; PEFT's copy of the base's weight beside it is not read",
        (".base_layer.weight",),
    ),
    Supported("VeLoRA", ("velora_config",), "changes only training", (".lora_velora_embed",)),
    Supported("MonteCLoRA", ("monteclora_config",), "changes only training", (".lora_monteclora_sampler.",)),
    Supported(
        "initialisations that leave the base model as it is",
        ("init_lora_weights", "eva_config"),
        "random, gaussian, EVA, orthogonal and MiCA are of no more account after training",
    ),
    Supported(
        "what changes nothing for an adapter that is only read",
        (
            "lora_dropout", "inference_mode", "base_model_name_or_path", "revision", "auto_mapping", "peft_version",
            "runtime_config", "loftq_config", "corda_config", "lora_ga_config", "qalora_group_size",
            "ensure_weight_tying",
        ),
        "ignored; nothing named there is imported or downloaded",
    ),
)  # fmt: skip

REFUSED = (
    Refused(
        "other PEFT methods",
        "peft_type",
        ("LORA",),
        (),
        "is another method than LoRA",
        "Import a LOHA, LOKR, VERA, RANDLORA or MISS folder with hyperlora import, which converts it; "
        "train others again as LoRA.",
    ),
    Refused(
        "other tasks",
        "task_type",
        ("CAUSAL_LM", None),
        (),
        "is another task than text generation",
        "Use an adapter of a causal language model.",
    ),
    Refused(
        "DoRA",
        "use_dora",
        (False, None),
        (".lora_magnitude_vector",),
        "(DoRA) rescales each row of the base weight",
        _CONVERT,
    ),
    Refused(
        "KaSA",
        "kasa_config",
        (None,),
        (".lora_diag",),
        "(KaSA) cuts singular values off the base weight",
        _CONVERT,
    ),
    Refused(
        "PiSSA, OLoRA, CorDA, LoRA-GA, LoftQ",
        "init_lora_weights",
        (True, False, None, "gaussian", "eva", "orthogonal", "mica"),
        (),
        "starts from base weights that it rewrites when it is loaded",
        _INITIAL,
    ),
    Refused(
        "aLoRA",
        "alora_invocation_tokens",
        (None, []),
        (),
        "(aLoRA) is on for a part of the prompt only",
        _RETRAIN,
    ),
    Refused(
        "whole modules",
        "modules_to_save",
        (None, []),
        (".modules_to_save.",),
        "stores full weights beside the factors",
        _MERGE,
    ),
    Refused(
        "trained tokens",
        "trainable_token_indices",
        (None, [], {}),
        (".trainable_tokens_", ".token_adapter."),
        "changes rows of the embedding",
        _MERGE,
    ),
    Refused(
        "embeddings as targets",
        "",
        (),
        (".lora_embedding_A", ".lora_embedding_B"),
        "changes an embedding, which is not a linear module",
        _MERGE,
    ),
    Refused("trained biases", "bias", ("none", None), (), "changes biases of the base model", _MERGE),
    Refused(
        "a bias of LoRA's own",
        "lora_bias",
        (False, None),
        (".lora_B.bias",),
        "adds a bias beside the factors",
        _MERGE,
    ),
    Refused(
        "parameters as targets",
        "target_parameters",
        (None, []),
        (),
        "changes parameters that are not a linear module's weight, as those of fused experts",
        _MERGE,
    ),
    Refused(
        "repeated layers",
        "layer_replication",
        (None, []),
        (),
        "gives the base model layers that it does not have",
        _MERGE,
    ),
    Refused(
        "transposed weights",
        "fan_in_fan_out",
        (False, None),
        (),
        "is for weights stored (in, out), as GPT-2's",
        _MERGE,
    ),
    Refused(
        "QALoRA",
        "use_qalora",
        (False, None),
        (),
        "(QALoRA) pools the input before A",
        _RETRAIN,
    ),
    Refused(
        "BD-LoRA",
        "use_bdlora",
        (None, False),
        (),
        "(BD-LoRA) stores block-diagonal factors",
        _MERGE,
    ),
    Refused(
        "Arrow",
        "arrow_config",
        (None,),
        (),
        "(Arrow) routes between other adapters",
        "Use the routed adapters themselves.",
    ),
    Refused(
        "Megatron",
        "megatron_config",
        (None, {}),
        (),
        "is for the parallel layers of Megatron",
        "Convert base model and adapter to transformers.",
    ),
    Refused(
        "Megatron's module",
        "megatron_core",
        (None, "megatron.core"),
        (),
        "names a module to import, and no config may",
        "Remove the field.",
    ),
)

UNREAD = tuple((mark, row.fields[0]) for row in SUPPORTED for mark in row.unread)
KNOWN_FIELDS = {field for row in SUPPORTED for field in row.fields} | {row.field for row in REFUSED}

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80
_SHORT.maxlevel = 3


def shown(value: object) -> str:
    """A stranger's value for a message: one short line of printable characters, however long or deep it is."""
    return _SHORT.repr(value)


def refused_features(raw: Mapping[str, Any]) -> list[tuple[Refused, str]]:
    """The refused features a config uses, each with its field and value, e.g. `use_dora=True`."""
    return [
        (row, f"{row.field}={shown(raw[row.field])}")
        for row in REFUSED
        if row.field in raw and raw[row.field] not in row.harmless
    ]


def feature_of_tensor(name: str) -> Refused | None:
    """The refused feature that a tensor's name gives away."""
    return next((row for row in REFUSED if any(mark in name for mark in row.tensors)), None)


def as_markdown() -> str:
    """Both tables as the documentation shows them."""
    rows = ["| read | `adapter_config.json` | how |", "|---|---|---|"]
    rows += [f"| {row.name} | {', '.join(f'`{field}`' for field in row.fields)} | {row.how} |" for row in SUPPORTED]
    rows += ["", "| refused | shows in | because it | what to do |", "|---|---|---|---|"]
    for row in REFUSED:
        marks = dict.fromkeys(mark.strip(".") for mark in (row.field, *row.tensors) if mark)
        places = ", ".join(f"`{mark}`" for mark in marks)
        rows.append(f"| {row.name} | {places} | {row.reason} | {row.remedy} |")
    return "\n".join(rows) + "\n"
