"""Erasing a person, showing what is stored, forgetting in time: on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, MetaData, func, select, update

from adapters.desk import cases as desk_cases
from adapters.desk.cases import Ack, Advisor, Desk
from adapters.desk.posts import Op, post
from adapters.desk.schema import answers, audit, cases, drafts, erasures, logins, notes, sessions, tasks
from adapters.desk.telling import remember
from adapters.messages.inbox import Inbox
from adapters.messages.lanes import LaneLost, Lanes, hold
from adapters.messages.model import Incoming, Kind, Reply
from adapters.messages.schema import conversations, inbox, outbox, seen, turns, workers
from adapters.messages.store import MessageStore, now
from adapters.privacy.erase import erase, erase_again, erase_person, listed
from adapters.privacy.export import export
from adapters.privacy.people import digest
from adapters.privacy.retention import DAY, purge, purge_if_due
from adapters.settings import Settings
from bot.answer import Act

WORDS = (
    "秘密の相談",
    "ひみつの返事",
    "090-1111-2222",
    "内部のつぶやき",
    "相談員の助言",
    "下書きの答え",
    "U-hanako",
    "引用の一節",
)
"""What a person's conversation leaves behind; none of it may be found anywhere."""
TANAKA = Advisor("account:1", "田中")


def take(store: MessageStore, person: str, text: str, *, channel: str = "line", n: int = 0, **more: Any) -> None:
    key = f"{channel}:{person}:{text}:{n}"
    digest_of_key = digest(channel, key)
    address = {"to": person, "source": "user", "token": f"token {text}"} | more.pop("address", {})
    conversation = more.pop("conversation", person)
    event = Incoming(
        channel, conversation, (digest_of_key,), Kind.TEXT, text, more.pop("whose", person), f"m{n}-{person}", address
    )
    Inbox(store).take([event])


def conversation_of(store: MessageStore, key: str) -> int:
    with store.read() as connection:
        return int(connection.execute(select(conversations.c.id).where(conversations.c.key == key)).scalar_one())


def sent(
    store: MessageStore, conversation: int, text: str, *, key: str, status: str = "sent", sent_as: str = "x"
) -> int:
    reply = Reply(
        text, citations=({"n": 1, "source": "a", "title": "t", "place": "p", "quote": "引用の一節", "url": "u"},)
    )
    with store.write() as connection:
        return int(
            connection.execute(
                outbox.insert()
                .values(
                    key=key, conversation=conversation, epoch=0, author="bot", reply=reply.to_json(),
                    address=json.dumps({"to": "U-hanako", "asked": "秘密の相談"}, ensure_ascii=False), retry_key="r",
                    received_at=now(), status=status, attempts=1, error="", sent_as=sent_as, sent_at=now(),
                )
                .returning(outbox.c.id)
            ).scalar_one()
        )  # fmt: skip


