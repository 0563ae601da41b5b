"""Logging, configured once at the edge: constant messages, facts as fields, one JSON object a line for servers.

No record holds what a person wrote. Our own calls see to that; of foreign errors, whose words may quote anything (a
database's the whole statement with its values), only the kind and the place are written.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

from bot.privacy import mask

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message, then the record's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _facts(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        # What slips through all the same is at least nobody's telephone number or address.
        masked = {name: mask(value) if isinstance(value, str) else value for name, value in line.items()}
        return json.dumps(masked, ensure_ascii=False, default=lambda value: mask(str(value)))

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the base class's name
        """Write an error and what led to it: kinds and places, no words."""
        error = ei[1]
        return "" if error is None else "\n".join(_kinds_and_places(error))


class Plain(logging.Formatter):
    """A record for a person at a terminal: level, message, its own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        facts = "".join(f", {name} {value}" for name, value in _facts(record).items())
        return mask(f"{record.levelname}: {record.getMessage()}{facts}")


def _kinds_and_places(error: BaseException) -> list[str]:
    lines: list[str] = []
    known: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in known:
        known.add(id(cause))
        places = traceback.extract_tb(cause.__traceback__)
        lines += ["led to by:"] if lines else []
        lines += [f"  {place.filename}:{place.lineno} in {place.name}" for place in places]
        lines.append(_kind(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return lines


def _kind(error: BaseException) -> str:
    name = type(error).__qualname__
    # Which call of the system failed, and how: never what was written.
    return f"{name}: {error.strerror}" if isinstance(error, OSError) and error.strerror else name


def _facts(record: logging.LogRecord) -> dict[str, object]:
    """Give the fields that came with the record."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def configure(*, server: bool) -> None:
    """Send records to stderr: JSON lines from INFO for a server, plain warnings for a command."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if server else Plain())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if server else logging.WARNING)
    # These tell of every request they make, in messages that hold addresses.
    for noisy in ("httpx", "chromadb", "pdfminer"):
        logging.getLogger(noisy).setLevel(logging.ERROR if noisy == "pdfminer" else logging.WARNING)
