"""What learns: Keras models built from a description, as pure functions of their state."""
