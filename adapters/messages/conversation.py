"""What is said in a conversation: turns in, reply out. Knows no platform and no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from adapters.messages.model import Kind, Reply
from bot import hours, places
from bot.answer import Act, Answer, Question, Turn
from bot.handoff.conduct import Conduct, Deed, Standing, Talk, Turned
from bot.ports import Answering
from bot.replies import STARTERS
from knowledge.wards import ward_of

TURNS = 12
"""Turns of a conversation that an answer takes into account."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, and what it changes."""

    reply: Reply | None
    """None: nothing is said."""
    text: str
    """The person's words as the conversation remembers them; empty: nothing is remembered."""
    ward: str | None
    """The person's ward from now on."""
    talk: Talk | None = None
    """What the talk about a handoff has come to; None: what it was."""
    deed: Deed = Deed.NONE
    """What else comes of it."""
    value: str = ""
    """What the deed is about."""
    answer: Answer | None = None
    """The answer that the reply brings, where the assistant was asked."""
    remembered: str | None = None
    """What the bot remembers having said; None: neither this nor the person's words, it was about a handoff."""


class Talker:
    """Answers in conversations."""

    def __init__(
        self,
        assistant: Answering,
        today: Callable[[], date],
        *,
        opening: str = "Mon-Fri 09:00-17:00 Asia/Tokyo",
        reachable: bool = False,
    ) -> None:
        """Take who answers.

        Args:
            assistant: Answers questions.
            today: The day on which.
            opening: When advisors are there, as in the settings.
            reachable: Whether there is a desk for them.
        """
        self._assistant = assistant
        self._today = today
        self._hours = hours.parse(opening)
        self._conduct = Conduct(assistant, self._hours, reachable=reachable)

    def respond(
        self, kind: Kind, text: str, history: Sequence[Turn], ward: str | None, standing: Standing | None = None
    ) -> Said:
        """Respond to one message (or several that are one).

        Args:
            kind: What it is.
            text: Its words.
            history: Turns before, oldest first.
            ward: The person's, if known.
            standing: How the conversation stands; None: with the bot, nothing offered.
        """
        standing = standing or Standing()
        match kind:
            case Kind.TEXT | Kind.TAP:
                return self._answer(text, history, ward, standing)
            case Kind.VOTE:
                turned = self._conduct.voted_down(standing) if text == "down" else None
                return _said(turned, "", ward) if turned else Said(None, "", ward)
            case Kind.PLACE:
                return self._place(text, ward)
            case Kind.FOLLOW:
                return Said(Reply(WELCOME, Act.GREET, choices=STARTERS), "", ward)
            case Kind.JOIN:
                return Said(Reply(JOINED, Act.GREET), "", ward)
            case Kind.STICKER:
                return Said(Reply(THANKS, Act.GREET, choices=STARTERS), "", ward)
            case Kind.MEDIA:
                return Said(Reply(MEDIA.format(kind=text or "ファイル"), Act.CLARIFY, choices=STARTERS), "", ward)
            case _:
                return Said(None, "", ward)

    def draft(self, text: str, ward: str | None) -> Reply:
        """Draft an answer for an advisor, who decides what comes of it."""
        return reply_of(self._assistant.answer(Question(text, self._today(), ward)))

    def now(self) -> datetime:
        """Tell the time for opening hours: the answering date with the clock's time, in the hours' zone."""
        return datetime.combine(self._today(), datetime.now(self._hours.zone).time(), self._hours.zone)

    def _answer(self, text: str, history: Sequence[Turn], ward: str | None, standing: Standing) -> Said:
        ward = places.own(text) or _tapped_ward(text) or ward
        question = Question(text, self._today(), ward, tuple(history[-TURNS:]))
        return _said(self._conduct.answer(question, standing, self.now()), text, ward)

    def _place(self, address: str, ward: str | None) -> Said:
        named = sorted(places.named(address))
        if len(named) != 1:
            return Said(Reply(PLACE_UNKNOWN, Act.CLARIFY, choices=WARDS), "", ward)
        name = places.ward_name(named[0])
        # Where somebody stands need not be where their shop is: it is asked, not assumed.
        return Said(Reply(PLACE_ASKED.format(ward=name), Act.CLARIFY, choices=(f"{name}です", *WARDS[-2:])), "", ward)


def _said(turned: Turned, text: str, ward: str | None) -> Said:
    return Said(
        reply_of(turned.answer),
        text,
        ward,
        talk=turned.talk,
        deed=turned.deed,
        value=turned.value,
        answer=turned.answer,
        remembered=turned.remembered,
    )


def reply_of(answer: Answer) -> Reply:
    """Give an answer as what is sent."""
    citations = tuple(asdict(citation) for citation in answer.citations)
    return Reply(answer.text, answer.act, citations, tuple(answer.choices), answer.confidence)


def _tapped_ward(text: str) -> str | None:
    return ward_of(text.strip().removesuffix("です"))


WARDS = ("千代田区です", "港区です", "葛飾区です", "ほかの区です", "わからない")
WELCOME = (
    "はじめまして、一歩(Ippo)です。お店や会社の省エネ・脱炭素、補助金のことを、資料をもとに出典つきでお答えする自動応答です。\n"
    "お送りいただいた文章は、回答と、答えられなかった質問の改善のために保存します。送信を取り消した文章は消します。「データ削除」と送ると、すべて消します。氏名や口座などは書かないでください。\n"
    "何から始めましょうか?"
)
JOINED = "お招きありがとうございます。資料をもとにお答えする自動応答の一歩(Ippo)です。私あてに「@」で呼びかけていただいたときだけお答えします。"
THANKS = "スタンプをありがとうございます。省エネや補助金のことで、知りたいことはありますか?"
MEDIA = (
    "{kind}をありがとうございます。自動応答では中身を見られず、保存もしていません。知りたいことを文章で教えてください。"
)
PLACE_UNKNOWN = "位置情報をありがとうございます。お店や会社は、どちらの区にありますか?"
PLACE_ASKED = "位置情報をありがとうございます。お店や会社は{ward}ですか?"
AGAIN = "さきほどの回答をもう一度"
"""Tapped to get an answer again of which nobody knows whether it arrived."""
TOO_MANY = "たくさんのメッセージをありがとうございます。1分ほど待ってから、いちばん知りたいことを1つ送ってください。"
APOLOGY = "申し訳ありません。うまくお答えできませんでした。少し言葉を変えて、もう一度送っていただけますか。相談窓口をお伝えすることもできます。"
APOLOGY_CHOICES = ("相談窓口は?", "担当者に相談したい")
