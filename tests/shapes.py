"""The JSON Schemas, and what they say against a value."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from conftest import ROOT
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FILES = sorted((ROOT / "schemas").glob("*.json"))
SCHEMAS: dict[str, dict[str, Any]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FILES
}
REGISTRY: Registry[Any] = (
    Registry()
    .with_resources((one["$id"], Resource.from_contents(one)) for one in SCHEMAS.values())
    .crawl()
)


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], registry=REGISTRY)


def faults(name: str, value: object) -> list[str]:
    """What the schema says against the value, deepest first."""
    found = validator(name).iter_errors(value)
    return [f"{list(error.absolute_path)}: {error.message}" for error in found]
