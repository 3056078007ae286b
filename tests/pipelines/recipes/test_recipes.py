"""Recipes: read from YAML and back, named by a stable hash, refused by the name of the wrong field."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from hyperlora.errors import InputError
from hyperlora.models import DEFAULT_BASE
from pipelines.recipes import (
    AdapterRecipe,
    CvaeRecipe,
    EvaluationRecipe,
    FewExamplesRecipe,
    HypernetRecipe,
    MultitaskRecipe,
    QuickstartRecipe,
    RetrieverRecipe,
    chosen_recipe,
    load_recipe,
    read_recipe,
    shipped_recipe,
)
from pipelines.recipes.models import Recipe
from pipelines.starter import starter_suite

SHIPPED: dict[str, type[Recipe]] = {
    "adapters": AdapterRecipe,
    "cvae": CvaeRecipe,
    "cvae-small": CvaeRecipe,
    "demo": QuickstartRecipe,
    "evaluation": EvaluationRecipe,
    "hypernet": HypernetRecipe,
    "multitask-description": MultitaskRecipe,
    "multitask-examples": MultitaskRecipe,
    "quickstart": QuickstartRecipe,
    "refine": FewExamplesRecipe,
    "retriever": RetrieverRecipe,
}


def write(folder: Path, value: Any) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(value))
    return path


def fields() -> dict[str, Any]:
    """The shipped recipe as plain values."""
    return load_recipe().model_dump(mode="json")


def test_the_shipped_recipe_validates_and_is_what_it_claims() -> None:
    recipe = load_recipe()
    assert (recipe.base, recipe.suite) == (DEFAULT_BASE, "starter")
    assert recipe.adapters.target_modules == recipe.hypernet.target_modules == ("q_proj", "v_proj")
    assert recipe.adapters.warmup_steps < recipe.adapters.steps


def test_every_shipped_recipe_validates() -> None:
    assert {path.stem for path in shipped_recipe("adapters").parent.glob("*.yaml")} == set(SHIPPED)
    for name, kind in SHIPPED.items():
        assert isinstance(read_recipe(kind, shipped_recipe(name)), kind)


def test_the_oracles_are_trained_as_the_adapters_of_the_zoo_are() -> None:
    adapters = read_recipe(AdapterRecipe, shipped_recipe("adapters"))
    assert read_recipe(EvaluationRecipe, shipped_recipe("evaluation")).oracle.hash == adapters.hash
    for name in ("quickstart", "demo"):
        whole = load_recipe(shipped_recipe(name))
        assert whole.evaluation.oracle.hash == whole.adapters.hash, "its adapters are its oracles"


def test_a_multi_task_recipe_reads_what_its_name_says() -> None:
    for reads in ("description", "examples"):
        assert read_recipe(MultitaskRecipe, shipped_recipe(f"multitask-{reads}")).reads == reads


def test_the_tasks_that_a_quickstart_names_are_seen_ones_of_the_starter_suite() -> None:
    seen = {task.name for task in starter_suite().part("seen")}
    for name in ("quickstart", "demo"):
        whole = load_recipe(shipped_recipe(name))
        assert set(whole.show) <= set(whole.tasks) <= seen


def test_a_recipe_of_another_kind_is_refused_by_its_fields(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(shipped_recipe("adapters").read_text())
    with pytest.raises(InputError, match=r"own\.yaml: .*oracle: "):
        read_recipe(EvaluationRecipe, own)


def test_a_recipe_comes_back_from_yaml_as_it_went(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, fields()))
    assert recipe == load_recipe()
    assert recipe.hash == load_recipe().hash


def test_the_hash_is_that_of_the_canonical_json() -> None:
    text = json.dumps(fields(), sort_keys=True, separators=(",", ":"))
    assert load_recipe().hash == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_of_fields_and_written_defaults_do_not_change_the_hash(tmp_path: Path) -> None:
    value = fields()
    turned = {name: value[name] for name in reversed(value)}
    del turned["adapters"]["micro_batch"]  # the shipped value is the default
    path = tmp_path / "turned.yaml"
    path.write_text(yaml.safe_dump(turned, sort_keys=False))
    assert load_recipe(path).hash == load_recipe().hash


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("adapters", "steps", 49),
        ("adapters", "alpha", 16.5),
        ("adapters", "target_modules", ["v_proj", "q_proj"]),
        ("hypernet", "width", 257),
        ("evaluation", "shots", 4),
    ],
)
def test_any_other_value_has_another_hash(part: str, field: str, value: Any, tmp_path: Path) -> None:
    changed = fields()
    changed[part][field] = value
    assert load_recipe(write(tmp_path, changed)).hash != load_recipe().hash


def test_a_recipe_is_a_file_or_the_bare_name_of_a_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert chosen_recipe(None, "cvae") == shipped_recipe("cvae")
    assert chosen_recipe(Path("cvae-small"), "cvae") == shipped_recipe("cvae-small")
    for path in ("cvae-small.yaml", "here/cvae-small"):
        assert chosen_recipe(Path(path), "cvae") == Path(path)
    Path("cvae-small").write_text("steps: 3")
    assert chosen_recipe(Path("cvae-small"), "cvae") == Path("cvae-small"), "one's own file comes first"


def test_a_wrong_name_is_told_the_right_ones_and_a_wrong_kind_that_it_is_wrong() -> None:
    with pytest.raises(InputError, match="there is no file and no shipped recipe cvae-smal") as caught:
        chosen_recipe(Path("cvae-smal"), "cvae")
    assert "adapters, cvae, cvae-small, " in caught.value.remedy
    with pytest.raises(InputError, match=r"^the shipped recipe cvae-small is no HypernetRecipe") as caught:
        read_recipe(HypernetRecipe, shipped_recipe("cvae-small"))
    assert "--kind" in caught.value.remedy


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_recipe().adapters.steps = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("adapters", "stepps", 3),
        ("adapters", "steps", 0),
        ("adapters", "steps", "many"),
        ("adapters", "rank", 1000),
        ("hypernet", "learning_rate", -1.0),
        ("hypernet", "width", 4),
        ("evaluation", "shots", 0),
    ],
)
def test_a_wrong_field_is_named(part: str, field: str, value: Any, tmp_path: Path) -> None:
    changed = fields()
    changed[part][field] = value
    path = write(tmp_path, changed)
    with pytest.raises(InputError) as caught:
        load_recipe(path)
    assert caught.value.problem.startswith(f"{path}: {part}.{field}: ")
    assert caught.value.remedy == "Correct the recipe."


def test_every_wrong_field_is_named_at_once(tmp_path: Path) -> None:
    changed = fields()
    changed["adapters"]["rank"] = 0
    del changed["hypernet"]["steps"]
    with pytest.raises(InputError, match=r"adapters\.rank: .*; hypernet\.steps: "):
        load_recipe(write(tmp_path, changed))


def test_a_warm_up_that_never_ends_is_refused(tmp_path: Path) -> None:
    changed = fields()
    changed["adapters"] |= {"steps": 4, "warmup_steps": 4}
    with pytest.raises(InputError, match=r"adapters: .*warmup_steps \(4\) must be below steps \(4\)"):
        load_recipe(write(tmp_path, changed))


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"just words", b"adapters: [", b"\x00", b"caf\xe9: 1"])
def test_a_file_that_is_no_recipe_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"recipe\.yaml"):
        load_recipe(path)


def test_a_missing_recipe_is_refused_with_the_flag(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml cannot be read: .*--recipe"):
        load_recipe(tmp_path / "nowhere.yaml")


def test_a_section_left_out_takes_its_defaults_only_where_there_are_any() -> None:
    value = fields()
    del value["base"], value["suite"]
    assert QuickstartRecipe.model_validate(value) == load_recipe()
    del value["evaluation"]
    with pytest.raises(ValidationError, match="evaluation"):
        QuickstartRecipe.model_validate(value)
