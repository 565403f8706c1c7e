"""The names that sources are stored under: an id that holds a secret is named by its digest.

Masked like other texts, several ids would become the same, and none would be found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from journal import origin
from journal.seal import sha256

if TYPE_CHECKING:
    from journal.intake import Intake

_MASKED = "masked-"


class Naming:
    """What ids and sessions are called in the headers of one namespace."""

    def __init__(self, intake: Intake, namespace: str) -> None:
        self._intake = intake
        self._masking = intake.masking(namespace or intake.namespace)
        self._sessions: dict[str, str] = {}

    def session(self, session: str) -> str:
        """What a session is called in a source."""
        if session not in self._sessions:
            self._sessions[session] = self.names([session])[0]
        return self._sessions[session]

    def names(self, names: Sequence[str]) -> list[str]:
        """What ids are called, in their order."""
        odd = [name for name in names if not origin.is_uuid(name)]
        if not self._is_secret("\n".join(odd)):
            return list(names)
        secret = set(filter(self._is_secret, odd))
        return [self._digest(name) if name in secret else name for name in names]

    def _is_secret(self, text: str) -> bool:
        return bool(self._masking.scrubbed(text).findings)

    def _digest(self, name: str) -> str:
        """Nothing without the key, which a guess could be tried with."""
        text = name.encode(errors="replace")
        return f"{_MASKED}{sha256(self._intake.key() + text).hexdigest()[:24]}"
