"""Pictures as SVG, drawn from facts."""
