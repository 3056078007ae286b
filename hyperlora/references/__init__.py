"""Reference strings, parsed once into a value: `file:`, `hf:`, `registry:`, `gguf:`, or a path, which means `file:`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from hyperlora.errors import InputError

SCHEMES = ("file", "hf", "registry", "gguf")
_REGISTRY_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_VERSION = re.compile(r"v?([1-9][0-9]{0,8})")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*(@\S+)?")
_PATH_BEGINNINGS = ("./", "../", "/", "~")


@dataclass(frozen=True)
class Reference:
    """One parsed reference.

    Attributes:
        scheme: one of `SCHEMES`.
        target: a path (`file`, `gguf`), a repository id (`hf`) or a name (`registry`).
        version: registry version, when given as `registry:name@3`.
        alias: registry alias, when given as `registry:name@champion`; or an `hf` revision.
    """

    scheme: str
    target: str
    version: int | None = None
    alias: str | None = None

    def __str__(self) -> str:
        which = self.alias if self.version is None else self.version
        return f"{self.scheme}:{self.target}" + ("" if which is None else f"@{which}")

    @property
    def path(self) -> Path:
        """The local path of a `file:` or `gguf:` reference."""
        return Path(self.target).expanduser()

    def absolute(self) -> Reference:
        """The same reference wherever it is read from: a path of its own folder becomes a whole one."""
        return replace(self, target=str(self.path.resolve())) if self.scheme in ("file", "gguf") else self


def parse_reference(text: str, allowed: tuple[str, ...] = SCHEMES) -> Reference:
    """Parse a reference.

    Args:
        text: for example `registry:plural@champion`, `file:./my-adapter`, `hf:org/name@revision`. A path that exists,
            or that begins with `./`, `../`, `/` or `~`, needs no `file:`, nor a path to a .gguf file its `gguf:`.
        allowed: the schemes that make sense where the reference was given.

    Raises:
        InputError: no scheme, an unknown or unsuitable one, or a malformed rest.
    """
    scheme, separator, rest = text.partition(":")
    listed = ", ".join(f"{name}:" for name in allowed)
    if not separator or scheme not in SCHEMES:
        if path_scheme := _scheme_of_path(text, allowed):
            return Reference(path_scheme, text)
        raise InputError(f"{text!r} does not begin with a known scheme", _suggestion(text, allowed, listed))
    if scheme not in allowed:
        raise InputError(f"{text!r}: the scheme {scheme}: does not fit here", f"Use one of {listed}")
    if not rest:
        raise InputError(f"{text!r} names nothing after {scheme}:", f"Write for example {scheme}:NAME")
    if scheme in ("file", "gguf"):
        return Reference(scheme, rest)
    target, at, suffix = rest.partition("@")
    if scheme == "hf":
        if target.count("/") > 1 or ".." in target or target.startswith("/") or target.endswith("/") or not target:
            raise InputError(f"{text!r} is not an hf: reference", "Write hf:ORG/NAME or hf:ORG/NAME@REVISION")
        return Reference(scheme, target, alias=suffix or None)
    if not _REGISTRY_NAME.fullmatch(target) or (at and not suffix):
        raise InputError(
            f"{text!r} is not a registry reference",
            "Write registry:NAME, registry:NAME@3 or registry:NAME@alias",
        )
    if not suffix:
        return Reference(scheme, target)
    if match := _VERSION.fullmatch(suffix):
        return Reference(scheme, target, version=int(match.group(1)))
    if _ALIAS.fullmatch(suffix):
        return Reference(scheme, target, alias=suffix)
    raise InputError(f"{text!r}: {suffix!r} is neither a version nor an alias", "Write @3 or @champion")


def _scheme_of_path(text: str, allowed: tuple[str, ...]) -> str | None:
    """`file` or `gguf` for what can only be meant as a path."""
    if not text or not (text.startswith(_PATH_BEGINNINGS) or text in (".", "..") or _is_there(text)):
        return None
    if "gguf" in allowed and text.lower().endswith(".gguf"):
        return "gguf"
    return "file" if "file" in allowed else None


def _is_there(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # longer than a path may be, or no path at all
        return False


def _suggestion(text: str, allowed: tuple[str, ...], listed: str) -> str:
    if "registry" in allowed and _REGISTRY_NAME.fullmatch(text.partition("@")[0]):
        if allowed == ("registry",):
            return f"Write registry:{text}."
        return f"For a registered one write registry:{text}; else use one of {listed}"
    if "hf" in allowed and _REPOSITORY.fullmatch(text):
        if allowed == ("hf",):
            return f"Write hf:{text}."
        return f"For a repository of the hub write hf:{text}; else use one of {listed}"
    return f"Use one of {listed}" if len(allowed) > 1 else f"Write {listed}NAME."
