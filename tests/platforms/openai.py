"""A strict local OpenAI: Chat Completions, plain and streamed, on loopback; it refuses what OpenAI refuses.

What it answers is scripted: a function of the request, or replies one after another (`say`, `use`, `fail`, `raw`).
Every call is in `calls`, the Responses API's included, which nothing of ours may use.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

KEY = "sk-test"
_PARAMETERS = frozenset(
    "model messages tools tool_choice parallel_tool_calls stream stream_options max_tokens max_completion_tokens temperature top_p n "
    "stop seed user response_format reasoning_effort presence_penalty frequency_penalty logprobs top_logprobs metadata store".split()
)
_ROLES = ("system", "developer", "user", "assistant", "tool")
_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
_ids = itertools.count(1)


@dataclass(frozen=True)
class Reply:
    """What the model answers."""

    content: str | None = None
    uses: tuple[tuple[str, str], ...] = ()
    """Tools with their arguments, as the JSON text that the model wrote."""
    status: int = 200
    body: bytes | None = None
    """Sent as it is, instead of all else."""
    delay: float = 0.0
    """Seconds before anything is sent."""
    drip: float = 0.0
    """Seconds between two pieces of the body."""
    usage: bool = True
    headers: tuple[tuple[str, str], ...] = ()


def say(text: str) -> Reply:
    return Reply(content=text)


def use(name: str, **arguments: Any) -> Reply:
    return Reply(uses=((name, json.dumps(arguments, ensure_ascii=False)),))


def use_all(*uses: tuple[str, dict[str, Any]]) -> Reply:
    return Reply(uses=tuple((name, json.dumps(given, ensure_ascii=False)) for name, given in uses))


def fail(status: int, **headers: str) -> Reply:
    return Reply(status=status, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def raw(body: bytes) -> Reply:
    return Reply(body=body)


def slow(seconds: float, reply: Reply | None = None) -> Reply:
    return replace(reply or say("遅くなりました。"), delay=seconds)


@dataclass
class Call:
    """A request as it came in."""

    path: str
    body: Any
    text: str
    """The body, characters as they are."""
    status: int = 0


class Refused(Exception):
    def __init__(self, message: str, status: int = 400, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code = status, code


Script = Callable[[dict[str, Any]], Reply]


@dataclass
class OpenAIServer:
    """Use it in a `with`."""

    script: Script | Sequence[Reply]
    models: tuple[str, ...] = ("test",)
    key: str = ""
    """Empty: any key will do, as with most compatible servers."""
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._replies = iter(()) if callable(self.script) else iter(self.script)
        self._ended = threading.Event()

    def __enter__(self) -> OpenAIServer:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server.take(self)

            def do_GET(self) -> None:
                server.take(self)

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The completions asked for, in order."""
        return [call.body for call in self.calls if call.path == "/v1/chat/completions"]

    def take(self, http: BaseHTTPRequestHandler) -> None:
        """Answer one HTTP request."""
        written = http.rfile.read(int(http.headers.get("content-length") or 0))
        call = Call(http.path, None, "")
        with self._lock:
            self.calls.append(call)
        try:
            body = call.body = _parsed(written)
            call.text = json.dumps(body, ensure_ascii=False)
            self._check_key(http.headers.get("authorization", ""))
            if http.path != "/v1/chat/completions" or http.command != "POST":
                raise Refused(f"Invalid URL ({http.command} {http.path})", 404)
            check(body, self.models)
            reply = self._next(body)
            self._ended.wait(reply.delay)
            call.status = reply.status
            if reply.status != 200:
                _send(http, reply.status, _error("scripted failure"), reply)
            elif reply.body is not None:
                _send(http, 200, reply.body, reply)
            elif body.get("stream"):
                _send(http, 200, b"".join(_events(body, reply)), reply, "text/event-stream")
            else:
                _send(http, 200, json.dumps(completion(body, reply)).encode(), reply)
        except Refused as refused:
            call.status = refused.status
            _send(http, refused.status, _error(str(refused), refused.code), Reply())
        except (BrokenPipeError, ConnectionResetError):
            http.close_connection = True

    def _check_key(self, authorization: str) -> None:
        given = authorization.removeprefix("Bearer ")
        if not authorization.startswith("Bearer ") or not given or (self.key and given != self.key):
            raise Refused("Incorrect API key provided", 401, "invalid_api_key")

    def _next(self, body: dict[str, Any]) -> Reply:
        if callable(self.script):
            return self.script(body)
        with self._lock:
            reply = next(self._replies, None)
        if reply is None:
            raise Refused("The script has ended", 500)
        return reply


def _parsed(written: bytes) -> Any:
    try:
        return json.loads(written or b"null")
    except ValueError:
        raise Refused("We could not parse the JSON body of your request") from None


