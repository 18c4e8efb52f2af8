"""Which variant is better, and how sure that is: from stored results, by the rules of ``docs/why.md``."""
