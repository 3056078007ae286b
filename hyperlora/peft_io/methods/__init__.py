"""Adapters of PEFT's other methods enter as LoRA: the weight change from the folder's own files, compressed by SVD.

One method is one file with one pure function; importing the package registers them all.
"""

from hyperlora.peft_io.methods import dora, kasa, loha, lokr, miss, randlora, vera
from hyperlora.peft_io.methods.conversion import Converted, convert_folder, is_convertible

__all__ = [
    "Converted",
    "convert_folder",
    "dora",
    "is_convertible",
    "kasa",
    "loha",
    "lokr",
    "miss",
    "randlora",
    "vera",
]
