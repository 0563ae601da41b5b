from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from knowledge import rows
from knowledge.documents import Block, BlockKind, Kind, Source

_ANY = st.text(st.characters(), max_size=20)
_CELLS = st.lists(_ANY, max_size=3).map(tuple)
_BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(BlockKind),
    text=_ANY,
    heading=_CELLS,
    page=st.none() | st.integers(1, 9999),
    cells=_CELLS,
    header=_CELLS,
    carried=_CELLS,
    table=_ANY,
    lead=_ANY,
    origin=_ANY,
    joined=st.booleans(),
)


@given(st.lists(_BLOCKS, max_size=3).map(tuple))
def test_blocks_come_back_as_they_were_whatever_they_hold(blocks: tuple[Block, ...]) -> None:
    assert rows.blocks_from_json(rows.unpack(rows.pack(rows.blocks_to_json(blocks)))) == blocks


@given(st.lists(_BLOCKS, max_size=2))
def test_what_is_stored_of_blocks_is_text_that_every_database_takes(blocks: list[Block]) -> None:
    stored = rows.blocks_to_json(blocks)
    stored.encode()
    assert "\0" not in stored


def test_a_source_comes_back_as_it_was() -> None:
    full = Source(
        "a/b.pdf",
        title="支援メニュー",
        publisher="千代田区",
        date=date(2026, 4, 1),
        wards=("chiyoda", "all23"),
        kind=Kind.MENU,
        valid_from=date(2026, 4, 1),
        valid_until=date(2027, 3, 31),
        fiscal_year=2026,
        url="https://example.jp/",
        original="原題",
        trust="official",
        reviewed_on=date(2026, 11, 1),
        derived=("date", "title"),
    )
    for source in (full, Source("plain.txt")):
        assert rows.source_from_json(source.id, rows.source_to_json(source)) == source


def test_terms_come_back_in_order_with_their_repetitions() -> None:
    assert rows.terms_from_text(rows.terms_to_text(("省エネ", "climate change", "省エネ"))) == (
        "省エネ",
        "climate change",
        "省エネ",
    )
    assert rows.terms_from_text(rows.terms_to_text(())) == ()
    assert rows.terms_from_text(None) == ()
