"""What redaction masks of labelled secrets, what of clean text, and how fast; beside rivals.

`python bench/redaction.py FILE.jsonl[.gz] [--clean DOCS.jsonl[.gz]]`: the first holds
`{text, secret, is_secret, source}`, the other `{text}`. bench/README.md tells what the rows mean.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _measure import Row, Run, Summary, interleaved, table, timed

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from journal.redaction import scrub, sieve  # noqa: E402

MASK = "[redacted]"
ASKS_THE_NET = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"
# The texts after masking, and how much was masked in each.
Masks = list[tuple[str, int]]
SAMPLE = 1_000_000  # characters of clean text that speeds are taken on, the same for all


@dataclass(frozen=True, slots=True)
class Engine:
    """A name, and what masks many texts."""

    name: str
    mask: Callable[[Sequence[str]], Masks]


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("file", type=Path, help="labelled texts: text, secret, is_secret, source")
    words.add_argument("--clean", type=Path, help="texts without a secret")
    words.add_argument("--runs", type=int, default=3, help="timed runs of each (default 3)")
    options = words.parse_args()
    engines = [Engine("journal", ours), *rivals()]
    rows = scores(engines, lines(options.file))
    if options.clean:
        texts = [line["text"] for line in lines(options.clean) if line["text"]]
        sample = sampled(texts)
        rows += cleanness(engines, texts, sample) + speeds(engines, texts, sample, options.runs)
    names = [engine.name for engine in engines[1:]]
    head = ("what", "journal", *[*names, "-", "-"][:2], "of")
    print(table(rows, head))


def lines(file: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines."""
    data = file.read_bytes()
    data = gzip.decompress(data) if file.suffix == ".gz" else data
    return [json.loads(record) for record in data.decode().split("\n") if record]


def ours(texts: Sequence[str]) -> Masks:
    """This tree's."""
    return [(done.text, len(done.findings)) for done in map(scrub, texts)]


def rivals() -> list[Engine]:
    """Those that are there; a line for each that isn't."""
    found = []
    if importlib.util.find_spec("detect_secrets"):
        found.append(Engine("detect-secrets", detect_secrets))
    else:
        print("detect-secrets is left out: this Python can't import it")
    if shutil.which("gitleaks"):
        found.append(Engine("gitleaks", gitleaks))
    else:
        print("gitleaks is left out: it isn't on the PATH")
    return found


def detect_secrets(texts: Sequence[str]) -> Masks:
    """Its default plugins and filters over files, but it may not ask the net."""
    from detect_secrets import SecretsCollection  # type: ignore[import-not-found]
    from detect_secrets.settings import (  # type: ignore[import-not-found]
        default_settings,
        get_settings,
    )

    masked = []
    with TemporaryDirectory() as folder, default_settings():
        get_settings().disable_filters(ASKS_THE_NET)
        for number, text in enumerate(texts):
            file = Path(folder) / f"{number}.txt"
            file.write_text(text, encoding="utf-8", errors="replace")
            found = SecretsCollection()
            found.scan_file(str(file))
            masked.append(replaced(text, [secret.secret_value for _, secret in found]))
    return masked