def talk(store: MessageStore, person: str, *, channel: str = "line") -> tuple[int, int]:
    """Leave traces everywhere; give the conversation and its case, which an advisor has."""
    take(store, person, "秘密の相談", channel=channel)
    take(store, person, "秘密の相談、まだ", channel=channel, n=1)
    number = conversation_of(store, person)
    reply = sent(store, number, "ひみつの返事", key=f"{number}-0", sent_as="D1:1.5" if channel == "slack" else "x")
    sent(store, number, "ひみつの返事", key=f"{number}-1", status="unknown")
    desk = Desk(posting=True)
    with store.write() as connection:
        first = select(func.min(inbox.c.id)).where(inbox.c.conversation == number).scalar_subquery()
        connection.execute(update(inbox).where(inbox.c.id == first).values(status="done"))
        connection.execute(
            update(conversations).where(conversations.c.id == number).values(ward="minato", talk='{"value": "090-1111-2222"}')
        )  # fmt: skip
        remember(connection, number, "user", "秘密の相談", message="m1", detail={"q": "引用の一節"})
        connection.execute(
            answers.insert().values(
                conversation=number, channel=channel, ward="minato", question="秘密の相談", act="abstain", confidence=0.1,
                passages='[["a", "引用の一節"]]', citations="[]", outbox=reply, vote="down", at=now(),
            )
        )  # fmt: skip
        case = desk_cases.open_case(connection, number, reason="asked", question="秘密の相談")
        post(connection, case, Op.CARD, "秘密の相談 090-1111-2222")
        post(connection, case, Op.SAY, "秘密の相談", speaker="相談者 U-hanako")
        connection.execute(
            update(cases).where(cases.c.id == case).values(
                contact="090-1111-2222", consent_at=now(), slack_channel="C9", slack_ts="9.1"
            )
        )  # fmt: skip
        desk.claim(connection, case, TANAKA)
        desk.settle(connection, case)
        desk.reply(connection, case, TANAKA, "相談員の助言", key=f"k{case}", ack=Ack("C9", "9.3"))
        desk.note(connection, case, TANAKA, "内部のつぶやき")
        lane = connection.execute(select(conversations.c.id).where(conversations.c.key == f"case:{case}")).scalar_one()
        rows = connection.execute(select(outbox.c.id).where(outbox.c.conversation == lane).order_by(outbox.c.id))
        for n, row in enumerate(rows.scalars().all()[:3]):
            connection.execute(update(outbox).where(outbox.c.id == row).values(status="sent", sent_as=f"C9:9.{n}"))
        connection.execute(
            drafts.insert().values(
                case_id=case, question="秘密の相談", answer="下書きの答え", based_on="引用の一節", ward="minato",
                expires_on=date(2027, 3, 31), state="published", author="account:1", approved_by="account:2",
                approved_on=None, at=now(),
            )
        )  # fmt: skip
    # What the advisor wrote in Slack, as the inbox holds it.
    with store.write() as connection:
        connection.execute(
            inbox.insert().values(
                conversation=lane, kind="advice", text="相談員の助言", message="C9:9.3", address='{"user": "U1"}',
                received_at=now(), status="done", attempts=1, error="",
            )
        )  # fmt: skip
    return number, case


def everything(store: MessageStore) -> Iterator[tuple[str, str]]:
    """Give every value of every column of every table there is, as text, with its place."""
    found = MetaData()
    found.reflect(store.engine)
    with store.read() as connection:
        for table in found.sorted_tables:
            columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
            for row in connection.execute(select(*columns)):
                for column, value in zip(columns, row, strict=True):
                    yield f"{table.name}.{column.name}", str(value)


def traces(store: MessageStore, words: tuple[str, ...] = WORDS) -> list[tuple[str, str]]:
    # What is JSON may hold the same words in another way of writing.
    ways = [way for word in words for way in (word, json.dumps(word)[1:-1])]
    return [(place, value) for place, value in everything(store) if any(way in value for way in ways)]


def on_disk(store: MessageStore) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(store.data_dir.glob("messages.db*")))


