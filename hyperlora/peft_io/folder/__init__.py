"""Adapter folders: PEFT's layout, plus `hyperlora.json` for all that PEFT does not know."""

from hyperlora.peft_io.folder.reading import CONFIG_FILE, WEIGHTS_FILE, read_adapter, read_card, validate_folder
from hyperlora.peft_io.folder.record import RECORD_FILE
from hyperlora.peft_io.folder.validation import Problem, Validation
from hyperlora.peft_io.folder.writing import target_modules, write_adapter, write_adapter_files

__all__ = [
    "CONFIG_FILE",
    "RECORD_FILE",
    "WEIGHTS_FILE",
    "Problem",
    "Validation",
    "read_adapter",
    "read_card",
    "target_modules",
    "validate_folder",
    "write_adapter",
    "write_adapter_files",
]
