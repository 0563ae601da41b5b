"""What the conversation so far says: the interview's state, replayed from the turns, and which steps were told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot import places
from bot.answer import Question
from bot.interview.interview import asked_in, heard, label, reply
from bot.interview.state import UNKNOWN, Interview
from bot.plan.policy import policy
from knowledge.fold import fold, squeeze
from knowledge.wards import WARDS

ERASED = "ここまでの内容を消しました。"
"""How the assistant confirms that it forgot; a conversation is read from there on."""
_COMMANDS = (
    ("erase", r"^(?:もう一度|もういちど)?(?:最初|はじめ|初め|一)から(?:(?:やり直|始め|はじめ|もう一度|お願い|にし|で)\S{0,8})?$|^(?:(?:いま|今|ここ)まで?の)?(?:全部|ぜんぶ|内容|回答|答え|プラン|話|相談|これ)?(?:を|は|も)?(?:全部|ぜんぶ)?(?:消し|消去し|削除し|リセットし|忘れ)て(?:ください|下さい|ほしい|くれ)?$|^(?:リセット|消去|削除)$"),
    ("show", r"^(?:(?:いま|今|ここまで|これまで)の)?(?:内容|回答|答え|状況|プラン|計画|やること)(?:を|は|って|が)?(?:もう一度|もう1度)?(?:見せ\S{0,6}|見たい|みせ\S{0,6}|表示\S{0,4}|確認\S{0,6}|教え\S{0,6}|何|なに|どうなって\S{0,5})?$"),
    ("next", r"^(?:じゃあ?|では|それで|で)?[、,]?(?:その)?次(?:は|へ|を?(?:教えて|お願い)\S{0,5}|の?(?:一歩|1歩|ステップ|やること|手)(?:は|を\S{0,6})?|(?:は|に)?(?:何|なに|どう)(?:を|から)?(?:すれば|したら|やれば|する|やる)?(?:いい|よい|良い)?(?:の|ですか|んですか)?)?$"),
    ("resume", r"^(?:さっき|前|この前)?の?続き(?:を|から|は|で)?(?:お願い\S{0,5}|教えて\S{0,5}|やりたい|したい|始め\S{0,4})?$|^続けて\S{0,5}$"),
    ("done", r"^(?=.{1,24}$)(?!.*(?:何|どう|まだ|ない|たら|ですか?$|工事|注文|発注|契約|購入|買)).*(?:やった|やりました|やってみた|やってみました|できた|できました|おわった|終わった|終わりました|済んだ|済みました|済ませ(?:た|ました)|完了(?:しました)?|(?:集め|あつめ)(?:た|ました)|聞いた|聞きました|掃除し(?:た|ました))(?:よ|ー|~)*$"),
    ("pause", r"^(?:また)?(?:あとで|後で|今度|こんど|明日|あした)(?:に?する|にします|また来\S{0,4}|やる|やります|で(?:いい|大丈夫)\S{0,3})?$|^もう(?:いい|結構|十分|じゅうぶん)(?:です|よ)?$|^(?:今日は)?(?:ここまで|やめる|やめます|やめとく|やめておく\S{0,3}|終わり|おしまい|中断)(?:に?します|にする|です|で)?$"),
    ("agreed", r"^(?:はい|うん|ええ|ok|おけ|オッケー|オーケー|わかった|了解|よし|いいね|(?:じゃあ?)?(?:やってみ|やり|そうし|試し(?:てみ)?)(?:る|ます))(?:です|よ|ね|ー)*$"),
    ("stuck", r"^(?:うー?ん+[、。,]?|んー*|えー?と|えーっと)?(?:ちょっと|正直|まだ|全然|ぜんぜん|よく|どれも|それも|これも|なかなか)*(?:わから|わかん|わかりま|分から|分かん|難し|むずかし|無理|むり|できな|できてな|できてま|やってな|やってま|面倒|めんどう|めんどくさ|大変|時間がな|忙し)\S{0,10}$|^(?:うー*ん+|んー*|えー+|あー+)$"),
)  # fmt: skip
_THEN_NEXT = re.compile(r"(?<=[たよ])[。、!?]+(?:じゃあ?|で|それで)?[、]?次は.{0,8}$")
_ORDINALS = (r"^1(?!\d)|今日|1つ目|一つ目", r"^2(?!\d)|今月|2つ目|二つ目")
"""On folded text, where ① is 1."""
_WORD = re.compile(r"[一-龥ァ-ヶーA-Za-z0-9]{2,}")
_END = re.compile(r"[。.!?！？、\s]+$")


class Command(StrEnum):
    """What a person can ask of the plan in any turn."""

    ERASE = "erase"
    SHOW = "show"
    NEXT = "next"
    RESUME = "resume"
    DONE = "done"
    PAUSE = "pause"
    AGREED = "agreed"
    STUCK = "stuck"


ALSO_REPLIES = (Command.STUCK, Command.AGREED)
"""「わからない」 and 「はい」 reply to a question that stands open; without one, they are words to the plan."""


def command(text: str) -> Command | None:
    """Read a command; None for any other message."""
    plain = _END.sub("", fold(text).strip()).replace(" ", "").replace("「", "").replace("」", "")
    # What is done and then asked for in one message goes on to the next step anyway: 「検針票あつめた。次は?」
    plain = _THEN_NEXT.sub("", plain)
    return next((Command(name) for name, pattern in _COMMANDS if re.search(pattern, plain, re.IGNORECASE)), None)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, read as an interview."""

    interview: Interview
    asked: str = ""
    """Field that the assistant's last message asks for."""
    tries: int = 0
    """How often in a row it has asked that."""
    told: tuple[str, ...] = ()
    """Ids of the steps told in any message, in that order."""
    latest: tuple[str, ...] = ()
    """Those of the last message that told any."""
    begun: bool = False
    """A plan was told or a question of the interview asked."""
    ours: bool = False
    """The assistant's last message belongs to the plan."""


