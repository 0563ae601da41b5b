"""Slack's text: entities and mentions in, escaping out."""

from __future__ import annotations

import re

LONGEST = 5000
"""Characters of a message that are read; the same as in the web chat."""
LONGEST_WRITTEN = 40_000
"""Characters of an advisor's message: Slack's own limit, for nothing of it may go missing unseen."""
_TAG = re.compile(r"<([^<>]*)>")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
# What would open bold, italics, strike-through or code; a document's asterisk is an asterisk.
_FORMATTING = re.compile(r"(?<![\w*_~`])(?=[*_~`]+\S)")
_BLANK = "\u200b"


def plain(text: str) -> str:
    """Read what a person wrote: mentions go, links and channels become their words.

    Args:
        text: As Slack sends it: `& < >` escaped, mentions and links in angle brackets.
    Returns:
        Plain text without half characters and NUL, which no database holds, at most `LONGEST` characters.
    """
    read = unescape(_TAG.sub(lambda tag: _word(tag.group(1)), text))
    return _UNWRITABLE.sub("", read).strip()[:LONGEST].strip()


def written(text: str) -> str:
    """Read what an advisor wrote for somebody who is not on Slack: as `plain`, with the addresses of links."""
    read = unescape(_TAG.sub(lambda tag: _word(tag.group(1), with_address=True), text))
    return _UNWRITABLE.sub("", read).strip()[:LONGEST_WRITTEN].strip()


def mentions(text: str, bot: str) -> bool:
    """Tell whether a message, as Slack sends it, names the bot."""
    return bool(bot) and any(tag.partition("|")[0] == f"@{bot}" for tag in _TAG.findall(text))


def unescape(text: str) -> str:
    """Undo Slack's escaping; `&amp;` last, so that `&amp;lt;` stays `&lt;`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """Escape for mrkdwn. Without it `<!channel>` in a document would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> str:
    """Escape for mrkdwn, with nothing of it taken for formatting."""
    return _FORMATTING.sub(_BLANK, escape(text))


def units(text: str) -> int:
    """Count UTF-16 units, the stricter of the ways in which Slack may count characters."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, most: int) -> str:
    """Shorten to at most so many UTF-16 units, with an ellipsis where something is missing."""
    if units(text) <= most:
        return text
    kept = text[: most - 1]
    while units(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _word(tag: str, *, with_address: bool = False) -> str:
    """Give the words of what stood in angle brackets."""
    target, _, label = tag.partition("|")
    if target.startswith("@"):
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    if target.startswith("!"):
        return f" {label} " if label and not target.startswith("!subteam") else " "
    if with_address and label and target.startswith("http") and label not in target:
        return f"{label} ({target})"
    return label or target.removeprefix("mailto:")