def gitleaks(texts: Sequence[str]) -> Masks:
    """One run over a folder with a file for each text."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        source = Path(folder) / "texts"
        source.mkdir()
        for number, text in enumerate(texts):
            (source / f"{number}.txt").write_text(text, encoding="utf-8", errors="replace")
        command = ["gitleaks", "dir", "--no-banner", "--exit-code", "0", "--report-format", "json"]
        subprocess.run(
            [*command, "--report-path", report, source], check=True, stderr=subprocess.DEVNULL
        )
        found: dict[int, list[str]] = {}
        for finding in json.loads(report.read_text(encoding="utf-8")):
            found.setdefault(int(Path(finding["File"]).stem), []).append(finding["Secret"])
    return [replaced(text, found.get(number, [])) for number, text in enumerate(texts)]


def replaced(text: str, secrets: Sequence[str | None]) -> tuple[str, int]:
    """The text without the secrets; the longest first, for one may hold another."""
    longest = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    if longest:
        text = re.sub("|".join(map(re.escape, longest)), MASK, text)
    return text, len(secrets)


def scores(engines: list[Engine], records: list[dict[str, Any]]) -> list[Row]:
    """Recall by source, over all and as the mean of the sources; precision."""
    texts = [record["text"] for record in records]
    caught = [
        [
            record["secret"] not in text if record["is_secret"] and record["secret"] else bool(hits)
            for record, (text, hits) in zip(records, engine.mask(texts), strict=True)
        ]
        for engine in engines
    ]
    sources = sorted({record["source"] for record in records})
    truths = Counter(record["source"] for record in records if record["is_secret"])
    shares = {
        source: [
            sum(hit for hit, record in zip(hits, records, strict=True) if _true(record, source))
            / truths[source]
            for hits in caught
        ]
        for source in sources
        if truths[source]
    }
    rows = [
        _row(f"masked, {source}", shares[source], f"{truths[source]:,} secrets")
        for source in shares
    ]
    true = [
        sum(hit for hit, record in zip(hits, records, strict=True) if record["is_secret"])
        for hits in caught
    ]
    total = sum(truths.values())
    rows.append(_row("masked, all", [count / total for count in true], f"{total:,} secrets"))
    means = [sum(column) / len(shares) for column in zip(*shares.values(), strict=True)]
    rows.append(_row("masked, mean of the sources", means, f"{len(shares)} sources"))
    precision = [count / (sum(hits) or 1) for count, hits in zip(true, caught, strict=True)]
    rows.append(_row("precision among all texts", precision, f"{len(records):,} texts"))
    return rows


def _true(record: dict[str, Any], source: str) -> bool:
    return bool(record["is_secret"]) and record["source"] == source


def _row(what: str, values: Sequence[float], of: str, form: str = "{:.3f}") -> Row:
    cells = [form.format(value) for value in values]
    first, second, third = [*cells, "", ""][:3]
    return Row(what, first, second, third, of)


def cleanness(engines: list[Engine], texts: list[str], sample: list[str]) -> list[Row]:
    """Hits a MB, and how many texts meet this project's regex engine."""
    size, part = sum(map(len, texts)) / 1e6, sum(map(len, sample)) / 1e6
    mine = sum(count for _, count in engines[0].mask(texts)) / size
    hits = [sum(count for _, count in engine.mask(sample)) / part for engine in engines]
    passed = sum(bool(sieve.hits(*sieve.sift(text))) for text in texts) / len(texts)
    return [
        _row("hits a MB of clean text", [mine], f"{size:.1f} MB", "{:.2f}"),
        _row("hits a MB of the sample", hits, f"{part:.2f} MB", "{:.2f}"),
        _row("texts that pass the sieve", [passed], f"{len(texts):,} texts"),
    ]


def sampled(texts: list[str]) -> list[str]:
    """The shortest of the texts, as many as make up the sample."""
    sample: list[str] = []
    size = 0
    for text in sorted(texts, key=len):
        size += len(text)
        if size > SAMPLE:
            break
        sample.append(text)
    return sample


def speeds(engines: list[Engine], texts: list[str], sample: list[str], runs: int) -> list[Row]:
    """MB/s over the sample, all in one interleaved run; this project's over everything too."""
    size = sum(map(len, sample)) / 1e6
    jobs: dict[str, Callable[[], Run]] = {
        engine.name: partial(timed, partial(engine.mask, sample)) for engine in engines
    }
    found = interleaved(jobs, runs)
    every = min(timed(partial(ours, texts)).wall for _ in range(runs))
    whole = sum(map(len, texts)) / 1e6
    return [
        _row("MB/s over all, best", [whole / every], f"{whole:.1f} MB", "{:.1f}"),
        _speeds("MB/s, median", found, engines, size, lambda summary: summary.wall),
        _speeds("MB/s, best", found, engines, size, lambda summary: summary.least),
    ]


def _speeds(
    what: str,
    found: dict[str, Summary],
    engines: list[Engine],
    size: float,
    seconds: Callable[[Summary], float],
) -> Row:
    mine = size / seconds(found[engines[0].name])
    cells = [f"{mine:.1f}"]
    for engine in engines[1:]:
        speed = size / seconds(found[engine.name])
        cells.append(f"{speed:.2f} ({mine / speed:,.0f}x slower)")
    first, second, third = [*cells, "", ""][:3]
    return Row(what, first, second, third, f"{size:.2f} MB")


if __name__ == "__main__":
    main()
