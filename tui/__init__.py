"""The browser of a journal on a terminal, in Textual; its screens come with `journal tui`."""
