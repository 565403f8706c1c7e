"""A client's tokens: the same token twice is one entry.

Recent ones stand in the spool's records; a trim moves older ones to `.journal/state/tokens/`, 256
small append-only files by the token's digest.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal import seal
from journal.cjson import quote
from journal.files import Folder, close, flush, read_all, write_all
from journal.receipt import Receipt
from journal.space import STATE
from journal.spool import entries, scan
from journal.tail import standing
from journal.trim import read_file

if TYPE_CHECKING:
    from journal.protocol import Session
    from journal.spool import Record

FOLDER = f"{STATE}/tokens"


def receipts_of(session: Session, wanted: set[str]) -> dict[str, Receipt]:
    """The receipts of the entries that carry one of these tokens already, all of them durable."""
    spool = session.spool.read()
    found: dict[str, Receipt] = {}
    if any(f'"token": {quote(token)}'.encode() in spool for token in wanted):
        for record in session.spooled().all:
            if record.facts.get("token") in wanted:
                found[str(record.facts["token"])] = _from_record(session, record)
    if found:
        flush(session.spool.fd)  # whoever wrote it may have been killed before its own flush
    for token in wanted - found.keys():
        if receipt := _from_other_spool(session, token):
            found[token] = receipt
    for token in wanted - found.keys():
        if receipt := _from_store(session, token):
            found[token] = receipt
    return found


def _from_other_spool(session: Session, token: str) -> Receipt | None:
    """From the spool of a writer that wrote in this folder before."""
    folder = session.spool.folder
    for name in os.listdir(folder.path):
        if name.endswith(".log") and name != session.spool.name:
            data = folder.read(name)
            for record in entries(scan(data)[0]) if quote(token).encode() in data else ():
                if record.facts.get("token") == token:
                    return _from_record(session, record)
    return None


def each_its_own(receipts: list[Receipt]) -> list[Receipt]:
    """The receipts, those of a token that came twice in one group told apart."""
    seen: set[int] = set()
    told = []
    for receipt in receipts:
        told.append(receipt.again() if id(receipt) in seen else receipt)
        seen.add(id(receipt))
    return told


def _key(token: str) -> str:
    return str(seal.sha256(token.encode()).hexdigest())


def _from_record(session: Session, record: Record) -> Receipt:
    values = _header(record)
    return _receipt(session, record.id, values["at"], record.path, record.seq, values["digest"])


def _header(record: Record) -> dict[str, str]:
    lines = record.header.decode().split("\n")
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def _receipt(session: Session, entry_id: str, at: str, path: str, seq: int, digest: str) -> Receipt:
    receipt = Receipt(entry_id, at, path, seq, digest)
    receipt.repeated = True
    content = seal.normal(read_file(session.space.root, path) or b"")
    offset = standing(content).get(entry_id)
    receipt.line = 0 if offset is None else content.count(b"\n", 0, offset) + 1
    return receipt


def _from_store(session: Session, token: str) -> Receipt | None:
    key = _key(token)
    content = read_file(session.space.root, f"{FOLDER}/{key[:2]}") or b""
    for line in content.split(b"\n"):
        if line.startswith(key.encode()) and len(words := line.decode().split()) == 6:
            _, entry_id, at, path, seq, digest = words
            digest = digest if digest != "-" else ""  # it was struck: a digest betrays short texts
            return _receipt(session, entry_id, at, path, int(seq), digest)
    return None


def keep(session: Session, records: list[Record]) -> None:
    """Note the tokens of records that are about to leave the spool, durably."""
    by_shard: dict[str, list[str]] = {}
    for record in records:
        if token := record.facts.get("token"):
            key = _key(str(token))
            values = _header(record)
            words = (key, record.id, values["at"], record.path, str(record.seq), values["digest"])
            by_shard.setdefault(key[:2], []).append(" ".join(words) + "\n")
    with Folder(session.space.root, FOLDER, create=True) as folder:
        for shard, lines in by_shard.items():
            fd = folder.open(shard, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            try:
                held = read_all(fd)
                # A line that a killed trim left unfinished must not swallow the next.
                lead = "\n" if held and not held.endswith(b"\n") else ""
                write_all(fd, (lead + "".join(lines)).encode())
                flush(fd)
            finally:
                close(fd)
        folder.flush()
