"""Whose a message is: the plan's, or that of the others who answer."""

from __future__ import annotations

import re

from bot import policies
from bot.interview.interview import heard, label, reply
from bot.plan.talk import ALSO_REPLIES, Command, Talk, command, done_step
from bot.reading import Reading
from knowledge.catalogue.load import shipped
from knowledge.catalogue.queries import needs_in

_COVERED = frozenset(
    "power-saving accounting window heat aircon recycling food-loss renewable diagnosis plan consulting operation".split()
)
"""Needs of the catalogue that the policy speaks to; a question that names another one is answered from the documents."""
_FOR_OTHERS = re.compile(
    r"会員|商店(?:街|会)の?.{0,6}(?:者|担当|役員)|声(?:を)?(?:か|掛)け|すすめ(?:る|たい)|勧め(?:る|れば|たい)|と?言われて(?:る|いる|います)"
)
"""It asks for other businesses, or for what somebody has said: not a matter of the person's own plan."""
_BEGIN = re.compile(
    r"(?:何|なに|どこ)から(?:でき|や[るれっ]|す[るれ]|手|始め|はじめ|取り|[?。、]|$)|できること(?:は|って|が|も|とか)?(?:ある|あり|ない|何|なに|[?。]|$)|(?:何|なに)(?:が|か)(?:でき|始められ)(?:る|ます)|"
    r"(?:なんか|何か|なにか)(?:し(?:なきゃ|ないと|なくちゃ|たい)|やら(?:なきゃ|ないと|なくちゃ)|やりたい|始めたい|はじめたい|できないか)|"
    r"(?:脱炭素|省エネ|エコ(?:な)?(?:こと|活動)?|環境(?:のこと|対策|活動)?|温暖化対策)(?:に|を|も)?(?:し|やり|始め|はじめ|取り組み|とりくみ|進め)たい|CO2(?:の?排出量?)?を?(?:減ら|へら|下げ|削減)(?:し)?たい|"
    r"(?:今日|今週|今月|今すぐ)(?:中に|に)?(?:できる|やる)(?:こと|の)|プランを?(?:作|立て|つく|考え)|(?:どうにか|何とか|なんとか)(?:なり|でき)(?:ます|ませ|ない)",
    re.IGNORECASE,
)
"""Ways to ask where to begin, beside those that `Reading.first_step` knows."""
_HELPLESS = re.compile(
    r"^(?:(?:まったく|全く)?(?:の)?(?:初心者|素人)|(?:何も|よく|全然|さっぱり)(?:わか|分か)(?:らない|らん|りません)|相談(?:し(?:たい|ても)|に(?:乗|の)って)|どうしよう|困って(?:る|い))\S{0,16}$"
)
"""Said at the start of a conversation, it asks where to begin; later it is about what was said before."""
_TROUBLE = re.compile(
    r"高(?:い|く|すぎ)|きつ|厳し|苦し|困|つら|悩|たまらな|しんど|ため息|上がっ|値上が|多(?:い|く|すぎ)|暑(?:い|く|すぎ)|寒(?:い|く|すぎ)|"
    r"(?:下げ|減らし|へらし|安くし|抑え|おさえ|節約し|何とかし|なんとかし|どうにかし|切り替え|にし)たい|(?:聞か|求め(?:ら)?|言わ|頼ま)れ"
)
_ASKS = re.compile(
    r"[?]|方法|どこ|いつ|いくら|誰|だれ|どの|会社(?:は|が|を(?:教|紹介|知|探))|教えて|ですか|ますか|でしょうか|とは|(?:もう|すでに).{0,12}した"
)
_FIGURE = re.compile(r"(?<!CO)\d", re.IGNORECASE)
"""Whoever gives a figure asks something of it: 「粗大ごみで出したい。60cm」."""
_IN_A_CASE = re.compile(r"(?:とき|時|場合|際)(?:は|に|って)?.{0,6}どう")
"""「急ぎのときはどうすれば」 asks about one case."""
_LEANS = re.compile(r"それ|その|これ|この|そこ|そちら")
_ORDER = re.compile(r"買|購入|注文|発注|契約(?:し|する|を変)|工事|取り?替え|入れ替え|業者|見積")
_NO_ORDER = re.compile(
    r"(?:工事|契約|購入|お金|費用)(?:とか|も|は|を|が|なんて)?(?:なし|ナシ|無し|なく|せず|かけず|かけない|しない|しなくて|できない|出せない|勝手に|抜き)|買わ(?:ず|ない)|買い物"
)
_INTRODUCES = re.compile(r"(?:です|ます|だよ|やって(?:い)?る|して(?:い)?る|なんだけど|ですけど|ですが)[。!]*$")
_BARE_DONE = re.compile(
    r"^(?:やった|やりました|できた|できました|終わった|おわった|終わりました|済んだ|済ませた|完了(?:しました)?)[よー。!]*$"
)
_OTHER_MATTER = re.compile(r"催し|イベント|セミナー|交流会|フォーラム|日程")
_COMPLAINT_LENGTH = 60
"""Characters up to which a complaint says no more than that."""
_REPLY_LENGTH = 15
"""Characters up to which a message that says nothing we know counts as an unclear reply."""


