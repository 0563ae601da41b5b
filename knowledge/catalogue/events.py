"""Entries with a date, as exact as the documents give it and no more."""

from __future__ import annotations

import calendar
import datetime as dt
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from knowledge.catalogue.models import Entry, Id, Pointer, Text, check_wards


class EventKind(StrEnum):
    """What sort of event."""

    COURSE = "course"
    """A series over the whole of its span; the others happen once, somewhere in it."""
    SEMINAR = "seminar"
    EXCHANGE = "exchange"
    FAIR = "fair"
    VISIT = "visit"
    NEWS = "news"
    """For the press."""


class Precision(StrEnum):
    """How exactly a date is known; `start` and `end` are the first and last day that it can mean."""

    DAY = "day"
    PART = "part"
    """上旬, 中旬, 下旬: a third of a month."""
    MONTH = "month"
    SEASON = "season"
    RANGE = "range"
    """From a day or month to another."""


class Event(Entry):
    """Something that takes place."""

    id: Id
    name: Text
    names: tuple[Text, ...] = ()
    kind: EventKind
    start: dt.date
    end: dt.date
    precision: Precision
    when: Text
    """The date as it is said, no more exact than the documents: 2026年5月中旬."""
    time: str = ""
    wards: tuple[str, ...]
    organiser: str = ""
    about: str = ""
    """A noun phrase."""
    about_proof: Pointer | None = None
    """What proves `about`, where `proof` only gives the date."""
    topics: tuple[Text, ...] = ()
    speakers: tuple[Text, ...] = ()
    inferred: bool = False
    """Read off the layout of a timetable, not stated."""
    contact: Id | None = None
    proof: Pointer

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        first, last = self.start, self.end
        thirds = {1: 10, 11: 20, 21: _last_day(first)}
        fits = {
            Precision.DAY: first == last,
            Precision.PART: thirds.get(first.day) == last.day and first.month == last.month,
            Precision.MONTH: first.day == 1 and last == first.replace(day=_last_day(first)),
            Precision.SEASON: first < last,
            Precision.RANGE: first < last,
        }
        if first > last or not fits[self.precision]:
            raise ValueError(f"{first} to {last} is no {self.precision}")
        check_wards(*self.wards)
        return self


def _last_day(day: dt.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
