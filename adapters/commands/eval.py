"""`ippo eval`: score a question set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

import click

from adapters.commands.session import services

if TYPE_CHECKING:
    from adapters.bootstrap import Ippo


@click.command("eval")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Compare this model (as in IPPO_MODEL) with the answers without one; may be given several times.",
)
def evaluate(file: TextIO, as_json: bool, models: tuple[str, ...]) -> None:
    """Answer a question set and print how well.

    FILE holds JSON lines with what is expected of each answer. The documents it asks about must be indexed.

    \b
    Examples:
      ippo eval questions.jsonl
      ippo eval questions.jsonl --json > figures.json
      ippo eval questions.jsonl --model openai:gpt-4.1-mini --model ollama:qwen3
    """
    items = _read(file)
    with services() as ippo:
        from bot.evaluation import evaluate as score

        if models:
            from adapters.commands.comparing import compare

            click.echo(compare(ippo, models, items, _originals(ippo), as_json=as_json))
            return

        report = score(ippo.assistant, items, _originals(ippo), ippo.settings.answering_date())
    figures = report.figures()
    failed = [
        {"id": result.item["id"], "act": result.answer.act.value, "expect": result.item["expect"]}
        for result in report.failed()
    ]
    if as_json:
        click.echo(json.dumps({**figures, "failed": failed}, ensure_ascii=False))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            click.echo(name)
            for part, share in value.items():
                click.echo(f"  {part:<32} {_figure(share)}")
        else:
            click.echo(f"{name:<34} {_figure(value)}")
    if failed:
        click.echo("failed")
        for item in failed:
            acts = item["act"] if item["act"] == item["expect"] else f"{item['act']}, expected {item['expect']}"
            click.echo(f"  {item['id']}  {acts}")


def _read(file: TextIO) -> list[dict[str, Any]]:
    from adapters.curating import golden

    try:
        return golden.parse(file)
    except golden.UnusableQuestions as error:
        raise click.UsageError(f"{file.name}, {error}") from None


def _originals(ippo: Ippo) -> dict[str, str]:
    """Give each source's text as it was read, in which a citation's quote must be found."""
    found = {}
    for source in ippo.knowledge.current().sources():
        shown = ippo.knowledge.document(source.id)
        if shown is not None:
            found[source.id] = "\n".join(block.text for block in shown.document.blocks)
    return found


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {_figure(part)}" for name, part in value.items())
    if isinstance(value, list):
        return " – ".join(map(_figure, value))
    return "–" if value is None else str(value)
