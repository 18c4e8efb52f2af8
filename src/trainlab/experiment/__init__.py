"""The question: what is compared, on which data, with which seeds. Plain values that never train."""
