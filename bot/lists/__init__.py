"""Answers from the catalogue: all that do X, the next event, which grants fit, what a word means.

Every line is proved by a passage of the index (`proofs`), and a list gives way (`fit`) where a passage speaks of
what it leaves out. A new kind of list goes here; its data goes into `knowledge.catalogue`.
"""
