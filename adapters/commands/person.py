"""`ippo person`: what is stored about somebody, shown or erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from adapters.commands.session import Unavailable, read_settings

if TYPE_CHECKING:
    from adapters.messages.store import MessageStore
    from adapters.settings import Settings

_CHANNEL = click.Choice(["line", "slack", "web"])


@click.group()
def person() -> None:
    """Show or erase what is stored about one person.

    PERSON is what the channel calls them: LINE's user id (U…), Slack's TEAM:USER (T…:U…), the web chat's cookie.
    People can ask for both themselves, in the conversation; docs/privacy.md tells more.

    \b
    Commands:
      ippo person export CHANNEL PERSON    everything held about them, as JSON
      ippo person erase CHANNEL PERSON     take it all away

    \b
    Examples:
      ippo person export line U4af4980629 > hanako.json
      ippo person erase slack T012AB3C4:U9XYZ
    """


@person.command()
@click.argument("channel", type=_CHANNEL)
@click.argument("who", metavar="PERSON")
def export(channel: str, who: str) -> None:
    """Print everything held about a person as JSON: messages both ways, ward, cases with ratings, votes.

    What others said and what advisors noted among themselves is left out.

    \b
    Examples:
      ippo person export line U4af4980629 > hanako.json

    Exit code: 0, also where nothing is held; 3 if the database can't be read.
    """
    with _store() as (_, store):
        from adapters.privacy.export import export as collect

        click.echo(json.dumps(collect(store, channel, who), ensure_ascii=False, indent=2))


@person.command()
@click.argument("channel", type=_CHANNEL)
@click.argument("who", metavar="PERSON")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
def erase(channel: str, who: str, yes: bool) -> None:
    """Erase a person: their words, contacts, cases and votes. Numbers stay, words go; it can't be undone.

    An open case ends. They are put on the list by which a backup that is restored later is cleaned.

    \b
    Examples:
      ippo person erase line U4af4980629
      ippo person erase web 0d2f… --yes

    Exit code: 0; 1 if it was not meant; 3 if the database can't be used.
    """
    if not yes:
        click.confirm(f"Erase everything about {who} ({channel})?", abort=True)
    with _store() as (settings, store):
        from adapters.privacy.erase import erase_person

        done = erase_person(store, channel, who, posting=bool(settings.slack_advisor_channel))
    click.echo(
        f"erased: {done.conversations:,} conversations, {done.messages:,} messages in groups, {done.cases:,} cases, "
        f"{len(done.drafts):,} published answers withdrawn"
    )
    if done.deletions:
        click.echo(f"a worker deletes {done.deletions:,} posts in Slack")
    if done.tasks:
        click.echo(f"{done.tasks:,} things remain for an operator to delete in Slack: see the tasks in the console")
    for draft in done.drafts:
        click.echo(f"draft {draft} was published from their case: run `ippo ingest` without it")


@contextmanager
def _store() -> Iterator[tuple[Settings, MessageStore]]:
    settings = read_settings()
    from adapters import logs
    from adapters.messages.store import MessageStore
    from knowledge.errors import KnowledgeError

    logs.configure(server=False)
    try:
        store = MessageStore.open(settings.data_dir, settings.database_url)
        try:
            yield settings, store
        finally:
            store.close()
    except KnowledgeError as error:
        raise Unavailable(f"{error}\n`ippo doctor` tells more.") from error
