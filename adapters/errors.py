"""What can go wrong at the edge."""


class AdapterError(Exception):
    """Root of this package's errors."""


class SettingsError(AdapterError):
    """A setting is malformed: correct the variables that the message names, one line each."""
