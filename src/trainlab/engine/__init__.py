"""The one program: lanes of networks trained together. Alone says ``vmap`` and ``jit``."""
