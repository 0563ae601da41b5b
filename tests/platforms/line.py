"""A strict local LINE: it speaks the Messaging API over HTTP on loopback and refuses what LINE refuses.

It makes webhooks too (`text`, `postback`, … and `request` to sign them), because a reply token is good only for what
was sent with it. Its clock can be moved. What reached people is in `delivered`; every call is in `calls`.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import itertools
import json
import random
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.platforms.line_messages import errors, flex_errors

Event = dict[str, Any]
SECRET = "line-secret"
TOKEN = "line-access-token"
TOKEN_LIFE = 60.0
"""Seconds; LINE promises no more."""
EVENT_LIFE = 20 * 60.0
"""Seconds after which not even a redelivery's token works."""
KEY_LIFE = 24 * 3600.0
_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_INVALID_TOKEN = "Invalid reply token"


@dataclass
class Delivered:
    """Messages that reached a person or a group."""

    to: str
    way: str
    messages: list[dict[str, Any]]
    at: float
    key: str = ""

    @property
    def text(self) -> str:
        return "".join(one["text"] for one in self.messages if one["type"] == "text")


@dataclass
class Call:
    """One call as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    status: int = 0


@dataclass
class _Token:
    to: str
    event_at: float
    from_: float
    used: bool = False


@dataclass
class _Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """An error of LINE's."""

    def __init__(self, status: int, message: str, details: list[tuple[str, str]] | None = None) -> None:
        super().__init__(message)
        body: dict[str, Any] = {"message": message}
        if details:
            body["details"] = [{"message": said, "property": name} for name, said in details]
        self.answer = _Answer(status, body)


