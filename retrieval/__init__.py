"""From text to adapters: the embedding index over the registry.

Holds the FAISS index and the search over it. It generates and trains nothing and may import only `hyperlora`.
"""
