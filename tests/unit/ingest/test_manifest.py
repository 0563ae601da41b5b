"""The manifest and front matter: what is stated, and how a mistake is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.manifest import fields_from_front_matter, read_manifest
from knowledge.documents import Kind, Source
from knowledge.errors import ManifestError
from knowledge.wards import AREAS, WARDS, ward_of

GOOD = """
[defaults]
publisher = "千代田区"
kind = "guide"

[sources."2026/menu.pdf"]
title = "支援メニュー"
date = 2026-03-30
wards = ["chiyoda", "港区", "all23"]
kind = "menu"
valid_from = "2026-04-01"
valid_until = 2027-03-31
fiscal_year = 2026
url = "https://example.jp/menu.pdf"
original = "支援メニュー 第1弾"
trust = "primary"
reviewed_on = 2026-05-01

[sources."https://example.jp/faq"]
kind = "faq"
"""


def manifest(directory: Path, text: str) -> Path:
    """Write a manifest into a directory and give the directory back."""
    (directory / "manifest.toml").write_text(text, encoding="utf-8")
    return directory


def test_a_directory_without_manifest_states_nothing(tmp_path: Path) -> None:
    assert read_manifest(tmp_path).for_source("a.txt") == {}
    assert read_manifest(tmp_path / "absent").entries == {}


def test_every_field_is_read_and_typed(tmp_path: Path) -> None:
    fields = read_manifest(manifest(tmp_path, GOOD)).for_source("2026/menu.pdf")
    assert Source("2026/menu.pdf", **fields) == Source(
        id="2026/menu.pdf",
        title="支援メニュー",
        publisher="千代田区",
        date=date(2026, 3, 30),
        wards=("chiyoda", "minato", "all23"),
        kind=Kind.MENU,
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 3, 31),
        fiscal_year=2026,
        url="https://example.jp/menu.pdf",
        original="支援メニュー 第1弾",
        trust="primary",
        reviewed_on=date(2026, 5, 1),
    )


def test_front_matter_wins_over_defaults_and_an_entry_over_front_matter(tmp_path: Path) -> None:
    stated = read_manifest(manifest(tmp_path, GOOD))
    front = fields_from_front_matter({"publisher": "港区", "kind": "press", "title": "別の題"})
    assert stated.for_source("other.md", front) == {"publisher": "港区", "kind": Kind.PRESS, "title": "別の題"}
    assert stated.for_source("https://example.jp/faq", front)["kind"] is Kind.FAQ
    assert stated.for_source("other.md") == {"publisher": "千代田区", "kind": Kind.GUIDE}


def test_a_byte_order_mark_does_not_hide_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_manifest(tmp_path).defaults["publisher"] == "千代田区"


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("valid_untill = 2027-03-31", ("valid_untill", "valid_until")),
        ('date = "2026-02-30"', ("date", "2026-02-30", "YYYY-MM-DD")),
        ("date = 20260330", ("date", "YYYY-MM-DD")),
        ('wards = ["tiyoda"]', ("wards", "tiyoda", "chiyoda", "all23")),
        ("wards = []", ("wards", "chiyoda")),
        ("wards = [1]", ("wards", "1")),
        ('kind = "leaflet"', ("kind", "leaflet", "menu, subsidy")),
        ("fiscal_year = true", ("fiscal_year", "2026")),
        ("fiscal_year = 8", ("fiscal_year", "8")),
        ('url = "javascript:alert(1)"', ("url", "https://")),
        ('title = " "', ("title",)),
        ("valid_from = 2026-04-01\nvalid_until = 2026-03-31", ("valid_until", "2026-03-31", "2026-04-01")),
    ],
)
def test_a_mistake_is_named_with_file_entry_field_and_what_is_allowed(
    tmp_path: Path, entry: str, named: tuple[str, ...]
) -> None:
    with pytest.raises(ManifestError) as raised:
        read_manifest(manifest(tmp_path, f'[sources."a/b.pdf"]\n{entry}\n'))
    for part in (str(tmp_path / "manifest.toml"), "a/b.pdf", *named):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    "text", ["= nothing", "[source.a]\n", "sources = 3\n", "defaults = 1\n", "a = " + "[" * 5000, "a = 1" + "0" * 5000]
)
def test_a_file_of_another_shape_is_a_manifest_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestError, match=r"manifest\.toml"):
        read_manifest(manifest(tmp_path, text))


def test_a_manifest_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_bytes('[defaults]\npublisher = "千代田区"\n'.encode("cp932"))
    with pytest.raises(ManifestError, match="UTF-8"):
        read_manifest(tmp_path)


def test_a_span_that_ends_before_it_begins_across_both_places_is_refused(tmp_path: Path) -> None:
    stated = read_manifest(manifest(tmp_path, "[defaults]\nvalid_from = 2026-04-01\n"))
    with pytest.raises(ManifestError, match=r"old\.md"):
        stated.for_source("old.md", fields_from_front_matter({"valid_until": "2025-03-31"}))


def test_front_matter_mistakes_name_the_file() -> None:
    with pytest.raises(ManifestError, match=r"note\.md: front matter: layout|note\.md: front matter: 'layout'"):
        fields_from_front_matter({"layout": "post"}, name="note.md")
    with pytest.raises(ManifestError, match=r"note\.md"):
        fields_from_front_matter({1: "x"}, name="note.md")  # type: ignore[dict-item]


def test_a_ward_is_known_by_its_exact_names_only() -> None:
    assert len(WARDS) == 23
    assert {ward_of(name) for name in WARDS.values()} == set(WARDS)
    assert ward_of("Minato") == "minato"
    assert ward_of("千代田区の補助金") is None
    assert [ward_of(area) for area in AREAS] == [None, None, None]
