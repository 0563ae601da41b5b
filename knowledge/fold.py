"""Japanese text as search and answers see it: widths, radicals, white space, eras and numbers made one.

Folding never touches what is quoted; it makes a question and a passage comparable.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# NFKC maps the Kangxi radicals (U+2F00..2FD5) but leaves the CJK Radicals Supplement (U+2E80..2EF3) alone
# (two of it excepted), and PDF text layers are full of it: the character is drawn right and found nowhere.
# Pairs of radical and the character it is drawn like; a simplified Chinese form goes to the character itself.
_RADICAL_PAIRS = (
    "⺀冫⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇几⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎尢⺏尣⺐尢⺑尣⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歹⺠民⺡氵⺢水⺣灬⺤爪⺥爪"
    "⺦丬⺧牛⺨犭⺩王⺪疋⺫罒⺬示⺭礻⺮竹⺯糸⺰纟⺱罓⺲罒⺳网⺴网⺵网⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃西⻄西⻅见⻆角⻇角"
    "⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒長⻓长⻔门⻕阝⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟食⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾"
    "⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀"
)
# NFKC turns some Kangxi radicals into the traditional form, where Japanese writes another: ⼾ → 戶, not 戸.
_TRADITIONAL = "戶戸黑黒靑青麥麦黃黄齒歯龜亀"
_PAIRS = _RADICAL_PAIRS + _TRADITIONAL
_RADICALS = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))
_SPACE = re.compile(r"\s+")
# Zero-width characters, marks of direction and soft hyphens: they split words unseen.
_HIDDEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def drop_hidden(text: str) -> str:
    """Remove the characters that nobody sees."""
    return _HIDDEN.sub("", text)


def _meant(text: str) -> str:
    """Resolve what stands in a text as markup or unseen: entities of HTML, hidden characters."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return drop_hidden(text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Unify widths, compatibility forms and radicals; white space is kept as single spaces.

    Args:
        text: Any text.
    Returns:
        NFKC, the radicals that NFKC leaves replaced by the characters they stand for, dashes and
        tildes of one kind, entities resolved, nothing unseen, runs of white space as one space, ends stripped.
    """
    text = unicodedata.normalize("NFKC", _meant(text)).translate(_RADICALS)
    text = text.replace("〜", "~").replace("‐", "-").replace("–", "-").replace("−", "-")
    return _SPACE.sub(" ", text).strip()


def squeeze(text: str) -> str:
    """Remove all white space after NFKC: the form in which a quote is compared with its original."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


_KANGXI = range(0x2F00, 0x2FE0)
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_MARKUP = re.compile(r"\*\*|`")
_LINK = re.compile(r"!?\[([^\]\[\n]{1,200})\]\((?:https?://|mailto:|tel:|[/#.])[^()\s]{0,500}\)")
_PICTURE = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ue000-\uf8ff\ufe0f]")


@lru_cache(maxsize=65536)
def readable(text: str) -> str:
    """Make verbatim text fit to be read: radicals and wide digits unified, markup and the unseen dropped.

    Pictures and the addresses behind links are dropped too. Unlike `fold` it keeps what a reader expects to see: circled numbers, wide brackets, ㎡, line breaks.
    """
    text = "".join(unicodedata.normalize("NFKC", c) if ord(c) in _KANGXI else c for c in _meant(text))
    text = _WIDE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text.translate(_RADICALS))
    return _PICTURE.sub("", _MARKUP.sub("", _LINK.sub(r"\1", text))).strip()
