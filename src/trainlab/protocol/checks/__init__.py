"""What single checks see in a question or in its answer: one a file, a code for life each."""
