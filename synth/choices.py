"""What can be asked for: kinds of documents, file formats, levels of damage. Imports nothing, for the command line."""

KINDS = ("final_account", "budget", "performance")
FORMATS = ("text", "markdown", "html", "xlsx", "docx", "pdf")
LOSSY_FORMATS = ("lines", "image")
"""A page with one cell a line, where blank cells leave no trace; pictures of pages."""
LEVELS = ("none", "light", "heavy")
FIRST_YEAR, LAST_YEAR = 2015, 2025
