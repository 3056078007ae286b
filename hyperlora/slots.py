"""Old path; use hyperlora.bank."""

from hyperlora.bank.slots import AdapterSlots

__all__ = ["AdapterSlots"]