def test_no_word_of_an_erased_person_is_left_in_any_column(store: MessageStore) -> None:
    number, case = talk(store, "U-hanako")
    talk(store, "U-taro")
    before = {place for place, _ in traces(store)}
    assert {"inbox.text", "turns.text", "outbox.reply", "outbox.address", "conversations.talk", "conversations.key",
            "cases.question", "cases.contact", "notes.text", "answers.question", "drafts.answer"} <= before  # fmt: skip
    counts = _rows(store)
    # Two talk alike: only whose words are theirs alone is looked for.
    erase_person(store, "line", "U-taro")

    withdrawn: list[int] = []
    done = erase_person(store, "line", "U-hanako", on_draft=withdrawn.append)

    assert traces(store) == []
    assert (done.conversations, done.cases, len(done.drafts)) == (1, 1, 1)
    assert withdrawn == list(done.drafts)
    after = _rows(store)
    assert all(after[name] >= count for name, count in counts.items())
    with store.read() as connection:
        row = connection.execute(select(cases).where(cases.c.id == case)).mappings().one()
        assert (row["state"], row["question"], row["consent_at"], row["holder_name"]) == ("returned", "", None, "田中")
        said = connection.execute(select(inbox.c.status).where(inbox.c.conversation == number).order_by(inbox.c.id))
        assert said.scalars().all() == ["done", "unsent"]
        told = set(connection.scalars(select(outbox.c.status).where(outbox.c.conversation == number)))
        assert told == {"erased", "dropped"}
        kept = connection.execute(select(answers).where(answers.c.conversation == number)).mappings().one()
        assert (kept["act"], kept["confidence"], kept["question"], kept["vote"]) == ("abstain", 0.1, "", "")
        assert set(connection.scalars(select(drafts.c.state))) == {"withdrawn"}


def _rows(store: MessageStore) -> dict[str, int]:
    with store.read() as connection:
        tables = (conversations, inbox, outbox, turns, cases, notes, answers, drafts)
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_sqlite_keeps_no_word_in_its_files(tmp_path: Path) -> None:
    store = MessageStore.open(tmp_path)
    talk(store, "U-hanako")
    assert "秘密の相談".encode() in on_disk(store)

    erase_person(store, "line", "U-hanako")

    assert [word for word in WORDS if word.encode() in on_disk(store)] == []
    store.close()


def test_others_keep_everything(store: MessageStore) -> None:
    talk(store, "U-hanako")
    take(store, "U-taro", "太郎の質問")
    take(store, "C-group", "みんなの質問", whose="")
    take(store, "U-hanako", "別の場所の花子", channel="web")
    before = sorted(pair for pair in everything(store) if "太郎" in pair[1] or "みんな" in pair[1] or "別の" in pair[1])

    erase_person(store, "line", "U-hanako")

    after = sorted(pair for pair in everything(store) if "太郎" in pair[1] or "みんな" in pair[1] or "別の" in pair[1])
    assert before == after
    assert len(before) == 6  # texts and the tokens named after them


def test_a_web_conversation_without_a_person_is_known_by_its_cookie(store: MessageStore) -> None:
    take(store, "visitor-7f3a", "秘密の相談", channel="web", whose="")

    assert erase_person(store, "web", "visitor-7f3a").conversations == 1
    assert traces(store, ("秘密の相談", "visitor-7f3a")) == []


def test_the_list_and_the_audit_name_a_person_by_digest_alone(store: MessageStore) -> None:
    talk(store, "U-hanako")
    name = digest("line", "U-hanako")

    erase_person(store, "line", "U-hanako", who="account:1")

    with store.read() as connection:
        assert list(listed(connection)) == [name]
        row = connection.execute(select(audit).where(audit.c.action == "erase")).mappings().all()[-1]
    assert (row["who"], row["subject"], row["detail"]) == ("account:1", name[:12], "")


def test_someone_unknown_is_listed_for_the_backups_that_may_know_them(store: MessageStore) -> None:
    assert erase_person(store, "line", "nobody").conversations == 0
    with store.read() as connection:
        assert list(listed(connection)) == [digest("line", "nobody")]


def test_posts_in_the_advisors_channel_are_deleted_the_card_last(store: MessageStore) -> None:
    _, case = talk(store, "U-hanako")

    done = erase_person(store, "line", "U-hanako")

    with store.read() as connection:
        lane = connection.execute(select(conversations.c.id).where(conversations.c.key == f"case:{case}")).scalar_one()
        rows = connection.execute(
            select(outbox.c.address, outbox.c.status, outbox.c.reply).where(outbox.c.conversation == lane).order_by(outbox.c.id)
        ).all()  # fmt: skip
    waiting = [(json.loads(row.address), json.loads(row.reply)["text"]) for row in rows if row.status == "pending"]
    ops = [address["op"] for address, _ in waiting]
    assert ops == ["say", *["delete"] * done.deletions]
    assert "終了" in waiting[0][1]
    assert [address["ts"] for address, _ in waiting[1:]] == ["9.2", "9.1", "9.0"]
    assert all(address["channel"] == "C9" for address, _ in waiting[1:])


