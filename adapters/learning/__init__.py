"""Learning from people: what could not be answered, advisors' answers that become knowledge, and the figures.

`gaps` questions without a good answer, grouped by `likeness` · `drafts` advisors' answers on their way into the
knowledge, `personal` what of them may be somebody's own, `text` how one is written as a source, `shelving` how they
get into the index and out of it · `figures` counts for a span of days, `chart` drawn. Pages are in
`adapters.console`: `unanswered`, `drafts`, `figures`.
"""
