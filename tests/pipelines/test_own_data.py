"""A generator trained on one's own data by the command: few tasks of one wording, and adapters that it has not seen."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from generator.artifact import read_generator
from generator.cvae import Cvae
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card, CardExample
from hyperlora.registry.housekeeping import verify
from hyperlora.settings import reload_settings
from hyperlora.tasks.task import Task
from pipelines.adapt.adapt import adapt
from pipelines.adapt.measured_generators import known_to_be_worse
from pipelines.adapt.staleness import staleness_note
from pipelines.recipes import CvaeRecipe, read_recipe, shipped_recipe
from pipelines.runtime import Runtime
from pipelines.training.generator import train_generator
from serve.cli.train import command

RECIPE = {
    "rank": 4,
    "alpha": 8,
    "target_modules": ["v_proj"],
    "form": "dictionary",
    "atoms": 6,
    "reconstruction_steps": 3,
    "width": 16,
    "embedding_size": 4,
    "reads_states": True,
    "shown": 0.2,
    "both": 0.2,
    "common_rank": 2,
    "prompted": 0.5,
    "misled": 0.5,
    "tasks_per_step": 4,
    "samples_per_task": 2,
    "steps": 6,
    "learning_rate": 1e-3,
    "warmup_steps": 2,
}


def own_suite(folder: Path, tasks: int) -> str:
    """Tasks in JSONL, each of one wording."""
    folder.mkdir()
    kinds: dict[str, Callable[[int], str]] = {
        "add-one": lambda n: str(n + 1),
        "mirror": lambda n: str(n)[::-1],
        "tag": lambda n: f"<{n}>",
    }
    notes = {}
    for name, answer in list(kinds.items())[:tasks]:
        lines = [json.dumps({"input": str(n), "output": answer(n)}) for n in range(100, 140)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
        notes[name] = {"partition": "seen", "description": f"Do {name} with the number"}
    (folder / "tasks.yaml").write_text(yaml.safe_dump(notes))
    return f"jsonl:{folder}"


@pytest.mark.parametrize("tasks", [1, 2, 3])
def test_few_tasks_of_one_wording_train_a_sound_generator_that_takes_nobodys_place(
    tasks: int, runtime: Runtime, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(yaml.safe_dump(RECIPE))
    arguments = [
        "generator",
        "--suite",
        own_suite(tmp_path / "suite", tasks),
        "--name",
        "mine",
        "--recipe",
        str(recipe),
    ]
    arguments += ["--base", str(runtime.base_name)]
    done = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert f"note: each of the {tasks} tasks has one wording" in done.stderr
    value = json.loads(done.stdout)
    assert (value["reference"], value["trained_now"], value["aliases"]) == ("registry:mine@1", True, [])
    # six steps teach nothing, and the present champion knows the three tasks of the pool
    decided = value["champion"]
    assert decided["champion"] == decided["present"] == "registry:quickstart-hypernet@1"
    assert decided["scores"]["present"] > decided["scores"]["new"]
    assert [(each["tasks"], each["asked"]) for each in decided["compared"]] == [(tasks, tasks), (3, 3)]
    read_generator(runtime.registry.verified_folder(runtime.registry.get("registry:mine")))  # refuses NaN
    assert verify(runtime.registry)[1] == []
    result = adapt("Translate this sentence into Old Norse verse", force=True, runtime=runtime)
    assert result.candidates[0].reference == "registry:quickstart-hypernet@1"
    done = CliRunner().invoke(command, [*arguments, "--make-champion"], catch_exceptions=False)
    assert "registry:mine@1  Writes adapters from descriptions" in done.stdout
    assert "there already, of the same recipe and data" in done.stdout
    assert "champion generator: registry:mine@1 (as you said)" in done.stdout
    assert "to use the other: hyperlora registry alias registry:quickstart-hypernet@1 champion" in done.stdout
    used = runtime.generator()
    assert used is not None and used.entry.reference == "registry:mine@1"


def test_the_command_of_the_staleness_note_trains_on_what_it_names(
    runtime: Runtime, make_adapter: Callable[..., Adapter], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    card = Card(description="Write Old Norse verse", origin="trained", examples=(CardExample(input="a", output="b"),))
    runtime.registry.register(make_adapter(3, modules=("v_proj",), card=card), "norse")
    generator = runtime.generator()
    assert generator is not None
    note = staleness_note(runtime, generator)
    assert note is not None and "(registry:norse@1)" in note
    words = shlex.split(note.partition("to include what they do: ")[2])
    assert words[:3] == ["hyperlora", "train", "generator"]
    assert words[-2:] == ["--base", runtime.base_name]
    quick = read_recipe(CvaeRecipe, shipped_recipe("cvae")).model_copy(update={"steps": 40})
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(yaml.safe_dump(quick.model_dump(mode="json")))
    done = CliRunner().invoke(command, [*words[2:], "--recipe", str(recipe)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    made = runtime.registry.get("registry:cvae")
    network = read_generator(runtime.registry.verified_folder(made))
    assert isinstance(network, Cvae)
    assert set(network.config.tasks) == {"barks", "counts", "homes", "norse"}
    assert "registry:norse@1" in made.parents
    # whoever is champion now, nobody is told to do the same again
    used = runtime.generator()
    assert used is not None
    after = staleness_note(runtime, used)
    if used.entry.reference == made.reference:
        assert after is None
    else:
        # it is named unless the comparison, whose outcome it kept, found it worse
        named = f"{made.reference} has: --generator {made.reference} asks it"
        assert after is not None and after.endswith(named) is not known_to_be_worse(made)
    monkeypatch.setenv("HYPERLORA_BASE_MODEL", str(runtime.base_name))
    reload_settings()
    unnamed = Runtime(None, runtime.registry)
    unnamed.encoder = runtime.encoder
    note = staleness_note(unnamed, generator)
    assert note is not None and "--base" not in note


def test_adapters_for_other_prompts_are_no_reason_to_train(
    runtime: Runtime, make_adapter: Callable[..., Adapter]
) -> None:
    card = Card(description="Write Old Norse verse", origin="trained", prompt_template="Q: {input}\nA:")
    runtime.registry.register(make_adapter(3, card=card), "norse")
    generator = runtime.generator()
    assert generator is not None
    assert staleness_note(runtime, generator) is None


@pytest.mark.parametrize("name", ["cvae", "cvae-small"])
@pytest.mark.parametrize("tasks", [1, 2])
def test_a_cvae_of_one_or_two_adapters_is_sound(tasks: int, name: str, runtime: Runtime, toy_tasks: list[Task]) -> None:
    recipe = read_recipe(CvaeRecipe, shipped_recipe(name)).model_copy(update={"steps": 25})
    made, _ = train_generator(runtime, toy_tasks[:tasks], recipe, name="coder")
    assert all(tensor.isfinite().all() for tensor in made.network.state_dict().values())  # type: ignore[attr-defined]
    assert made.network.config.tasks == tuple(task.name for task in toy_tasks[:tasks])
