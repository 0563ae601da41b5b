"""Everything that can't be made again, in one file, and back.

A backup is a table a file, rows as JSON, with a manifest that vouches for each of them: the same for SQLite and
PostgreSQL, so that what was saved from one can be restored into the other. `save` writes one, `restore` reads one,
`archive` is the file, `rows` the tables, `settling` what has to be put right in a database from an earlier time.

The indexes are not part of it. They are derived from the tables, and built from them at the first question: a few
seconds for the shipped knowledge, where a copy would have to be kept in step with the rows.
"""
