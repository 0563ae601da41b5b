"""The start-up self-test: a known Japanese word must hit on both arms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.generations import Knowledge
from knowledge.snapshot import Snapshot

Run = Callable[..., dict[str, str]]


def test_the_shipped_kind_of_folder_passes(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    assert knowledge.self_test() == []


def test_the_same_text_in_many_documents_passes(run: Run, knowledge: Knowledge, folder: Path) -> None:
    for n in range(30):
        (folder / f"copy{n:02}.md").write_text("# お知らせ\n\n省エネの補助金のお知らせです。\n")
    run(folder)
    assert knowledge.self_test() == []


def test_documents_without_a_japanese_word_pass(run: Run, knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "english.md").write_text("# Lamps\n\nChange the lamps.\n")
    run(tmp_path / "english.md")
    assert knowledge.self_test() == []


@pytest.mark.parametrize(("arm", "said"), [("lexical", "語の索引"), ("alike", "ベクトル索引")])
def test_an_arm_that_finds_nothing_is_named(
    run: Run, knowledge: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch, arm: str, said: str
) -> None:
    run(folder)
    monkeypatch.setattr(Snapshot, arm, lambda *_: [])
    (problem,) = knowledge.self_test()
    assert problem.startswith(said)
    assert "ippo ingest" in problem


def test_an_arm_that_finds_something_else_is_named(
    run: Run, knowledge: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    (folder / "zz.md").write_text("# 別の話\n\n水道の話です。\n")
    run(folder)
    index = knowledge.current()
    (other,) = [hit for hit, _ in index.nearest("水道の話", 1)]
    monkeypatch.setattr(Snapshot, "alike", lambda *_: [(other, 1.0)])
    assert [problem[:7] for problem in knowledge.self_test()] == ["ベクトル索引で"]


def test_a_vector_index_that_fails_is_said_not_raised(
    run: Run, knowledge: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("no server")

    run(folder)
    monkeypatch.setattr(Snapshot, "alike", fail)
    (problem,) = knowledge.self_test()
    assert "IPPO_CHROMA_URL" in problem


def test_a_tokeniser_that_cuts_otherwise_is_noticed(
    run: Run, knowledge: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(10):
        (folder / f"{n}.md").write_text(
            f"# 講習会\n\n省エネ診断と補助金と太陽光発電と照明と空調と電気料金の講習会{n}です。\n"
        )
    run(folder)
    monkeypatch.setattr("knowledge.tokens.words", tuple)
    (problem,) = knowledge.self_test()
    assert "辞書" in problem
