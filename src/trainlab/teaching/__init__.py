"""Ready-made labs: which there are, running one from its first experiment to its last, handing one out."""
