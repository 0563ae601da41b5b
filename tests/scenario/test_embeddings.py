"""Another embedding on the real command line: a worker takes it up in the background, also after `kill -9`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import tiny_model

_DOCUMENTS = 120


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    documents = tmp_path / "documents"
    documents.mkdir()
    for n in range(_DOCUMENTS):
        (documents / f"{n:03}.md").write_text(f"# 講習会{n}\n\n講習会{n}を行います。\n", encoding="utf-8")
    (documents / "led.md").write_text("# 照明\n\n照明を替える費用の半分を助成します。\n", encoding="utf-8")
    return {**os.environ, "IPPO_DATA_DIR": str(tmp_path / "data"), "IPPO_KNOWLEDGE_DIR": str(documents)}


def ippo(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "adapters.cli", *arguments]
    root = Path(__file__).parents[2]
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)


def embeddings(environment: dict[str, str]) -> list[str]:
    return [line for line in ippo(environment, "doctor").stdout.splitlines() if line[4:].startswith("embeddings")]


def test_a_worker_takes_another_embedding_up_also_after_being_killed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert ippo(environment, "ingest").returncode == 0
    environment["IPPO_EMBEDDINGS"] = f"fastembed:{tiny_model.make(tmp_path / 'multilingual-e5-tiny')}"
    answer = json.loads(ippo(environment, "ask", "--json", "照明の費用の助成").stdout)
    assert answer["passages"][0]["source"] == "led.md"

    command = [sys.executable, "-m", "adapters.cli", "worker"]
    root = Path(__file__).parents[2]
    for killed in (True, False):
        with subprocess.Popen(command, env=environment, cwd=root, stderr=subprocess.PIPE, text=True) as worker:
            assert worker.stderr is not None
            for line in worker.stderr:
                if '"re-embedding"' in line and killed:
                    worker.send_signal(signal.SIGKILL)
                    break
                if '"re-embedded"' in line:
                    worker.send_signal(signal.SIGTERM)
                    break
    assert len(embeddings(environment)) == 1
    assert {json.loads(line)["status"] for line in ippo(environment, "ingest", "--json").stdout.splitlines()} == {
        "unchanged"
    }


def test_what_is_wrong_is_one_line_and_the_old_index_serves(environment: dict[str, str], tmp_path: Path) -> None:
    assert ippo(environment, "ingest").returncode == 0
    away = environment | {"IPPO_EMBEDDINGS": "ollama:bge-m3", "OLLAMA_HOST": "127.0.0.1:9"}
    started = time.monotonic()
    failed = ippo(away, "ingest")
    assert failed.returncode == 3
    assert "OLLAMA_HOST" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert time.monotonic() - started < 60
    answer = json.loads(ippo(away, "ask", "--json", "照明の費用の助成").stdout)
    assert answer["passages"][0]["source"] == "led.md"
    missing = ippo(environment | {"IPPO_EMBEDDINGS": f"fastembed:{tmp_path / 'nowhere'}"}, "ask", "照明")
    assert missing.returncode == 3
    assert "フォルダ" in missing.stderr
