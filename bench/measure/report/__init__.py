"""The report: the table with its ratios and bounds, as Markdown and as JSON."""
