"""`ippo doctor`: what works, what does not, what to do."""

from __future__ import annotations

import sys

import click


@click.command()
def doctor() -> None:
    """Check that everything works; say what to do.

    Looks at the settings, the database, the index and each configured part.

    \b
    Examples:
      ippo doctor
      IPPO_CHROMA_URL=http://localhost:8001 ippo doctor

    Exit code: 0 if all is well, 1 if something needs doing.
    """
    from adapters import health

    checks = health.examine()
    for check in checks:
        sign = click.style("ok  ", fg="green") if check.good else click.style("!!  ", fg="red", bold=True)
        click.echo(f"{sign}{check.name:<10} {check.finding}")
        if check.remedy:
            click.echo(f"    {'':<10} → {check.remedy}")
    sys.exit(0 if all(check.good for check in checks) else 1)
