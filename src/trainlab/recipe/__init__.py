"""How it learns: Keras's optimizers and losses, and the score of each row."""
