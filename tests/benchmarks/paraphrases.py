"""Faithful statements: sentences and rows of documents, said in other words by rules."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from knowledge.documents import Block
from knowledge.fold import readable

Rewrite = Callable[[str, random.Random], str]
"""Gives the sentence in other words, or as it was where the rule does not fit it."""

_DIGITS = "〇一二三四五六七八九"


def in_kanji(number: int) -> str:
    """Write 1 to 99,999,999 in kanji: 2500 → 二千五百."""
    if number >= 10_000:
        return in_kanji(number // 10_000) + "万" + (in_kanji(number % 10_000) if number % 10_000 else "")
    text = ""
    for size, mark in ((1000, "千"), (100, "百"), (10, "十")):
        digit = number // size % 10
        text += ("" if digit == 1 else _DIGITS[digit]) + mark if digit else ""
    return text + (_DIGITS[number % 10] if number % 10 else "")


def wide(text: str) -> str:
    """Write digits, and what stands between them, in full width."""
    return text.translate(str.maketrans("0123456789%/.,", "０１２３４５６７８９％／．，"))


def _money(text: str, drawn: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        amount = int(match[1].replace(",", ""))
        full = amount * 10_000
        return drawn.choice(
            (f"{full:,}円", f"{in_kanji(full)}円", wide(match.group()), f"¥{full:,}", f"{amount * 10}千円")
        )

    return re.sub(r"(?<![\d.])(\d[\d,]*)万円", other, text)


def _rate(text: str, drawn: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        number = int(match[1])
        forms = [f"{number}パーセント", wide(f"{number}%"), f"{number} %"]
        if number % 10 == 0 and number < 100:
            forms += [f"{number // 10}割", f"{_DIGITS[number // 10]}割", f"10分の{number // 10}"]
        if number == 50:
            forms += ["1/2", "２分の１", "半分"]
        if number % 10 and 10 < number < 100:
            forms.append(f"{number // 10}割{number % 10}分")
        return drawn.choice(forms)

    return re.sub(r"(?<![\d.])(\d{1,3})\s?[%％](?!以)", other, text)


def _day(text: str, drawn: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        year, month, day = map(int, match.groups())
        forms = (
            f"令和{year - 2018}年{month}月{day}日",
            f"R{year - 2018}.{month}.{day}",
            f"{year}/{month}/{day}",
            wide(match.group()),
            f"{month}月{day}日",
        )
        return drawn.choice(forms)

    return re.sub(r"(20[12]\d)年(\d{1,2})月(\d{1,2})日", other, text)


def _fiscal_year(text: str, drawn: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        era = int(match[1])
        return drawn.choice(
            (f"{era + 2018}年度", f"R{era}年度", f"令和{in_kanji(era)}年度", f"令和{wide(str(era))}年度")
        )

    return re.sub(r"令和(\d{1,2})年度", other, text)


def _clock(text: str, drawn: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        hour = int(match[1])
        return drawn.choice((f"{hour}時", f"午後{hour - 12}時" if hour > 12 else f"午前{hour}時", wide(match.group())))

    return re.sub(r"(?<!\d)(\d{1,2}):00", other, text)


def _number(text: str, drawn: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        number = int(match[1].replace(",", ""))
        forms = [wide(match.group()), f"{number}{match[2]}"]
        if 1 < number < 100 and match[2] in "社区人":
            forms.append(f"{in_kanji(number)}{match[2]}")
        return drawn.choice(forms)

    return re.sub(
        r"(?<![\d.,A-Za-z第~～-])(\d{1,3}(?:,\d{3})*)(社|区|人|件|t|トン|か所|回|組織)(?![A-Za-z])", other, text
    )


VALUES: tuple[Rewrite, ...] = (_money, _rate, _day, _fiscal_year, _clock, _number)


def values(text: str, drawn: random.Random) -> str:
    """Write every value in another way."""
    for rewrite in VALUES:
        text = rewrite(text, drawn)
    return text


def turned_around(text: str, drawn: random.Random) -> str:
    """Say what a sentence is about last: 「AはBです」 → 「BなのはAです」."""
    match = re.fullmatch(r"([^。、「」（）]{3,34})は、?([^「」（）。]{3,60}?)です。", text)
    if match and not re.search(r"は|が、", match[2]) and not re.search(r"[てでり]、", match[2]):
        return f"{match[2]}なのは、{match[1]}です。"
    lead = re.match(r"([^。、「」（）]{4,40}(?:では|には|について|によると))、(.+)。$", text)
    return f"{lead[2]}（{re.sub('(?:では|には|について|によると)$', '', lead[1])}）。" if lead else text


def told(text: str, drawn: random.Random) -> str:
    """Add the words by which an answer tells."""
    before = drawn.choice(("資料によると、", "資料では、", "案内によれば、", "ご質問の件ですが、", ""))
    pairs = (
        ("です。", drawn.choice(("です。", "となっています。", "だそうです。", "とされています。"))),
        ("しています。", drawn.choice(("しています。", "しているとのことです。"))),
        ("します。", drawn.choice(("します。", "するとされています。"))),
    )
    for old, new in pairs:
        if text.endswith(old):
            return f"{before}{text[: -len(old)]}{new}"
    return before + text


def shortened(text: str, drawn: random.Random) -> str:
    """Leave out what stands in round brackets."""
    return re.sub(r"（[^（）]{2,60}）", "", text)


_SYNONYMS = (
    ("会社", "企業"),
    ("行います", "実施します"),
    ("費用", "コスト"),
    ("お店や会社", "事業者"),
    ("申し込み", "申込み"),
    ("電話は", "電話番号は"),
    ("載っています", "掲載されています"),
    ("今ある", "既存の"),
    ("分かっている", "判明している"),
    ("手間なく", "手間をかけずに"),
)


def other_words(text: str, drawn: random.Random) -> str:
    """Take everyday words for others that mean the same."""
    for old, new in _SYNONYMS:
        text = re.sub(rf"(?<!株式)(?<!有限){old}", new, text)
    return text


def emphasised(text: str, drawn: random.Random) -> str:
    """Set figures in bold, as models do, or the whole as a list's item."""
    if drawn.random() < 0.5:
        return f"- {text}"
    return re.sub(r"(\d[\d,]*(?:万円|円|%|％|社|t))", r"**\1**", text)


