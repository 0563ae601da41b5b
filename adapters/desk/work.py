"""Works off what advisors do in Slack: finds the case and the advisor, then does it and ends the row in one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Connection, RowMapping, select, update

from adapters.desk.cases import Advisor, Desk
from adapters.desk.deeds import Deeds
from adapters.desk.posts import Op
from adapters.desk.schema import advisors, cases
from adapters.messages.lanes import Lane, LaneLost, hold
from adapters.messages.model import Kind, Reply
from adapters.messages.schema import conversations, inbox
from adapters.messages.store import MessageStore, now

log = logging.getLogger(__name__)

TRIES = 3
"""Attempts at a row before it is parked."""
PAUSE = 0.25
"""Seconds before a row that failed is tried again; doubled each time."""
YOUNG = 60.0
"""Seconds for which a row waits for its case: the card may be read before it is written down where it stands."""
LOOK = 0.5
"""Seconds between looks for it."""
DRAFT = "資料からの下書き(相談者には送られません。確かめて、ご自分の言葉で書いてください)"


@runtime_checkable
class Naming(Protocol):
    """Tells what people are called."""

    def user_name(self, team: str, user: str) -> str:
        """Give the name of a user of Slack."""


class DeskWork:
    """Works off lanes of the channel `desk` that are held. Safe to use from several threads at once."""

    def __init__(
        self,
        store: MessageStore,
        desk: Desk,
        name: Callable[[str, str], str],
        draft: Callable[[str, str | None], Reply] | None = None,
    ) -> None:
        """Take what is needed.

        Args:
            store: The database.
            desk: Where cases change hands.
            name: Gives the name of a user of Slack by workspace and id; it may take a moment.
            draft: Drafts an answer to a question from a ward, for whoever has claimed; None: there are no drafts.
        """
        self._store = store
        self._desk = desk
        self._deeds = Deeds(desk)
        self._name = name
        self._draft = draft

    def answer(self, lane: Lane, row: RowMapping) -> float:
        """Work one row off.

        Returns:
            Seconds to wait before it is tried again; 0 where it is done with.
        Raises:
            LaneLost: Another worker has the lane by now, and works it off.
        """
        address: Mapping[str, Any] = json.loads(row["address"])
        with self._store.read() as connection:
            case = _case(connection, row, address)
            account = _account(connection, address)
        if row["attempts"] >= TRIES:
            self._park(lane, row, address, case)
            return 0.0
        if case is None:
            if now() - row["received_at"] < YOUNG:
                return LOOK
            # A thread of another sort: advisors' channels are used for other talk as well.
            with self._store.write() as connection:
                hold(connection, lane)
                connection.execute(_this(row).values(status="done"))
            return 0.0
        with self._store.write() as connection:
            # Counted before the work: a row that kills its process is parked like one that fails.
            hold(connection, lane)
            connection.execute(_this(row).values(attempts=inbox.c.attempts + 1))
        try:
            # Before the transaction: Slack may be asked for the name.
            advisor, active = self._advisor(account, address)
            wait = self._do(lane, row, address, case["id"], advisor, active=active)
            if not wait and row["kind"] == Kind.CLAIM and case["shown_at"] is None:
                self._help(case["id"])
            return wait
        except LaneLost:
            raise
        except Exception as error:
            log.exception("desk row failed", extra={"inbox": row["id"]})
            with self._store.write() as connection:
                hold(connection, lane)
                # The kind of error alone: its words may hold somebody's.
                connection.execute(_this(row).values(error=type(error).__name__))
            return float(PAUSE * 2 ** row["attempts"])

    def _do(
        self, lane: Lane, row: RowMapping, address: Mapping[str, Any], number: int, advisor: Advisor, *, active: bool
    ) -> float:
        with self._store.write() as connection:
            hold(connection, lane)
            case = connection.execute(select(cases).where(cases.c.id == number)).mappings().one()
            wait = self._deeds.do(connection, case, row, address, advisor, active=active)
            # To wait for the bot's last call is no failure.
            ended = {"attempts": row["attempts"]} if wait else {"status": "done", "error": ""}
            connection.execute(_this(row).values(**ended))
        return wait

    def _help(self, number: int) -> None:
        """Show whoever has claimed a draft with its sources. A courtesy: nothing depends on it."""
        if self._draft is None:
            return
        try:
            with self._store.read() as connection:
                asked = connection.execute(
                    select(cases.c.question, conversations.c.ward)
                    .join(conversations, conversations.c.id == cases.c.conversation)
                    .where(cases.c.id == number, cases.c.state == "with_advisor")
                ).first()
            if asked is None:
                return
            found = self._draft(asked.question, asked.ward)
            with self._store.write() as connection:
                self._desk.post(
                    connection, number, Op.SAY, found.text, speaker=DRAFT, citations=found.citations, draft=True
                )
        except Exception:
            log.exception("no draft for a case", extra={"case": number})

    def _advisor(self, account: RowMapping | None, address: Mapping[str, Any]) -> tuple[Advisor, bool]:
        """Tell who it is, and whether they may do anything."""
        if account is not None:
            is_administrator = account["role"] == "administrator"
            return Advisor(f"account:{account['id']}", account["name"], is_administrator), bool(account["active"])
        team, user = address["team"], address["user"]
        return Advisor(f"slack:{team}:{user}", self._name(team, user)), True

    def _park(self, lane: Lane, row: RowMapping, address: Mapping[str, Any], case: RowMapping | None) -> None:
        """Set a row aside that can't be done; the thread hears of it."""
        log.error("desk row parked", extra={"inbox": row["id"], "error": row["error"]})
        with self._store.write() as connection:
            hold(connection, lane)
            connection.execute(_this(row).values(status="parked", error=row["error"] or "ProcessDied"))
            if case is not None:
                self._deeds.failed(connection, case, row, address)


def _case(connection: Connection, row: RowMapping, address: Mapping[str, Any]) -> RowMapping | None:
    """Find the case: by a button's value, else by the thread."""
    number = row["text"] if "ts" not in address else ""
    if number.isascii() and number.isdigit() and len(number) < 10:
        found = connection.execute(select(cases).where(cases.c.id == int(number))).mappings().first()
        if found is not None:
            return found
    where = (cases.c.slack_channel == address["channel"]) & (cases.c.slack_ts == address["thread_ts"])
    return connection.execute(select(cases).where(where)).mappings().first()


def _account(connection: Connection, address: Mapping[str, Any]) -> RowMapping | None:
    """Find the account that is linked to a user of Slack, one that is active before others."""
    where = advisors.c.slack_user == f"{address['team']}:{address['user']}"
    order = (advisors.c.active.desc(), advisors.c.id)
    return connection.execute(select(advisors).where(where).order_by(*order)).mappings().first()


def _this(row: RowMapping) -> Any:
    return update(inbox).where(inbox.c.id == row["id"], inbox.c.status == "pending")
