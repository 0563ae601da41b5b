"""What a machine must not decide: each topic with messages that touch it and messages that only sound like it."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff import topics as module
from bot.handoff.topics import TopicsError, load, topics, topics_of

TODAY = date(2026, 11, 25)
DEVSET = Path(__file__).parents[5] / "shared/devset/questions.jsonl"
MESSAGES: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "messages.toml").read_text("utf-8"))


def messages(kind: str) -> list[tuple[str, str]]:
    return [(topic, text) for topic, texts in MESSAGES.items() for text in texts[kind].strip().splitlines()]


def touched(text: str) -> set[str]:
    return {topic.id for topic in topics_of(text, TODAY)}


@pytest.mark.parametrize(("topic", "text"), messages("touches"))
def test_a_message_touches_its_topic(topic: str, text: str) -> None:
    assert topic in touched(text)


@pytest.mark.parametrize(("topic", "text"), messages("spares"))
def test_a_message_that_only_sounds_like_it_does_not(topic: str, text: str) -> None:
    assert topic not in touched(text)


@pytest.mark.parametrize(("topic", "text"), [m for m in messages("touches") if m[0] not in ("safety", "anger")])
def test_nobody_is_called_unasked_for_what_can_wait(topic: str, text: str) -> None:
    assert not touched(text) & {"safety", "anger"}, topic


def test_every_topic_has_its_messages() -> None:
    assert set(MESSAGES) == {topic.id for topic in topics()}
    for topic, texts in MESSAGES.items():
        for kind in ("touches", "spares"):
            assert len(texts[kind].strip().splitlines()) >= 12, (topic, kind)


def test_the_immediate_topics_come_first_and_are_two() -> None:
    assert [topic.id for topic in topics() if topic.immediate] == ["safety", "anger"]
    assert [topic.id for topic in topics()][:2] == ["safety", "anger"]


def test_several_topics_come_in_the_order_of_the_file() -> None:
    found = topics_of("ガス臭い!それと大家さんの承諾はいる?12/5までに返事しないと", TODAY)

    assert [topic.id for topic in found] == ["safety", "legal", "deadline"]


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: topic.id)
def test_a_caution_is_one_sentence_or_two_and_names_a_person(topic: module.Topic) -> None:
    assert "人" in topic.caution
    assert topic.caution.endswith("。")
    assert len(topic.caution) <= 80


@pytest.mark.skipif(not DEVSET.exists(), reason="needs ../shared")
def test_a_plain_question_calls_nobody_unasked() -> None:
    questions = [json.loads(line)["question"] for line in DEVSET.read_text("utf-8").splitlines()]

    assert [q for q in questions if touched(q) & {"safety", "anger"}] == []


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    topics_of(text, TODAY)


def test_a_long_message_is_looked_at_quickly() -> None:
    for text in ("もう" * 2500, "うちは" * 1600, "取引先に" * 1250, "12/5" * 1250, "会社の" * 1600, "漏電" * 2500):
        topics_of(text, TODAY)


SOUND = '[[topic]]\nid = "{id}"\ntitle = "t"\nimmediate = {immediate}\nowner = "o"\ncaution = "c"\npatterns = ["{pattern}"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[topic]", "topics.toml"),
        (SOUND.format(id="a", immediate="false", pattern="("), "unterminated"),
        (SOUND.format(id="a", immediate="false", pattern="x") * 2, "stands twice"),
        (
            SOUND.format(id="a", immediate="false", pattern="x") + SOUND.format(id="b", immediate="true", pattern="x"),
            "immediate topics come first",
        ),
        ('[[topic]]\nid = "a"\ntitle = "t"\nowner = "o"\ncaution = "c"\npatterns = []\n', "needs patterns"),
        ('[[topic]]\nid = "a"\nwrong = 1\n', "wrong"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "topics.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(TopicsError, match=said):
        load(path)
