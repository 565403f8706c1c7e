"""A page for readers at the workspace's root, written anew as often as wanted.

Its first line holds the digest of what follows. So a person's edit is noticed, and never written
over; and a page that says already what it would say is left as it is.
"""

from journal.errors import UsageError
from journal.files import Folder
from journal.seal import sha256

_MARK = "<!-- rendered by `{}` from the entries, not kept by hand · sha256:{} -->"


def put(root: str, name: str, text: str, command: str) -> bool:
    """Write the page, unless it is there already as it is to be; whether it was written.

    `command` is what renders it. UsageError `edited-page` if a file of that name isn't as a
    command left it: then it stays as it is.
    """
    text = text.replace("\r\n", "\n")
    page = f"{_MARK.format(command, _digest(text))}\n{text}"
    with Folder(root, "") as folder:
        try:
            there = _plain(folder.read(name))
        except FileNotFoundError:
            there = None
        if there == page:
            return False
        if there is not None and not is_rendered(there):
            raise UsageError(
                "was changed by hand, or is not a page of the journal's; it was left as it is",
                kind="edited-page",
                file=name,
                line=1,
                hint=f"keep what you wrote elsewhere, as an entry or under another name, delete "
                f"{name}, then run `{command}` again",
            )
        folder.replace(name, page.encode(errors="backslashreplace"))
    return True


def is_rendered(page: str) -> bool:
    """Whether a page is just what a command wrote."""
    first, newline, text = page.partition("\n")
    return (
        bool(newline)
        and first.startswith("<!-- rendered by ")
        and (first.endswith(f"sha256:{_digest(text)} -->"))
    )


def _digest(text: str) -> str:
    return str(sha256(text.encode(errors="backslashreplace")).hexdigest())


def _plain(data: bytes) -> str:
    """The text, its newlines as they were written: git may have made others of them."""
    return data.decode(errors="replace").replace("\r\n", "\n")
