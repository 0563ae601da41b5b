"""When things take place: the next event after today, the past ones said to be past, the vague ones left vague."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.lists.lines import AT_MOST, Line, add_contact_line, add_lines, finish, proved, remaining
from bot.lists.proofs import Proofs
from bot.places import ward_name
from bot.reading import Reading
from bot.wants import Want
from knowledge.catalogue.events import Event, EventKind, Precision
from knowledge.catalogue.load import Catalogue
from knowledge.catalogue.models import Contact
from knowledge.catalogue.queries import Status, contact_for, events, next_event, plain, status
from knowledge.dates import years
from knowledge.documents import Kind

HOME = "chiyoda"
"""Whose events are told where no ward is known: the only ward with a calendar in the documents."""
_EVENT = re.compile(
    r"イベント|催し|行事|セミナー|講演会|フォーラム|勉強会|交流会|スクール|講座|説明会|(?:今後|年間|これから)の?(?:予定|スケジュール)|\bevents?\b|seminar|workshop",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"次(?:は|の|回|に|も)|今度|これから|今後|直近|近いうち|近々|もうすぐ|いつ|予定|日程|スケジュール|開催|(?:今|来|再来)月|\d月|参加|出たい|行きたい|行ける|出られ|ある\b|ある[?？]|あります|ない\?|ありませんか|やる|やって|一覧|全部|教えて|のほか\d+件|"
    r"upcoming|next|when|any|coming",
    re.IGNORECASE,
)
_PAST = re.compile(r"過去|これまで(?:の|に)|今まで(?:の|に)|終わっ(?:た|て)|終了(?:した|済)|前回|開催済|\bpast\b")
_OVER = re.compile(
    r"終わ(?:った|って|り)|終了|まだ|間に合|過ぎ|もう(?:や(?:った|っちゃ|り)|あっ(?:た|ちゃ)|開かれ|済|終)|これから(?:です|なの|か|だ|[?？]|$)|済ん[でだ]"
)
_WHO = re.compile(r"(?:どこの|どんな|どういう)(?:人|方|団体|会社|組織)|(?:誰|だれ|どなた)が")
_HIRING = re.compile(
    r"(?:頼める|頼みたい|お願いでき|やってくれる|してくれる)[^。]{0,6}(?:会社|業者|ところ|所|とこ|人|の?は|[?？])"
)
_AGAIN = re.compile(r"次|今度|これから(?!\?)|また")
_EXCEPT = re.compile(r"(?:の)?(?:ほか|他|以外)")
_ALL = re.compile(r"全部|一覧|すべて|いろいろ|\ball\b", re.IGNORECASE)
_SINGLE = re.compile(r"次|今度|直近|いつ|next|when", re.IGNORECASE)
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月(?!\d)")
_RELATIVE = {"今月": 0, "来月": 1, "再来月": 2}
_KINDS: tuple[tuple[str, tuple[EventKind, ...]], ...] = (
    (r"スクール|講座", (EventKind.COURSE,)),
    (r"セミナー|講演会|フォーラム|説明会|seminar", (EventKind.SEMINAR,)),
    (r"勉強会", (EventKind.SEMINAR, EventKind.EXCHANGE)),
    (r"交流会", (EventKind.EXCHANGE,)),
    (r"見学", (EventKind.VISIT,)),
)
_PUBLIC = tuple(kind for kind in EventKind if kind is not EventKind.NEWS)


def event_listing(reading: Reading, catalogue: Catalogue, proofs: Proofs, public_url: str) -> Answer | None:
    """Answer a question on when something takes place; None for any other, or where the index proves nothing."""
    if reading.asked.hard - {Want.DATE, Want.TIME} or (reading.premise and not _OVER.search(reading.text)):
        return None
    ward = _ward(reading)
    if (
        reading.asked.bodies
        or Want.PERSON in reading.asked
        or _WHO.search(reading.text)
        or _HIRING.search(reading.text)
    ):
        return None
    asked = years(reading.text)
    named = [e for e in _named(reading, catalogue, ward) if not asked or {e.start.year, e.end.year} & asked]
    if asked and not named:
        # The catalogue holds the coming year; another year's dates stand in the pages.
        return None
    if named:
        return _one(reading, named, catalogue, proofs, public_url)
    if not _EVENT.search(reading.text) or not (_COMING.search(reading.text) or _PAST.search(reading.text)):
        return None
    kinds = next((kinds for pattern, kinds in _KINDS if re.search(pattern, reading.text)), _PUBLIC)
    if _PAST.search(reading.text):
        return _past(
            reading,
            events(catalogue, before=reading.question.today, kinds=kinds, ward=ward),
            catalogue,
            proofs,
            public_url,
        )
    return _coming(reading, kinds, ward, catalogue, proofs, public_url)


def _ward(reading: Reading) -> str:
    if len(reading.named_wards) == 1:
        return next(iter(reading.named_wards))
    return reading.ward or HOME


def _named(reading: Reading, catalogue: Catalogue, ward: str) -> list[Event]:
    """The events that a question on a date means by name, the longest name only; the talk before it counts."""
    asks = reading.asked.kinds & {Want.DATE, Want.TIME} or _OVER.search(reading.text)
    if not asks or (_PAST.search(reading.text) and not _OVER.search(reading.text)):
        return []
    texts = [reading.text]
    if reading.leaning and not _EVENT.search(reading.text):
        texts.extend(turn.text for turn in reversed(reading.question.history[-2:]))
    for text in texts:
        said = plain(text).replace("の", "")
        found: list[tuple[int, Event]] = []
        for event in catalogue.events:
            forms = [plain(name).replace("の", "") for name in (event.name, *event.names)]
            lengths = [
                len(form)
                for form in forms
                if form in said and not _EXCEPT.match(said.split(form, 1)[1]) and form not in ("交流会", "メディア発表")
            ]
            if lengths:
                found.append((max(lengths), event))
        longest = max((length for length, _ in found), default=0)
        best = [event for length, event in found if length == longest]
        home = [event for event in best if ward in event.wards] if reading.ward or reading.named_wards else best
        if best:
            return home or best
    return []


def _one(
    reading: Reading, named: Sequence[Event], catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    """Tell when one event is: of several of a name the coming one, else the latest."""
    today = reading.question.today
    coming = [event for event in named if status(event, today) is not Status.PAST]
    event = coming[0] if coming else max(named, key=lambda event: event.end)
    if (Want.TIME in reading.asked and not event.time) or (reading.asked.to_the_day and event.end != event.start):
        return None
    found = proved([event_line(event, today)], proofs)
    if not found:
        return None
    draft = Draft(public_url)
    draft.add(found[0].text, *found[0].units)
    over = not coming
    if over:
        draft.add(
            "資料に、この催しの次の日程は書かれていません。"
            if not reading.english
            else "The documents give no later date for it."
        )
    add_contact_line(draft, reading, _contact(event, catalogue), proofs, "最新の日程や申し込み")
    if over and _AGAIN.search(reading.text):
        # The next one is asked for, and the documents know of none.
        return finish(draft, act=Act.ABSTAIN, choices=("次の催しは?",), confidence=0.3)
    return finish(draft, choices=("次の催しは?",) if over else (), confidence=0.85)


def _coming(
    reading: Reading, kinds: Sequence[EventKind], ward: str, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    today = reading.question.today
    coming = events(catalogue, after=today, kinds=kinds, ward=ward)
    span = _span(reading.text, today)
    if span:
        coming = tuple(event for event in coming if event.start <= span[1] and event.end >= span[0])
    ahead = next_event(catalogue, today, kinds=kinds, ward=ward)
    if ahead and ahead in coming:
        # What the documents state goes before what was read off the layout of a table.
        coming = (ahead, *(event for event in coming if event is not ahead))
    found = proved([event_line(event, today) for event in coming], proofs)
    if not found and span:
        return _over(reading, span[0].month, kinds, ward, catalogue, proofs, public_url)
    if not found:
        return _nothing(reading, kinds, ward, catalogue, proofs, public_url)
    draft = Draft(public_url)
    whose = "千代田モデルの予定" if ward == HOME else f"{ward_name(ward)}の資料にある予定"
    single = bool(_SINGLE.search(reading.text)) and not remaining(reading) and not _ALL.search(reading.text)
    if single:
        first, *found = found
        draft.add(
            f"Next, from the documents: {first.text}"
            if reading.english
            else f"{whose}で次にあるのは、こちらです。\n{first.text}",
            *first.units,
        )
        if found:
            draft.add("After that:" if reading.english else "そのあとの予定：")
    else:
        draft.add(
            "From the documents' schedule:" if reading.english else f"{whose}で、これからの催しは次のとおりです。"
        )
    more = add_lines(draft, found, "これからの催し", reading, 2 if single else AT_MOST)
    add_contact_line(draft, reading, _contact(coming[0], catalogue), proofs, "会場や申し込み")
    return finish(draft, choices=(*more, f"{coming[0].name}の内容は?", "終わった催しは?"))


def _nothing(
    reading: Reading, kinds: Sequence[EventKind], ward: str, catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    """Say that the documents hold no later event, with the last one that they state."""
    today = reading.question.today
    past = [event for event in events(catalogue, before=today, kinds=kinds, ward=ward) if not event.inferred]
    others = {source.id for source in proofs.index.sources() if source.kind is Kind.EVENT} - catalogue.sources
    if not past or others:
        # Someone's own calendar may know a later one.
        return None
    last = max(past, key=lambda event: event.end)
    found = proved([event_line(last, today)], proofs)
    if not found:
        return None
    draft = Draft(public_url)
    draft.add(
        "The documents hold no event after today. The last one they name:"
        if reading.english
        else f"手元の{ward_name(ward)}の資料には、これより後の催しの予定がありません。最後に書かれているのは次の催しです。"
    )
    draft.add(f"・{found[0].text}", *found[0].units)
    add_contact_line(draft, reading, _contact(last, catalogue) or contact_for(catalogue, ward), proofs, "新しい予定")
    return finish(draft, act=Act.ABSTAIN, choices=("終わった催しは?",), confidence=0.3)


def _over(
    reading: Reading,
    month: int,
    kinds: Sequence[EventKind],
    ward: str,
    catalogue: Catalogue,
    proofs: Proofs,
    public_url: str,
) -> Answer | None:
    """Tell of a month's events that they are over; None where the documents know of none in that month."""
    today = reading.question.today
    past = [e for e in events(catalogue, before=today, kinds=kinds, ward=ward) if e.start.month == e.end.month == month]
    year = max((event.start.year for event in past), default=0)
    return _past(reading, [event for event in past if event.start.year == year], catalogue, proofs, public_url)


