"""Texts within Markdown: what tools and terminals gave, code, quotes. Cheap: hooks use it."""


def result(text: str, *, failed: bool = False) -> str:
    """What a tool gave back, fenced; empty if it gave nothing."""
    text = plain(text)
    if failed:
        text = text.replace("<tool_use_error>", "").replace("</tool_use_error>", "")
    shown = fence(text) if text.strip() else ""
    return f"*failed*\n\n{shown}".rstrip() if failed else shown


def fence(text: str, info: str = "") -> str:
    """The text as a code block, whatever code blocks it holds itself."""
    marks = "```"
    while marks in text:
        marks += "`"
    inner = text.strip("\n")
    return f"{marks}{info}\n{inner}\n{marks}"


def quote(text: str) -> str:
    """The text as a block quote."""
    return "\n".join([f"> {line}".rstrip() for line in text.strip().splitlines()])


def plain(text: str) -> str:
    """The text of a terminal as it is read: without colours, lines written over left out."""
    if "\x1b" in text:
        import re

        text = re.sub(
            r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_()][0-9A-B]?)",
            "",
            text,
        )
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        text = "\n".join([line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")])
    return text
