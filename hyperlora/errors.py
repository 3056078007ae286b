"""Errors a person can act on: each says what is wrong and, in `remedy`, what to do next."""

from __future__ import annotations

from typing import Any


class HyperLoRAError(Exception):
    """Base of every error this project raises on purpose.

    Args:
        problem: what is wrong and where, in one line.
        remedy: what the reader should do next, naming the flag or command.

    Attributes:
        exit_code: of the command line that ends with it.
    """

    exit_code = 1

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = " ".join(problem.split())
        self.remedy = " ".join(remedy.split())
        super().__init__(f"{self.problem.rstrip('.')}. {self.remedy}")

    def details(self) -> dict[str, Any]:
        """What programs may want to know beside problem and remedy."""
        return {}


class InputError(HyperLoRAError):
    """What the caller passed cannot be used: an empty description, an unknown scheme, a missing file."""


class AdapterFormatError(HyperLoRAError):
    """An adapter folder is damaged, hostile or uses a feature that is not supported."""


class BaseModelError(HyperLoRAError):
    """The base model cannot be found or loaded, or an adapter belongs to another one."""


class RegistryError(HyperLoRAError):
    """The registry has no such entry, or what it stores does not match its record."""


class TaskFormatError(HyperLoRAError):
    """A task folder or an example file is malformed; the message names file and line."""


class TrainingError(HyperLoRAError):
    """Training has come to numbers that are not finite; nothing of it is kept."""
