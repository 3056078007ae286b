"""The `hyperlora` command: one module a command, imported only when it is used."""

from serve.cli.main import main

__all__ = ["main"]
