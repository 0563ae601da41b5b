"""Learning from people, on both databases: gaps, advisors' answers that become knowledge, figures."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import select, update

from adapters import bootstrap
from adapters.console import accounts
from adapters.desk.cases import open_case
from adapters.desk.schema import answers, audit, cases, drafts
from adapters.desk.telling import remember
from adapters.learning.figures import figures, times
from adapters.learning.gaps import Why, gaps
from adapters.learning.shelving import Shelving
from adapters.messages.schema import conversations, inbox
from adapters.messages.schema import tables as message_tables
from adapters.messages.store import MessageStore, now
from adapters.privacy.erase import erase_person
from adapters.settings import TOKYO, Settings
from bot.answer import Answer, Question
from bot.hours import parse
from knowledge.generations import Knowledge
from knowledge.schema import about
from knowledge.schema import tables as knowledge_tables
from tests import postgres
from tests.desk_app import DeskApp, console_settings, post

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quick_passwords")]

PAGE = "# 省エネ診断のご案内\n\n## 費用\n\nみどり省エネ診断の費用は1件あたり3,300円です。\n"
TODAY = date(2026, 11, 25)
ON_ONE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
"""What does not depend on the database is tested on one: each index takes its second."""


class World(DeskApp):
    """With knowledge over one data directory."""

    def ask(self, question: str, ward: str | None = "chiyoda", today: date = TODAY) -> Answer:
        return self.ippo.assistant.answer(Question(question, today, ward))

    def sources(self) -> set[str]:
        return {source.id for source, _ in self.ippo.knowledge.list_sources()}


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[World]:
    with bootstrap.build(settings) as ippo, bootstrap.messaging(ippo) as messaging:
        async with World(ippo, messaging) as world:
            yield world


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The program with nothing known yet, on one database and on the other."""
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    settings = console_settings(tmp_path / "data", database_url=url, today=TODAY)
    if url is not None:
        Knowledge.open(settings.data_dir, url).close()
        store = MessageStore.open(settings.data_dir, url)
        emptied = [*message_tables.sorted_tables, *(one for one in knowledge_tables.sorted_tables if one is not about)]
        with store.write() as connection:
            postgres.empty(connection, emptied)
        store.close()
    async with running(settings) as found:
        yield found


def conversation(store: MessageStore, key: str, channel: str = "web", ward: str | None = None) -> int:
    """Make a conversation, or find it."""
    c = conversations.c
    with store.write() as connection:
        found = connection.execute(select(c.id).where(c.channel == channel, c.key == key)).scalar()
        if found is not None:
            return int(found)
        made = connection.execute(
            conversations.insert()
            .values(
                channel=channel,
                key=key,
                person=key,
                state="with_bot",
                epoch=0,
                ward=ward,
                lease_token=None,
                lease_until=0.0,
                due_at=0.0,
                since=now(),
                busy=False,
                created_at=now(),
            )
            .returning(c.id)
        )
        return int(made.scalar_one())


def answered(
    store: MessageStore,
    key: str,
    question: str,
    act: str = "abstain",
    *,
    channel: str = "web",
    ward: str | None = None,
    vote: str = "",
    at: float | None = None,
    passages: Sequence[tuple[str, str]] = (("省エネ.md", "費用"),),
    citations: Sequence[tuple[str, str]] = (),
) -> int:
    """Write down what somebody asked and how it was answered."""
    number = conversation(store, key, channel, ward)
    with store.write() as connection:
        made = connection.execute(
            answers.insert()
            .values(
                conversation=number,
                channel=channel,
                ward=ward,
                question=question,
                act=act,
                confidence=0.1,
                passages=json.dumps([list(one) for one in passages], ensure_ascii=False),
                citations=json.dumps([list(one) for one in citations], ensure_ascii=False),
                outbox=None,
                vote=vote,
                at=now() if at is None else at,
            )
            .returning(answers.c.id)
        )
        return int(made.scalar_one())


# --- gaps