def test_an_operator_is_told_what_people_wrote_themselves(store: MessageStore) -> None:
    _, case = talk(store, "U-hanako")

    assert erase_person(store, "line", "U-hanako").tasks == 1

    with store.read() as connection:
        row = connection.execute(select(tasks)).mappings().one()
    assert (row["kind"], row["subject"], row["done"]) == ("erasure", f"case:{case}", False)
    assert "C9" in row["detail"]
    assert "削除してください" in row["detail"]


def test_a_slack_persons_words_in_a_channel_go_and_others_stay(store: MessageStore) -> None:
    where = {"conversation": "T1:C5:1.0", "whose": "", "channel": "slack"}
    for n, (user, text) in enumerate([("U1", "一郎の秘密"), ("U2", "二郎の話"), ("U11", "十一郎の話")]):
        take(store, user, text, n=n, address={"team": "T1", "channel": "C5", "user": user, "private": False}, **where)
    number = conversation_of(store, "T1:C5:1.0")
    with store.write() as connection:
        ids = connection.scalars(select(inbox.c.id).order_by(inbox.c.id)).all()
        remember(connection, number, "user", "一郎の秘密", message="m0-U1")
    reply = sent(store, number, "「一郎の秘密」ですね", key=f"{ids[0]}:0")
    with store.write() as connection:
        detail = {"outbox": reply}
        remember(connection, number, "assistant", "「一郎の秘密」ですね", detail=detail)
        remember(connection, number, "assistant", "二郎さんへ", detail={"outbox": reply * 10})

    done = erase_person(store, "slack", "T1:U1")

    assert (done.conversations, done.messages) == (0, 1)
    assert traces(store, ("一郎の秘密", "引用の一節")) == []
    assert len(traces(store, ("二郎の話", "十一郎の話"))) == 4
    assert len(traces(store, ("二郎さんへ",))) == 1


@pytest.mark.parametrize("posting", [True, False])
def test_replies_in_slack_are_deleted_where_workers_can(store: MessageStore, posting: bool) -> None:
    where = {"team": "T1", "channel": "D1", "user": "U1", "private": True}
    take(store, "T1:U1", "秘密の相談", channel="slack", conversation="T1:D1:1.0", address=where)
    sent(store, conversation_of(store, "T1:D1:1.0"), "ひみつの返事", key="k", sent_as="D1:1.5")

    done = erase_person(store, "slack", "T1:U1", posting=posting)

    with store.read() as connection:
        waiting = connection.scalars(select(outbox.c.address).where(outbox.c.status == "pending")).all()
        told = connection.scalars(select(tasks.c.detail)).all()
    assert (done.deletions, done.tasks) == ((1, 0) if posting else (0, 1))
    assert [json.loads(one)["ts"] for one in waiting] == (["1.5"] if posting else [])
    assert ["1件" in one for one in told] == ([] if posting else [True])


def test_what_slack_would_not_delete_becomes_an_operators_task(store: MessageStore) -> None:
    talk(store, "U-hanako")
    erase_person(store, "line", "U-hanako")
    with store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.address.contains("delete")).values(status="failed"))

    purge(store, 365, now())
    purge(store, 365, now())

    with store.read() as connection:
        found = connection.scalars(select(tasks.c.subject).where(tasks.c.subject.startswith("post:"))).all()
    assert sorted(found) == ["post:C9:9.0", "post:C9:9.1", "post:C9:9.2"]


