"""Checks request bodies against an OpenAPI description: types, required, enumerations, lengths, unknown properties."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}


@cache
def read(path: Path) -> Any:
    """Read a description."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def problems(api: Any, method: str, path: str, body: Any) -> list[str]:
    """What a request has that the description does not allow, one line each."""
    for pattern, operations in api["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) and method.lower() in operations:
            stated = operations[method.lower()].get("requestBody", {}).get("content", {}).get("application/json")
            return list(_check(api, stated["schema"], body, "")) if stated else []
    return [f"{method} {path}: unknown"]


def _resolve(api: Any, schema: Any) -> Any:
    while "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _parts(api: Any, schema: Any) -> Iterator[Any]:
    """A schema and all that it is made of."""
    schema = _resolve(api, schema)
    yield schema
    for part in schema.get("allOf", []):
        yield from _parts(api, part)


def _check(api: Any, schema: Any, value: Any, place: str) -> Iterator[str]:
    schema = _resolve(api, schema)
    kinds = schema.get("discriminator", {})
    if kinds and isinstance(value, Mapping):
        kind = str(value.get(kinds["propertyName"]))
        if kind not in kinds["mapping"]:
            yield f"{place}/{kinds['propertyName']}: {kind!r} is none of {sorted(kinds['mapping'])}"
            return
        schema = _resolve(api, {"$ref": kinds["mapping"][kind]})
    parts = list(_parts(api, schema))
    for part in parts:
        yield from _own(part, value, place)
    if isinstance(value, Mapping):
        known = {name: found for part in parts for name, found in part.get("properties", {}).items()}
        for name, inner in value.items():
            if name in known:
                yield from _check(api, known[name], inner, f"{place}/{name}")
            elif known:
                yield f"{place}/{name}: unknown"
    for part in parts:
        if isinstance(value, list) and "items" in part:
            for position, inner in enumerate(value):
                yield from _check(api, part["items"], inner, f"{place}/{position}")


def _own(part: Any, value: Any, place: str) -> Iterator[str]:
    kind = part.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool))):
        yield f"{place}: no {kind}"
        return
    if "enum" in part and value not in part["enum"]:
        yield f"{place}: {value!r} is none of {part['enum']}"
    if isinstance(value, Mapping):
        yield from (f"{place}/{name}: missing" for name in part.get("required", []) if name not in value)
    size = len(value) if isinstance(value, str | list) else None
    least, most = ("minLength", "maxLength") if isinstance(value, str) else ("minItems", "maxItems")
    if size is not None and not part.get(least, 0) <= size <= part.get(most, size):
        yield f"{place}: {size} long"
    if isinstance(value, int | float) and not part.get("minimum", value) <= value <= part.get("maximum", value):
        yield f"{place}: {value}"
