"""The answer as it is stored: plain values and one SQLite file. Opens without JAX."""
