"""Bring your own pool: a folder or repository of hundreds of PEFT adapters joins the registry, each folder reported."""

from hyperlora.registry.pool_import.bases import KnownBases, known_bases
from hyperlora.registry.pool_import.candidate import Candidate, Conversion, open_folder, read_candidate
from hyperlora.registry.pool_import.descriptions import Told, read_descriptions
from hyperlora.registry.pool_import.folders import PoolFolder, locate_pool
from hyperlora.registry.pool_import.layout import only_member
from hyperlora.registry.pool_import.naming import slug
from hyperlora.registry.pool_import.options import ImportOptions
from hyperlora.registry.pool_import.pool import import_pool
from hyperlora.registry.pool_import.report import Report, Row, Status

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
