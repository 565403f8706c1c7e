"""Values: equal by what they hold, and made anew with something else in a slot."""

import pytest

from journal.value import Value


class Pair(Value):
    __slots__ = ("left", "right")

    def __init__(self, left: object, right: object = 0) -> None:
        self.left = left
        self.right = right


class Other(Value):
    __slots__ = ("left", "right")

    def __init__(self) -> None:
        self.left, self.right = 1, 0


def test_values_are_equal_by_what_they_hold() -> None:
    assert Pair(1, [2]) == Pair(1, [2])
    assert Pair(1, 2) != Pair(2, 1)
    assert Pair(1) != Other()
    assert Pair(1) != (1, 0)
    assert len({Pair(1), Pair(1, 0), Pair(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Pair([]))


def test_a_value_is_shown_with_its_slots() -> None:
    assert repr(Pair(1, "b")) == "Pair(left=1, right='b')"


def test_the_same_with_other_values_leaves_the_first_as_it_was() -> None:
    first = Pair(1, 2)
    assert first.but(right=3) == Pair(1, 3)
    assert first == Pair(1, 2) == first.but()
    with pytest.raises(TypeError, match="Pair has no up, down"):
        first.but(up=1, down=2)