def is_ours(reading: Reading, talk: Talk) -> bool:
    """Tell whether a message is for the plan.

    It is a word to the plan, a tap, the reply to the interview's question, or asks where to begin.
    """
    if word_to_plan(reading, talk) is not None:
        return True
    if command(reading.text) not in (None, *ALSO_REPLIES):
        return False
    if _is_tap(reading, talk) or _is_reply(reading, talk) or _adds(reading, talk):
        return True
    return (reading.first_step or _begins(reading)) and _is_own_and_wide(reading, talk)


def word_to_plan(reading: Reading, talk: Talk) -> Command | None:
    """Give the command of a message, if there is a plan that can obey it now."""
    said = command(reading.text)
    obeyed = {
        Command.ERASE: talk.begun,
        Command.SHOW: talk.begun or "プラン" in reading.text,
        Command.NEXT: talk.begun and (talk.ours or not _OTHER_MATTER.search(reading.told)),
        Command.RESUME: talk.begun,
        Command.DONE: bool(talk.told) and (talk.ours or bool(_BARE_DONE.search(reading.text))),
        Command.PAUSE: talk.ours,
        Command.AGREED: talk.ours and not talk.asked and bool(talk.told),
        Command.STUCK: talk.ours and not talk.asked and bool(done_step(talk, "")),
    }
    return said if said is not None and obeyed[said] else None


def speaks_of_orders(text: str) -> bool:
    """Tell whether a text speaks of buying, ordering or work, other than that it is to do without."""
    return bool(_ORDER.search(_NO_ORDER.sub("", text)))


def _is_tap(reading: Reading, talk: Talk) -> bool:
    tapped = label(reading.text)
    return bool(tapped) and (talk.begun or "concern" in tapped)


def _is_reply(reading: Reading, talk: Talk) -> bool:
    if not talk.asked:
        return False
    if reply(talk.asked, reading.text) is not None and not reading.asked.hard and not speaks_of_orders(reading.text):
        return True
    if _names(reading.text, reading) or reading.asked.kinds or "?" in reading.text:
        return False
    if heard(reading.text):
        return not speaks_of_orders(reading.text)
    return len(reading.text) <= _REPLY_LENGTH and not _has_subject(reading)


def _adds(reading: Reading, talk: Talk) -> bool:
    """Tell whether a short message after the plan only says something more of the business: 「飲食です」."""
    text = reading.text
    if not talk.ours or talk.asked or len(text) > _REPLY_LENGTH or "?" in text or speaks_of_orders(text):
        return False
    return bool(heard(text)) and not _names(text, reading) and not reading.asked.kinds


def _names(text: str, reading: Reading) -> bool:
    """Tell whether a message itself names a company or programme; a reading may carry over those named before."""
    plain = re.sub(r"[・ ]", "", text.lower().replace("ちょエコ", "ちよエコ"))
    return any(name.said in plain for name in reading.names)


def _has_subject(reading: Reading) -> bool:
    """Tell whether a short message speaks of something: 「エアコンを買い替えたい」 does, 「うーん」 doesn't."""
    text = reading.text
    return bool(
        speaks_of_orders(text)
        or _OTHER_MATTER.search(text)
        or policies.on_topic(text)
        or policies.is_off_topic(text)
        or needs_in(shipped(), text)
    )


def _begins(reading: Reading) -> bool:
    """Tell whether a message asks where to begin, or complains of what the interview asks for first."""
    text = reading.text
    if _BEGIN.search(text):
        return True
    if not reading.told and _HELPLESS.search(text):
        return True
    if len(text) > _COMPLAINT_LENGTH or _ASKS.search(text) or _FIGURE.search(text) or speaks_of_orders(text):
        # An order is answered with the rule that comes before it.
        return False
    said = heard(text)
    if not reading.told and (said.keys() - {"concern"} or reading.named_wards) and _INTRODUCES.search(text):
        return True
    if reading.asked.kinds or reading.kinds:
        return False
    # 「補助金を使いたい」 is answered with the grants there are.
    return said.get("concern", "subsidy") != "subsidy" and bool(_TROUBLE.search(text))


def _is_own_and_wide(reading: Reading, talk: Talk) -> bool:
    text = reading.text
    if _names(text, reading) or policies.is_off_topic(text):
        return False
    if reading.told and not talk.ours and _LEANS.match(text):
        # 「それは何から始めれば?」 is on what was spoken of.
        return False
    if _IN_A_CASE.search(text) and not _BEGIN.search(text):
        return False
    if _FOR_OTHERS.search(text) and heard(text).get("concern") != "client":
        return False
    if reading.named_wards - {reading.ward or talk.interview.place} and (reading.ward or len(reading.named_wards) > 1):
        # Another ward's matter: whom its documents are for is decided elsewhere.
        return False
    return all(need.id in _COVERED for need in needs_in(shipped(), text))
