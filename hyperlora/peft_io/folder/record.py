"""`hyperlora.json`: what an adapter folder says beyond PEFT's files."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hyperlora.errors import AdapterFormatError
from hyperlora.files.strict_json import parse_json
from hyperlora.lora.card import Card
from hyperlora.models.identity import BaseIdentity
from hyperlora.peft_io.folder.features import shown

RECORD_FILE = "hyperlora.json"
# 1 had no family, dataset hash and source of the description, 2 no dropout, README, source and unknown description
FORMAT_VERSION = 3
_LARGEST = 16 * 2**20
_EXPORT_AGAIN = "Export the adapter again."


class FolderRecord(BaseModel):
    """What `hyperlora.json` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int
    base: BaseIdentity
    card: Card


def read_record(path: Path) -> FolderRecord | None:
    """The record of a folder; None if it has none, as PEFT's own folders.

    Raises:
        AdapterFormatError: there is one that cannot be read; every problem is listed.
    """
    if not path.is_file():
        if path.exists():
            raise AdapterFormatError(f"{path} is not a regular file", _EXPORT_AGAIN)
        return None
    if path.stat().st_size > _LARGEST:
        raise AdapterFormatError(f"{path} is larger than 16 MiB", _EXPORT_AGAIN)
    try:
        record = FolderRecord.model_validate(parse_json(path.read_bytes()))
    except ValidationError as error:
        issues = error.errors(include_input=False, include_url=False)
        found = [f"{'.'.join(map(_shown_part, issue['loc']))}: {issue['msg']}" for issue in issues[:8]]
        raise AdapterFormatError(f"{path}: {'; '.join(found)}", _EXPORT_AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise AdapterFormatError(f"{path} is not JSON: {error}", _EXPORT_AGAIN) from error
    if record.format_version > FORMAT_VERSION:
        raise AdapterFormatError(f"{path}: format version {record.format_version}", "Upgrade hyperlora.")
    return record


def _shown_part(part: int | str) -> str:
    return str(part) if str(part).isidentifier() and len(str(part)) < 80 else shown(part)
