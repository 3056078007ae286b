"""Recipe models and reading them from YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hyperlora.errors import InputError
from hyperlora.identity import content_hash

AnyRecipe = TypeVar("AnyRecipe", bound="Recipe")
_SHIPPED = Path(__file__).parent


class Recipe(BaseModel):
    """A frozen, strict description of a run; equal recipes have equal hashes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the recipe's canonical JSON."""
        return content_hash(self.model_dump(mode="json"))


class TrainingRecipe(Recipe):
    """What training through the base model needs, whatever is trained.

    Attributes:
        rank, alpha: of the adapters; scaling is alpha / rank.
        target_modules: last names of the adapted linear modules.
        steps: optimiser steps.
        samples_per_task: training examples of every task in each step.
        learning_rate: peak of AdamW, reached after `warmup_steps` and falling linearly to zero.
        micro_batch: samples in one forward; a step accumulates over as many as it needs.
        checkpoint_steps: steps between checkpoints, the most that a kill loses.
        snapshot_steps: after which steps the parameters are kept, for generators that learn from a training's path.
        seed: of initialisation and sampling.
    """

    rank: int = Field(8, ge=1, le=256)
    alpha: float = Field(16, gt=0)
    target_modules: tuple[str, ...] = ("q_proj", "v_proj")
    steps: int = Field(ge=1)
    samples_per_task: int = Field(ge=1)
    learning_rate: float = Field(gt=0, lt=1)
    warmup_steps: int = Field(0, ge=0)
    micro_batch: int = Field(64, ge=1)
    checkpoint_steps: int = Field(10, ge=1)
    snapshot_steps: tuple[int, ...] = ()
    seed: int = 0

    @model_validator(mode="after")
    def _warmup_ends(self) -> TrainingRecipe:
        if self.warmup_steps >= self.steps:
            raise ValueError(f"warmup_steps ({self.warmup_steps}) must be below steps ({self.steps})")
        return self


class AdapterRecipe(TrainingRecipe):
    """Train one adapter per task, all in one pass."""


class HypernetRecipe(TrainingRecipe):
    """Train a hypernet through the base model.

    Attributes:
        width: of its shared network.
        embedding_size: of its layer and module-kind embeddings.
        tasks_per_step: how many of the tasks, in turn, are in one step; all when None.
        common_rank: how much of the rank is the same in all adapters, learned with the rest.
        prompted: share of samples whose prompt holds one of the task's training descriptions, too.
        misled: share of those that act on what is written for a similar task, which the prompt has to put right.
        form: what writes a module's factors: a head for all of its kind, or a dictionary of its own atoms, which
            begins at the principal directions of the adapters that the pool has for the tasks.
        atoms: in the dictionary.
        reconstruction_steps: before training through the base model, in which the dictionary's coefficients learn to
            write the pool's adapters.
        reads_states: the base model reads descriptions and examples beside the encoder, see
        `generator.condition_features`.
        reading_depth, examples_depth: of the states that are read, as shares of the base model's layers.
        shown, both: shares of conditions that have solved examples alone, and beside the description.
        most_shown: examples in such a condition; any number up to that is as likely.
        condition_noise: standard deviation of what is added to a condition, whose numbers are about 1 in size.
    """

    tasks_per_step: int | None = Field(None, ge=1)
    width: int = Field(256, ge=8)
    embedding_size: int = Field(32, ge=1)
    common_rank: int = Field(0, ge=0)
    prompted: float = Field(0, ge=0, le=1)
    misled: float = Field(0, ge=0, le=1)
    form: Literal["heads", "dictionary"] = "heads"
    atoms: int = Field(96, ge=1)
    reconstruction_steps: int = Field(0, ge=0)
    reads_states: bool = False
    reading_depth: float = Field(0.5, ge=0, le=1)
    examples_depth: float = Field(26 / 30, ge=0, le=1)
    shown: float = Field(0, ge=0, le=1)
    both: float = Field(0, ge=0, le=1)
    most_shown: int = Field(16, ge=1)
    condition_noise: float = Field(0, ge=0)

    @model_validator(mode="after")
    def _shares_fit(self) -> HypernetRecipe:
        if self.shown + self.both > 1:
            raise ValueError(f"shown ({self.shown}) and both ({self.both}) are shares of one whole")
        if (self.shown or self.both) and not self.reads_states:
            raise ValueError("examples are read by the base model: set reads_states")
        if self.reconstruction_steps and self.form != "dictionary":
            raise ValueError("only a dictionary's coefficients are told by the pool: reconstruction_steps must be 0")
        if self.misled and not self.prompted:
            raise ValueError("only prompts that hold a description can put right what misleads: misled must be 0")
        if self.common_rank >= self.rank:
            raise ValueError(f"common_rank ({self.common_rank}) must be below rank ({self.rank})")
        return self


class MultitaskRecipe(TrainingRecipe):
    """Train one adapter for all tasks, which reads in its prompt what the task is.

    Attributes:
        reads: one of the task's descriptions, or solved examples.
        shots: solved examples in a prompt.
        tasks_per_step: how many of the tasks, in turn, are in one step.
    """

    reads: Literal["description", "examples"]
    shots: int = Field(5, ge=1)
    tasks_per_step: int = Field(8, ge=1)


