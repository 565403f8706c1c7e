"""What a tool was asked and what it gave, as Markdown. Cheap: hooks use it.

The inputs are another program's: whatever their types, each of these gives some text.
"""

from journal.cjson import dumps
from journal.conversation.fenced import fence, plain, quote, result

__all__ = ["about", "call", "command_of", "cut", "fence", "plain", "quote", "result"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_AROUND = 2  # unchanged lines that a diff shows on either side
_LANGUAGES = {
    "py": "python", "pyi": "python", "mjs": "js", "rs": "rust", "rb": "ruby", "h": "c",
    "hpp": "cpp", "cs": "csharp", "yml": "yaml", "md": "markdown", "kt": "kotlin", "bash": "sh",
    **dict.fromkeys("js ts tsx jsx sh go java c cpp css html xml json toml yaml".split(), ""),
    **dict.fromkeys("sql swift php lua ini diff".split(), ""),
}  # fmt: skip
_BOXES = {"completed": "☑", "done": "☑", "in_progress": "▶", "cancelled": "☒"}
_TITLE = 70  # characters of what a call was for, in a title
_SHORT = 200  # characters of an input that stands on a line of its own


def call(name: str, given: object) -> str:
    """A tool's call: a line with its name and what it is for, then what it was given."""
    name = _one_line(name) or "tool"
    if isinstance(given, str):
        return (
            _headed(name, "", fence(given, "diff" if name == "apply_patch" else ""))
            if given.strip()
            else f"**{name}**"
        )
    fields = given if isinstance(given, dict) else {} if given is None else {"input": given}
    return _FORMS.get(name.lower(), _any)(name, fields)


def about(name: str, given: object) -> str:
    """A tool's call in one line: `Bash: npm test`."""
    name = _one_line(name) or "tool"
    what = given if isinstance(given, str) else _purpose(given) if isinstance(given, dict) else ""
    shown = _first_line(what)
    return f"{name}: {shown}" if shown else name


def _first_line(text: str) -> str:
    line = next((line for line in text[:2000].splitlines() if line.strip()), "")
    line = _one_line(line).replace(" · ", " - ")
    if len(line) <= _TITLE:
        return line
    word = line.rfind(" ", _TITLE // 2, _TITLE)
    return line[: word if word > 0 else _TITLE - 1] + "…"


def cut(given: object, shorten: "Callable[[str], str]", most: int, depth: int = 0) -> object:
    """The input with each text of more than `most` characters shortened."""
    if isinstance(given, str):
        return shorten(given) if len(given) > most else given
    if depth > 20:
        return "…"
    if isinstance(given, dict):
        return {key: cut(value, shorten, most, depth + 1) for key, value in given.items()}
    if isinstance(given, list):
        return [cut(value, shorten, most, depth + 1) for value in given]
    return given


def _headed(name: str, what: str, rest: str = "") -> str:
    head = f"**{name}**{' ' if what else ''}{what}"
    return f"{head}\n\n{rest}" if rest else head


def _text(given: "dict[object, object]", *keys: str) -> str:
    """The first of these that is a text with letters, or a number."""
    for key in keys:
        value = given.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def _one_line(text: object) -> str:
    line = " ".join(text[:2000].split())[:500] if isinstance(text, str) else ""
    if line.isprintable():
        return line
    return "".join([char if char.isprintable() else "�" for char in line])


def _code(text: str) -> str:
    """The text as code within a line."""
    text = _one_line(text)
    if not text:
        return ""
    marks = "`"
    while marks in text:
        marks += "`"
    return f"{marks} {text} {marks}" if len(marks) > 1 else f"`{text}`"


def _list(value: object) -> "list[object]":
    return value if isinstance(value, list) else []


def _maps(value: object) -> "list[dict[object, object]]":
    return [item for item in _list(value) if isinstance(item, dict)]


def _purpose(given: "dict[object, object]") -> str:
    command = command_of(given)
    if command:
        described = _text(given, "description")
        return described if described and ("\n" in command or len(command) > 70) else command
    if path := _text(given, "file_path", "notebook_path"):
        return "/".join(path.replace("\\", "/").split("/")[-3:])
    if questions := _maps(given.get("questions")):
        return _text(questions[0], "question", "header")
    items = _maps(given.get("todos")) + _maps(given.get("plan"))
    for item in items:
        if item.get("status") == "in_progress":
            return _text(item, "content", "step")
    return _text(
        given, "subject", "description", "question", "pattern", "query", "url", "path", "skill",
        "command", "explanation", "title", "name", "task_id", "taskId", "bash_id", "shell_id", "id",
        "prompt",
    )  # fmt: skip


def command_of(given: "dict[object, object]") -> str:
    """The command line of a shell call: as text, or as a list of words."""
    value = given.get("command", given.get("cmd"))
    if isinstance(value, str):
        return value
    words = [word for word in _list(value) if isinstance(word, str)]
    if len(words) == 3 and words[1] in ("-c", "-lc") and words[0].rpartition("/")[2] in _SHELLS:
        return words[2]
    return " ".join([_word(word) for word in words])


_SHELLS = ("bash", "sh", "zsh", "dash", "fish")
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")


def _word(word: str) -> str:
    return word if word and _SAFE.issuperset(word) else "'" + word.replace("'", "'\"'\"'") + "'"


def _shell(name: str, given: "dict[object, object]") -> str:
    command = command_of(given)
    if not command:
        return _any(name, given)
    notes = [_one_line(_text(given, "description", "justification"))]
    if place := _text(given, "workdir", "cwd"):
        notes.append(f"in {_code(place)}")
    if given.get("run_in_background") is True:
        notes.append("*in the background*")
    return _headed(name, " ".join(filter(None, notes)), fence(command, "sh"))


def _file(name: str, given: "dict[object, object]") -> str:
    where = _code(_text(given, "file_path", "notebook_path", "path"))
    offset, limit = given.get("offset"), given.get("limit")
    first = offset if isinstance(offset, int) and offset > 0 else 1
    if isinstance(limit, int):
        where += f" lines {first}–{first + limit - 1}"
    elif first > 1:
        where += f" from line {first}"
    return _headed(name, where) if where else _any(name, given)


def _write(name: str, given: "dict[object, object]") -> str:
    path = _text(given, "file_path", "notebook_path", "path")
    text = _text(given, "content", "new_source", "contents")
    return _headed(name, _code(path), fence(text, _language(path)) if text else "")


def _language(path: str) -> str:
    """What highlighters call a file's language; empty if that isn't sure."""
    ending = path.rpartition(".")[2].lower()
    return _LANGUAGES.get(ending, "") or (ending if ending in _LANGUAGES else "")


def _edit(name: str, given: "dict[object, object]") -> str:
    parts = _maps(given.get("edits")) or [given]
    diffs = [
        fence(_diff(_text(part, "old_string"), _text(part, "new_string")), "diff") for part in parts
    ]
    every = " *everywhere*" if any(part.get("replace_all") is True for part in parts) else ""
    return _headed(name, _code(_text(given, "file_path", "path")) + every, "\n\n".join(diffs))


def _diff(old: str, new: str) -> str:
    """What changed between two texts: the lines between those that both begin and end with."""
    before, after = old.split("\n") if old else [], new.split("\n") if new else []
    most = min(len(before), len(after))
    first = next((at for at in range(most) if before[at] != after[at]), most)
    rest = most - first
    last = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    lines = [f"  {line}" for line in before[max(0, first - _AROUND) : first]]
    lines += [f"- {line}" for line in before[first : len(before) - last]]
    lines += [f"+ {line}" for line in after[first : len(after) - last]]
    lines += [f"  {line}" for line in before[len(before) - last :][:_AROUND]]
    return "\n".join(lines)


def _search(name: str, given: "dict[object, object]") -> str:
    what = _code(_text(given, "pattern", "query"))
    if place := _text(given, "path"):
        what += f" in {_code(place)}"
    kinds = [_code(_text(given, key)) for key in ("glob", "type")]
    what += "".join([f", {kind}" for kind in kinds if kind])
    return _headed(name, what.strip()) if what else _any(name, given)


def _web(name: str, given: "dict[object, object]") -> str:
    url, query = _one_line(_text(given, "url")), _one_line(_text(given, "query"))
    return _headed(name, f"<{url}>" if url else query, quote(_text(given, "prompt")))


def _task(name: str, given: "dict[object, object]") -> str:
    kind = _one_line(_text(given, "subagent_type", "agent_type"))
    what = _one_line(_text(given, "subject", "description", "title"))
    shown = f"{what} *({kind})*" if what and kind else what or kind
    more = _text(given, "prompt", "message") or _text(given, "description")
    if not shown:
        return _any(name, given)
    return _headed(name, shown, quote(more) if more != what else "")


def _todo(name: str, given: "dict[object, object]") -> str:
    items = []
    for item in _maps(given.get("todos")) + _maps(given.get("plan")):
        box = _BOXES.get(str(item.get("status")), "☐")
        items.append(f"- {box} {_one_line(_text(item, 'content', 'step', 'subject', 'title'))}")
    if not items:
        return _any(name, given)
    return _headed(name, _one_line(_text(given, "explanation")), "\n".join(items))


def _ask(name: str, given: "dict[object, object]") -> str:
    asked = []
    for question in _maps(given.get("questions")):
        options = _maps(question.get("options"))
        lines = [_one_line(_text(question, "question", "header")), ""]
        for option in options:
            label, why = _one_line(_text(option, "label")), _one_line(_text(option, "description"))
            lines.append(f"- {label}: {why}" if why else f"- {label}")
        asked.append("\n".join(lines).strip())
    if not asked and (alone := _text(given, "question")):
        asked = [quote(alone)]
    return _headed(name, "", "\n\n".join(asked)) if asked else _any(name, given)


def _plan(name: str, given: "dict[object, object]") -> str:
    plan = _text(given, "plan").strip()
    return _headed(name, "", plan) if plan else _any(name, given)


def _patch(name: str, given: "dict[object, object]") -> str:
    patch = _text(given, "input", "patch")
    return _headed(name, "", fence(patch, "diff")) if patch else _any(name, given)


def _any(name: str, given: "dict[object, object]") -> str:
    """Any other tool: JSON, but texts of several lines as they are."""
    long = {k: v for k, v in given.items() if isinstance(v, str) and ("\n" in v or len(v) > _SHORT)}
    rest = {key: value for key, value in given.items() if key not in long}
    parts = [fence(_json(rest), "json")] if rest else []
    parts += [f"{_one_line(key)}:\n\n{fence(text)}" for key, text in long.items()]
    return _headed(name, "", "\n\n".join(parts))


def _json(fields: "dict[object, object]") -> str:
    """A map as JSON: on one line if that is short, else a line a key."""
    try:
        shown = dumps(fields)
        if len(shown) <= 100:
            return shown
        lines = [f"  {dumps(str(key))}: {dumps(value)}" for key, value in fields.items()]
    except (TypeError, ValueError):
        return str(fields)
    return "{\n" + ",\n".join(lines) + "\n}"


_FORMS: "dict[str, Callable[[str, dict[object, object]], str]]" = {
    "bash": _shell, "shell": _shell, "exec_command": _shell, "local_shell": _shell,
    "shell_command": _shell, "container.exec": _shell, "read": _file, "ls": _file,
    "view_image": _file, "notebookread": _file, "write": _write, "notebookedit": _write,
    "edit": _edit, "multiedit": _edit, "grep": _search, "glob": _search, "webfetch": _web,
    "websearch": _web, "web_search": _web, "task": _task, "agent": _task, "taskcreate": _task,
    "todowrite": _todo, "update_plan": _todo, "askuserquestion": _ask, "exitplanmode": _plan,
    "apply_patch": _patch,
}  # fmt: skip
