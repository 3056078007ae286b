"""The conditional variational autoencoder: a condition, and a latent for what it leaves open, to one adapter.

After ICM-LoRA (Shao et al. 2025, arXiv 2501.17635): an encoder reads weights and condition into the mean and variance
of a latent, a decoder writes weights from latent and condition, and the loss is the reconstruction of normalised
weights plus the weighted divergence of the latent from the standard normal distribution. One network for all tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from generator.layout import Sides, WeightLayout
from generator.normalising import Standardiser
from generator.weight_coders import DictionaryCoder, Form, WeightCoder, make_coder
from hyperlora.bank import StackedFactors
from hyperlora.lora.target_modules import TargetModule
from hyperlora.models import BaseIdentity
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, PromptTemplate


class CvaeConfig(BaseModel):
    """Everything needed to rebuild a CVAE and to know what it may be used with.

    Attributes:
        base: the base model of the adapters it was trained on.
        encoder: id of what makes its conditions: a text encoder, or a kind of task vector.
        condition_size: their dimensions.
        modules: the modules it writes, in order.
        rank, alpha: of the adapters it writes.
        sides: which factors are generated: `B` alone, on an A that all adapters share, or both.
        form: of encoder and decoder, see `generator.weight_coders`.
        latent_size: dimensions of the latent.
        width: of encoder and decoder: channels (`conv`), features of a token (`tokens`) or atoms (`dictionary`).
        hidden_size: of the networks on condition and latent.
        embedding_size: of the place of a token; of no use to other forms.
        prompt_template: the template its adapters are trained on.
        tasks: names of the training tasks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["cvae"] = "cvae"
    base: BaseIdentity
    encoder: str
    condition_size: int = Field(ge=1, le=2**16)
    modules: tuple[TargetModule, ...] = Field(min_length=1, max_length=4096)
    rank: int = Field(ge=1, le=1024)
    alpha: float = Field(gt=0, le=1e4)
    sides: Sides = "B"
    form: Form = "dictionary"
    latent_size: int = Field(ge=1, le=2**12)
    width: int = Field(ge=8, le=2**14)
    hidden_size: int = Field(ge=8, le=2**14)
    embedding_size: int = Field(ge=1, le=2**12)
    prompt_template: PromptTemplate = DEFAULT_TEMPLATE
    tasks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _modules_differ(self) -> CvaeConfig:
        if len({module.name for module in self.modules}) != len(self.modules):
            raise ValueError("two modules have one name")
        return self

    @property
    def views(self) -> None:
        """Conditions are embeddings of descriptions, nothing else."""

    @property
    def scaling(self) -> float:
        """alpha / rank."""
        return self.alpha / self.rank


class Cvae(nn.Module):
    """Conditions and latents in, stacked LoRA factors out; weights and conditions in, latents out.

    Args:
        config: sizes and modules.

    Attributes:
        layout: between factors and the flat vectors of `encode` and `decode`.
        standardiser: statistics of the training pool; set by `fit`.
        A: the common A by module, under its name with slashes; empty if A is generated. A parameter, so that training
            through the base model may go on with it.
    """

    def __init__(self, config: CvaeConfig) -> None:
        super().__init__()
        self.config = config
        self.layout = WeightLayout(config.modules, config.rank, scaling=config.scaling, sides=config.sides)
        self.standardiser = Standardiser(self.layout.group_sizes)
        self.A = nn.ParameterDict(
            {_key(module.name): torch.empty(config.rank, module.in_features) for module in config.modules}
            if config.sides == "B"
            else {}
        )
        for parameter in self.A.values():
            nn.init.kaiming_uniform_(parameter, a=5**0.5)
        width, hidden, latent = config.width, config.hidden_size, config.latent_size
        self.coder = make_coder(config.form, self.layout, width, config.embedding_size)
        self.condition = nn.Sequential(nn.Linear(config.condition_size, hidden), nn.GELU(), nn.LayerNorm(hidden))
        self.posterior = nn.Sequential(
            nn.Linear(width + 1 + hidden, hidden), nn.LayerNorm(hidden), nn.GELU(), nn.Linear(hidden, 2 * latent)
        )
        self.features = nn.Sequential(nn.Linear(latent + hidden, hidden), nn.GELU(), nn.Linear(hidden, width))

    def fit(self, weights: Tensor, common: Mapping[str, Tensor] | None = None) -> None:
        """Take from the training pool what is not learned: statistics, and the common A if there is one.

        Args:
            weights: (adapters, layout.size).
            common: A (rank, in_features) by module, on which `weights` are the B.

        Raises:
            InputError: there are no weights, or they are not finite.
        """
        self.standardiser.fit(weights)
        if isinstance(self.coder, DictionaryCoder):
            self.coder.fit(self.standardiser.normalise(weights))
        with torch.no_grad():
            for key, parameter in self.A.items():
                parameter.copy_((common or {})[_name(key)])

    def encode(self, weights: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """The latent's distribution given weights and condition.

        Args:
            weights: (n, layout.size), as `WeightLayout.flat` writes them.
            conditions: (n, condition_size), of unit length.

        Returns:
            Mean and logarithm of the variance, each (n, latent_size).
        """
        normalised = self.standardiser.normalise(weights)
        # coders normalise on their way, and how far an adapter has come in its training is seen by its size
        size = normalised.square().mean(dim=-1, keepdim=True).sqrt()
        read = torch.cat([self._coder.encode(normalised), size, self._read(conditions)], dim=-1)
        mean, log_variance = self.posterior(read).chunk(2, dim=-1)
        return mean, log_variance

    def decode(self, latent: Tensor, conditions: Tensor) -> Tensor:
        """Weights (n, layout.size) from latents (n, latent_size) and conditions (n, condition_size)."""
        features = self.features(torch.cat([latent, self._read(conditions)], dim=-1))
        return self.standardiser.restore(self._coder.decode(features))

    def forward(self, conditions: Tensor, latent: Tensor | None = None) -> dict[str, StackedFactors]:
        """Write the factors of one adapter per condition.

        Args:
            conditions: (n, condition_size), of unit length.
            latent: (n, latent_size); the mean of the prior, zero, when None.

        Returns:
            Factors by module name, stacked over the n conditions; gradients flow through them.
        """
        if latent is None:
            latent = conditions.new_zeros(conditions.shape[0], self.config.latent_size)
        return self.layout.factors(self.decode(latent, conditions), self.common() or None)

    def common(self) -> dict[str, Tensor]:
        """The A that all its adapters share, (rank, in_features) by module; empty if A is generated."""
        return {_name(key): A for key, A in self.A.items()}

    def reconstruction_loss(self, decoded: Tensor, weights: Tensor) -> Tensor:
        """The mean squared error of each adapter's normalised weights, (n,)."""
        return ((decoded - weights) / self.standardiser.deviations()).square().mean(dim=1)

    @property
    def num_parameters(self) -> int:
        """How many numbers are stored, statistics included."""
        return sum(tensor.numel() for tensor in self.state_dict().values())

    @property
    def _coder(self) -> WeightCoder:
        return cast(WeightCoder, self.coder)

    def _read(self, conditions: Tensor) -> Tensor:
        return self.condition(conditions * self.config.condition_size**0.5)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Of normal distributions from the standard one, in nats (Kingma and Welling 2014, appendix B).

    ``-1/2 · sum_j (1 + log σ_j² - μ_j² - σ_j²)``.

    Args:
        mean, log_variance: (n, latent_size).

    Returns:
        (n,).
    """
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=-1)


def _key(name: str) -> str:
    return name.replace(".", "/")


def _name(key: str) -> str:
    return key.replace("/", ".")