def test_what_most_people_asked_without_an_answer_comes_first(store: MessageStore) -> None:
    for visitor in ("a", "b", "c"):
        answered(store, visitor, "駐輪場の補助金はありますか", ward="chiyoda")
    answered(store, "d", "駐輪場に補助金はある?", channel="line", ward="minato")
    # One person who asks five times is one person.
    for _ in range(5):
        answered(store, "e", "屋上緑化の助成はいくらですか")
    answered(store, "f", "LEDの助成は?", "answer")

    with store.read() as connection:
        found = gaps(connection, 0, now() + 1)

    assert [(gap.examples[0], gap.conversations, gap.questions) for gap in found.found] == [
        ("駐輪場の補助金はありますか", 4, 4),
        ("屋上緑化の助成はいくらですか", 1, 5),
    ]
    first = found.found[0]
    assert first.examples == ("駐輪場の補助金はありますか", "駐輪場に補助金はある?")
    assert dict(first.channels) == {"web": 3, "line": 1}
    assert dict(first.wards) == {"chiyoda": 3, "minato": 1}
    assert first.sources == (("省エネ.md", "費用", 4),)
    assert not found.cut


def test_a_question_is_open_when_nothing_good_came_of_it(store: MessageStore) -> None:
    answered(store, "a", "資料に答えがない質問です")
    answered(store, "b", "役に立たなかった回答の質問です", "answer", vote="down")
    answered(store, "c", "聞き返したままの質問です", "clarify")
    answered(store, "d", "聞き返してから答えた質問です", "clarify")
    answered(store, "d", "千代田区です", "answer")
    answered(store, "e", "本当に消しますかと聞かれた質問です", "clarify", passages=())
    answered(store, "f", "", "abstain")
    answered(store, "g", "役に立った回答の質問です", "answer", vote="up")
    for reason, question in (("unanswered", "続けて答えられず人を呼んだ質問"), ("asked", "人と話したいと言った質問")):
        number = conversation(store, reason)
        with store.write() as connection:
            open_case(connection, number, reason=reason, question=question)

    with store.read() as connection:
        found = gaps(connection, 0, now() + 1)

    whys = {one: next(iter(gap.whys)) for gap in found.found for one in gap.examples}
    assert whys == {
        "資料に答えがない質問です": Why.ABSTAINED,
        "役に立たなかった回答の質問です": Why.VOTED_DOWN,
        "聞き返したままの質問です": Why.CLARIFIED,
        "続けて答えられず人を呼んだ質問": Why.HANDED_OFF,
    }


def test_a_gap_with_an_open_case_leads_to_the_question_before_it(store: MessageStore) -> None:
    asked = answered(store, "a", "看板の電気代を下げるには")
    number = conversation(store, "a")
    with store.write() as connection:
        open_case(connection, number, reason="unanswered", question="看板の電気代を下げるには")
    with store.read() as connection:
        (gap,) = gaps(connection, 0, now() + 1).found
    assert gap.key == f"answer:{asked}"
    assert (gap.conversations, gap.questions) == (1, 2)


def test_only_the_chosen_time_counts_and_the_newest_where_there_are_too_many(store: MessageStore) -> None:
    for n, matter in enumerate(("看板", "屋上緑化", "駐輪場", "雨水タンク", "蓄電池", "打ち水")):
        answered(store, f"v{n}", matter, at=1000.0 + n)
    with store.read() as connection:
        assert gaps(connection, 1002, 1004).questions == 2
        cut = gaps(connection, 0, 2000, most=3)
    assert cut.cut
    assert cut.questions == 3
    assert {gap.latest for gap in cut.found} == {1003.0, 1004.0, 1005.0}


def test_examples_tell_nobody_s_number_or_address(store: MessageStore) -> None:
    answered(store, "a", "090-1234-5678 に電話ください。看板の電気代を下げたい。taro@example.jp 千代田区神田町1-2-3")
    with store.read() as connection:
        (gap,) = gaps(connection, 0, now() + 1).found
    assert "看板の電気代を下げたい" in gap.examples[0]
    assert not re.search(r"1234|taro|1-2-3", gap.examples[0])


