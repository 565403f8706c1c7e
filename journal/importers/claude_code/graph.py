"""What follows what in a transcript, what belongs together, and where it forks."""

from __future__ import annotations

from dataclasses import dataclass, field

from journal.importers.claude_code.gather import Gathered
from journal.importers.claude_code.nodes import Node

_NEVER = 1 << 62


@dataclass(slots=True, eq=False)
class Unit:
    """What belongs together: an API message's lines and its tools' results, or one line else.

    `follows` is what it comes after where that is no unit above it; `asked` is where the first
    prompt stands that is in it or below it; `tail` is the id of its last entry.
    """

    lines: list[Node]
    above: Unit | None = None
    results: list[Node] = field(default_factory=list)
    below: list[Unit] = field(default_factory=list)
    follows: str = ""
    asked: int = _NEVER
    path: str = ""
    tail: str = ""

    @property
    def message(self) -> str:
        """The API message's id."""
        return self.lines[0].message

    @property
    def forks(self) -> list[Unit]:
        """Where a person went on in several ways: those below that hold prompts, if several do.

        The one that was asked first comes first.
        """
        asked = [unit for unit in self.below if unit.asked < _NEVER]
        return sorted(asked, key=lambda unit: unit.asked) if len(asked) > 1 else []


@dataclass(slots=True)
class Graph:
    """A file's units: those that follow nothing in it, and each sidechain's.

    `outside` are lines that aren't in the file, but that some of it follows; `chain_of` gives a
    tool call's sidechain.
    """

    units: list[Unit] = field(default_factory=list)
    roots: list[Unit] = field(default_factory=list)
    chains: dict[str, list[Unit]] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    chain_of: dict[str, str] = field(default_factory=dict)


def graph(found: Gathered) -> Graph:
    """The graph of what was gathered. Orphans and cycles become findings there."""
    made = Graph()
    roots = [node for node in found.nodes if not _hang(found, made, node)]
    _visit(made, roots)
    for node in found.nodes:
        if node.unit is None:  # in a circle, or below one: cut where the file has it first
            found.find(
                "cycle", node.number, "a line that follows itself; it is taken as a beginning"
            )
            if node.above is not None:
                node.above.below.remove(node)
                node.above = None
            _visit(made, [node])
    for unit in reversed(made.units):
        first = unit.lines[0]
        if first.prompt:
            unit.asked = min(unit.asked, first.offset)
        for one in unit.below:
            unit.asked = min(unit.asked, one.asked)
    _match(found, made)
    return made


def _hang(found: Gathered, made: Graph, node: Node) -> bool:
    """Set what a node follows; whether anything in the file is."""
    name, steps = node.parent, 0
    while name and name not in found.named and steps <= len(found.through):
        if name not in found.through:
            return _to_its_call(found, made, node, name)
        name, steps = found.through[name], steps + 1
    above = found.named.get(name)
    if above is None:
        if name:
            found.find(
                "cycle", node.number, "what it follows goes round; it is taken as a beginning"
            )
        return False
    node.above = above
    above.below.append(node)
    return True


def _to_its_call(found: Gathered, made: Graph, node: Node, name: str) -> bool:
    """What a node follows isn't in the file: a call's result goes to its call all the same."""
    call = next((found.calls[one] for one in node.results if one in found.calls), None)
    if call is not None and call is not node:
        node.above = call
        call.below.append(node)
        return True
    node.parent = name
    made.outside.add(name)
    return False


def _visit(made: Graph, roots: list[Node]) -> None:
    """Make units of the nodes, each after what it follows."""
    stack = roots[::-1]
    while stack:
        node = stack.pop()
        if node.unit is None:
            _place(made, node)
            stack += reversed(node.below)


def _place(made: Graph, node: Node) -> None:
    """Give a node to the unit that it belongs to, or one of its own."""
    above: Unit | None = node.above.unit if node.above else None
    unit = _joined(node, above)
    if unit is not None:
        node.unit = unit
        (unit.results if node.kind == "result" else unit.lines).append(node)
        return
    unit = node.unit = Unit([node], above)
    made.units.append(unit)
    inherited = node.above.chain if node.above else ""
    if node.chain == "side":
        node.chain = inherited or f"side-{_eight(node.id)}"
    if node.chain and node.chain != inherited:
        made.chains.setdefault(node.chain, []).append(unit)
        unit.follows = node.above.id if node.above else ""
        unit.above = None
    elif above is not None:
        node.chain = inherited
        above.below.append(unit)
    elif node.chain:
        made.chains.setdefault(node.chain, []).append(unit)
    else:
        made.roots.append(unit)
    if node.above is None and node.parent in made.outside:
        unit.follows = node.parent


def _joined(node: Node, above: Unit | None) -> Unit | None:
    if above is None:
        return None
    if node.kind == "result":
        asked = {call for line in above.lines for call, _ in line.calls}
        return above if not asked.isdisjoint(node.results) else None
    if node.kind != "answer" or not node.message:
        return None
    if above.message == node.message:
        return above
    for unit in above.below[-8:]:
        if unit.message == node.message:
            return unit
    return None


def _eight(name: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in name[:8]).strip(
        "-"
    )


def _match(found: Gathered, made: Graph) -> None:
    """Find each sidechain's call: by its agent's id, or by its prompt."""
    for node in found.nodes:
        if node.agent:
            made.chain_of.setdefault(node.results[0], node.agent)
    for chain, call in found.callers.items():
        made.chain_of.setdefault(call, chain)
    _match_prompts(found, made)
    callers = {chain: call for call, chain in made.chain_of.items()}
    for chain, units in made.chains.items():
        caller = found.calls.get(callers.get(chain, ""))
        if caller is not None:
            units[0].follows = units[0].follows or caller.id


def _match_prompts(found: Gathered, made: Graph) -> None:
    taken = set(made.chain_of.values())
    prompts: dict[str, list[str]] = {}
    for call, node in found.calls.items():
        for name, key in node.calls:
            if name == call and key and call not in made.chain_of:
                prompts.setdefault(key, []).append(call)
    for chain, units in made.chains.items():
        waiting = prompts.get(units[0].lines[0].text)
        if chain not in taken and waiting:
            made.chain_of[waiting.pop(0)] = chain
