"""A question as JSON or as arguments → `bot.answer.Question`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from bot.answer import Question, Turn
from knowledge.wards import WARDS


def check_ward(value: str | None) -> str | None:
    """Check a ward.

    Raises:
        ValueError: Lists the 23 wards in romaji.
    """
    if value is not None and value not in WARDS:
        raise ValueError(f"{value!r} is none of the 23 wards: {', '.join(WARDS)}")
    return value


def clean(text: str) -> str:
    """Replace what no UTF-8 text can hold (lone surrogates), which would fail only when the answer is written."""
    return text.encode("utf-8", "replace").decode("utf-8")


class _Turn(BaseModel):
    role: Literal["user", "assistant"]
    text: Annotated[str, AfterValidator(clean)]


class Item(BaseModel):
    """One line of a batch; other keys (a question set's expectations) are left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int | None = None
    question: Annotated[str, AfterValidator(clean)]
    ward: Annotated[str | None, AfterValidator(check_ward)] = None
    history: list[_Turn] = []
    today: date | None = None

    def asked(self, today: date) -> Question:
        """Give the question, on its own date or on the given one."""
        return Question(
            text=self.question,
            today=self.today or today,
            ward=self.ward,
            history=tuple(Turn(turn.role, turn.text) for turn in self.history),
        )


def read(line: str) -> Item:
    """Read one JSON line.

    Raises:
        ValueError: Says on one line what is wrong with it.
    """
    try:
        return Item.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise ValueError(f"{place}: {problem['msg']}" if place else str(problem["msg"])) from None
