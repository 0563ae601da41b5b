"""The bot's conduct around a handoff: when a person is called or offered, and what is said while one is awaited.

It stands around the assistant. What is about the handoff itself it answers; everything else the assistant answers, and
a person is offered beside it where a machine must not have the last word.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot import erasing, policies
from bot.answer import Act, Answer, Question
from bot.handoff import replies, words
from bot.handoff.states import State
from bot.handoff.topics import Topic, topics_of
from bot.hours import Hours
from bot.ports import Answering
from bot.privacy import contacts_in

MISSES = 2
"""Questions running that the bot could not answer, after which it offers a person."""
ASKED = "asked"
UNANSWERED = "unanswered"
VOTED_DOWN = "voted_down"
FAILED = "failed"
"""Reasons beside the topics' ids."""
_CONTACT, _CONSENT, _ERASE = "contact", "consent", "erase"


@dataclass(frozen=True, slots=True)
class Talk:
    """What the talk about a handoff has come to; kept with the conversation."""

    offer: str = ""
    """Reason for which a person was offered with the last answer."""
    misses: int = 0
    """Questions running that could not be answered."""
    asking: str = ""
    """What was asked last: `contact`, `consent`, `erase`."""
    contact: str = ""
    """A way to be reached that the person has yet to consent to."""

    def to_json(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> Talk:
        """Read what `to_json` wrote; what is not known is left out."""
        values = json.loads(stored)
        return cls(**{name: values[name] for name in cls.__slots__ if name in values})


class Deed(StrEnum):
    """What a reply brings about beside being said."""

    NONE = ""
    CALL = "call"
    """A person is called; `value` is the reason."""
    CANCEL = "cancel"
    RATE = "rate"
    """The person rates the last case; `value` is 1 to 3."""
    CONTACT = "contact"
    """The person consents to `value` being passed on."""
    ERASE = "erase"
    """Everything about the person is erased."""
    EXPORT = "export"
    """The person is shown what is kept of them: the reply's text is made from it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands when a message comes."""

    state: State = State.WITH_BOT
    talk: Talk = Talk()
    since: datetime | None = None
    """Since when a person is awaited."""
    on_page: bool = False
    """The answer appears on a web page, and nowhere else."""
    place: str = "この会話"
    """Where else it arrives, in the person's words: 「このLINEのトーク」."""
    is_person: bool = True
    """One person alone with the bot; false in groups."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What is said, and what comes of it."""

    answer: Answer
    talk: Talk
    deed: Deed = Deed.NONE
    value: str = ""
    remembered: str | None = None
    """What the bot remembers having said; None: nothing of this turn, it was about the handoff."""


class Conduct:
    """Answers, and calls a person where one is needed. Safe to use from several threads."""

    def __init__(self, assistant: Answering, hours: Hours, *, reachable: bool) -> None:
        """Take who answers.

        Args:
            assistant: Answers questions.
            hours: When advisors are there.
            reachable: Whether there is a desk at all; without one nobody is offered.
        """
        self._assistant = assistant
        self._hours = hours
        self._reachable = reachable

    def answer(self, question: Question, standing: Standing, at: datetime) -> Turned:
        """Answer one message.

        Args:
            question: What is asked.
            standing: How the conversation stands.
            at: The time, in the hours' zone; its date is the question's.
        """
        for look in (self._personal, self._of_the_case, self._immediate, self._accepted):
            turned = look(question, standing, at)
            if turned is not None:
                return turned
        answer = self._assistant.answer(question)
        if answer.act is Act.HANDOFF:
            return self._called(answer, standing, at, ASKED)
        return self._offering(answer, question, standing)

    def voted_down(self, standing: Standing) -> Turned | None:
        """Offer a person to someone whom an answer did not help; None where nobody can be offered, or one is coming."""
        if not self._reachable or standing.state is State.WAITING:
            return None
        said = Answer(Act.CLARIFY, words.thumbs_down(), choices=(words.CALL,), confidence=0.0)
        return Turned(said, replace(standing.talk, offer=VOTED_DOWN))

    def _personal(self, question: Question, standing: Standing, at: datetime) -> Turned | None:
        """Erase or show what is kept of a person."""
        text, talk = question.text, replace(standing.talk, asking="")
        if not standing.is_person:
            return None
        if standing.talk.asking == _ERASE:
            if text.strip() == erasing.YES_ERASE or replies.is_yes(text):
                return Turned(_plain(erasing.erased()), Talk(), Deed.ERASE)
            if text.strip() == erasing.NO_ERASE or replies.is_no(text):
                return Turned(_plain(erasing.kept()), talk)
        if erasing.asks_to_erase(text):
            asked = _plain(erasing.confirm(), Act.CLARIFY, (erasing.YES_ERASE, erasing.NO_ERASE))
            return Turned(asked, replace(talk, asking=_ERASE))
        if erasing.asks_to_export(text):
            # What is said is made where the data is.
            return Turned(_plain(""), talk, Deed.EXPORT)
        return None

    def _of_the_case(self, question: Question, standing: Standing, at: datetime) -> Turned | None:
        """Answer what is about a case that waits, or that has just been closed."""
        text, talk = question.text, standing.talk
        if standing.state is State.CLOSED:
            rating = replies.rating_of(text)
            if rating is None:
                return None
            again = (words.CALL,) if rating == 1 and self._reachable else ()
            return Turned(_plain(words.rated(rating), choices=again), Talk(), Deed.RATE, str(rating))
        if standing.state is not State.WAITING:
            return None
        if replies.is_cancel(text):
            return Turned(_plain(words.cancelled()), Talk(), Deed.CANCEL)
        if talk.asking == _CONSENT and (replies.is_yes(text) or replies.is_no(text)):
            if replies.is_yes(text):
                return Turned(_plain(words.contact_kept()), Talk(), Deed.CONTACT, talk.contact)
            return Turned(_plain(words.contact_dropped()), Talk())
        found = contacts_in(text)
        if found and (talk.asking == _CONTACT or standing.on_page):
            said = _plain(
                words.confirm_contact("、".join(one.masked for one in found)), Act.CLARIFY, (words.YES, words.NO)
            )
            return Turned(said, Talk(asking=_CONSENT, contact="、".join(one.value for one in found)))
        if text.strip() == words.LEAVE_CONTACT:
            return Turned(_plain(words.ask_contact(), Act.CLARIFY), replace(talk, asking=_CONTACT))
        if policies.wants_person(text):
            waiting = words.already_waiting(self._hours, at, standing.since or at)
            return Turned(_plain(waiting, Act.HANDOFF, (words.CANCEL,)), talk)
        return None

    def _immediate(self, question: Question, standing: Standing, at: datetime) -> Turned | None:
        """Call a person without asking where somebody is in danger, or angry."""
        for topic in topics_of(question.text, question.today):
            if topic.immediate and (topic.id == "safety" or self._reachable):
                first = words.safety() if topic.id == "safety" else words.angry()
                return self._called(_plain(first, Act.HANDOFF), standing, at, topic.id, before=first)
        return None

    def _accepted(self, question: Question, standing: Standing, at: datetime) -> Turned | None:
        """Take a yes to the offer that came with the last answer."""
        offer = standing.talk.offer
        if offer and self._reachable and standing.state is not State.WAITING and replies.is_yes(question.text):
            return self._called(_plain("", Act.HANDOFF), standing, at, offer)
        return None

    def _called(self, answer: Answer, standing: Standing, at: datetime, reason: str, *, before: str = "") -> Turned:
        """Say that a person is called, and what will happen; without a desk the assistant's own words stand."""
        if not self._reachable:
            return Turned(answer, Talk())
        if standing.state is State.WAITING:
            waiting = words.already_waiting(self._hours, at, standing.since or at)
            said = f"{before}\n{waiting}" if before else waiting
            return Turned(_plain(said, Act.HANDOFF, (words.CANCEL,)), standing.talk)
        reason = standing.talk.offer or reason
        said = words.called(self._hours, at, here=standing.on_page, reachable_by=standing.place)
        # Whom to call in a hurry is proved by a passage, so that line stays as the assistant wrote it.
        proved = [line for line in answer.text.split("\n") if "[1]" in line]
        choices = (words.CANCEL, words.LEAVE_CONTACT) if standing.on_page else (words.CANCEL,)
        full = "\n".join([*([before] if before else []), said, *proved])
        kept = answer.citations if proved else ()
        return Turned(
            replace(answer, act=Act.HANDOFF, text=full, citations=kept, choices=choices), Talk(), Deed.CALL, reason
        )

    def _offering(self, answer: Answer, question: Question, standing: Standing) -> Turned:
        """Offer a person beside an answer, where it is due."""
        misses = standing.talk.misses
        if answer.act is Act.ABSTAIN:
            misses += 1
        elif answer.act is Act.ANSWER:
            misses = 0
        reason, topic = self._due(answer, question, misses)
        if not reason or not self._reachable or standing.state is State.WAITING:
            return Turned(answer, Talk(misses=misses), remembered=answer.text)
        said = replace(
            answer, text=f"{answer.text}\n\n{words.offer(topic)}", choices=(words.CALL, *answer.choices)[:13]
        )
        return Turned(said, Talk(offer=reason, misses=misses), remembered=answer.text)

    def _due(self, answer: Answer, question: Question, misses: int) -> tuple[str, Topic | None]:
        if answer.act in (Act.REFUSE, Act.GREET):
            return "", None
        for topic in topics_of(question.text, question.today):
            if not topic.immediate:
                return topic.id, topic
        return (UNANSWERED, None) if misses >= MISSES and answer.act is Act.ABSTAIN else ("", None)


def _plain(text: str, act: Act = Act.GREET, choices: tuple[str, ...] = ()) -> Answer:
    return Answer(act, text, choices=choices, confidence=0.0)
