"""HyperLoRA's core: adapters, the bank, decoding, merging, base models, tasks and the registry.

What lives here knows nothing of retrieval, generation, pipelines or servers and imports none of them; the one
exception is the lazy doorway below, which lets `hyperlora.adapt(...)` reach `pipelines.adapt` when it is called.
"""
