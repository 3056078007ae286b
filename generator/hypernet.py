"""The hypernetwork: one condition to the LoRA factors of every module, in one forward pass.

After Text-to-LoRA (Charakorn et al. 2025, section 3): a condition together with a learned embedding of layer and
module goes through a shared network whose head writes that module's factors. Here A is common to all tasks and
learned, and only B depends on the condition: tasks then differ in one linear space, which a small pool of tasks can
fill. The head of a module is shared with all of its kind (`heads`, as in the paper), or mixes atoms of the module's own
(`dictionary`). Some of an adapter's rank may be one and the same in all of them, A and B: there is learned what every
task needs, such as to read in the prompt what the task is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from generator.condition_features import ConditionFeatures, FeatureSizes
from generator.dictionary import Dictionary
from generator.layout import WeightLayout
from hyperlora.bank import StackedFactors
from hyperlora.lora.target_modules import TargetModule
from hyperlora.models import BaseIdentity
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, PromptTemplate


class HypernetConfig(BaseModel):
    """Everything needed to rebuild a hypernet and to know what it may be used with.

    Attributes:
        base: the base model it was trained through.
        encoder: id of the text encoder whose embeddings it takes.
        condition_size: numbers in a condition.
        views: what a condition is made of, where the base model reads beside the encoder; embeddings alone when None.
        modules: the modules it writes, in order.
        rank, alpha: of the adapters it writes.
        common_rank: how much of the rank is the same in all of them.
        form: of what writes a module's factors.
        atoms: in a dictionary; of no use to heads.
        width: of the shared network.
        embedding_size: of the layer and module-kind embeddings.
        prompt_template: the template its adapters are trained on.
        tasks: names of the training tasks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["hypernet"] = "hypernet"
    base: BaseIdentity
    encoder: str
    condition_size: int = Field(ge=1, le=2**16)
    views: FeatureSizes | None = None
    modules: tuple[TargetModule, ...] = Field(min_length=1, max_length=4096)
    rank: int = Field(ge=1, le=1024)
    alpha: float = Field(gt=0, le=1e4)
    common_rank: int = Field(0, ge=0)
    form: Literal["heads", "dictionary"] = "heads"
    atoms: int = Field(0, ge=0, le=2**14)
    width: int = Field(ge=8, le=2**14)
    embedding_size: int = Field(ge=1, le=2**12)
    prompt_template: PromptTemplate = DEFAULT_TEMPLATE
    tasks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> HypernetConfig:
        if self.views is not None and self.views.total != self.condition_size:
            raise ValueError(f"views of {self.views.total} numbers do not make a condition of {self.condition_size}")
        if self.form == "dictionary" and not self.atoms:
            raise ValueError("a dictionary needs atoms")
        if self.common_rank >= self.rank:
            raise ValueError(f"a common rank of {self.common_rank} leaves nothing of {self.rank} to conditions")
        return self

    @property
    def conditional_rank(self) -> int:
        """The rank that depends on the condition."""
        return self.rank - self.common_rank

    @property
    def scaling(self) -> float:
        """alpha / rank."""
        return self.alpha / self.rank


