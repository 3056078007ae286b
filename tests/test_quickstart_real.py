"""The quickstart on the real base model: what it must reach, and that its adapters work outside HyperLoRA.

It starts from the shipped zoo; its home is kept in `.cache`, so that later runs take seconds. The one that
trains everything itself is `slow` and keeps a home of its own; a change of the recipe, the suite or the training code
starts it afresh.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hyperlora.tasks.prompts import read_answer, render_prompt
from hyperlora.tasks.task import Example
from pipelines.recipes import load_recipe, shipped_recipe
from pipelines.starter import starter_suite
from pipelines.zoo import ZOO_FOLDER

from .real_homes import CACHE, zoo_home

if TYPE_CHECKING:
    from hyperlora.models import BaseModel

pytestmark = pytest.mark.real

TRAINED_HOME = CACHE / "real-home-trained"
NEW_TOKENS = 16


def hyperlora(*arguments: str | Path, home: Path | None = None) -> Any:
    """What the command prints with `--json`, run as a user does, in a home that lasts."""
    command = Path(sys.executable).with_name("hyperlora")
    environment = os.environ | {
        "HYPERLORA_HOME": str(home or zoo_home()),
        "HYPERLORA_CACHE": str(CACHE),
    }
    done = subprocess.run(
        [command, *arguments, "--json"], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def report() -> Any:
    """The report of `hyperlora quickstart`."""
    if not (ZOO_FOLDER / "manifest.json").is_file():
        pytest.skip("the zoo has not been built: python -m pipelines.zoo.build")
    return hyperlora("quickstart")


@pytest.fixture(scope="session")
def trained_report() -> Any:
    """The report of `hyperlora quickstart --train`; minutes when it is the first."""
    return hyperlora("quickstart", "--train", home=TRAINED_HOME)


def mean_scores(report: Any) -> dict[str, float]:
    """Score by method, mean over tasks."""
    return {name: row["mean"] for name, row in report["comparison"]["summary"]["groups"]["all"]["methods"].items()}


@pytest.fixture(scope="session")
def means(report: Any) -> dict[str, float]:
    """Score by method, mean over tasks, from the shipped zoo."""
    return mean_scores(report)


def test_trained_adapters_beat_the_base_model_and_examples_in_the_prompt(means: dict[str, float]) -> None:
    assert means["oracle"] >= means["base"] + 0.40
    assert means["oracle"] > means["icl-5"]
    assert means["oracle"] > means["description"]


@pytest.mark.parametrize("method", ["retrieved-1", "generated"])
def test_unseen_descriptions_are_enough(method: str, means: dict[str, float]) -> None:
    assert means[method] >= means["base"] + 0.30


def test_the_comparison_rests_on_every_task_of_the_recipe(report: Any) -> None:
    recipe, suite = load_recipe(shipped_recipe("demo")), starter_suite()
    counts = {name: min(recipe.evaluation.test_examples, len(suite.tasks[name].test)) for name in recipe.tasks}
    assert {name: task["examples"] for name, task in report["comparison"]["tasks"].items()} == counts
    for scores in report["comparison"]["scores"].values():
        assert {name: len(got["scores"]) for name, got in scores.items()} == counts
    assert report["comparison"]["failures"] == []


@pytest.mark.slow
def test_trained_here_it_reaches_as_much_and_a_second_run_trains_nothing(trained_report: Any) -> None:
    means = mean_scores(trained_report)
    assert means["oracle"] >= means["base"] + 0.40
    assert means["oracle"] > max(means["icl-5"], means["description"])
    assert min(means["retrieved-1"], means["generated"]) >= means["base"] + 0.30
    again = hyperlora("quickstart", "--train", home=TRAINED_HOME)
    assert again["cached"] == ["adapters", "generator", "comparison"]
    assert again["comparison"] == trained_report["comparison"]


def test_adapt_finds_what_a_person_would_ask_for(report: Any) -> None:
    """Each of the shown tasks, in words that are in no task of the suite, by the zoo's own adapter for it."""
    recipe = load_recipe(shipped_recipe("demo"))
    known = {text for task in starter_suite() for text in (*task.descriptions, *task.unseen_descriptions)}
    assert known.isdisjoint(recipe.asked.values())
    assert [each["adapter"]["description"] for each in report["adapted"]] == list(recipe.asked.values())
    for task, adapted in zip(recipe.asked, report["adapted"], strict=True):
        assert adapted["parents"][0].startswith(f"registry:{task}@")
        answers = adapted["answers"]
        assert len(answers) == 5
        right = {kind: sum(answer[kind] == answer["expected"] for answer in answers) for kind in ("adapted", "base")}
        assert right["adapted"] > len(answers) / 2 > right["base"]
        # without examples, samples are the adapter's own and say so
        whose = adapted["answers_of"]
        assert whose is None if task == "verb-past" else whose["reference"].startswith(f"registry:{task}@")


