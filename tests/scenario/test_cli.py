"""The command line as a person or a program runs it: the real command, real files, an index of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GUIDE = """# 省エネ診断のご案内

## 費用

みどり省エネ診断の費用は1件あたり3,300円です。診断には半日かかります。

## 申込み

申込みは環境課みどり係（電話03-0000-1111）で受け付けます。
"""
EVENT = """# 海の日の清掃活動

海の日の清掃活動は2026年7月20日に行います。集合は南桟橋です。
"""


class Here:
    """A folder with documents, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents = folder / "documents"
        (self.documents / "催し").mkdir(parents=True)
        (self.documents / "案内.md").write_text(GUIDE, encoding="utf-8")
        (self.documents / "催し" / "清掃.md").write_text(EVENT, encoding="utf-8")

    def ippo(self, *arguments: str, code: int = 0, say: str = "", **environment: str) -> str:
        """Run `ippo` and give what it prints; anything but the expected exit code fails."""
        ran = subprocess.run(
            [Path(sys.executable).parent / "ippo", *arguments],
            cwd=self.folder,
            env={**os.environ, "IPPO_TODAY": "2026-04-01", "LC_ALL": "C", **environment},
            input=say,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ran.returncode == code, ran.stdout + ran.stderr
        self.complaints = ran.stderr
        return ran.stdout


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Here:
    """Documents that are indexed once for the tests that only read."""
    here = Here(tmp_path_factory.mktemp("indexed"))
    here.ippo("ingest", "documents")
    return here


def test_ingest_says_of_each_source_what_became_of_it(tmp_path: Path) -> None:
    here = Here(tmp_path)

    first = lines(here.ippo("ingest", "--json", "documents"))
    assert [(line["source"], line["status"]) for line in first] == [("催し/清掃.md", "indexed"), ("案内.md", "indexed")]
    assert all(line["chunks"] > 0 and list(line) == ["source", "status", "chunks", "reason"] for line in first)

    assert {line["status"] for line in lines(here.ippo("ingest", "--json", "documents"))} == {"unchanged"}

    (here.documents / "催し" / "清掃.md").unlink()
    (here.documents / "破損.pdf").write_bytes(b"%PDF-1.7 broken")
    third = {line["source"]: line for line in lines(here.ippo("ingest", "--json", "documents", code=1))}
    assert {source: line["status"] for source, line in third.items()} == {
        "催し/清掃.md": "removed",
        "案内.md": "unchanged",
        "破損.pdf": "skipped",
    }
    assert third["破損.pdf"]["reason"]


def test_ingest_prints_one_line_a_source_and_no_bar_when_piped(tmp_path: Path) -> None:
    here = Here(tmp_path)

    printed = here.ippo("ingest", "documents")

    assert printed.splitlines()[-1] == "2 indexed"
    assert sum(line.startswith("indexed") for line in printed.splitlines()) == 2
    assert "\x1b" not in printed + here.complaints
    assert "reading" not in here.complaints


def test_an_argument_that_is_nothing_ends_with_code_2(tmp_path: Path) -> None:
    here = Here(tmp_path)

    here.ippo("ingest", "no-such-folder", code=2)

    assert "no-such-folder" in here.complaints


def test_ask_prints_the_answer_with_numbered_sources(indexed: Here) -> None:
    printed = indexed.ippo("ask", "みどり省エネ診断の費用はいくらですか")

    assert "3,300円" in printed
    assert "出典\n[1] 省エネ診断のご案内" in printed
    assert "http://localhost:8000/sources/%E6%A1%88%E5%86%85.md#" in printed


def test_ask_json_is_one_utf8_object_of_the_contracts_shape(indexed: Here) -> None:
    (answer,) = lines(indexed.ippo("ask", "--json", "みどり省エネ診断の費用はいくらですか"))

    assert (answer["id"], answer["act"]) == (None, "answer")
    citation = answer["citations"][0]
    assert citation["source"] == "案内.md"
    assert citation["quote"] in GUIDE
    assert citation["quote"] in answer["passages"][0]["text"]
    assert answer["passages"][0]["source"] == "案内.md"
    assert 0.5 < answer["confidence"] <= 1
    assert answer["elapsed_ms"] > 0


def test_the_public_address_is_the_base_of_links(indexed: Here) -> None:
    printed = indexed.ippo("ask", "みどり省エネ診断の費用は", IPPO_PUBLIC_URL="https://ippo.example.jp/")

    assert "https://ippo.example.jp/sources/" in printed


def test_a_batch_keeps_its_order_and_a_malformed_line_stops_nothing(indexed: Here) -> None:
    batch = "\n".join(
        [
            '{"id": "a", "question": "みどり省エネ診断の費用はいくらですか"}',
            '{"id": "b", "question": ',
            '{"id": 3, "question": "海の日の清掃活動はいつですか", "ward": null, "history": [], "today": "2026-05-01"}',
            '{"id": "d", "question": "費用は?", "ward": "osaka"}',
        ]
    )

    answers = lines(indexed.ippo("ask", "--batch", "-", say=batch, code=1))

    assert [answer["id"] for answer in answers] == ["a", 3]
    assert "3,300円" in answers[0]["text"]
    assert "7月20日" in answers[1]["text"]
    assert [error["line"] for error in lines(indexed.complaints)] == [2, 4]


def test_a_batch_takes_the_history_into_account(indexed: Here) -> None:
    asked = {
        "id": "1",
        "question": "それはいくらですか",
        "history": [
            {"role": "user", "text": "みどり省エネ診断とは何ですか"},
            {"role": "assistant", "text": "診断です。"},
        ],
    }

    (answer,) = lines(indexed.ippo("ask", "--batch", "-", say=json.dumps(asked)))

    assert "3,300円" in answer["text"]


def test_ask_reads_the_shipped_knowledge_into_an_empty_index(tmp_path: Path) -> None:
    here = Here(tmp_path)

    answer = here.ippo("ask", "--json", "みどり省エネ診断の費用はいくらですか", IPPO_KNOWLEDGE_DIR="documents")

    assert "3,300円" in lines(answer)[0]["text"]
    assert "同梱の資料を読み込みます" in here.complaints


def test_sources_lists_title_and_chunks(indexed: Here) -> None:
    printed = indexed.ippo("sources")

    assert "省エネ診断のご案内\n  案内.md\n" in printed
    listed = lines(indexed.ippo("sources", "--json"))
    assert [source["source"] for source in listed] == ["催し/清掃.md", "案内.md"]
    assert all(source["chunks"] > 0 for source in listed)


def test_eval_prints_the_figures_of_a_question_set(indexed: Here) -> None:
    items = [
        {
            "id": "1", "question": "みどり省エネ診断の費用はいくらですか", "ward": None, "kind": "fact", "history": [],
            "must_contain": [["3,300円"]], "must_not_contain": [], "source": ["案内.md"],
            "evidence": ["費用は1件あたり3,300円です"], "answerable": True, "expect": "answer",
        },
        {
            "id": "2", "question": "今日の天気を教えて", "ward": None, "kind": "off_topic", "history": [],
            "must_contain": [], "must_not_contain": [], "source": [], "evidence": [], "answerable": False, "expect": "refuse",
        },
    ]  # fmt: skip
    (indexed.folder / "set.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")

    (figures,) = lines(indexed.ippo("eval", "set.jsonl", "--json"))

    assert figures["items"] == 2
    assert figures["evidence_recall"]["2000"]["any"] == 1.0
    assert figures["citation_validity"] == 1.0
    assert "mrr" in indexed.ippo("eval", "set.jsonl")


def test_eval_names_the_line_it_cannot_use(indexed: Here) -> None:
    (indexed.folder / "bad.jsonl").write_text('{"id": "1"}\n', encoding="utf-8")

    indexed.ippo("eval", "bad.jsonl", code=2)

    assert "line 1: question, kind" in indexed.complaints


def test_doctor_finds_nothing_wrong_with_an_index_that_works(indexed: Here) -> None:
    printed = indexed.ippo("doctor")

    assert all(line.startswith("ok") for line in printed.splitlines())
    assert "2 sources" in printed


def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    here = Here(tmp_path)

    printed = here.ippo("doctor", code=1, IPPO_CHROMA_URL="http://127.0.0.1:9", IPPO_MODLE="openai:x")

    assert "IPPO_MODLE" in printed
    assert "http://127.0.0.1:9 does not answer" in printed
    assert "→" in printed


def test_doctor_says_that_a_model_cannot_be_used(indexed: Here) -> None:
    printed = indexed.ippo("doctor", code=1, IPPO_MODEL="openai:gpt-4.1-mini", OPENAI_API_KEY="")

    assert "openai:gpt-4.1-mini needs a key: set OPENAI_API_KEY" in printed
    assert "docs/model.md" in printed


def test_doctor_tells_that_nothing_is_indexed(tmp_path: Path) -> None:
    printed = Here(tmp_path).ippo("doctor", code=1)

    assert "nothing is indexed" in printed
    assert "run `ippo ingest`" in printed


def test_a_database_that_cannot_be_opened_is_one_calm_message(tmp_path: Path) -> None:
    here = Here(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")

    here.ippo("ask", "費用は?", code=3, IPPO_DATA_DIR="file/data")

    assert "Traceback" not in here.complaints
    assert "ippo doctor" in here.complaints
