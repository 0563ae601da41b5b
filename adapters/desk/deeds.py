"""What advisors do in Slack, done: each deed within a transaction of the caller's, with its row in the audit.

What is refused is said in the thread. Nobody there has to guess whether the person has read something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from adapters.desk import audit
from adapters.desk.cases import Ack, Advisor, Desk
from adapters.desk.errors import DeskError
from adapters.desk.posts import Op
from adapters.desk.schema import cases
from adapters.messages.model import Kind
from adapters.messages.schema import seen

SOON = 0.1
"""Seconds until it is looked again whether the bot has fallen silent."""
QUIET = 600.0
"""Seconds in which somebody is told only once that they are not heard: advisors may talk with one another."""

INACTIVE = "お使いのアカウントは無効になっています。操作も、相談者への送信もできません。管理者にお尋ねください。"
NOBODY = "まだ担当者がいません。送るときは、先に「担当する」を押してから、もう一度書いてください。"
ANOTHER = "担当は{holder}さんです。"
OVER = "この相談は終わっています。"
UNSENT = "この投稿は相談者に送っていません。{why}(相談員どうしの会話には、このままこのスレッドを使えます)"
FILES = "ファイルは相談者に届きません。必要なことは文章で書いてください。"
CHANGED = (
    "投稿を編集・削除しても、相談者には反映されません(送信済みの文章はそのままです)。"
    "訂正は、新しい投稿として書いてください。"
)
FAILED = "処理できませんでした。相談者には何も送っていません。もう一度お試しください。"
_NOTE = ("!", "！")


class Deeds:
    """Does what came in. Safe to share."""

    def __init__(self, desk: Desk) -> None:
        """Take where cases change hands."""
        self._desk = desk

    def do(
        self,
        connection: Connection,
        case: RowMapping,
        row: RowMapping,
        address: Mapping[str, Any],
        advisor: Advisor,
        *,
        active: bool,
    ) -> float:
        """Do it, or say why not.

        Args:
            connection: In a transaction.
            case: The case that it is about.
            row: Of the inbox.
            address: Of the row.
            advisor: Who does it.
            active: Whether they may do anything at all.
        Returns:
            Seconds until it is to be tried again, nothing having been done but a claim; 0 where it is done.
        """
        kind = Kind(row["kind"])
        if not active:
            pressed = kind in (Kind.CLAIM, Kind.RETURN, Kind.CLOSE)
            self._refuse(connection, case, address, advisor, f"{kind}: inactive", INACTIVE, always=pressed)
            return 0.0
        match kind:
            case Kind.CLAIM:
                return self._claim(connection, case, address, advisor)
            case Kind.RETURN | Kind.CLOSE:
                self._end(connection, case, address, advisor, kind)
            case Kind.ADVICE | Kind.ADVICE_FILES:
                return self._advise(connection, case, row, address, advisor)
            case Kind.ADVICE_CHANGED:
                self._change(connection, case, row, address, advisor)
            case _:
                pass
        return 0.0

    def failed(self, connection: Connection, case: RowMapping, row: RowMapping, address: Mapping[str, Any]) -> None:
        """Say that it could not be done, which is nobody's fault in the thread."""
        if Kind(row["kind"]) in (Kind.ADVICE, Kind.ADVICE_FILES):
            self._react(connection, case, address, "x")
        self._say(connection, case, address, FAILED)

    def _claim(self, connection: Connection, case: RowMapping, address: Mapping[str, Any], advisor: Advisor) -> float:
        try:
            self._desk.claim(connection, case["id"], advisor)
        except DeskError as error:
            self._refuse(connection, case, address, advisor, f"claim: {_kind(error)}", str(error), always=True)
            return 0.0
        if case["holder"] != advisor.key:
            self._record(connection, case, advisor, "claim")
        return 0.0 if self._desk.settle(connection, case["id"]) else SOON

    def _end(
        self, connection: Connection, case: RowMapping, address: Mapping[str, Any], advisor: Advisor, kind: Kind
    ) -> None:
        end = self._desk.give_back if kind is Kind.RETURN else self._desk.close
        try:
            end(connection, case["id"], advisor)
        except DeskError as error:
            self._refuse(connection, case, address, advisor, f"{kind}: {_kind(error)}", str(error), always=True)
        else:
            self._record(connection, case, advisor, kind.value)

    def _advise(
        self,
        connection: Connection,
        case: RowMapping,
        row: RowMapping,
        address: Mapping[str, Any],
        advisor: Advisor,
    ) -> float:
        text = row["text"]
        if text.startswith(_NOTE):
            self._note(connection, case, address, advisor, text[1:].strip())
            return 0.0
        # Whoever has claimed it elsewhere may have gone before the claim showed.
        if not self._desk.settle(connection, case["id"]):
            return SOON
        holds = _state(connection, case["id"], advisor)
        if holds is not None:
            reason, why = holds
            self._refuse(connection, case, address, advisor, f"reply: {reason}", UNSENT.format(why=why))
            return 0.0
        if text:
            ack = Ack(address["channel"], address["ts"])
            if self._desk.reply(connection, case["id"], advisor, text, key=row["message"], ack=ack):
                self._record(connection, case, advisor, "reply")
        if Kind(row["kind"]) is Kind.ADVICE_FILES:
            self._say(connection, case, address, FILES)
        return 0.0

    def _note(
        self, connection: Connection, case: RowMapping, address: Mapping[str, Any], advisor: Advisor, text: str
    ) -> None:
        if not text:
            return
        self._desk.note(connection, case["id"], advisor, text, told=False)
        self._react(connection, case, address, "memo")
        self._record(connection, case, advisor, "note")

    def _change(
        self,
        connection: Connection,
        case: RowMapping,
        row: RowMapping,
        address: Mapping[str, Any],
        advisor: Advisor,
    ) -> None:
        # The name under which `Desk.reply` remembers what it has sent.
        sent = connection.execute(select(seen.c.key).where(seen.c.key == f"desk:{row['message']}")).first()
        if sent is None and case["holder"] != advisor.key:
            # Advisors among themselves: there is nothing that could have reached anybody.
            return
        self._record(connection, case, advisor, "refused", "advice_changed")
        self._say(connection, case, address, CHANGED)

    def _refuse(
        self,
        connection: Connection,
        case: RowMapping,
        address: Mapping[str, Any],
        advisor: Advisor,
        detail: str,
        text: str,
        *,
        always: bool = False,
    ) -> None:
        """Write down that something was not done, and say so; unless `always`, not again and again."""
        subject, told = f"case:{case['id']}", f"{detail}, told"
        if not always and audit.happened(
            connection, who=advisor.key, action="refused", subject=subject, detail=told, within=QUIET
        ):
            self._record(connection, case, advisor, "refused", detail)
            return
        self._record(connection, case, advisor, "refused", told)
        self._say(connection, case, address, text)

    def _record(
        self, connection: Connection, case: RowMapping, advisor: Advisor, action: str, detail: str = ""
    ) -> None:
        audit.record(connection, who=advisor.key, action=action, subject=f"case:{case['id']}", detail=detail)

    def _say(self, connection: Connection, case: RowMapping, address: Mapping[str, Any], text: str) -> None:
        self._desk.post(connection, case["id"], Op.SAY, text, mention=address["user"])

    def _react(self, connection: Connection, case: RowMapping, address: Mapping[str, Any], name: str) -> None:
        self._desk.post(connection, case["id"], Op.REACT, channel=address["channel"], ts=address["ts"], name=name)


def _state(connection: Connection, case: int, advisor: Advisor) -> tuple[str, str] | None:
    """Tell why somebody's words do not go out: for the audit and for them; None where they do.

    The conversation is locked by now, so it stays true until the end of the transaction.
    """
    row = connection.execute(select(cases.c.state, cases.c.holder, cases.c.holder_name).where(cases.c.id == case)).one()
    if row.state == "waiting":
        return "nobody", NOBODY
    if row.state != "with_advisor":
        return "over", OVER
    return None if row.holder == advisor.key else ("another", ANOTHER.format(holder=row.holder_name))


def _kind(error: DeskError) -> str:
    return type(error).__name__
