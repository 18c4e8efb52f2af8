"""Networks as scikit-learn's estimators: fitted by our engine, used wherever scikit-learn takes one."""
