"""Networks between a normalised weight vector and a few features, and back: three forms of the CVAE's two ends.

`convolution` is the paper's; `tokens` shares its heads between the modules of a kind; `dictionary` is one linear map of
as many atoms as there are features. What they cost differs: for a vector of n numbers a convolution's weights hardly
depend on n, a token head's on the width of a module, a dictionary's are n an atom.
"""

from __future__ import annotations

from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from generator.layout import WeightLayout
from generator.principal import begin_at_directions

Form = Literal["conv", "tokens", "dictionary"]

# Kernel and narrowest channels of ICM-LoRA's released code; it halves the length twelve times for two million weights.
_KERNEL = 7
_NARROWEST = 8
_SHORTEST = 64


class WeightCoder(Protocol):
    """Both ends of an autoencoder on normalised weights."""

    def encode(self, normalised: Tensor) -> Tensor:
        """(n, size) to features (n, width)."""

    def decode(self, features: Tensor) -> Tensor:
        """Features (n, width) to (n, size)."""


def make_coder(form: Form, layout: WeightLayout, width: int, embedding_size: int) -> nn.Module:
    """The coder of a form; it is a `WeightCoder`."""
    if form == "conv":
        return ConvolutionCoder(layout.size, width)
    if form == "tokens":
        return TokenCoder(layout, width, embedding_size)
    return DictionaryCoder(layout.size, width)


class ConvolutionCoder(nn.Module):
    """One-dimensional convolutions of stride 2 down the flat vector and up again, after ICM-LoRA.

    As in the paper's code channels double from eight on the way down; here up to `width`, at 64 positions or fewer.
    Groups are normalised where that normalises batches: a batch is a handful of tasks, and one condition alone must
    give what it gives among others.

    Args:
        size: of the vector; zeros fill it up to a multiple of what the strides divide by.
        width: the most channels, and the number of features.
    """

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self._size = size
        levels = max(1, (-(-size // _SHORTEST) - 1).bit_length())
        self._positions = -(-size // 2**levels)
        channels = [min(_NARROWEST * 2**level, width) for level in range(levels)]
        down: list[nn.Module] = []
        for entering, leaving in zip([1, *channels], channels, strict=False):
            down += [nn.Conv1d(entering, leaving, _KERNEL, 2, _KERNEL // 2), nn.GroupNorm(1, leaving), nn.LeakyReLU()]
        self.down = nn.Sequential(*down)
        self.to_features = nn.Linear(channels[-1] * self._positions, width)
        self.from_features = nn.Linear(width, channels[-1] * self._positions)
        up: list[nn.Module] = []
        for entering, leaving in zip(channels[::-1], [*channels[-2::-1], _NARROWEST], strict=True):
            widening = nn.ConvTranspose1d(entering, leaving, _KERNEL, 2, _KERNEL // 2, output_padding=1)
            up += [widening, nn.GroupNorm(1, leaving), nn.ELU()]
        self.up = nn.Sequential(*up, nn.Conv1d(_NARROWEST, 1, _KERNEL, 1, _KERNEL // 2))
        self._levels = levels

    def encode(self, normalised: Tensor) -> Tensor:
        """(n, size) to features (n, width)."""
        missing = self._positions * 2**self._levels - self._size
        return self.to_features(self.down(nn.functional.pad(normalised, (0, missing))[:, None]).flatten(1))

    def decode(self, features: Tensor) -> Tensor:
        """Features (n, width) to (n, size)."""
        narrow = self.from_features(features).unflatten(1, (-1, self._positions))
        return self.up(narrow)[:, 0, : self._size]


class TokenCoder(nn.Module):
    """A shared network over tokens that knows a token's place by embeddings of layer, group and rank-component.

    Encoding projects every token, adds its place and takes the mean; decoding modulates the features by the place
    (FiLM, Perez et al. 2018) and writes the token with the head of its group, shared by all layers, as in
    Text-to-LoRA (section 3).

    Args:
        layout: names the tokens.
        width: of the network, and the number of features.
        embedding_size: of a place.
    """

    def __init__(self, layout: WeightLayout, width: int, embedding_size: int) -> None:
        super().__init__()
        self._layout = layout
        self._places = layout.places
        groups = layout.groups
        self.layer = nn.Embedding(max(module.layer for module in layout.modules) + 1, embedding_size)
        self.group = nn.Embedding(len(groups), embedding_size)
        self.component = nn.Embedding(layout.rank, embedding_size)
        self.project = nn.ModuleList([nn.Linear(group.features, width) for group in groups])
        self.read_place = nn.Linear(embedding_size, width)
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
        self.modulate = nn.Linear(embedding_size, 2 * width)
        self.write = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
        self.heads = nn.ModuleList([nn.Linear(width, group.features) for group in groups])

    def encode(self, normalised: Tensor) -> Tensor:
        """(n, size) to features (n, width)."""
        tokens = [
            project(part.flatten(1, 2))
            for project, part in zip(self.project, self._layout.tokens(normalised), strict=True)
        ]
        return self.read(torch.cat(tokens, dim=1) + self.read_place(self._place())).mean(dim=1)

    def decode(self, features: Tensor) -> Tensor:
        """Features (n, width) to (n, size)."""
        scale, shift = self.modulate(self._place()).chunk(2, dim=-1)
        modulated = features[:, None] * (1 + scale) + shift
        written = modulated + self.write(modulated)
        counts = [len(group.modules) * self._layout.rank for group in self._layout.groups]
        return torch.cat(
            [head(part).flatten(1) for head, part in zip(self.heads, written.split(counts, dim=1), strict=True)], dim=1
        )

    def _place(self) -> Tensor:
        """(tokens, embedding_size)."""
        layer, group, component = torch.tensor(self._places, device=self.layer.weight.device).unbind(dim=1)
        return self.layer(layer) + self.group(group) + self.component(component)


class DictionaryCoder(nn.Module):
    """Features are the coefficients of a learned dictionary of weight changes, `width` atoms.

    Encoding takes the inner products with the same atoms, so that the coder is one matrix.

    Args:
        size: of the vector.
        width: atoms, and the number of features.
    """

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.atoms = nn.Parameter(torch.empty(width, size).normal_())

    def fit(self, normalised: Tensor) -> None:
        """Begin with the principal directions of the pool; atoms beyond its rank stay as they are, but small.

        Args:
            normalised: (adapters, size).
        """
        with torch.no_grad():
            self.atoms.mul_(0.01)
        begin_at_directions(self.atoms, normalised)

    def encode(self, normalised: Tensor) -> Tensor:
        """(n, size) to features (n, width)."""
        return normalised @ self.atoms.T / self.atoms.shape[1]

    def decode(self, features: Tensor) -> Tensor:
        """Features (n, width) to (n, size)."""
        return features @ self.atoms / self.atoms.shape[0] ** 0.5
