"""Texts as vectors: the text encoder, the base model's hidden states, task vectors, and their statistics.

Finding adapters by these vectors is `retrieval`'s, making weights from them `generator`'s.
"""
