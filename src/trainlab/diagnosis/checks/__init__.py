"""What single checks see in the runs of an experiment: one a file, a code for life each."""
