"""The wheel: it holds the five packages with their data, and works where the checkout is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from pipelines.starter import starter_suite

ROOT = Path(__file__).parents[1]
PACKAGES = ("generator", "hyperlora", "pipelines", "retrieval", "serve")
MAIN = "from serve.cli import main; main()"


def run(arguments: list[str], folder: Path, **environment: str) -> str:
    """Standard output of a command, which must succeed, run in a folder."""
    done = subprocess.run(
        arguments, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: setuptools leaves folders behind in what it builds from."""
    source, target = tmp_path_factory.mktemp("source") / "hyperlora", tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
    shutil.copytree(ROOT, source, ignore=ignored)
    assert (source / "tests").is_dir(), "else the wheel could not hold it by mistake"
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), "."], source)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def files(wheel: Path) -> set[str]:
    """Paths of the wheel's files."""
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename for info in archive.infolist() if not info.is_dir()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    run([*pip, str(wheel)], folder)
    return folder


def test_the_packages_are_exactly_the_five(files: set[str]) -> None:
    tops = {path.partition("/")[0] for path in files}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert len(tops) == len(PACKAGES) + 1


def test_every_module_and_data_file_is_in_and_no_test(files: set[str]) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".pyi", ".yaml", ".jsonl", ".html", ".j2", ".json", ".safetensors"}
    }
    assert {path for path in files if ".dist-info/" not in path} == wanted
    assert "pipelines/recipes/quickstart.yaml" in files
    assert "serve/pages/registry.html" in files
    assert sum(path.endswith("/task.yaml") for path in files) == len(starter_suite())
    assert "pipelines/zoo/shipped/zoo.safetensors" in files
    assert not any("test_" in path or path.startswith("tests/") for path in files)


def test_the_licence_is_in(files: set[str]) -> None:
    assert any(path.endswith(".dist-info/licenses/LICENSE") for path in files)


@pytest.fixture
def outside(installed: Path, tmp_path: Path) -> dict[str, str]:
    """An environment that finds our packages only in the wheel.

    With `-S` Python reads no `.pth` file, so that an editable install of the checkout is out of reach.
    """
    libraries = dict.fromkeys(sysconfig.get_paths()[name] for name in ("purelib", "platlib"))
    return {"PYTHONPATH": os.pathsep.join([str(installed), *libraries]), "HYPERLORA_HOME": str(tmp_path / "home")}


def test_the_command_runs_from_an_empty_folder(installed: Path, outside: dict[str, str], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    python = [sys.executable, "-S"]
    places = f"import importlib.util as u; print(*(u.find_spec(n).origin for n in {PACKAGES!r}), sep='\\n')"
    assert run([*python, "-c", places], empty, **outside).split() == [
        str(installed / package / "__init__.py") for package in PACKAGES
    ]
    version = run([*python, str(installed / "bin" / "hyperlora"), "--version"], empty, **outside)
    assert version.startswith("hyperlora, version ")
    tasks = json.loads(run([*python, "-c", MAIN, "tasks", "list", "--json"], empty, **outside))
    assert len(tasks) == 382
    checked = json.loads(run([*python, "-c", MAIN, "tasks", "check", "--json"], empty, **outside))
    assert checked["problems"] == []
    assert list(empty.iterdir()) == []


def test_the_shipped_recipe_is_found_from_an_empty_folder(outside: dict[str, str], tmp_path: Path) -> None:
    code = "from pipelines.recipes import load_recipe; print(load_recipe().suite)"
    assert run([sys.executable, "-S", "-c", code], tmp_path, **outside) == "starter\n"
