"""The adapter: its factors and card, low-rank algebra, sketches, the modules it can sit on, merging into a base model.

How a folder of PEFT's is read and written is in `peft_io`; how many adapters run in one batch is in `bank`.
"""
