"""Chunks: structure first, then size; nothing is lost, and each says where it stands."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import ChunkSize, chunk, split_paragraphs
from knowledge.documents import Block, BlockKind, Chunk, Document, Source

SIZE = ChunkSize()


def document(*blocks: Block) -> Document:
    return Document(Source("a.md"), blocks, "")


def paragraph(text: str, *heading: str, kind: BlockKind = BlockKind.PARAGRAPH, lead: str = "") -> Block:
    return Block(kind, text, heading, lead=lead)


def row(*cells: str, header: tuple[str, ...] = (), carried: tuple[str, ...] = ()) -> Block:
    return Block(
        BlockKind.ROW,
        "\t".join(cells),
        ("助成",),
        cells=cells,
        header=header,
        carried=carried or cells,
        table="助成額の一覧",
    )


blocks = st.lists(
    st.builds(
        Block,
        st.sampled_from([BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING, BlockKind.ROW]),
        st.integers(1, 500).map(lambda n: "文" * n),
        st.lists(st.sampled_from("甲乙丙"), max_size=2).map(tuple),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(found=blocks)
def test_every_block_but_a_lone_heading_is_in_a_chunk_and_windows_keep_to_their_size(found: list[Block]) -> None:
    whole = document(*found)
    chunks = chunk(whole)
    covered = {i for piece in chunks for i in range(piece.first, piece.last)}
    assert {i for i, block in enumerate(found) if block.kind is not BlockKind.HEADING} <= covered
    for piece in chunks:
        assert piece.blocks == whole.blocks[piece.first : piece.last]
        assert len(piece.blocks) == 1 or sum(len(block.text) for block in piece.blocks) <= SIZE.target
    assert [piece.first for piece in chunks] == sorted(piece.first for piece in chunks)


def headed(text: str, *heading: str) -> list[Block]:
    """A heading with a paragraph below it."""
    return [Block(BlockKind.HEADING, heading[-1], heading), paragraph(text, *heading)]


def test_a_heading_begins_a_new_chunk() -> None:
    long = "文章です。" * 40
    chunks = chunk(document(*headed(long, "甲"), *headed("短い文。", "乙")))
    assert [piece.heading for piece in chunks] == [("甲",), ("乙",)]


def test_small_neighbouring_sections_of_one_slide_are_found_together() -> None:
    sections = [*headed("短い文。", "甲", "一"), *headed("次の文。", "甲", "二"), *headed("別の文。", "乙")]
    assert [len(piece.blocks) for piece in chunk(document(*sections))] == [4, 2]


def test_windows_overlap_at_block_ends() -> None:
    text = [paragraph(f"{n}" * 80, "甲") for n in range(8)]
    chunks = chunk(document(*text))
    assert [piece.first for piece in chunks[1:]] == [before.last - 1 for before in chunks[:-1]]


def test_a_row_carries_header_title_and_cells_from_above_as_context() -> None:
    header = ("分類", "設備", "上限額")
    (piece,) = chunk(
        document(row("", "照明の取替", "20万円", header=header, carried=("省エネ", "照明の取替", "20万円")))
    )
    assert set(piece.context.split("\n")) == {"助成", "助成額の一覧", "分類", "設備", "上限額", "省エネ"}
    assert piece.text == "\t照明の取替\t20万円"


def test_a_spanned_row_stands_with_the_row_that_spans_it() -> None:
    first = row("省エネ設備の更新を行う事業者" * 3, "空調", "50万円")
    second = row("", "照明" * 40, "20万円", carried=(first.cells[0], "照明" * 40, "20万円"))
    third = row("再エネ電力に切り替える事業者" * 6, "電力", "10万円")
    assert [len(piece.blocks) for piece in chunk(document(first, second, third))] == [2, 1]


def test_an_item_brings_its_lead_in_along() -> None:
    lead = "申請には次の書類が必要です。"
    items = [paragraph(f"・書類{n}" + "の" * 150, "申請", kind=BlockKind.ITEM, lead=lead) for n in range(4)]
    assert all(lead in piece.context for piece in chunk(document(*items)))


def test_a_long_paragraph_is_cut_at_its_sentences_and_they_follow_one_another() -> None:
    text = "一つ目の文です。" * 30
    (long,) = (paragraph(text, "甲"),)
    split = split_paragraphs(document(long)).blocks
    assert "".join(block.text for block in split) == text
    assert [(block.joined, block.continued) for block in split[:2]] == [(False, False), (True, True)]
    assert split_paragraphs(document(paragraph("短い。文です。"))).blocks == (paragraph("短い。文です。"),)


def test_the_same_content_at_the_same_place_has_the_same_id() -> None:
    one, same, other = (Chunk("a", 0, (paragraph(text),)) for text in ("文", "文", "別"))
    assert one.id == same.id != other.id
    assert Chunk("b", 0, (paragraph("文"),)).id != one.id
    assert Chunk("a", 1, (paragraph("文"),)).id != one.id


def test_a_place_is_headings_and_page() -> None:
    assert Chunk("a", 0, (Block(BlockKind.ROW, "x", ("甲", "乙"), 3),)).place == "甲 › 乙 (p. 3)"
    assert Chunk("a", 0, (Block(BlockKind.ROW, "x", (), 3),)).place == "p. 3"
    assert Chunk("a", 0, (Block(BlockKind.ROW, "x", ("甲",)),)).place == "甲"
