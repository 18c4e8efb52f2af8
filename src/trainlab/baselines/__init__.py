"""What one gets without a network: a guess, a linear model and boosted trees, on the networks' own folds."""
