"""What learns: Keras models built from a description, with techniques placed, as pure functions of their state."""
