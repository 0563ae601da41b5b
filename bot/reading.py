"""What a question says: language, what it asks for, the wards and names in it, whether it leans on the talk before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from bot import places
from bot.answer import Question
from bot.wants import Want, Wanted, wanted
from knowledge.documents import Kind
from knowledge.fold import fold
from knowledge.index import Index, MentionKind
from knowledge.query import Query, Topic, query
from knowledge.tokens import words

_LEANING = re.compile(
    r"^(?:じゃ(?:あ|ぁ)?|では|で[、,]|あと|それ(?:で|なら|って|は|を|も|に|の|じゃ|から|と|いつ|どこ)?|その|そこ|そっち|そちら|これ|この|ここ|さっき|さきほど|ほかに|他に|ほかは|次(?:は|の年)|もう(?:一|ちょっと|少し)|何を?$|"
    r"(?:and|then|what about|how about)\b)|それ(?:って|は|を|も|に|で|の)|そ(?:の|こ|れら|いつ)|さっき|(?:次|翌)の?年|もっと詳しく|くわしく",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?:何|なに|なん|どこ|どれ|どっ)(?:から|を|に)?(?:(?:手を?|て)?(?:つけ|着け|付け)|始め|はじめ|スタート|取り組|とりかか|取り?[かか掛]か|着手|やれ|やる(?:の|べき|と)|やっ(?:たら|て(?:い[いけ]|み|く))|すれ|すり|直(?:す|せ)|した(?:ら|方が|ほうが)(?:いい|よい|良い|ええ|よか|[?？。]|$)|動)|"
    r"(?:何|なに|どこ)から[?？。]?$|(?:まず|最初|はじめ|初め)(?:は|に|の)?.{0,14}(?:何|なに|どう|一歩|1歩|すべき|すれば|したら|できる|やる|やれ|やり|取り組|簡単)|(?:第一歩|はじめの一歩|最初の一歩|初めの一歩|一歩目|入り?口(?=[はっ?？。]|として|$)|取っ掛か|とっかか|手始め|(?:手|て)っ(?:取|と)り(?:早|ばや)い(?:の|やつ|方法)?(?:は|って|を)?(?:どれ|何|なに|教え|[?？。]|$))|"
    r"(?:手間|お金|工事|費用)(?:を|が|も)?(?:かけず|なく|なし|ナシ|かけない|かからない).{0,12}(?:でき|ある|何)|(?:手間なく|お金かけず|すぐ).{0,6}(?:できる|やれる|始め)|"
    r"(?:何|なに)(?:を)?(?:やって|すれば|したら)(?:いい|よい|良い)|(?:何|なに)(?:して|やって)(?:いい|よい)か|(?:取りかかれ|始められ|はじめられ|取り組め)る|手始め|どう(?:すれば|したら|取り組|進めれば|動けば)|where (?:do|should|to).{0,12}start|first step|get started",
    re.IGNORECASE,
)
_IN_A_CASE = re.compile(r"(?:とき|時|場合|なら|たら)(?:は|に|って)?[、,]?どう(?:すれば|したら)")
_KINDS = (
    (Kind.MINUTES, r"会議|議事|会合|議長|委員会"),
    (Kind.PROPOSAL, r"提案"),
    (Kind.AGREEMENT, r"協定|契約書|覚書|何条|第\s?\d+\s?条"),
    (Kind.PRESS, r"会見|記者発表|プレス|お披露目"),
)
_REPORTED = re.compile(r"(?:言っ|話し|述べ|発言し|書い)て|と言わ|と聞い")
_PREMISE = re.compile(
    r"(?:です|ます|だ|なん(?:です|だ)|た|する|いる|る|い)(?:よね|もんね|でしょ)|でしょう?[?？。]?$|だろう?[?？。]?$|やろ[?？。]?$|だよね|ですよね|って(?:本当|ほんと|マジ)|らしい(?:です)?ね|と聞いた(?:んです)?が|んでしょ|じゃない(?:の|です)|よね[?？。]?$|\bright\?$"
)
_SUBSIDY = re.compile(
    r"補助|助成|支援金|給付|もらえるお金|使えるお金|お金(?:が|って|は)?.{0,3}(?:出る|出ます|もらえ)|grant|subsid",
    re.IGNORECASE,
)
_COST = re.compile(r"費用|料金|値段|価格|手数料|かか[るりっ]|無料|有料|タダ|ただ")
_ATTRIBUTE = frozenset(
    "金額 上限 料金 費用 値段 価格 締め切り 締切 期限 電話 番号 メール アドレス 会場 場所 申し込み 申し込む 申込 方法 名前 会社 業者 具体 具体的 詳しい 全部 一覧 比べる 違い 意味 "
    "割合 率 パーセント 時間 日程 担当 者 方 人 次 予定 最初 最後 前回 今回 今度 今年 来年 去年 最近 感じ 場合 結局 一番 全体 専門 希望 可能 必要 確認 質問 話 話す 答える 回答 "
    "使う 使える 出る 貰う 掛かる 掛ける 探す 有る 頼む 遣る 居る 持つ 付ける 取る 入る 選ぶ 決まる 始まる 終わる 開く 見付ける 助かる 困る 変える 替える 中 前 後 上 下 年 月 日 回 社 円 幾つ 度 本当 日日 いつ頃 何時頃 気 両方 分け方 つ それぞれ 其々 結構 結局 正直 らしい 令和 平成 昭和 西暦 駄目 大丈夫 平気 無理 広告 噂 テレビ 新聞 ニュース 記事 未だ".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """An organisation or programme that a question names."""

    kind: MentionKind
    value: str
    """As the documents write it."""
    said: str
    """As the question writes it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question, read."""

    question: Question
    text: str
    """Folded."""
    english: bool
    leaning: bool
    """It can't be understood without the turns before."""
    asked: Wanted
    ward: str | None
    """The person's ward: said in the question, known, or said before."""
    either: tuple[str, tuple[str, ...]]
    """A place of theirs that lies in several wards, with these; empty where the ward is known."""
    named_wards: frozenset[str]
    names: tuple[Name, ...]
    query: Query
    first_step: bool
    premise: bool
    """It states something and wants it confirmed."""
    subsidy: bool
    kinds: frozenset[Kind]
    """Kinds of sources that the question names."""
    told: str
    """The last answer of the assistant in this conversation, empty if there is none."""
    own_words: frozenset[str]
    """Words of the question itself, the year it points at included."""