async def test_the_page_leads_from_a_gap_to_a_draft_with_its_question(world: World) -> None:
    number = answered(world.store, "a", "駐輪場の補助金はありますか。090-1234-5678", ward="chiyoda")
    advisor = await world.advisor("tanaka")
    page = (await advisor.get("/console/unanswered")).text
    assert "駐輪場の補助金はありますか。[電話番号]" in page
    assert "1234" not in page
    assert f"/console/drafts/new?answer={number}" in page
    form = (await advisor.get(f"/console/drafts/new?answer={number}")).text
    assert 'value="駐輪場の補助金はありますか。[電話番号]"' in form
    assert '<option value="chiyoda" selected>' in form
    assert (await advisor.get("/console/drafts/new?answer=9999999999")).status_code == 404


@ON_ONE
async def test_the_file_opens_in_a_spreadsheet_and_works_nothing_out(world: World) -> None:
    for n, question in enumerate(('=HYPERLINK("http://x")', "+81を足すと", "@SUM(A1)", "\t=1+1", "-看板の電気代")):
        answered(world.store, f"v{n}", question)
    advisor = await world.advisor("tanaka")
    response = await advisor.get("/console/unanswered.csv")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "ippo-unanswered.csv" in response.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][2] == "質問の例"
    assert len(rows) == 6
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    assert [row["action"] for row in world.rows(audit)][-1] == "gaps-export"


# --- advisors' answers


ASKED = "駐輪場をつくるときに使える補助金はありますか"
SAID = "はい。「駐輪場整備助成」が使えます。上限は50万円です。"


def draft(**more: str) -> dict[str, str]:
    expires = (TODAY + timedelta(days=100)).isoformat()
    fields = {"question": ASKED, "answer": SAID, "based_on": "駐輪場整備助成要綱 第3条", "ward": "chiyoda"}
    return {**fields, "expires_on": expires, **more}


def is_told(answer: Answer) -> bool:
    return "相談員が確認した回答です" in answer.text


async def written(browser: httpx.AsyncClient, **more: str) -> int:
    response = await post(browser, "/console/drafts", **draft(**more))
    assert response.status_code == 303, response.text
    return int(response.headers["location"].rpartition("/")[2])


async def approve(browser: httpx.AsyncClient, number: int, **more: str) -> httpx.Response:
    page = (await browser.get(f"/console/drafts/{number}")).text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    return await post(browser, f"/console/drafts/{number}/publish", seen=seen[1] if seen else "", **more)


async def test_an_approved_answer_is_told_survives_a_restart_and_other_ingests_and_can_be_withdrawn(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "診断.md").write_text(PAGE)
    world.ippo.ingest([str(tmp_path / "pages")], None)
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    assert not is_told(world.ask(ASKED))
    number = await written(advisor)
    assert not is_told(world.ask(ASKED))  # nobody has looked at it yet
    assert (await approve(admin, number)).status_code == 303

    answer = world.ask(ASKED)
    assert is_told(answer)
    assert SAID in answer.text
    assert answer.citations[0].source == f"faq/{number}.md"
    assert not is_told(world.ask(ASKED, ward="minato"))
    assert "公開中" in (await admin.get(f"/console/drafts/{number}")).text
    link = answer.citations[0].url.removeprefix("http://ippo.test")
    page = (await admin.get(link)).text
    assert "(相談員が確認した回答・2026年11月25日)" in page
    assert "駐輪場整備助成要綱 第3条" in page

    # Other ingests add to what is known; only a folder given again loses what is missing in it.
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "led.md").write_text("# LED\n\n店舗の照明をLEDに替えます。\n")
    world.ippo.ingest([str(tmp_path / "more")], None)
    (tmp_path / "pages" / "診断.md").unlink()
    world.ippo.ingest([str(tmp_path / "pages")], None)
    assert world.sources() == {"led.md", f"faq/{number}.md"}
    async with running(world.ippo.settings) as again:
        assert is_told(again.ask(ASKED))

    assert (await post(admin, f"/console/drafts/{number}/withdraw")).status_code == 303
    assert not is_told(world.ask(ASKED))
    assert world.sources() == {"led.md"}
    assert "取り下げられました" in (await admin.get(link)).text
    actions = [row["action"] for row in world.rows(audit, audit.c.subject == f"draft:{number}")]
    assert actions == ["draft-add", "draft-publish", "draft-withdraw"]


