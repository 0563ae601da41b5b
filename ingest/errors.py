"""What can go wrong while a source is read."""


class IngestError(Exception):
    """Root of this package's errors; the pipeline turns its children into `skipped` results."""


class UnreadableSource(IngestError):
    """The source gives no usable text; its message says why and what to do. The run goes on."""


class UnusableArgument(IngestError):
    """An argument names nothing that could be read; nothing was done. Correct the argument."""
