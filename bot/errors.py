"""What can go wrong while a reply is made."""


class BotError(Exception):
    """Root of this package's errors; only the edge catches it."""


class UngroundedAnswer(BotError):
    """A statement is not supported by what it cites; it must not be sent. Abstain and name a person instead."""


class ModelUnavailable(BotError):
    """The language model can't be used as it is set up: set or install what the message names."""
