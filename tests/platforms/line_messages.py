"""What LINE refuses in message objects, quick replies, senders, actions and Flex; each rule with LINE's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import regex

Detail = tuple[str, str]
"""(property, message)"""


def units(text: str) -> int:
    """UTF-16 units, as LINE counts a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Characters as a person sees them, as LINE counts a label."""
    return len(regex.findall(r"\X", text))


def errors(messages: Any) -> list[Detail]:
    """What is wrong with the messages of a call, Flex aside."""
    if not isinstance(messages, list):
        return [("messages", "May not be null")]
    if not 1 <= len(messages) <= 5:
        return [("messages", "Size must be between 1 and 5")]
    return [found for position, one in enumerate(messages) for found in _message(one, f"messages[{position}]")]


def flex_errors(messages: list[Any]) -> tuple[int, list[Detail]] | None:
    """The first message whose Flex is wrong, and what is, by JSON path."""
    for position, one in enumerate(messages):
        if one["type"] == "flex":
            found = list(_container(one["contents"]))
            if found:
                return position, found
    return None


def _message(one: Any, path: str) -> Iterator[Detail]:
    if not isinstance(one, dict):
        yield path, "must be an object"
        return
    kind = one.get("type")
    if kind not in ("text", "flex"):
        yield f"{path}.type", "Must be one of the following values: [text, flex]"
        return
    own = {"text": ("text",), "flex": ("altText", "contents")}[kind]
    for name in one:
        if name not in ("type", "quickReply", "sender", *own):
            yield f"{path}.{name}", "invalid property"
    if kind == "text":
        yield from _length(one.get("text"), f"{path}.text", 5000)
    else:
        yield from _length(one.get("altText"), f"{path}.altText", 1500)
        if not isinstance(one.get("contents"), dict):
            yield f"{path}.contents", "May not be null"
    if "sender" in one:
        yield from _sender(one["sender"], f"{path}.sender")
    if "quickReply" in one:
        yield from _quick_reply(one["quickReply"], f"{path}.quickReply")


def _length(value: Any, path: str, most: int, count: Callable[[str], int] = units) -> Iterator[Detail]:
    if not isinstance(value, str) or not value.strip():
        yield path, "May not be empty"
    elif count(value) > most:
        yield path, f"Length must be between 0 and {most}"


def _sender(sender: Mapping[str, Any], path: str) -> Iterator[Detail]:
    name = sender.get("name")
    if name is not None:
        yield from _length(name, f"{path}.name", 20)
        if "line" in str(name).lower():
            yield f"{path}.name", "contains a word that may not be used"
    if not str(sender.get("iconUrl", "https://")).startswith("https://"):
        yield f"{path}.iconUrl", "invalid uri scheme"


def _quick_reply(value: Any, path: str) -> Iterator[Detail]:
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= 13:
        yield f"{path}.items", "Size must be between 1 and 13"
        return
    for position, item in enumerate(items):
        place = f"{path}.items[{position}]"
        if item.get("type") != "action":
            yield f"{place}.type", "Must be one of the following values: [action]"
        yield from _action(item.get("action"), f"{place}.action", label=20)


_ACTIONS = {
    "message": {"label", "text"},
    "postback": {"label", "data", "displayText", "text", "inputOption", "fillInText"},
    "uri": {"label", "uri", "altUri"},
}


def _action(action: Any, path: str, *, label: int, needed: bool = True) -> Iterator[Detail]:
    if not isinstance(action, dict) or action.get("type") not in _ACTIONS:
        yield f"{path}.type", f"Must be one of the following values: {sorted(_ACTIONS)}"
        return
    for name in action:
        if name != "type" and name not in _ACTIONS[action["type"]]:
            yield f"{path}.{name}", "invalid property"
    if needed or "label" in action:
        yield from _length(action.get("label"), f"{path}.label", label, graphemes)
    if action["type"] == "message":
        yield from _length(action.get("text"), f"{path}.text", 300, graphemes)
    elif action["type"] == "postback":
        yield from _length(action.get("data"), f"{path}.data", 300)
        if "displayText" in action:
            yield from _length(action["displayText"], f"{path}.displayText", 300, graphemes)
    else:
        uri = action.get("uri")
        yield from _length(uri, f"{path}.uri", 1000)
        if not re.match(r"(https?|line|tel):", str(uri)):
            yield f"{path}.uri", "invalid uri scheme"
        elif not re.fullmatch(r"[!-~]+", str(uri)):
            yield f"{path}.uri", "invalid uri"


_BUBBLE = {"type", "size", "direction", "header", "hero", "body", "footer", "styles", "action"}
_COMMON = {"type", "flex", "margin", "position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"}
_COMPONENTS = {
    "box": {
        "layout", "contents", "spacing", "backgroundColor", "borderColor", "borderWidth", "cornerRadius", "width", "height",
        "paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd", "action", "justifyContent", "alignItems",
    },
    "text": {
        "text", "size", "align", "gravity", "color", "weight", "style", "decoration", "wrap", "lineSpacing", "action",
        "maxLines", "contents", "adjustMode",
    },
    "button": {"action", "height", "style", "color", "gravity", "adjustMode"},
    "separator": {"color"},
}  # fmt: skip
_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")


def _container(contents: Mapping[str, Any]) -> Iterator[Detail]:
    if contents.get("type") == "bubble":
        yield from _bubble(contents, "")
        return
    bubbles = contents.get("contents")
    if contents.get("type") != "carousel" or not isinstance(bubbles, list):
        yield "/type", "invalid type"
        return
    if not 1 <= len(bubbles) <= 12:
        yield "/contents", "size must be between 1 and 12"
    if len(json.dumps(contents, ensure_ascii=False).encode()) > 50 * 1024:
        yield "/", "too large"
    for position, bubble in enumerate(bubbles):
        yield from _bubble(bubble, f"/contents/{position}")


def _bubble(bubble: Mapping[str, Any], path: str) -> Iterator[Detail]:
    if bubble.get("type") != "bubble":
        yield f"{path}/type", "invalid type"
    if len(json.dumps(bubble, ensure_ascii=False).encode()) > 30 * 1024:
        yield path or "/", "too large"
    if bubble.get("size", "mega") not in _SIZES:
        yield f"{path}/size", "invalid value"
    for name in bubble:
        if name not in _BUBBLE:
            yield f"{path}/{name}", "invalid property"
    for name in ("header", "body", "footer"):
        if name in bubble:
            yield from _component(bubble[name], f"{path}/{name}")


def _component(one: Mapping[str, Any], path: str) -> Iterator[Detail]:
    kind = str(one.get("type"))
    if kind not in _COMPONENTS:
        yield f"{path}/type", "invalid type"
        return
    for name in one:
        if name not in _COMPONENTS[kind] | _COMMON:
            yield f"{path}/{name}", "invalid property"
    if kind == "box":
        if one.get("layout") not in ("vertical", "horizontal", "baseline"):
            yield f"{path}/layout", "must be specified"
        for position, part in enumerate(one.get("contents", [])):
            yield from _component(part, f"{path}/contents/{position}")
    elif kind == "text" and not one.get("text"):
        yield f"{path}/text", "must be specified"
    elif kind == "button":
        yield from ((f"{path}/action", said) for _, said in _action(one.get("action"), "", label=40))
