"""What can go wrong with the knowledge. Expected outcomes (nothing found) are values, not errors."""


class KnowledgeError(Exception):
    """Root of this package's errors; only the edge (command line, web) catches it."""


class ManifestError(KnowledgeError):
    """A manifest or front matter is unusable: correct the file, entry and field that the message names."""


class StoreUnavailable(KnowledgeError):
    """The database or an index can't be reached or opened: check it and retry."""


class StoreBusy(KnowledgeError):
    """Another process is writing to the knowledge: wait until it is done and try again."""


class EmbeddingUnavailable(KnowledgeError):
    """No vectors can be made: the message names what is missing. Words are searched all the same."""
