"""What the person is told around a handoff. The sentences stand in `words.toml`; here is when which one holds.

Every function gives plain text without markers, in Japanese, or in English with `english=True`. Instants are aware.
An advisor's name is as it should be shown, 「田中」; empty where it should not be.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.hours import Hours
from bot.opening import clock, closing, describe, moment, next_opening

if TYPE_CHECKING:
    from bot.handoff.topics import Topic

DATA = Path(__file__).parent / "words.toml"

CALL = "相談員に聞く"
CANCEL = "やっぱりいい"
LEAVE_CONTACT = "連絡先を残す"
YES = "はい、お願いします"
NO = "いいえ"
RATINGS = ("解決しました", "少し役に立ちました", "解決しませんでした")
"""Best first: 3, 2, 1 for `replies.rating_of`."""

USUAL_WAIT = timedelta(minutes=30)
"""What `wait_open` says an answer takes."""


def called(
    hours: Hours, at: datetime, *, here: bool, reachable_by: str, contact: str = "", english: bool = False
) -> str:
    """Say that an advisor is called, and when to expect an answer.

    Args:
        hours: When advisors answer.
        at: Now.
        here: The answer appears on a page that may be closed; then a contact is offered.
        reachable_by: Where else the answer arrives, in the person's words: 「このLINEのトーク」, "in this thread"; unused
            where `here` holds.
        contact: The person's contact, masked, where it is kept already.
        english: Whether the person writes English.
    """
    place = _say("place_page", english) if here else reachable_by
    text = _say("called", english, place=place, wait=_wait(hours, at, english), cancel=CANCEL)
    return f"{text}\n{_closing_the_page(contact, english)}" if here else text


def already_waiting(hours: Hours, at: datetime, since: datetime, *, english: bool = False) -> str:
    """Say that an advisor has been called before."""
    return _say("already_waiting", english, since=moment(since, hours), wait=_wait(hours, at, english))


def takes_longer(hours: Hours, at: datetime, *, here: bool = False, contact: str = "", english: bool = False) -> str:
    """Say that nobody has answered yet, and how it goes on."""
    # The usual wait is over by now: to name it again would be mockery.
    still_open = closing(hours, at) is not None
    wait = _say("wait_on", english, hours=describe(hours, english=english)) if still_open else _wait(hours, at, english)
    text = _say("takes_longer", english, wait=wait, cancel=CANCEL)
    return f"{text}\n{_closing_the_page(contact, english)}" if here else text


def _wait(hours: Hours, at: datetime, english: bool) -> str:
    end, opening = closing(hours, at), next_opening(hours, at)
    following = moment(opening, hours) if opening else ""
    if end is None:
        if not following:
            return _say("wait_unknown", english)
        return _say("wait_shut", english, hours=describe(hours, english=english), next=following)
    text = _say("wait_open", english, hours=describe(hours, english=english))
    # Compared in seconds that pass: within one zone Python subtracts what clocks show.
    if end.timestamp() - at.timestamp() > USUAL_WAIT.total_seconds():
        return text
    last = _say("wait_last", english, end=clock(end.time()), next=following) if following else ""
    return text + (last or _say("wait_last_unknown", english, end=clock(end.time())))


def _closing_the_page(contact: str, english: bool) -> str:
    if contact:
        return _say("has_contact", english, contact=contact)
    return _say("leave_contact", english, leave=LEAVE_CONTACT)


def cancelled(*, english: bool = False) -> str:
    """Confirm that the call is taken back."""
    return _say("cancelled", english)


def nothing_to_cancel(*, english: bool = False) -> str:
    """Say that nobody was called."""
    return _say("nothing_to_cancel", english)


def claimed(advisor: str, *, english: bool = False) -> str:
    """Say that an advisor answers from here on."""
    return _say("claimed", english, advisor=_name(advisor, english))


def handed_over(advisor: str, *, english: bool = False) -> str:
    """Say that another advisor answers from here on."""
    return _say("handed_over", english, advisor=_name(advisor, english))


def returned(advisor: str, *, english: bool = False) -> str:
    """Say that the bot answers again."""
    return _say("returned", english, advisor=_name(advisor, english), call=CALL)


def closed(advisor: str, *, english: bool = False) -> str:
    """Say that the advisor has ended it, and ask how it went; `RATINGS` are the answers to tap."""
    return _say("closed", english, advisor=_name(advisor, english))


def rated(rating: int | None = None, *, english: bool = False) -> str:
    """Thank for a rating; the lowest, 1, gets an apology and the way back to an advisor."""
    return _say("rated_low", english, call=CALL) if rating == 1 else _say("rated", english)


def ask_contact(*, english: bool = False) -> str:
    """Ask for a phone number or mail address."""
    return _say("ask_contact", english)


def no_contact_found(*, english: bool = False) -> str:
    """Say that a message held no contact that could be read."""
    return _say("no_contact_found", english)


def confirm_contact(masked: str, *, english: bool = False) -> str:
    """Ask for consent to hand a contact on; `YES` and `NO` are the answers to tap."""
    return _say("confirm_contact", english, masked=masked)


def contact_kept(*, english: bool = False) -> str:
    """Say that the advisors have the contact."""
    return _say("contact_kept", english)


def contact_dropped(*, english: bool = False) -> str:
    """Say that no contact is handed on."""
    return _say("contact_dropped", english)


def offer(topic: Topic | None = None, *, english: bool = False) -> str:
    """Give the line below an answer that says that a person can be asked; with a topic, why one should be."""
    if topic is None:
        return _say("offer", english, call=CALL)
    return _say("offer_topic", english, caution=topic.caution, call=CALL)


def no_desk(hours: Hours, contact_line: str, *, english: bool = False) -> str:
    """Say that nobody answers from here, and where to ask instead.

    Args:
        hours: When the place that is named can be reached.
        contact_line: A sentence that names the place, with its marker if it is cited.
        english: Whether the person writes English.
    """
    return _say("no_desk", english, contact=contact_line, hours=describe(hours, english=english))


def safety(*, english: bool = False) -> str:
    """Say what comes before any advice where there is danger."""
    return _say("safety", english)


def angry(*, english: bool = False) -> str:
    """Apologise; what happens next is said by `called` or `no_desk` below it."""
    return _say("angry", english)


def thumbs_down(*, english: bool = False) -> str:
    """Answer to an answer marked as no help."""
    return _say("thumbs_down", english, call=CALL)


def media_kept(*, english: bool = False) -> str:
    """Say that a photo or file is kept for the advisors."""
    return _say("media_kept", english)


def media_unread(*, english: bool = False) -> str:
    """Say that photos, files and voice can't be read while the bot answers."""
    return _say("media_unread", english)


def _name(advisor: str, english: bool) -> str:
    if not advisor:
        return ""
    return f" {advisor}" if english else f"の{advisor}"


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Give the sentences by name and language, `ja` and `en`, with what is filled in as `{…}`."""
    table: dict[str, dict[str, str]] = tomllib.loads(DATA.read_text("utf-8"))
    return table


def _say(name: str, english: bool, **filled: str) -> str:
    return sentences()[name]["en" if english else "ja"].format(**filled)
