"""Two runs at once, and runs that are killed at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge.errors import StoreBusy
from knowledge.generations import Knowledge
from tests.searching import nearest, texts

_RUN = """
import sys
from pathlib import Path
from ingest.pipeline import ingest
from knowledge.generations import Knowledge
knowledge = Knowledge.open(Path(sys.argv[1]))
print("begun", flush=True)
for result in ingest(sys.argv[2:], knowledge=knowledge):
    print(result.status, flush=True)
knowledge.close()
"""
DOCUMENTS = 120


def _start(project: Path, data_dir: Path, *arguments: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _RUN, str(data_dir), *map(str, arguments)]
    return subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _write(folder: Path, mark: str) -> None:
    folder.mkdir(exist_ok=True)
    for n in range(DOCUMENTS):
        lines = "\n\n".join(f"{n}番の{mark}について、その{i}を述べる文章です。" for i in range(8))
        (folder / f"{n}.md").write_text(f"# 第{n}号\n\n{lines}\n")


def _sources(knowledge: Knowledge, mark: str) -> int:
    index = knowledge.current()
    return len({text.split("番")[0] for text in texts(index, mark)})


@pytest.mark.timeout(300)
def test_a_killed_run_leaves_the_old_index_and_the_next_one_completes(
    data_dir: Path, tmp_path: Path, project: Path, open_knowledge: Callable[..., Knowledge]
) -> None:
    folder = tmp_path / "many"
    _write(folder, "林檎")
    ingest([str(folder)], knowledge=open_knowledge())
    _write(folder, "葡萄")
    dice = random.Random(20261124)
    # As long as a whole run takes from its first source on: the old index is read, the new one written.
    begun = time.monotonic()
    probe = _start(project, tmp_path / "probe", folder)
    assert probe.stdout
    assert probe.stdout.readline() == "begun\n"
    begun = time.monotonic()
    assert probe.wait() == 0
    probe.communicate()
    length = time.monotonic() - begun

    completed = 0
    for round_number in range(6):
        child = _start(project, data_dir, folder)
        assert child.stdout
        assert child.stdout.readline() == "begun\n"
        # One kill in each sixth of the run, at a random moment of it.
        time.sleep(length * (round_number + dice.random()) / 6)
        child.kill()
        child.communicate()
        reader = open_knowledge()
        seen = (_sources(reader, "林檎"), _sources(reader, "葡萄"))
        assert seen in {(DOCUMENTS, 0), (0, DOCUMENTS)}, f"round {round_number}: {seen}"
        completed += seen[1] > 0
        assert nearest(reader.current(), "7番について") in {f"{n}.md" for n in range(DOCUMENTS)}
    assert completed < 6

    last = _start(project, data_dir, folder)
    output, errors = last.communicate()
    assert last.returncode == 0, errors
    assert len(output.split()) == DOCUMENTS + 1
    reader = open_knowledge()
    assert (_sources(reader, "林檎"), _sources(reader, "葡萄")) == (0, DOCUMENTS)
    assert reader.self_test() == []
    left = sorted(path.name for path in (data_dir / "index").iterdir())
    assert [name for name in left if name.startswith("building-")] == []


def test_two_runs_at_once_come_one_after_the_other(
    data_dir: Path, tmp_path: Path, project: Path, open_knowledge: Callable[..., Knowledge]
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder, mark in zip(folders, ("林檎", "葡萄"), strict=True):
        folder.mkdir()
        (folder / f"{mark}.md").write_text(f"# {mark}\n\n{mark}の話です。\n")
    runs = [_start(project, data_dir, folder) for folder in folders]
    for child in runs:
        output, errors = child.communicate()
        assert child.returncode == 0, errors
        assert output.split() == ["begun", "indexed"]

    knowledge = open_knowledge()
    assert [source.id for source, _ in knowledge.list_sources()] == ["林檎.md", "葡萄.md"]
    assert knowledge.current().generation == 2


def test_a_run_gives_up_waiting_with_a_clear_error(open_knowledge: Callable[..., Knowledge], folder: Path) -> None:
    first, second = open_knowledge(), open_knowledge()
    with first.writing(patience=0), pytest.raises(StoreBusy, match="取り込み"):
        ingest([str(folder)], knowledge=second, patience=0.2)
    assert second.is_empty()
