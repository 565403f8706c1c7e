"""What a tool gave back, as text. Cheap: it runs while the agent waits.

An agent hands its hooks the tool's own object, not the text that the model sees.
"""

from journal.cjson import dumps
from journal.conversation.excerpt import excerpt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_TEXTS = ("content", "result", "output", "text", "message", "error", "plan", "results")
_GIVEN = ("structuredPatch", "newString", "newTodos")  # the call has shown it already
_DEEP = 20
_INPUT = 16_384  # bytes of one text in a call that an entry shows


def text_of(value: object) -> str:
    """The text of a tool's answer; JSON of what has no known form."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_block, value)))
    return _of_object(value) if isinstance(value, dict) else dumps(value)


def _of_object(value: "dict[str, object]") -> str:
    if "stdout" in value or "stderr" in value:
        return _streams(value)
    if isinstance(file := value.get("file"), dict):
        return _block({**file, "media_type": file.get("type"), "type": value.get("type")})
    if any(key in value for key in _GIVEN):
        return ""
    for key in _TEXTS:
        if isinstance(value.get(key), (str, list)) and (found := text_of(value[key])):
            return found
    return _listed(value)


def _listed(value: "dict[str, object]") -> str:
    if isinstance(answers := value.get("answers"), dict) and answers:
        return "\n".join(f"{asked} {text_of(said)}" for asked, said in answers.items())
    if isinstance(names := value.get("filenames"), list):
        return "\n".join(map(str, names)) or "No files found"
    return _json(value)


def _streams(value: "dict[str, object]") -> str:
    parts = [str(value[key]).rstrip("\n") for key in ("stdout", "stderr") if value.get(key)]
    if value.get("interrupted"):
        parts.append("[interrupted]")
    if task := value.get("backgroundTaskId"):
        parts.append(f"[goes on in the background: {task}]")
    if meaning := value.get("returnCodeInterpretation"):
        parts.append(f"[{meaning}]")
    return "\n".join(parts)


def _block(block: object) -> str:
    """One block of content: a text, or what stands for one."""
    if not isinstance(block, dict):
        return text_of(block)
    source = block["source"] if isinstance(block.get("source"), dict) else block
    data = source.get("data") or source.get("base64")
    if isinstance(data, str):
        kind = source.get("media_type") or source.get("mimeType") or source.get("type")
        size = len(data) * 3 // 4
        return f"[{block.get('type') or 'data'}, {kind or 'unknown'}, {size:,} bytes]"
    for key in ("text", "content"):
        if isinstance(block.get(key), (str, list)):
            return text_of(block[key])
    if isinstance(title := block.get("title"), str) and isinstance(url := block.get("url"), str):
        return f"{title}: {url}"
    return _json(block)


def _json(value: object) -> str:
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError):  # nested too deeply, or no number that JSON has
        return ""


def shortened(value: object, clean: "Callable[[str], str]", depth: int = 0) -> object:
    """A call's input with its long texts cut, and what is nested too deeply for a person."""
    if isinstance(value, str):
        return excerpt(value, clean, _INPUT).shown
    if depth > _DEEP:
        return "…"
    if isinstance(value, list):
        return [shortened(inner, clean, depth + 1) for inner in value[:200]]
    if isinstance(value, dict):
        return {key: shortened(inner, clean, depth + 1) for key, inner in value.items()}
    return value
