"""What people asked and got no good answer to: the page 未回答, and the same as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from adapters.console.context import Console
from adapters.console.gate import SignedIn
from adapters.console.menu import Entry
from adapters.console.sheet import sheet
from adapters.console.span import SPANS, recent, span
from adapters.console.words import channel_name
from adapters.desk.audit import record
from adapters.learning.gaps import MOST, Gap, Why, gaps
from adapters.settings import TOKYO
from bot.places import ward_name

HERE = "/console/unanswered"
MENU = (Entry("未回答", HERE),)
SHOWN = 100
"""Groups on the page; the file has all of them."""
WHYS = {
    Why.ABSTAINED: "資料に答えなし",
    Why.CLARIFIED: "聞き返したまま",
    Why.VOTED_DOWN: "役に立たなかった",
    Why.HANDED_OFF: "相談員に引き継ぎ",
}
HEADER = ("会話数", "質問数", "質問の例", "理由", "検索された資料", "チャネル", "区", "最新")


def routes(console: Console) -> APIRouter:
    """Make the routes of the page."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: SignedIn, since: str = "", until: str = "") -> HTMLResponse:
        chosen = span(since, until)
        with console.store.read() as connection:
            found = gaps(connection, chosen.since, chosen.until)
        titles = _titles(console)
        return console.page(
            session,
            "unanswered.html",
            here=HERE,
            span=chosen,
            spans=[(name, recent(days)) for days, name in SPANS.items()],
            gaps=[_row(gap, titles) for gap in found.found[:SHOWN]],
            groups=len(found.found),
            questions=found.questions,
            cut=MOST if found.cut else 0,
        )

    @router.get(HERE + ".csv")
    def file(session: SignedIn, since: str = "", until: str = "") -> Response:
        chosen = span(since, until)
        with console.store.read() as connection:
            found = gaps(connection, chosen.since, chosen.until)
        with console.store.write() as connection:
            record(
                connection, who=session.account.key, action="gaps-export", subject="gaps", detail=f"{len(found.found)}"
            )
        titles = _titles(console)
        return sheet("ippo-unanswered", HEADER, [_cells(_row(gap, titles)) for gap in found.found])

    return router


def _titles(console: Console) -> Mapping[str, str]:
    return {source.id: source.title for source, _ in console.ippo.knowledge.list_sources()}


def _row(gap: Gap, titles: Mapping[str, str]) -> dict[str, Any]:
    kind, _, number = gap.key.partition(":")
    return {
        "question": gap.examples[0],
        "others": gap.examples[1:],
        "conversations": gap.conversations,
        "questions": gap.questions,
        "whys": [(WHYS[why], gap.whys[why]) for why in Why if gap.whys.get(why)],
        "sources": [
            {
                "title": titles.get(source) or source,
                "path": f"/sources/{quote(source, safe='')}",
                "place": place,
                "count": count,
            }
            for source, place, count in gap.sources
        ],
        "channels": _counted(gap.channels, channel_name),
        "wards": _counted(gap.wards, lambda ward: ward_name(ward) if ward else "不明"),
        "latest": gap.latest,
        # The question itself stays out of the address: addresses are written down along the way.
        "write": f"/console/drafts/new?{kind}={number}",
    }


def _counted(counts: Mapping[str, int], name: Any) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name(key), count) for key, count in ordered]


def _cells(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        row["conversations"],
        row["questions"],
        " / ".join((row["question"], *row["others"])),
        _joined(row["whys"]),
        " / ".join(f"{one['title']} {one['place']}".strip() for one in row["sources"]),
        _joined(row["channels"]),
        _joined(row["wards"]),
        datetime.fromtimestamp(row["latest"], UTC).astimezone(TOKYO).isoformat(timespec="minutes"),
    )


def _joined(counts: list[tuple[str, int]]) -> str:
    return "、".join(f"{name} {count}" for name, count in counts)
