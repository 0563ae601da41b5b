"""From a question to a sourced answer: what kind of question it is, which act fits, what is said and
what proves it.

Knows passages (`knowledge`) but no platform, no web framework and no way to ingest. A statement leaves
this package only with a citation; what no passage supports is not said.
"""
