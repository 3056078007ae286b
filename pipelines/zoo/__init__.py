"""The zoo: trained adapters of the starter suite that ship with the package, in one file with a manifest.

Built by `python -m pipelines.zoo.build`; `hyperlora registry seed` registers it.
"""

from pipelines.zoo.packing import ZOO_FOLDER, read_zoo, write_zoo
from pipelines.zoo.seeding import SeedReport, seed_zoo

__all__ = ["ZOO_FOLDER", "SeedReport", "read_zoo", "seed_zoo", "write_zoo"]
