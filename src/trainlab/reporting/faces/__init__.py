"""The report as a page, a PDF, LaTeX, a notebook and its display; and the card of a data set."""