class Line:
    """LINE's state and rules."""

    def __init__(self) -> None:
        self.url = ""
        self.offset = 0.0
        self.delivered: list[Delivered] = []
        self.calls: list[Call] = []
        self.faults: deque[str] = deque()
        """For the next reply or push: `500`, `429`, `401`, `drop` (none is accepted), `accept, 500`, `accept, drop`,
        `accept, wait` (it takes a second too long); empty text: none."""
        self.limit: int | None = None
        self.used = 0
        self.rate: int | None = None
        """Messages calls a second."""
        self.blocked: set[str] = set()
        self.unknown: set[str] = set()
        self.members: dict[str, int] = {}
        """Size of the groups that the account is in."""
        self.loading: list[str] = []
        self.endpoint: str | None = None
        self.test_result: dict[str, Any] = {"success": True, "statusCode": 200, "reason": "OK", "detail": "200"}
        self.menus: dict[str, dict[str, Any]] = {}
        self.images: dict[str, bytes] = {}
        self.default_menu = ""
        self._tokens: dict[str, _Token] = {}
        self._keys: dict[str, tuple[float, str, list[dict[str, str]]]] = {}
        self._recent: deque[float] = deque()
        self._lock = threading.RLock()
        self._numbers = itertools.count(468789577898262530)
        self._random = random.Random(4)

    # --- its clock, what it sends ---------------------------------------------------------------------------------

    def now(self) -> float:
        """Seconds since 1970, as far as LINE is concerned."""
        return time.time() + self.offset

    def event(self, kind: str, source: dict[str, str], *, replies: bool = True, **more: Any) -> Event:
        """Make an event, with a reply token where its kind has one."""
        at = self.now()
        made: Event = {
            "type": kind,
            **more,
            "webhookEventId": "01" + "".join(self._random.choices(_ULID, k=24)),
            "deliveryContext": {"isRedelivery": False},
            "timestamp": int(at * 1000),
            "source": source,
            "mode": "active",
        }
        if replies:
            token = uuid.UUID(int=self._random.getrandbits(128)).hex
            self._tokens[token] = _Token(_target(source), at, at)
            made["replyToken"] = token
        return made

    def text(self, who: str, said: str, *, group: str = "", mentions: list[dict[str, Any]] | None = None) -> Event:
        """A person says something, alone with the account or in a group."""
        message: dict[str, Any] = {"type": "text", "id": self.number(), "quoteToken": "q3Plxr4AgKd", "text": said}
        if mentions is not None:
            message["mention"] = {"mentionees": mentions}
        return self.event("message", source(who, group), message=message)

    def message(self, who: str, kind: str, *, group: str = "", **more: Any) -> Event:
        """A person sends something else."""
        return self.event("message", source(who, group), message={"type": kind, "id": self.number(), **more})

    def number(self) -> str:
        """A message's id."""
        return str(next(self._numbers))

    def redelivery(self, event: Event) -> Event:
        """The same event once more; an unused token's minute begins anew, within 20 minutes of the event."""
        again = copy.deepcopy(event)
        again["deliveryContext"]["isRedelivery"] = True
        token = self._tokens.get(again.get("replyToken", ""))
        if token is not None:
            token.from_ = self.now()
        return again

    def request(self, *events: Any, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
        """A webhook's body, ASCII-escaped as LINE's is, and its headers, in whatever case."""
        body = json.dumps({"destination": "U" + "f" * 32, "events": list(events)}, separators=(",", ":")).encode()
        name = self._random.choice(["x-line-signature", "X-Line-Signature", "X-LINE-SIGNATURE"])
        return body, {"content-type": "application/json; charset=utf-8", name: sign(body, secret)}

    # --- what it is asked -----------------------------------------------------------------------------------------

    def answer(self, call: Call, raw: bytes) -> tuple[_Answer, str]:
        """Answer a call; the second value is the fault that befalls the answer."""
        with self._lock:
            self.calls.append(call)
            fault = ""
            try:
                self._authorise(call)
                if call.path in ("/v2/bot/message/reply", "/v2/bot/message/push"):
                    fault = self.faults.popleft() if self.faults else ""
                answer = self._route(call, raw, fault)
            except Refused as refused:
                answer = refused.answer
            if fault == "accept, 500":
                answer = _Answer(500, {"message": "Internal server error"})
            answer.headers["x-line-request-id"] = str(uuid.uuid4())
            call.status = answer.status
            return answer, fault

    def _authorise(self, call: Call) -> None:
        given = call.headers.get("authorization", "")
        if not given.startswith("Bearer "):
            raise Refused(
                401,
                "Authorization header required. Must follow the scheme, 'Authorization: Bearer <ACCESS TOKEN>'",
            )
        if given != f"Bearer {TOKEN}":
            raise Refused(
                401,
                "Authentication failed due to the following reason: invalid token. "
                "Confirm that the access token in the authorization header is valid.",
            )

    def _route(self, call: Call, raw: bytes, fault: str) -> _Answer:
        found = [(methods, act) for pattern, methods, act in _ROUTES if re.fullmatch(pattern, call.path)]
        if not found:
            raise Refused(404, "Not found")
        act = next((act for method, act in found if method == call.method), None)
        if act is None:
            raise Refused(405, "Method not allowed")
        if "x-line-retry-key" in call.headers and call.path != "/v2/bot/message/push":
            raise Refused(400, "The retry key can't be used with this endpoint")
        if len(raw) > 2 * 1024 * 1024:
            raise Refused(413, "Payload too large")
        if call.method in ("POST", "PUT") and raw and not call.path.endswith("/content"):
            kind = call.headers.get("content-type", "")
            if not kind.startswith("application/json"):
                raise Refused(415, f"The content type, {kind}, is not supported")
            try:
                call.body = json.loads(raw)
            except ValueError:
                raise Refused(400, "The request body could not be parsed as JSON (line: 1, column: 1)") from None
        else:
            call.body = raw
        if fault == "401":
            raise Refused(401, "Authentication failed due to the following reason: invalid token.")
        if fault in ("429", "500", "drop"):
            said = {"429": "The API rate limit has been exceeded. Try again later."}
            raise Refused(int(fault) if fault.isdigit() else 500, said.get(fault, "Internal server error"))
        return act(self, call)

    def _paced(self) -> None:
        at = self.now()
        while self._recent and self._recent[0] <= at - 1:
            self._recent.popleft()
        if self.rate is not None and len(self._recent) >= self.rate:
            raise Refused(429, "The API rate limit has been exceeded. Try again later.")
        self._recent.append(at)

    def _valid(self, body: Any) -> list[dict[str, Any]]:
        messages = body.get("messages") if isinstance(body, dict) else None
        found = errors(messages)
        if found:
            raise Refused(400, f"The request body has {len(found)} error(s)", found)
        assert isinstance(messages, list)
        flex = flex_errors(messages)
        if flex:
            raise Refused(400, f"A message (messages[{flex[0]}]) in the request body is invalid", flex[1])
        return messages

    def reply(self, call: Call) -> _Answer:
        self._paced()
        # First: a call that is refused for its form has not used its token.
        messages = self._valid(call.body)
        token = self._tokens.get(str(call.body.get("replyToken")))
        at = self.now()
        if token is None or token.used or at - token.from_ > TOKEN_LIFE or at - token.event_at > EVENT_LIFE:
            raise Refused(400, _INVALID_TOKEN)
        token.used = True
        return _Answer(200, {"sentMessages": self._deliver(token.to, "reply", messages)})

    def push(self, call: Call) -> _Answer:
        self._paced()
        key = call.headers.get("x-line-retry-key", "")
        if key:
            try:
                uuid.UUID(key)
            except ValueError:
                raise Refused(400, "The retry key is invalid") from None
            accepted = self._keys.get(key)
            if accepted and self.now() - accepted[0] < KEY_LIFE:
                body = {"message": "The retry key is already accepted", "sentMessages": accepted[2]}
                return _Answer(409, body, {"x-line-accepted-request-id": accepted[1]})
        messages = self._valid(call.body)
        to = str(call.body.get("to"))
        if not re.fullmatch(r"[UCR][0-9a-f]{32}", to):
            raise Refused(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        if to in self.unknown or (to[0] in "CR" and to not in self.members):
            raise Refused(400, "Failed to send messages")
        cost = 0 if to in self.blocked else self.members.get(to, 1)
        if self.limit is not None and self.used + cost > self.limit:
            raise Refused(429, "You have reached your monthly limit.")
        self.used += cost
        sent = self._deliver(to, "push", messages, key)
        if key:
            self._keys[key] = (self.now(), str(uuid.uuid4()), sent)
        return _Answer(200, {"sentMessages": sent})

    def _deliver(self, to: str, way: str, messages: list[dict[str, Any]], key: str = "") -> list[dict[str, str]]:
        if to not in self.blocked:
            self.delivered.append(Delivered(to, way, messages, self.now(), key))
        return [{"id": self.number(), "quoteToken": "yHAz4Ua2wx7"} for _ in messages]

    def load(self, call: Call) -> _Answer:
        chat, seconds = call.body.get("chatId"), call.body.get("loadingSeconds", 20)
        found = []
        if not re.fullmatch(r"U[0-9a-f]{32}", str(chat)):
            said = "Only user id is acceptable, please confirm if there are any group/room ids or illegal ids."
            found.append(("chatId", said))
        if not 5 <= seconds <= 60:
            found.append(("loadingSeconds", "Must be between 5 and 60"))
        elif seconds % 5:
            found.append(("loadingSeconds", "must be a multiple of five"))
        if found:
            raise Refused(400, f"The request body has {len(found)} error(s)", found)
        self.loading.append(str(chat))
        return _Answer(202, {})

    def quota(self, _call: Call) -> _Answer:
        return _Answer(200, {"type": "none"} if self.limit is None else {"type": "limited", "value": self.limit})

    def consumption(self, _call: Call) -> _Answer:
        return _Answer(200, {"totalUsage": self.used})

    def set_endpoint(self, call: Call) -> _Answer:
        endpoint = str(call.body.get("endpoint"))
        if not re.fullmatch(r"https://[!-~]{1,492}", endpoint):
            raise Refused(400, "Invalid webhook endpoint URL")
        self.endpoint = endpoint
        return _Answer(200, {})

    def get_endpoint(self, _call: Call) -> _Answer:
        if self.endpoint is None:
            raise Refused(404, "Webhook endpoint not found")
        return _Answer(200, {"endpoint": self.endpoint, "active": True})

    def try_endpoint(self, _call: Call) -> _Answer:
        return _Answer(200, {**self.test_result, "timestamp": "2026-11-24T03:04:05Z"})

    def info(self, _call: Call) -> _Answer:
        return _Answer(
            200,
            {"userId": "U" + "f" * 32, "basicId": "@216ippo", "displayName": "一歩", "chatMode": "bot", "markAsReadMode": "auto"},
        )  # fmt: skip

    def check_menu(self, call: Call) -> _Answer:
        self._menu(call.body)
        return _Answer(200, {})

    def make_menu(self, call: Call) -> _Answer:
        self._menu(call.body)
        name = f"richmenu-{uuid.uuid4().hex}"
        self.menus[name] = call.body
        return _Answer(200, {"richMenuId": name})

    def _menu(self, menu: Any) -> None:
        found = []
        size = menu.get("size", {})
        width, height = size.get("width", 0), size.get("height", 0)
        if not 800 <= width <= 2500:
            found.append(("size.width", "Must be between 800 and 2500"))
        if height < 250 or (height and width / height < 1.45):
            found.append(("size.height", "invalid"))
        if not 1 <= len(menu.get("name", "")) <= 300:
            found.append(("name", "Length must be between 1 and 300"))
        if not 1 <= len(menu.get("chatBarText", "")) <= 14:
            found.append(("chatBarText", "Length must be between 1 and 14"))
        areas = menu.get("areas", [])
        if len(areas) > 20:
            found.append(("areas", "Size must be between 0 and 20"))
        for position, area in enumerate(areas):
            box, action = area["bounds"], area["action"]
            if box["x"] < 0 or box["y"] < 0 or box["x"] + box["width"] > width or box["y"] + box["height"] > height:
                found.append((f"areas[{position}].bounds", "out of the image"))
            if len(action.get("label", "")) > 20:
                found.append((f"areas[{position}].action.label", "Length must be between 0 and 20"))
            if action["type"] == "postback" and not 1 <= len(action.get("data", "")) <= 300:
                found.append((f"areas[{position}].action.data", "Length must be between 1 and 300"))
        if found:
            raise Refused(400, f"The request body has {len(found)} error(s)", found)

    def list_menus(self, _call: Call) -> _Answer:
        return _Answer(200, {"richmenus": [{"richMenuId": name, **menu} for name, menu in self.menus.items()]})

    def image(self, call: Call) -> _Answer:
        name = call.path.split("/")[-2]
        if name not in self.menus:
            raise Refused(404, "richmenu not found")
        if call.headers.get("content-type") not in ("image/png", "image/jpeg"):
            raise Refused(415, "The content type is not supported")
        raw = call.body
        if len(raw) > 1024 * 1024:
            raise Refused(413, "Payload too large")
        size = self.menus[name]["size"]
        if raw[:8] != b"\x89PNG\r\n\x1a\n" or (
            int.from_bytes(raw[16:20], "big"),
            int.from_bytes(raw[20:24], "big"),
        ) != (size["width"], size["height"]):
            raise Refused(400, "The image size is not the rich menu's")
        if name in self.images:
            raise Refused(400, "An image has already been uploaded to the richmenu")
        self.images[name] = raw
        return _Answer(200, {})

    def default(self, call: Call) -> _Answer:
        name = call.path.split("/")[-1]
        if name not in self.menus:
            raise Refused(404, "richmenu not found")
        if name not in self.images:
            raise Refused(400, "must upload richmenu image before applying it to user")
        self.default_menu = name
        return _Answer(200, {})

    def drop_menu(self, call: Call) -> _Answer:
        name = call.path.split("/")[-1]
        if self.menus.pop(name, None) is None:
            raise Refused(404, "richmenu not found")
        return _Answer(200, {})


_ROUTES = [
    ("/v2/bot/message/reply", "POST", Line.reply),
    ("/v2/bot/message/push", "POST", Line.push),
    ("/v2/bot/chat/loading/start", "POST", Line.load),
    ("/v2/bot/message/quota", "GET", Line.quota),
    ("/v2/bot/message/quota/consumption", "GET", Line.consumption),
    ("/v2/bot/channel/webhook/endpoint", "PUT", Line.set_endpoint),
    ("/v2/bot/channel/webhook/endpoint", "GET", Line.get_endpoint),
    ("/v2/bot/channel/webhook/test", "POST", Line.try_endpoint),
    ("/v2/bot/info", "GET", Line.info),
    ("/v2/bot/richmenu/validate", "POST", Line.check_menu),
    ("/v2/bot/richmenu", "POST", Line.make_menu),
    ("/v2/bot/richmenu/list", "GET", Line.list_menus),
    ("/v2/bot/richmenu/[^/]+/content", "POST", Line.image),
    ("/v2/bot/richmenu/[^/]+", "DELETE", Line.drop_menu),
    ("/v2/bot/user/all/richmenu/[^/]+", "POST", Line.default),
]


def sign(body: bytes, secret: str = SECRET) -> str:
    """A body's signature."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def user(number: int) -> str:
    """A person's id."""
    return f"U{number:032x}"


def group(number: int) -> str:
    """A group's id."""
    return f"C{number:032x}"


def source(who: str, group_id: str = "") -> dict[str, str]:
    """Where an event comes from; in a group the person may be missing."""
    if not group_id:
        return {"type": "user", "userId": who}
    where = {"type": "room", "roomId": group_id} if group_id[0] == "R" else {"type": "group", "groupId": group_id}
    return {**where, **({"userId": who} if who else {})}


def _target(where: dict[str, str]) -> str:
    return where.get("groupId") or where.get("roomId") or where.get("userId", "")


@contextmanager
def serving(line: Line | None = None) -> Iterator[Line]:
    """Run a LINE on a free port of loopback."""
    found = line or Line()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer, fault = found.answer(Call(self.command, self.path.split("?")[0], headers, None), raw)
            if fault in ("drop", "accept, drop"):
                # Gone without a word, as when a connection breaks.
                self.close_connection = True
                self.connection.close()
                return
            if fault == "accept, wait":
                time.sleep(1.5)
            body = json.dumps(answer.body).encode()
            try:
                self.send_response(answer.status)
                for name, value in {"content-type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _any  # noqa: N815 - the standard library's names

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
