"""A model in a folder, against what numpy makes of the same table."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.documents import Block, BlockKind, Chunk
from knowledge.encoders.chosen import Access, choose
from knowledge.encoders.folder import FolderEmbedding
from knowledge.errors import EmbeddingUnavailable
from knowledge.index import IndexedChunk
from tests import tiny_model


def chunks(*texts: str) -> list[IndexedChunk]:
    return [IndexedChunk(Chunk("a.md", i, (Block(BlockKind.PARAGRAPH, t),)), (), ()) for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("multilingual-e5-tiny", "query: ", "passage: "),
        ("ruri-v3-tiny", "検索クエリ: ", "検索文書: "),
        ("ruri-tiny-v2", "クエリ: ", "文章: "),
        ("some-model", "", ""),
    ],
)
def test_prefixes_go_by_the_folders_name(tmp_path: Path, name: str, query: str, passage: str) -> None:
    embedding = FolderEmbedding(tiny_model.make(tmp_path / name))
    np.testing.assert_allclose(embedding.embed_query("照明"), tiny_model.expected(f"{query}照明"), atol=1e-5)
    np.testing.assert_allclose(
        embedding.embed_documents(chunks("太陽光")), [tiny_model.expected(f"{passage}太陽光")], atol=1e-5
    )


def test_a_batch_gives_each_text_what_it_has_alone(tmp_path: Path) -> None:
    texts = ["照明", "太陽光発電を屋根に" * 9, "。", "診断" * 3, *("照" * n for n in range(1, 30))]
    matrix = FolderEmbedding(tiny_model.make(tmp_path / "m")).embed_documents(chunks(*texts))
    np.testing.assert_allclose(matrix, [tiny_model.expected(text) for text in texts], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    assert matrix.dtype == np.float32


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"ippo.json": {"pooling": "cls"}}, {"pooling": "cls"}),
        ({"ippo.json": {"normalize": False}}, {"normalize": False}),
        ({"1_Pooling/config.json": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}}, {"pooling": "cls"}),
        ({"tokenizer_config.json": {"model_max_length": 6}}, {"longest": 6}),
        ({"tokenizer_config.json": {"model_max_length": 10**30}, "sentence_bert_config.json": {"max_seq_length": 5}}, {"longest": 5}),
        ({"config.json": {"model_type": "xlm-roberta", "max_position_embeddings": 9}}, {"longest": 7}),
    ],
)  # fmt: skip
def test_what_lies_beside_a_model_tells_how_it_is_used(tmp_path: Path, files: Any, wanted: Any) -> None:
    embedding = FolderEmbedding(tiny_model.make(tmp_path / "m", files=files))
    text = "照明を替えると電灯の明り"
    np.testing.assert_allclose(embedding.embed_query(text), tiny_model.expected(text, **wanted), atol=1e-4)


def test_our_own_file_counts_more_than_the_name(tmp_path: Path) -> None:
    own = {"query_prefix": "検索: ", "passage_prefix": ""}
    embedding = FolderEmbedding(tiny_model.make(tmp_path / "multilingual-e5-x", files={"ippo.json": own}))
    np.testing.assert_allclose(embedding.embed_query("照明"), tiny_model.expected("検索: 照明"), atol=1e-5)
    np.testing.assert_allclose(embedding.embed_documents(chunks("照明"))[0], tiny_model.expected("照明"), atol=1e-5)


def test_prompts_that_were_kept_with_a_model_are_used(tmp_path: Path) -> None:
    kept = {"config_sentence_transformers.json": {"prompts": {"query": "q: ", "document": "d: "}}}
    embedding = FolderEmbedding(tiny_model.make(tmp_path / "m", files=kept))
    np.testing.assert_allclose(embedding.embed_query("照明"), tiny_model.expected("q: 照明"), atol=1e-5)
    np.testing.assert_allclose(embedding.embed_documents(chunks("照明"))[0], tiny_model.expected("d: 照明"), atol=1e-5)


def test_models_with_other_inputs_and_places_are_fed(tmp_path: Path) -> None:
    inputs = ("input_ids", "attention_mask", "token_type_ids", "position_ids")
    folder = tiny_model.make(tmp_path / "m", inputs=inputs, place="onnx/model.onnx")
    np.testing.assert_allclose(FolderEmbedding(folder).embed_query("照明"), tiny_model.expected("照明"), atol=1e-5)


def test_a_name_goes_by_content_and_use_not_by_place(tmp_path: Path) -> None:
    first = tiny_model.make(tmp_path / "one" / "model")
    moved = Path(shutil.copytree(first, tmp_path / "two" / "model"))
    names = {
        FolderEmbedding(first).name,
        FolderEmbedding(tiny_model.make(tmp_path / "three" / "model", seed=8)).name,
        FolderEmbedding(tiny_model.make(tmp_path / "four" / "model", files={"ippo.json": {"pooling": "cls"}})).name,
    }
    assert len(names) == 3
    assert FolderEmbedding(moved).name in names
    assert all(str(tmp_path) not in name and len(name) <= 200 for name in names)


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    folder = tiny_model.make(tmp_path / "m")
    (folder / missing).unlink()
    with pytest.raises(EmbeddingUnavailable, match=missing):
        choose(f"fastembed:{folder}", Access(tmp_path))


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_broken_file_is_said_when_it_is_needed(tmp_path: Path, broken: str) -> None:
    folder = tiny_model.make(tmp_path / "m")
    (folder / broken).write_bytes(b"not what it should be")
    with pytest.raises(EmbeddingUnavailable, match="読み込めません"):
        choose(f"fastembed:{folder}", Access(tmp_path)).embed_query("照明")


@pytest.mark.parametrize(
    ("own", "said"),
    [({"pooling": "last"}, "mean"), ({"prefix": "q: "}, "query_prefix"), ({"normalize": "yes"}, "bool"), ([], "JSON")],
)
def test_an_unusable_file_of_ours_is_explained(tmp_path: Path, own: Any, said: str) -> None:
    folder = tiny_model.make(tmp_path / "m", files={"ippo.json": own})
    with pytest.raises(EmbeddingUnavailable, match=said):
        FolderEmbedding(folder)


def test_a_folder_that_is_not_there_is_not_taken_for_a_name(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingUnavailable, match="フォルダ"):
        choose(f"fastembed:{tmp_path / 'nowhere'}", Access(tmp_path))
