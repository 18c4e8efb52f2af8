"""What is done to columns before a network sees them, fitted on the training rows of a fold alone."""