def test_a_second_run_takes_everything_from_the_first_and_says_so(report: Any) -> None:
    again = hyperlora("quickstart")
    assert again["cached"] == ["zoo", "comparison"]
    assert again["comparison"] == report["comparison"]
    assert [adapted["adapter"]["reference"] for adapted in again["adapted"]] == [
        adapted["adapter"]["reference"] for adapted in report["adapted"]
    ]


# --- the adapter for a described task, in three programs ------------------------------------------------


@pytest.fixture(scope="session")
def nouns() -> list[Example]:
    """Twenty nouns that no training saw."""
    task = starter_suite().tasks["noun-plural"]
    chosen = list(task.test[:20])
    seen = {example.input for example in (*task.train, *task.validation)}
    assert len(chosen) == 20
    assert seen.isdisjoint(example.input for example in chosen)
    return chosen


@pytest.fixture(scope="session")
def folders(report: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The PEFT folder and the merged checkpoint of `hyperlora adapt`."""
    out, merged = (tmp_path_factory.mktemp("plural") / name for name in ("adapter", "merged"))
    made = hyperlora("adapt", "Answer with the plural of the noun", "--out", out, "--merge", merged)
    assert (made["out"], made["merged"]) == (str(out), str(merged))
    assert made["parents"][0].startswith("registry:noun-plural@")
    return out, merged


@contextmanager
def no_warnings() -> Iterator[None]:
    """Fail on any Python warning, and on any log record of warning level or above."""
    records: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record.getMessage())

    handler = Collect(logging.WARNING)
    loggers = [logging.getLogger(name) for name in (None, "transformers", "peft")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # PEFT asks every transformers model for this attribute, whatever the adapter
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
            yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    assert [str(warning.message) for warning in caught] + records == []


def greedy(model: Any, base: BaseModel, prompts: Sequence[str]) -> list[tuple[int, ...]]:
    """New tokens by plain `generate`, one prompt at a time, up to the stop token."""
    import torch

    found = []
    for prompt in prompts:
        ids = base.tokenizer(prompt, return_tensors="pt").input_ids
        with torch.inference_mode():
            output = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=NEW_TOKENS,
                do_sample=False,
                pad_token_id=base.pad_id,
            )[0, ids.shape[1] :].tolist()
        end = next((place for place, token in enumerate(output) if token in base.stop_ids), len(output))
        found.append(tuple(output[:end]))
    return found


@pytest.fixture(scope="session")
def prompts(folders: tuple[Path, Path], nouns: list[Example]) -> list[str]:
    """The nouns in the template that the adapter's card names."""
    template = json.loads((folders[0] / "hyperlora.json").read_text())["card"]["prompt_template"]
    return [render_prompt(template, example.input) for example in nouns]


@pytest.fixture(scope="session")
def load_plain(real_base: BaseModel) -> Callable[[Path], Any]:
    """Load a checkpoint folder with plain transformers, in float32."""
    import torch
    from transformers import AutoModelForCausalLM

    return lambda folder: AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="session")
