"""The bank: one batch in which every sample, or token, has its own adapter or its own weighted mix.

Training many adapters in one pass, training a hypernetwork through the base, scoring candidates and answering a mixed
batch are all the same call, with factors from another place: leaf parameters, generated tensors or slots. What is
asked of a batch (decode it, score it) is in `inference`.
"""

from hyperlora.bank.bank import AdapterBank, Prepared, routed
from hyperlora.bank.delta import delta
from hyperlora.bank.factors import (
    Factors,
    ModuleFactors,
    RankBuckets,
    StackedFactors,
    stack_adapters,
    stack_at_one_rank,
    unstack,
)
from hyperlora.bank.gates import Gates
from hyperlora.bank.route import Choice, Mix, Route
from hyperlora.bank.slots import AdapterSlots

__all__ = [
    "AdapterBank",
    "AdapterSlots",
    "Choice",
    "Factors",
    "Gates",
    "Mix",
    "ModuleFactors",
    "Prepared",
    "RankBuckets",
    "Route",
    "StackedFactors",
    "delta",
    "routed",
    "stack_adapters",
    "stack_at_one_rank",
    "unstack",
]
