"""Measures of predictions, in NumPy: scores, what each row adds to them, confusion and calibration.

Knows predictions and targets, and nothing of variants, seeds, folds and of what made the predictions.
"""
