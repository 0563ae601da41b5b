"""A message as the sentences that it is made of."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[。!?！？\n])")


def sentences(folded: str) -> list[str]:
    """Cut a folded text behind each mark that ends a sentence, and at each line."""
    return _END.split(folded)