class RetrieverRecipe(Recipe):
    """Fine-tune the text encoder so that texts of one task lie close and those of others apart.

    Attributes:
        steps, learning_rate, warmup_steps, checkpoint_steps, seed: as in `TrainingRecipe`.
        tasks_per_step: pairs of a step, each of another task.
        neighbours: how many of its nearest tasks a task brings into its step, as hard negatives.
        scale: what cosines are multiplied by in the contrastive loss; the inverse temperature.
        inputs: share of pairs that ask with an input alone.
        prompts: share of the other pairs whose texts are wordings with an input.
        rank: of the change that is kept of each linear module.
        reading_depth: of the base model's states that are read beside the encoder, as a share of its layers.
        reading_weight: of their similarity beside the encoder's; 0 for the encoder alone.
        reading_prompts: of each task, from which it is learnt how they are read.
        description_words, prompt_words: weight of shared words beside the similarity, by kind of query.
    """

    steps: int = Field(ge=1)
    tasks_per_step: int = Field(64, ge=2)
    neighbours: int = Field(7, ge=0)
    scale: float = Field(20, gt=0)
    prompts: float = Field(0.5, ge=0, le=1)
    inputs: float = Field(0.1, ge=0, le=1)
    rank: int = Field(16, ge=1, le=256)
    reading_depth: float = Field(0.5, ge=0, le=1)
    reading_weight: float = Field(1, ge=0)
    reading_prompts: int = Field(16, ge=2)
    description_words: float = Field(0.3, ge=0)
    prompt_words: float = Field(0.1, ge=0)
    learning_rate: float = Field(gt=0, lt=1)
    warmup_steps: int = Field(0, ge=0)
    checkpoint_steps: int = Field(20, ge=1)
    seed: int = 0


class FewExamplesRecipe(Recipe):
    """How an adapter is trained on a few examples, as `pipelines.training.refine` does; chosen on dev tasks.

    Attributes:
        steps, learning_rate, warmup_steps: as in `TrainingRecipe`.
    """

    steps: int = Field(ge=1)
    learning_rate: float = Field(gt=0, lt=1)
    warmup_steps: int = Field(0, ge=0)


Start = Literal["pool", "generated"]
"""Where refinement begins: at the mean of the pool's adapters, or at what a generator writes."""


class EvaluationRecipe(Recipe):
    """How methods are compared.

    Attributes:
        test_examples: test examples per task, at most.
        shots: examples in the few-shot prompt.
        generated_examples: of each task and method, how many examples are also answered by real generation.
        seed: of the choice of shots and of the intervals' draws.
        oracle: how the adapter of a task's own is trained.
        finetune: how an adapter is trained on a few examples.
    """

    test_examples: int = Field(50, ge=1)
    shots: int = Field(5, ge=1)
    generated_examples: int = Field(1, ge=0)
    seed: int = 0
    oracle: AdapterRecipe
    finetune: FewExamplesRecipe


class QuickstartRecipe(Recipe):
    """The whole way: base model, suite, adapters, hypernet, comparison.

    Attributes:
        base: base model reference.
        suite: `starter` or `file:FOLDER`.
        tasks: those of the suite that take part; all when empty.
        show: tasks to `adapt` to at the end; the first few of the suite when empty.
        asked: by task, the words in which it is asked for then; its last unseen description for those left away.
    """

    base: str = "smollm2-135m-instruct"
    suite: str = "starter"
    tasks: tuple[str, ...] = ()
    adapters: AdapterRecipe
    hypernet: HypernetRecipe
    evaluation: EvaluationRecipe
    show: tuple[str, ...] = ()
    asked: dict[str, str] = Field(default_factory=dict)


def load_recipe(path: Path | None = None) -> QuickstartRecipe:
    """Read a quickstart recipe; the shipped one when no path is given.

    Raises:
        InputError: missing, not YAML, or a field is wrong; the message names it.
    """
    return read_recipe(QuickstartRecipe, path or shipped_recipe("quickstart"))


def shipped_recipe(name: str) -> Path:
    """The YAML file of a recipe beside this module."""
    return _SHIPPED / f"{name}.yaml"


def chosen_recipe(chosen: Path | None, default: str) -> Path:
    """The file that is chosen, which may be a shipped recipe's bare name, or the shipped one that stands for none.

    Raises:
        InputError: a bare name is neither a file's nor a shipped recipe's.
    """
    if chosen is None:
        return shipped_recipe(default)
    if chosen.parent != Path() or chosen.suffix or chosen.exists():
        return chosen
    if not (named := shipped_recipe(chosen.name)).is_file():
        known = ", ".join(sorted(each.stem for each in _SHIPPED.glob("*.yaml")))
        raise InputError(
            f"there is no file and no shipped recipe {chosen}", f"Give --recipe a file, or one of {known}."
        )
    return named


def read_recipe(kind: type[AnyRecipe], path: Path) -> AnyRecipe:
    """Read a recipe of a kind from YAML.

    Raises:
        InputError: missing, not YAML, or a field is wrong; the message names it.
    """
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "Check --recipe.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not YAML: {error}", "Correct the file.") from error
    except ValidationError as error:
        if path.parent == _SHIPPED:
            problem = f"the shipped recipe {path.stem} is no {kind.__name__}"
            raise InputError(problem, "Choose another with --recipe, or the --kind it is for.") from error
        raise InputError(f"{path}: {told(error)}", "Correct the recipe.") from error


def told(error: ValidationError) -> str:
    """All that is wrong with a recipe, on one line."""
    return "; ".join(f"{'.'.join(map(str, issue['loc']))}: {issue['msg']}" for issue in error.errors())
