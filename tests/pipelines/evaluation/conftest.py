"""A toy suite in parts, a home with everything that methods ask for, and one evaluation of them all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hyperlora.settings import reload_settings
from hyperlora.tasks.task import Example, Suite, Task, load_suite, write_task

if TYPE_CHECKING:
    from hyperlora.embeddings.encoder import TextEncoder
    from pipelines.evaluation.context import EvaluationContext
    from pipelines.evaluation.run import Evaluation
    from pipelines.recipes import EvaluationRecipe
    from pipelines.runtime import Runtime

_UNSEEN = (
    ("woofs", "animals", "dog", "dev", "near", "Say which animal woofs.", "Which one says woof?"),
    ("climbs", "tools", "fox", "held-out", "far", "Say what jumps over all.", "What has jumped?"),
)


def _unseen_task(name: str, family: str, answer: str, part: Any, relation: Any, said: str, unseen: str) -> Task:
    letters = random.Random(name)
    inputs = list(dict.fromkeys("".join(letters.choices("ijklmnop", k=3)) for _ in range(40)))
    examples = tuple(Example(text, answer) for text in inputs)
    return Task(
        name=name,
        family=family,
        descriptions=(said,),
        unseen_descriptions=(unseen,),
        train=examples[:20],
        validation=examples[20:24],
        test=examples[24:30],
        partition=part,
        relation=relation,
    )


@pytest.fixture(scope="session")
def parts_folder(toy_tasks: list[Task], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A suite folder: the toy tasks as seen ones, a dev task near them and a held-out task far from them."""
    folder = tmp_path_factory.mktemp("parts") / "parts"
    for task in (*toy_tasks, *(_unseen_task(*each) for each in _UNSEEN)):
        write_task(task, folder / task.name)
    return folder


@pytest.fixture(scope="session")
def parts(parts_folder: Path) -> Suite:
    """The same, read."""
    return load_suite(parts_folder)


@pytest.fixture(scope="session")
def asking(toy_recipe: Path) -> EvaluationRecipe:
    """How the toy quickstart measures."""
    from pipelines.recipes import load_recipe

    return load_recipe(toy_recipe).evaluation


@pytest.fixture(scope="session")
def equipped_home(
    finished: Any, toy_tasks: list[Task], toy_recipe: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The finished home, with multi-task adapters too. Shared: what is registered stays as it is."""
    from hyperlora.registry import Registry
    from pipelines.recipes import MultitaskRecipe, load_recipe
    from pipelines.training.multitask import train_multitask

    from ..conftest import copy_home

    home = tmp_path_factory.mktemp("equipped")
    copy_home(finished.home, home)
    recipe = load_recipe(toy_recipe)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPERLORA_HOME", str(home))
        reload_settings()
        for reads in ("description", "examples"):
            told = MultitaskRecipe.model_validate(recipe.adapters.model_dump() | {"reads": reads, "shots": 2})
            train_multitask(Registry(home), recipe.base, toy_tasks, told)
    reload_settings()
    return home


@pytest.fixture(scope="session")
def open_runtime(equipped_home: Path, tiny_base_folder: Path, encoder: TextEncoder) -> Iterator[Callable[[], Runtime]]:
    """Open runtimes on the equipped home; their banks come off the tiny model at the end."""
    from hyperlora.registry import Registry
    from pipelines.runtime import Runtime

    def opened() -> Runtime:
        runtime = Runtime(f"file:{tiny_base_folder}", Registry(equipped_home))
        runtime.encoder = encoder
        return runtime

    yield opened


@pytest.fixture(scope="session")
def evaluated(
    open_runtime: Callable[[], Runtime],
    parts: Suite,
    asking: EvaluationRecipe,
    tmp_path_factory: pytest.TempPathFactory,
) -> Evaluation:
    """Every method of `all` on every task, undisturbed."""
    from pipelines.evaluation.methods import find_methods
    from pipelines.evaluation.run import evaluate

    out = tmp_path_factory.mktemp("evaluated") / "out"
    return evaluate(open_runtime(), parts, list(parts), find_methods(["all"]), asking, out, _refuse)


def _refuse(line: str) -> None:
    raise AssertionError(line)


@pytest.fixture(scope="session")
def shared_runtime(open_runtime: Callable[[], Runtime]) -> Runtime:
    """One runtime on the equipped home for all tests that only read."""
    return open_runtime()


@pytest.fixture
def open_context(
    shared_runtime: Runtime, parts: Suite, asking: EvaluationRecipe, tmp_path: Path
) -> Callable[..., EvaluationContext]:
    """A bench on the shared runtime for these tasks; all of the parts unless said otherwise."""
    from pipelines.evaluation.context import EvaluationContext

    def make(tasks: Sequence[Task] | None = None, recipe: EvaluationRecipe = asking) -> EvaluationContext:
        return EvaluationContext(shared_runtime, list(parts) if tasks is None else tasks, recipe, tmp_path / "training")

    return make
