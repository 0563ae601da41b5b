"""The command line before it does anything: help, refusals, and how little is imported for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from adapters import reference
from adapters.cli import ippo

HEAVY = {
    "alembic", "chromadb", "fastapi", "httpx", "jinja2", "langchain", "numpy", "openpyxl", "pdfplumber", "pydantic",
    "pypdfium2", "sqlalchemy", "starlette", "sudachipy", "tantivy", "uvicorn",
}  # fmt: skip


@pytest.mark.parametrize("command", [None, *sorted(ippo.commands)])
def test_help_imports_nothing_heavy(command: str | None, project: Path) -> None:
    """What makes a start slow is importing; that can be counted, where time on a busy machine can't."""
    arguments = ["ippo", *([command] if command else []), "--help"]
    script = f"""
import sys
from adapters.cli import main
sys.argv = {arguments!r}
try:
    main()
finally:
    print(*sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True)

    assert "Usage: ippo" in ran.stdout
    assert HEAVY.isdisjoint(ran.stderr.split())


@pytest.mark.parametrize("command", [ippo, *ippo.commands.values()], ids=lambda command: str(command.name))
def test_every_help_has_examples(command: click.Command) -> None:
    assert "Examples:" in (command.help or "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "Give either a question or --batch FILE"),
        (["ask", "費用は?", "--batch", "-"], "Give either a question or --batch FILE"),
        (["ask", "--batch", "-", "--json"], "the output is always JSON"),
        (["ask", "費用は?", "--ward", "osaka"], "none of the 23 wards: chiyoda"),
        (["ask", "費用は?", "--today", "tomorrow"], "tomorrow"),
        (["ask", "--batch", "no-such-file"], "no-such-file"),
        (["eval", "no-such-file"], "no-such-file"),
        (["serve", "--port", "70000"], "70000"),
        (["nonsense"], "nonsense"),
    ],
)
def test_unusable_arguments_end_with_code_2_and_the_reason(arguments: list[str], said: str) -> None:
    ran = CliRunner().invoke(ippo, arguments)

    assert ran.exit_code == 2
    assert said in ran.stderr


def test_a_malformed_setting_stops_the_start_with_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPPO_CHROMA_URL", "chroma")

    ran = CliRunner().invoke(ippo, ["ask", "費用は?"])

    assert (ran.exit_code, ran.stderr) == (2, "Error: IPPO_CHROMA_URL: should be http://host:port\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", ["configuration", "commands"])
def test_the_generated_pages_are_up_to_date(page: str, project: Path) -> None:
    written = (project / "docs" / f"{page}.md").read_text(encoding="utf-8")

    assert written == getattr(reference, page)(), "run `make docs`"
