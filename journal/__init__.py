"""Journal: a daybook in plain Markdown that a person can read and a program can prove.

`import journal` loads nothing else: a public name comes from its module when first asked for.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.api import Journal, Memory, open  # noqa: A004 - as `tarfile.open`
    from journal.entry import Draft, Entry
    from journal.notebook import Notebook
    from journal.selection import Selection

__all__ = ["Draft", "Entry", "Journal", "Memory", "Notebook", "Selection", "__version__", "open"]

_HOMES = {
    "Draft": "journal.entry",
    "Entry": "journal.entry",
    "Journal": "journal.api",
    "Memory": "journal.api",
    "Notebook": "journal.notebook",
    "Selection": "journal.selection",
    "open": "journal.api",
}

if not TYPE_CHECKING:  # a type checker that saw this would accept every misspelt name

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
