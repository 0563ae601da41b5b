"""Wards in a conversation: the person's own, and those that a question names."""

from __future__ import annotations

import re

from knowledge.documents import Source
from knowledge.fold import fold
from knowledge.wards import AREAS, WARDS

_SHORT = {
    name[:-1]: key
    for key, name in WARDS.items()
    # 北, 港 and 中央 alone are everyday words; with 区 they are wards.
    if len(name) > 2 and name != "中央区"
}
_SHORT_RE = re.compile("|".join(f"{name}(?!モデル|エコ|支部|CES)" for name in sorted(_SHORT, key=len, reverse=True)))
_NAME_RE = re.compile("|".join(f"(?<![一-龥]){name}" if len(name) == 2 else name for name in WARDS.values()))
_KEYS = {name: key for key, name in WARDS.items()}
_ROMAJI = re.compile(r"\b(" + "|".join(WARDS) + r")\b", re.IGNORECASE)
_OWN = re.compile(
    r"(?:うち|当店|当社|弊社|わが社|お店|店|会社|事務所|本社|工場|自社|私|僕|俺)[^。、?？]{0,6}$|^[、はがも]?$"
)
_OWN_AFTER = re.compile(
    r"^(?:で|に|の|内で|内に).{0,12}?(?:やって|やり|営業|経営|商売|構え|開い|いる|います|あります|してい|してる|です)|^(?:で|に|の)?(?:ある|いる|小さ|お店|店|会社|事務所|商売|営業|やって|カフェ|飲食|町工場|工場|オフィス|なんだ|なんです|だけど|ですが|です。)"
)


def named(text: str) -> frozenset[str]:
    """List the wards that a text names, in romaji; 千代田 alone counts, 港 alone does not."""
    folded = fold(text)
    found = {_KEYS[match] for match in _NAME_RE.findall(folded)}
    found |= {_SHORT[match] for match in _SHORT_RE.findall(folded) if f"{match}区" not in folded}
    found |= {match.lower() for match in _ROMAJI.findall(folded)}
    return frozenset(found)


def own(text: str) -> str | None:
    """Give the ward that a person says they are in, or None ("うち葛飾区なんだけど", "港区の店です")."""
    folded = fold(text)
    for match in _NAME_RE.finditer(folded):
        before, after = folded[: match.start()], folded[match.end() :]
        if _OWN_AFTER.match(after) or (before and _OWN.search(before)):
            return _KEYS[match.group()]
    return None


def ward_name(ward: str) -> str:
    """Give a ward's name in kanji; a wider area as people call it."""
    return WARDS.get(ward) or {"all23": "23区", "tokyo": "東京都", "japan": "全国"}[ward]


def only_for(source: Source) -> frozenset[str]:
    """The wards a source is limited to; empty for matter of all 23 wards, Tokyo, the country, or unknown."""
    if any(area in source.wards for area in AREAS):
        return frozenset()
    return frozenset(source.wards)
