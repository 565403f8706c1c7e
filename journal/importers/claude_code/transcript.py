"""One transcript's new items, in the order of the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, BinaryIO

from journal.conversation import said
from journal.entry import Draft
from journal.finding import Finding
from journal.importers.claude_code import beside
from journal.importers.claude_code.bodies import Said
from journal.importers.claude_code.gather import Gathered, drop_told, gather, value_of
from journal.importers.claude_code.graph import Graph, Unit, graph
from journal.importers.claude_code.nodes import Node, spoken, text_of
from journal.importers.claude_code.telling import Telling
from journal.importers.claude_code.times import set_times
from journal.importers.lines import fit
from journal.importers.port import Item, Reading

_MAIN = "main"
_COUNTED = frozenset(("prompt", "answer", "result", "meta", "queued"))
_DEEP = 20  # sidechains within sidechains


@dataclass(slots=True)
class _Span:
    """What stands on a path since it was compacted last."""

    count: int = 0
    first: str = ""
    last: str = ""


@dataclass(slots=True)
class Transcript:
    """A file's items. `call` is what its sidechain follows, if another file reads it."""

    file: str
    reading: Reading
    call: str = ""
    depth: int = 0
    found: Gathered = field(init=False)
    graph: Graph = field(init=False)
    ends: dict[str, str] = field(default_factory=dict)  # of each path the last entry's id
    _known: dict[str, str] = field(default_factory=dict)
    _stream: BinaryIO = field(init=False)
    _telling: Telling = field(init=False)
    _beside: dict[str, str] = field(default_factory=dict)
    _spans: dict[str, _Span] = field(default_factory=dict)
    _moments: dict[str, datetime] = field(default_factory=dict)
    _forks: dict[str, str] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _skipped: set[str] = field(default_factory=set)
    _unreached: set[str] = field(default_factory=set)
    _backwards: list[int] = field(default_factory=list)
    _unfit: list[int] = field(default_factory=list)

    def items(self) -> Iterator[Item | Finding]:
        """What is new, each after what it follows; findings first. OSError if it can't be read."""
        self.found = gather(self.file)
        if any(node.agent or node.told for node in self.found.nodes):
            self._beside = beside.chains(self.file)
        drop_told(self.found, self._beside)
        self.graph = graph(self.found)
        set_times(self.found)
        self._known = dict(self.reading.known([*self.found.named, *self.graph.outside]))
        self._skip_twins()
        self._unreached = self.graph.outside.difference(self._known)
        yield from self._problems()
        if self.call:
            self._attach(self.call)
        elif not self.graph.roots and not self._is_known(self._first_units()):
            self._attach(beside.caller(self.file, self.found.nodes))
        with open(self.file, "rb") as self._stream:
            self._telling = Telling(self.reading, self.found, self._stream)
            yield from self._walk(self.graph.roots, _MAIN)
            for chain in self.graph.chains:
                yield from self._chain(chain, "")
        yield from self._last_findings()

    def _problems(self) -> Iterator[Finding]:
        for what, count in self.found.silenced.items():
            self.reading.leave(what, count)
        orphans = [node for node in self.found.nodes if node.parent in self._unreached]
        orphans = [node for node in orphans if node.kind != "title"]
        if orphans:
            lines = f"{len(orphans):,} lines follow" if len(orphans) > 1 else "a line follows"
            self.found.find("orphan", orphans[0].number, f"{lines} lines that aren't in the file")
        yield from self.found.findings

    def _last_findings(self) -> Iterator[Finding]:
        if at := self._backwards:
            times = f"{len(at):,} times" if len(at) > 1 else "once"
            yield Finding(
                "time-backwards",
                self.file,
                at[0],
                f"the time runs backwards {times}; kept as it is",
            )
        if at := self._unfit:
            yield Finding(
                "bad-text", self.file, at[0], "NUL or half a character; shown as ␀ and U+FFFD"
            )

    def _first_units(self) -> list[Unit]:
        return [units[0] for units in self.graph.chains.values()]

    def _is_known(self, units: list[Unit]) -> bool:
        return all(line.id in self._known for unit in units for line in unit.lines)

    def _attach(self, call: str) -> None:
        for unit in self._first_units()[:1]:
            unit.follows = unit.follows or call

    def _skip_twins(self) -> None:
        """A queued prompt that also was attached is one: that which is known, or the attachment."""
        queued = {said.key(n.text): n for n in self.found.nodes if n.kind == "queued"}
        for node in self.found.nodes if queued else ():
            twin = queued.get(said.key(node.text)) if node.kind == "attachment" else None
            if twin is not None and node.text:
                known = twin.id in self._known and node.id not in self._known
                self._skipped.add(node.id if known else twin.id)
                self.reading.leave("a queued prompt that stands there twice")

    def _walk(self, roots: list[Unit], path: str) -> Iterator[Item | Finding]:
        """The units' items and those below, each path's in its order."""
        stack = [(unit, path) for unit in reversed(roots)]
        while stack:
            unit, path = stack.pop()
            unit.path = path
            unit.tail = self._followed(unit)
            yield from self._unit(unit)
            self.ends[unit.path] = unit.tail or self.ends.get(unit.path, "")
            forks = unit.forks[1:]
            stack += [
                (one, self._fork(one) if one in forks else path)
                for one in sorted(unit.below, key=_offset, reverse=True)
            ]

    def _followed(self, unit: Unit) -> str:
        """What the unit's first entry follows."""
        node = self.found.named.get(unit.follows)
        if node is not None:
            return node.entry or (node.unit.tail if node.unit else "")
        if unit.follows and unit.follows not in self._unreached:
            return unit.follows
        return unit.above.tail if unit.above else ""

    def _fork(self, unit: Unit) -> str:
        """The name of the path that begins with a unit."""
        whole = said.session(unit.lines[0].id)
        for name in (whole[:8].rstrip("-._"), whole[:59].rstrip(".")):
            if name and self._forks.setdefault(f"fork-{name}", whole) == whole:
                return f"fork-{name}"
        return f"fork-{said.key(unit.lines[0].id)[5:]}"

    def _chain(self, chain: str, call: str) -> Iterator[Item | Finding]:
        """A sidechain's items, if they weren't given yet."""
        if chain in self._begun or self.depth > _DEEP:
            return
        self._begun.add(chain)
        if chain in self.graph.chains:
            yield from self._walk(self.graph.chains[chain], chain)
        elif (file := self._beside.get(chain)) and file != self.file:
            quiet = replace(self.reading, known=self._knows, left={})
            other = Transcript(file, quiet, call, self.depth + 1)
            for one in other.items():
                if isinstance(one, Item):
                    yield one
                    self._known |= dict.fromkeys((one.id, *one.parts), "")
            self.ends[chain] = other.ends.get(chain, "")

    def _knows(self, names: Iterable[str], session: str = "") -> dict[str, str]:
        """What is known, and what this file gave already: another one may have it, too."""
        wanted = list(names)
        given = [name for name in wanted if (node := self.found.named.get(name)) and node.entry]
        return {**self.reading.known(wanted, session), **dict.fromkeys(given, "")}

    def _unit(self, unit: Unit) -> Iterator[Item | Finding]:
        nodes = sorted(unit.lines, key=_place)
        kind = nodes[0].kind
        if kind == "boundary":
            if any(one.lines[0].kind == "compact" for one in unit.below):
                return
            if self.found.nodes[-1] is nodes[0]:
                self.reading.leave("compact_boundary: waiting")
                return
        if kind == "compact" and unit.above and unit.above.lines[0].kind == "boundary":
            nodes = [*unit.above.lines, *nodes]
        yield from self._step(unit, nodes)
        for node in sorted(unit.results, key=_place):
            chain = self._chain_of(node)
            if chain:
                call = self.found.calls.get(node.results[0])
                yield from self._chain(chain, call.entry if call else "")
            yield from self._step(unit, [node], chain)

    def _chain_of(self, node: Node) -> str:
        if node.agent:
            return node.agent
        return next(filter(None, map(self.graph.chain_of.get, node.results)), "")

    def _step(self, unit: Unit, nodes: list[Node], chain: str = "") -> Iterator[Item]:
        """The item of these lines, if any is new and says something."""
        new = [node for node in nodes if node.id not in self._known]
        old = [node.id for node in nodes if node.id in self._known]
        for node in nodes:
            node.entry = node.id if node.id in self._known else ""
        if old:
            unit.tail = old[-1]
        if not new:
            self._count(unit, nodes[0])
            return
        if nodes[0].id in self._skipped:
            return
        values = [spoken(value_of(node, self._stream)) for node in new]
        told = self._telling.tell(new, values)
        if isinstance(told, str):
            unit.tail = new[0].entry = told
            self.reading.leave("captured", len(new))
            return
        if not told.text.strip():
            self.reading.leave(f"{nodes[0].kind} without text", len(new))
            return
        yield self._item(unit, new, values[0], told, continued=bool(old), chain=chain)
        self._count(unit, new[0])

    def _count(self, unit: Unit, node: Node) -> None:
        span = self._spans.setdefault(unit.path, _Span())
        if node.kind in _COUNTED:
            span.count += 1
            span.first = span.first or unit.tail
            span.last = unit.tail

    def _item(
        self,
        unit: Unit,
        new: list[Node],
        value: Mapping[str, Any],
        told: Said,
        *,
        continued: bool,
        chain: str,
    ) -> Item:
        node = new[0]
        fields: dict[str, Any] = {key: fit(text) for key, text in told.fields.items()}
        refers: dict[str, str] = {}
        if new[-1].kind == "compact":
            span = self._spans.pop(unit.path, _Span())
            fields["covers"] = span.count
            told.title = f"Compacted: {span.count:,} messages" if span.count else told.title
            refers = {"first": span.first, "last": span.last}
        if chain and (end := self.ends.get(chain)):
            told.kind, fields["merges"], refers = "merge", chain, {"takes": end}
        title = fit(told.title)
        if continued and node.kind == "answer":
            title = f"{title} (continued)"
        item = Item(
            id=node.id,
            draft=Draft(
                body=self._fitted(told.text, node), title=title, kind=told.kind, role=told.role,
                actor=told.actor, session=node.session, path=unit.path, fields=fields,
                at=node.at or node.moment, git=self._git(node, value),
            ),
            line=node.number,
            parts=tuple(line.id for line in new[1:]),
            follows=unit.tail,
            refers={key: name for key, name in refers.items() if name},
            wholes=tuple(told.wholes),
        )  # fmt: skip
        self._order(unit.path, node)
        unit.tail = node.id
        for line in new:
            line.entry = line.id
        return item

    def _fitted(self, text: str, node: Node) -> str:
        body = fit(text)
        if body is not text and body != text:
            self._unfit.append(node.number)
        return body

    def _git(self, node: Node, value: Mapping[str, Any]) -> str:
        branch = fit(text_of(value.get("gitBranch")))
        if not branch or node.moment is None:
            return "-"
        return self.reading.anchor(text_of(value.get("cwd")), branch, node.moment) or "-"

    def _order(self, path: str, node: Node) -> None:
        before = self._moments.get(path)
        if node.moment is None:
            return
        if before is not None and node.moment < before:
            self._backwards.append(node.number)
        self._moments[path] = node.moment


def _offset(unit: Unit) -> int:
    return unit.lines[0].offset


def _place(node: Node) -> int:
    return node.offset
