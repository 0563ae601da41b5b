"""Names and addresses that stand in a chunk: organisations, programmes, phones, mail and web addresses.

Collected at ingest by the shape of the words, so that an answer can say who does what, name a contact, and
check that a name it is about to say stands in a passage. No list of known names: any document has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.documents import BlockKind, Chunk
from knowledge.fold import readable
from knowledge.index import Mention, MentionKind

_NAME = r"[一-龥々ぁ-んァ-ヶー・A-Za-zＡ-Ｚａ-ｚ&＆0-9０-９]"
_ORGANISATION = re.compile(
    r"(?:一般社団法人|一般財団法人|公益財団法人|公益社団法人|株式会社|有限会社|合同会社) ?[一-龥々ァ-ヶーA-Za-zＡ-Ｚａ-ｚ・&＆]{2,24}(?: ?ホールディングス)?|"
    r"[一-龥々ァ-ヶーA-Za-zＡ-Ｚａ-ｚ・&＆]{2,20} ?(?:株式会社|有限会社)|"
    r"[一-龥々ァ-ヶーA-Za-z]{2,20}(?:協議会|連合会|協会|商工会議所|信用金庫|信用組合|銀行|公社|商店街|コンソ|コンソーシアム|経済産業局|環境事務所|支部)|"
    r"(?:東京都|[一-龥]{2,4}区)(?![一-龥])|環境省|経済産業省|資源エネルギー庁|特別区長会"
)
_QUOTED = re.compile(r"[「『]([^「」『』\n]{3,30})[」』]")
_PROGRAMME = re.compile(
    r"(?:ち[よょ])?[一-龥々ァ-ヶーA-Za-z0-9・]{2,24}?(?:助成制度|補助制度|助成金|補助金|助成|認証|宣言|スクール|フォーラム|プロジェクト|モデル事業|講座|塾|制度|事業者会議)(?![一-龥ァ-ヶ])"
)
_PROGRAMME_START = re.compile(r"^(?:[ぁ-ん]+|等|・|の)")
_SUFFIX = re.compile(
    r"(?:制度|助成|補助金|助成金|事業|スクール|宣言|認証|フォーラム|会議|プロジェクト|塾|フェア|講座|ヒーロー|企業|ちよだ|チャレンジ|モデル|授業)$"
)
_PHONE = re.compile(r"(?<![\d-])0\d{1,4}[-‐–(（)）]\s?\d{1,4}[-‐–)）]\s?\d{3,4}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
_NAME_COLUMN = re.compile(r"企業名|会社名|組織|団体|支援企業|事業者名|機関名|提供")


def find(chunk: Chunk) -> list[Mention]:
    """List what a chunk names, each name once, in text order.

    Returns:
        Mentions with values as `knowledge.fold.readable` writes them. Programmes are the names in 「」 or 『』 and
        the words that end like one (…助成制度, …認証).
    """
    found: dict[tuple[MentionKind, str], None] = {}
    text = readable(chunk.text)
    for kind, value in (*_organisations(chunk, text), *_programmes(text), *_addresses(text)):
        found.setdefault((kind, value))
    return [Mention(kind, value, chunk.id) for kind, value in found]


def _organisations(chunk: Chunk, text: str) -> Iterable[tuple[MentionKind, str]]:
    for block in chunk.blocks:
        if block.kind is BlockKind.ROW and block.header:
            for name, cell in zip(block.header, block.carried, strict=False):
                if _NAME_COLUMN.search(name) and 2 <= len(cell) <= 40:
                    yield MentionKind.ORGANISATION, organisation(cell)
    for match in _ORGANISATION.finditer(text):
        yield MentionKind.ORGANISATION, organisation(match.group())


def organisation(cell: str) -> str:
    """Clean an organisation's name: no note in brackets, no space beside 株式会社."""
    name = re.sub(r"[（(].*?[）)]", "", readable(cell)).strip()
    return re.sub(r"(?<=会社) | (?=株式会社|ホールディングス)", "", name)


def _programmes(text: str) -> Iterable[tuple[MentionKind, str]]:
    for match in _QUOTED.finditer(text):
        name = match.group(1).strip()
        if _SUFFIX.search(name):
            yield MentionKind.PROGRAMME, name
    for match in _PROGRAMME.finditer(text):
        name = _PROGRAMME_START.sub("", match.group())
        if len(name) >= 5 and not re.search(r"[ぁ-ん]{3}", name):
            yield MentionKind.PROGRAMME, name


def _addresses(text: str) -> Iterable[tuple[MentionKind, str]]:
    for kind, pattern in ((MentionKind.PHONE, _PHONE), (MentionKind.EMAIL, _EMAIL), (MentionKind.URL, _URL)):
        for match in pattern.finditer(text):
            yield kind, match.group().rstrip(".,)>")
