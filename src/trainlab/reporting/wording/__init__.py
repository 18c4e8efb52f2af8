"""How things are said: words, numbers, names, settings. Knows no results."""
