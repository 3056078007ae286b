"""The hypernetwork: one description embedding to the LoRA factors of every module, in one forward pass.

After Text-to-LoRA (Charakorn et al. 2025, section 3): a description embedding together with a learned embedding of
layer and module goes through a shared network whose head writes that module's factors. Here A is common to all tasks
and learned, and only B depends on the description: tasks then differ in one linear space, which a small pool of tasks
can fill.
"""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from hyperlora.bank import StackedFactors
from hyperlora.base_models import BaseIdentity
from hyperlora.prompts import DEFAULT_TEMPLATE, PromptTemplate
from hyperlora.target_modules import TargetModule


class HypernetConfig(BaseModel):
    """Everything needed to rebuild a hypernet and to know what it may be used with.

    Attributes:
        base: the base model it was trained through.
        encoder: id of the text encoder whose embeddings it takes.
        condition_size: their dimensions.
        modules: the modules it writes, in order.
        rank, alpha: of the adapters it writes.
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
    modules: tuple[TargetModule, ...] = Field(min_length=1, max_length=4096)
    rank: int = Field(ge=1, le=1024)
    alpha: float = Field(gt=0, le=1e4)
    width: int = Field(ge=8, le=2**14)
    embedding_size: int = Field(ge=1, le=2**12)
    prompt_template: PromptTemplate = DEFAULT_TEMPLATE
    tasks: tuple[str, ...] = ()

    @property
    def scaling(self) -> float:
        """alpha / rank."""
        return self.alpha / self.rank


class Hypernet(nn.Module):
    """Description embeddings in, stacked LoRA factors out.

    Args:
        config: sizes and modules.
    """

    def __init__(self, config: HypernetConfig) -> None:
        super().__init__()
        self.config = config
        layers = max(module.layer for module in config.modules) + 1
        self._kinds = sorted({module.kind for module in config.modules})
        width, small = config.width, config.embedding_size
        self.condition = nn.Sequential(nn.Linear(config.condition_size, width), nn.GELU(), nn.LayerNorm(width))
        self.layer_embedding = nn.Embedding(layers, small)
        self.kind_embedding = nn.Embedding(len(self._kinds), small)
        self.mix = nn.Sequential(nn.Linear(width + 2 * small, width), nn.GELU(), nn.Linear(width, width), nn.GELU())
        self.norm = nn.LayerNorm(width)
        shapes = {module.kind: (module.in_features, module.out_features) for module in config.modules}
        self.heads = nn.ModuleDict(
            {f"to_{kind}": nn.Linear(width, shapes[kind][1] * config.rank) for kind in self._kinds}
        )
        self.A = nn.ParameterDict(
            {_key(module.name): torch.empty(config.rank, module.in_features) for module in config.modules}
        )
        self._reset()

    def _reset(self) -> None:
        # As in LoRA (Hu et al. 2021, section 4.1), the change starts at zero: A is random, B is zero.
        for parameter in self.A.values():
            nn.init.kaiming_uniform_(parameter, a=5**0.5)
        for head in self.heads.values():
            assert isinstance(head, nn.Linear)
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, conditions: Tensor) -> dict[str, StackedFactors]:
        """Write the factors of one adapter per condition.

        Args:
            conditions: (n, condition_size), unit-length description embeddings.

        Returns:
            Factors by module name, stacked over the n conditions; gradients flow through them.
        """
        modules, n = self.config.modules, conditions.shape[0]
        device = conditions.device
        layer = self.layer_embedding(torch.tensor([module.layer for module in modules], device=device))
        kinds = self.kind_embedding(torch.tensor([self._kinds.index(module.kind) for module in modules], device=device))
        where = torch.cat([layer, kinds], dim=-1)
        condition = self.condition(conditions * self.config.condition_size**0.5)
        pair = torch.cat([condition[:, None].expand(-1, len(modules), -1), where[None].expand(n, -1, -1)], dim=-1)
        features = self.norm(self.mix(pair) + condition[:, None])
        scaling = torch.full((n,), self.config.scaling, device=device)
        columns: dict[int, Tensor] = {}
        for name in self._kinds:
            places = [place for place, module in enumerate(modules) if module.kind == name]
            written = self.heads[f"to_{name}"](features[:, places])
            columns |= dict(zip(places, written.unflatten(-1, (-1, self.config.rank)).unbind(1), strict=True))
        factors = {}
        for place, module in enumerate(modules):
            A = self.A[_key(module.name)].expand(n, -1, -1)
            factors[module.name] = StackedFactors(A, columns[place], scaling)
        return factors


def _key(name: str) -> str:
    return name.replace(".", "/")
