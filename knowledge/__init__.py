"""What is known: the documents, their chunks, the indexes over them and the way to find a passage.

Here live the words of the trade (`documents`), Japanese text as search sees it (`fold`, `tokens`,
`synonyms`, `wards`), the store in which SQL is the truth and Chroma and tantivy are derived
(`store`, `generations`, `lexical`, `vectors`), retrieval, and the shipped `sources/`. Nothing here knows how a
document was read (`ingest`), what is said to a person (`bot`) or over which channel (`adapters`).
"""
