"""What each finding of the doctor means: how grave it is, and what a person can do."""

from __future__ import annotations

from dataclasses import dataclass

NOTE, WRONG, BROKEN = 0, 1, 5
WORDS = {NOTE: "note", WRONG: "wrong", BROKEN: "broken"}

ENTRIES, FILES, GIT, MACHINE, SETTINGS = "entries", "files", "git", "machine", "settings"
AREAS = (SETTINGS, ENTRIES, FILES, GIT, MACHINE)


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. `weight` is the exit code it leads to, `hint` what a person can do."""

    area: str
    weight: int
    hint: str


_REPAIR = ""  # there is a fix: its name says it all
_OLD_TEXT = "`journal verify` shows what changed"

CODES = {
    "config": Code(SETTINGS, WRONG, "correct that line; everything else waits for it"),
    "edited": Code(
        ENTRIES, WRONG, f"meant: `journal amend ID --reason WHY`; not meant: undo it ({_OLD_TEXT})"
    ),
    "edited-whitespace": Code(
        ENTRIES, WRONG, f"an editor's doing? undo it ({_OLD_TEXT}), or `journal amend ID`"
    ),
    "missing": Code(
        ENTRIES, WRONG, "bring its file back from a backup or from the machine that wrote it"
    ),
    "torn": Code(
        ENTRIES, WRONG, "its whole text is neither in the spool nor in git: look in a backup"
    ),
    "alien": Code(ENTRIES, WRONG, "if nobody knows it, take it out; if it is yours, retype it"),
    "misplaced": Code(ENTRIES, WRONG, "move its lines back to where they belong"),
    "forked": Code(
        ENTRIES, BROKEN, "a copy of the workspace went on by itself? keep what is right of the two"
    ),
    "broken": Code(
        ENTRIES, BROKEN, "bring the entry before it back: git, a backup, or the machine it is from"
    ),
    "purged-text": Code(
        ENTRIES, WRONG, "`journal forget ID --purge --reason WHY` takes it out again"
    ),
    "redacted-text": Code(ENTRIES, WRONG, "`journal redact apply ID` masks it again"),
    "spooled": Code(ENTRIES, WRONG, "see whether its day file can be written"),
    "unreadable": Code(FILES, WRONG, "see what it is, whose it is, and its permissions"),
    "unvouched-pack": Code(
        FILES, WRONG, "import the pack again, or move its folder away: it may be anybody's"
    ),
    "odd-name": Code(FILES, WRONG, "it holds what the others don't: see to it by hand"),
    "sync-conflict": Code(FILES, WRONG, "it holds what the others don't: see to it by hand"),
    "stray-day": Code(FILES, WRONG, "`mv` it there: only year folders of namespaces are read"),
    "conflict-markers": Code(FILES, WRONG, "settle it in an editor: no entry may be cut by it"),
    "large-file": Code(FILES, NOTE, "it is read as a whole; a namespace of its own may help"),
    "link": Code(FILES, WRONG, "replace it by what it stands for: the journal follows no links"),
    "leftover": Code(FILES, WRONG, _REPAIR),
    "attachment-missing": Code(
        FILES, WRONG, "bring it back from git or a backup, or attach the same file once more"
    ),
    "attachment-changed": Code(FILES, WRONG, "bring it back from git or a backup"),
    "attachment-unnamed": Code(FILES, NOTE, "remove it if nobody needs it"),
    "permissions": Code(FILES, WRONG, _REPAIR),
    "readable": Code(FILES, NOTE, _REPAIR),
    "owner": Code(FILES, WRONG, "`chown` it to whoever writes this journal"),
    "attributes": Code(GIT, WRONG, "change that line: it counts more than .gitattributes here"),
    "not-ignored": Code(GIT, WRONG, _REPAIR),
    "tracked-state": Code(GIT, WRONG, "`git rm -r --cached .journal`"),
    "ignored-days": Code(GIT, NOTE, "meant? then git keeps no copy of the entries"),
    "git-busy": Code(GIT, NOTE, "finish or abort it; until then nothing is put back or mended"),
    "striking": Code(
        MACHINE, WRONG, "`journal list` or whatever is appended next finishes it, or says why not"
    ),
    "placing": Code(MACHINE, WRONG, "whatever is appended next finishes it, or says why not"),
    "state-missing": Code(
        MACHINE, WRONG, "bring .journal/state back from a backup, or go on: a new writer begins"
    ),
    "torn-spool": Code(MACHINE, NOTE, "nothing to do: what is torn was never acknowledged"),
    "lost-spool": Code(
        MACHINE, WRONG, "bring the spool back if you can; else the next append begins a new writer"
    ),
    "foreign-spool": Code(MACHINE, NOTE, "keep .journal out of what is synced and copied"),
    "two-identities": Code(MACHINE, NOTE, "nothing to do: each folder has a writer of its own"),
    "clock-step": Code(MACHINE, NOTE, "times may mislead there; the order of entries holds"),
    "clock-ahead": Code(MACHINE, WRONG, "set the clock; until that time comes, ids stand still"),
    "network-files": Code(MACHINE, NOTE, "locks may not hold there: write from one machine only"),
    "synced-folder": Code(MACHINE, NOTE, "let it sync day files, and leave .journal out"),
    "disk-low": Code(MACHINE, WRONG, "free some space: a full disk refuses entries"),
    "cache": Code(MACHINE, WRONG, "make it yours and writable, or remove it: it comes back"),
}  # fmt: skip
