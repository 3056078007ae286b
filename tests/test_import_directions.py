"""The arrows of the architecture: which package may import which, and what no package may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import hyperlora

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "hyperlora": set(),
    "generator": {"hyperlora"},
    "retrieval": {"hyperlora"},
    "pipelines": {"hyperlora", "generator", "retrieval"},
    "serve": {"hyperlora", "generator", "retrieval", "pipelines"},
}
OURS = {*MAY_IMPORT, "tests", "benchmarks"}
# Inside a package, too, a room imports only itself and rooms before it; what lies loose comes before all rooms of the
# core, and has its place in the order of `pipelines`.
ROOMS = {
    "hyperlora": (
        *("references", "files", "settings", "tasks", "models", "lora", "peft_io", "bank", "inference", "embeddings"),
        *("registry", "mlflow_model"),
    ),
    "pipelines": (
        *(
            "code_identity",
            "starter",
            "recipes",
            "runtime",
            "training",
            "adapt",
            "evaluation",
            "zoo",
            "quickstart",
            "report",
            "api",
        ),
        "__main__",
    ),
}
MOST_LOOSE = 6
MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Every imported module at any depth, for the type checker alone or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
            # `from hyperlora import bank` imports a room
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module in ROOMS)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant):
                yield str(first.value)


def wrong_imports(name: str, source: str) -> list[str]:
    package = name.partition("/")[0]
    wrong = []
    for module in imports(ast.parse(source)):
        top = module.partition(".")[0]
        if top not in OURS or top == package or top in MAY_IMPORT[package]:
            continue
        wrong.append(module)
    return wrong


def out_of_order(name: str, source: str) -> list[str]:
    """Imports of a room by one that comes before it."""
    package, _, rest = name.partition("/")
    rooms = ROOMS.get(package, ())
    here = rest.partition("/")[0].removesuffix(".py")
    if not rooms or here == "__init__":
        return []
    place = rooms.index(here) if here in rooms else -1
    wrong = []
    for module in imports(ast.parse(source)):
        top, _, room = module.partition(".")
        room = room.partition(".")[0]
        if top == package and room in rooms and rooms.index(room) > place:
            wrong.append(f"{name} imports {module}")
    return wrong


def forbidden(source: str) -> list[str]:
    """Whatever could run code out of a data file."""
    tree = ast.parse(source)
    found = [module for module in imports(tree) if module.partition(".")[0] in {"pickle", "cPickle", "dill", "joblib"}]
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
    assert out_of_order(path.relative_to(ROOT).as_posix(), source) == []
    assert forbidden(source) == []


def test_every_package_was_looked_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("hyperlora/bank.py", "import pipelines"),
        ("hyperlora/bank.py", "def f():\n    from generator.hypernet import Hypernet"),
        ("hyperlora/__init__.py", "from pipelines.api import adapt"),
        ("hyperlora/progress.py", "def f():\n    import tests"),
        ("hyperlora/bank.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import serve"),
        ("generator/cvae.py", "from retrieval import index"),
        ("retrieval/index.py", "import importlib\nx = importlib.import_module('generator')"),
        ("pipelines/adapt.py", "class A:\n    def f(self):\n        if True:\n            import serve.cli"),
        ("serve/cli.py", "from benchmarks import speed"),
    ],
)
def test_the_check_finds_an_import_against_the_arrows(name: str, source: str) -> None:
    assert len(wrong_imports(name, source)) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("hyperlora/lora/adapter.py", "from hyperlora.bank import AdapterBank"),
        ("hyperlora/lora/adapter.py", "def f():\n    from hyperlora import registry"),
        ("hyperlora/errors.py", "from hyperlora.files.durable import write_json"),
        ("pipelines/training/loop.py", "import pipelines.adapt.adapt"),
        ("pipelines/recipes/models.py", "from pipelines.runtime import CHAMPION"),
    ],
)
def test_the_check_finds_an_import_against_the_order_of_the_rooms(name: str, source: str) -> None:
    assert out_of_order(name, source)


def test_a_room_may_import_itself_what_comes_before_it_and_what_lies_loose() -> None:
    source = "from hyperlora.lora import card\nfrom hyperlora.files.durable import f\nfrom hyperlora.errors import E"
    assert out_of_order("hyperlora/lora/adapter.py", source) == []


def test_every_room_has_its_place_in_the_order_and_says_what_belongs_there() -> None:
    for package, order in ROOMS.items():
        rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
        assert rooms <= set(order)
        for room in rooms:
            assert ast.get_docstring(ast.parse((ROOT / package / room / "__init__.py").read_text()))


def test_little_lies_loose_in_the_core() -> None:
    assert len(list((ROOT / "hyperlora").glob("*.py"))) <= MOST_LOOSE


def test_the_public_names_are_forwarded_and_known_to_type_checkers() -> None:
    stub = ast.parse((ROOT / "hyperlora" / "__init__.pyi").read_text())
    homes = {alias.name: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert homes == hyperlora._HOMES
    assert sorted(homes) == sorted(hyperlora.__all__)
    for name, module in homes.items():
        assert getattr(hyperlora, name) is getattr(import_module(str(module)), name)
    listed = dir(hyperlora)
    assert {*hyperlora.__all__, "__version__", "__doc__", "errors"} <= set(listed)
    assert not {"TYPE_CHECKING", "Any", "import_module", "_HOMES"} & set(listed)
    with pytest.raises(AttributeError, match="no attribute 'doorway'"):
        hyperlora.doorway  # noqa: B018


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
