"""What is held about a person, as they read it in the conversation where they asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 4_000
"""Characters; the latest messages are told first, the rest is counted."""
_WHO = {"person": "あなた", "advisor": "相談員"}


def as_text(held: Mapping[str, Any]) -> str:
    """Tell what `export` gives.

    Returns:
        Plain text: how much there is, then the messages, newest first, as far as they fit.
    """
    talks = held["conversations"]
    messages = [message for talk in talks for message in talk["messages"]] + list(held["in_groups"])
    cases = [case for talk in talks for case in talk["cases"]]
    lines = [
        f"保存しているあなたのデータは、会話{len(talks)}件、メッセージ{len(messages)}件、相談員への相談{len(cases)}件です。"
    ]
    lines += [f"・連絡先: {case['contact']}({case['consent_at']}に同意)" for case in cases if case["contact"]]
    lines += [f"・評価: {case['rating']}" for case in cases if case["rating"]]
    shown = sorted(messages, key=lambda message: message["at"] or "", reverse=True)
    size = sum(map(len, lines))
    for told, message in enumerate(shown):
        who = _WHO.get(message["from"], "Ippo")
        line = f"{message['at'] or ''} {who}: {message['text'] or '(文章なし)'}"
        size += len(line) + 1
        if size > LONGEST:
            lines.append(f"ほかに{len(shown) - told}件あります。全部の写しが必要なときは、窓口にお申し出ください。")
            break
        lines.append(line)
    lines.append("消したいときは「データ削除」と送ってください。")
    return "\n".join(lines)
