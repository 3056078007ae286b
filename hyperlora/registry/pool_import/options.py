"""What is asked of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from hyperlora import __version__
from hyperlora.identity import content_hash
from hyperlora.registry.pool_import.bases import KnownBases
from hyperlora.registry.pool_import.candidate import Conversion
from hyperlora.registry.pool_import.descriptions import Told
from hyperlora.tasks.prompts import check_template


@dataclass(frozen=True)
class ImportOptions:
    """What is asked of an import.

    Attributes:
        bases: references of base models; each adapter takes the one that its config names, or the only one it fits.
            With none, base models are recognised by name.
        prefix: put in front of every name.
        prompt_template: the prompts that adapters without a card were trained on; the default when None.
        conversion: what becomes of weights that are not plain LoRA.
        descriptions: by name or by folder, in words or with a template; they go before what a folder says itself.
        probe: propose a description from its answers for an adapter that has none.
        keep_duplicates: register them, too.
        store_examples: keep the examples of cards.
        all_checkpoints: take in every `checkpoint-N` of a training, not its final adapter or last checkpoint alone.
    """

    bases: tuple[str, ...] = ()
    prefix: str = ""
    prompt_template: str | None = None
    conversion: Conversion = field(default_factory=Conversion)
    descriptions: Mapping[str, str | Told] = field(default_factory=dict)
    probe: bool = True
    keep_duplicates: bool = False
    store_examples: bool = True
    all_checkpoints: bool = False

    def __post_init__(self) -> None:
        if self.prompt_template is not None:
            check_template(self.prompt_template)

    def told(self, *keys: str) -> Told:
        """What is said of an adapter under the first of its names that the descriptions have."""
        said = next((self.descriptions[key] for key in keys if key in self.descriptions), "")
        return said if isinstance(said, Told) else Told(said)

    def identity(self, source: str, bases: KnownBases) -> str:
        """What makes two imports the same, so that the second continues the first."""
        fingerprints = [bases.locate(reference).identity.fingerprint for reference in bases.given]
        return content_hash([source, asdict(self), fingerprints, __version__])[:16]
