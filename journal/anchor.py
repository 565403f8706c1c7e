"""Git's HEAD as an entry records it, `<branch>@<12 hex>`, read from git's own files.

Cheap on purpose (os only): every append asks, so nothing here starts a process, but for a
reftable repository, whose HEAD only git can read. Branch names may hold `@`: split at the last one.
"""

import os

UNBORN = "0" * 12
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAX_SYMREFS = 5  # git's own limit
_SECONDS = 5
_REFTABLE = b"refs/heads/.invalid"
_OF_ONE_WORKTREE = (b"refs/bisect/", b"refs/worktree/", b"refs/rewritten/")
_TRUE = (b"true", b"yes", b"on", b"1")
# What is there while git is in the middle of something and will write the work tree again.
_UNDER_WAY = (
    "rebase-merge", "rebase-apply", "sequencer", "MERGE_HEAD", "MERGE_AUTOSTASH", "BISECT_LOG",
    "CHERRY_PICK_HEAD", "REVERT_HEAD",
)  # fmt: skip
# The rest of GIT_* is what git tells its hooks of itself: wrong for any other repository.
_KEPT = ("GIT_CONFIG_", "GIT_EXEC_PATH", "GIT_TRACE")


def anchor(root: str) -> str:
    """`<branch>@<12 hex>` of HEAD for the work tree that holds `root`; "" where there is none.

    A detached HEAD reads `HEAD@…`, a branch without a commit `<branch>@000000000000`. Never raises.
    """
    try:
        found = locate(root)
        return _describe(root, found) if found else ""
    except (OSError, ValueError):  # unreadable, or a path with a NUL
        return ""


def git_dir(root: str) -> str | None:
    """The git directory (a linked worktree's own) of the work tree that holds `root`."""
    try:
        found = locate(root)
    except (OSError, ValueError):
        return None
    return found[1] if found else None


def busy(directory: str | None) -> bool:
    """Whether git, by its directory, is in the middle of a rebase, a merge, a bisect and so on.

    Until it is through, a change of a file that it tracks may make its next step fail.
    """
    return directory is not None and any(
        os.path.lexists(os.path.join(directory, name)) for name in _UNDER_WAY
    )


def locate(root: str) -> tuple[str, str, bool] | None:
    """The work tree that holds `root`: its top, its git directory, and whether GIT_DIR named it.

    The innermost one counts: a hook's GIT_DIR says nothing about a repository inside or beside the
    hook's. OSError when the git directory can't be read.
    """
    here = os.path.realpath(root)
    named = _named(here) if os.environ.get("GIT_DIR") else None
    found = _discover(here)
    if named and (found is None or len(named[0]) >= len(found[0])):
        return (*named, True)
    return (*found, False) if found else None


def environment(found: tuple[str, str, bool]) -> dict[str, str]:
    """The environment in which the git program, run in `found`'s work tree, sees `found`."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key.startswith(_KEPT)
    }
    if found[2]:
        env |= {"GIT_WORK_TREE": found[0], "GIT_DIR": found[1]}
    return env | {
        "GIT_DISCOVERY_ACROSS_FILESYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _discover(here: str) -> tuple[str, str] | None:
    top = here
    while True:
        directory = _git_dir_at(os.path.join(top, ".git"))
        if directory:
            tree = _work_tree(directory, top)
            return (tree, directory) if tree and _holds(tree, here) else None
        if _is_bare(top):
            return None
        parent = os.path.dirname(top)
        if parent == top:
            return None
        top = parent


def _named(here: str) -> tuple[str, str] | None:
    """GIT_DIR's work tree and git directory, if that work tree holds `here`."""
    try:
        directory = _git_dir_at(os.path.realpath(os.environ["GIT_DIR"]))
        tree = directory and _named_tree(directory)
    except (OSError, ValueError):
        return None
    return (tree, directory) if tree and directory and _holds(tree, here) else None


def _named_tree(directory: str) -> str | None:
    explicit = os.environ.get("GIT_WORK_TREE")
    if explicit:
        return os.path.realpath(explicit)
    link = _read(os.path.join(directory, "gitdir"))
    if link and link.strip():
        return os.path.dirname(_inside(directory, link))
    # Without a hint git takes the current directory; a `.git` has a better one.
    beside = os.path.basename(directory) == ".git"
    return _work_tree(directory, os.path.dirname(directory) if beside else os.getcwd())


def _git_dir_at(path: str) -> str | None:
    """The git directory that `path` (a `.git`) is or points to; OSError when it points nowhere."""
    try:
        os.lstat(os.path.join(path, "HEAD"))
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        text = _read(path)
    else:
        return path
    if text is None:
        return None
    if not text.startswith(b"gitdir:"):
        raise OSError("a .git file that points nowhere")
    target = _inside(os.path.dirname(path), text[7:])
    os.lstat(os.path.join(target, "HEAD"))
    return target


def _is_bare(path: str) -> bool:
    if not os.path.exists(os.path.join(path, "HEAD")):
        return False
    return all(os.path.isdir(os.path.join(path, part)) for part in ("objects", "refs"))


def _work_tree(directory: str, otherwise: str) -> str | None:
    """What the git directory's config says of its work tree; None for a bare repository.

    A linked worktree's own directory has no config, and what the common one says isn't for it.
    """
    config = _read(os.path.join(directory, "config")) or b""
    if b"worktreeconfig" in config.lower():
        config += b"\n" + (_read(os.path.join(directory, "config.worktree")) or b"")
    core = _core(config)
    if b"repositoryformatversion" not in core:  # git then believes nothing else there
        return otherwise
    if core.get(b"bare", b"").partition(b"#")[0].partition(b";")[0].strip().lower() in _TRUE:
        return None
    value = core.get(b"worktree", b"").strip(b'"').replace(b"\\\\", b"\\").replace(b'\\"', b'"')
    return _inside(directory, value) if value else otherwise


