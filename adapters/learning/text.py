"""An advisor's answer as a source: plain text in, Markdown with its facts at the head out."""

from __future__ import annotations

import re
from datetime import date, timedelta

import yaml

from bot.text.dating import fiscal_label
from knowledge.dates import fiscal_year
from knowledge.documents import CONFIRMED, Kind
from knowledge.fold import fold

PUBLISHER = "Ippo相談員"
EVERY_WARD = "all23"
# With a space behind it: -5 is a number.
_BULLET = re.compile(r"^(?:[-*+•]\s+|・\s*)")
_NUMBER = re.compile(r"^(\d{1,9})[.)](?:\s+|$)")
_NO_WORD = re.compile(r"^[\W_]+$")
_OPENS = str.maketrans("#>|<[`~", "＃＞｜＜［｀〜")
"""What would begin a heading, a quotation, a table, a tag, a link or code, as the wide sign that begins nothing."""
_INSIDE = str.maketrans("<>`", "＜＞｀")
_AMOUNT = re.compile(r"\d[\d,.]*\s*(?:万|億|千|百)?円|\d+\s*万(?![\dkKh人])")
_SAYS_YEAR = re.compile(r"年度")


def plain(text: str) -> str:
    """Write a text so that Markdown reads nothing into it: what a person typed is what is quoted later.

    Returns:
        Lines without white space at their ends and without empty ones; bullets as 「・」.
    """
    lines = (_line(" ".join(line.split())) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """The same on one line, for a question or a source."""
    return " ".join(plain(text).split("\n"))


def speaks_of_money(text: str) -> bool:
    """Tell whether a text names a sum."""
    return bool(_AMOUNT.search(fold(text)))


def as_source(*, question: str, answer: str, based_on: str, ward: str | None, expires: date, approved: date) -> str:
    """Write a draft as the Markdown that is ingested.

    Args:
        question: On one line.
        answer: As `plain` gives it.
        based_on: A text or an address, on one line.
        ward: In romaji; None: it holds in all of them.
        expires: The day from which on it does not answer any more.
        approved: When it was approved.
    """
    facts: dict[str, object] = {
        "title": question,
        "publisher": PUBLISHER,
        "date": approved.isoformat(),
        "wards": [ward or EVERY_WARD],
        "kind": Kind.FAQ.value,
        "valid_until": (expires - timedelta(days=1)).isoformat(),
        "reviewed_on": approved.isoformat(),
        "trust": CONFIRMED,
    }
    if re.fullmatch(r"https?://\S+", based_on):
        facts["url"] = based_on
    parts = [
        f"# {question}",
        f"(相談員が確認した回答・{approved.year}年{approved.month}月{approved.day}日)",
        *answer.split("\n"),
    ]
    if speaks_of_money(answer):
        # A sum without its year would be read as this year's for as long as the answer stands.
        facts["fiscal_year"] = fiscal_year(approved)
        if not _SAYS_YEAR.search(answer):
            parts.append(f"(金額は{fiscal_label(approved)}のものです)")
    head = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{head}---\n" + "\n\n".join([*parts, f"根拠: {based_on}"]) + "\n"


def _line(line: str) -> str:
    if _NO_WORD.match(line):
        # A rule across the page, or what would make a heading of the line above.
        return ""
    line = _NUMBER.sub(r"\1．", _BULLET.sub("・", line))
    return line[:1].translate(_OPENS) + line[1:].translate(_INSIDE)
