"""What a run of ingest makes of sources that are new, the same, changed or gone."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import UnusableArgument
from ingest.pipeline import FetchRules, Result, Status, ingest
from knowledge.documents import Kind
from knowledge.errors import ManifestError
from knowledge.generations import Knowledge
from tests.searching import found, nearest, texts

Run = Callable[..., dict[str, str]]


def test_a_folder_is_read_with_all_that_is_below_it(run: Run, knowledge: Knowledge, folder: Path) -> None:
    assert knowledge.is_empty()

    assert run(folder) == {"led.md": "indexed", "menu/solar.md": "indexed", "menu/survey.md": "indexed"}

    assert not knowledge.is_empty()
    assert found(knowledge.current(), "診断") == ["menu/survey.md"]
    assert nearest(knowledge.current(), "太陽光発電の補助") == "menu/solar.md"
    assert [source.id for source, _ in knowledge.list_sources()] == ["led.md", "menu/solar.md", "menu/survey.md"]
    assert all(chunks > 0 for _, chunks in knowledge.list_sources())
    assert knowledge.self_test() == []


def test_a_second_run_finds_everything_unchanged(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    before = knowledge.current()

    assert set(run(folder).values()) == {"unchanged"}
    assert knowledge.current() is before


def test_an_unchanged_source_is_not_parsed_again(
    run: Run, knowledge: Knowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)

    def refuse(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr("ingest.pipeline.read", refuse)
    assert set(run(folder).values()) == {"unchanged"}


def test_a_change_touches_its_own_source_only(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    (folder / "led.md").write_text("# 空調の更新\n\n古いエアコンを取り替えます。\n")

    assert run(folder) == {"led.md": "indexed", "menu/solar.md": "unchanged", "menu/survey.md": "unchanged"}
    assert found(knowledge.current(), "エアコン") == ["led.md"]
    assert "led.md" not in found(knowledge.current(), "照明")


def test_a_vanished_source_is_removed(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    (folder / "led.md").unlink()

    assert run(folder) == {"menu/solar.md": "unchanged", "menu/survey.md": "unchanged", "led.md": "removed"}
    assert found(knowledge.current(), "照明") == []


def test_a_folder_that_was_emptied_leaves_nothing(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    shutil.rmtree(folder)
    folder.mkdir()

    assert set(run(folder).values()) == {"removed"}
    assert knowledge.is_empty()
    assert knowledge.current().lexical({}, 5) == []
    assert knowledge.current().nearest("照明", 5) == []
    assert knowledge.self_test() == []


def test_arguments_add_and_another_folder_removes_nothing(
    run: Run, knowledge: Knowledge, folder: Path, tmp_path: Path
) -> None:
    run(folder)
    (tmp_path / "note.md").write_text("# 講習会\n\n講習会を開きます。\n")

    assert run(tmp_path / "note.md") == {"note.md": "indexed"}
    assert run(folder / "menu") == {"solar.md": "indexed", "survey.md": "indexed"}
    assert len(knowledge.list_sources()) == 6


def test_the_same_identity_from_another_place_replaces_it(
    run: Run, knowledge: Knowledge, folder: Path, tmp_path: Path
) -> None:
    run(folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "led.md").write_text("# 水道\n\n節水の工夫です。\n")

    assert run(other) == {"led.md": "indexed"}
    assert len(knowledge.list_sources()) == 3
    assert found(knowledge.current(), "節水") == ["led.md"]
    # It lies in the other folder now, so a run over the first one, in which it is missing, leaves it alone.
    (folder / "led.md").unlink()
    assert "led.md" not in run(folder)


def test_a_folder_is_known_again_by_another_spelling_of_its_path(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    (folder / "led.md").unlink()
    monkeypatch.chdir(folder)

    assert run(".")["led.md"] == "removed"


def test_changed_facts_in_the_manifest_count_as_a_change(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    (folder / "manifest.toml").write_text('[sources."led.md"]\ntitle = "明かり"\nkind = "subsidy"\n')

    assert run(folder) == {"led.md": "indexed", "menu/solar.md": "unchanged", "menu/survey.md": "unchanged"}
    source = knowledge.current().source("led.md")
    assert (source.title, source.kind) == ("明かり", Kind.SUBSIDY)


def test_a_wrong_manifest_stops_the_run_before_anything_is_done(run: Run, knowledge: Knowledge, folder: Path) -> None:
    (folder / "manifest.toml").write_text('[defaults]\ncolour = "red"\n')

    with pytest.raises(ManifestError, match="colour"):
        run(folder)
    assert knowledge.is_empty()


def test_hidden_files_and_the_manifest_are_no_sources(run: Run, folder: Path) -> None:
    (folder / ".secret.md").write_text("# 秘密")
    (folder / ".git").mkdir()
    (folder / ".git" / "config.txt").write_text("設定です。")
    (folder / "manifest.toml").write_text('[defaults]\npublisher = "港区"\n')

    assert set(run(folder)) == {"led.md", "menu/solar.md", "menu/survey.md"}


def test_an_unreadable_source_is_skipped_and_the_run_goes_on(run: Run, knowledge: Knowledge, folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "front.md").write_text("---\nvalid_until: someday\n---\n# 題\n\n本文です。\n")

    results = {r.source: r for r in ingest([str(folder)], knowledge=knowledge)}
    assert {r.source for r in results.values() if r.status is Status.SKIPPED} == {"broken.pdf", "empty.txt", "front.md"}
    assert all(results[name].reason for name in ("broken.pdf", "empty.txt", "front.md"))
    assert results["led.md"].status is Status.INDEXED


def test_a_source_that_turns_unreadable_keeps_its_last_content(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    (folder / "led.md").write_bytes(b"\x00\xff\x00\xff" * 100)

    assert run(folder)["led.md"] == "skipped"
    assert found(knowledge.current(), "照明") == ["led.md"]


def test_no_defect_of_one_source_ends_the_run(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.structure import structure

    def fail_on_led(extract: Any, source: Any, content_hash: str) -> Any:
        if source.id == "led.md":
            raise ZeroDivisionError
        return structure(extract, source, content_hash)

    monkeypatch.setattr("ingest.pipeline.structure", fail_on_led)
    assert run(folder) == {"led.md": "skipped", "menu/solar.md": "indexed", "menu/survey.md": "indexed"}


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX alone")
def test_a_file_name_that_is_no_text_is_skipped(run: Run, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\x83e.md")).write_text("# 題\n\n本文です。\n")

    assert sorted(run(folder).values()) == ["indexed", "indexed", "indexed", "skipped"]


def test_an_argument_that_does_not_exist_stops_before_anything_is_done(
    run: Run, knowledge: Knowledge, folder: Path
) -> None:
    with pytest.raises(UnusableArgument, match="nowhere"):
        run(folder, folder / "nowhere")
    assert knowledge.is_empty()


def test_results_and_progress_are_told_as_they_come(knowledge: Knowledge, folder: Path) -> None:
    told: list[Result] = []
    steps: list[tuple[int, int]] = []
    results = ingest(
        [str(folder)], knowledge=knowledge, on_result=told.append, progress=lambda *step: steps.append(step)
    )

    assert told == results
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_reader_sees_the_old_or_the_new_never_a_mixture(
    open_knowledge: Callable[..., Knowledge], tmp_path: Path
) -> None:
    documents = tmp_path / "many"
    documents.mkdir()

    def write(edition: str) -> None:
        for n in range(30):
            (documents / f"{n}.md").write_text(f"# 第{n}号\n\n目印は{edition}です。\n")

    write("林檎")
    writer, reader = open_knowledge(), open_knowledge()
    ingest([str(documents)], knowledge=writer)
    seen: list[tuple[int, int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            index = reader.current()
            seen.append((len(texts(index, "林檎")), len(texts(index, "葡萄"))))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        write("葡萄")
        ingest([str(documents)], knowledge=writer)
        last = reader.current()
    finally:
        over.set()
        thread.join()
    assert (len(texts(last, "林檎")), len(texts(last, "葡萄"))) == (0, 30)
    assert set(seen) <= {(30, 0), (0, 30)}
    assert (30, 0) in seen


def test_a_citation_link_shows_what_was_cited(run: Run, knowledge: Knowledge, folder: Path) -> None:
    run(folder)
    first = knowledge.document("led.md")
    assert first is not None
    cited = first.chunks[0].id
    assert (first.replaced_on, first.withdrawn_on) == (None, None)
    (folder / "led.md").write_text("# 空調の更新\n\n古いエアコンを取り替えます。\n")
    run(folder)

    shown, newest = knowledge.document("led.md", cited), knowledge.document("led.md")
    assert shown is not None
    assert newest is not None
    assert shown.replaced_on is not None
    assert shown.document == first.document
    assert [chunk.id for chunk in shown.chunks] == [chunk.id for chunk in first.chunks]
    assert newest.document.source.title == "空調の更新"
    assert newest.replaced_on is None
    for chunk in shown.chunks:
        assert chunk.blocks == shown.document.blocks[chunk.first : chunk.last]

    (folder / "led.md").unlink()
    run(folder)
    old, last = knowledge.document("led.md", cited), knowledge.document("led.md")
    assert old is not None
    assert last is not None
    assert old.document == first.document
    assert last.withdrawn_on is not None
    assert knowledge.document("never.md") is None


def test_content_that_comes_back_is_current_again(run: Run, knowledge: Knowledge, folder: Path) -> None:
    before = (folder / "led.md").read_text()
    run(folder)
    (folder / "led.md").unlink()
    run(folder)
    (folder / "led.md").write_text(before)

    assert run(folder)["led.md"] == "indexed"
    assert found(knowledge.current(), "照明") == ["led.md"]
    shown = knowledge.document("led.md")
    assert shown is not None
    assert shown.withdrawn_on is None


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    """The documents, served on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_is_a_source_by_its_address(knowledge: Knowledge, folder: Path, site: str) -> None:
    url = f"{site}/led.md"
    rules = FetchRules(allow_private=True)

    (first,) = ingest([url], knowledge=knowledge, fetching=rules)
    (second,) = ingest([url], knowledge=knowledge, fetching=rules)

    assert (first.source, first.status, second.status) == (url, Status.INDEXED, Status.UNCHANGED)
    assert knowledge.current().source(url).url == url
    (refused,) = ingest([url], knowledge=knowledge)
    assert refused.status is Status.SKIPPED


def test_no_path_of_this_machine_is_stored(run: Run, knowledge: Knowledge, folder: Path, data_dir: Path) -> None:
    run(folder)
    knowledge.current().nearest("照明", 1)
    knowledge.close()

    trace = str(folder.parent).encode()
    assert [path for path in data_dir.rglob("*") if path.is_file() and trace in path.read_bytes()] == []
    assert hashlib.sha256(os.fsencode(folder.resolve())).hexdigest().encode() in (data_dir / "ippo.db").read_bytes()
