"""Real embeddings, each behind `knowledge.embedding.Embedding`: a model in a folder, by name, or on a server.

What is the same for all: a chunk is embedded with what stands above it, a model gets its own prefixes, and
whatever goes wrong is an `EmbeddingUnavailable` that says what to do.
"""