@ON_ONE
async def test_two_answers_do_not_push_one_another_out_on_another_machine_s_folder(
    world: World, tmp_path: Path
) -> None:
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    first = await written(advisor)
    second = await written(advisor, question="屋上緑化の助成はいくらですか", answer="上限は30万円です。")
    await approve(admin, first)
    await approve(admin, second)
    assert {f"faq/{first}.md", f"faq/{second}.md"} <= world.sources()
    await post(admin, f"/console/drafts/{first}/withdraw")
    assert f"faq/{first}.md" not in world.sources()
    assert "30万円" in world.ask("屋上緑化の助成はいくらですか").text


@ON_ONE
async def test_on_its_day_it_does_not_answer_any_more(world: World) -> None:
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    ends = TODAY + timedelta(days=10)
    await approve(admin, await written(advisor, expires_on=ends.isoformat()))
    assert is_told(world.ask(ASKED, today=ends - timedelta(days=1)))
    gone = world.ask(ASKED, today=ends)
    assert not is_told(gone)
    assert not any(passage.source.id.startswith("faq/") for passage in gone.passages)


UNUSABLE = [
    ("expires_on", ""),
    ("expires_on", "2026-11-25"),
    ("expires_on", (TODAY + timedelta(days=401)).isoformat()),
    ("expires_on", "2026-13-01"),
    ("question", " "),
    ("question", "あ" * 201),
    ("answer", "-----"),
    ("answer", "あ" * 801),
    ("based_on", ""),
    ("ward", "osaka"),
]


@ON_ONE
async def test_what_is_missing_or_too_much_is_said_and_nothing_typed_is_lost(world: World) -> None:
    advisor = await world.advisor("tanaka")
    for name, value in UNUSABLE:
        response = await post(advisor, "/console/drafts", **draft(**{name: value}))
        assert response.status_code == 422, (name, value)
        assert 'role="alert"' in response.text
        assert (SAID if name != "answer" else ASKED) in response.text
    assert world.rows(drafts) == []


@ON_ONE
async def test_the_last_day_allowed_is_allowed(world: World) -> None:
    advisor = await world.advisor("tanaka")
    assert await written(advisor, expires_on=(TODAY + timedelta(days=400)).isoformat())


async def test_nobody_approves_their_own_unless_nobody_else_is_there(world: World) -> None:
    admin = await world.log_in()
    alone = await written(admin)
    assert "確認して公開する" in (await admin.get(f"/console/drafts/{alone}")).text
    other = await world.advisor("suzuki", role="administrator")
    advisor = await world.advisor("tanaka")

    assert (await approve(admin, alone)).status_code == 409
    assert (await approve(advisor, alone)).status_code == 403
    assert (await approve(other, alone)).status_code == 303
    assert world.rows(drafts)[0]["approved_on"] == TODAY

    with world.store.write() as connection:
        connection.execute(update(accounts.advisors).where(accounts.advisors.c.login != "admin").values(active=False))
    mine = await written(admin, question="屋上緑化の助成はありますか")
    assert (await approve(admin, mine)).status_code == 303


async def test_what_changed_after_it_was_read_is_read_again(world: World) -> None:
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    number = await written(advisor)
    page = (await admin.get(f"/console/drafts/{number}")).text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    await post(advisor, f"/console/drafts/{number}", **draft(answer="ちがう答えです。"))
    response = await post(admin, f"/console/drafts/{number}/publish", seen=seen[1])
    assert response.status_code == 409
    assert "内容が変更されました" in response.text
    # And whoever changed it last wrote it.
    await post(admin, f"/console/drafts/{number}", **draft(answer="管理者の答えです。"))
    assert (await approve(admin, number)).status_code == 409


