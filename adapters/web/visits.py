"""Recent conversations of the web chat, in bounded memory: for follow-ups and for messages sent twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.answer import Turn

Reply = TypeVar("Reply")


@dataclass(slots=True)
class _Visit(Generic[Reply]):
    turns: list[Turn] = field(default_factory=list)
    replies: OrderedDict[str, Reply] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Visits(Generic[Reply]):
    """What was said lately, by visitor; the least recently seen visitor is forgotten first."""

    def __init__(self, *, visitors: int = 1000, turns: int = 12, replies: int = 30) -> None:
        """Bound the memory.

        Args:
            visitors: How many are remembered.
            turns: Messages of one conversation, either side's.
            replies: Replies kept of one visitor, for repeated requests.
        """
        self._visitors, self._turns, self._replies = visitors, turns, replies
        self._visits: OrderedDict[str, _Visit[Reply]] = OrderedDict()
        self._lock = threading.Lock()

    def reply(
        self, visitor: str, client_id: str, text: str, answer: Callable[[tuple[Turn, ...]], tuple[Reply, str]]
    ) -> Reply:
        """Answer a message once.

        Args:
            visitor: Whose conversation it is.
            client_id: The message's id, chosen by its sender; the same one gets the same reply.
            text: The message.
            answer: Makes the reply from the earlier turns and gives it with the text to remember. When it
                raises, nothing is remembered and the message can be sent again.
        """
        with self._lock:
            visit = self._visits.setdefault(visitor, _Visit())
            self._visits.move_to_end(visitor)
            while len(self._visits) > self._visitors:
                self._visits.popitem(last=False)
        # One message of a visitor at a time: a second press of "send" waits for the first one's reply.
        with visit.lock:
            if client_id in visit.replies:
                return visit.replies[client_id]
            reply, said = answer(tuple(visit.turns))
            visit.turns = [*visit.turns, Turn("user", text), Turn("assistant", said)][-self._turns :]
            visit.replies[client_id] = reply
            if len(visit.replies) > self._replies:
                visit.replies.popitem(last=False)
            return reply

    def forget(self, visitor: str) -> None:
        """Drop a visitor's conversation."""
        with self._lock:
            self._visits.pop(visitor, None)
