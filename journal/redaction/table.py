"""All rules, and which of them to ask where a literal stands."""

from journal.redaction.beginnings import BEGINNINGS
from journal.redaction.blocks import BLOCKS
from journal.redaction.general import GENERALS
from journal.redaction.places import PLACES
from journal.redaction.rule import Rule
from journal.redaction.tokens import TOKENS

RULES = (*TOKENS, *BEGINNINGS, *PLACES, *BLOCKS, *GENERALS)
NAMES = frozenset(rule.name for rule in RULES) | {"private", "known-value"}

BY_LITERAL: "dict[str, list[Rule]]" = {}
for _rule in RULES:
    for _literal in _rule.literals or ("",):
        BY_LITERAL.setdefault(_literal, []).append(_rule)