def by_peft(
    folders: tuple[Path, Path], real_base: BaseModel, prompts: list[str], load_plain: Callable[[Path], Any]
) -> dict[str, list[tuple[int, ...]]]:
    """New tokens in plain PEFT, with the adapter and with it switched off; loading it must not warn."""
    from peft import PeftModel

    plain = load_plain(real_base.folder)
    with no_warnings():
        model = PeftModel.from_pretrained(plain, folders[0]).eval()
    adapted = greedy(model, real_base, prompts)
    with model.disable_adapter():
        return {"adapted": adapted, "base": greedy(model, real_base, prompts)}


def test_the_adapter_answers_nouns_outside_the_training_data_in_plain_peft(
    by_peft: dict[str, list[tuple[int, ...]]], real_base: BaseModel, nouns: list[Example]
) -> None:
    def share_right(outputs: list[tuple[int, ...]]) -> float:
        answers = [read_answer(real_base.tokenizer.decode(tokens)) for tokens in outputs]
        return sum(answer == example.output for answer, example in zip(answers, nouns, strict=True)) / len(nouns)

    assert share_right(by_peft["adapted"]) >= share_right(by_peft["base"]) + 0.40


def test_bank_peft_and_merged_checkpoint_agree_token_for_token(
    by_peft: dict[str, list[tuple[int, ...]]],
    folders: tuple[Path, Path],
    real_base: BaseModel,
    prompts: list[str],
    load_plain: Callable[[Path], Any],
) -> None:
    from hyperlora.bank import AdapterBank, stack_adapters
    from hyperlora.inference.decoding import generate
    from hyperlora.inference.sampling import Sampling
    from hyperlora.peft_io.folder import read_adapter

    bank = AdapterBank(real_base.model)
    try:
        generated = generate(
            real_base,
            prompts,
            bank=bank,
            factors=stack_adapters([read_adapter(folders[0], real_base.identity)]),
            choices=[0] * len(prompts),
            sampling=Sampling(max_new_tokens=NEW_TOKENS),
        )
    finally:
        bank.close()
    assert [output.tokens for output in generated] == by_peft["adapted"]
    with no_warnings():
        merged = load_plain(folders[1])
    assert greedy(merged, real_base, prompts) == by_peft["adapted"]


def test_the_command_line_shows_the_answers_the_folder_gives(
    folders: tuple[Path, Path], real_base: BaseModel, load_plain: Callable[[Path], Any]
) -> None:
    shown = hyperlora("adapt", "Answer with the plural of the noun")["answers"]
    assert shown
    template = json.loads((folders[0] / "hyperlora.json").read_text())["card"]["prompt_template"]
    prompts = [render_prompt(template, answer["input"]) for answer in shown]
    outputs = greedy(load_plain(folders[1]), real_base, prompts)
    assert [answer["adapted"] for answer in shown] == [
        read_answer(real_base.tokenizer.decode(tokens)) for tokens in outputs
    ]


def test_five_examples_find_the_adapter_that_a_vague_description_does_not_name(report: Any, tmp_path: Path) -> None:
    examples = tmp_path / "verbs.jsonl"
    lines = [json.dumps({"input": e.input, "output": e.output}) for e in starter_suite().tasks["verb-past"].test[:5]]
    examples.write_text("\n".join(lines))
    made = hyperlora("adapt", "do the right thing with the verb", "--examples", examples)
    best, *others = made["candidates"]
    assert best["reference"].startswith("registry:verb-past@")
    assert made["parents"] == [best["reference"]]
    assert all(best["exact_match"] >= other["exact_match"] for other in others)
    assert best["exact_match"] > made["base_exact_match"]
    assert f"on 5 examples: exact match {best['exact_match']:.2f}" in made["reason"]
    assert f"(base model {made['base_exact_match']:.2f})" in made["reason"]
