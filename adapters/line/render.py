"""A `Reply` as LINE's message objects: text, one Flex message of citations, answers to tap on the last message.

Lengths are counted as LINE counts: a text in UTF-16 units, a button's label in characters as a person sees them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.messages.model import Reply

MESSAGES = 5
TEXT_UNITS = 5_000
CHOICES = 13
LABEL = 20
ACTION_TEXT = 300
ALT_TEXT = 400
"""Units; LINE allows 1,500, a notification shows a line."""
BUBBLES = 12
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
URI = 1_000
SENDER = 20
ADVISOR = "アドバイザー"
_MORE = "\n…(長いため、続きは出典をご覧ください)"
_QUOTES = (180, 90, 40)
"""Characters of a quote, the first that lets all citations fit."""
_SENTENCE = re.compile(r".*?(?:[。!?!?]+[」』)\])]*|\n|$)", re.DOTALL)
_CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f]")

Message = dict[str, Any]


def messages(reply: Reply, *, public_url: str, in_group: bool = False, sender: str = "") -> list[Message]:
    """Write a reply.

    Args:
        reply: What is said.
        public_url: Where our pages are; a citation's button opens nothing else.
        in_group: A tap is a postback then: a text in a group is for us only when it calls us by name.
        sender: Who speaks, where it is not the account itself.
    Returns:
        1 to 5 message objects.
    """
    found = [citations(reply.citations, public_url)] if reply.citations else []
    said: list[Message] = [{"type": "text", "text": text} for text in split(reply.text, MESSAGES - len(found))]
    said += found
    taps = quick_replies(reply.choices, in_group=in_group)
    if taps:
        # LINE shows those of the last message alone.
        said[-1]["quickReply"] = {"items": taps}
    name = sender_name(sender)
    return [{**message, "sender": {"name": name}} for message in said] if name else said


def plain(said: Sequence[Message]) -> list[Message]:
    """Leave the texts alone: what is sent where LINE refuses the rest."""
    return [{key: value for key, value in one.items() if key != "quickReply"} for one in said if one["type"] == "text"]


def split(text: str, parts: int) -> list[str]:
    """Cut a text between sentences into pieces that LINE takes.

    Args:
        text: Any; what LINE would refuse in it is left out.
        parts: At most so many; what is left over is cut off, and said to be.
    Returns:
        At least one piece, none of them empty, each at most 5,000 UTF-16 units.
    """
    pieces = [""]
    for sentence in _SENTENCE.findall(_clean(text).strip()):
        for bit in _bits(sentence):
            if units(pieces[-1]) + units(bit) > TEXT_UNITS:
                pieces.append("")
            pieces[-1] += bit
    pieces = [piece.strip() for piece in pieces if piece.strip()] or ["…"]
    if len(pieces) > parts:
        pieces = [*pieces[: parts - 1], cut(pieces[parts - 1], TEXT_UNITS - units(_MORE), end="") + _MORE]
    return pieces


def _bits(sentence: str) -> list[str]:
    """Cut a sentence that is longer than a message."""
    bits = []
    while units(sentence) > TEXT_UNITS:
        bits.append(cut(sentence, TEXT_UNITS, end=""))
        sentence = sentence[len(bits[-1]) :]
    return [*bits, sentence]


def quick_replies(choices: Sequence[str], *, in_group: bool) -> list[Message]:
    """Write answers to tap: at most 13, each once; what is sent is the whole text."""
    items = []
    for choice in dict.fromkeys(_line(choice) for choice in choices):
        if not choice:
            continue
        text = cut(choice, ACTION_TEXT, end="")
        action = (
            {"type": "postback", "data": text, "displayText": text} if in_group else {"type": "message", "text": text}
        )
        items.append({"type": "action", "action": {**action, "label": label(choice)}})
    return items[:CHOICES]


def citations(cited: Sequence[Mapping[str, Any]], public_url: str) -> Message:
    """Write the citations as one Flex message, within LINE's sizes."""
    per_bubble = -(-len(cited) // BUBBLES)
    for length in _QUOTES:
        contents = _carousel(cited, per_bubble, length, public_url)
        if fits(contents):
            break
    else:
        # Still too much: many long addresses. The first ones are shown, the text keeps all markers.
        while not fits(contents):
            cited = cited[: len(cited) * 3 // 4]
            contents = _carousel(cited, 1 if len(cited) <= BUBBLES else per_bubble, _QUOTES[-1], public_url)
    names = "、".join(f"[{one.get('n')}] {_title(one)}" for one in cited)
    return {"type": "flex", "altText": cut(f"出典: {names}", ALT_TEXT), "contents": contents}


def fits(contents: Message) -> bool:
    """Tell whether a Flex container is within LINE's sizes, with every character written as an escape, to be sure."""
    bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
    sizes = [len(json.dumps(bubble)) for bubble in bubbles]
    return max(sizes) <= BUBBLE_BYTES and sum(sizes) + 100 <= CAROUSEL_BYTES


def _carousel(cited: Sequence[Mapping[str, Any]], per_bubble: int, length: int, public_url: str) -> Message:
    groups = [cited[start : start + per_bubble] for start in range(0, len(cited), per_bubble)]
    bubbles = [_bubble(group, length, public_url) for group in groups]
    return bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": bubbles}


def _bubble(group: Sequence[Mapping[str, Any]], length: int, public_url: str) -> Message:
    contents: list[Message] = []
    for one in group:
        if contents:
            contents.append({"type": "separator", "margin": "md"})
        contents += _citation(one, length, public_url)
    return {
        "type": "bubble",
        "size": "kilo",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": contents},
    }


def _citation(one: Mapping[str, Any], length: int, public_url: str) -> list[Message]:
    parts: list[Message] = [
        {"type": "text", "text": f"[{one.get('n')}] {_title(one)}", "weight": "bold", "size": "sm", "wrap": True}
    ]
    place, quote = _line(one.get("place")), _line(one.get("quote"))
    if place:
        parts.append({"type": "text", "text": cut(place, 120), "size": "xs", "color": "#666666", "wrap": True})
    if quote:
        parts.append({"type": "text", "text": f"「{cut(quote, length)}」", "size": "sm", "wrap": True})
    url = str(one.get("url") or "")
    if is_ours(url, public_url):
        action = {"type": "uri", "label": "資料を開く", "uri": url}
        parts.append({"type": "button", "style": "link", "height": "sm", "action": action})
    return parts


def is_ours(url: str, public_url: str) -> bool:
    """Tell whether an address is https, on our own host, and such that LINE takes it."""
    if len(url) > URI or not re.fullmatch(r"[!-\[\]-~]+", url):
        return False
    try:
        there, here = urlsplit(url), urlsplit(public_url)
    except ValueError:
        return False
    return there.scheme == "https" and bool(there.netloc) and there.netloc == here.netloc


def sender_name(name: str) -> str:
    """Give a name as LINE takes it: at most 20 characters, without the word LINE; empty stays empty."""
    safe = _line(re.sub("line", "", _line(name), flags=re.IGNORECASE))
    if name and (not safe or "line" in safe.lower()):
        return ADVISOR
    return cut(safe, SENDER, end="")


def label(text: str) -> str:
    """Shorten a text to a button's label."""
    if len(text) <= LABEL:
        return text
    # Code points are never fewer than the characters a person sees, which is what LINE counts.
    return _whole(text[: LABEL - 1], text) + "…"


def units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, limit: int, *, end: str = "…") -> str:
    """Shorten a text to UTF-16 units, not within a character."""
    if units(text) <= limit:
        return text
    room, used = limit - units(end), 0
    for position, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > room:
            return _whole(text[:position], text) + end
    return text


def _whole(head: str, text: str) -> str:
    """Take back a last character whose marks, joiners or variation selectors would be cut off."""
    joined = "\u200d"
    shorter = head
    while shorter and len(head) - len(shorter) < LABEL:
        following = text[len(shorter) : len(shorter) + 1]
        if not (following == joined or shorter[-1] == joined or unicodedata.category(following or "a").startswith("M")):
            return shorter
        shorter = shorter[:-1]
    return shorter or head


def _title(one: Mapping[str, Any]) -> str:
    return cut(_line(one.get("title")) or _line(one.get("source")) or "資料", 100)


def _line(value: object) -> str:
    return " ".join(_clean(str(value or "")).split())


def _clean(text: str) -> str:
    """Leave out half characters and control characters, which LINE refuses or shows as boxes."""
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))