def check(body: Any, models: Sequence[str]) -> None:
    """Refuse what OpenAI refuses."""
    if not isinstance(body, dict):
        raise Refused("We could not parse the JSON body of your request")
    unknown = body.keys() - _PARAMETERS
    if unknown:
        raise Refused(f"Unrecognized request arguments supplied: {', '.join(sorted(unknown))}")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise Refused("you must provide a model parameter")
    if body["model"] not in models:
        raise Refused(f"The model `{body['model']}` does not exist", 404, "model_not_found")
    if "max_tokens" in body and "max_completion_tokens" in body:
        raise Refused("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
    if "stream_options" in body and not body.get("stream"):
        raise Refused("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    _check_tools(body)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused("[] is too short - 'messages'")
    _check_messages(messages)


def _check_tools(body: dict[str, Any]) -> None:
    tools = body.get("tools")
    if tools is None:
        if "tool_choice" in body:
            raise Refused("'tool_choice' is only allowed when 'tools' are specified.")
        return
    if not isinstance(tools, list) or not tools:
        raise Refused("[] is too short - 'tools'")
    for tool in tools:
        function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
        if not isinstance(function, dict) or not _NAME.match(function.get("name", "")):
            raise Refused("Invalid 'tools': a function with a name is expected")
        parameters = function.get("parameters", {})
        if not isinstance(parameters, dict) or (parameters and parameters.get("type") != "object"):
            raise Refused(f"Invalid schema for function '{function['name']}'")


def _check_messages(messages: list[Any]) -> None:
    waiting: list[str] = []
    for i, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in _ROLES:
            raise Refused(f"Invalid value: {role!r}. Supported values are: {', '.join(_ROLES)} - 'messages[{i}].role'")
        if role == "tool":
            if message.get("tool_call_id") not in waiting:
                raise Refused(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
                )
            waiting.remove(message["tool_call_id"])
        elif waiting:
            raise Refused(
                f"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. Missing: {waiting}"
            )
        calls = message.get("tool_calls") if role == "assistant" else None
        if calls is not None:
            if not isinstance(calls, list) or not calls:
                raise Refused(f"[] is too short - 'messages[{i}].tool_calls'")
            for call in calls:
                json_text = call.get("function", {}).get("arguments")
                if call.get("type") != "function" or not call.get("id") or not isinstance(json_text, str):
                    raise Refused(f"Invalid 'messages[{i}].tool_calls'")
            waiting = [call["id"] for call in calls]
        _check_content(message.get("content"), f"messages[{i}].content", may_lack=bool(calls))
    if waiting:
        raise Refused("An assistant message with 'tool_calls' must be followed by tool messages")


def _check_content(content: Any, where: str, *, may_lack: bool) -> None:
    if content is None:
        if not may_lack:
            raise Refused(f"Invalid value for 'content': expected a string, got null. - '{where}'")
    elif isinstance(content, list):
        if any(not isinstance(part, dict) or part.get("type") != "text" or "text" not in part for part in content):
            raise Refused(f"Invalid content part - '{where}'")
    elif not isinstance(content, str):
        raise Refused(f"Invalid type for '{where}'")


def completion(body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """Give a reply as OpenAI does."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.content, "refusal": None}
    if reply.uses:
        message["tool_calls"] = _calls(reply)
    made = {
        "id": f"chatcmpl-{next(_ids)}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": f"{body['model']}-2026-01-01",
        "choices": [
            {
                "index": 0,
                "message": message,
                "logprobs": None,
                "finish_reason": "tool_calls" if reply.uses else "stop",
            }
        ],
    }
    return {**made, "usage": _usage(body, reply)} if reply.usage else made


def _calls(reply: Reply) -> list[dict[str, Any]]:
    return [
        {"id": f"call_{next(_ids)}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for name, arguments in reply.uses
    ]


def _usage(body: dict[str, Any], reply: Reply) -> dict[str, int]:
    sent = len(json.dumps(body["messages"], ensure_ascii=False)) // 2
    received = max(1, len(reply.content or "") // 2 + 20 * len(reply.uses))
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


def _events(body: dict[str, Any], reply: Reply) -> Iterator[bytes]:
    """A reply as server-sent events, a few characters at a time."""
    base = {
        "id": f"chatcmpl-{next(_ids)}",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": f"{body['model']}-2026-01-01",
    }

    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return f"data: {json.dumps({**base, 'choices': [choice]})}\n\n".encode()

    yield event({"role": "assistant", "content": None if reply.uses else ""})
    for i in range(0, len(reply.content or ""), 7):
        yield event({"content": (reply.content or "")[i : i + 7]})
    for place, call in enumerate(_calls(reply)):
        arguments = call["function"]["arguments"]
        yield event({"tool_calls": [{"index": place, **call, "function": {**call["function"], "arguments": ""}}]})
        for i in range(0, len(arguments), 9):
            yield event({"tool_calls": [{"index": place, "function": {"arguments": arguments[i : i + 9]}}]})
    yield event({}, "tool_calls" if reply.uses else "stop")
    if reply.usage and (body.get("stream_options") or {}).get("include_usage"):
        yield f"data: {json.dumps({**base, 'choices': [], 'usage': _usage(body, reply)})}\n\n".encode()
    yield b"data: [DONE]\n\n"


def _error(message: str, code: str | None = None) -> bytes:
    return json.dumps(
        {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    ).encode()


def _send(
    http: BaseHTTPRequestHandler, status: int, body: bytes, reply: Reply, media: str = "application/json"
) -> None:
    http.send_response(status)
    http.send_header("content-type", media)
    http.send_header("content-length", str(len(body)))
    for name, value in reply.headers:
        http.send_header(name, value)
    http.end_headers()
    if not reply.drip:
        http.wfile.write(body)
        return
    for i in range(0, len(body), 8):
        http.wfile.write(body[i : i + 8])
        http.wfile.flush()
        time.sleep(reply.drip)
