"""What waits for what: circles, before they are made and where two machines made one, and an order.

A task can't be done before what it needs, nor before its parts, nor before what that needs which it
is a part of. Pure.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from journal.tasks.task import View

    Next = Callable[[str], Iterable[str]]


def circle(view: "View", key: str, needs: "Sequence[str]", part_of: str = "") -> tuple[str, ...]:
    """The circle that there would be if a task needed these: from it back to it; empty if none.

    `key` is "" for a task that isn't there yet, and then `part_of` what it is to be a part of.
    """
    above = {part_of, *view.above(part_of)} if part_of in view.tasks else set()
    above |= set(view.above(key)) if key in view.tasks else set()
    for need in needs:
        if need not in view.tasks:
            continue
        seen = {need: ""}
        left = [need]
        while left:
            at = left.pop()
            closes = at == key or at in above or (key and key in view.above(at))
            if closes:
                way = (key, *_way(seen, at))
                return way if at == key else (*way, key)
            for following in _before(view, at):
                if following not in seen and following in view.tasks:
                    seen[following] = at
                    left.append(following)
    return ()


def _way(seen: "Mapping[str, str]", at: str) -> tuple[str, ...]:
    way = [at]
    while seen[way[-1]]:
        way.append(seen[way[-1]])
    return tuple(reversed(way))


def _before(view: "View", key: str) -> "Iterator[str]":
    """What must be done before a task can be."""
    one = view.tasks[key]
    yield from one.needs
    yield from one.children
    for above in view.above(key):
        yield from view.tasks[above].needs


def circles(view: "View") -> list[tuple[str, ...]]:
    """The circles of tasks that wait for each other, each from one of them back to it.

    The verbs refuse to make one; two machines that didn't know of each other, or a hand, can.
    """
    every = view.tasks
    waits = {key: view.awaited(key) for key, one in every.items() if one.blockers or one.held_by}
    ways = _backward(waits, lambda key: [it for it in waits.get(key, ()) if it in every])
    return [(*path[path.index(back) :], back) for back, path in ways]


def _backward(keys: "Iterable[str]", following: "Next") -> "Iterator[tuple[str, list[str]]]":
    """The edges that close a circle: what each leads back to, and the way to where it begins."""
    done: set[str] = set()
    for start in keys:
        if start in done:
            continue
        path, on_path = [start], {start}
        left = [iter(tuple(following(start)))]
        while left:
            at = next(left[-1], None)
            if at is None:
                left.pop()
                over = path.pop()
                on_path.discard(over)
                done.add(over)
            elif at in on_path:
                yield at, [*path]
            elif at not in done:
                path.append(at)
                on_path.add(at)
                left.append(iter(tuple(following(at))))


def in_order(keys: "Sequence[str]", unlocks: "Mapping[str, Sequence[str]]") -> list[str]:
    """The keys, each before those that it unlocks, what hangs together side by side.

    Where there is a circle somebody comes too late: it is left open there.
    """
    order: list[str] = []
    for group in _together(keys, unlocks):
        done: set[str] = set()
        late: list[str] = []
        for start in reversed(group):
            _after(start, unlocks, done, late)
        order += reversed(late)
    return order


def _after(
    start: str, unlocks: "Mapping[str, Sequence[str]]", done: set[str], late: list[str]
) -> None:
    """Put a key behind all that it unlocks, in a list that is read backwards."""
    if start in done:
        return
    done.add(start)
    left = [(start, iter(tuple(reversed(unlocks.get(start, ())))))]
    while left:
        key, rest = left[-1]
        at = next(rest, None)
        if at is None:
            left.pop()
            late.append(key)
        elif at not in done:
            done.add(at)
            left.append((at, iter(tuple(reversed(unlocks.get(at, ()))))))


def _together(keys: "Sequence[str]", unlocks: "Mapping[str, Sequence[str]]") -> list[list[str]]:
    """The keys by what hangs together, in their order."""
    beside: dict[str, list[str]] = {key: [] for key in keys}
    for key in keys:
        for other in unlocks.get(key, ()):
            beside[key].append(other)
            beside[other].append(key)
    place = {key: at for at, key in enumerate(keys)}
    found, seen = [], set()
    for start in keys:
        if start in seen:
            continue
        seen.add(start)
        group, left = [], [start]
        while left:
            at = left.pop()
            group.append(at)
            for other in beside[at]:
                if other not in seen:
                    seen.add(other)
                    left.append(other)
        found.append(sorted(group, key=place.__getitem__))
    return found
