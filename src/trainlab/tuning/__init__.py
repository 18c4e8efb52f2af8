"""What next: studies of trials, how one is chosen, and what tuning did to the comparison."""
