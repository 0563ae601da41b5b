"""A case in the advisors' channel: its card with buttons, and what is said in its thread. All words are escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.messages.model import Reply
from adapters.slack.desk_events import BUTTONS
from adapters.slack.render import FALLBACK, SECTION, WHOLE, Block, fallback, one_line, parts, section, sources
from adapters.slack.text import cut, mrkdwn, units

LABELS = ("担当する", "Ippoに戻す", "終了する")
QUESTION = 4000
"""UTF-16 units of the question, once it is escaped."""
SUMMARY = 5000
STATE = 200
SPEAKER = 100
_USER = re.compile(r"[UW][A-Z0-9]{1,29}")


def card(reply: Reply, case: int, *, public_url: str, state: str = "", over: bool = False) -> dict[str, Any]:
    """Give `text` and `blocks` of a case's card.

    Args:
        reply: The person's question on the first line, the summary on the others, and the sources they were shown.
        case: The case's id, which its buttons carry.
        public_url: As in `render.message`.
        state: Who has the case; shown on top.
        over: Whether nothing can be done with it any more; it has no buttons then.
    """
    head = [section(f"*{bold(state, STATE)}*")] if state else []
    question, _, summary = reply.text.strip().partition("\n")
    body = [section(part) for text, most in ((question, QUESTION), (summary, SUMMARY)) for part in parts(text, SECTION, most)]  # fmt: skip
    buttons = [] if over else [_buttons(case)]
    cited = sources(reply.citations, public_url, beside=[*head, *body, *buttons])
    shown = cut("\n".join(text for text in (bold(state, STATE), fallback(reply)) if text), FALLBACK)
    return {"text": shown, "blocks": [*head, *body, *cited, *buttons]}


def plainer(reply: Reply, case: int) -> dict[str, Any]:
    """Give a card where Slack has refused the other one: without its buttons nobody could take the case."""
    shown = fallback(reply)
    return {"text": shown, "blocks": [section(cut(shown, SECTION)), _buttons(case)]}


def said(
    text: str,
    *,
    speaker: str = "",
    mention: str = "",
    citations: Sequence[Mapping[str, Any]] = (),
    public_url: str = "",
) -> dict[str, Any]:
    """Give `text` and `blocks` of a message in a case's thread.

    Args:
        text: Plain text, whoever's.
        citations: What the text's markers stand for, as in `Reply`.
        public_url: As in `render.message`.
        speaker: Whose words they are, shown above them.
        mention: Id of the one user of Slack who is called by it; anything else calls nobody.
    """
    head = f"*{bold(speaker, SPEAKER)}*\n" if speaker else ""
    head += f"<@{mention}> " if _USER.fullmatch(mention) else ""
    first, *others = list(parts(text, SECTION - units(head), WHOLE - units(head))) or ["…"]
    body = [section(head + first), *map(section, others)]
    return {
        "text": head + next(parts(text, FALLBACK - units(head), FALLBACK - units(head)), "…"),
        "blocks": [*body, *sources(citations, public_url, beside=body)],
    }


def bold(text: str, most: int) -> str:
    """Escape for one bold line, which nothing in it can end."""
    return mrkdwn(cut(one_line(text), most)).replace("*", "＊")


def _buttons(case: int) -> Block:
    elements = [
        {
            "type": "button",
            "action_id": name,
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "value": str(case),
        }
        for name, label in zip(BUTTONS, LABELS, strict=True)
    ]
    elements[0]["style"] = "primary"
    return {"type": "actions", "elements": elements}