def _core(config: bytes) -> dict[bytes, bytes]:
    """The keys (in lower case) and values of a git config's `[core]`."""
    found = {}
    for section in config.replace(b"\r\n", b"\n").split(b"\n["):
        name, _, body = section.lstrip(b"\xef\xbb\xbf[ \t").partition(b"]")
        if name.strip().lower() == b"core":
            for line in body.split(b"\n"):
                key, given, value = line.partition(b"=")
                found[key.strip().lower()] = value.strip() if given else b"true"
    return found


def _holds(tree: str, here: str) -> bool:
    return here == tree or here.startswith(tree.rstrip(os.sep) + os.sep)


def _inside(directory: str, path: bytes) -> str:
    """A path from one of git's files, relative ones seen from `directory`."""
    return os.path.realpath(os.path.join(directory, os.fsdecode(path.strip())))


def _describe(root: str, found: tuple[str, str, bool]) -> str:
    directory = found[1]
    link = _read(os.path.join(directory, "commondir"))
    common = _inside(directory, link) if link else directory
    name, commit = _resolve(directory, common)
    if name == _REFTABLE:
        return _ask_git(root, found)
    if not commit:  # renaming a branch moves the ref first and HEAD a moment later
        name, commit = _resolve(directory, common)
    return _text(name, commit) if name or commit else ""


def _resolve(directory: str, common: str) -> tuple[bytes, bytes]:
    """HEAD's ref (empty when detached) and its commit (empty when unborn); both empty: no HEAD."""
    name, value = b"", _head(directory)
    for _ in range(_MAX_SYMREFS):
        if not value.startswith(b"ref:"):
            return name, value
        name = value[4:].strip()
        if name == _REFTABLE:
            return name, b""
        if not _is_ref(name):
            break
        base = directory if name.startswith(_OF_ONE_WORKTREE) else common
        value = _line(os.path.join(base, os.fsdecode(name))) or _packed(common, name)
    return b"", b""


def _head(directory: str) -> bytes:
    path = os.path.join(directory, "HEAD")
    value = _line(path)
    if not value.startswith(b"ref:") and os.path.islink(path):  # how git once wrote it
        target = os.fsencode(os.readlink(path))
        return b"ref: " + target if target.startswith(b"refs/") else value
    return value


def _line(path: str) -> bytes:
    """What a ref's file says; empty when it is missing or, looked at twice, says nothing."""
    text = _read(path)
    if text is not None and not _says(text.strip()):  # another program is just rewriting it
        import time

        time.sleep(0.001)
        text = _read(path)
    line = (text or b"").strip()
    return line if _says(line) else b""


def _packed(common: str, name: bytes) -> bytes:
    text = _read(os.path.join(common, "packed-refs")) or b""
    needle = b" " + name  # no ref holds a space: this is never the ending of a longer name
    at = text.find(needle + b"\n")
    if at < 0 and text.endswith(needle):
        at = len(text) - len(needle)
    value = text[text.rfind(b"\n", 0, at) + 1 : at] if at > 0 else b""
    return value if is_commit(value) else b""


def _read(path: str) -> bytes | None:
    """The file's bytes, None when there is no such file; OSError when it can't be read."""
    try:
        fd = os.open(path, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        size = os.fstat(fd).st_size  # in one read: a second would copy megabytes of packed refs
        data = os.read(fd, size)
        while len(data) < size and (more := os.read(fd, size - len(data))):
            data += more
    except IsADirectoryError:
        return None
    finally:
        os.close(fd)
    return data


def _says(line: bytes) -> bool:
    return line.startswith(b"ref:") or is_commit(line)


def is_commit(value: bytes) -> bool:
    """Whether it is a commit's full name, SHA-1 or SHA-256."""
    return len(value) in (40, 64) and not value.strip(b"0123456789abcdef")


def _is_ref(name: bytes) -> bool:
    """Whether `name` may become a path below the git directory."""
    safe = name.startswith(b"refs/") and b".." not in name and b"\\" not in name
    return safe and min(name) > 0x20


def _text(name: bytes, commit: bytes) -> str:
    branch = name.removeprefix(b"refs/heads/").decode("utf-8", "surrogateescape") or "HEAD"
    if not branch.isascii() or not branch.isprintable():
        branch = "".join("?" if _is_unfit(char) else char for char in branch)
    return f"{branch}@{commit[:12].decode() or UNBORN}"


def _is_unfit(char: str) -> bool:
    """A control character, a line separator, or a byte that was no UTF-8."""
    return (
        char < " "
        or "\x7f" <= char <= "\x9f"
        or char in "\u2028\u2029"
        or "\ud800" <= char <= "\udfff"
    )


def _ask_git(root: str, found: tuple[str, str, bool]) -> str:
    """The anchor as the git program tells it; "" without one, or when it refuses."""
    import subprocess

    def ask(*words: str) -> tuple[int, bytes]:
        done = subprocess.run(
            ["git", "-C", root, *words],
            env=environment(found),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout.strip()

    try:
        code, name = ask("symbolic-ref", "-q", "HEAD")
        _, commit = ask("rev-parse", "-q", "--verify", "HEAD")
    except (OSError, subprocess.TimeoutExpired):
        return ""
    known = bool(name) if code == 0 else code == 1 and is_commit(commit)
    return _text(name, commit if is_commit(commit) else b"") if known else ""
