"""`kill -9` at each point where something could be lost or doubled, on each channel: one answer, whatever happens."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.fire import QUESTIONS, LinePerson, Person, SlackPerson, WebPerson
from tests.crash.points import POINTS
from tests.crash.rig import ROOT, Rig
from tests.platforms import line as line_platform
from tests.platforms.slack import SlackServer

CHANNELS: dict[str, type[Person]] = {"line": LinePerson, "slack": SlackPerson, "web": WebPerson}
KILLED = -9
PLACES = [
    *((point, "line") for point in POINTS),
    # Up to its being sent, an answer does not know its channel; the web has no call that could be cut off.
    *((point, channel) for point in ("stored", "sent") for channel in ("slack", "web")),
    ("sending", "slack"),
]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with line_platform.serving() as line, SlackServer() as slack:
        rig = Rig(tmp_path_factory.mktemp("points"), None, line, slack, line.url)
        rig.ingest()
        rig.start("--no-worker")
        yield rig
        rig.stop()


def run(rig: Rig, point: str, folder: Path, *command: str) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-m", "tests.crash.points", point, str(folder), *command]
    with (rig.folder / "log").open("ab") as log:
        return subprocess.Popen(arguments, cwd=ROOT, env=rig.environment, stdout=log, stderr=log)


def soon(holds: Callable[[], bool], within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("point", "channel"), PLACES)
def test_a_kill_at_a_point_loses_and_doubles_nothing(rig: Rig, tmp_path: Path, point: str, channel: str) -> None:
    number = list(POINTS).index(point)
    person = CHANNELS[channel](rig, number, 1, 0.0)
    send = person.question(0, QUESTIONS[number % len(QUESTIONS)])
    if point == "stored":
        # The one that takes messages in dies in the middle of taking this one in.
        rig.end_server()
        rig.server = run(rig, point, tmp_path, "serve", "--no-worker", "--port", str(rig.port))
        rig.await_server()
        assert not send()
        assert rig.server.wait(60) == KILLED
        rig.start("--no-worker")
    else:
        soon(send)
        assert run(rig, point, tmp_path, "worker").wait(60) == KILLED
    # The marker is there: this one goes past the point.
    worker = run(rig, point, tmp_path, "worker")
    try:
        soon(lambda: not person.missing())
        assert send(), "what comes again is acknowledged"
        time.sleep(0.7)
        assert person.wrong() == []
    finally:
        worker.terminate()
        worker.wait(30)
        person.close()


@pytest.mark.timeout(240)
def test_a_kill_between_lines_acceptance_and_its_answer_is_not_made_good_by_a_second_answer(
    rig: Rig, tmp_path: Path
) -> None:
    person = LinePerson(rig, 99, 1, 0.0)
    send = person.question(0, QUESTIONS[0])
    rig.line.faults.append("accept, wait")
    before = len([call for call in list(rig.line.calls) if call.path.endswith("/reply")])
    soon(send)
    # Workers do not come by this point.
    first = run(rig, "stored", tmp_path, "worker")
    soon(lambda: not person.missing())
    first.kill()
    first.wait()
    second = run(rig, "stored", tmp_path, "worker")
    try:
        soon(lambda: len([call for call in list(rig.line.calls) if call.path.endswith("/reply")]) > 1 + before)
        time.sleep(0.7)
        assert person.wrong() == []
        assert [one.way for one in rig.line.delivered if one.to == person.id] == ["reply"]
    finally:
        second.terminate()
        second.wait(30)
