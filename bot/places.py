"""Wards in a conversation: the person's own, and those that a question names."""

from __future__ import annotations

import re

from knowledge.documents import Source
from knowledge.fold import fold
from knowledge.neighbourhoods import neighbourhoods
from knowledge.wards import AREAS, WARDS

_SHORT = {
    name[:-1]: key
    for key, name in WARDS.items()
    # 北, 港 and 中央 alone are everyday words; with 区 they are wards.
    if len(name) > 2 and name != "中央区"
}
_SHORT_RE = re.compile("|".join(f"{name}(?!モデル|エコ|支部|CES|駅)" for name in sorted(_SHORT, key=len, reverse=True)))
_NAME_RE = re.compile(
    "|".join(f"(?:(?<![一-龥])|(?<=東京都)){name}" if len(name) == 2 else name for name in WARDS.values())
)
_KEYS = {name: key for key, name in WARDS.items()}
_ROMAJI = re.compile(r"\b(" + "|".join(WARDS) + r")\b", re.IGNORECASE)
_OWN = re.compile(
    r"(?:うち|当店|当社|弊社|わが社|お店|店|会社|事務所|本社|工場|自社|私|僕|俺)[^。、?？]{0,6}$|^[、はがも]?$"
)
_OWN_AFTER = re.compile(
    r"^(?:で|に|の|内で|内に).{0,12}?(?:やって|やり|営業|経営|商売|構え|開い|いる|います|あります|してい|してる|です)|^(?:で|に|の)?(?:ある|いる|小さ|お店|店|会社|事務所|商売|営業|やって|カフェ|飲食|町工場|工場|オフィス|なんだ|なんです|だけど|ですが|です。)"
)

_NEAR = re.compile(r"^(?:駅)?(?:の?(?:すぐ)?(?:近く|そば|周辺|あたり|辺り?|駅前|駅近|ほう|方|エリア|界隈))?")
_AT = re.compile(
    r"^(?:で|に|の)[^。、?？]{0,10}?(?:店|屋(?!上|根)|ビル|事務所|会社|オフィス|工場|カフェ|サロン|医院|クリニック|旅館|ホテル|倉庫|食堂|居酒屋|商売|営業|経営|開業|やって|やり|営ん|構え|借り)|^(?:で|に|の者)?(?:です|なんですが?|なんだけど|だけど|ですけど|ですが|にある|にあります|にいる)"
)
_OPENING = re.compile(r"^の[^。、,?？はがをも]{1,9}(?:。|です|だけど|ですが|なんだ|だよ|やけど|なん|\n)")
_AT_END = re.compile(r"^(?:です|なん|だ(?:けど|よ|が)?|にあ|$|[。、])")
_PART_OF_A_NAME = re.compile(r"^(?:さん|様|氏|硝子|ガラス|線|大学|学院|株式|工業|商事|製作|銀行|信用|新聞)")


def named(text: str) -> frozenset[str]:
    """List the wards that a text names, in romaji; 千代田 alone counts, 港 alone does not."""
    folded = fold(text)
    found = {_KEYS[match] for match in _NAME_RE.findall(folded)}
    found |= {_SHORT[match] for match in _SHORT_RE.findall(folded) if f"{match}区" not in folded}
    found |= {match.lower() for match in _ROMAJI.findall(folded)}
    return frozenset(found)


def own(text: str) -> str | None:
    """Give the ward that a person says they are in, or None ("うち葛飾区なんだけど", "亀有の店です")."""
    folded = fold(text)
    for match in _NAME_RE.finditer(folded):
        before, after = folded[: match.start()], folded[match.end() :]
        if _OWN_AFTER.match(after) or (before and _OWN.search(before)):
            return _KEYS[match.group()]
    _, wards = neighbourhood(folded)
    return wards[0] if len(wards) == 1 else None


def neighbourhood(text: str) -> tuple[str, tuple[str, ...]]:
    """Give the station or neighbourhood that a person says they are at, and the wards it lies in.

    Returns:
        ("秋葉原", ("chiyoda", "taito")); an empty name and no wards where the text tells none.
    """
    folded = fold(text)
    for name, wards in neighbourhoods().items():
        start = folded.find(name)
        if start < 0 or _PART_OF_A_NAME.match(folded[start + len(name) :]):
            continue
        before, after = folded[:start], _NEAR.sub("", folded[start + len(name) :])
        if (
            _AT.match(after)
            or (not before and _OPENING.match(after))
            or (before and _OWN.search(before) and _AT_END.match(after))
        ):
            return name, wards
    return "", ()


def ward_name(ward: str) -> str:
    """Give a ward's name in kanji; a wider area as people call it."""
    return WARDS.get(ward) or {"all23": "23区", "tokyo": "東京都", "japan": "全国"}[ward]


def only_for(source: Source) -> frozenset[str]:
    """The wards a source is limited to; empty for matter of all 23 wards, Tokyo, the country, or unknown."""
    if any(area in source.wards for area in AREAS):
        return frozenset()
    return frozenset(source.wards)
