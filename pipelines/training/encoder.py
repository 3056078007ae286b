"""Contrastive fine-tuning of a text encoder with the sentence-transformers trainer; what is kept is low-rank."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.embeddings.encoder_change import EncoderChange, change_between
from hyperlora.errors import TrainingError
from hyperlora.models.quiet import quiet_transformers
from hyperlora.progress import progress
from hyperlora.settings import get_settings
from pipelines.recipes import RetrieverRecipe
from pipelines.training.divergence import require_finite_loss, require_finite_parameters
from pipelines.training.retriever_pairs import Pair


def train_encoder(
    encoder: TextEncoder,
    pairs: Sequence[Pair],
    recipe: RetrieverRecipe,
    folder: Path,
    on_step: Callable[[int, float], None],
) -> EncoderChange:
    """Train the encoder's linear modules on pairs, in their order, and keep the best low-rank part of the change.

    The loss is the symmetric InfoNCE with the other pairs of a step as negatives (van den Oord et al. 2018, section
    2.3). Embeddings, norms and biases stay as they are.

    Args:
        pairs: `tasks_per_step` a step.
        folder: holds this run's checkpoints; a second call continues from the last.
        on_step: called with the step and its loss.

    Raises:
        TrainingError: the loss, or a weight, is not finite; the checkpoints are gone then.
    """
    from datasets import Dataset, disable_progress_bars
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers import PrinterCallback
    from transformers.trainer_utils import get_last_checkpoint

    disable_progress_bars()
    model = encoder.load_for_training()
    linears = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    before = {name: module.weight.detach().clone() for name, module in linears.items()}
    trained = {id(module.weight) for module in linears.values()}
    for parameter in model.parameters():
        parameter.requires_grad_(id(parameter) in trained)
    settings = get_settings()
    device = settings.torch_device()
    folder.mkdir(parents=True, exist_ok=True)
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        max_steps=recipe.steps,
        per_device_train_batch_size=len(pairs) // recipe.steps,
        learning_rate=recipe.learning_rate,
        warmup_steps=recipe.warmup_steps,
        batch_sampler=_in_order,
        bf16=settings.base_training_dtype() == torch.bfloat16,
        use_cpu=device.type == "cpu",
        save_strategy="steps",
        save_steps=recipe.checkpoint_steps,
        save_total_limit=1,
        logging_steps=1,
        logging_nan_inf_filter=False,  # or the log shows the mean of other steps in the place of NaN
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device.type != "cpu",
        seed=recipe.seed,
    )
    dataset = Dataset.from_dict({"anchor": [pair[0] for pair in pairs], "positive": [pair[1] for pair in pairs]})
    loss = MultipleNegativesRankingLoss(
        model, scale=recipe.scale, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
    )
    last = get_last_checkpoint(str(folder))
    with progress(recipe.steps, "train retriever", "step") as bar, quiet_transformers():
        watch = _watching(bar, on_step, recipe)
        trainer = SentenceTransformerTrainer(
            model=model, args=arguments, train_dataset=dataset, loss=loss, callbacks=[watch]
        )
        trainer.remove_callback(PrinterCallback)  # it writes every log line to standard output
        try:
            trainer.train(resume_from_checkpoint=last)
            require_finite_parameters(model, recipe.steps)
        except TrainingError:
            shutil.rmtree(folder, ignore_errors=True)  # what its last checkpoint holds may be NaN already
            raise
    return change_between(encoder.id, before, model, recipe.rank)


def _in_order(dataset: Any, batch_size: int, drop_last: bool, **_: Any) -> Any:
    """Batches of the pairs as they come, which are laid out so that no two of a batch are of one task."""
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from torch.utils.data import SequentialSampler

    return DefaultBatchSampler(SequentialSampler(dataset), batch_size, drop_last)


def _watching(bar: Any, on_step: Callable[[int, float], None], recipe: RetrieverRecipe) -> Any:
    """A trainer's callback that moves a bar, tells the loss, and stops at one that is not finite."""
    from transformers import TrainerCallback

    class Watching(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            bar.update(state.global_step)  # where a killed run had come to

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            bar.update(1)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs and "loss" in logs:
                require_finite_loss(float(logs["loss"]), "train retriever", state.global_step, recipe)
                bar.set_postfix_str(f"loss {float(logs['loss']):.3f}")
                on_step(state.global_step, float(logs["loss"]))

    return Watching()
