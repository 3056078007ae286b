"""Hold back other libraries' progress bars and notices while our own progress is shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path


@contextmanager
def quiet_transformers(*, silence_stderr: bool = False) -> Iterator[None]:
    """Run the body without transformers' progress bars.

    Args:
        silence_stderr: also drop what is written to `sys.stderr`, for tools that draw bars unconditionally.
    """
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        if silence_stderr:
            with Path(os.devnull).open("w") as sink, redirect_stderr(sink):
                yield
        else:
            yield
    finally:
        if shown:
            logging.enable_progress_bar()
