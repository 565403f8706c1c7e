"""The session nearest to where git's HEAD is."""

from journal.anchor import UNBORN, anchor
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from journal.api import Journal
    from journal.catalog.talks import Sitting

_COMMITS = 2000  # how far back an ancestor is looked for
_SECONDS = 10


class Near(Value):
    """A session near to the work tree, and by what: `why` says it in words.

    `anchor` is the newest entry's `<branch>@<12 hex>`, `head` that of HEAD now; empty without git.
    """

    __slots__ = ("anchor", "head", "namespace", "same_branch", "session", "why")

    def __init__(
        self,
        session: str,
        namespace: str,
        anchor: str,
        head: str,
        same_branch: bool,
        why: str,
    ) -> None:
        self.session = session
        self.namespace = namespace
        self.anchor = anchor
        self.head = head
        self.same_branch = same_branch
        self.why = why


def nearest(
    journal: "Journal", namespace: str = "", directory: str = "", *, but: "Container[str]" = ()
) -> Near | None:
    """The session that what is done at the work tree now most likely goes on with; None if none is.

    Of those whose newest entry was written on the commit that HEAD is at, the newest; else on the
    same branch; else on the nearest commit behind HEAD; else the newest of all. Commits that git
    rewrote count as what they became. `directory`: in the work tree (default: the workspace).
    `but`: sessions that are not meant.
    """
    namespace = namespace or journal.default_namespace
    journal.catalog.catch_up()
    found = [one for one in journal.catalog.sessions(namespace) if one.session not in but]
    if not found:
        return None
    head = anchor(directory or journal.root)
    newest = found[0], "the newest other session" if but else "the newest session"
    one, why = _choose(journal, found, head, directory or journal.root) or newest
    branch = _branch(head)
    # A detached HEAD is on no branch, and the same only where it is the same commit.
    same = bool(head) and (
        head == one.last.git if branch == "HEAD" else branch == _branch(one.last.git)
    )
    return Near(one.session, one.namespace, one.last.git, head, same, why)


def _choose(
    journal: "Journal", found: "list[Sitting]", head: str, directory: str
) -> "tuple[Sitting, str] | None":
    """What git tells of; None if it tells of none."""
    anchored = [one for one in found if one.last.git]
    if not head or not anchored:
        return None
    commits = _commits(journal, anchored)
    commit, branch = head.rpartition("@")[2], _branch(head)
    if commit != UNBORN and commit in commits:
        return commits[commit], f"the newest on the commit that HEAD is at, {commit}"
    if branch != "HEAD":
        for one in anchored:
            if _branch(one.last.git) == branch:
                return one, f"the newest on the branch {branch}"
    for behind in _behind(directory) if commit != UNBORN else ():
        if behind in commits:
            return commits[behind], f"the newest on {behind}, the nearest commit behind HEAD"
    return None


def _commits(journal: "Journal", anchored: "list[Sitting]") -> "dict[str, Sitting]":
    """The commits that sessions were left at, as they are called now, each with the newest one."""
    from journal import rewrites

    told = rewrites.fold(journal.catalog.tagged("event", rewrites.TAG))
    found: dict[str, Sitting] = {}
    for one in anchored:
        found.setdefault(told.anchored(one.last.git) or one.last.git.rpartition("@")[2], one)
    return found


def _branch(git: str) -> str:
    return git.rpartition("@")[0]


def _behind(directory: str) -> "Iterator[str]":
    """The commits behind HEAD, nearest first, 12 hex digits each; none where git can't tell."""
    import subprocess

    from journal.anchor import environment, locate

    try:
        tree = locate(directory)
        if not tree:
            return
        done = subprocess.run(
            ["git", "-C", tree[0], "rev-list", f"--max-count={_COMMITS}", "HEAD"],
            env=environment(tree),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return
    for line in done.stdout.split():
        yield line[:12].decode()
