"""The rows of the table. Each module says how its rows are measured, and their bounds."""
