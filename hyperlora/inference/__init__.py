"""One batch through the base model: batching, prefix sharing, decoding, sampling, scoring.

The adapters in the batch are `bank`'s; what the answers are worth is in `tasks.metrics`, training in
`pipelines.training`.
"""
