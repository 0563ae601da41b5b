"""The YAML block at the head of a Markdown file."""

from __future__ import annotations

import re
from typing import Any

import yaml

_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LIMIT = 64 * 1024  # characters; front matter is a few lines


class _Loader(yaml.SafeLoader):
    """YAML without aliases and without dates.

    Aliases can unfold a few lines into gigabytes. Dates stay strings, because a day that does not exist is to be
    reported with its field (`ingest.manifest`), not as a parser's error.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def split_front_matter(text: str) -> tuple[dict[str, object], str, tuple[str, ...]]:
    """Part a Markdown file's front matter from its body.

    Args:
        text: The file's text, line ends as line feeds.
    Returns:
        Front matter (keys as written, dates as strings; empty if there is none), the body, and warnings.
        A leading `---` that opens no YAML mapping is a rule across the page and stays in the body.
    """
    block = _BLOCK.match(text)
    if block is None or len(block[1]) > _LIMIT:
        return {}, text, ()
    try:
        content = yaml.load(block[1], Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader
    # Besides YAMLError, PyYAML lets ValueError (numbers), RecursionError and TypeError (keys) through.
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return {}, text[block.end() :], ("先頭の front matter を YAML として読めないため、使っていません",)
    if content is None:
        return {}, text[block.end() :], ()
    if not isinstance(content, dict):
        return {}, text, ()
    return {str(key): value for key, value in content.items()}, text[block.end() :], ()
