"""policy.yaml on disk: the commented one that `init` writes, and what one says."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable

from journal.errors import WorkspaceError
from journal.files import close, read_at
from journal.finding import Finding
from journal.policy.faults import CODE, near
from journal.policy.limits import Policy
from journal.policy.reading import read
from journal.policy.tree import MAX_SIZE
from journal.space import POLICY

TEMPLATE = """\
# What may be kept, by namespace. Everything here is the default: remove a '#' to change it.
# `journal policy check` finds what is wrong here, `show` tells what holds and by which line,
# `explain TEXT` what would become of a text.
schema: journal/policy@1

# defaults:
#   persist: full        # summary_only: only summary, decision, task and fact
#                        # distilled_only: only summaries that name what they cover
#                        # hash_only: the header and a digest, no text; none: nothing
#                        # What isn't kept leaves a record of its kind and size.
#   redaction: on        # secrets are masked before anything reaches the disk; or off, or by rule,
#                        # with patterns of your own: {jwt: off, staff-number: 'E-[0-9]{6}'}
#   denylist: []         # texts that are never stored: ['Project Bluebird', '(?i)blue-[0-9]+']
#   roles: []            # who may append, by role: [user, assistant]; []: any
#   actors: []           # who may append, by name: [anna, claude-code]; []: anybody
#   review: []           # verbs that somebody has to allow first: [purge, decide, import]
#   approvers: []        # who may allow it, by name; []: anybody who sits at the terminal
#   four_eyes: false     # true: whoever asks for it can't be the one who allows it
#   agents: []           # actors that are agents: these never allow anything
#   agents_approve: false  # true: agents may, and so may whoever has no terminal
#   keys: {}             # public keys that authenticate a name: {anna: 'ssh-ed25519 AAAA…'}
#   retention_days: 0    # `journal retention run` forgets what is older; 0: for ever
#   max_entries: 0       # and the oldest beyond so many; 0: no limit
#   max_facts: 0         # and of facts alone; 0: no limit
#   distill_every: 0     # entries between distillations; 0: never
#   auto_export: false   # true; or {keep: 5}, and only the newest 5 stay
#   auto_import: false
#
# namespaces:            # what a namespace says goes before the defaults; denylists add up
#   main:
#     persist: full
"""


def examine(root: str) -> tuple[Policy, list[Finding]]:
    """What policy.yaml says, and every fault in it by line; with a fault it isn't to be used."""
    try:
        raw = _content(f"{root}/{POLICY}")
        text = raw.decode()
    except FileNotFoundError:
        if os.path.islink(f"{root}/{POLICY}"):
            return Policy(), [_unreadable(0, "is a link that leads nowhere", "mend or remove it")]
        return Policy(), []
    except OSError as error:
        return Policy(), [_unreadable(0, error.strerror or "can't be read", "make it a file")]
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Policy(), [_unreadable(line, "is not UTF-8", "save it as UTF-8")]
    return read(text, rule_names())


def _content(path: str) -> bytes:
    # Opening never waits: a pipe that nobody writes to would hold every append for ever.
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "is no regular file")
        return read_at(fd, MAX_SIZE + 1, 0)
    finally:
        close(fd)


def strangers(root: str, policy: Policy, namespaces: Iterable[str]) -> list[Finding]:
    """The namespaces that the policy names and nobody else knows: it may be a slip of the pen.

    `namespaces` are those of journal.toml; one that has a folder is known, too.
    """
    known = tuple(namespaces)
    return [
        Finding(
            CODE,
            POLICY,
            line,
            f"nothing else names a namespace {name!r}",
            near(name, known) or f"fine if it is to come; else write {' or '.join(known)}",
        )
        for name, line in policy.lines.items()
        if name not in known and not os.path.isdir(f"{root}/journal/{name}")
    ]


def _unreadable(line: int, message: str, fix: str) -> Finding:
    return Finding(CODE, POLICY, line, message, fix)


def read_policy(root: str) -> Policy:
    """What policy.yaml says; WorkspaceError `config-error` with the first fault's line."""
    policy, found = examine(root)
    if not found:
        return policy
    first, more = found[0], len(found) - 1
    also = "s" if more > 1 else ""
    raise WorkspaceError(
        first.message + (f"; {more} more fault{also}: `journal policy check`" if more else ""),
        kind="config-error",
        file=first.file,
        line=first.line,
        hint=first.fix,
    )


def rule_names() -> frozenset[str]:
    """The redaction rules there are: a policy may switch each off by its name."""
    from journal.redaction import KNOWN
    from journal.redaction.sieve import STEMS
    from journal.redaction.table import RULES

    return frozenset((*(rule.name for rule in RULES), *STEMS.values(), KNOWN))
