"""A run of recall over conversations in LoCoMo's format, for an evaluator of evidence retrieval.

`python bench/locomo.py DATA.json[.xz] > run.jsonl` journals each turn of a conversation as an entry
and asks each of its questions, one line of output a question. bench/README.md tells the rest.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from _recall_place import Draft, filled, laboratory, opened, say
from _recall_rivals import RIVALS, Document, Rival, installed, plain
from _recall_score import by_category, evidence

from journal.errors import UsageError
from journal.selection import EVERYTHING

DEPTH = 50
BETWEEN_TURNS = timedelta(seconds=20)
UNDATED = datetime(2000, 1, 1, 9)  # noqa: DTZ001 - in the workspace's zone, as the chats are
Ask = Callable[[str], list[str]]

_NUMBER = re.compile(r"\d+")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]{3})[a-z]*\.?,? (\d{4})", re.IGNORECASE)
_FORMATS = ("%I:%M %p on %d %B, %Y", "%d.%m.%Y, %H:%M:%S", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y")


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, as a reader of the chat sees it, an image by its caption."""

    id: str
    speaker: str
    session: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in their order, and the file's questions."""

    name: str
    turns: list[Turn]
    questions: list[Mapping[str, Any]]


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("data", type=Path, metavar="DATA.json[.xz]", help="in LoCoMo's format")
    words.add_argument(
        "--score",
        action="store_true",
        help="a table of recall@10 and MRR beside the rivals', on standard error",
    )
    one = words.add_mutually_exclusive_group()
    for name, rival in RIVALS.items():
        one.add_argument(f"--{name}", dest="engine", action="store_const", const=name,
                         help=f"the run of {rival.name} instead")  # fmt: skip
    options = words.parse_args()
    if options.engine and not installed(options.engine):
        sys.exit(f"bench: {options.engine} is not installed (pip install {options.engine})")
    conversations = list(map(conversation, samples(options.data)))
    engines = [options.engine or "journal"]
    if options.score:
        engines += [name for name in ("journal", *RIVALS) if name not in engines]
    with laboratory() as folder:
        runs = {
            name: run(name, conversations, folder)
            for name in engines
            if name == "journal" or installed(name)
        }
    for line in runs[engines[0]]:
        print(json.dumps(line, ensure_ascii=False))
    if options.score:
        say(f"\n{scored(conversations, runs)}")


def samples(file: Path) -> list[Mapping[str, Any]]:
    """The file's conversations: a list of them, or a single one."""
    try:
        with opened(file) as text:
            found = json.load(text)
    except ValueError as error:
        sys.exit(f"bench: {file}: no JSON: {error}")
    found = found if isinstance(found, list) else [found]
    if not all(
        isinstance(one, dict) and isinstance(one.get("conversation"), dict) for one in found
    ):
        sys.exit(
            f'bench: {file}: not in LoCoMo\'s format: [{{"conversation": {{…}}, "qa": […]}}, …]'
        )
    return found


def conversation(sample: Mapping[str, Any]) -> Conversation:
    """The sample, read."""
    turns = [turn for turn in turns_of(sample["conversation"]) if turn.text.strip()]
    questions: list[Mapping[str, Any]]
    questions = [one for one in sample.get("qa") or [] if isinstance(one, dict)]
    return Conversation(str(sample.get("sample_id", "conversation")), turns, questions)


def turns_of(talk: Mapping[str, Any]) -> Iterator[Turn]:
    """The turns of all sessions; a session whose date can't be read follows the one before it."""
    sessions = [key for key, value in talk.items() if isinstance(value, list)]
    at = UNDATED
    for session in sorted(sessions, key=_order):
        at = moment(talk.get(f"{session}_date_time")) or at + timedelta(hours=1)
        for turn in talk[session]:
            if isinstance(turn, dict):
                said = (str(turn.get(key) or "").strip() for key in ("text", "blip_caption"))
                text = "\n".join(filter(None, said))
                yield Turn(str(turn.get("dia_id") or ""), str(turn.get("speaker") or ""), session,
                           at, text)  # fmt: skip
                at += BETWEEN_TURNS


