"""How well questions were answered: recall@10 and MRR, by category, engines side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

CATEGORIES = {4: "single-hop", 1: "multi-hop", 2: "temporal", 3: "open-domain", 5: "adversarial"}
_TURN = re.compile(r"D:?(\d+):0*(\d+)")
_BETWEEN = re.compile(r"[;,\s]+")

Ranked = Sequence[str]


def evidence(given: Any, known: set[str]) -> list[str]:
    """The turns that a question's evidence names, each once: "D:8:6; D9:17", "D30:05"."""
    named = [piece for one in given or () for piece in _BETWEEN.split(str(one))]
    turns = [f"D{found[1]}:{found[2]}" if (found := _TURN.fullmatch(it)) else it for it in named]
    return [turn for turn in dict.fromkeys(turns) if turn in known]


def recall(gold: Sequence[str], ranked: Ranked, depth: int = 10) -> float:
    """The share of the evidence that is among the first."""
    return len(set(gold) & set(ranked[:depth])) / len(gold)


def reciprocal(gold: Sequence[str], ranked: Ranked) -> float:
    """One through the rank of the first that is right; 0 if none is."""
    return next((1 / rank for rank, one in enumerate(ranked, 1) if one in gold), 0.0)


def by_category(
    asked: Sequence[tuple[int, Sequence[str]]], answers: Mapping[str, Sequence[Ranked]]
) -> str:
    """The table of all engines: recall@10 and MRR in percent; `asked` is (category, evidence).

    Questions without evidence don't count. 1-4 is what is compared, as the adversarial ones ask
    for what nobody said.
    """
    lines = [["category", "n", *(f"{name} {what}" for name in answers for what in ("r@10", "MRR"))]]
    places = {name: [n for n, (c, _) in enumerate(asked) if c == one] for one, name in
              CATEGORIES.items()}  # fmt: skip
    places["1-4"] = [n for n, (category, _) in enumerate(asked) if category in (1, 2, 3, 4)]
    for group, numbers in places.items():
        counted = [n for n in numbers if asked[n][1]]
        if not counted:
            continue
        line = [group, f"{len(counted):,}"]
        for ranked in answers.values():
            line += [
                f"{100 * fmean(measure(asked[n][1], ranked[n]) for n in counted):.1f}"
                for measure in (recall, reciprocal)
            ]
        lines.append(line)
    return grid(lines)


def grid(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells as a Markdown table, its columns aligned; the first line is the head."""
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    shown = []
    for line in (lines[0], rule, *lines[1:]):
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        shown.append(f"| {' | '.join(cells)} |")
    return "\n".join(shown)
