"""Recall: finding entries again. `engine` is the port; `scan` reads the files and never fails."""
