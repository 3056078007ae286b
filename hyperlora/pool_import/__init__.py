"""Bring your own pool: a folder or repository of hundreds of PEFT adapters joins the registry, each folder reported."""

from hyperlora.pool_import.bases import KnownBases, known_bases
from hyperlora.pool_import.candidate import Candidate, Conversion, open_folder, read_candidate
from hyperlora.pool_import.descriptions import Told, read_descriptions
from hyperlora.pool_import.folders import PoolFolder, locate_pool
from hyperlora.pool_import.layout import only_member
from hyperlora.pool_import.naming import slug
from hyperlora.pool_import.options import ImportOptions
from hyperlora.pool_import.pool import import_pool
from hyperlora.pool_import.report import Report, Row, Status

__all__ = [
    "Candidate",
    "Conversion",
    "ImportOptions",
    "KnownBases",
    "PoolFolder",
    "Report",
    "Row",
    "Status",
    "Told",
    "import_pool",
    "known_bases",
    "locate_pool",
    "only_member",
    "open_folder",
    "read_candidate",
    "read_descriptions",
    "slug",
]
