"""What can stop an operator. Each message is Japanese, and shown on the page as it is."""

from __future__ import annotations

from collections.abc import Sequence


class CurationError(Exception):
    """It can't be done; the message says why and what to do."""


class Breaks(CurationError):
    """Questions that were answered well before would not be any more; nothing was published."""

    def __init__(self, questions: Sequence[tuple[str, str]]) -> None:
        """Take what breaks.

        Args:
            questions: (id, question) of each.
        """
        self.questions = tuple(questions)
        super().__init__(f"公開すると、いま正しく答えられている確認質問{len(self.questions)}件に答えられなくなります。")
