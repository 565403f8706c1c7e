"""The catalog: where every entry is and what its header says, in SQLite, made from the files.

Derived: it may be deleted at any time. `catalog.Catalog` is the way in; it alone notices what
changed on disk, before each read. An append never writes it.
"""
