"""Verbs with several actions, such as `journal policy show|check|explain`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from journal.cli import options


def add(
    verb: argparse.ArgumentParser, words: Mapping[str, str]
) -> dict[str, argparse.ArgumentParser]:
    """A parser for each action, by its name, with the options that every verb has."""
    actions = verb.add_subparsers(dest="action", metavar="ACTION", required=True)
    found = {}
    for name, about in words.items():
        action = actions.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            allow_abbrev=False,
        )
        action.add_argument(
            options.WORKSPACE, metavar="DIR", default=argparse.SUPPRESS, help="the workspace"
        )
        action.add_argument(
            options.JSON, action="store_true", default=argparse.SUPPRESS, help="print JSON"
        )
        found[name] = action
    return found
