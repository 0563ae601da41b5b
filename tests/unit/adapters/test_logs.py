from __future__ import annotations

import json
import logging

from adapters.logs import JsonLines, Plain


def test_a_record_becomes_one_json_line_with_its_fields() -> None:
    record = logging.makeLogRecord(
        {"name": "bot", "levelname": "INFO", "msg": "answered", "passages": 4, "ward": "千代田"}
    )

    text = JsonLines().format(record)

    assert "\n" not in text
    line = json.loads(text)
    assert (line["level"], line["logger"], line["message"], line["passages"]) == ("info", "bot", "answered", 4)
    assert "千代田" in text


def test_an_exception_stays_on_the_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, error.__traceback__)})

    text = JsonLines().format(record)

    assert "\n" not in text
    assert "ValueError: broken" in json.loads(text)["error"]


def test_a_person_sees_the_fields_behind_the_message() -> None:
    record = logging.makeLogRecord({"levelname": "WARNING", "msg": "setting has no effect", "setting": "IPPO_MODEL"})

    assert Plain().format(record) == "WARNING: setting has no effect, setting IPPO_MODEL"
