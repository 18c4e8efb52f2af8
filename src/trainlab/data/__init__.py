"""What is learned: data sets as frozen values, where they come from, and how their rows are shared out.

Nothing in this room knows Keras or JAX; the loader of Keras's own data cache imports Keras when it is called.
"""