@ON_ONE
async def test_a_published_answer_is_withdrawn_before_it_is_changed(world: World) -> None:
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    number = await written(advisor)
    await approve(admin, number)
    changed = draft(answer="新しい答えです。")
    assert (await post(advisor, f"/console/drafts/{number}", **changed)).status_code == 422
    assert (await post(advisor, f"/console/drafts/{number}/withdraw")).status_code == 303
    assert (await post(advisor, f"/console/drafts/{number}", **changed)).status_code == 303
    assert not is_told(world.ask(ASKED))
    assert (await approve(admin, number)).status_code == 303
    assert "新しい答えです。" in world.ask(ASKED).text
    stranger = await world.advisor("sato")
    assert (await post(stranger, f"/console/drafts/{number}/withdraw")).status_code == 403


async def test_a_number_is_published_only_when_an_administrator_says_it_is_an_office_s(world: World) -> None:
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    for contact in ("madoguchi@example.jp", "千代田区神田町1-2-3", "03-1234-5678"):
        number = await written(advisor, answer=f"{SAID}\n問い合わせは {contact} です。")
        assert "個人の情報かもしれないもの" in (await admin.get(f"/console/drafts/{number}")).text
        assert (await approve(admin, number)).status_code == 409
    assert not is_told(world.ask(ASKED))
    assert (await approve(admin, number, office="yes")).status_code == 303
    assert "03-1234-5678" in world.ask(ASKED).text
    assert world.rows(audit, audit.c.action == "draft-publish")[0]["detail"] == "office"


def ended_case(world: World, contact: str = "", words: str = "うちの店に駐輪場をつくりたい。090-1234-5678") -> int:
    number = conversation(world.store, "visitor", ward="chiyoda")
    with world.store.write() as connection:
        case = open_case(connection, number, reason="asked", question=words)
        remember(connection, number, "advisor", "要綱の第3条で使えます。090-1234-5678 に電話します。", owner="advisor")
        connection.execute(update(cases).where(cases.c.id == case).values(contact=contact))
    return case


def end(world: World, case: int) -> None:
    with world.store.write() as connection:
        connection.execute(update(cases).where(cases.c.id == case).values(state="closed", ended_at=now() + 1))


async def test_a_draft_begins_with_an_ended_case_without_its_numbers(world: World) -> None:
    case = ended_case(world)
    advisor = await world.advisor("tanaka")
    assert (await advisor.get(f"/console/drafts/new?case={case}")).status_code == 409
    end(world, case)
    form = (await advisor.get(f"/console/drafts/new?case={case}")).text
    assert "うちの店に駐輪場をつくりたい。[電話番号]" in form
    assert "要綱の第3条で使えます。[電話番号]" in form
    assert "1234" not in form
    number = await written(advisor, case=str(case))
    assert world.rows(drafts)[0]["case_id"] == case
    assert f"/console/cases/{case}" in (await advisor.get(f"/console/drafts/{number}")).text
    assert f"/console/drafts/new?case={case}" in (await advisor.get(f"/console/cases/{case}")).text


@ON_ONE
async def test_what_the_person_left_is_never_published(world: World) -> None:
    case = ended_case(world, contact="山田花子、090-1234-5678、花子さんの店")
    end(world, case)
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    for leak in ("花子さんの店では090 1234 5678に", "山田花子さんのとおり", "電話は09012345678"):
        number = await written(advisor, case=str(case), answer=f"{SAID}{leak}")
        response = await approve(admin, number, office="yes")
        assert response.status_code == 409
        assert "相談者の名前や連絡先" in response.text
    assert not is_told(world.ask(ASKED))


async def test_an_erased_person_s_answer_leaves_the_index(world: World) -> None:
    case = ended_case(world)
    end(world, case)
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    number = await written(advisor, case=str(case))
    await approve(admin, number)
    link = world.ask(ASKED).citations[0].url.removeprefix("http://ippo.test")
    assert world.ippo.collect is not None
    shelving = Shelving(world.store, world.ippo.knowledge, world.ippo.collect, world.ippo.settings.answering_date)
    shelving.run()

    done = erase_person(world.store, "web", "visitor", on_draft=shelving.withdraw)
    assert done.drafts == (number,)
    shelving.run()

    assert not is_told(world.ask(ASKED))
    assert f"faq/{number}.md" not in world.sources()
    assert (await admin.get(f"/console/drafts/{number}")).status_code == 404
    # The link still opens, and holds nothing of it any more.
    shelving._next = 0.0
    shelving.run()
    page = (await admin.get(link)).text
    assert "内容は削除されました" in page
    assert SAID not in page
    assert ASKED not in page


