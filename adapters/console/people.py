"""The advisors: administrators add them, give them new passwords and end their access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, select

from adapters.console import accounts, passwords, sessions
from adapters.console.accounts import LOGIN, ROLES, SLACK_USER, Account
from adapters.console.context import Console, see_other
from adapters.console.forms import Form
from adapters.console.gate import Administrator, Number, Posted
from adapters.console.menu import Entry
from adapters.console.sessions import Session
from adapters.desk.audit import record
from adapters.messages.schema import conversations

HERE = "/console/advisors"
MENU = (Entry("相談員", HERE, administrators=True),)
NAME = 20
"""Characters of a name at most: people see it above each reply, and LINE shows no more."""
SET = "admin は設定 IPPO_CONSOLE_PASSWORD の管理者です。ここでは名前と Slack だけを変えられます。"
LAST = "管理者がいなくなるので、変更できません。"
TAKEN = "このログイン名は使われています。"
WRONG_LOGIN = "ログイン名は、半角の小文字・数字・記号(. _ -)で2〜40文字にしてください。"
WRONG_NAME = f"名前を{NAME}文字以内で入れてください。"
WRONG_SLACK = "Slack のメンバーIDは U0123ABCD か T0123ABCD:U0123ABCD の形で入れてください。"
NO_WORKSPACE = "ワークスペースがまだ分かりません。T0123ABCD:U0123ABCD の形で入れてください。"
SHORT = f"パスワードは{passwords.SHORTEST}文字以上、{passwords.LONGEST}文字以内にしてください。"


class Unusable(Exception):
    """A field is wrong; the words are for whoever filled it in."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A password that was made, shown once."""

    login: str
    password: str


def routes(console: Console) -> APIRouter:
    """Make the routes of the accounts."""
    router = APIRouter(include_in_schema=False)

    @router.get(HERE)
    def show(session: Administrator) -> HTMLResponse:
        return page(session)

    @router.post(HERE)
    def add(form: Posted, session: Administrator) -> Response:
        return answer(session, form, lambda: _add(console, session, form), keep=True)

    @router.post(HERE + "/{number:int}")
    def change(number: Number, form: Posted, session: Administrator) -> Response:
        return answer(session, form, lambda: _change(console, session, number, form))

    @router.post(HERE + "/{number:int}/password")
    def reset(number: Number, form: Posted, session: Administrator) -> Response:
        return answer(session, form, lambda: _reset(console, session, number, form))

    @router.post(HERE + "/{number:int}/active")
    def activate(number: Number, form: Posted, session: Administrator) -> Response:
        return answer(session, form, lambda: _activate(console, session, number, active=form.get("active") == "yes"))

    def answer(session: Session, form: Form, deed: Callable[[], Shown | None], *, keep: bool = False) -> Response:
        try:
            shown = deed()
        except Unusable as error:
            return page(session, 422, problem=str(error), filled=form if keep else None)
        # A password that was made is shown by this reply alone; it is kept nowhere.
        return page(session, shown=shown) if shown else see_other(HERE)

    def page(
        session: Session,
        status: int = 200,
        *,
        problem: str = "",
        shown: Shown | None = None,
        filled: Form | None = None,
    ) -> HTMLResponse:
        with console.store.read() as connection:
            people = accounts.everybody(connection)
        kept = {name: filled.get(name) if filled else "" for name in ("login", "name", "role", "slack_user")}
        return console.page(
            session, "people.html", here=HERE, status=status, people=people, problem=problem, shown=shown, kept=kept
        )

    return router


def _add(console: Console, session: Session, form: Form) -> Shown | None:
    login = form.get("login").lower()
    if not LOGIN.fullmatch(login):
        raise Unusable(WRONG_LOGIN)
    password, fresh = _password(form)
    with console.store.write() as connection:
        name, role, slack_user = _values(connection, form)
        number = accounts.add(connection, login=login, name=name, role=role, slack_user=slack_user, password=fresh)
        if number is None:
            raise Unusable(TAKEN)
        record(connection, who=session.account.key, action="account-add", subject=f"account:{number}", detail=role)
    return None if form.raw("password") else Shown(login, password)


def _change(console: Console, session: Session, number: int, form: Form) -> None:
    with console.store.write() as connection:
        one = _known(connection, number)
        name, role, slack_user = _values(connection, form)
        role = one.role if one.is_set else role
        if role != one.role and _is_last(connection, one):
            raise Unusable(LAST)
        accounts.change(connection, number, name=name, role=role, slack_user=slack_user)
        record(connection, who=session.account.key, action="account-change", subject=one.key, detail=role)


def _reset(console: Console, session: Session, number: int, form: Form) -> Shown | None:
    password, fresh = _password(form)
    with console.store.write() as connection:
        one = _known(connection, number)
        if one.is_set:
            raise Unusable(SET)
        accounts.change(connection, number, password=fresh)
        sessions.end_all(connection, number, but=session.token)
        record(connection, who=session.account.key, action="password-reset", subject=one.key)
    return None if form.raw("password") else Shown(one.login, password)


def _activate(console: Console, session: Session, number: int, *, active: bool) -> None:
    with console.store.write() as connection:
        one = _known(connection, number)
        if one.is_set:
            raise Unusable(SET)
        if not active and _is_last(connection, one):
            raise Unusable(LAST)
        accounts.change(connection, number, active=active)
        if not active:
            sessions.end_all(connection, number)
        action = "account-activate" if active else "account-deactivate"
        record(connection, who=session.account.key, action=action, subject=one.key)


def _known(connection: Connection, number: int) -> Account:
    one = accounts.find(connection, number)
    if one is None:
        raise HTTPException(404, "この相談員は見つかりません。")
    return one


def _is_last(connection: Connection, one: Account) -> bool:
    return one.is_administrator and one.active and accounts.active_administrators(connection) == 1


def _values(connection: Connection, form: Form) -> tuple[str, str, str]:
    """Read name, role and Slack user.

    Raises:
        Unusable: One of them is.
    """
    name, role, slack_user = " ".join(form.get("name").split()), form.get("role"), form.get("slack_user").strip()
    if not 0 < len(name) <= NAME:
        raise Unusable(WRONG_NAME)
    if slack_user and not SLACK_USER.fullmatch(slack_user):
        raise Unusable(WRONG_SLACK)
    if slack_user and ":" not in slack_user:
        team = _workspace(connection)
        if not team:
            raise Unusable(NO_WORKSPACE)
        slack_user = f"{team}:{slack_user}"
    return name, role if role in ROLES else accounts.ADVISOR, slack_user


def _workspace(connection: Connection) -> str:
    """Learn the workspace from the latest conversation in Slack; empty: there was none."""
    where = conversations.c.channel == "slack"
    key = connection.execute(
        select(conversations.c.key).where(where).order_by(conversations.c.id.desc()).limit(1)
    ).scalar()
    return str(key).partition(":")[0] if key else ""


def _password(form: Form) -> tuple[str, str]:
    """Give the password that was typed, or a made one, and its hash.

    Raises:
        Unusable: It is too short or too long.
    """
    password = form.raw("password") or passwords.generated()
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise Unusable(SHORT)
    return password, passwords.hashed(password)
