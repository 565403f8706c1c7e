"""A manifest's one way to be written, and the pack's name that follows from it."""

from __future__ import annotations

import json
from dataclasses import fields
from hashlib import sha256
from typing import Any

from journal.manifest.places import order
from journal.manifest.values import SCHEMA, Manifest, by_number


def render(manifest: Manifest) -> bytes:
    """The manifest's one way to be written: JSON in ASCII, keys sorted, an indent of one, an LF.

    Members are in their `order`, masked slices sorted by id, gaps by number; parts keep the order
    given, for members name them by it.
    """
    parts = [
        {**_plain(part), "gaps": sorted(set(part.gaps), key=by_number)} for part in manifest.parts
    ]
    members = sorted(manifest.members, key=lambda member: order(member.path))
    masked = sorted(set(manifest.masked), key=lambda one: (one.id, one.old, one.new))
    whole = {
        **_plain(manifest),
        "schema": SCHEMA,
        "selection": dict(manifest.selection),
        "left_out": dict(manifest.left_out),
        "parts": parts,
        "members": [_plain(member) for member in members],
        "masked": [_plain(one) for one in masked],
    }
    return json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"


def _plain(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


def pack_id(raw: bytes) -> str:
    """What a pack is called: the first 12 hex digits of its manifest's SHA-256."""
    return sha256(raw).hexdigest()[:12]
