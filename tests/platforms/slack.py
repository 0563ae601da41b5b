"""A strict Slack on this machine: its Web API with the errors and limits it enforces, and its deliveries to an app.

    with SlackServer() as slack:
        general = slack.channel("general", members=[slack.bot_user])
        said = slack.say(general, "U0ALICE", f"<@{slack.bot_user}> 補助金は?")
        slack.deliver(said[0], post)

`post` carries signed bytes to the app and gives status and body. Everything sent to a channel is in `messages`,
every call in `calls`. Times of rate limits come from `clock`.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import itertools
import json
import math
import random
import re
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Post = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]

SCOPES = (
    "app_mentions:read assistant:write channels:history chat:write commands groups:history im:history im:write reactions:write users:read"
).split()
NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
    "conversations.open": "im:write",
    "reactions.add": "reactions:write",
    "users.info": "users:read",
}
WITHIN = 3.0
"""Seconds in which an app has to answer a delivery."""
TEXT, SECTION, BLOCKS, WHOLE, METADATA = 40_000, 3000, 50, 13_200, 16_000
MESSAGE_ONLY = {"markdown", "context_actions", "plan", "task_card", "container"}
KNOWN_BLOCKS = {
    "section",
    "context",
    "actions",
    "divider",
    "header",
    "image",
    "rich_text",
    "table",
    "input",
    *MESSAGE_ONLY,
}
_PING = re.compile(r"<(?:!(?:channel|here|everyone|subteam\^)|@[UW])[^>]*>?")


class Refused(Exception):
    """Slack says no: HTTP 200 and `ok: false`."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


class Limited(Exception):
    """HTTP 429."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class Room:
    """A channel or somebody's direct messages with the app."""

    id: str
    team: str
    members: set[str]
    person: str = ""
    """Whose direct messages; empty in a channel."""
    archived: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)

    def find(self, ts: object) -> dict[str, Any] | None:
        return next((message for message in self.messages if message["ts"] == ts), None)


@dataclass
class Workspace:
    """Where the app is installed."""

    team: str
    token: str
    bot_user: str
    bot_id: str
    scopes: list[str]
    revoked: bool = False


@dataclass(frozen=True)
class Call:
    """A call of the Web API, and what came of it."""

    method: str
    arguments: Mapping[str, Any]
    status: int
    body: Mapping[str, Any]
    at: float

    @property
    def error(self) -> str:
        return str(self.body.get("error", ""))


@dataclass(frozen=True)
class Delivered:
    """What an app made of a delivery."""

    status: int
    body: bytes
    seconds: float

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300 and self.seconds <= WITHIN


