"""`python -m journal`: the same as the program `journal`."""

from journal.cli.fast import run

run()
