"""What to look for in the registry; values only, no SQL."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hyperlora.errors import InputError
from hyperlora.lora.card import ORIGINS
from hyperlora.registry.entry import KINDS, Kind

FACETS = ("kind", "origin", "family", "base_id", "licence", "description_source", "alias", "tag")
_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_BOUND = re.compile(rf"([^<>=\s]+)\s*(>=|<=|=)\s*({_NUMBER})")
_RANGE = re.compile(rf"([^<>=\s]+)\s*=\s*({_NUMBER})\s*\.\.\s*({_NUMBER})")


@dataclass(frozen=True)
class MetricRange:
    """Entries with a metric between two bounds, which belong to the range.

    Attributes:
        name: of the metric.
        low, high: the bounds; None for no bound.
    """

    name: str
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if any(bound is not None and not math.isfinite(bound) for bound in (self.low, self.high)):
            raise InputError(f"a bound of {self.name} is not finite", "Give numbers, or None for no bound.")


@dataclass(frozen=True)
class Query:
    """Which entries, and in which order. All conditions hold together; one that is None or empty always holds.

    Attributes:
        kind: what the entry is; None for both kinds.
        text: words that its name, description, paraphrases, family or tag values hold, the last as a prefix; or its
            name, however its words are joined: `title case` and `TitleCase` mean `title-case` and `titlecase` alike.
        name: its name.
        name_prefix: what its name begins with.
        base: its base model, by fingerprint or by any id that this is registered under: one base model counts as one.
        origins: one of these.
        families: one of these.
        tags: people's tags it has; a value of None stands for any.
        alias: an alias it has.
        metrics: ranges, each of which it lies in.
        since, until: when it was created, in milliseconds since the epoch; both bounds belong to the range.
        identity: hash of the run that made it.
        weights: its content hash.
        recipe: hash of its recipe.
        parent: a reference that is among its parents.
        licence: its licence.
        description_source: `given`, `proposed` or `unknown`.
        archived: whether it is archived; None for either.
        newest: only the newest version of each name that is not archived.
        expired_before: it has an end, which lies before this, in milliseconds since the epoch.
        order: `name` (then version), `kept` (the same, but what has an end and no alias, as `adapt` and `generate`
            register it in passing, comes last), `created` or `-created` (latest first), `metric:NAME` or `-metric:NAME`
            (largest first; entries without the metric are left out), or `relevance` (best match of `text` first).
    """

    kind: Kind | None = "adapter"
    text: str | None = None
    name: str | None = None
    name_prefix: str | None = None
    base: str | None = None
    origins: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    tags: Mapping[str, str | None] = field(default_factory=dict)
    alias: str | None = None
    metrics: tuple[MetricRange, ...] = ()
    since: int | None = None
    until: int | None = None
    identity: str | None = None
    weights: str | None = None
    recipe: str | None = None
    parent: str | None = None
    licence: str | None = None
    description_source: str | None = None
    archived: bool | None = False
    newest: bool = False
    expired_before: int | None = None
    order: str = "name"

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise InputError(f"{self.kind!r} is no kind of entry", f"Use one of {', '.join(KINDS)}.")
        metric = self.order.removeprefix("-").removeprefix("metric:")
        named = self.order in ("name", "kept", "created", "-created", "relevance")
        if not named and (not metric or self.order not in (f"metric:{metric}", f"-metric:{metric}")):
            raise InputError(
                f"entries cannot be ordered by {self.order!r}",
                "Use kept, name, created, -created, metric:NAME, -metric:NAME or, with a text, relevance.",
            )
        if self.order == "relevance" and self.text is None:
            raise InputError("an order by relevance needs a text", "Give words to look for, or another order.")

    @property
    def order_metric(self) -> str | None:
        """The metric of the order, if that is one."""
        _, separator, metric = self.order.partition("metric:")
        return metric if separator else None


def check_origins(origins: Iterable[str]) -> None:
    """Refuse what people give as an origin and no card can have, which would find nothing without a word.

    Raises:
        InputError: names those that there are.
    """
    for origin in origins:
        if origin not in ORIGINS:
            raise InputError(f"{origin!r} is no origin", f"Use one of {', '.join(ORIGINS)}.")


def parse_metric(text: str) -> MetricRange:
    """The range that `accuracy>=0.8`, `loss<=2`, `accuracy=0.5..0.9` or `rank=8` stands for.

    Raises:
        InputError: it is none of these forms.
    """
    if match := _RANGE.fullmatch(text.strip()):
        return MetricRange(match[1], float(match[2]), float(match[3]))
    if match := _BOUND.fullmatch(text.strip()):
        value = float(match[3])
        return MetricRange(match[1], None if match[2] == "<=" else value, None if match[2] == ">=" else value)
    raise InputError(
        f"{text!r} is no range of a metric", "Write for example accuracy>=0.8, loss<=2 or accuracy=0.5..0.9"
    )
