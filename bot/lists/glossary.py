"""Words of the trade, explained in one plain sentence."""

from __future__ import annotations

import re

from bot.answer import Answer
from bot.draft import Draft
from bot.lists.lines import finish
from bot.lists.proofs import Proofs
from bot.reading import Reading
from knowledge.catalogue.load import shipped
from knowledge.catalogue.models import Term
from knowledge.catalogue.queries import plain, terms_in

_ASKING = re.compile(
    r"(?:むずかし|難し)い(?:言葉|話)?(?:ぬき|抜き|なし)?(?:で|に)?|(?:やさし|優し|わかりやす|分かりやす)く|中学生でもわかるように|(?:言葉)?(?:ぬき|抜き)で?|頼(?:む|みます)|お願い(?:します)?|(?:取引先|得意先|お客さん|客|銀行|大手|元請け?|社長|上司|人|うち)(?:が|に|から|の)|(?:言って|言われて?|聞かれて?)(?:た|いた|いる|る|も|い)?|(?:つまり|要するに|いったい|一体|ざっくり|正直)|(?:ピンとこない|ぴんとこない|何の略|なんの略|略|というか)|(?:結局|そもそも|あの|すみません|ところで|ねえ)|(?:よく(?:聞く|見る|言う)(?:けど|が)?)|(?:という|っていう|ていう)(?:の|言葉|用語|もの)?|(?:って|とは|は|て|と|の|、|,)|"
    r"(?:何(?:のこと|ですか|でしょうか|なの|だっけ)?|なに(?:それ)?|なん(?:のこと|ですか|でしょうか|なの|だっけ|だ)?)|(?:どういう|どんな)(?:意味|もの|こと|仕組み?|制度)?|"
    r"意味|違い|説明(?:して(?:ください)?)?|教えて(?:ください)?|知りたい(?:です)?|わからない|分からない|分かりません|わかりません|簡単に|ひとことで|一言で|です|ます|か|ください|"
    r"what(?:is|are|does|'s)?|mean(?:s|ing)?|the|a|[?？!！。.「」『』()（）]"
)
_DEFINING = re.compile(
    r"何|なに|なん|ピンと|ぴんと|略|どういう|どんな|意味|違い|とは|説明|教え|知りたい|[わ分]か(?:ら|り)|what|mean|[?？]$",
    re.IGNORECASE,
)


def define(reading: Reading, proofs: Proofs, public_url: str) -> Answer | None:
    """Explain the word, or the two or three words, that a question asks about and nothing else.

    Returns:
        One sentence a word with its citation; a general explanation is called one and followed by what the
        documents say of the word. None for any other question, or where the index lacks the passages.
    """
    said = plain(reading.text)
    catalogue = shipped()
    terms = terms_in(catalogue, said)
    if not 1 <= len(terms) <= 3 or _left_over(said, terms):
        return None
    draft = Draft(public_url)
    if not all(_add(draft, term, proofs) for term in terms):
        return None
    return finish(
        draft, choices=tuple(f"{term.name}を手伝う会社は?" for term in terms if term.id in _HELPED)[:2], confidence=0.8
    )


_HELPED = frozenset({"sbt", "sbt-sme", "cdp", "scope", "scope3", "esg", "gx", "non-fossil", "j-credit"})
"""Terms whose names the catalogue's needs know too, so that the choice finds companies."""


def _left_over(said: str, terms: tuple[Term, ...]) -> bool:
    """Tell whether a question says more than "what is this word"."""
    rest = said
    forms = sorted((plain(name) for term in terms for name in (term.name, *term.names)), key=len, reverse=True)
    for form in forms:
        rest = rest.replace(form, "")
    return bool(_ASKING.sub("", rest)) or (rest != "" and not _DEFINING.search(rest))


def _add(draft: Draft, term: Term, proofs: Proofs) -> bool:
    if term.proof:
        unit = proofs.find(term.proof)
        if unit is not None:
            draft.add(term.sentence, unit)
        return unit is not None
    unit = proofs.find(term.used) if term.used else None
    if unit is None:
        return False
    draft.add(f"{term.sentence}(一般的な説明です)")
    draft.add(term.also, unit)
    return True
