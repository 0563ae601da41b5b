"""The pages a person sees: the chat, a citation's document, the API's description."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.bootstrap import Ippo
from adapters.web.page import Anchor, Shape, lay_out
from knowledge.documents import Kind, Source
from knowledge.fold import fold
from knowledge.wards import WARDS

FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,  # for every file, whatever its name ends in: a document's text is somebody else's
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
KINDS = {
    Kind.PRESS: "報道発表",
    Kind.MENU: "支援メニュー",
    Kind.SUBSIDY: "補助・助成",
    Kind.EVENT: "催し",
    Kind.MINUTES: "議事録",
    Kind.AGREEMENT: "協定",
    Kind.PROPOSAL: "提言・提案",
    Kind.REPORT: "報告書",
    Kind.FAQ: "よくある質問",
    Kind.GUIDE: "手引き",
    Kind.OTHER: "",
}
AREAS = {"all23": "23区", "tokyo": "東京都", "japan": "全国"}


def routes(ippo: Ippo) -> APIRouter:
    """Make the pages' routes for one set of services."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def chat() -> HTMLResponse:
        return render("chat.html")

    # `path`: the source is one percent-encoded value, which the server has decoded once when it gets here.
    @router.get("/sources/{source:path}")
    def show_source(source: str, chunk: str = "") -> HTMLResponse:
        found = ippo.knowledge.document(source, chunk_id=chunk or None)
        if found is None:
            return message(404, "資料が見つかりません", "この資料は登録されていないか、番号が変わりました。")
        document = found.document
        title = document.source.title or document.source.id
        sections = lay_out(document.blocks, [Anchor(chunk.id, chunk.first, chunk.last) for chunk in found.chunks])
        # A document that begins with its title shows it once.
        opening = sections[0].lines[0] if sections and sections[0].shape is Shape.HEADING else None
        heading = sections.pop(0).lines[0] if opening and fold(opening[0].text) == fold(title) else None
        return render(
            "source.html",
            title=title,
            heading=heading,
            facts=facts(document.source),
            original=_link(document.source.url),
            notice=_notice(found.replaced_on, found.withdrawn_on),
            newer=f"/sources/{quote(source, safe='')}" if found.replaced_on else "",
            sections=sections,
        )

    @router.get("/docs")
    def api(request: Request) -> HTMLResponse:
        return render("api.html", api=request.app.openapi())

    return router


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a template."""
    return HTMLResponse(_templates.get_template(template).render(values), status)


def message(status: int, title: str, text: str) -> HTMLResponse:
    """Give a page that says one thing."""
    return render("message.html", status, title=title, text=text)


def facts(source: Source) -> list[tuple[str, str]]:
    """List what is known about a source: (name, value), empty ones left out."""
    begins = f"{_day(source.valid_from)}から" if source.valid_from else ""
    ends = f"{_day(source.valid_until)}まで" if source.valid_until else ""
    found = [
        ("発行", source.publisher),
        ("日付", _day(source.date)),
        ("対象", "、".join(WARDS.get(ward) or AREAS.get(ward, ward) for ward in source.wards)),
        ("種類", KINDS[source.kind]),
        ("有効期間", begins + ends),
        ("年度", f"{source.fiscal_year}年度" if source.fiscal_year else ""),
        ("原本の題名", source.original),
    ]
    read = [_NAMES[name] for name in source.derived if name in _NAMES]
    found.append(("本文から読み取ったもの", "、".join(dict.fromkeys(read))))
    return [(name, value) for name, value in found if value]


_NAMES = {
    "title": "題名",
    "publisher": "発行",
    "date": "日付",
    "wards": "対象",
    "kind": "種類",
    "valid_from": "有効期間",
    "valid_until": "有効期間",
    "fiscal_year": "年度",
    "original": "原本の題名",
}
"""Fields of a source as the page calls them."""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _link(url: str) -> str:
    """Give an address that may be a link: a manifest or a document could name a script."""
    return url if urlsplit(url).scheme in ("http", "https") else ""


def _notice(replaced: date | None, withdrawn: date | None) -> str:
    if withdrawn:
        return f"この資料は{_day(withdrawn)}に取り下げられました。回答した時点の内容を表示しています。"
    if replaced:
        return f"この資料は{_day(replaced)}に新しい版に置き換わりました。回答した時点の内容を表示しています。"
    return ""
