"""What is known, as lists: who offers what, which grants there are, what happens when, whom to ask, what words mean.

Text search finds a passage; it can't say "all companies that do X", "the next one after today" or "there is no
other". The catalogue can: entries in TOML, checked when loaded, each pointing at the passage of the shipped
knowledge that proves it. An answer cites that passage, found in the index; where the index does not hold it, the
entry is not said. So an operator's own documents are never answered from here.
"""
