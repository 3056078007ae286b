"""Progress bars with rate and time left, on standard error, so that standard output stays for results."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm


@contextmanager
def progress(
    total: int, label: str, unit: str = "it", *, initial: int = 0, scale: bool = False, delay: float = 0
) -> Iterator[Any]:
    """Show a bar while the body runs; call `update(n)` and `set_postfix_str(text)` on what it yields.

    Where standard error is a file or a pipe, one line every few seconds instead of a moving bar.

    Args:
        initial: how much an earlier, interrupted run had already done.
        scale: write large numbers with k, M, G.
        delay: show nothing for so many seconds.
    """
    moving = sys.stderr.isatty()
    with tqdm(
        total=total,
        desc=label,
        unit=unit,
        initial=initial,
        unit_scale=scale,
        file=sys.stderr,
        dynamic_ncols=moving,
        mininterval=0.2 if moving else 10,
        smoothing=0.1,
        delay=delay,
    ) as bar:
        yield bar
