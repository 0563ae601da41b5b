"""A model switched on by its setting alone: the real command, and the real server of a scripted model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.answering import alone
from bot.agent.agent import Agent
from bot.agent.models import open_model
from bot.assistant import Assistant
from bot.evaluation import evaluate
from tests.library import MemoryLibrary
from tests.platforms.openai import OpenAIServer, Reply, fail, say, slow, use
from tests.reciting import recite, reciting
from tests.scenario.test_cli import Here
from tests.scenario.test_development_set import SHARED, TODAY, Shelf, items, on_documents
from tests.unit.bot.shipped import SOURCES
from tests.unit.test_shipped_evals import SHIPPED, TRAVEL

QUESTION = "みどり省エネ診断の費用はいくらですか"
FACT = "みどり省エネ診断の費用は1件あたり3,300円です。"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    found = Here(tmp_path_factory.mktemp("model"))
    found.ippo("ingest", "documents")
    return found


def with_model(server: OpenAIServer, **more: str) -> dict[str, str]:
    return {"IPPO_MODEL": "openai:test", "IPPO_MODEL_URL": server.url, **more}


def test_ask_answers_with_the_models_words_and_checked_citations(here: Here) -> None:
    with OpenAIServer(
        [use("search_knowledge", query=QUESTION), say(f"費用を調べました。{FACT}[S1]半額になります。[S1]")]
    ) as server:
        answer = json.loads(here.ippo("ask", QUESTION, "--json", **with_model(server)))
    assert answer["act"] == "answer"
    assert "3,300円です" in answer["text"]
    assert "半額" not in answer["text"]
    assert [c["source"] for c in answer["citations"]] == ["案内.md"]
    assert answer["citations"][0]["quote"] in (here.documents / "案内.md").read_text("utf-8")
    assert {call.path for call in server.calls} == {"/v1/chat/completions"}
    assert "search_knowledge" in json.dumps(server.bodies[0]["tools"])


@pytest.mark.parametrize("reply", [fail(500), say("費用は9,900円です。[S1]"), slow(60)])
def test_ask_falls_back_to_the_extractive_answer_in_time(here: Here, reply: Reply) -> None:
    without = json.loads(here.ippo("ask", QUESTION, "--json"))
    with OpenAIServer(lambda body: reply) as server:
        answer = json.loads(here.ippo("ask", QUESTION, "--json", **with_model(server)))
    for field in ("act", "text", "citations", "passages", "confidence"):
        assert answer[field] == without[field]
    assert answer["elapsed_ms"] < 20_000


def test_a_model_that_cannot_be_opened_is_said_to_be_off(here: Here) -> None:
    answer = json.loads(here.ippo("ask", QUESTION, "--json", IPPO_MODEL="ollama:qwen3"))
    assert "3,300円" in answer["text"]
    assert "model off" in here.complaints
    assert "--extra ollama" in here.complaints


def test_doctor_asks_the_model(here: Here) -> None:
    with OpenAIServer(lambda body: say("はい"), key="sk-right") as server:
        good = here.ippo("doctor", OPENAI_API_KEY="sk-right", **with_model(server))
        bad = here.ippo("doctor", code=1, OPENAI_API_KEY="sk-wrong", **with_model(server))
    assert "openai:test answered in" in good
    assert re.search(r"openai:test failed: \w*AuthenticationError 401", bad)
    assert "check the provider's key" in bad
    assert "sk-" not in good + bad


def test_eval_puts_models_beside_the_extractive_answer(here: Here, tmp_path: Path) -> None:
    item = {
        "id": "m1",
        "question": QUESTION,
        "kind": "number_fact",
        "must_contain": [["3,300円"]],
        "must_not_contain": [],
        "evidence": [FACT],
        "answerable": True,
        "expect": "answer",
    }
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(item, ensure_ascii=False), encoding="utf-8")
    with OpenAIServer(reciting("the best passage"), models=("test", "second")) as server:
        given = {"IPPO_MODEL_URL": server.url, "IPPO_MODEL_PRICES": "openai:test=1/2"}
        table = here.ippo("eval", str(file), "--model", "openai:test", "--model", "openai:second", **given)
        figures = json.loads(here.ippo("eval", str(file), "--model", "openai:test", "--json", **given))
    assert table.splitlines()[0].split() == ["extractive", "openai:test", "openai:second"]
    assert next(line for line in table.splitlines() if line.startswith("passed")).split()[1:] == ["1.0"] * 3
    assert figures["extractive"]["passed"] == figures["openai:test"]["passed"] == 1.0
    assert figures["openai:test"]["sent"] == 1
    assert figures["openai:test"]["tokens_in"] > 0
    assert figures["openai:test"]["cost"] > 0


def test_without_the_setting_nothing_of_langchain_is_imported(here: Here) -> None:
    """Its import takes seconds, which nobody without a model is to wait for."""
    code = (
        "import sys; from adapters import bootstrap, settings\n"
        "with bootstrap.build(settings.load()) as ippo:\n"
        f"    from bot.answer import Question; import datetime; ippo.assistant.answer(Question({QUESTION!r}, datetime.date(2026, 4, 1)))\n"
        "print([name for name in sys.modules if name.startswith(('langchain', 'langgraph', 'openai'))])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=here.folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stdout.strip() == "[]"


def test_the_assistant_is_at_hand_behind_the_agent() -> None:
    assistant = Assistant(MemoryLibrary({"a.md": FACT}), public_url="https://x")
    assert alone(assistant) is assistant
    with OpenAIServer([]) as server:
        agent = Agent(assistant, [open_model("openai:test", url=server.url)], public_url="https://x")
        assert alone(agent) is assistant


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared: the development set and its documents")
@pytest.mark.parametrize("way", ["the best passage", "the two sentences most like the question"])
def test_the_figures_do_not_fall_with_a_model_that_answers_from_its_sources(way: str) -> None:
    texts = {path.name: path.read_text("utf-8") for path in sorted((SHARED / "documents").glob("*.txt"))}
    recited = recite(way, Assistant(MemoryLibrary(texts), public_url="https://ippo.example"), items(), texts, TODAY)
    figures, without = recited.report.figures(), on_documents().figures()
    assert recited.journal.counters()["outcome"]["sent"] >= 20
    for name in (
        "passed",
        "acts_right",
        "mrr",
        "citation_validity",
        "unanswerable_not_answered",
        "answerable_answered",
        "auc",
    ):
        assert figures[name] >= without[name], name
    for budget, found in figures["evidence_recall"].items():
        assert all(found[share] >= without["evidence_recall"][budget][share] for share in ("any", "all"))
    assert figures["unsupported"] == 0
    assert figures["must_not_contain_violations"] == 0


@pytest.mark.parametrize("way", ["the best passage"])
def test_the_shipped_figures_do_not_fall_either(way: str) -> None:
    """On a part of them; `make bench PARTS=model` takes all."""
    questions = SHIPPED[::4] + TRAVEL[::4]
    pages = {path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.md")}
    assistant = Assistant(Shelf(), public_url="https://ippo.example")
    without = evaluate(assistant, questions, pages, TODAY).figures()
    figures = recite(way, assistant, questions, pages, TODAY).report.figures()
    assert figures["passed"] >= without["passed"]
    assert figures["unsupported"] == 0
    assert figures["must_not_contain_violations"] == 0
