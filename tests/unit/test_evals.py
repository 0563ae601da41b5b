"""Our own questions: what form they have, and that their evidence is found in the documents they were written on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.evals.form import EVALS, FIELDS

DOCUMENTS = Path(__file__).parents[3] / "shared" / "documents"


def load_resolver() -> ModuleType:
    spec = spec_from_file_location("resolve", EVALS / "resolve.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


resolver = load_resolver()
ITEMS: list[dict[str, Any]] = resolver.read_items(EVALS / "answerable.jsonl")


def passes(item: dict[str, Any], text: str) -> bool:
    squeezed = resolver.squeeze(text)
    wanted = all(any(word in squeezed for word in words) for words in item["must_contain"])
    return wanted and not any(word in squeezed for word in item["must_not_contain"])


def test_no_question_or_id_occurs_twice() -> None:
    assert len(ITEMS) >= 150
    assert max(Counter(item["id"] for item in ITEMS).values()) == 1
    assert max(Counter(item["question"] + str(item["history"]) for item in ITEMS).values()) == 1


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_a_question_has_the_form_of_the_development_set(item: dict[str, Any]) -> None:
    assert {name for name, kind in FIELDS.items() if not isinstance(item.get(name), kind)} == set()
    assert set(item) == set(FIELDS)
    assert item["ward"] in ("chiyoda", "minato", "katsushika", None)
    assert item["answerable"]
    assert item["expect"] == "answer"
    assert (item["kind"] == "followup") == bool(item["history"])
    assert all(item["must_contain"])
    words = [word for words in item["must_contain"] for word in words] + item["must_not_contain"]
    assert [word for word in words if not word or word != resolver.squeeze(word)] == []
    assert {place["source"] for place in item["evidence"]} == set(item["source"])


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
def test_repeating_the_question_or_the_talk_before_it_is_no_answer(item: dict[str, Any]) -> None:
    assert not passes(item, item["question"])
    assert not passes(item, "".join(turn["text"] for turn in item["history"]))


def test_no_words_of_a_document_are_kept_in_the_project() -> None:
    kept = [place for item in ITEMS for place in item["evidence"] if set(place) != {"source", "start", "length"}]
    assert kept == []


def test_evidence_is_counted_in_squeezed_text_and_the_items_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("　窓 の\nＬＥＤ 化\n", encoding="utf-8")
    items = [{"id": "x", "evidence": [{"source": "a.txt", "start": 2, "length": 4}, "言葉のまま"]}]
    assert resolver.resolve(items, tmp_path) == [{"id": "x", "evidence": ["LED化", "言葉のまま"]}]
    assert items[0]["evidence"][0] == {"source": "a.txt", "start": 2, "length": 4}


@pytest.mark.parametrize(("start", "length"), [(5, 2), (-1, 2), (0, 0)])
def test_a_place_outside_its_file_is_an_error(tmp_path: Path, start: int, length: int) -> None:
    (tmp_path / "a.txt").write_text("窓のＬＥＤ化", encoding="utf-8")
    items = [{"evidence": [{"source": "a.txt", "start": start, "length": length}]}]
    with pytest.raises(ValueError, match=r"a\.txt has no characters"):
        resolver.resolve(items, tmp_path)


def test_the_command_line_prints_one_resolved_question_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("窓のＬＥＤ化", encoding="utf-8")
    file = tmp_path / "items.jsonl"
    file.write_text('{"evidence": [{"source": "a.txt", "start": 0, "length": 3}]}\n\n', encoding="utf-8")
    command = [sys.executable, "-X", "utf8", str(EVALS / "resolve.py"), str(file), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"evidence": ["窓のL"]}]
    assert subprocess.run(command[:-1], capture_output=True, check=False).returncode == 2


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="needs ../shared/documents")
def test_every_place_is_a_short_quote_and_the_documents_hold_what_an_answer_must_contain() -> None:
    unsupported = []
    for item in resolver.resolve(ITEMS, DOCUMENTS):
        assert [quote for quote in item["evidence"] if not 10 <= len(quote) <= 60] == []
        text = "".join(resolver.squeeze((DOCUMENTS / name).read_text(encoding="utf-8")) for name in item["source"])
        unsupported += [
            (item["id"], words) for words in item["must_contain"] if not any(word in text for word in words)
        ]
    assert unsupported == []
