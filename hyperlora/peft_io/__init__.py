"""PEFT's formats: adapter folders (`folder`), and other methods than LoRA converted to it (`methods`).

Only what another tool wrote or reads belongs here; what is computed with an adapter is in `lora`.
"""
