"""What the documents show is true: README's commands and Python run as written, on the real model."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hyperlora.tasks.example_rows import SHAPES
from pipelines.recipes.composition import composition_recipe
from retrieval.compose import METHODS
from serve.cli.main import COMMANDS

from .real_homes import CACHE, zoo_home

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
_BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(README)


def test_readme_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"^\s*hyperlora ([a-z]+)", README, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_make_demo_and_make_test_are_what_readme_says() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:^ +|`)make ([a-z-]+)", README + (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Run a shell script in one folder, in a home in which the quickstart has been run."""
    folder = tmp_path_factory.mktemp("reader")
    # without what MLflow tells processes that are started by one that uses it
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")} | {
        "HYPERLORA_HOME": str(zoo_home()),
        "HYPERLORA_CACHE": str(CACHE),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    def call(script: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, stdout=subprocess.PIPE, check=False
        )
        assert done.returncode == 0, done.stdout.decode()
        return done.stdout.decode()

    call("hyperlora quickstart")
    return call


@pytest.mark.real
def test_every_block_of_readme_runs_in_order(run: Callable[[str], str]) -> None:
    languages = [language for language, _ in BLOCKS]
    assert languages.count("bash") >= 1
    assert languages.count("python") >= 2
    printed = [run(code if language == "bash" else f"python - <<'PYTHON'\n{code}PYTHON\n") for language, code in BLOCKS]
    found, called, plain = printed[0], printed[1], printed[2]
    assert "registry:noun-plural" in found
    assert "registry:verb-past" in called
    assert "brought" in plain


@pytest.mark.real
def test_the_core_document_runs_as_one_program(run: Callable[[str], str]) -> None:
    blocks = _BLOCK.findall((ROOT / "docs" / "core.md").read_text())
    assert [language for language, _ in blocks] == ["python"] * 6
    printed = run("python - <<'PYTHON'\n" + "".join(code for _, code in blocks) + "PYTHON\n")
    assert printed.startswith("['cats', 'went', ")


@pytest.mark.real
def test_the_commands_of_the_adapters_document_run(run: Callable[[str], str]) -> None:
    [(_, script)] = _BLOCK.findall((ROOT / "docs" / "adapters.md").read_text())
    printed = run(f"hyperlora export registry:noun-plural --out my-lora\n{script}")
    assert printed.count("sound, 60 modules") == 2


@pytest.mark.real
def test_the_registry_document_runs_in_order(run: Callable[[str], str]) -> None:
    blocks = _BLOCK.findall((ROOT / "docs" / "registry.md").read_text())
    program = "\n".join(code for language, code in blocks if language == "python")
    browsed, used, changed, moved = (run(code) for language, code in blocks if language == "bash")
    assert "registry:verb-past@1" in browsed
    assert used.splitlines()[:4] == ["children", "cities", "children", "cities"]
    assert "registry:verb-past@1: archived" in changed
    assert "0 damaged" in changed
    assert "all verified" in moved
    assert "0 damaged" in moved
    printed = run(f"python - <<'PYTHON'\n{program}PYTHON\n").splitlines()
    assert printed[0] == "['cats', 'libraries']"
    assert "[('changed', 'noun-plural')]" in printed
    assert [line.split()[:2] for line in printed[-2:]] == [["child", "children"], ["city", "cities"]]


@pytest.mark.real
def test_the_commands_of_the_composition_document_run(run: Callable[[str], str]) -> None:
    [(_, script)] = _BLOCK.findall((ROOT / "docs" / "composition.md").read_text())
    printed = run(script)
    assert "weighted: svd of 2 adapters, rank 8" in printed
    assert "kept of the weighted sum's energy: 1.0000" in printed
    assert "joined: ties of 2 adapters, rank 4" in printed
    assert "magnitude_prune" in printed


