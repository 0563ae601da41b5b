"""Replies that need no document: greeting, refusal, handing over, asking back."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.handoff.words import no_desk
from bot.hours import Hours
from bot.opening import describe
from bot.policies import on_topic
from bot.reading import Reading
from bot.text.contacts import Contact, contact_for, office
from bot.text.material import Material

STARTERS = ("何から始めればいい?", "使える補助金は?", "電気代を下げたい", "CO2を測りたい", "相談窓口は?")
WARD_CHOICES = ("千代田区です", "港区です", "葛飾区です", "ほかの区です", "わからない")


def greet(reading: Reading) -> Answer:
    """Greet back in the tone of the greeting and say what can be asked."""
    text = reading.text
    if reading.english:
        hello = "You're welcome!" if re.search(r"thank", text, re.IGNORECASE) else "Hello!"
        words = f"{hello} I answer questions on saving energy, CO2 and subsidies from official documents. What would you like to know?"
    elif re.search(r"ありがと|有難|助か|サンキュー", text):
        words = "お役に立ててうれしいです。ほかにも気になることがあれば、いつでもどうぞ。"
    elif re.search(r"了解|わかりました|承知|なるほど", text):
        words = "ありがとうございます。ほかにも気になることがあれば、いつでもどうぞ。"
    else:
        season = "冷えますね。" if re.search(r"寒|冷え", text) else "暑いですね。" if "暑" in text else ""
        hello = "おつかれさまです。" if re.search(r"疲れ|つかれ", text) else "こんにちは。"
        words = f"{hello}{season}お店や会社の省エネ・脱炭素、補助金のことを、資料をもとにお答えする自動応答です。今日はどんなご相談ですか?"
    return Answer(Act.GREET, words, choices=STARTERS, confidence=0.03)


def refuse(reading: Reading) -> Answer:
    """Decline kindly and say what can be asked instead."""
    if reading.english:
        words = "I'm sorry, I can't help with that. I can answer questions on saving energy, CO2 and subsidies for small businesses."
    else:
        words = (
            "申し訳ありませんが、そのご依頼にはお答えできません。省エネや脱炭素、補助金、相談窓口のことでしたら、"
            "資料をもとにお手伝いします。"
        )
    return Answer(Act.REFUSE, words, choices=STARTERS, confidence=0.02)


def hand_off(reading: Reading, contacts: tuple[Contact, ...], public_url: str, hours: Hours) -> Answer:
    """Say where to ask a person, when, and that nobody calls back from here.

    Whoever is asked for here has no desk behind this answer; a channel that has one says so in its own words.
    """
    draft = Draft(public_url)
    contact = contact_for(contacts, reading.ward, None)
    if contact:
        line = (
            f"{contact.name}: {contact.phone or contact.email}"
            if reading.english
            else (f"お問い合わせ先は、{contact.name}({contact.phone or contact.email})です。")
        )
        draft.add(line, contact.unit())
    elif reading.english:
        draft.add("The office for the environment of your ward can help.")
    else:
        draft.add(f"{office(reading.ward)}に相談できます。")
    # The hours are a setting, so no passage can hold them.
    set_by_us = frozenset(re.findall(r"\d+", describe(hours)))
    answer = draft.answer(act=Act.HANDOFF, confidence=0.05, computed=set_by_us)
    return replace(answer, text=no_desk(hours, draft.text, english=reading.english))


def clarify_subject(reading: Reading, material: Material) -> Answer | None:
    """Ask back when a message gives nothing to look up."""
    if not reading.question.history and _UNRESOLVED.search(reading.text) and not reading.names:
        rest = [t for t in reading.query.topics if t.weight >= 0.9 and t.word not in _PLAIN_WORDS]
        if len(rest) <= 1:
            return _ask_back(reading, material)
    substance = [topic for topic in reading.query.topics if topic.weight >= 0.5]
    if reading.leaning and reading.question.history:
        return None
    if (
        substance
        or reading.first_step
        or reading.subsidy
        or reading.asked.kinds
        or on_topic(reading.text)
        or reading.names
    ):
        vague = len(substance) == 0 and not reading.names and not reading.first_step and not reading.subsidy
        if not (vague and not on_topic(reading.text) and len(reading.text) <= 14):
            return None
    return _ask_back(reading, material)


def _ask_back(reading: Reading, material: Material) -> Answer:
    if reading.english:
        words = "Could you tell me a little more? For example, which programme, equipment or cost is it about?"
    else:
        words = "もう少し教えてください。どの制度や設備、どんなことについてのご質問ですか?"
    return Answer(Act.CLARIFY, words, passages=material.passages(), choices=STARTERS, confidence=0.08)


_UNRESOLVED = re.compile(
    r"^(?:あれ|それ|これ|その|この|さっき|例の|前の|うち(?:の区|でも)|そこ|そっち)|さっき|この前|前に(?:言|聞)|例の(?:件|やつ)|\b(?:it|this|that|they)\b(?!.*\b(?:programme|program|grant|seminar|school)\b)",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset("会社 名前 区 うち 店 無料 もう一回 一回 話 件 お金 ok us too it is for 感じ 結果".split())


def leave_to_tax_office(reading: Reading) -> Answer:
    """Leave a tax question to whom it belongs."""
    if reading.english:
        text = "The documents do not say how this is taxed. Please ask a tax accountant or your tax office."
    else:
        text = "税金や経理の扱いは、手元の資料では確認できません。税理士か、所轄の税務署に聞いてください。"
    return Answer(Act.ABSTAIN, text, (), (), ("使える補助金は?", "相談窓口は?"), confidence=0.1)
