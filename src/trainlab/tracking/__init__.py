"""Tracking: what is stored is also sent to MLflow; our own store stays the record."""
