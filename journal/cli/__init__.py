"""The command line: one file a verb group, `output` the only writer, `fast` the short way in."""
