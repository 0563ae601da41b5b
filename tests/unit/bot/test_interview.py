from __future__ import annotations

import json

import pytest

from bot.interview.interview import asked_in, heard, label, reply
from bot.interview.questions import DATA, DONT_KNOW, QuestionsError, load, questions
from bot.interview.state import FIELDS, Interview, InvalidState


def test_every_question_has_taps_and_ends_with_the_way_out():
    assert [q.field for q in questions()] == list(FIELDS)
    for question in questions():
        assert question.choices[-1] == DONT_KNOW
        assert len(question.choices) <= 13
        assert len(set(question.choices)) == len(question.choices)


@pytest.mark.parametrize("question", questions(), ids=lambda q: q.field)
def test_every_tap_is_understood_as_itself(question):
    for answer in question.answer:
        assert reply(question.field, answer.label) == answer.value
    for answer in question.answer[:-1]:
        assert label(answer.label) == {question.field: answer.value}


def test_the_way_out_means_nothing_without_its_question():
    assert label(DONT_KNOW) == {}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("concern", "とにかく電気が高い", "bill"),
        ("concern", "エアコンが効かない", "heat"),
        ("concern", "得意先に言われて", "client"),
        ("concern", "特にないです", "unsure"),
        ("building", "賃貸です", "tenant"),
        ("building", "うちの持ち物です", "owner"),
        ("building", "一階が店で自宅と一緒", "home"),
        ("building", "大家をしています", "landlord"),
        ("building", "ビルのことはわからないです", "unknown"),
        ("place", "文京区", "bunkyo"),
        ("place", "港区です", "minato"),
        ("place", "葛飾", "katsushika"),
        ("place", "ほかの区です", "other"),
        ("place", "横浜市です", "outside"),
        ("place", "埼玉", "outside"),
        ("contract", "はい", "own"),
        ("contract", "いいえ、ビルです", "building"),
        ("trade", "ラーメン屋", "food"),
        ("trade", "印刷屋です", "factory"),
        ("trade", "IT", "office"),
    ],
)
def test_free_text_answers_a_question(field, text, value):
    assert reply(field, text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("building", "CES認証の費用はいくらですか？"),
        ("contract", "あとでまた来ます"),
        ("building", "千代田区"),
        ("concern", "ありがとうございます、ちなみに説明会はどこでやっているのか知りたいです"),
    ],
)
def test_what_answers_something_else_is_no_reply(field, text):
    assert reply(field, text) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("うちは港区で借りてる小さなカフェ。電気代がきつい", {"concern": "bill", "building": "tenant", "place": "minato", "trade": "food"}),
        ("取引先の大手からCO2の数字を出してって言われた", {"concern": "client"}),
        ("自社ビルの町工場です。夏が暑くて", {"concern": "heat", "building": "owner", "trade": "factory"}),
        ("ビルのオーナーです", {"building": "landlord"}),
        ("電気代の補助金", {"concern": "subsidy"}),
        ("横浜で小さな店をやっています", {"place": "outside"}),
        ("何から始めればいい?", {}),
        ("東京都の事業者です", {}),
        ("千代田区長の方針は?", {}),
    ],
)  # fmt: skip
def test_what_is_said_by_the_way_is_heard(text, values):
    assert heard(text) == values


def test_the_question_of_a_message_is_known_again():
    for question in questions():
        assert asked_in(f"わかりました。\n{question.ask}") == question.field
    assert asked_in("電話番号は資料にあります。") == ""


def test_the_state_survives_json():
    state = Interview("bill", "tenant", "bunkyo", "own", "food", ("filter",))
    assert Interview.from_dict(json.loads(json.dumps(state.to_dict()))) == state


@pytest.mark.parametrize(
    "values",
    [{"concern": "株式会社サンプルの電気代"}, {"place": "yokohama"}, {"name": "x"}, {"done": "bills"}, {"trade": 3}],
)
def test_nothing_but_recognised_values_is_held(values):
    with pytest.raises(InvalidState):
        Interview.from_dict(values)


def test_not_knowing_replaces_nothing_that_is_known():
    state = Interview(building="tenant").with_values({"building": "unknown", "place": "minato"})
    assert (state.building, state.place) == ("tenant", "minato")


@pytest.mark.parametrize(
    ("old", "new"),
    [('value = "bill"', 'value = "bills"'), ('label = "千代田区"', 'label = ""'), ("[[question]]", "[[frage]]"), ('tried = ["building", "own"', 'tried = ["own", "own"')],
)  # fmt: skip
def test_a_mistake_in_the_questions_stops_the_start(tmp_path, old, new):
    text = DATA.read_text("utf-8")
    assert old in text
    path = tmp_path / "questions.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(QuestionsError, match=r"questions\.toml"):
        load(path)
