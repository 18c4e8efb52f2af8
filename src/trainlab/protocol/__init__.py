"""Is the experiment fair? One check a file, each with a code for life; knows nothing of JAX and Keras."""
