"""`hyperlora doctor`."""

from __future__ import annotations

from collections.abc import Callable

import click

from hyperlora.errors import HyperLoRAError
from serve.cli.main import base_option, emit, json_option

_LEAST_SPACE = 500_000_000


@click.command()
@base_option
@json_option
def command(base: str | None, as_json: bool) -> None:
    """Check that models, encoder, registry and hardware are usable; exit 1 if one is not.

    \b
    Example:
      hyperlora doctor
    """
    checks: dict[str, Callable[[], str]] = {
        "hardware": _hardware,
        "base model": lambda: _base(base),
        "text encoder": _encoder,
        "registry": _registry,
        "storage": _storage,
    }
    found = []
    for name, check in checks.items():
        try:
            found.append({"check": name, "ok": True, "detail": check(), "remedy": ""})
        except HyperLoRAError as error:
            found.append({"check": name, "ok": False, "detail": error.problem, "remedy": error.remedy})
    lines = [
        f"{'ok ' if row['ok'] else 'BAD'}  {row['check']:<12}  {row['detail']} {row['remedy']}".rstrip()
        for row in found
    ]
    emit(as_json, found, "\n".join(lines))
    if not all(row["ok"] for row in found):
        raise click.exceptions.Exit(1)


def _hardware() -> str:
    import torch

    from hyperlora.settings import get_settings

    settings = get_settings()
    device = settings.torch_device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    return f"{device} ({name}), inference in {settings.inference_dtype()}, training in {settings.base_training_dtype()}"


def _base(name: str | None) -> str:
    from hyperlora.models import locate_base

    located = locate_base(name)
    return f"{located.identity.id}, weights {located.identity.fingerprint[:16]}, in {located.folder}"


def _encoder() -> str:
    from hyperlora.embeddings.encoder import TextEncoder

    encoder = TextEncoder()
    return f"{encoder.id}, {encoder.dimensions} dimensions"


def _registry() -> str:
    from hyperlora.registry import Query, Registry

    registry = Registry()
    adapters, generators = (registry.catalogue.count(Query(kind=kind)) for kind in ("adapter", "generator"))
    _ = registry.record.id  # lists do not ask MLflow; whether it answers is what one wants to know here
    return f"{_count(adapters, 'adapter version')}, {_count(generators, 'generator')}, in {registry.home}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _storage() -> str:
    """Free space where adapters are stored, and that it can be written to."""
    import shutil

    from hyperlora.errors import RegistryError
    from hyperlora.files.durable import staging_folder
    from hyperlora.settings import get_settings

    home = get_settings().home_dir
    try:
        with staging_folder(home):
            free = shutil.disk_usage(home).free
    except OSError as error:
        raise RegistryError(
            f"{home} cannot be written to: {error.strerror}", "Set HYPERLORA_HOME elsewhere."
        ) from error
    if free < _LEAST_SPACE:
        raise RegistryError(
            f"{home} has {free / 1e6:.0f} MB left", "Make room: hyperlora registry gc, or a larger disk."
        )
    return f"{free / 1e9:.1f} GB free at {home}"
