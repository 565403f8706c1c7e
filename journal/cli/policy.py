"""`journal policy show`, `check` and `explain`. None of them writes a byte."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from journal import credentials, seal
from journal.cli import actions, output
from journal.cli.report import say
from journal.errors import WorkspaceError
from journal.finding import Finding
from journal.policy.admission import FILE, HASH_ONLY
from journal.policy.explaining import KEPT, Explained, explain
from journal.policy.limits import KEYS, Policy
from journal.policyfile import examine, read_policy, strangers
from journal.safe import one_line
from journal.space import STATE, find
from journal.workspace import read_config

_ACTIONS = {
    "show": "what holds in each namespace, and which line says so",
    "check": "every fault in policy.yaml (exit code 3 if there is one), and what looks odd",
    "explain": "what would become of a text, and by which line",
}
_NONE = {
    "retention_days": "for ever",
    "distill_every": "never",
    "roles": "any",
    "actors": "anybody",
    "approvers": "anybody",
}
_HEADER = ("namespace", "kind", "role", "actor")


def policy_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    found["show"].add_argument("--namespace", metavar="NAME", default="", help="only this one")
    text = found["explain"]
    text.add_argument("text", metavar="TEXT", help="the text; - is standard input")
    text.add_argument("--namespace", metavar="NAME", default="", help="where (default: the first)")
    text.add_argument("--kind", metavar="KIND", default="", help="its kind")
    text.add_argument(
        "--covers", action="store_true", help="it is a summary that says what it covers"
    )
    text.add_argument("--role", metavar="ROLE", default="", help="the role of who speaks")
    text.add_argument("--actor", metavar="NAME", default="", help="the one who speaks")


def do_policy(args: argparse.Namespace) -> int:
    """What the policy says; 3 if it is not sound."""
    root = find(args.workspace)
    if args.action == "check":
        return _check(root, as_json=args.json)
    return _show(root, args) if args.action == "show" else _explain(root, args)


def _check(root: str, *, as_json: bool) -> int:
    policy, found = examine(root)
    notes = _strangers(root, policy)
    if as_json:
        told = {"findings": [one.record() for one in found]}
        told["notes"] = [one.record() for one in notes]
        output.json({"schema": "journal/policy-check@1", "file": FILE, **told})
        return 3 if found else 0
    for one in (*found, *notes):
        where = f"{one.file}:{one.line}" if one.line else one.file
        colour = "yellow" if one in notes else "red"
        output.write(f"{one_line(where)}  {output.style(one_line(one.message), colour)}")
        output.write(f"    {output.style(one_line(one.fix), 'dim')}")
    many = "1 fault" if len(found) == 1 else f"{len(found)} faults"
    output.write(f"{FILE}: {many if found else 'nothing wrong'}")
    return 3 if found else 0


def _strangers(root: str, policy: Policy) -> list[Finding]:
    """Namespaces that only the policy knows; none if journal.toml can't say which others do."""
    try:
        return strangers(root, policy, read_config(root).namespaces)
    except WorkspaceError:
        return []


def _show(root: str, args: argparse.Namespace) -> int:
    policy = read_policy(root)
    names = [*read_config(root).namespaces, *policy.namespaces]
    if args.namespace:
        seal.check({"namespace": args.namespace, "body": b"-"})
        names = [args.namespace]
    spaces = {name: policy.limits(name) for name in dict.fromkeys(names)}
    unknown = {one.line for one in _strangers(root, policy)}
    strange = {name for name, line in policy.lines.items() if line in unknown}
    if args.json:
        told = [
            {
                "namespace": name,
                "known": name not in strange,
                "limits": {
                    key: {"value": limits.value(key), "line": limits.line(key)} for key in KEYS
                },
            }
            for name, limits in spaces.items()
        ]
        output.json({"schema": "journal/policy-show@1", "file": FILE, "namespaces": told})
        return 0
    for name, limits in spaces.items():
        note = "  (nothing else names it)" if name in strange else ""
        output.write(output.style(name, "bold") + output.style(note, "yellow"))
        for key in KEYS:
            _line(key, _told(key, limits.value(key)), limits.line(key))
            for one in limits.denylist if key == "denylist" else ():
                _line("", f"{one.number}. {one.text}", one.line)
    return 0


def _line(key: str, value: str, line: int) -> None:
    where = f"{FILE}:{line}" if line else "default"
    output.write(f"  {key:14}  {output.pad(one_line(value), 20)}  {output.style(where, 'dim')}")


def _told(key: str, value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return ("on" if value else "off") if key == "redaction" else str(value).lower()
    if key == "keys":
        return ", ".join(value) or "none"
    if isinstance(value, dict):
        rules = [f"{name} {_told('redaction', said)}" for name, said in value.items()]
        return ", ".join(rules) or "on"
    if not value:
        return _NONE.get(key, "none" if isinstance(value, list) else "no limit")
    if key == "denylist":
        return f"{len(value)} pattern{'' if len(value) == 1 else 's'}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _explain(root: str, args: argparse.Namespace) -> int:
    policy, config = read_policy(root), read_config(root)
    given = {key: value for key in _HEADER if (value := getattr(args, key))}
    fields = {"covers": ["-"]} if args.covers else {}
    draft = {**given, "fields": fields, "body": _text(args.text)}
    seal.check(draft)
    namespace = args.namespace or config.namespaces[0]
    found = explain(policy, namespace, draft, **_known(root))
    if args.json:
        about = {"namespace": namespace, "kind": args.kind or "note"}
        about |= {"role": args.role, "actor": args.actor}
        output.json({"schema": "journal/policy-explain@1", **about, **found.record()})
        return 0
    _tell(found)
    return 0


def _known(root: str) -> dict[str, Any]:
    """What else redaction knows here: the user's own secrets, and the key of tails if there is one.

    Appending would make the key; asking doesn't.
    """
    values = credentials.known(root)
    for notice in values.notices if values else ():
        say(f"journal: {notice}")
    has_key = os.path.lexists(f"{root}/{STATE}/{credentials.KEY}")
    return {"values": values, "key": credentials.key(root, create=False) if has_key else b""}


def _text(given: str) -> bytes:
    if given == "-":
        return sys.stdin.buffer.read(seal.MAX_BODY + 1)
    return given.encode(errors="surrogateescape")


def _tell(found: Explained) -> None:
    if found.outcome == HASH_ONLY:
        output.write(f"{output.style('hash only', 'yellow')}: {found.rule}")
        output.write("    its header and its digest would be kept, and its text nowhere")
    elif found.outcome != KEPT:
        output.write(f"{output.style('withheld', 'red')}: {found.rule}")
        output.write("    a record of its kind and size would be kept, and its text nowhere")
    elif not found.masked:
        output.write(f"{output.style('kept', 'green')}: as it is")
    else:
        output.write(f"{output.style('kept', 'green')}, but for what is masked:")
        for one in found.masked:
            which = f"{one.rule} {one.name}" if one.name else one.rule
            output.write(f"    {one_line(which)}, characters {one.start + 1} to {one.end}")
        output.body(found.text, "")
    if found.review:
        output.write(f"{output.style('only once somebody allowed it', 'yellow')}: {found.review}")