class CommonFactors(nn.Module):
    """Learned factors of one module that all adapters have; no change at first."""

    def __init__(self, module: TargetModule, rank: int) -> None:
        super().__init__()
        self.A = nn.Parameter(torch.empty(rank, module.in_features))
        self.B = nn.Parameter(torch.zeros(module.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)

    def after(self, stack: StackedFactors) -> StackedFactors:
        """Each adapter's factors with these behind them, at the same scaling."""
        n = len(stack.A)
        A = torch.cat([stack.A, self.A.expand(n, -1, -1)], dim=1)
        return StackedFactors(A, torch.cat([stack.B, self.B.expand(n, -1, -1)], dim=2), stack.scaling)


class Hypernet(nn.Module):
    """Conditions in, stacked LoRA factors out.

    Args:
        config: sizes and modules.

    Attributes:
        views: what makes one vector of a condition's parts; None where it has but one.
        entering: numbers in that vector, each about 1 in size.
        dictionary: what writes where the form is that; None where heads do.
        A: the common A by module, under its name with slashes, of what conditions decide.
        common: factors by module that are the same for all conditions; empty without a common rank.
    """

    def __init__(self, config: HypernetConfig) -> None:
        super().__init__()
        self.config = config
        layers = max(module.layer for module in config.modules) + 1
        self._kinds = sorted({module.kind for module in config.modules})
        width, small = config.width, config.embedding_size
        self.views = None if config.views is None else ConditionFeatures(config.views)
        self.entering = config.condition_size if self.views is None else self.views.size
        self.condition = nn.Sequential(nn.Linear(self.entering, width), nn.GELU(), nn.LayerNorm(width))
        self.layer_embedding = nn.Embedding(layers, small)
        self.kind_embedding = nn.Embedding(len(self._kinds), small)
        self.mix = nn.Sequential(nn.Linear(width + 2 * small, width), nn.GELU(), nn.Linear(width, width), nn.GELU())
        self.norm = nn.LayerNorm(width)
        self.layout = WeightLayout(config.modules, config.conditional_rank, scaling=config.scaling, sides="B")
        self.dictionary: Dictionary | None = None
        self.heads = nn.ModuleDict()
        if config.form == "dictionary":
            self.dictionary = Dictionary(self.layout, config.atoms, width)
        else:
            outputs = {module.kind: module.out_features * config.conditional_rank for module in config.modules}
            self.heads.update({f"to_{kind}": nn.Linear(width, outputs[kind]) for kind in self._kinds})
        self.A = nn.ParameterDict(
            {_key(module.name): torch.empty(config.conditional_rank, module.in_features) for module in config.modules}
        )
        self.common = nn.ModuleDict()
        if rank := config.common_rank:
            self.common.update({_key(module.name): CommonFactors(module, rank) for module in config.modules})
        self._reset()

    def _reset(self) -> None:
        # As in LoRA (Hu et al. 2021, section 4.1), the change starts at zero: A is random, B is zero.
        for parameter in self.A.values():
            nn.init.kaiming_uniform_(parameter, a=5**0.5)
        for head in self.heads.values():
            assert isinstance(head, nn.Linear)
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, conditions: Tensor, noise: Tensor | None = None) -> dict[str, StackedFactors]:
        """Write the factors of one adapter per condition.

        Args:
            conditions: (n, condition_size): unit-length description embeddings, or the parts of
            `generator.condition_features`.
            noise: (n, entering), added to what is made of conditions; for training.

        Returns:
            Factors by module name, stacked over the n conditions; gradients flow through them.
        """
        condition = self.read(conditions, noise)
        features = self._features(condition)
        if self.dictionary is not None:
            common = {module.name: self.A[_key(module.name)] for module in self.config.modules}
            return self._joined(self.layout.factors(self.dictionary(condition, features), common))
        n, columns = len(conditions), self._columns(features)
        scaling = torch.full((n,), self.config.scaling, device=conditions.device)
        return self._joined(
            {
                module.name: StackedFactors(self.A[_key(module.name)].expand(n, -1, -1), columns[place], scaling)
                for place, module in enumerate(self.config.modules)
            }
        )

    def read(self, conditions: Tensor, noise: Tensor | None = None) -> Tensor:
        """What the shared network makes of conditions alone, (n, width)."""
        parts = conditions * self.config.condition_size**0.5 if self.views is None else self.views(conditions)
        return self.condition(parts if noise is None else parts + noise)

    @torch.no_grad()
    def begin_at(self, weights: Tensor, common: Mapping[str, Tensor]) -> Tensor:
        """Begin a dictionary at a pool.

        Args:
            weights: (adapters, layout.size), of adapters on the common A.
            common: A (rank, in_features) by module.

        Returns:
            (adapters, atoms): the coefficients that write each adapter, for `Dictionary.whole` to learn.
        """
        assert self.dictionary is not None
        for module in self.config.modules:
            self.A[_key(module.name)].copy_(common[module.name])
        return self.dictionary.fit(weights)

    def _features(self, condition: Tensor) -> Tensor:
        """(n, modules, width): what the shared network makes of a condition (n, width) in every module."""
        modules, device = self.config.modules, condition.device
        layer = self.layer_embedding(torch.tensor([module.layer for module in modules], device=device))
        kinds = self.kind_embedding(torch.tensor([self._kinds.index(module.kind) for module in modules], device=device))
        where = torch.cat([layer, kinds], dim=-1).expand(len(condition), -1, -1)
        pair = torch.cat([condition[:, None].expand(-1, len(modules), -1), where], dim=-1)
        return self.norm(self.mix(pair) + condition[:, None])

    def _columns(self, features: Tensor) -> dict[int, Tensor]:
        """B (n, out_features, rank) by the place of the module, written by the heads."""
        columns: dict[int, Tensor] = {}
        for name in self._kinds:
            places = [place for place, module in enumerate(self.config.modules) if module.kind == name]
            written = self.heads[f"to_{name}"](features[:, places])
            columns |= dict(
                zip(places, written.unflatten(-1, (-1, self.config.conditional_rank)).unbind(1), strict=True)
            )
        return columns

    def _joined(self, told: dict[str, StackedFactors]) -> dict[str, StackedFactors]:
        """Factors with those that are common to all of them."""
        if not self.common:
            return told
        joined = {}
        for name, stack in told.items():
            common = self.common[_key(name)]
            assert isinstance(common, CommonFactors)
            joined[name] = common.after(stack)
        return joined


def _key(name: str) -> str:
    return name.replace(".", "/")
