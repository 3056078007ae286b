"""Every way to get answers to a task, one decorated function each; see `catalogue`."""

from importlib import import_module

from pipelines.evaluation.methods.catalogue import METHODS, Method, find_methods, method

# in the order of the table: what costs nothing first, what all try to reach last
for _name in (
    "prompted",
    "multitask",
    "pool",
    "composed",
    "routed",
    "generated",
    "finetuned",
    "refined",
    "adapted",
    "trained",
):
    import_module(f"{__name__}.{_name}")

__all__ = ["METHODS", "Method", "find_methods", "method"]