def replay(question: Question, known: Interview | None = None) -> Talk:
    """Read the turns before a question.

    Args:
        question: Its ward is the person's until they say another.
        known: What was stored of this conversation before the turns given.
    """
    start = known or Interview()
    if question.ward in WARDS and not start.place:
        start = replace(start, place=question.ward)
    talk = Talk(start, begun=known is not None)
    turns = question.history
    for i, turn in enumerate(turns):
        if turn.role == "assistant":
            talk = _listen(talk, turn.text)
            continue
        answered = next((later.text for later in turns[i + 1 :] if later.role == "assistant"), "")
        if ERASED in answered:
            talk = Talk(
                replace(Interview(), place=question.ward if question.ward in WARDS else ""), begun=True, ours=True
            )
        elif _is_ours(answered):
            talk = take(talk, turn.text)
    return talk


def take(talk: Talk, text: str) -> Talk:
    """Take over what a message of the person says: a tap, a reply, something by the way, a step done."""
    interview = talk.interview
    if command(text) is Command.DONE:
        step = done_step(talk, text)
        return replace(talk, interview=replace(interview, done=(*interview.done, step))) if step else talk
    if command(text) not in (None, *ALSO_REPLIES):
        return talk
    values = heard(text)
    tapped = label(text) if talk.begun else {}
    # 「その他」 is a trade only where no other question stands open.
    if talk.asked in ("", *tapped) or "other" not in tapped.values():
        values |= tapped
    if talk.asked:
        value = reply(talk.asked, text)
        if value is None and talk.asked not in values and talk.tries > 1:
            value = UNKNOWN if talk.asked != "concern" else "unsure"
        if value is not None:
            # The reply to a question about the building says nothing on the trade: 「自社の工場」 does both.
            values = {**values, talk.asked: value}
    named = places.named(text)
    if not interview.place and len(named) == 1:
        # 「港区では何から始めれば?」
        values.setdefault("place", next(iter(named)))
    return replace(talk, interview=interview.with_values(values))


def done_step(talk: Talk, text: str) -> str:
    """Give the step that 「やった」 means: the one it names, else the first of the last message that is not done."""
    open_ = [id_ for id_ in talk.latest if id_ not in talk.interview.done]
    open_ += [id_ for id_ in talk.told if id_ not in talk.interview.done and id_ not in open_]
    folded = fold(text)
    for ordinal, pattern in enumerate(_ORDINALS):
        if re.search(pattern, folded) and ordinal < len(talk.latest):
            return talk.latest[ordinal]
    # The first of those that the message names best; of a message that names none, the first.
    return max(open_, key=lambda id_: _named(policy().by_id(id_).name, folded), default="")


def _named(name: str, folded: str) -> int:
    """Count the words of a step's name that stand in a folded text; what is no hiragana is a word."""
    return sum(word in folded for word in set(_WORD.findall(fold(name))))


def steps_in(text: str) -> tuple[str, ...]:
    """List the steps that a message tells, in its order."""
    plain = squeeze(fold(text))
    found = [(plain.find(step.stem), step.id) for step in policy().step]
    return tuple(id_ for at, id_ in sorted(found) if at >= 0)


def _is_ours(text: str) -> bool:
    return bool(asked_in(text) or steps_in(text) or ERASED in text)


def _listen(talk: Talk, text: str) -> Talk:
    """Take over what a message of the assistant says."""
    steps, asked = steps_in(text), asked_in(text)
    if not _is_ours(text):
        return replace(talk, asked="", tries=0, ours=False)
    return replace(
        talk,
        asked=asked,
        tries=talk.tries + 1 if asked and asked == talk.asked else 1 if asked else 0,
        told=(*talk.told, *(id_ for id_ in steps if id_ not in talk.told)),
        latest=steps or talk.latest,
        begun=True,
        ours=True,
    )
