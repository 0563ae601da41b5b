"""A reply as a Slack message: text for notifications, Block Kit for the window, within Slack's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.messages.model import Reply
from adapters.slack.events import CHOICE, FEEDBACK
from adapters.slack.text import cut, escape, mrkdwn, units
from bot.answer import Act

Block = dict[str, Any]

SECTION = 3000  # UTF-16 units after escaping
FALLBACK = 3900
"""Of the text beside the blocks; Slack recommends at most 4,000."""
BLOCKS = 50
WHOLE = 12_000
"""Of all blocks together; beyond some 13,200 Slack answers `msg_blocks_too_long`."""
LABEL = 75
VALUE = 2000
ROW = 5
"""Buttons in an `actions` block; more would be hidden behind others on a phone."""
QUOTE = 300
TITLE = 150
_LINK = re.compile(r"https://[^\s<>|\"`\\^{}]+", re.ASCII)
_VOTED = (Act.ANSWER, Act.ABSTAIN, Act.CLARIFY)


def message(reply: Reply, *, public_url: str, asked: str = "", votes: bool = True) -> dict[str, Any]:
    """Give `text` and `blocks` of a reply.

    Args:
        reply: What is said.
        public_url: Where we are: links go there and, as the house rule asks, over `https` alone.
        asked: The question, where the window does not show it (a tapped choice, a command).
        votes: Whether the person may say if it helped.
    """
    blocks = [context(f"> {mrkdwn(cut(one_line(asked), QUOTE))}")] if asked else []
    blocks += [section(part) for part in parts(reply.text, SECTION, WHOLE // 2)]
    rows = list(_choices(reply.choices))
    last = [_feedback()] if votes and reply.act in _VOTED else []
    cited = sources(reply.citations, public_url, beside=[*blocks, *rows, *last])
    return {"text": fallback(reply), "blocks": [*blocks, *cited, *rows, *last]}


def sources(citations: Sequence[Mapping[str, Any]], public_url: str, *, beside: Sequence[Block]) -> list[Block]:
    """Give a block for each citation, as many as a message holds beside its other blocks."""
    found: list[Block] = []
    budget = WHOLE - sum(map(_size, beside))
    for citation in citations[: BLOCKS - len(beside)]:
        block = context(_citation(citation, public_url))
        budget -= _size(block)
        if budget < 0:
            break
        found.append(block)
    return found


def fallback(reply: Reply) -> str:
    """Give the text for notifications and screen readers, and for a Slack that refuses the blocks: with sources."""
    named = [
        f"[{citation.get('n')}] {one_line(str(citation.get('title') or citation.get('source')))}"
        for citation in reply.citations
    ]
    text = "\n".join([reply.text, *(["", "出典", *named] if named else [])])
    return next(parts(text, FALLBACK, FALLBACK), "") or "…"


def parts(text: str, most: int, altogether: int) -> Iterator[str]:
    """Escape and split, at line ends, else at sentence ends.

    Args:
        text: Plain text.
        most: UTF-16 units of a piece, once it is escaped.
        altogether: Of all pieces; what is more is left out, with an ellipsis.
    """
    left = altogether
    part = ""
    for unit in _units(text.strip(), most):
        size = units(mrkdwn(part + unit))
        if size > most and part.strip():
            yield mrkdwn(part.strip())
            left -= units(mrkdwn(part))
            part = ""
        if units(mrkdwn(part + unit)) > left:
            part += "…" if units(mrkdwn(part)) < left else ""
            break
        part += unit
    if part.strip():
        yield mrkdwn(part.strip())


def _units(text: str, most: int) -> Iterator[str]:
    """Give lines; of a line that is too long, sentences; of such a sentence, pieces."""
    for line in text.splitlines(keepends=True):
        if units(mrkdwn(line)) <= most:
            yield line
            continue
        for sentence in re.split(r"(?<=[。!?！？])", line):
            # Escaping makes at most five of one, and a blank before each.
            step = most if units(mrkdwn(sentence)) <= most else most // 6
            yield from (sentence[start : start + step] for start in range(0, len(sentence), step))


def _citation(citation: Mapping[str, Any], public_url: str) -> str:
    title = mrkdwn(cut(one_line(str(citation.get("title") or citation.get("source") or "")), TITLE)).replace("|", "｜")
    url = str(citation.get("url") or "")
    if is_ours(url, public_url):
        title = f"<{escape(url)}|{title}>"
    place = mrkdwn(cut(one_line(str(citation.get("place") or "")), TITLE))
    quote = mrkdwn(cut(one_line(str(citation.get("quote") or "")), QUOTE))
    head = f"[{citation.get('n')}] {title}" + (f" — {place}" if place else "")
    return f"{head}\n「{quote}」" if quote else head


def is_ours(url: str, public_url: str) -> bool:
    """Tell whether an address may be a link: on our own host, over https, and nothing that could end the link early."""
    return url.startswith(public_url.rstrip("/") + "/") and _LINK.fullmatch(url) is not None


def _choices(choices: Sequence[str]) -> Iterator[Block]:
    fitting = [choice for choice in choices if choice.strip() and units(choice) <= VALUE]
    buttons = [
        {
            "type": "button",
            "action_id": f"{CHOICE}{number}",
            "text": {"type": "plain_text", "text": cut(_label(choice), LABEL), "emoji": False},
            "value": choice,
        }
        for number, choice in enumerate(fitting[: 3 * ROW])
    ]
    for start in range(0, len(buttons), ROW):
        yield {"type": "actions", "elements": buttons[start : start + ROW]}


def _feedback() -> Block:
    def button(label: str, value: str) -> Block:
        return {"text": {"type": "plain_text", "text": label}, "value": value, "accessibility_label": label}

    votes = {"positive_button": button("役に立った", "up"), "negative_button": button("役に立たなかった", "down")}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": FEEDBACK, **votes}]}


def section(text: str) -> Block:
    """Give a `section` block of text that is escaped already."""
    return {"type": "section", "text": _mrkdwn(text)}


def context(text: str) -> Block:
    """Give a `context` block of text that is escaped already."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    # Verbatim: an address or a channel's name within a document does not become a link.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _label(text: str) -> str:
    return one_line(text).replace("<", "＜").replace(">", "＞")


def one_line(text: str) -> str:
    """Give a text as one line."""
    return " ".join(text.split())


def _size(block: Block) -> int:
    found = [block.get("text"), *block.get("elements", ())]
    return sum(units(str(part.get("text", ""))) for part in found if isinstance(part, dict))
