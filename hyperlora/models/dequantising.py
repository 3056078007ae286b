"""From a quantised checkpoint to its cached plain form, which adapters can be merged into."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import nn

from hyperlora.errors import BaseModelError
from hyperlora.files.durable import fault_point, staged_folder, write_json
from hyperlora.identity import content_hash
from hyperlora.models.identity import BaseIdentity
from hyperlora.models.quiet import quiet_transformers
from hyperlora.progress import progress
from hyperlora.settings import get_settings

SIDE_FILES = ("*.json", "*.jinja", "*.model", "*.txt")
_DTYPES = (torch.float32, torch.bfloat16, torch.float16)
_UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, ImportError, AttributeError, TypeError, AssertionError)


def quantisation_of(folder: Path) -> dict[str, Any] | None:
    """What a checkpoint's config.json says about its quantisation; None where the weights are plain floats.

    Raises:
        BaseModelError: config.json is missing or not a JSON object.
    """
    try:
        config = json.loads((folder / "config.json").read_text())
        parts = [config, *(part for part in config.values() if isinstance(part, dict))]
    except (OSError, ValueError, AttributeError) as error:
        raise BaseModelError(f"{folder} has no readable config.json", "Save the base model again.") from error
    return next((found for part in parts if isinstance(found := part.get("quantization_config"), dict)), None)


def dequantised(identity: BaseIdentity, folder: Path) -> Path:
    """The cached plain form of a quantised checkpoint, made the first time; it needs the memory of the plain model.

    The quantised weights get the values they stand for, in the dtype that the checkpoint's config names; the others
    stay as they are stored.

    Args:
        identity: of the quantised base model.
        folder: where it is.

    Raises:
        BaseModelError: transformers cannot de-quantise it here.
    """
    quantisation = quantisation_of(folder)
    key = content_hash([identity.fingerprint, quantisation])[:16]
    target = get_settings().cache_dir / "base_models" / f"dequantised-{key}"
    if target.is_dir():
        return target
    method = (quantisation or {}).get("quant_method", "unknown")
    with staged_folder(target) as staging:
        try:
            _dequantise(folder, staging, f"de-quantise {identity.id} ({method}), once")
        except _UNREADABLE as error:
            first_line = str(error).partition("\n")[0]
            raise BaseModelError(
                f"{identity.id} ({method}) could not be de-quantised: {first_line}",
                f"Install what transformers needs for {method}, or use an unquantised release of the model.",
            ) from error
        for pattern in SIDE_FILES:
            for path in folder.glob(pattern):
                # the index and config of the quantised files are not true of the plain ones
                if not (staging / path.name).exists() and not path.name.endswith(".index.json"):
                    shutil.copyfile(path, staging / path.name)
        write_json(staging / "hyperlora_source.json", {"base": identity.model_dump(), "quantisation": quantisation})
        fault_point("base-dequantised")
    return target


def _dequantise(source: Path, target: Path, label: str) -> None:
    from transformers import AutoConfig

    with progress(2, label, "part") as bar, quiet_transformers():
        quantised = _load_dense(source)
        bar.update()
        config = AutoConfig.from_pretrained(source, trust_remote_code=False)
        for part in (config, config.get_text_config()):
            if hasattr(part, "quantization_config"):
                del part.quantization_config
        # a model that was loaded quantised is saved in the quantised layout again, so the weights move into a plain one
        with torch.device("meta"):
            model = type(quantised)(config)
        model.load_state_dict(quantised.state_dict(), assign=True)
        model.tie_weights()
        if foreign := [name for name, weight in model.named_parameters() if weight.dtype not in _DTYPES]:
            raise ValueError(f"{foreign[0]} stayed {model.get_parameter(foreign[0]).dtype}")
        model.generation_config = quantised.generation_config
        model.save_pretrained(target)
        bar.update()


def _load_dense(source: Path) -> Any:
    """The model with plain weights, by whichever of transformers' ways its quantisation offers."""
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.quantizers import AutoQuantizationConfig

    config = AutoConfig.from_pretrained(source, trust_remote_code=False)
    holder = config if hasattr(config, "quantization_config") else config.get_text_config()
    if hasattr(AutoQuantizationConfig.from_dict(dict(holder.quantization_config)), "dequantize"):
        holder.quantization_config["dequantize"] = True
    dtype = config.dtype if config.dtype in _DTYPES else torch.float32
    model, report = AutoModelForCausalLM.from_pretrained(
        source,
        config=config,
        dtype=dtype,
        use_safetensors=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    if missing := sorted(report["missing_keys"]):
        raise ValueError(f"the weights lack {', '.join(missing[:4])}")
    if getattr(model, "hf_quantizer", None) is not None:
        try:
            model = model.dequantize()
        except NotImplementedError:
            _dequantise_tensors(model, dtype)
    return model


def _dequantise_tensors(model: nn.Module, dtype: torch.dtype) -> None:
    """Replace weights that are tensor classes of their own, e.g. torchao's, by what they stand for."""
    for module in model.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            if type(weight) is not nn.Parameter:
                plain = weight.dequantize().to("cpu", dtype)
                setattr(module, name, nn.Parameter(plain, requires_grad=False))
