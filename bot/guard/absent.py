"""Whether a passage is silent on what a sentence says is not written in it: 「金額はここには書かれていません」."""

from __future__ import annotations

import re

from bot.guard.evidence import Evidence, is_unknown
from bot.guard.statement import Statement
from bot.wants import Want, holds, wanted

_SAYS = re.compile(
    r"(?P<what>[^、。]{2,60}?)(?:は|が|について(?:は)?)、?(?:(?:ここ|この(?:一覧|表|資料|ページ|案内|文書|箇所)|資料|一覧|案内|こちら)(?:の中)?に?(?:は)?、?)?"
    r"(?:まだ)?(?:書かれて|載って|示されて|記されて|記載されて|触れられて|明記されて)(?:い|お[りら])?(?:ません|ない)"
)
_WHETHER = re.compile(r"(?:かどうか|か否か|のか|るか|すか)$")
_KINDS = {
    Want.AMOUNT: r"金額|助成額|補助額|上限|いくら",
    Want.FEE: r"費用|料金|値段|価格|参加費|受講料|会費",
    Want.RATE: r"割合|率|何割",
    Want.DEADLINE: r"締め?切り?|期限|申込期間",
    Want.DATE: r"日程|開催日|日付|いつ",
    Want.TIME: r"時間|時刻|開始時刻",
    Want.PHONE: r"電話",
    Want.URL: r"URL|ホームページ|サイト|リンク",
}
_SAME = 0.7
"""Share of what is asked by whether, by weight, from which on a passage's sentence is about it."""


def absent(said: Statement, evidence: Evidence) -> tuple[bool, Statement] | None:
    """Tell whether what a sentence calls unwritten is.

    Returns:
        Whether it is, and what else the sentence says; None where the sentence is no such one, or where the passages
        themselves say that it is not known.
    """
    found = _SAYS.search(said.text)
    if not found:
        return None
    terms = said.part(found.start("what"), found.end("what"))
    weight = evidence.weights
    full = sum(weight(term) for term in terms)
    silent = [spot for spot in evidence.spots if is_unknown(spot.says.text)]
    if any(sum(weight(term) for term in terms & spot.terms) >= full / 2 for spot in silent):
        return None
    rest = said.text[: found.start()] + re.sub(r"^(?:ので|が|から|け(?:れ)?ど)?、?", "", said.text[found.end() :])
    return _silent(found["what"], terms, evidence), said.other(rest)


def _silent(what: str, terms: frozenset[str], evidence: Evidence) -> bool:
    kinds = {want for want, pattern in _KINDS.items() if re.search(pattern, what)}
    if kinds:
        return not any(
            holds(spot.says.text, kind, wanted(what)) and (spot.terms | spot.framed) & terms
            for spot in evidence.spots
            for kind in kinds
        )
    if _WHETHER.search(what):
        weight = evidence.weights
        full = sum(weight(term) or 1.0 for term in terms)
        best = max((sum(weight(term) for term in terms & spot.terms) for spot in evidence.spots), default=0.0)
        return best < _SAME * full
    return not terms <= evidence.terms
