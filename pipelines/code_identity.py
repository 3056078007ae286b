"""The identity of the code that a result depends on: every module of ours that it reaches by imports, at any depth."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from hyperlora.identity import content_hash, file_hash

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("hyperlora", "generator", "retrieval", "pipelines")


def code_identity(*modules: str, root: Path = _ROOT) -> str:
    """SHA-256 (hex) over the source files of these modules and of all that they import, directly or not.

    Imports inside functions count, those for the type checker alone do not.

    Args:
        modules: where the run's work begins, e.g. `pipelines.training.adapters`.
        root: the folder that holds our packages.

    Raises:
        ValueError: there is no such module of ours.
    """
    return content_hash(sorted([name, file_hash(path)] for name, path in import_closure(*modules, root=root).items()))


def import_closure(*modules: str, root: Path = _ROOT) -> dict[str, Path]:
    """The source file of each module of ours that these reach, by the module's name; these among them."""
    missing = [name for name in modules if _source(root, name) is None]
    if missing:
        raise ValueError(f"there is no module {', '.join(missing)} of ours")
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _source(root, name)
        if name in found or path is None:
            continue
        found[name] = path
        # importing a module runs the packages around it first
        waiting += [name.rpartition(".")[0], *_imported(path, name, path.stat().st_mtime_ns)]
    return found


def _source(root: Path, name: str) -> Path | None:
    """Where a module of ours lies; None for anything else."""
    if name.partition(".")[0] not in _PACKAGES:
        return None
    place = root.joinpath(*name.split("."))
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.is_file():
            return path
    return None


@lru_cache(maxsize=1024)
def _imported(path: Path, name: str, changed: int) -> tuple[str, ...]:
    """Names that a source file imports, some of which are no modules; `changed` keeps the cache in step with it."""
    return tuple(_imports(ast.parse(path.read_bytes()), path, name))


def _imports(node: ast.AST, path: Path, name: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield child.module
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.Call) and ast.unparse(child).startswith("import_module(f'{__name__}."):
            # a package that imports its own modules by name
            yield from (f"{name}.{each.stem}" for each in path.parent.glob("*.py") if each.stem != "__init__")
        yield from _imports(child, path, name)