@ON_ONE
async def test_a_worker_brings_in_what_could_not_be_brought_in_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    number = await written(advisor)
    monkeypatch.setattr("adapters.learning.shelving.Shelving.sync.__kwdefaults__", {"patience": 0.1}, raising=False)
    writing = world.ippo.knowledge.writing(1.0)  # type: ignore[attr-defined] - a real `Knowledge` here
    with writing:
        response = await approve(admin, number)
    assert response.status_code == 200
    assert "反映は数分のうち" in response.text
    assert "反映待ち" in response.text
    assert not is_told(world.ask(ASKED))
    assert world.ippo.collect is not None
    Shelving(world.store, world.ippo.knowledge, world.ippo.collect, world.ippo.settings.answering_date).run()
    assert is_told(world.ask(ASKED))


@ON_ONE
async def test_hostile_words_are_shown_as_words(world: World) -> None:
    hostile = "<script>alert(1)</script>"
    advisor, admin = await world.advisor("tanaka"), await world.log_in()
    number = await written(
        advisor, question=f"質問 {hostile}", answer=f"答え {hostile}", based_on=f"javascript:{hostile}"
    )
    await approve(admin, number)
    for path in (f"/console/drafts/{number}", "/console/drafts", f"/sources/{quote(f'faq/{number}.md', safe='')}"):
        assert "<script>alert" not in (await admin.get(path)).text


# --- figures


MONDAY = datetime(2026, 11, 16, 16, 0, tzinfo=TOKYO).timestamp()
DAY = 24 * 60 * 60
HOURS = parse("Mon-Fri 09:00-17:00 Asia/Tokyo")


def wrote(store: MessageStore, key: str, at: float, *, channel: str = "web", ward: str | None = None) -> None:
    """Write down that somebody wrote something."""
    number = conversation(store, key, channel, ward)
    row = {"conversation": number, "kind": "text", "text": "ひみつ", "message": "", "address": "{}"}
    with store.write() as connection:
        connection.execute(inbox.insert().values(**row, received_at=at, status="done", attempts=1, error=""))


def advised(
    store: MessageStore, key: str, at: float, reason: str, claimed: float | None, took: float | None, rating: int | None
) -> None:
    """Write down a case; claimed after and handled within seconds."""
    number = conversation(store, key)
    with store.write() as connection:
        case = open_case(connection, number, reason=reason, question="ひみつ")
        values = {
            "opened_at": at,
            "claimed_at": None if claimed is None else at + claimed,
            "ended_at": None if claimed is None or took is None else at + claimed + took,
            "rating": rating,
        }
        connection.execute(update(cases).where(cases.c.id == case).values(**values))


def filled(store: MessageStore) -> None:
    """Two days' life."""
    for n in range(3):
        wrote(store, "a", MONDAY + n, ward="chiyoda")
    wrote(store, "b", MONDAY, channel="line", ward="minato")
    wrote(store, "a", MONDAY + DAY)
    cited = (("診断.md", "費用"), ("led.md", "助成"))
    answered(store, "a", "ひみつ", "answer", at=MONDAY, vote="up", citations=cited)
    answered(store, "a", "ひみつ", "answer", at=MONDAY, vote="down", citations=cited[:1] * 2)
    answered(store, "a", "ひみつ", "abstain", at=MONDAY, citations=cited[1:])
    answered(store, "b", "ひみつ", "answer", at=MONDAY, channel="line", citations=cited[:1])
    answered(store, "a", "ひみつ", "clarify", at=MONDAY + DAY)
    # Called at 16:00 on a Monday, claimed 17 hours later: an hour of it lies within opening hours.
    advised(store, "a", MONDAY, "asked", 17 * 3600, 600, 3)
    advised(store, "c", MONDAY, "unanswered", 600, 1200, None)
    advised(store, "d", MONDAY, "asked", None, None, None)