def read(question: Question, index: Index) -> Reading:
    """Read a question against what one generation of the knowledge names."""
    text = fold(question.text)
    turns = [turn.text for turn in question.history]
    topics = query(text).topics
    said = names_in(text, index)
    substance = [topic for topic in topics if topic.weight >= 1 and topic.word not in _ATTRIBUTE]
    leaning = bool(turns) and (bool(_LEANING.search(text)) or (len(substance) <= 2 and not said))
    earlier = " ".join(turns[-2:]) if leaning else ""
    premise = bool(_PREMISE.search(text))
    asked = _with_claim(wanted(text), text) if premise else wanted(text)
    if leaning and _SUBSIDY.search(earlier) and Want.FEE in asked and not _COST.search(text):
        # 「LEDだといくら?」 after a list of grants asks what is paid, not what it costs.
        asked = replace(asked, kinds=asked.kinds - {Want.FEE} | {Want.AMOUNT})
    names = said or (names_in(earlier, index) if leaning else ())
    ward = places.own(text) or question.ward
    for turn in question.history:
        if turn.role == "user" and ward is None:
            ward = places.own(turn.text)
    full = query(_next_year(text, earlier), turns, leaning=leaning)
    aside = _aside(text)
    weighed = tuple(_without_attribute(_less(topic, aside)) for topic in full.topics)
    return Reading(
        question=question,
        text=text,
        english=_is_english(text),
        leaning=leaning,
        asked=asked,
        ward=ward,
        either=("", ()) if ward else _either(text, turns),
        named_wards=places.named(text),
        names=names,
        query=replace(full, topics=weighed),
        first_step=bool(_FIRST.search(text))
        and not _IN_A_CASE.search(text)
        and not _REPORTED.search(text)
        and not asked.kinds & {Want.PHONE, Want.EMAIL, Want.DATE, Want.COUNT, Want.DEADLINE},
        premise=premise,
        subsidy=bool(_SUBSIDY.search(text)) or Want.SUBSIDY in asked,
        kinds=frozenset(kind for kind, pattern in _KINDS if re.search(pattern, text)),
        told=next((turn.text for turn in reversed(question.history) if turn.role == "assistant"), ""),
        own_words=_own_words(_next_year(text, earlier), earlier),
    )


