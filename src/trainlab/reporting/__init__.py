"""What is shown: facts first (``outline``), then drawings, the page and the terminal. Opens without JAX."""
