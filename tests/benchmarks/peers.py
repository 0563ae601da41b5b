"""What one could use instead of Ippo, each set up as its own documentation does it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import tantivy
from langchain_core.embeddings import Embeddings
from sudachipy import Dictionary, SplitMode

from bot.answer import Question
from knowledge.documents import Passage
from knowledge.embedding import HashedEmbedding
from knowledge.index import IndexedChunk
from knowledge.tokens import bigrams, words
from tests.benchmarks.figures import SHOWN, passages

SIZES = ((1000, 200), (400, 80))
"""Characters of a chunk and of its overlap: the tutorials' size, and a smaller one."""


class Peer:
    """A function from a query to texts, asked with the history put before the question."""

    def __init__(self, find: Callable[[str], Sequence[str]]) -> None:
        self._find = find

    def search(self, question: Question) -> list[Passage]:
        said = [*(turn.text for turn in question.history), question.text]
        return passages(self._find("\n".join(said)))


def split(texts: Iterable[str], size: int, overlap: int) -> list[str]:
    """Cut raw documents with LangChain's splitter; text that comes twice is kept once, as Haystack insists on."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    # Its default separators know no Japanese; with them it cuts in mid-sentence wherever no line ends.
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=overlap, separators=["\n\n", "\n", "。", "、", ""]
    )
    return list(dict.fromkeys(piece for text in texts for piece in splitter.split_text(text)))


def peers(texts: Sequence[str]) -> dict[str, Peer]:
    """Set up all peers over the same chunks."""
    return {
        "LangChain BM25Retriever, default": Peer(_langchain_bm25(texts)),
        "LangChain EnsembleRetriever (Sudachi BM25 + Chroma)": Peer(_ensemble(texts)),
        "Haystack in-memory BM25": Peer(_haystack(texts)),
        "tantivy, character bigrams": Peer(bigram_index(texts)),
        "the peer to beat (BM25Retriever, 15 lines)": Peer(
            _langchain_bm25(texts, preprocess_func=content_words, bm25_params={"k1": 0.7, "b": 0.4})
        ),
    }


_CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞"}
_QUESTIONS = set(
    "何 なに どれ 何処 どこ 何時 いつ 誰 だれ 幾ら いくら 為る する 有る ある 居る いる 事 こと 物 もの".split()
)
_tokenizer = Dictionary(dict="core").create()


def content_words(text: str) -> list[str]:
    """The 15 lines: content words in normal form, with the parts of compounds."""
    found: list[str] = []
    for word in _tokenizer.tokenize(text, SplitMode.C):
        if word.part_of_speech()[0] not in _CONTENT or word.normalized_form() in _QUESTIONS:
            continue
        found.append(word.normalized_form())
        parts = word.split(SplitMode.A)
        if len(parts) > 1:
            found.extend(part.normalized_form() for part in parts)
    return found


def all_words(text: str) -> list[str]:
    """Sudachi's words as they are."""
    return [word.surface() for word in _tokenizer.tokenize(text, SplitMode.C)]


@contextmanager
def _no_deprecations() -> Iterator[None]:
    """Keep LangChain from saying that langchain-community will not be kept up: it is what its users have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _langchain_bm25(texts: Sequence[str], **options: Any) -> Callable[[str], list[str]]:
    with _no_deprecations():
        from langchain_community.retrievers import BM25Retriever

    retriever = BM25Retriever.from_texts(texts, k=SHOWN, **options)
    return lambda query: [document.page_content for document in retriever.invoke(query)]


def _ensemble(texts: Sequence[str]) -> Callable[[str], list[str]]:
    import chromadb
    from chromadb.config import Settings
    from langchain_classic.retrievers import EnsembleRetriever

    with _no_deprecations():
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import Chroma

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    with _no_deprecations():
        store = Chroma(f"peer-{len(texts)}", _Embeddings(), client=client)
    store.add_texts(list(texts))
    lexical = BM25Retriever.from_texts(texts, k=SHOWN, preprocess_func=all_words)
    dense = store.as_retriever(search_kwargs={"k": SHOWN})
    retriever = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    return lambda query: [document.page_content for document in retriever.invoke(query)]


class _Embeddings(Embeddings):
    """Our built-in embedding behind LangChain's port: without key and download there is no better one for both."""

    def __init__(self) -> None:
        self._embedding = HashedEmbedding()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        chunks = [IndexedChunk(p.chunk, words(p.chunk.text), ()) for p in passages(texts)]
        return [list(map(float, vector)) for vector in self._embedding.embed_documents(chunks)]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, self._embedding.embed_query(text)))


def _haystack(texts: Sequence[str]) -> Callable[[str], list[str]]:
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore()
    store.write_documents([Document(content=text) for text in texts])
    retriever = InMemoryBM25Retriever(store, top_k=SHOWN)
    return lambda query: [document.content or "" for document in retriever.run(query)["documents"]]


def bigram_index(texts: Iterable[str], directory: str | None = None) -> Callable[[str], list[str]]:
    """Index the character bigrams of texts in tantivy and nothing else; in memory unless a directory is given."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    index = tantivy.Index(builder.build(), path=directory)
    writer = index.writer(128_000_000, 1)
    for text in texts:
        writer.add_document(tantivy.Document(text=[text], pairs=[" ".join(bigrams(text))]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    clause = partial(tantivy.Query.term_query, index.schema, "pairs")

    def find(query: str) -> list[str]:
        clauses = [(tantivy.Occur.Should, clause(pair, "freq")) for pair in dict.fromkeys(bigrams(query))]
        hits = searcher.search(tantivy.Query.boolean_query(clauses), SHOWN, count=False).hits
        return [searcher.doc(address)["text"][0] for _, address in hits]

    return find
