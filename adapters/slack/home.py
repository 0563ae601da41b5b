"""What a person sees before they ask: the Home tab and the suggested prompts."""

from __future__ import annotations

from typing import Any

from adapters.slack.text import mrkdwn
from bot.replies import STARTERS

PROMPTS = 4  # Slack shows no more
TITLE = "何から始めましょうか?"
ABOUT = (
    "お店や会社の省エネ・脱炭素、補助金のことを、資料をもとに出典つきでお答えする自動応答です。"
    "まちがえることもあります。大切なことは出典と窓口でお確かめください。"
)
HOW = (
    "聞き方",
    "・ここの「メッセージ」タブやダイレクトメッセージで、そのまま質問する\n"
    "・チャンネルに招待して、@ で呼びかける(スレッドでお答えします)\n"
    "・どこからでも /ippo 質問 と書く(答えはダイレクトメッセージで届きます)",
)
WHAT = ("たとえば", "\n".join(f"・{starter}" for starter in STARTERS))
KEPT = (
    "お送りいただいた文章は、回答と、答えられなかった質問の改善のために保存します。メッセージを削除すると、その文章は消します。"
    "氏名や口座などは書かないでください。"
)


def view() -> dict[str, Any]:
    """Give the Home tab."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "一歩(Ippo)"}},
        _section(mrkdwn(ABOUT)),
        *(_section(f"*{title}*\n{mrkdwn(text)}") for title, text in (HOW, WHAT)),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn(KEPT), "verbatim": True}]},
    ]
    return {"type": "home", "blocks": blocks}


def prompts(channel: str, thread_ts: str = "") -> dict[str, Any]:
    """Give the arguments of `assistant.threads.setSuggestedPrompts`; without a thread they stand on the Messages tab."""
    shown = [{"title": starter, "message": starter} for starter in STARTERS[:PROMPTS]]
    where = {"channel_id": channel, **({"thread_ts": thread_ts} if thread_ts else {})}
    return {**where, "title": TITLE, "prompts": shown}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