def test_the_recipe_of_the_composition_document_is_one_and_its_table_has_every_method() -> None:
    text = (ROOT / "docs" / "composition.md").read_text()
    [recipe] = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert composition_recipe(yaml.safe_load(recipe)).weights == (0.7, 0.3)
    rows = re.findall(r"^\| (`.*?) \| .* \| (.*?)\|$", text.partition("## Beside")[0], re.MULTILINE)
    told = {
        name: set(re.findall(r"`(\w+)`", options)) for names, options in rows for name in re.findall(r"`(\w+)`", names)
    }
    assert told == {name: set(method.options) for name, method in METHODS.items()}


@pytest.mark.real
def test_the_generation_document_runs_in_order(run: Callable[[str], str]) -> None:
    blocks = _BLOCK.findall((ROOT / "docs" / "generation.md").read_text())
    printed = [run(code if language == "bash" else f"python - <<'PYTHON'\n{code}PYTHON\n") for language, code in blocks]
    plain, refined, many, shown, called = printed
    assert re.search(r"^small: .*, rank 1 keeps 0\.\d{4} of the energy$", plain, re.MULTILINE)
    steps = "refined in 4 steps on 4 examples$"
    assert re.search(rf"^refined: written by registry:starter-hypernet@1, .*{steps}", refined, re.M)
    assert re.search(rf"^begun: begun at the mean of 73 adapters, .*{steps}", refined, re.M)
    assert re.search(r"^shown: written by registry:starter-hypernet@1, [\d,]+ parameters$", refined, re.M)
    assert [line for line in many.splitlines() if line.startswith("many: ")] == [
        "many: 2 written, 0 there already, 0 failed",
        "many: 0 written, 2 there already, 0 failed",
    ]
    assert re.search(r"^stale +(no|yes)", shown, re.MULTILINE)
    assert called.startswith("(4,) 1 {'refine_steps': 4, 'examples': 2, 'rank': 4, ")


@pytest.mark.real
def test_the_commands_of_the_serving_document_run(run: Callable[[str], str]) -> None:
    [(_, script)] = _BLOCK.findall((ROOT / "docs" / "serving.md").read_text())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert script.count("8000") > 3
    lines = run(script.replace("8000", str(port))).splitlines()
    health, adapted, found, listed, refused = (json.loads(line) for line in lines)
    assert health["status"] == "ok"
    assert adapted["adapter"]["reference"].startswith("registry:adapt-write-the-verb")
    assert found[0]["name"] == "noun-plural"
    assert len(listed["adapters"]) == 5
    assert (refused["status"], refused["errors"]) == (422, [{"detail": "no such parameter", "parameter": "orign"}])


@pytest.mark.real
def test_the_commands_of_the_evaluation_document_run(run: Callable[[str], str]) -> None:
    printed, evaluated = (run(code) for _, code in _BLOCK.findall((ROOT / "docs" / "evaluation.md").read_text()))
    assert evaluated.startswith(
        "registry:noun-plural on 4 examples: exact_match with 95 % interval\n  adapter     0.75 "
    )
    assert "date-iso-to-german (dates; seen)" in printed
    assert "no problems" in printed
    assert "my-tasks: 2 tasks" in printed


@pytest.mark.real
def test_the_commands_of_the_data_document_run(run: Callable[[str], str]) -> None:
    [(_, script)] = _BLOCK.findall((ROOT / "docs" / "data.md").read_text())
    printed = run(script)
    assert "12/3/5" in printed
    assert "no problems" in printed
    assert "note: us-date: the column 'id' is not read" in printed
    assert "us-date (jsonl; no part): Write the date as Americans do" in printed


def test_the_shapes_of_the_data_document_are_those_that_are_read() -> None:
    text = (ROOT / "docs" / "data.md").read_text().partition("## Files")[0]
    told = {"/".join(re.findall(r"`(\w+)`", shape)) for shape in re.findall(r"(?:`\w+`/?)+", text)}
    assert set(SHAPES) <= told
