"""Values of which many are made, or that a short command needs: cheap to define and to make.

`dataclasses` costs 9 ms to import, and half a millisecond for each class that it makes.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


class Value:
    """What is equal to another of its class whose slots hold the same; nobody changes one."""

    __slots__: "tuple[str, ...]" = ()

    def but(self, **changes: "Any") -> "Self":
        """The same with other values in some of its slots."""
        twin = object.__new__(type(self))
        for name in self.__slots__:
            setattr(twin, name, changes.pop(name) if name in changes else getattr(self, name))
        if changes:
            raise TypeError(f"{type(self).__name__} has no {', '.join(changes)}")
        return twin

    def _held(self) -> "tuple[Any, ...]":
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._held() == other._held()

    def __hash__(self) -> int:
        return hash(self._held())

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({told})"
