"""`ippo ask`: one answer, or a file of questions."""

from __future__ import annotations

import json
import shutil
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

import click

from adapters.commands.session import services

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo


@click.command()
@click.argument("question", required=False)
@click.option("--ward", metavar="WARD", help="One of the 23 wards in romaji, for example chiyoda.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Answer as on this date.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option(
    "--batch",
    type=click.File("r", encoding="utf-8-sig"),
    metavar="FILE",
    help="JSON lines in (id, question, optional ward, history, today), JSON lines out; - is the standard input.",
)
def ask(question: str | None, ward: str | None, today: datetime | None, as_json: bool, batch: TextIO | None) -> None:
    """Answer a question from the indexed documents, with sources.

    If nothing is indexed yet, the shipped knowledge is read first.

    \b
    Examples:
      ippo ask 何から始めればいいですか
      ippo ask --ward chiyoda 窓の断熱を頼める会社はありますか
      ippo ask --today 2026-04-01 --json 補助金はいつまでですか
      ippo ask --batch questions.jsonl > answers.jsonl

    Exit code: 0; 1 if a line of a batch was malformed (named on the standard error; the others are answered).
    """
    if (question is None) == (batch is None):
        raise click.UsageError("Give either a question or --batch FILE.")
    if batch is not None and (ward or today or as_json):
        raise click.UsageError("With --batch, ward and today stand in each line, and the output is always JSON.")
    if ward is not None:
        from adapters.questions import check_ward

        try:
            check_ward(ward)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--ward") from None
    with services() as ippo:
        _fill(ippo)
        if batch is not None:
            sys.exit(1 if _batch(ippo, batch) else 0)
        _one(ippo, str(question), ward, today, as_json)


def _fill(ippo: Ippo) -> None:
    """Read the shipped knowledge into an empty index."""
    if ippo.knowledge.is_empty():
        click.echo("はじめに同梱の資料を読み込みます。", err=True)
        from adapters.commands.ingest import read_sources

        read_sources(ippo, [])


def _one(ippo: Ippo, text: str, ward: str | None, today: datetime | None, as_json: bool) -> None:
    from adapters.questions import clean
    from adapters.render import answer_json, answer_text
    from bot.answer import Question

    asked = Question(clean(text), today.date() if today else ippo.settings.answering_date(), ward)
    started = time.perf_counter()
    answer = ippo.assistant.answer(asked)
    elapsed = (time.perf_counter() - started) * 1000
    if as_json:
        click.echo(json.dumps(answer_json(answer, question=asked.text, elapsed_ms=elapsed), ensure_ascii=False))
    else:
        columns = min(shutil.get_terminal_size().columns, 88) if sys.stdout.isatty() else None
        click.echo(answer_text(answer, columns=columns))


def _batch(ippo: Ippo, lines: TextIO) -> int:
    """Answer a file of questions, each as soon as it is read.

    Returns:
        Number of malformed lines.
    """
    from adapters import questions
    from adapters.render import answer_json

    malformed = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = questions.read(line)
        except ValueError as error:
            malformed += 1
            click.echo(json.dumps({"line": number, "error": str(error)}, ensure_ascii=False), err=True)
            continue
        started = time.perf_counter()
        answer = ippo.assistant.answer(item.asked(ippo.settings.answering_date()))
        elapsed = (time.perf_counter() - started) * 1000
        shown = answer_json(answer, question=item.question, elapsed_ms=elapsed, id=item.id)
        click.echo(json.dumps(shown, ensure_ascii=False))
    return malformed