def _order(session: str) -> tuple[list[int], str]:
    return [int(number) for number in _NUMBER.findall(session)], session


def moment(text: Any) -> datetime | None:
    """When a session was: "1:56 pm on 8 May, 2023", an ISO date, or a day somewhere in the text."""
    text = str(text or "").strip()
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        found = _DAY.search(text)
    try:
        day = found and datetime.strptime(" ".join(found.groups()), "%d %b %Y")  # noqa: DTZ007
        return day.replace(hour=9) if day else None
    except ValueError:
        return None


def run(name: str, conversations: list[Conversation], folder: Path) -> list[dict[str, Any]]:
    """The answers of an engine to everything, and on standard error how long it took."""
    lines: list[dict[str, Any]] = []
    ready, start = 0.0, perf_counter()
    for number, talk in enumerate(conversations):
        before = perf_counter()
        ask = asker(name, talk, folder / f"{name}-{number}")
        ready += perf_counter() - before
        for index, question in enumerate(talk.questions):
            before = perf_counter()
            ranked = ask(str(question.get("question") or ""))
            took = (perf_counter() - before) * 1000
            lines.append({"conversation": talk.name, "question_id": index, "ranked": ranked,
                          "ms": round(took, 3)})  # fmt: skip
    times = sorted(line["ms"] for line in lines) or [0.0]
    turns = sum(len(talk.turns) for talk in conversations)
    say(
        f"{name}: {len(conversations)} conversations, {turns:,} turns, {len(lines):,} questions;"
        f" journaled and indexed in {ready:.1f} s, all in {perf_counter() - start:.1f} s;"
        f" a question {median(times):.1f} ms, 95 % within {times[len(times) * 95 // 100]:.1f} ms"
    )
    return lines


def asker(name: str, talk: Conversation, folder: Path) -> Ask:
    """What answers questions about a conversation, made ready."""
    if name == "journal":
        return _recall(talk, folder)
    rival: Rival = RIVALS[name](folder)
    # The others see who speaks and when, as words of the text.
    said = (f"{turn.speaker}: {turn.text}\n{turn.at:%d %B %Y}" for turn in talk.turns)
    rival.fill(Document(str(n), text) for n, text in enumerate(said))

    def ask(question: str) -> list[str]:
        found = rival.ask(plain(question), DEPTH)
        return [one for n in found if (one := talk.turns[int(n)].id)]

    return ask


def _recall(talk: Conversation, folder: Path) -> Ask:
    drafts = [
        Draft(body=turn.text, actor=turn.speaker, session=turn.session, at=turn.at)
        for turn in talk.turns
    ]
    journal, ids = filled(folder, drafts)
    turn_of = {entry: turn.id for entry, turn in zip(ids, talk.turns, strict=True)}
    # Questions are asked on the day of the last session: that is where "last week" is seen from.
    today = max((turn.at for turn in talk.turns), default=UNDATED).date()
    journal.recall("ready")  # it makes the index

    def ask(question: str) -> list[str]:
        try:
            hits = journal.recall(question, EVERYTHING, DEPTH, today=today).hits
        except UsageError as error:
            say(f"bench: {talk.name}: {question!r}: {error}")
            return []
        return [turn for hit in hits if (turn := turn_of.get(hit.entry.id))]

    return ask


def scored(conversations: list[Conversation], runs: Mapping[str, list[dict[str, Any]]]) -> str:
    """The table of all runs, over the questions that name their evidence."""
    asked = []
    for talk in conversations:
        known = {turn.id for turn in talk.turns}
        for question in talk.questions:
            category = question.get("category")
            gold = evidence(question.get("evidence"), known)
            asked.append((category if isinstance(category, int) else 0, gold))
    names = {"journal": "journal"} | {name: rival.name for name, rival in RIVALS.items()}
    answers = {names[name]: [line["ranked"] for line in lines] for name, lines in runs.items()}
    return by_category(asked, answers)


if __name__ == "__main__":
    main()
