"""The report's figures as SVG to put into a page: the same bytes for the same numbers, coloured by the page's CSS."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that the page replaces, so that one figure serves light and dark: CSS variable -> what is drawn.
_DRAWN = {
    f"--{name}": f"#0000{number:02x}"
    for number, name in enumerate(("text", "soft", "bar", "quiet", "c0", "c1", "c2", "c3", "c4", "c5"), start=1)
}
_CSS = {drawn: f"var({name})" for name, drawn in _DRAWN.items()}
# As text, labels can be selected and take the page's font; the salt makes the ids those of every other run.
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "hyperlora",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.parse_math": False,
    "path.simplify": False,
}
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}
_CHARACTER = 5.6 / 72  # inches, of a label's letter at this font size
_MARGIN = 0.06  # of a panel's data beyond 0 and 1, so that marks there are whole
_LARGEST = 160  # square points, of a mark
# One mark and sign a kind of task: shape tells them apart where colour does not.
MARKS = (("o", "●"), ("^", "▲"), ("s", "■"), ("D", "◆"), ("v", "▼"), ("P", "✚"))


@dataclass(frozen=True)
class Bar:
    """A method's mean with its interval; `quiet` ones are drawn set back."""

    name: str
    mean: float
    low: float
    high: float
    quiet: bool = False


def bars(name: str, label: str, rows: Sequence[Bar]) -> str:
    """Means as bars, top to bottom, with their intervals.

    Args:
        name: of the figure, unique on its page: ids begin with it.
        label: what the figure is, for those who do not see it.
    """
    left = 0.15 + _CHARACTER * max(len(row.name) for row in rows)
    width, height = left + 3.4, 0.6 + 0.21 * len(rows)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes((left / width, 0.45 / height, 3.3 / width, 1 - 0.5 / height))
        for place, row in enumerate(rows):
            colour = _DRAWN["--quiet" if row.quiet else "--bar"]
            axes.barh(place, row.mean, height=0.5 if row.quiet else 0.72, color=colour)
            axes.hlines(place, row.low, row.high, color=_DRAWN["--text"], linewidth=1.3)
            axes.vlines([row.low, row.high], place - 0.17, place + 0.17, color=_DRAWN["--text"], linewidth=1.3)
        axes.set_yticks(range(len(rows)), [row.name for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.02)  # the last whisker's end is seen whole
        axes.set_xlabel("mean score")
        _plain(axes)
        axes.tick_params(axis="y", length=0)
        for text, row in zip(axes.get_yticklabels(), rows, strict=True):
            text.set_color(_DRAWN["--soft" if row.quiet else "--text"])
        axes.grid(axis="x", color=_DRAWN["--soft"], linewidth=0.5, alpha=0.35)
        return _svg(figure, name, label)


def scatter(name: str, label: str, points: Sequence[tuple[float, float, int]], quiet: bool = False) -> str:
    """One panel of points in 0 to 1, with the diagonal where both are equal.

    Args:
        points: (across, upwards, kind); each kind has its mark, and several points in one place become a larger one.
        quiet: drawn set back.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(2.3, 2.25))
        axes = figure.add_axes((0.155, 0.15, 0.82, 0.82))
        axes.plot([0, 1], [0, 1], color=_DRAWN["--soft"], linewidth=0.8, linestyle=(0, (3, 3)))
        places = Counter(points)
        for kind, count in sorted({(place[2], count) for place, count in places.items()}):
            chosen = sorted(place for place, times in places.items() if place[2] == kind and times == count)
            axes.plot(
                [x for x, _, _ in chosen],
                [y for _, y, _ in chosen],
                linestyle="none",
                marker=MARKS[kind % len(MARKS)][0],
                markersize=math.sqrt(min(20 + 8 * (count - 1), _LARGEST)),
                markeredgewidth=0,
                color=_DRAWN["--quiet" if quiet else f"--c{kind % len(MARKS)}"],
                alpha=0.7,
                clip_on=False,
            )
        for limit, ticks in ((axes.set_xlim, axes.set_xticks), (axes.set_ylim, axes.set_yticks)):
            limit(-_MARGIN, 1 + _MARGIN)
            ticks([0, 0.5, 1], ["0", "0.5", "1"])
        _plain(axes)
        return _svg(figure, name, label)


def curve(name: str, label: str, points: Sequence[Sequence[float]]) -> str:
    """Loss by step, from (step, loss)."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(3.6, 2.3))
        axes = figure.add_axes((0.14, 0.19, 0.83, 0.78))
        marker = "o" if len(points) < 3 else ""  # a line of one point would not be seen
        steps, losses = [step for step, _ in points], [loss for _, loss in points]
        axes.plot(steps, losses, color=_DRAWN["--bar"], marker=marker, markersize=3)
        axes.set_xlabel("step")
        axes.set_ylabel("loss")
        _plain(axes)
        axes.grid(color=_DRAWN["--soft"], linewidth=0.5, alpha=0.35)
        return _svg(figure, name, label)


def _plain(axes: Axes) -> None:
    axes.patch.set_visible(False)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["bottom", "left"]].set_color(_DRAWN["--soft"])
    axes.tick_params(color=_DRAWN["--soft"], labelcolor=_DRAWN["--text"])
    axes.xaxis.label.set_color(_DRAWN["--text"])
    axes.yaxis.label.set_color(_DRAWN["--text"])


def _svg(figure: Figure, name: str, label: str) -> str:
    figure.patch.set_visible(False)
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata=_NO_METADATA)
    text = written.getvalue()
    text = text[text.index("<svg") :]  # a page has no XML declaration inside
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)  # it would style the whole page
    text = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{name}-", text)  # figures share a page, and ids must not
    text = re.sub("|".join(_CSS), lambda found: _CSS[found.group()], text)
    return text.replace("<svg", f'<svg role="img" aria-label={quoteattr(label)}', 1).strip()
