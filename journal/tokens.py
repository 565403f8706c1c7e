"""A client's tokens: the same token twice is one entry.

Recent ones stand in the spool's records; a trim moves older ones to `.journal/state/tokens/`, 256
small append-only files by the token's digest.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal import seal
from journal.files import Folder, flush, write_all
from journal.protocol import Receipt
from journal.settle import read_file, session_records
from journal.space import STATE

if TYPE_CHECKING:
    from journal.protocol import Session
    from journal.spool import Record

_FOLDER = f"{STATE}/tokens"


def receipts_of(session: Session, wanted: set[str]) -> dict[str, Receipt]:
    """The receipts of the entries that carry one of these tokens already."""
    found = {
        str(record.facts["token"]): _from_record(session, record)
        for record in session_records(session)
        if record.facts.get("token") in wanted
    }
    for token in wanted - found.keys():
        if receipt := _from_store(session, token):
            found[token] = receipt
    return found


def _key(token: str) -> str:
    return seal.sha256(token.encode()).hexdigest()


def _from_record(session: Session, record: Record) -> Receipt:
    lines = record.header.decode().split("\n")
    values = dict(line.split(": ", 1) for line in lines if ": " in line)
    return _receipt(session, record.id, values["at"], record.path, record.seq, values["digest"])


def _receipt(session: Session, entry_id: str, at: str, path: str, seq: int, digest: str) -> Receipt:
    receipt = Receipt(entry_id, at, path, seq, digest)
    receipt.repeated = True
    content = read_file(session.space.root, path) or b""
    mark = content.find(b"\nid: %s\n" % entry_id.encode())
    receipt.line = content.count(b"\n", 0, content.rfind(b"\n## ", 0, mark) + 1) + 1
    return receipt


def _from_store(session: Session, token: str) -> Receipt | None:
    key = _key(token)
    content = read_file(session.space.root, f"{_FOLDER}/{key[:2]}") or b""
    at = content.find(key.encode())
    if at < 0:
        return None
    _, entry_id, when, path, seq, digest = content[at : content.find(b"\n", at)].decode().split()
    return _receipt(session, entry_id, when, path, int(seq), digest)


def keep(session: Session, records: list[Record]) -> None:
    """Note the tokens of records that are about to leave the spool, durably."""
    with Folder(session.space.root, _FOLDER, create=True) as folder:
        by_shard: dict[str, list[str]] = {}
        for record in records:
            if token := record.facts.get("token"):
                key = _key(str(token))
                r = _from_record(session, record)
                by_shard.setdefault(key[:2], []).append(
                    f"{key} {r.id} {r.at} {r.file} {r.seq} {r.digest}\n"
                )
        for shard, lines in by_shard.items():
            fd = folder.open(shard, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                write_all(fd, "".join(lines).encode())
                flush(fd)
            finally:
                os.close(fd)
        folder.flush()