def test_figures_add_up_by_day_channel_and_ward(store: MessageStore) -> None:
    filled(store)
    with store.read() as connection:
        found = figures(connection, MONDAY - 3600, MONDAY + 2 * DAY, HOURS)
        later = figures(connection, MONDAY + DAY - 60, MONDAY + 2 * DAY, HOURS)

    total = found.total
    assert len(total.conversations) == 2
    assert total.messages == 5
    assert dict(total.acts) == {"answer": 3, "abstain": 1, "clarify": 1}
    assert total.rate == 0.75
    assert (total.up, total.down, total.handoffs) == (1, 1, 3)
    assert dict(found.reasons) == {"asked": 2, "unanswered": 1}
    assert found.sources == [("診断.md", 3), ("led.md", 1)]
    assert dict(found.ratings) == {3: 1, 0: 1}

    assert found.waiting is not None
    assert (found.waiting.count, found.waiting.median, found.waiting.p90) == (2, (600 + 3600) / 2, 3600)
    assert found.handling is not None
    assert (found.handling.count, found.handling.median, found.handling.p90) == (2, 900, 1200)

    days = found.by(lambda key: key[0])
    assert [(day, cell.messages) for day, cell in days.items()] == [(date(2026, 11, 16), 4), (date(2026, 11, 17), 1)]
    assert {name: cell.messages for name, cell in found.by(lambda key: key[1]).items()} == {"line": 1, "web": 4}
    wards = found.by(lambda key: key[2])
    assert {name: (cell.messages, cell.handoffs) for name, cell in wards.items()} == {
        "": (0, 2),
        "chiyoda": (4, 1),
        "minato": (1, 0),
    }
    assert later.total.messages == 1
    assert later.waiting is None


def test_nine_of_ten_took_no_longer() -> None:
    assert times([]) is None
    one = times([5.0])
    ten = times([float(n) for n in range(1, 11)])
    assert one is not None
    assert ten is not None
    assert (one.median, one.p90) == (5, 5)
    assert (ten.median, ten.p90) == (5.5, 9)


async def test_the_page_draws_them_with_a_table_beside_and_nobody_s_words(world: World) -> None:
    filled(world.store)
    advisor = await world.advisor("tanaka")
    response = await advisor.get("/console/figures?since=2026-11-10&until=2026-11-20")
    page = response.text
    assert response.status_code == 200
    assert "75%" in page
    assert "ひみつ" not in page
    assert 'role="img"' in page
    assert '<title id="daily-name">' in page
    assert '<desc id="daily-desc">回答 3件、資料に答えなし 1件、そのほか 1件' in page
    assert page.count('<th scope="row">11/') == 11
    assert " style=" not in page
    assert "1時間0分" in page
    for span in (
        "?since=2026-01-01&until=2026-12-31",
        "?since=x&until=9999-99-99",
        "?since=2030-01-01&until=2020-01-01",
    ):
        assert (await advisor.get(f"/console/figures{span}")).status_code == 200

    file = await advisor.get("/console/figures.csv?since=2026-11-10&until=2026-11-20")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["日付"], row["チャネル"], row["区"], row["メッセージ数"]) for row in rows] == [
        ("2026-11-16", "LINE", "港区", "1"),
        ("2026-11-16", "ウェブ", "不明", "0"),
        ("2026-11-16", "ウェブ", "千代田区", "3"),
        ("2026-11-17", "ウェブ", "千代田区", "1"),
    ]
    assert "ひみつ" not in file.text


@ON_ONE
async def test_line_s_monthly_messages_are_shown_where_line_tells_them(world: World) -> None:
    from adapters.line.quota import Figures

    class Line:
        name = "line"

        def quota(self) -> Figures:
            return Figures(200, 150)

    assert "LINEの今月の送信" not in (await (await world.log_in()).get("/console/figures")).text
    world.messaging.channels["line"] = Line()  # type: ignore[index] - a dict here
    page = (await (await world.log_in()).get("/console/figures")).text
    assert "上限 200通の75%" in page
