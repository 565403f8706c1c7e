"""What imported packs brought: folders of their own beside the namespaces, read by everything.

A folder `journal/pack.<the pack's id>.<who imported it>/` holds the pack's manifest as it came, day
files with the slices that were new here, and what is attached to them. Nobody appends to them. What
they hold is believed as far as an entry of this workspace vouches for the manifest (FORMAT 13).
"""

from __future__ import annotations

from journal.daypath import CONFLICTS, IMPORTED, MANIFEST
from journal.packed.believing import Beliefs
from journal.packed.origins import (
    FOLDER,
    MARK,
    UNVOUCHED,
    Origin,
    folders,
    origins,
    vouched,
    vouched_by,
)
from journal.packed.placing import awaited, finish_locked, noted, place, resume, settle
from journal.packed.sources import OWN, Sources, counts

__all__ = [
    "CONFLICTS",
    "FOLDER",
    "IMPORTED",
    "MANIFEST",
    "MARK",
    "OWN",
    "UNVOUCHED",
    "Beliefs",
    "Origin",
    "Sources",
    "awaited",
    "counts",
    "finish_locked",
    "folders",
    "noted",
    "origins",
    "place",
    "resume",
    "settle",
    "vouched",
    "vouched_by",
]
