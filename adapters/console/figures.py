"""The figures' page 集計: charts drawn as shapes, each with its table, and the same as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from adapters.console.context import Console
from adapters.console.gate import SignedIn
from adapters.console.menu import Entry
from adapters.console.sheet import sheet
from adapters.console.span import SPANS, Span, recent, span
from adapters.console.words import RATINGS, channel_name, reason_name
from adapters.desk.audit import record
from adapters.learning import chart
from adapters.learning.figures import Cell, Figures, Times, added, figures
from bot.answer import Act
from bot.places import ward_name

HERE = "/console/figures"
MENU = (Entry("集計", HERE),)
ACTS = {
    Act.ANSWER: "回答",
    Act.ABSTAIN: "資料に答えなし",
    Act.CLARIFY: "聞き返し",
    Act.HANDOFF: "相談員へ",
    Act.REFUSE: "お断り",
    Act.GREET: "あいさつなど",
}
SERIES = ("回答", "資料に答えなし", "そのほか")
DAILY = 62
"""Days up to which each has a column of its own; longer spans are shown by the week."""
HEADER = (
    "日付", "チャネル", "区", "会話数", "メッセージ数", *ACTS.values(), "回答率(%)", "役に立った", "役に立たなかった", "相談の受付",
)  # fmt: skip


def routes(console: Console) -> APIRouter:
    """Make the routes of the figures."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: SignedIn, since: str = "", until: str = "") -> HTMLResponse:
        chosen = span(since, until)
        found = _figures(console, chosen)
        columns = _columns(chosen, found)
        titles = {source.id: source.title for source, _ in console.ippo.knowledge.list_sources()}
        return console.page(
            session,
            "figures.html",
            here=HERE,
            span=chosen,
            spans=[(name, recent(days)) for days, name in SPANS.items()],
            tiles=_tiles(found),
            columns=[(name, *_parts(cell), cell) for name, cell in columns],
            weekly=chosen.days > DAILY,
            drawing=_drawing(columns),
            size=chart,
            series=SERIES,
            acts=_shares([(name, found.total.acts[act]) for act, name in ACTS.items()]),
            reasons=_shares(sorted(((reason_name(k), n) for k, n in found.reasons.items()), key=lambda one: -one[1])),
            ratings=_shares([(name, found.ratings.get(n, 0)) for n, name in RATINGS.items()]),
            unrated=found.ratings.get(0, 0),
            times=[("待ち時間(受付時間内)", _times(found.waiting)), ("対応時間", _times(found.handling))],
            channels=[(channel_name(str(name)), cell) for name, cell in found.by(lambda key: key[1]).items()],
            wards=_wards(found),
            sources=[(titles.get(i) or i, f"/sources/{quote(i, safe='')}", count) for i, count in found.sources],
            quota=_quota(console),
            percent=_percent,
        )

    @router.get(HERE + ".csv")
    def file(session: SignedIn, since: str = "", until: str = "") -> Response:
        chosen = span(since, until)
        found = _figures(console, chosen)
        detail = f"{chosen.first} {chosen.last}"
        with console.store.write() as connection:
            record(connection, who=session.account.key, action="figures-export", subject="figures", detail=detail)
        return sheet("ippo-figures", HEADER, [_cells(key, found.cells[key]) for key in sorted(found.cells)])

    return router


def _figures(console: Console, chosen: Span) -> Figures:
    with console.store.read() as connection:
        return figures(connection, chosen.since, chosen.until, console.opening)


def _tiles(found: Figures) -> Sequence[tuple[str, str, str]]:
    """List (name, number, remark)."""
    total = found.total
    votes = total.up + total.down
    return (
        ("会話", f"{len(total.conversations):,}", ""),
        ("メッセージ", f"{total.messages:,}", ""),
        ("回答率", _percent(total.rate), "回答 ÷(回答+資料に答えなし)"),
        ("相談の受付", f"{total.handoffs:,}", ""),
        ("役に立った", _percent(total.up / votes if votes else None), f"評価 {votes:,}件"),
    )


def _columns(chosen: Span, found: Figures) -> list[tuple[str, Cell]]:
    """Give the columns of the chart, days or weeks, also those in which nothing happened."""
    days = found.by(lambda key: key[0])
    width = 1 if chosen.days <= DAILY else 7
    made = []
    for first in (chosen.first + timedelta(days=n) for n in range(0, chosen.days, width)):
        cells = [days[day] for n in range(width) if (day := first + timedelta(days=n)) in days]
        made.append((f"{first.month}/{first.day}{'' if width == 1 else '〜'}", added(cells)))
    return made


def _parts(cell: Cell) -> tuple[int, int, int]:
    told, missed = cell.acts[Act.ANSWER], cell.acts[Act.ABSTAIN]
    return told, missed, cell.acts.total() - told - missed


def _drawing(columns: Sequence[tuple[str, Cell]]) -> chart.Chart:
    parts = [_parts(cell) for _, cell in columns]
    return chart.columns([name for name, _ in columns], [[part[n] for part in parts] for n in range(len(SERIES))])


def _shares(counts: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int, float]]:
    """Add to each the share of the largest, in hundredths: the length of its bar."""
    most = max((count for _, count in counts), default=0)
    return [(name, count, round(100 * count / most, 1) if most else 0.0) for name, count in counts]


def _times(found: Times | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    return {"count": found.count, "median": _lasted(found.median), "p90": _lasted(found.p90)}


def _lasted(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "1分未満"
    hours, rest = divmod(minutes, 60)
    return f"{hours}時間{rest}分" if hours else f"{minutes}分"


def _wards(found: Figures) -> Sequence[tuple[str, Cell]]:
    cells = found.by(lambda key: key[2]).items()
    ordered = sorted(cells, key=lambda item: (-len(item[1].conversations), str(item[0])))
    return [(ward_name(str(ward)) if ward else "不明", cell) for ward, cell in ordered]


def _percent(share: float | None) -> str:
    return "―" if share is None else f"{share:.0%}"


def _quota(console: Console) -> Mapping[str, Any] | None:
    """Tell the month's LINE messages; None where the channel is off or LINE does not tell."""
    line = console.messaging.channels.get("line")
    ask = getattr(line, "quota", None)
    known = ask() if ask is not None else None
    if known is None:
        return None
    return {"used": known.used, "limit": known.limit, "share": _percent(known.share)}


def _cells(key: tuple[date, str, str], cell: Cell) -> Sequence[object]:
    day, channel, ward = key
    rate = cell.rate
    return (
        day.isoformat(),
        channel_name(channel),
        ward_name(ward) if ward else "不明",
        len(cell.conversations),
        cell.messages,
        *(cell.acts[act] for act in ACTS),
        "" if rate is None else round(100 * rate, 1),
        cell.up,
        cell.down,
        cell.handoffs,
    )