class SlackServer:
    """Serves on loopback while it is entered."""

    def __init__(
        self,
        *,
        signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5",
        clock: Callable[[], float] = time.time,
        burst: int = 3,
        per_second: float = 1.0,
    ) -> None:
        self.signing_secret = signing_secret
        self.app_id = "A0IPPO0001"
        self.app_token = "xapp-1-A0IPPO0001-local"
        self.clock, self.burst, self.per_second = clock, burst, per_second
        self.workspaces = {
            "T0FIRST001": Workspace("T0FIRST001", "xoxb-first", "U0IPPOBOT1", "B0IPPOBOT1", list(SCOPES))
        }
        self.rooms: dict[str, Room] = {}
        self.calls: list[Call] = []
        self.faults: dict[str, deque[str]] = {}
        self.homes: dict[str, Mapping[str, Any]] = {}
        self.prompts: list[Mapping[str, Any]] = []
        self.statuses: dict[tuple[str, str], str] = {}
        self.reactions: Counter[tuple[str, str, str]] = Counter()
        self.people: dict[str, Mapping[str, Any]] = {}
        """User id → what `users.info` tells of them."""
        self.history_works = True
        self.hang = 0.0
        """Seconds that a slow answer takes."""
        self.socket: Any = None
        """Socket Mode's side, `slack_socket.SlackSocket`."""
        self.lock = threading.RLock()
        self._posted: dict[str, tuple[float, float]] = {}
        self._numbers = itertools.count(1)
        self._ts = 0
        self._server: ThreadingHTTPServer | None = None

    # ---- the server

    def __enter__(self) -> SlackServer:
        slack = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _serve(slack, self)

            do_POST = do_GET  # noqa: N815 - the name that the standard library looks for

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_arguments: object) -> None:
                """A client that has gone is its own business."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def api_url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    # ---- what there is

    @property
    def workspace(self) -> Workspace:
        return next(iter(self.workspaces.values()))

    @property
    def token(self) -> str:
        return self.workspace.token

    @property
    def bot_user(self) -> str:
        return self.workspace.bot_user

    def install(self, team: str, token: str, bot_user: str, bot_id: str) -> Workspace:
        self.workspaces[team] = Workspace(team, token, bot_user, bot_id, list(SCOPES))
        return self.workspaces[team]

    def channel(self, name: str, *, members: Sequence[str] = (), team: str | None = None) -> Room:
        where = self.workspaces[team] if team else self.workspace
        room = Room(f"C0{name.upper()}", where.team, {where.bot_user, *members})
        self.rooms[room.id] = room
        return room

    def direct(self, user: str, *, team: str | None = None) -> Room:
        with self.lock:
            where = (team or self.workspace.team, user)
            for room in self.rooms.values():
                if (room.team, room.person) == where:
                    return room
            room = Room(f"D0{where[0][-3:]}{user[1:]}", where[0], {user}, user)
            self.rooms[room.id] = room
            return room

    def fail(self, method: str, *kinds: str) -> None:
        """Let the next calls of a method go wrong.

        Kinds: `500`, `503`, `502` (HTML), `429`, `reset` (nothing stored), `stored-reset`, `stored-500`, `stored-slow`
        (answers after `hang`), `stored-garbage`, `ok` (goes well), or the name of an error.
        """
        self.faults.setdefault(method, deque()).extend(kinds)

    def replies(self, room: Room | str, root: str | None = None) -> list[dict[str, Any]]:
        """Give what the app has posted, in order."""
        found = self.rooms[room if isinstance(room, str) else room.id]
        with self.lock:
            return [m for m in found.messages if self._ours(m) and (root is None or m.get("thread_ts") == root)]

    @property
    def posts(self) -> list[dict[str, Any]]:
        """Everything that the app has posted anywhere."""
        with self.lock:
            return [m for room in self.rooms.values() for m in room.messages if self._ours(m)]

    def _ours(self, message: Mapping[str, Any]) -> bool:
        return message.get("app_id") == self.app_id

    def called(self, method: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def pings(self) -> list[str]:
        """Give what in the app's posts would have called people."""
        return [ping for message in self.posts for text in _mrkdwn_of(message) for ping in _PING.findall(text)]

    def next_ts(self) -> str:
        with self.lock:
            self._ts = max(self._ts + 1, int(time.time() * 1e6))
            return f"{self._ts // 1_000_000}.{self._ts % 1_000_000:06d}"

    # ---- deliveries

    def say(
        self, room: Room, user: str, text: str, *, thread_ts: str | None = None, both: bool = True, **more: Any
    ) -> list[dict[str, Any]]:
        """Let a person write; the text is written as a person writes it, mentions as `<@U…>`.

        Returns:
            The event bodies that Slack would deliver, in random order: in a channel a mention and, where
            `message.channels` is subscribed too (`both`), its message.
        """
        ts = self.next_ts()
        written = {"type": "message", "user": user, "text": _escape(text), "ts": ts, "team": room.team}
        written |= {"client_msg_id": f"{ts}-c", "blocks": [{"type": "rich_text", "block_id": "b", "elements": []}]}
        if thread_ts:
            written["thread_ts"] = thread_ts
        written |= more
        with self.lock:
            room.messages.append(written)
        where = self.workspaces[room.team]
        event = {**written, "channel": room.id, "event_ts": ts}
        if room.person:
            return [self.envelope({**event, "channel_type": "im", "app_context": {"entities": []}}, room.team)]
        found = [self.envelope({**event, "channel_type": "channel"}, room.team)] if both else []
        if f"<@{where.bot_user}>" in text:
            found.append(self.envelope({**event, "type": "app_mention"}, room.team))
        random.Random(ts).shuffle(found)
        return found

    def envelope(self, event: Mapping[str, Any], team: str | None = None) -> dict[str, Any]:
        where = self.workspaces[team] if team else self.workspace
        authorization = {"enterprise_id": None, "team_id": where.team, "user_id": where.bot_user, "is_bot": True, "is_enterprise_install": False}  # fmt: skip
        return {
            "token": "verification",
            "team_id": where.team,
            "context_team_id": where.team,
            "context_enterprise_id": None,
            "api_app_id": self.app_id,
            "event": dict(event),
            "type": "event_callback",
            "event_id": f"Ev{next(self._numbers):08d}",
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": "4-x",
        }

    def own_event(self, message: Mapping[str, Any], room: Room) -> dict[str, Any]:
        """Give the event in which the app's own post comes back."""
        return self.envelope(
            {**message, "channel": room.id, "channel_type": "im" if room.person else "channel"}, room.team
        )

    def edit(self, room: Room, message: Mapping[str, Any], text: str, **more: Any) -> dict[str, Any]:
        """Let whoever wrote a message change it; gives the event. With the same text it is as when a link unfurls."""
        with self.lock:
            written = room.find(message["ts"])
            assert written is not None
            before = copy.deepcopy(written)
            written |= {"text": _escape(text), "edited": {"user": written["user"], "ts": self.next_ts()}, **more}
            after = copy.deepcopy(written)
        changed = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": room.id, "ts": self.next_ts()}  # fmt: skip
        changed |= {"message": after, "previous_message": before, "channel_type": "im" if room.person else "channel"}
        return self.envelope({**changed, "event_ts": changed["ts"]}, room.team)

    def remove(self, room: Room, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let whoever wrote a message delete it; gives the event. Of a thread's root a tombstone is left."""
        with self.lock:
            before = room.find(message["ts"])
            assert before is not None
            has_replies = any(m.get("thread_ts") == before["ts"] and m is not before for m in room.messages)
            room.messages.remove(before)
            gone = {"type": "message", "hidden": True, "channel": room.id, "ts": self.next_ts()}
            gone |= {"previous_message": before, "channel_type": "im" if room.person else "channel"}
            if has_replies:
                stone = {"type": "message", "subtype": "tombstone", "hidden": True, "user": "USLACKBOT", "ts": before["ts"]}  # fmt: skip
                stone |= {"text": "This message was deleted.", "thread_ts": before["ts"]}
                room.messages.append(stone)
                gone |= {"subtype": "message_changed", "message": stone}
            else:
                gone |= {"subtype": "message_deleted", "deleted_ts": before["ts"]}
        return self.envelope({**gone, "event_ts": gone["ts"]}, room.team)

    def press(self, room: Room, user: str, message: Mapping[str, Any], action: Mapping[str, Any]) -> dict[str, Any]:
        """Give the payload of a pressed button."""
        at = self.next_ts()
        container = {"type": "message", "message_ts": message["ts"], "channel_id": room.id, "is_ephemeral": False}
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        return {
            "type": "block_actions",
            "user": {"id": user, "username": "who", "team_id": room.team},
            "api_app_id": self.app_id,
            "token": "verification",
            "container": container,
            "trigger_id": f"{next(self._numbers)}.{at}",
            "team": {"id": room.team, "domain": "shops"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": room.id, "name": "directmessage" if room.person else "general"},
            "message": copy.deepcopy(dict(message)),
            "state": {"values": {}},
            "response_url": "https://hooks.slack.com/actions/local",
            "actions": [{"block_id": "b", "action_ts": at, **action}],
        }

    def slash(self, user: str, text: str, *, channel: str = "C0ANYWHERE", team: str | None = None) -> dict[str, str]:
        """Give the fields of a slash command."""
        where = self.workspaces[team] if team else self.workspace
        return {
            "token": "verification", "team_id": where.team, "team_domain": "shops", "channel_id": channel,
            "channel_name": "anywhere", "user_id": user, "user_name": "who", "command": "/ippo", "text": text,
            "api_app_id": self.app_id, "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/local", "trigger_id": f"{next(self._numbers)}.{self.next_ts()}",
        }  # fmt: skip

    def deliver(
        self, body: Mapping[str, Any], post: Post, *, retry: int = 0, reason: str = "http_timeout"
    ) -> Delivered:
        """Deliver an event; `retry` 1 to 3 repeats it: the same body under a fresh signature."""
        more = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason} if retry else {}
        return self.carry(json.dumps(body).encode(), "application/json", post, more)

    def deliver_until_taken(self, body: Mapping[str, Any], post: Post) -> list[Delivered]:
        """Deliver as Slack does: again, three times at most, while the app fails or takes more than three seconds."""
        done = [self.deliver(body, post)]
        while not done[-1].good and len(done) < 4:
            late = done[-1].seconds > WITHIN
            done.append(self.deliver(body, post, retry=len(done), reason="http_timeout" if late else "http_error"))
        return done

    def deliver_action(self, payload: Mapping[str, Any], post: Post) -> Delivered:
        """Deliver a pressed button; Slack does not repeat those."""
        return self.carry(urllib.parse.urlencode({"payload": json.dumps(payload)}).encode(), FORM, post)

    def deliver_command(self, fields: Mapping[str, str], post: Post) -> Delivered:
        return self.carry(urllib.parse.urlencode(fields).encode(), FORM, post)

    def carry(self, body: bytes, content_type: str, post: Post, more: Mapping[str, str] | None = None) -> Delivered:
        started = time.monotonic()
        status, answer = post(body, {"content-type": content_type, **self.sign(body), **(more or {})})
        return Delivered(status, answer, time.monotonic() - started)

    def sign(self, body: bytes, *, age: float = 0.0, secret: str | None = None) -> dict[str, str]:
        """Sign as Slack does.

        Args:
            body: The bytes.
            age: Seconds since it was signed.
            secret: Another secret than the app's, to be refused.
        """
        stamp = str(int(time.time() - age))
        made = hmac.new(
            (secret or self.signing_secret).encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256
        ).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}

    # ---- the Web API

    def call(self, method: str, arguments: dict[str, Any], token: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Do what a method does; gives status, body, headers."""
        headers: dict[str, str] = {}
        try:
            where = self._authorize(method, token, headers)
            body = {"ok": True, **_METHODS[method](self, where, arguments)} if method in _METHODS else None
            if body is None:
                raise Refused("unknown_method", req_method=method)
            return 200, body, headers
        except Refused as no:
            return 200, no.body, headers
        except Limited as wait:
            return 429, {"ok": False, "error": "ratelimited"}, {**headers, "Retry-After": str(wait.seconds)}

    def _authorize(self, method: str, token: str, headers: dict[str, str]) -> Workspace:
        if not token:
            raise Refused("not_authed")
        if method == "apps.connections.open":
            if token != self.app_token:
                raise Refused("invalid_auth" if token.startswith("xapp-") else "not_allowed_token_type")
            return self.workspace
        if token.startswith("xapp-"):
            raise Refused("not_allowed_token_type")
        where = next((found for found in self.workspaces.values() if found.token == token), None)
        if where is None:
            raise Refused("invalid_auth")
        if where.revoked:
            raise Refused("token_revoked")
        headers["x-oauth-scopes"] = ",".join(where.scopes)
        needed = NEEDED.get(method)
        if needed:
            headers["x-accepted-oauth-scopes"] = needed
            _need(where, needed)
        return where

    def room(self, where: Workspace, channel: object, *, write: bool = False) -> Room:
        found = self.rooms.get(str(channel))
        if found is None and write and str(channel)[:1] in ("U", "W"):
            found = self.direct(str(channel), team=where.team)
        if found is None or found.team != where.team:
            raise Refused("channel_not_found")
        if not found.person and where.bot_user not in found.members:
            raise Refused("not_in_channel")
        if write and found.archived:
            raise Refused("is_archived")
        return found

    def limit(self, room: Room) -> None:
        """Allow about one message a second in a channel, and a few at once: a bucket that runs full again."""
        now = self.clock()
        left, at = self._posted.get(room.id, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) * self.per_second)
        if left < 1:
            self._posted[room.id] = (left, now)
            raise Limited(max(1, math.ceil((1 - left) / self.per_second)))
        self._posted[room.id] = (left - 1, now)


FORM = "application/x-www-form-urlencoded"


def http_post(url: str, *, timeout: float = 10.0) -> Post:
    """Carry deliveries over HTTP to a running app."""

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        request = urllib.request.Request(url, body, dict(headers))
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                request, timeout=timeout
            ) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    return post


def _serve(slack: SlackServer, handler: BaseHTTPRequestHandler) -> None:
    """Answer one request, or fail as it was asked to."""
    path, _, query = handler.path.partition("?")
    method = path.removeprefix("/api/")
    raw = handler.rfile.read(int(handler.headers.get("content-length") or 0))
    queue = slack.faults.get(method)
    with slack.lock:
        fault = queue.popleft() if queue else "ok"
    arguments, token = {}, ""
    if fault == "ok" or fault.startswith("stored-"):
        try:
            arguments, token = _arguments(handler, raw, query)
            with slack.lock:
                status, body, headers = slack.call(method, arguments, token)
        except Refused as no:
            status, body, headers = 200, no.body, {}
    elif fault == "429":
        status, body, headers = 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"}
    elif fault in ("500", "503"):
        status, body, headers = int(fault), {"ok": False, "error": "fatal_error"}, {}
    elif fault == "502":
        status, body, headers = 502, {}, {}
    else:
        status, body, headers = 200, {"ok": False, "error": fault}, {}
    with slack.lock:
        slack.calls.append(Call(method, arguments, status, body, time.monotonic()))
    if fault.endswith("reset"):
        # Not closed but torn off, as a broken network does.
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()
        return
    if fault == "stored-500":
        status, body = 500, {"ok": False, "error": "internal_error"}
    if fault == "stored-slow":
        time.sleep(slack.hang)
    sent = (
        b"<html>Bad gateway</html>"
        if fault == "502"
        else b'{"ok": tr'
        if fault == "stored-garbage"
        else json.dumps(body).encode()
    )
    handler.send_response(status)
    for name, value in {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(sent)),
        **headers,
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(sent)


def _arguments(handler: BaseHTTPRequestHandler, raw: bytes, query: str) -> tuple[dict[str, Any], str]:
    """Merge JSON, form and query; the token comes in the header or beside them."""
    merged: dict[str, Any] = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    kind = (handler.headers.get("content-type") or "").partition(";")[0]
    if raw:
        if kind == "application/json":
            try:
                found = json.loads(raw)
            except ValueError:
                raise Refused("invalid_json") from None
            if not isinstance(found, dict):
                raise Refused("json_not_object")
            merged |= found
        elif kind == FORM:
            merged |= dict(urllib.parse.parse_qsl(raw.decode(), keep_blank_values=True))
        else:
            raise Refused("invalid_post_type" if kind else "missing_post_type")
    for name in ("blocks", "metadata", "view", "prompts"):
        if isinstance(merged.get(name), str):
            try:
                merged[name] = json.loads(merged[name])
            except ValueError:
                raise Refused("invalid_arguments") from None
    header = handler.headers.get("authorization") or ""
    return merged, header.removeprefix("Bearer ") or str(merged.pop("token", ""))


# ---- methods


def _auth_test(_slack: SlackServer, where: Workspace, _sent: dict[str, Any]) -> dict[str, Any]:
    return {"url": "https://shops.slack.com/", "team": "Shops", "user": "ippo", "team_id": where.team, "user_id": where.bot_user, "bot_id": where.bot_id, "is_enterprise_install": False}  # fmt: skip


def _post_message(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = slack.room(where, sent.get("channel"), write=True)
    if any(sent.get(name) for name in ("username", "icon_emoji", "icon_url")):
        _need(where, "chat:write.customize")
    _has_text(sent)
    if sent.get("blocks"):
        check_blocks(sent["blocks"])
    _check_metadata(sent.get("metadata"))
    root = sent.get("thread_ts")
    if root:
        parent = room.find(root)
        if parent is None:
            raise Refused("thread_not_found")
        if parent.get("thread_ts", root) != root:
            raise Refused("cannot_reply_to_message")
    slack.limit(room)
    text = _text(sent)
    more = {"response_metadata": {"warnings": ["message_truncated"]}} if len(text) > TEXT else {}
    message = {
        "type": "message", "user": where.bot_user, "bot_id": where.bot_id, "app_id": slack.app_id, "team": where.team,
        "text": text[:TEXT], "ts": slack.next_ts(), "blocks": sent.get("blocks") or [],
        **({"thread_ts": root} if root else {}),
        **({"metadata": sent["metadata"]} if sent.get("metadata") else {}),
    }  # fmt: skip
    room.messages.append(message)
    slack.statuses.pop((room.id, str(root)), None)
    return {"channel": room.id, "ts": message["ts"], "message": message, **more}


def _update(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = slack.room(where, sent.get("channel"))
    message = room.find(sent.get("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.get("bot_id") != where.bot_id:
        raise Refused("cant_update_message")
    _has_text(sent)
    if len(_text(sent)) > 4000:
        raise Refused("msg_too_long")
    if sent.get("blocks"):
        check_blocks(sent["blocks"])
    _check_metadata(sent.get("metadata"))
    message.update(text=_text(sent), blocks=sent.get("blocks") or [])
    if sent.get("metadata"):
        message["metadata"] = sent["metadata"]
    return {"channel": room.id, "ts": message["ts"], "text": message["text"]}


def _delete(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = slack.room(where, sent.get("channel"))
    message = room.find(sent.get("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.get("bot_id") != where.bot_id:
        raise Refused("cant_delete_message")
    room.messages.remove(message)
    return {"channel": room.id, "ts": message["ts"]}


def _user(slack: SlackServer, _where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    found = slack.people.get(str(sent.get("user")))
    if found is None:
        raise Refused("user_not_found")
    return {"user": {"id": sent["user"], **found}}


def _post_ephemeral(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = slack.room(where, sent.get("channel"), write=True)
    if sent.get("user") not in room.members:
        raise Refused("user_not_in_channel")
    _has_text(sent)
    return {"message_ts": slack.next_ts()}


def _history(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = _readable(slack, where, sent)
    return _page(room, sent, [m for m in reversed(room.messages) if m.get("thread_ts", m["ts"]) == m["ts"]])


def _replies(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = _readable(slack, where, sent)
    if room.find(sent.get("ts")) is None:
        raise Refused("thread_not_found")
    return _page(room, sent, [m for m in room.messages if m.get("thread_ts", m["ts"]) == sent["ts"]])


def _readable(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> Room:
    if not slack.history_works:
        raise Refused("service_unavailable")
    room = slack.room(where, sent.get("channel"))
    _need(where, "im:history" if room.person else "channels:history")
    return room


def _page(_room: Room, sent: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    oldest = float(sent.get("oldest") or 0)
    wanted = [m for m in found if float(m["ts"]) > oldest or m["ts"] == sent.get("ts")]
    start, limit = int(sent.get("cursor") or 0), min(int(sent.get("limit") or 100), 999)
    page = wanted[start : start + limit]
    if str(sent.get("include_all_metadata", "")).lower() not in ("1", "true"):
        page = [{name: value for name, value in m.items() if name != "metadata"} for m in page]
    more = start + limit < len(wanted)
    return {
        "messages": page,
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _open(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    users = str(sent.get("users") or "").split(",")
    if len(users) != 1 or not re.fullmatch(r"[UW][A-Z0-9]+", users[0]):
        raise Refused("user_not_found")
    return {"channel": {"id": slack.direct(users[0], team=where.team).id}}


def _publish(slack: SlackServer, _where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    view = sent.get("view")
    if not isinstance(view, dict) or view.get("type") != "home":
        raise Refused("invalid_arguments")
    if len(json.dumps(view)) > 250_000:
        raise Refused("view_too_large")
    check_blocks(view.get("blocks"), most=100, view=True)
    slack.homes[str(sent.get("user_id"))] = view
    return {"view": view}


def _set_status(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = slack.room(where, sent.get("channel_id"))
    if len(sent.get("loading_messages") or []) > 10:
        raise Refused("invalid_arguments")
    if not sent.get("thread_ts") or room.find(sent["thread_ts"]) is None:
        raise Refused("invalid_thread_ts")
    slack.statuses[room.id, sent["thread_ts"]] = str(sent.get("status", ""))
    return {}


def _set_prompts(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    room = slack.room(where, sent.get("channel_id"))
    prompts = sent.get("prompts")
    if (
        not isinstance(prompts, list)
        or not 1 <= len(prompts) <= 4
        or not all(p.get("title") and p.get("message") for p in prompts)
    ):
        raise Refused("invalid_arguments")
    if sent.get("thread_ts") and room.find(sent["thread_ts"]) is None:
        raise Refused("invalid_thread_ts")
    slack.prompts.append(sent)
    return {}


def _react(slack: SlackServer, where: Workspace, sent: dict[str, Any]) -> dict[str, Any]:
    if not sent.get("timestamp"):
        raise Refused("no_item_specified")
    room = slack.room(where, sent.get("channel"))
    if room.find(sent["timestamp"]) is None:
        raise Refused("message_not_found")
    if not re.fullmatch(r"[a-z0-9_+-]+", str(sent.get("name"))):
        raise Refused("invalid_name")
    given = (room.id, str(sent["timestamp"]), str(sent["name"]))
    if slack.reactions[given]:
        raise Refused("already_reacted")
    slack.reactions[given] += 1
    return {}


def _connect(slack: SlackServer, _where: Workspace, _sent: dict[str, Any]) -> dict[str, Any]:
    if slack.socket is None:
        raise Refused("internal_error")
    return {"url": slack.socket.address()}


_METHODS: dict[str, Callable[[SlackServer, Workspace, dict[str, Any]], dict[str, Any]]] = {
    "apps.connections.open": _connect,
    "auth.test": _auth_test,
    "chat.postMessage": _post_message,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.open": _open,
    "views.publish": _publish,
    "assistant.threads.setStatus": _set_status,
    "assistant.threads.setSuggestedPrompts": _set_prompts,
    "reactions.add": _react,
    "users.info": _user,
}


def _need(where: Workspace, scope: str) -> None:
    if scope not in where.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(where.scopes))


def _text(sent: Mapping[str, Any]) -> str:
    return str(sent.get("text") or sent.get("markdown_text") or "")


def _has_text(sent: Mapping[str, Any]) -> None:
    if not any(sent.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        raise Refused("no_text")
    if sent.get("markdown_text"):
        if sent.get("text") or sent.get("blocks"):
            raise Refused("markdown_text_conflict")
        if len(str(sent["markdown_text"])) > 12_000:
            raise Refused("msg_too_long")


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):  # fmt: skip
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA:
        raise Refused("metadata_too_large")


def check_blocks(blocks: Any, *, most: int = BLOCKS, view: bool = False) -> None:
    """Refuse blocks as Slack does, with JSON pointers."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    wrong = [f"no more than {most} items allowed [json-pointer:/blocks]"] if len(blocks) > most else []
    for number, block in enumerate(blocks):
        wrong += [f"{problem} [json-pointer:/blocks/{number}{where}]" for where, problem in _problems(block, view=view)]
    for name in ("block_id", "action_id"):
        named = [found for found in _values(blocks, name) if found]
        wrong += [
            f"{name} {found} already exists [json-pointer:/blocks]"
            for found, times in Counter(named).items()
            if times > 1
        ]
    if wrong:
        raise Refused(
            "invalid_blocks", errors=wrong, response_metadata={"messages": [f"[ERROR] {problem}" for problem in wrong]}
        )
    if sum(len(text) for text in _values(blocks, "text") if isinstance(text, str)) > WHOLE:
        raise Refused("msg_blocks_too_long")


def _problems(block: Mapping[str, Any], *, view: bool) -> Iterator[tuple[str, str]]:
    kind = block.get("type")
    if kind not in KNOWN_BLOCKS or (view and kind in MESSAGE_ONLY):
        yield "/type", f"unsupported type: {kind}"
    if kind == "section":
        yield from _text_problems(block.get("text"), SECTION, "/text")
    if kind == "header":
        yield from _text_problems(block.get("text"), 150, "/text", kinds=("plain_text",))
    elements = block.get("elements", [])
    most = {"context": 10, "actions": 25, "context_actions": 5}.get(str(kind))
    if most and not 1 <= len(elements) <= most:
        yield "/elements", f"must have 1 to {most} items"
    for number, element in enumerate(elements):
        for pointer, problem in _element_problems(element, in_context=kind == "context"):
            yield f"/elements/{number}{pointer}", problem


def _element_problems(element: Mapping[str, Any], *, in_context: bool) -> Iterator[tuple[str, str]]:
    plain = ("plain_text",)
    if in_context and element.get("type") != "image":
        yield from _text_problems(element, SECTION, "")
    if element.get("type") == "button":
        yield from _text_problems(element.get("text"), 75, "/text", kinds=plain)
        for name, most in (("value", 2000), ("url", 3000), ("action_id", 255)):
            if len(element.get(name, "")) > most:
                yield f"/{name}", f"must be less than {most + 1} characters"
    if element.get("type") == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            button = element.get(name) or {}
            yield from _text_problems(button.get("text"), 75, f"/{name}/text", kinds=plain)
            if not 1 <= len(button.get("value", "")) <= 2000:
                yield f"/{name}/value", "must be 1 to 2000 characters"


def _text_problems(
    text: Any, most: int, where: str, kinds: Sequence[str] = ("mrkdwn", "plain_text")
) -> Iterator[tuple[str, str]]:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield where, "must be a text object"
        return
    if not text.get("text"):
        yield f"{where}/text", "must be more than 0 characters"
    if len(str(text.get("text"))) > most:
        yield f"{where}/text", f"must be less than {most + 1} characters"


def _values(found: Any, name: str) -> Iterator[Any]:
    if isinstance(found, dict):
        if not isinstance(found.get(name), (dict, list, type(None))):
            yield found[name]
        for value in found.values():
            yield from _values(value, name)
    elif isinstance(found, list):
        for value in found:
            yield from _values(value, name)


def _mrkdwn_of(message: Mapping[str, Any]) -> Iterator[str]:
    yield message["text"]

    def within(found: Any) -> Iterator[str]:
        if isinstance(found, dict):
            if found.get("type") == "mrkdwn":
                yield found["text"]
            for value in found.values():
                yield from within(value)
        elif isinstance(found, list):
            for value in found:
                yield from within(value)

    yield from within(message.get("blocks"))


def _escape(text: str) -> str:
    """Escape as Slack does what a person writes; mentions and links stay what they are."""
    parts = re.split(r"(<(?:[@#!][^>\s]+|https?://[^>\s]+)>)", text)
    return "".join(
        part if number % 2 else part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for number, part in enumerate(parts)
    )
