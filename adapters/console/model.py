"""The model's page: what became of its runs, what the guard left out, what was used."""

from __future__ import annotations

import json

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from adapters.console.context import Console
from adapters.console.gate import Administrator
from adapters.console.menu import Entry
from adapters.learning import runs
from adapters.messages.store import now

HERE = "/console/model"
MENU = (Entry("モデル", HERE, administrators=True),)
DAYS = 30
OUTCOMES = {
    "sent": "モデルの文を送信",
    "called": "相談員を呼んだ",
    "paused": "休止中(失敗が続いたため)",
    "spent": "1日の上限に達した",
    "slow": "時間切れ",
    "failed": "提供元の失敗",
    "steps": "手順の上限",
    "empty": "空の返事",
    "huge": "長すぎる返事",
    "uncited": "出典のある文が残らなかった",
    "unanswered": "答えになっていなかった",
    "nothing_new": "資料になく、新しい箇所もなかった",
}
REASONS = {
    "no-marker": "出典なし",
    "unknown-marker": "知らない出典",
    "number": "数値",
    "date": "日付",
    "rate": "割合",
    "phone": "電話番号",
    "address": "住所",
    "url": "アドレス",
    "organisation": "組織名",
    "programme": "制度名",
    "ward": "区",
    "negation": "否定",
    "scope": "範囲",
    "promise": "できない約束",
    "verdict": "可否の断定",
    "advice": "法律・税の助言",
    "depends": "前の文が外れた",
    "unsupported": "資料に裏づけなし",
    "markup": "書式",
    "long": "長すぎる文",
}


def routes(console: Console) -> APIRouter:
    """Make the page's route."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: Administrator) -> HTMLResponse:
        since = now() - DAYS * 24 * 3600
        rows = [{**row, "rulings": json.loads(row["rulings"])} for row in runs.latest(console.store)]
        return console.page(
            session,
            "model.html",
            here=HERE,
            days=DAYS,
            sums=runs.by_day(console.store, since),
            rows=rows,
            outcomes=OUTCOMES,
            reasons=REASONS,
        )

    return router
