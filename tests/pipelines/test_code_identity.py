"""Kept results are never stale: what they depend on follows from the imports."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.code_identity import code_identity, import_closure
from pipelines.evaluation.run import MEASURING
from pipelines.training.generator import CVAE_CODE, HYPERNET_CODE
from pipelines.training.pool import TRAINING_CODE
from pipelines.training.retriever import RETRIEVER_CODE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Our packages' source files, to be edited."""
    for package in ("hyperlora", "generator", "retrieval", "pipelines"):
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("tasks", "shipped", "families", "__pycache__"),
        )
        # `tasks` is a room of the core, too
    shutil.copytree(ROOT / "hyperlora" / "tasks", tmp_path / "hyperlora" / "tasks", dirs_exist_ok=True)
    return tmp_path


def edit(root: Path, name: str) -> None:
    path = root / name
    path.write_text(path.read_text() + "\n_EDITED = True\n")


@pytest.mark.parametrize(
    ("entries", "deep"),
    [
        (MEASURING, "pipelines/adapt/candidates.py"),
        (MEASURING, "pipelines/adapt/pool_mean.py"),
        (MEASURING, "pipelines/adapt/compose.py"),
        (MEASURING, "pipelines/adapt/route.py"),
        (MEASURING, "pipelines/evaluation/methods/adapted.py"),
        (MEASURING, "retrieval/compose/ties.py"),
        (MEASURING, "hyperlora/bank/delta.py"),
        (RETRIEVER_CODE, "hyperlora/embeddings/hidden_states.py"),
        (RETRIEVER_CODE, "retrieval/measuring.py"),
        (HYPERNET_CODE, "hyperlora/tasks/prompts.py"),
        (HYPERNET_CODE, "hyperlora/inference/batching.py"),
        (CVAE_CODE, "generator/weight_coders.py"),
        (TRAINING_CODE, "hyperlora/inference/prefix_sharing.py"),
    ],
)
def test_an_edit_deep_in_what_a_run_imports_changes_its_identity(
    entries: tuple[str, ...], deep: str, copy: Path
) -> None:
    before = code_identity(*entries, root=copy)
    assert code_identity(*entries, root=copy) == before == code_identity(*entries)
    edit(copy, deep)
    assert code_identity(*entries, root=copy) != before


@pytest.mark.parametrize("other", ["pipelines/evaluation/report.py", "pipelines/zoo/packing.py", "pipelines/report.py"])
def test_what_a_measurement_does_not_run_leaves_its_identity_alone(other: str, copy: Path) -> None:
    before = code_identity(*MEASURING, root=copy)
    edit(copy, other)
    assert code_identity(*MEASURING, root=copy) == before


def test_a_cvae_is_none_of_a_hypernets_business(copy: Path) -> None:
    before = code_identity(*HYPERNET_CODE, root=copy)
    edit(copy, "pipelines/training/cvae.py")
    assert code_identity(*HYPERNET_CODE, root=copy) == before


def test_imports_for_the_type_checker_and_of_other_people_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "__init__.py").write_text("")
    (tmp_path / "pipelines" / "one.py").write_text(
        "import json\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pipelines.two\n"
        "def f():\n    from pipelines import three\n"
    )
    for name in ("two", "three"):
        (tmp_path / "pipelines" / f"{name}.py").write_text("")
    assert sorted(import_closure("pipelines.one", root=tmp_path)) == ["pipelines", "pipelines.one", "pipelines.three"]


def test_a_module_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no module pipelines\.nothing of ours"):
        code_identity("pipelines.nothing")