SENTENCES: dict[str, Rewrite] = {
    "verbatim": lambda text, drawn: text,
    "values": values,
    "order": turned_around,
    "told": told,
    "shortened": shortened,
    "words": other_words,
    "emphasis": emphasised,
}
"""Ways to say a sentence."""


_OWN_SUBJECT = re.compile(r"^(?!とくに|いまも|別|文|年|名前|数字)[^。、はが]{2,40}(?:は|が|には|では)、?")


def merged(first: str, second: str) -> str:
    """Make one sentence of two; empty where the first can't be carried on, or the second has no subject of its own."""
    if not _OWN_SUBJECT.match(first) or not _OWN_SUBJECT.match(second):
        return ""
    pairs = (
        ("です。", "で、"),
        ("ています。", "ており、"),
        ("します。", "し、"),
        ("ません。", "ませんが、"),
        ("ます。", "ますし、"),
    )
    return next((f"{first[: -len(old)]}{new}{second}" for old, new in pairs if first.endswith(old)), "")


def of_row(block: Block, drawn: random.Random, *, whole: bool) -> str:
    """Tell a table's row as a sentence; empty where it has no head.

    Args:
        block: A row.
        drawn: Chooses the cells.
        whole: All cells, else one.
    """
    filled = [(head, readable(cell)) for head, cell in zip(block.header, block.carried, strict=False) if head and cell]
    if len(filled) < 2 or any("\n" in cell for _, cell in filled):
        return ""
    label, rest = filled[0][1], filled[1:]
    # A second column of words belongs to the label: 太陽光発電（区民）.
    while len(rest) > 1 and not re.search(r"\d", rest[0][1]) and re.search(r"\d", rest[1][1]):
        label, rest = f"{label}（{rest[0][1]}）", rest[1:]
    if whole and len(rest) <= 4:
        return f"{label}は、" + "、".join(f"{head}が{cell}" for head, cell in rest) + "です。"
    head, cell = drawn.choice(rest)
    return f"{label}の{head}は、{cell.rstrip('。')}です。"


def marked(text: str, numbers: tuple[int, ...], drawn: random.Random) -> str:
    """Put marks at a sentence, before or behind its end, in one of the ways models write them."""
    plain = "".join(f"[S{n}]" for n in numbers)
    together = f"[{', '.join(f'S{n}' for n in numbers)}]"
    marks = drawn.choice(
        (plain, plain, together, wide(plain).replace("[", "［").replace("]", "］").replace("S", "Ｓ"), f" {plain}")
    )
    if text.endswith("。") and drawn.random() < 0.5:
        return f"{text[:-1]}{marks}。"
    return f"{text}{marks}"
