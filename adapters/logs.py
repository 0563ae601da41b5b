"""Logging, configured once at the edge: constant messages, facts as fields, one JSON object a line for servers."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

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
        return json.dumps(line, ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    """A record for a person at a terminal: level, message, its own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        facts = "".join(f", {name} {value}" for name, value in _facts(record).items())
        return f"{record.levelname}: {record.getMessage()}{facts}"


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