def test_who_asks_in_a_conversation_is_still_told_there(store: MessageStore) -> None:
    take(store, "U-hanako", "秘密の相談")
    take(store, "U-hanako", "はい、すべて削除", n=1)
    lane = Lanes(store).claim()
    assert lane is not None
    waiting = sent(store, lane.conversation, "ひみつの返事", key="old", status="pending")

    with store.write() as connection:
        hold(connection, lane)
        erase(connection, lane.channel, lane.person, lane=lane.conversation)
    told = sent(store, lane.conversation, "削除しました", key="new", status="pending")

    with store.write() as connection:
        hold(connection, lane)  # The lease is still theirs.
        rows = {row.id: row.status for row in connection.execute(select(outbox.c.id, outbox.c.status))}
        statuses = connection.scalars(select(inbox.c.status)).all()
        row = connection.execute(select(conversations)).mappings().one()
    assert (rows[waiting], rows[told]) == ("dropped", "pending")
    assert set(statuses) == {"unsent"}
    assert (row["key"], row["person"], row["ward"]) == ("U-hanako", "U-hanako", None)
    with store.read() as connection:
        addresses = [json.loads(address) for address in connection.scalars(select(inbox.c.address))]
    assert addresses == [{"to": "U-hanako", "source": "user"}] * 2


def test_a_worker_in_the_middle_of_an_answer_writes_nothing_after_it(store: MessageStore) -> None:
    take(store, "U-hanako", "秘密の相談")
    lane = Lanes(store).claim()
    assert lane is not None

    erase_person(store, "line", "U-hanako")

    with pytest.raises(LaneLost), store.write() as connection:
        hold(connection, lane)
    assert Lanes(store).claim() is None


def test_who_comes_back_begins_anew(store: MessageStore) -> None:
    take(store, "U-hanako", "秘密の相談")
    erase_person(store, "line", "U-hanako")

    take(store, "U-hanako", "またきました", n=5)

    with store.read() as connection:
        rows = connection.execute(select(conversations.c.id).where(conversations.c.person == "U-hanako")).all()
    assert len(rows) == 1
    shown = export(store, "line", "U-hanako")
    assert [one["text"] for one in shown["conversations"][0]["messages"]] == ["またきました"]


def test_erasing_again_by_the_list_keeps_what_came_later(store: MessageStore) -> None:
    take(store, "U-hanako", "秘密の相談")
    at = now()
    take(store, "U-hanako", "またきました", n=5)
    take(store, "U-taro", "太郎の質問")

    with store.write() as connection:
        assert erase_again(connection, {digest("line", "U-hanako"): at, digest("line", "x"): at}) == 1

    assert traces(store, ("秘密の相談",)) == []
    with store.read() as connection:
        assert connection.scalars(select(inbox.c.text).where(inbox.c.text != "").order_by(inbox.c.id)).all() == [
            "またきました",
            "太郎の質問",
        ]
        assert len(listed(connection)) == 2


def test_an_export_shows_both_sides_and_no_internal_note(store: MessageStore) -> None:
    talk(store, "U-hanako")

    shown = export(store, "line", "U-hanako")
    written = json.dumps(shown, ensure_ascii=False)

    (conversation,) = shown["conversations"]
    assert conversation["ward"] == "minato"
    assert [one["from"] for one in conversation["messages"]].count("person") == 2
    assert {"ippo", "advisor"} <= {one["from"] for one in conversation["messages"]}
    (case,) = conversation["cases"]
    assert (case["question"], case["contact"], case["rating"]) == ("秘密の相談", "090-1111-2222", None)
    assert case["consent_at"].endswith("+09:00")
    assert conversation["answers"][0]["vote"] == "down"
    assert "相談員の助言" in written
    assert "内部のつぶやき" not in written
    assert "下書き" not in written
    assert "token" not in written


def test_of_someone_unknown_there_is_nothing_to_show(store: MessageStore) -> None:
    assert export(store, "line", "nobody")["conversations"] == []
    assert export(store, "line", "")["conversations"] == []


