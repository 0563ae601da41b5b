"""Many people write on all channels while processes are killed and platforms fail; then everything is counted."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.crash.rig import Rig, running
from tests.platforms import line as line_platform

PATIENCE = 240.0
"""Seconds for everything to be answered after the last question."""
DOUBLED = 0.15
"""Share of messages that a platform delivers twice."""
QUESTIONS = (
    "LED照明の助成の上限はいくらですか?",
    "窓の断熱の助成は何%ですか?",
    "環境課の電話番号は?",
    "助成の対象経費は?",
    "LEDと窓ではどちらが多く出ますか?",
)


@dataclass
class Scale:
    """How much."""

    people: int
    each: int
    """Questions of one person on one channel."""
    kills: int
    faults: int
    """Faults of each platform."""


@dataclass
class Count:
    """What came of it: empty where every question was answered once and in order."""

    asked: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)


def fire(folder: Path, database: str | None, seed: int, scale: Scale) -> Count:
    """Run people, kills and faults; count what arrived.

    Args:
        folder: An empty one.
        database: SQLAlchemy URL; None: SQLite in the folder.
        seed: Of all that is random.
        scale: How much.
    """
    chance = random.Random(seed)
    with running(folder, database) as rig:
        people = [
            person
            for number in range(scale.people)
            for person in (
                LinePerson(rig, number, scale.each, chance.random()),
                SlackPerson(rig, number, scale.each, chance.random()),
                WebPerson(rig, number, scale.each, chance.random()),
            )
        ]
        threads = [threading.Thread(target=person.talk, daemon=True) for person in people]
        for thread in threads:
            thread.start()
        _trouble(rig, chance, scale)
        for thread in threads:
            thread.join(PATIENCE)
        count = Count(len(people) * scale.each, rig.kills)
        count.wrong += [f"{person} did not finish writing" for person, thread in zip(people, threads, strict=True) if thread.is_alive()]  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and any(person.missing() for person in people):
            time.sleep(0.5)
        time.sleep(2.0)  # what comes twice comes late
        for person in people:
            count.wrong += person.wrong()
            person.close()
        return count


def _trouble(rig: Rig, chance: random.Random, scale: Scale) -> None:
    """Let platforms fail and kill processes, spread over the time that people write."""
    for _ in range(scale.kills):
        for _ in range(scale.faults // scale.kills):
            rig.line.faults.append(chance.choice(("500", "429", "accept, drop", "accept, 500", "")))
            rig.slack.fail("chat.postMessage", chance.choice(("500", "reset", "429", "stored-reset", "stored-500")))
        time.sleep(chance.uniform(0.5, 3.0))
        rig.kill(chance)


class Person:
    """Somebody who writes on one channel, one message after the other."""

    channel = ""

    def __init__(self, rig: Rig, number: int, each: int, seed: float) -> None:
        self.rig, self.number, self.each = rig, number, each
        self.chance = random.Random(seed)

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"

    def talk(self) -> None:
        """Write all questions, each until it is taken, some twice."""
        for n in range(self.each):
            send = self.question(n, f"{self.chance.choice(QUESTIONS)} ({self.number}-{n})")
            self._until_taken(send)
            if self.chance.random() < DOUBLED:
                send()
            time.sleep(self.chance.uniform(0.0, 0.4))

    def question(self, n: int, text: str) -> Callable[[], bool]:
        """Make question n; what is given sends it and tells whether it was taken."""
        raise NotImplementedError

    def missing(self) -> bool:
        """Tell whether an answer is still to come."""
        raise NotImplementedError

    def wrong(self) -> list[str]:
        """List what is not as it should be."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back what is open."""

    def _until_taken(self, send: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not send():
            if time.monotonic() > deadline:
                raise AssertionError(f"{self}: nobody takes the message")
            time.sleep(0.3)


class LinePerson(Person):
    """On LINE, in a chat of their own."""

    channel = "line"

    def __init__(self, rig: Rig, number: int, each: int, seed: float) -> None:
        super().__init__(rig, number, each, seed)
        self.id = line_platform.user(number)
        self.tokens: list[str] = []

    def question(self, n: int, text: str) -> Callable[[], bool]:
        event = self.rig.line.text(self.id, text)
        self.tokens.append(event["replyToken"])

        tries = 0

        def send() -> bool:
            nonlocal tries
            # What comes again says so, and its token's minute begins anew: an adapter counts it from there.
            body, headers = self.rig.line.request(self.rig.line.redelivery(event) if tries else event)
            tries += 1
            return self.rig.post("/line/webhook", body, headers) == 200

        return send

    def missing(self) -> bool:
        return len(self._got()) < self.each

    def wrong(self) -> list[str]:
        got = self._got()
        found = [f"{self}: {len(got)} answers to {self.each} questions"] if len(got) != self.each else []
        used = [
            call.body["replyToken"]
            for call in list(self.rig.line.calls)
            if call.path.endswith("/reply")
            and isinstance(call.body, dict)
            and call.body.get("replyToken") in self.tokens
        ]
        order = [self.tokens.index(token) for token in dict.fromkeys(used)]
        return found + ([f"{self}: answered in the order {order}"] if order != sorted(order) else [])

    def _got(self) -> list[line_platform.Delivered]:
        return [one for one in list(self.rig.line.delivered) if one.to == self.id]


class SlackPerson(Person):
    """On Slack, in direct messages: every other question goes on in the thread of the one before."""

    channel = "slack"

    def __init__(self, rig: Rig, number: int, each: int, seed: float) -> None:
        super().__init__(rig, number, each, seed)
        self.user = f"U0PERSON{number:03}"
        self.room = rig.slack.direct(self.user)
        self.roots: list[str] = []

    def question(self, n: int, text: str) -> Callable[[], bool]:
        root = self.roots[-1] if n % 2 else None
        (body,) = self.rig.slack.say(self.room, self.user, text, thread_ts=root)
        self.roots.append(root or body["event"]["ts"])
        tries = 0

        def send() -> bool:
            nonlocal tries
            done = self.rig.slack.deliver(
                body, lambda raw, headers: (self.rig.post("/slack/events", raw, headers), b""), retry=min(tries, 3)
            )
            tries += 1
            return done.status == 200

        return send

    def missing(self) -> bool:
        return len(self._got()) < self.each

    def wrong(self) -> list[str]:
        wanted, got = Counter(self.roots), Counter(self._got())
        return [] if wanted == got else [f"{self}: wanted {dict(wanted)}, got {dict(got)}"]

    def _got(self) -> list[str]:
        with self.rig.slack.lock:
            return [m["thread_ts"] for m in self.room.messages if m.get("bot_id") and m.get("thread_ts")]


class WebPerson(Person):
    """In the web chat."""

    channel = "web"

    def __init__(self, rig: Rig, number: int, each: int, seed: float) -> None:
        super().__init__(rig, number, each, seed)
        self.browser = httpx.Client(base_url=rig.address, timeout=20)
        self.replies: dict[str, set[int]] = {}

    def question(self, n: int, text: str) -> Callable[[], bool]:
        client_id = f"{self.number}-{n}"

        def send() -> bool:
            try:
                if not self.browser.cookies:
                    self.browser.get("/api/messages")
                answer = self.browser.post("/api/messages", json={"text": text, "client_id": client_id})
            except httpx.HTTPError:
                return False
            if answer.status_code == 200:
                self.replies.setdefault(client_id, set()).add(answer.json()["id"])
            return answer.status_code in (200, 202)

        return send

    def missing(self) -> bool:
        return len([message for message in self._talk() if message["role"] == "ippo"]) < self.each

    def wrong(self) -> list[str]:
        talk = self._talk()
        ids = [message["client_id"] for message in talk if message["role"] == "ippo"]
        found = [f"{self}: answered {ids}"] if ids != [f"{self.number}-{n}" for n in range(self.each)] else []
        return found + [f"{self}: {key} was answered {len(seen)} times" for key, seen in self.replies.items() if len(seen) > 1]  # fmt: skip

    def close(self) -> None:
        """Close the browser."""
        self.browser.close()

    def _talk(self) -> list[dict[str, object]]:
        try:
            return list(json.loads(self.browser.get("/api/messages").content)["messages"])
        except (httpx.HTTPError, ValueError):
            return []
