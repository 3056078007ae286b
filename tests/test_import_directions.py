"""The arrows of the architecture: which package may import which, and what no package may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "hyperlora": set(),
    "generator": {"hyperlora"},
    "retrieval": {"hyperlora"},
    "pipelines": {"hyperlora", "generator", "retrieval"},
    "serve": {"hyperlora", "generator", "retrieval", "pipelines"},
}
OURS = {*MAY_IMPORT, "tests", "benchmarks"}
# The one exception: hyperlora.adapt(...) and its like reach up when they are called; before, only the type checker.
DOORWAYS = {"hyperlora/__init__.py", "hyperlora/doorway.py"}
MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def imports(tree: ast.AST, deferred: bool = False) -> Iterator[tuple[str, bool]]:
    """Every imported module at any depth, and whether importing the file leaves it alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, deferred) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or "", deferred
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant):
                yield str(first.value), deferred
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        type_checking = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        yield from imports(node, deferred or function or type_checking)


def wrong_imports(name: str, source: str) -> list[str]:
    package = name.partition("/")[0]
    wrong = []
    for module, deferred in imports(ast.parse(source)):
        top = module.partition(".")[0]
        if top not in OURS or top == package or top in MAY_IMPORT[package]:
            continue
        if name in DOORWAYS and deferred and top in MAY_IMPORT:
            continue
        wrong.append(module)
    return wrong


def forbidden(source: str) -> list[str]:
    """Whatever could run code out of a data file."""
    tree = ast.parse(source)
    found = [
        module for module, _ in imports(tree) if module.partition(".")[0] in {"pickle", "cPickle", "dill", "joblib"}
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if ast.unparse(node.func) in {"torch.load", "pickle.load", "pickle.loads"}:
                found.append(ast.unparse(node.func))
            for keyword in node.keywords:
                allowed = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                if keyword.arg in {"trust_remote_code", "allow_pickle"} and not allowed:
                    found.append(f"{keyword.arg}={ast.unparse(keyword.value)}")
        if isinstance(node, ast.ImportFrom) and node.module == "torch" and any(a.name == "load" for a in node.names):
            found.append("from torch import load")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_lies_below_it_and_never_unpickles(path: Path) -> None:
    source = path.read_text()
    assert wrong_imports(path.relative_to(ROOT).as_posix(), source) == []
    assert forbidden(source) == []


def test_every_package_was_looked_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("hyperlora/bank.py", "import pipelines"),
        ("hyperlora/bank.py", "def f():\n    from generator.hypernet import Hypernet"),
        ("hyperlora/doorway.py", "from pipelines import adapt"),
        ("hyperlora/doorway.py", "def f():\n    import tests"),
        ("hyperlora/bank.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import serve"),
        ("generator/cvae.py", "from retrieval import index"),
        ("retrieval/index.py", "import importlib\nx = importlib.import_module('generator')"),
        ("pipelines/adapt.py", "class A:\n    def f(self):\n        if True:\n            import serve.cli"),
        ("serve/cli.py", "from benchmarks import speed"),
    ],
)
def test_the_check_finds_an_import_against_the_arrows(name: str, source: str) -> None:
    assert len(wrong_imports(name, source)) == 1


def test_the_doorway_may_reach_up_inside_a_function() -> None:
    assert wrong_imports("hyperlora/doorway.py", "def adapt():\n    from pipelines.adapt import adapt") == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import torch\ntorch.load('x')",
        "from torch import load",
        "f(trust_remote_code=True)",
        "f(trust_remote_code=flag)",
        "numpy.load('x', allow_pickle=True)",
    ],
)
def test_the_check_finds_what_could_run_code_from_a_file(source: str) -> None:
    assert len(forbidden(source)) == 1
    assert forbidden("from safetensors.torch import load\nload(data)\nf(trust_remote_code=False)") == []


def test_no_module_hides_a_call_of_the_public_surface() -> None:
    """Importing `hyperlora.merge` the module would put it in the place of `hyperlora.merge` the function."""
    modules = {path.stem for path in (ROOT / "hyperlora").iterdir()}
    assert modules & {"adapt", "generate", "merge", "search", "compose"} == set()