def test_what_nobody_has_touched_for_long_is_forgotten(store: MessageStore) -> None:
    take(store, "U-saburo", "三郎の質問")
    take(store, "U-taro", "太郎の質問")
    number, _ = talk(store, "U-jiro")
    old = now() - 400 * DAY
    with store.write() as connection:
        for table, column in (
            (inbox, "received_at"),
            (outbox, "received_at"),
            (turns, "at"),
            (conversations, "created_at"),
        ):
            connection.execute(update(table).values({column: old}))
        mine = conversation_of(store, "U-taro")
        connection.execute(update(inbox).where(inbox.c.conversation == mine).values(received_at=now()))

    done = purge(store, 365, now())

    # The one with an open case is not left alone.
    assert done.conversations == 1
    assert traces(store, ("三郎", "U-saburo")) == []
    assert len(traces(store, ("太郎の質問",))) == 2
    with store.read() as connection:
        kept = connection.execute(select(turns.c.text).where(turns.c.conversation == number)).scalars().all()
        assert "秘密の相談" in kept
        assert listed(connection) == {}
    assert purge(store, 365, now()).conversations == 0


def test_what_is_kept_for_a_while_goes_after_it(store: MessageStore) -> None:
    at = now()
    with store.write() as connection:
        connection.execute(seen.insert(), [{"key": f"old{n}", "at": at - 31 * DAY} for n in range(2500)])
        connection.execute(seen.insert().values(key="new", at=at - 29 * DAY))
        connection.execute(workers.insert(), [{"id": "dead", "beat_at": at - 2 * DAY}, {"id": "alive", "beat_at": at}])
        connection.execute(logins.insert(), [{"key": "k", "at": at - 2 * DAY}, {"key": "k", "at": at}])

    done = purge(store, 365, at)

    assert (done.seen, done.workers, done.logins, done.sessions) == (2500, 1, 1, 0)
    with store.read() as connection:
        assert connection.scalars(select(seen.c.key)).all() == ["new"]
        assert connection.scalars(select(sessions.c.token)).all() == []


def test_an_erased_person_is_cut_off_once_they_have_been_told(store: MessageStore) -> None:
    for person in ("U-hanako", "U-taro"):
        take(store, person, "秘密の相談")
        with store.write() as connection:
            erase(connection, "line", person, lane=conversation_of(store, person))
            connection.execute(update(conversations).values(busy=False))
    at = now()
    assert purge(store, 365, at).severed == 0
    take(store, "U-taro", "またきました", n=7)

    assert purge(store, 365, at + 2 * DAY).severed == 1

    assert traces(store, ("U-hanako",)) == []
    assert len(export(store, "line", "U-taro")["conversations"]) == 1


def test_of_many_processes_one_purges_and_only_once_a_day(store: MessageStore) -> None:
    # The audit is never emptied: what other tests left there is long ago for this one's clock.
    with store.read() as connection:
        before = connection.execute(select(func.count()).where(audit.c.action == "purged")).scalar_one()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(purge_if_due(store, Settings()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert sum(one is not None for one in found) == 1
    with store.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "purged")).mappings().all()
    assert len(rows) == before + 1
    assert json.loads(rows[-1]["detail"])["conversations"] == 0


def test_an_erased_reply_is_neither_offered_nor_sent_again(store: MessageStore) -> None:
    number, _ = talk(store, "U-hanako")
    erase_person(store, "line", "U-hanako")

    with store.read() as connection:
        left = connection.scalars(select(outbox.c.status).where(outbox.c.conversation == number)).all()
        replies = connection.scalars(select(outbox.c.reply).where(outbox.c.conversation == number)).all()
        assert connection.execute(select(func.count()).select_from(erasures)).scalar_one() == 1
    assert set(left) == {"erased", "dropped"}
    assert all(Reply.from_json(reply).text == "" for reply in replies)
    assert Reply.from_json(replies[0]).act in Act
