"""The navigation: which pages there are, and for whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, in the order in which `routes.PAGES` names its page."""

    title: str
    path: str
    administrators: bool = False
    """Whether only administrators see it; the page itself has to ask for one as well."""
