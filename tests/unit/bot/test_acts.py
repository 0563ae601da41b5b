"""Greetings, wishes for a person, tricks, other subjects and questions, as five authors wrote them without knowing the rules."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from bot.policies import is_greeting, is_misuse, is_off_topic, wants_person

ACTS = Path(__file__).parents[2] / "evals" / "acts.jsonl"
WANTED = {"question": 0.98, "handoff": 0.95, "misuse": 0.87, "greet": 0.85, "offtopic": 0.75}
"""Share of each kind that must be known for what it is; the rest is left to what the documents hold."""


def told(text: str) -> str:
    """What a message is taken for, in the order in which the assistant asks."""
    if is_misuse(text):
        return "misuse"
    if wants_person(text):
        return "handoff"
    if is_greeting(text):
        return "greet"
    return "offtopic" if is_off_topic(text) else "question"


def test_most_messages_are_known_for_what_they_are() -> None:
    items = [json.loads(line) for line in ACTS.read_text("utf-8").splitlines()]
    made, known = Counter[str](), Counter[str]()
    for item in items:
        made[item["class"]] += 1
        known[item["class"]] += told(item["text"]) == item["class"]
    assert sum(made.values()) > 1000
    shares = {kind: known[kind] / made[kind] for kind in made}
    assert {kind: share for kind, share in shares.items() if share < WANTED[kind]} == {}
