"""What is wrong with a variant, how sure that is, and what to try next: from stored results alone."""
