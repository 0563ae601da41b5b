"""The operators' own questions: what is answered well today has to be tomorrow.

They stand in `golden.jsonl` in the data directory, in the form that `ippo eval` takes; no file, no questions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.answer import Act, Answer, Question
from bot.evaluation import evaluate
from bot.ports import Answering
from knowledge.index import Index

FILE = "golden.jsonl"
NEEDED = ("id", "question", "kind", "must_contain", "must_not_contain", "evidence", "answerable", "expect")


class UnusableQuestions(ValueError):
    """A question set is wrong; the message names the line."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Knowledge that stays as it is: a generation that is tried."""

    index: Index

    def current(self) -> Index:
        """Give it."""
        return self.index


def load(data_dir: Path) -> list[dict[str, Any]]:
    """Read the operators' questions; none where there is no file.

    Raises:
        UnusableQuestions: The file can't be read, or a line of it.
    """
    try:
        with (data_dir / FILE).open(encoding="utf-8-sig") as file:
            return parse(file)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableQuestions(str(error)) from error


def parse(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Read questions, one JSON object a line; empty lines are skipped.

    Raises:
        UnusableQuestions: A line is no object, or lacks a field.
    """
    items: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            missing = [name for name in NEEDED if name not in item]
        except (ValueError, TypeError, RecursionError):
            raise UnusableQuestions(f"line {number}: no JSON object") from None
        if not isinstance(item, dict) or missing:
            raise UnusableQuestions(f"line {number}: {', '.join(missing) or 'an object'} missing")
        items.append({"history": [], **item})
    return items


def line(question: Question, answer: Answer) -> str:
    """Write a question down as a line of the file: it is to be answered, or not, as it is now, from the same passages."""
    answerable = answer.act is Act.ANSWER
    item = {
        "id": hashlib.sha256(f"{question.ward}\0{question.text}".encode()).hexdigest()[:8],
        "question": question.text,
        "ward": question.ward,
        "kind": "golden",
        "must_contain": [],
        "must_not_contain": [],
        "evidence": [citation.quote for citation in answer.citations] if answerable else [],
        "answerable": answerable,
        "expect": answer.act.value,
    }
    return json.dumps(item, ensure_ascii=False)


def passing(assistant: Answering, items: Sequence[Mapping[str, Any]], today: date) -> frozenset[str]:
    """Ask the questions; give the ids of those that are answered as they should be."""
    return frozenset(str(one.item["id"]) for one in evaluate(assistant, items, {}, today).results if one.passed)