def _past(
    reading: Reading, past: Sequence[Event], catalogue: Catalogue, proofs: Proofs, public_url: str
) -> Answer | None:
    stated = [event for event in reversed(past) if not event.inferred]
    found = proved([event_line(event, reading.question.today) for event in stated], proofs)
    if not found:
        return None
    draft = Draft(public_url)
    draft.add(
        "Past events, the latest first:" if reading.english else "資料にある催しのうち、終わったものです(新しい順)。"
    )
    more = add_lines(draft, found, "終わった催し", reading)
    return finish(draft, choices=(*more, "次の催しは?"))


def event_line(event: Event, today: date) -> Line:
    """Say an event with its date as the documents give it, and how that lies to today."""
    time = f" {event.time}" if event.time else ""
    about = f"({event.about})" if event.about else ""
    notes = []
    match status(event, today):
        case Status.PAST:
            notes.append("すでに終わった日程" if event.precision is Precision.DAY else "予定の時期は過ぎました")
        case Status.WITHIN if event.precision is Precision.DAY:
            notes.append("今日です")
        case Status.WITHIN if event.kind is EventKind.COURSE:
            notes.append("いまがその期間です")
        case Status.WITHIN:
            notes.append("いまがその時期です")
            notes.append("日にちは書かれていません")
        case _ if event.precision in (Precision.PART, Precision.MONTH, Precision.SEASON):
            notes.append("日にちは書かれていません")
    if event.inferred:
        notes.append("予定表の並びから読み取ったもの")
    note = f"。※{'、'.join(notes)}" if notes else ""
    return Line(
        f"{event.when}{time} {event.name}{about}{note}",
        (event.proof, *((event.about_proof,) if event.about_proof else ())),
    )


def _contact(event: Event, catalogue: Catalogue) -> Contact | None:
    return catalogue.contact(event.contact) if event.contact else contact_for(catalogue, event.wards[0])


def _span(text: str, today: date) -> tuple[date, date] | None:
    """The month that a question asks about, as its first and last possible day; None where it names none."""
    relative = next((step for word, step in sorted(_RELATIVE.items(), key=lambda p: -len(p[0])) if word in text), None)
    named = _MONTH.search(text)
    if relative is not None:
        index = today.year * 12 + today.month - 1 + relative
    elif named and 1 <= int(named[1]) <= 12:
        index = today.year * 12 + int(named[1]) - 1
        if int(named[1]) < today.month:
            index += 12
    else:
        return None
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)