def _own_words(text: str, earlier: str) -> frozenset[str]:
    """The words of a question; one that leans on the talk and names no year means the one that was spoken of."""
    own = frozenset(words(text))
    if any(word.startswith("年") and word[1:].isdigit() for word in own):
        return own
    spoken_of = [word for word in words(earlier) if word.startswith("年") and word[1:].isdigit()]
    return own | frozenset(spoken_of[-1:])


def _either(text: str, turns: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    found = (places.neighbourhood(said) for said in (text, *reversed(turns)))
    return next((place for place in found if place[0]), ("", ()))


_SENTENCE_END = re.compile(r"(?<=[?。!\n])")
_ASIDE = 0.4
"""Weight of what is told before the question, beside what is asked."""


def _aside(text: str) -> frozenset[str]:
    """Words of the sentences that only tell the situation, beside a sentence that asks; empty where all ask."""
    sentences = [part for part in _SENTENCE_END.split(text) if part.strip()]
    asking = [part for part in sentences if part.rstrip().endswith("?") or wanted(part).kinds]
    if len(asking) == len(sentences) or not asking:
        return frozenset()
    asked = words("".join(asking))
    if len(asked) < ENOUGH:
        return frozenset()
    return frozenset(words("".join(part for part in sentences if part not in asking))) - frozenset(asked)


ENOUGH = 7
"""Words that a question must have to be understood without what is told before it."""


def _less(topic: Topic, aside: frozenset[str]) -> Topic:
    return replace(topic, weight=topic.weight * _ASIDE) if topic.word in aside else topic


_CLAUSE_END = re.compile(r"(?<=[?？。!！、])")


def _clauses(text: str) -> list[tuple[str, Wanted]]:
    """Cut a text into clauses that each ask for something; what asks for nothing belongs to the next one."""
    found: list[tuple[str, Wanted]] = []
    held = ""
    for piece in _CLAUSE_END.split(text):
        held += piece
        asked = wanted(held)
        if asked.kinds - {Want.LIST, Want.COMPARISON} and len(piece.strip()) >= 4:
            found.append((held, asked))
            held = ""
    return found


def parts(reading: Reading) -> tuple[Reading, ...]:
    """Split a question that asks several things into one reading each.

    Returns:
        At least two readings, or none: a clause counts when it asks for something by itself. Each keeps the whole
        question's words at half weight, because the second clause leaves out what the first has said.
    """
    asking = _clauses(reading.text)
    if len(asking) < 2:
        return ()
    found = []
    for clause, wants in asking:
        own = query(clause)
        own_words = {topic.word for topic in own.topics}
        topics = [_without_attribute(topic) for topic in own.topics]
        topics += [
            replace(topic, weight=topic.weight * 0.5) for topic in reading.query.topics if topic.word not in own_words
        ]
        terms = {**{word: weight * 0.5 for word, weight in reading.query.words.items()}, **own.words}
        part = replace(reading.query, text=own.text, words=terms, bigrams=own.bigrams, topics=tuple(topics))
        # 「補助金、何割出る?」: the share is one of the grant.
        of_a_grant = Want.SUBSIDY in reading.asked and wants.kinds & {Want.AMOUNT, Want.RATE, Want.DEADLINE}
        asked = replace(wants, kinds=wants.kinds | {Want.SUBSIDY}) if of_a_grant else wants
        found.append(replace(reading, text=clause, asked=asked, query=part, own_words=frozenset(own_words)))
    return tuple(found)


_CLAIM = re.compile(
    r"(?<![員業フト])\d[\d,]*\s*(社|人|名|区|件|回|か所|自治体|組織|銀行|行|店舗)(?!の(?:小さ|[^。、]{0,8}(?:店|会社|事務所|工場|飲食|屋)))"
)


def _with_claim(asked: Wanted, text: str) -> Wanted:
    """A number that is stated to be confirmed is asked for."""
    counters = frozenset(_CLAIM.findall(text.replace("23区", "特別区")))
    # 「それだけ出るってことだよね」 is a claim to be checked, not a case to be judged.
    asked = replace(asked, kinds=asked.kinds - {Want.CONDITION})
    return replace(asked, kinds=asked.kinds | {Want.COUNT}, counters=asked.counters | counters) if counters else asked


def _is_english(text: str) -> bool:
    letters = sum(char.isascii() and char.isalpha() for char in text)
    japanese = len(re.findall(r"[ぁ-んァ-ヶ一-龥]", text))
    return letters > 10 and japanese * 4 < letters


_ASKS = re.compile(r"[何幾誰]|ど[うのんこちれ]|いつ|いくら|なん(?:ぼ|で|の)|だれ|どなた")
"""A word that asks: 何日, 何ぼ, どういう."""


def _without_attribute(topic: Topic) -> Topic:
    """Weigh a word less that only says what kind of value is wanted (the wants stand for it), or is a bare number."""
    bare = topic.word in _ATTRIBUTE or topic.word.isdigit() or bool(_ASKS.match(topic.word))
    return replace(topic, weight=topic.weight * 0.2) if bare else topic


def _next_year(text: str, earlier: str) -> str:
    """Spell out "the year after" and "the month after" from what was spoken of."""
    months = re.findall(r"(\d{1,2})(?:月|/\d)", fold(earlier))
    if months and re.search(r"(?:次|翌)の?月", text):
        return f"{text} {int(months[-1]) % 12 + 1}月"
    match = re.search(r"(?:その)?(?P<step>次|翌|前)の?年(?!度)|来年度?は", text)
    known = re.findall(r"(?<![A-Za-z0-9])R(\d{1,2})(?!\d)|令和(\d{1,2})", fold(earlier))
    if not match or not known:
        return text
    last = int(next(part for part in known[-1] if part))
    return f"{text} R{last - 1 if match['step'] == '前' else last + 1}"


_LEGAL = re.compile(r"株式会社|有限会社|合同会社|(?:一般|公益)(?:社団|財団)法人|ホールディングス| ")
_WARD = re.compile(r"^[一-龥]{1,4}[区都]$|^特別区$")
_TAIL = re.compile(r"(?:制度|等助成制度|助成制度|助成金|事業|保険|工業|機構)$")


def aliases(value: str) -> set[str]:
    """Short forms of a name: without its legal form, and its parts around 「・」.

    Returns:
        Folded, lower case, at least two characters.
    """
    core = _LEGAL.sub("", fold(value)).lower()
    found = {core, core.replace("・", "")}
    for tail in ("保険", "工業", "株式会社", "制度"):
        if core.endswith(tail) and len(core) - len(tail) >= 3:
            found.add(core[: -len(tail)])
    if core.endswith("火災保険"):
        found.update({core[: -len("火災保険")], core[: -len("日動火災保険")]})
    return {alias for alias in found if len(alias) >= 2}


def names_in(text: str, index: Index) -> tuple[Name, ...]:
    """List the organisations and programmes of the documents that a text names, longest form first."""
    plain = _key(fold(text).lower())
    found: dict[str, Name] = {}
    known = _known_names(index)
    longest = max(map(len, known), default=0)
    for start in range(len(plain)):
        # Longer than any name need not be looked for; the text is short, the names may be a quarter of a million.
        for end in range(start + 2, min(len(plain), start + longest) + 1):
            for kind, value in known.get(plain[start:end], ()):
                found.setdefault(value, Name(kind, value, plain[start:end]))
    ordered = sorted(found.values(), key=lambda name: -len(name.said))
    kept: list[Name] = []
    for name in ordered:
        # 三井物産 in 三井物産パッケージング is not named by it.
        if not any(name.said in longer.said and name.said != longer.said for longer in kept):
            kept.append(name)
    return tuple(kept)


def _key(text: str) -> str:
    return text.replace("・", "").replace(" ", "").replace("ちょエコ", "ちよエコ")


_tables: WeakKeyDictionary[Any, dict[str, tuple[tuple[MentionKind, str], ...]]] = WeakKeyDictionary()


def _known_names(index: Index) -> dict[str, tuple[tuple[MentionKind, str], ...]]:
    """Give each short form of a name with the names that it stands for; made once an index."""
    table = _tables.get(index)
    if table is None:
        made: dict[str, dict[tuple[MentionKind, str], None]] = {}
        for mention in index.mentions(MentionKind.ORGANISATION, MentionKind.PROGRAMME):
            if not _WARD.match(mention.value):
                for alias in aliases(mention.value):
                    made.setdefault(_key(alias), {})[mention.kind, mention.value] = None
        table = _tables[index] = {key: tuple(names) for key, names in made.items() if len(key) >= 2}
    return table
