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


def failed(error: BaseException) -> str:
    """Log an error that led to another one."""
    try:
        try:
            raise error
        except BaseException as cause:
            raise RuntimeError("私の秘密") from cause
    except RuntimeError as last:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(last), last, last.__traceback__)})
    return JsonLines().format(record)


def test_an_exception_stays_on_the_line_with_its_cause_and_place() -> None:
    text = failed(PermissionError(13, "Permission denied", "/home/hanako/secret"))

    assert "\n" not in text
    error = json.loads(text)["error"]
    assert "RuntimeError" in error
    assert "PermissionError: Permission denied" in error
    assert "test_logs.py" in error
    assert "in failed" in error


def test_the_words_of_an_error_are_not_logged() -> None:
    """A database's error quotes the statement with its values, a parser's the text that it could not read."""
    text = failed(ValueError("INSERT … [parameters: ('花子の相談',)]"))

    assert "ValueError" in text
    assert "花子" not in text
    assert "秘密" not in text
    assert "hanako" not in failed(PermissionError(13, "Permission denied", "/home/hanako/secret"))


def test_a_telephone_number_is_masked_wherever_it_stands() -> None:
    facts = {"levelname": "INFO", "msg": "called %s", "args": ("090-1234-5678",), "contact": "taro@example.jp"}

    for text in (JsonLines().format(logging.makeLogRecord(facts)), Plain().format(logging.makeLogRecord(facts))):
        assert "1234" not in text
        assert "taro" not in text


def test_times_and_figures_are_left_as_they_are() -> None:
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "m", "created": 1795000000.123, "n": 12.0901234567}
    )

    line = json.loads(JsonLines().format(record))

    assert (line["time"], line["n"]) == ("2026-11-18T11:06:40.123+00:00", 12.0901234567)


def test_a_person_sees_the_fields_behind_the_message() -> None:
    record = logging.makeLogRecord({"levelname": "WARNING", "msg": "setting has no effect", "setting": "IPPO_MODEL"})

    assert Plain().format(record) == "WARNING: setting has no effect, setting IPPO_MODEL"
