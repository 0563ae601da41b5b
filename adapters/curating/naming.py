"""What an uploaded file is called: its identity, and never a path."""

from __future__ import annotations

import re
import unicodedata

from adapters.curating.errors import CurationError
from knowledge.fold import drop_hidden

LONGEST = 200
"""Characters of a name."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def name_of(given: str) -> str:
    """Make a name of what a browser says a file is called.

    Args:
        given: Anything: some browsers send a whole path, and a script whatever it likes.
    Returns:
        The last part, without what nobody sees; macOS's decomposed kana composed, so that the same file has the same name
        from every computer.
    Raises:
        CurationError: Nothing is left, or too much.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = " ".join(drop_hidden(_UNSEEN.sub("", last)).split())
    if not name.strip("."):
        raise CurationError("ファイルを選んでください。")
    if len(name) > LONGEST:
        raise CurationError(f"ファイル名が長すぎます。{LONGEST}文字までに変えてください。")
    return name
