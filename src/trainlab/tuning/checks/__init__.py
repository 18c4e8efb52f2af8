"""What single checks see in the trials of a tuning or a search: one a file, a code for life each."""
