"""From a file or an address to indexed chunks: load, clean, structure, chunk, index.

One loader per media type lives in `ingest/load/`; cleaning rules are pure functions; the pipeline joins
the steps and reports one result per source. Nothing here answers questions or talks to a channel.
"""
