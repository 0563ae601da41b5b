"""Wrong premises: a question that states something which the documents state otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.reading import Reading
from bot.text.select import Candidate
from knowledge.dates import years
from knowledge.documents import Kind
from knowledge.fold import fold

_DECIDED = re.compile(r"決ま|決定|必須|義務|条件になった|始まった|なったん|確定|もう")
_PAID = re.compile(r"有料|手数料|お金(?:が|は)?(?:かか|取ら)|費用(?:が|は)?かか|高い|取られ")
_FREE = re.compile(r"無料|無償|費用負担なし|0円")
_FREE_ASKED = re.compile(r"無料|タダ|ただで|0円")
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([一-龥%ぁ-んァ-ヶa-zA-Z]?)")


def correction(reading: Reading, chosen: Sequence[Candidate]) -> str:
    """Give the opening of an answer that corrects the question, or an empty string."""
    if not reading.premise or reading.english:
        return ""
    said, text = reading.text, fold(" ".join(candidate.unit.say for candidate in chosen))
    if chosen[0].unit.source.kind is Kind.PROPOSAL and _DECIDED.search(said):
        return "いいえ、提案の段階です。決定したとは書かれていません。"
    if _PAID.search(said) and not _FREE_ASKED.search(said) and _FREE.search(text):
        return "いいえ、資料では無料と書かれています。"
    asked_years, found_years = years(said), years(text)
    if asked_years and found_years and not asked_years & found_years:
        return "いいえ、資料に書かれている年は違います。"
    for number, unit in _NUMBER.findall(said):
        if not unit or number in text:
            continue
        others = {n for n, u in _NUMBER.findall(text) if u == unit}
        if others and number not in others:
            # The wrong number itself is not repeated: it stands in no document.
            return "いいえ、資料に書かれている数字は違います。"
    return ""
