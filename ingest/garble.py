"""The garble alarm: text that was read, but not as what it says.

Each detector counts what genuine text hardly ever holds and fires on a share, never on one odd character:
a bullet from a symbol font, a lone U+FFFD or a half-width name is ordinary. White space is left out of
every count, because bad PDF text has it anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Garble:
    """What is wrong with a text and what its owner can do, in Japanese, one clause each without full stop."""

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason}。{self.advice}"


_SAVE_AS_UTF8 = "元のファイルを UTF-8 で保存し直してください"
_RECREATE_PDF = "元の文書から PDF を作り直すか、文字認識(OCR)をかけてください"

_SPACE = re.compile(r"\s+")
_CID = re.compile(r"\(cid:\d+\)")
# UTF-8 of Japanese (lead bytes E3–E9, EF) as cp1252 or Latin-1 shows it. No European word puts two characters of
# 80–BF after ã, å, é …: 80–9F are controls or typographic signs there, A0–BF are signs too.
_CONTINUATION = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_UTF8_AS_LATIN = re.compile(f"[ãäåæçèéï][{_CONTINUATION}]{{2}}")
# The lead bytes of kana in UTF-8 (E3 81, E3 82, E3 83) read as cp932; the three kanji occur in no current word.
_UTF8_AS_CP932 = frozenset("縺繧繝")
# Lead bytes of kana in cp932 (82, 83) and EUC-JP (A4, A5) read as Latin-1 or cp1252.
_CP932_AS_LATIN = frozenset("‚ƒ\x82\x83")
_EUC_AS_LATIN = frozenset("¤¥")
_EUC_HIRAGANA = frozenset("¤")  # a price list is full of ¥; nothing is full of ¤
# EUC-JP read as cp932 is half-width katakana, with ､ and ･ (A4, A5) before every kana of the original.
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HALF_STOPS = frozenset("､･")

# Pairs frequent in Japanese sentences whose reversal is rare: 『です』 is everywhere, 『すで』 is not.
_PAIRS = (
    "です ます ませ した して から こと ため ある する され など れる った ない という また より には では との への を行 必要 による について "
    "おり られ てい にお おい おけ ける きる こと もの よう ると すが する、 ます。 です。 した。 ます、 り、 て、 は、 が、 に、 を図 を進"
).split()
_LINE_START_STOPS = re.compile(r"^[。、」』)）]", re.MULTILINE)


def garble_of(text: str) -> Garble | None:
    """Say what is wrong with a text, if anything is.

    Args:
        text: A whole document's text or one page's.
    Returns:
        The first finding, or None for genuine (or empty) text.
    """
    dense = _SPACE.sub("", text)
    if not dense:
        return None
    for detect in _DETECTORS:
        garble = detect(dense)
        if garble is not None:
            return garble
    return _reversed(text)


def garble_of_page(text: str, *, image_share: float, outlines: int) -> Garble | None:
    """Say what is wrong with a PDF page, a missing text layer included.

    Args:
        text: The page's text layer; may be empty.
        image_share: Part of the page's area that its images cover, 0 to 1 (overlaps may exceed 1).
        outlines: Number of drawn paths; letters turned into outlines are some hundreds of them.
    Returns:
        The finding; None for genuine text and for a blank page.
    """
    size = len(_SPACE.sub("", text))
    # A scan's text layer, if any, is a stamp or page number; a title over a photograph is rarely shorter.
    if size < 12 and image_share >= 0.5:
        return Garble("文字の情報がない画像だけのページです", _RECREATE_PDF)
    if size == 0 and (image_share >= 0.05 or outlines >= 200):
        return Garble("文字の情報がなく、図や画像だけのページです", _RECREATE_PDF)
    return garble_of(text)


def _share(dense: str, characters: frozenset[str]) -> float:
    return sum(c in characters for c in dense) / len(dense)


def _replaced(dense: str) -> Garble | None:
    count = dense.count("\ufffd")
    if count >= 3 and count / len(dense) > 0.02:
        return Garble("文字化けしています(読めない文字が多数あります)", _SAVE_AS_UTF8)
    return None


def _mojibake(dense: str) -> Garble | None:
    latin = len(_UTF8_AS_LATIN.findall(dense)) * 3 / len(dense)
    euc = _share(dense, _EUC_AS_LATIN) > 0.15 and _share(dense, _EUC_HIRAGANA) > 0.05
    if latin > 0.2 or euc or _share(dense, _CP932_AS_LATIN) > 0.1:
        return Garble("文字化けしています(日本語が欧文の文字コードで読まれています)", _SAVE_AS_UTF8)
    if len(dense) >= 8 and _share(dense, _UTF8_AS_CP932) > 0.05:
        return Garble("文字化けしています(UTF-8 が Shift_JIS として読まれています)", _SAVE_AS_UTF8)
    return None


def _half_width(dense: str) -> Garble | None:
    kana = _HALF_KANA.findall(dense)
    if len(kana) >= 10 and len(kana) / len(dense) > 0.3 and sum(c in _HALF_STOPS for c in kana) / len(kana) > 0.2:
        return Garble("文字化けしています(半角カタカナの羅列になっています)", _SAVE_AS_UTF8)
    return None


def _cid(dense: str) -> Garble | None:
    if sum(map(len, _CID.findall(dense))) / len(dense) > 0.2:
        return Garble("文字の対応表がない PDF で、(cid:…) という符号しか取り出せません", _RECREATE_PDF)
    return None


def _unprintable(dense: str) -> Garble | None:
    categories = [unicodedata.category(c) for c in dense]
    controls = categories.count("Cc") + categories.count("Cn") + categories.count("Cs")
    if controls >= 3 and controls / len(dense) > 0.1:
        return Garble("制御文字が多く、文章として読めません", _RECREATE_PDF)
    # Bullets of symbol fonts come as private-use characters, one a line; a page whose letters do is another thing.
    private = categories.count("Co")
    if private >= 5 and private / len(dense) > 0.3:
        return Garble("外字(私用領域の文字)が多く、文章として読めません", _RECREATE_PDF)
    return None


def _reversed(text: str) -> Garble | None:
    # Columns of vertical writing, read from the wrong end. Lines are joined first, as sentences run over them.
    lines = [squeezed for line in text.splitlines() if (squeezed := _SPACE.sub("", line))]
    forward, backward = "".join(lines), "".join(line[::-1] for line in reversed(lines))
    ahead = sum(forward.count(pair) for pair in _PAIRS)
    behind = sum(backward.count(pair) for pair in _PAIRS)
    stops = len(_LINE_START_STOPS.findall("\n".join(lines)))
    # At least one tell-tale pair in 25 characters: genuine sentences have one in 8, lists of names hardly any.
    if behind >= 5 and behind * 25 >= len(forward) and behind + stops > 3 * (ahead + 1):
        return Garble("文字の並びが逆になっています(縦書きの読み取り誤り)", _RECREATE_PDF)
    return None


_DETECTORS: tuple[Callable[[str], Garble | None], ...] = (_replaced, _mojibake, _half_width, _cid, _unprintable)
