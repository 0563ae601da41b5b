"""Sentences that mean nothing, or something else, without the one before them."""

from __future__ import annotations

import re

from bot.guard.markers import MARKER
from bot.guard.split import Form, Piece, body

_LEANS = re.compile(
    r"^(?:ただし|但し|ただ、|もっとも、|なお、(?:その|この|これ|それ)|その(?:場合|とき|際|ため|結果|うえ|上|後|ほか|他|中|うち|額|率|金額)?|その|それ(?!ぞれ)|これ|この(?!ほか資料|資料|ページ)|ここ|そこ|そちら|こちら(?!の資料)|そう(?:すると|なると|いった)|したがって|従って|よって|つまり|すなわち|だから|ですから|"
    r"そのため|このため|また、(?:その|この|これ|それ|同)|さらに、?(?:その|この|これ|それ)|同(?:制度|事業|社|区|助成|補助|年|額|会|様)|一方|逆に|反対に|ほかにも|他にも|上記|前述|先ほどの|先述|両(?:者|方|社|制度)|どちらも|いずれも|以上(?:の|が|から)|"
    r"however|but|in that case|this|that|it|they|these|those|therefore|so,|also, (?:it|this|they))",
    re.IGNORECASE,
)


_SUBJECT = re.compile(r"は(?![いじずたんら])|が(?![いちら])|も(?![のっらしうちとど])|[A-Za-z]{3}")
_REQUEST = re.compile(r"(?:ください|ましょう|下さい)[。.!！]?$")


def goes_on(piece: Piece) -> bool:
    """Tell whether a sentence in running text names no subject, so that it goes on about the one before it: 「無料です」."""
    plain = MARKER.sub("", piece.text).strip()
    return piece.form is Form.SENTENCE and not piece.first and not _SUBJECT.search(plain) and not _REQUEST.search(plain)


def leans(piece: Piece) -> bool:
    """Tell whether a sentence is about what the one before it said: ただし, その場合, これは."""
    return bool(_LEANS.match(body(piece.text).lstrip("「『（( 　、")))


def orphaned(pieces: tuple[Piece, ...], kept: list[bool]) -> list[int]:
    """List the kept sentences that must go because of what has gone.

    Args:
        pieces: The sentences of a draft.
        kept: For each whether it is kept so far.
    Returns:
        Indexes: sentences that lean on one that is gone or go on without a subject of their own; items, rows and what stands in an item's line behind one that
        is gone; heads of which nothing is left; headings and rules above nothing.
    """
    alive = list(kept)
    for i, piece in enumerate(pieces):
        left = (leans(piece) or goes_on(piece)) and not _before(pieces, alive, i)
        if alive[i] and (left or _head_gone(pieces, alive, i)):
            alive[i] = False
    for i in range(len(pieces) - 1, -1, -1):
        if alive[i] and not _has_body(pieces, alive, i):
            alive[i] = False
    return [i for i in range(len(pieces)) if kept[i] and not alive[i]]


def _before(pieces: tuple[Piece, ...], alive: list[bool], i: int) -> bool:
    """Tell whether the sentence that this one leans on is there, or there never was one in the draft."""
    for j in range(i - 1, -1, -1):
        if pieces[j].form not in (Form.RULE, Form.HEADING):
            return alive[j]
    return True


def _head_gone(pieces: tuple[Piece, ...], alive: list[bool], i: int) -> bool:
    """Tell whether an item or row stands under a lead-in or table head that is gone, or goes on after a gone item."""
    if pieces[i].form not in (Form.ITEM, Form.ROW, Form.RULE):
        return False
    if not pieces[i].first and i and not alive[i - 1]:
        return True
    for j in range(i - 1, -1, -1):
        if pieces[j].opens:
            return not alive[j]
        if pieces[j].form is Form.ROW and not pieces[j].header and pieces[i].form is Form.ROW:
            return not alive[j]
        if pieces[j].form in (Form.SENTENCE, Form.HEADING):
            return False
    return False


def _has_body(pieces: tuple[Piece, ...], alive: list[bool], i: int) -> bool:
    """Tell whether what a lead-in, heading or table head announces is there."""
    piece = pieces[i]
    table_head = piece.form is Form.ROW and not piece.header
    if not piece.opens and piece.form is not Form.HEADING and not table_head and piece.form is not Form.RULE:
        return True
    following = pieces[i + 1 :]
    for j, other in enumerate(following, i + 1):
        if piece.form is Form.HEADING and other.form is Form.HEADING:
            return False
        if piece.form is not Form.HEADING and other.form in (Form.SENTENCE, Form.HEADING):
            return False
        if alive[j] and other.form is not Form.RULE:
            return True
    return False
