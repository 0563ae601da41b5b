"""`ippo line`: set the LINE account up; see what is left of the month."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from adapters.commands.session import Misconfigured, Unavailable, read_settings

if TYPE_CHECKING:
    from adapters.line.calls import Calls, Result
    from adapters.settings import Settings


@click.group()
def line() -> None:
    """Set up the LINE account, or see how many messages are left.

    \b
    Commands:
      ippo line setup    rich menu, webhook address, test call
      ippo line quota    messages of this month

    \b
    Examples:
      IPPO_PUBLIC_URL=https://ippo.example.jp ippo line setup
      ippo line quota
    """


@line.command()
def setup() -> None:
    """Install the rich menu, set the webhook address from IPPO_PUBLIC_URL and have LINE call it.

    May be run again: the menu is replaced. The server has to be running and reachable for the test call.

    \b
    Examples:
      IPPO_PUBLIC_URL=https://ippo.example.jp ippo line setup

    Exit code: 0; 1 if LINE can't reach the webhook; 2 if a setting is missing; 3 if LINE refuses a call.
    """
    settings = read_settings()
    calls = _calls(settings)
    if not settings.public_url.startswith("https://"):
        raise Misconfigured(f"IPPO_PUBLIC_URL: LINE calls https addresses only, not {settings.public_url}")
    about = _done(calls.about(), "who the access token belongs to")
    click.echo(f"account    {about.body.get('displayName')} ({about.body.get('basicId')})")
    click.echo(f"rich menu  {_install_menu(calls)}")
    url = f"{settings.public_url}/line/webhook"
    _done(calls.set_webhook(url), "the webhook address")
    click.echo(f"webhook    {url}")
    reached = _test(calls)
    click.echo(
        "\nIn the LINE Official Account Manager (https://manager.line.biz), response settings:\n"
        "  webhook on · auto-reply off · greeting message off; for groups: allow joining groups\n"
        "In the LINE Developers console: webhook redelivery on"
    )
    sys.exit(0 if reached else 1)


@line.command()
def quota() -> None:
    """Print how many messages the plan has this month, and how many are used.

    Replies are free and not counted; what is sent later than a minute after a message is.

    \b
    Examples:
      ippo line quota
    """
    from adapters.line import quota as figures

    calls = _calls(read_settings())
    found = figures.read(calls)
    if found is None:
        raise Unavailable("LINE does not tell: check IPPO_LINE_CHANNEL_ACCESS_TOKEN")
    if found.limit is None:
        click.echo(f"used {found.used:,}, no limit")
        return
    click.echo(
        f"used {found.used:,} of {found.limit:,} ({found.share:.0%}); the last {found.reserve:,} are kept for advisors"
    )


def _calls(settings: Settings) -> Calls:
    from adapters.line.calls import Calls
    from adapters.line.routes import missing

    lacking = missing(settings)
    if lacking:
        raise Misconfigured(f"LINE is off: set {' and '.join(lacking)} (LINE Developers console, Messaging API)")
    return Calls(settings.line_api_url, settings.line_channel_access_token.get_secret_value())


def _done(result: Result, what: str) -> Result:
    if not result.accepted:
        hint = ": check IPPO_LINE_CHANNEL_ACCESS_TOKEN" if result.status == 401 else ""
        raise Unavailable(f"LINE refuses {what}: {result.status or 'no answer'} {result.error}{hint}")
    return result


def _install_menu(calls: Calls) -> str:
    """Make the menu and show it; only then are earlier ones deleted, so that there always is one."""
    from adapters.line import menu

    wanted = menu.definition()
    _done(calls.check_menu(wanted), "the rich menu")
    listed = _done(calls.menus(), "the list of rich menus").body or {}
    earlier = [one["richMenuId"] for one in listed.get("richmenus", []) if one.get("name") == menu.NAME]
    made = str(_done(calls.make_menu(wanted), "the rich menu").body["richMenuId"])
    _done(calls.set_picture(made, menu.PICTURE.read_bytes()), "the rich menu's picture")
    _done(calls.show_menu(made), "to show the rich menu")
    for one in earlier:
        _done(calls.drop_menu(one), "to delete the earlier rich menu")
    return f"{made} for everybody" + (f", {len(earlier)} earlier deleted" if earlier else "")


def _test(calls: Calls) -> bool:
    told = _done(calls.test_webhook(), "the test call").body or {}
    if told.get("success"):
        click.echo("test call  answered with 200")
        return True
    click.echo(f"test call  failed: {told.get('reason')} {told.get('detail')}", err=True)
    click.echo(
        "           is `ippo serve` running and reachable there? the address may take a minute to hold", err=True
    )
    return False
