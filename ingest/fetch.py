"""A document from the web, fetched so that neither its owner nor whoever gave the address can do harm.

Addresses inside a network (loopback, private, link-local …) are refused: `ippo ingest` may run where
`http://169.254.169.254/` hands out credentials. The check sits where the connection is made (`ingest.connect`). A
host is resolved once, every address it has is checked, and the connection goes to a checked address, so a name
that resolves differently a moment later (DNS rebinding) gains nothing. Each redirect goes through the same door.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpcore
import httpx

from ingest.connect import GuardedTransport, Resolve, is_public, left, system_resolve
from ingest.errors import UnreadableSource
from ingest.load.sniff import CSV, ENDINGS, HTML, MARKDOWN, TEXT, media_type_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STATED = {TEXT: ".txt", MARKDOWN: ".md", HTML: ".html", "application/xhtml+xml": ".html", CSV: ".csv"}
"""Endings for what a server says of a text; the content alone does not tell CSV from prose."""
_HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "ippo-ingest"}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a fetch may take."""

    max_bytes: int = 20 * 1024 * 1024
    """Body as sent and, if compressed, as unpacked."""
    timeout: float = 30.0
    """Seconds for everything, redirects included."""
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched document."""

    data: bytes
    media_type: str
    """As sniffed from the content."""
    final_url: str
    """Where it was found after redirects."""
    name: str
    """A file name for `ingest.load.read`, with an ending that suits the content."""


def fetch(
    url: str, *, limits: FetchLimits | None = None, allow_private: bool = False, resolve: Resolve = system_resolve
) -> Fetched:
    """Fetch a document.

    Args:
        url: An http or https address without user name or password.
        limits: Size, time and redirects.
        allow_private: Whether addresses inside a network are allowed.
        resolve: Gives a host's IP addresses; the system's resolver unless a test brings its own.
    Raises:
        UnreadableSource: Refused, unreachable, too big, too slow, or not of a type that is read.
    """
    limits = limits or FetchLimits()
    deadline = time.monotonic() + limits.timeout
    transport = GuardedTransport(resolve, deadline, (lambda _: True) if allow_private else is_public)
    return fetch_through(transport, url, limits, deadline)


def fetch_through(transport: GuardedTransport, url: str, limits: FetchLimits, deadline: float) -> Fetched:
    """Fetch a document through a door of the caller's making; otherwise as `fetch`.

    Args:
        transport: Where every connection goes through; closed at the end.
        url: As for `fetch`.
        limits: As for `fetch`.
        deadline: Moment on `time.monotonic` at which everything ends; the transport's own.
    """
    # trust_env: a proxy from the environment would connect in our place, past every check.
    with httpx.Client(transport=transport, trust_env=False, follow_redirects=False, headers=_HEADERS) as client:
        try:
            address = _checked(url)
            for _ in range(limits.redirects + 1):
                with client.stream("GET", address) as response:
                    if response.status_code in _REDIRECTS and "location" in response.headers:
                        address = _checked(str(address.join(response.headers["location"])))
                        continue
                    return _received(response, address, limits, deadline)
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, *_HTTPCORE) as error:
            left(deadline)  # a wait cut at the deadline says so, not how it was cut
            raise UnreadableSource(f"接続できません({type(error).__name__})。アドレスを確かめてください") from error
    raise UnreadableSource(f"転送が{limits.redirects}回を超えました。文書そのもののアドレスを指定してください")


_HTTPCORE = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)


def _checked(url: str) -> httpx.URL:
    """Parse an address and refuse what is no plain web address."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise UnreadableSource("アドレスの書き方が正しくありません") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise UnreadableSource("http:// または https:// で始まるアドレスだけを取得します")
    if address.userinfo:
        raise UnreadableSource("ユーザー名やパスワードを含むアドレスは取得しません")
    return address


def _received(response: httpx.Response, address: httpx.URL, limits: FetchLimits, deadline: float) -> Fetched:
    if response.status_code != 200:
        raise UnreadableSource(f"サーバーが HTTP {response.status_code} を返しました。アドレスを確かめてください")
    data = b"".join(_body(response, limits.max_bytes, deadline))
    name = _name(address, response.headers.get("content-type", ""))
    return Fetched(data, media_type_of(data, name), str(address), name)


def _body(response: httpx.Response, max_bytes: int, deadline: float) -> Iterator[bytes]:
    """Give the body unpacked; it is unpacked here in small steps, because httpx would unpack a bomb whole."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise UnreadableSource(f"圧縮形式 {coding[:20]} には対応していません。文書をファイルに保存して指定してください")
    if (
        response.headers.get("content-length", "").isdigit()
        and int(response.headers["content-length"][:18]) > max_bytes
    ):
        raise _too_big(max_bytes)
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding not in ("identity", "") else None
    sent = unpacked = 0
    for packed in response.iter_raw():
        left(deadline)
        sent += len(packed)
        if sent > max_bytes:
            raise _too_big(max_bytes)
        if unpack is None:
            yield packed
            continue
        try:
            block = unpack.decompress(packed, max_bytes - unpacked + 1)
        except zlib.error as error:
            raise UnreadableSource("圧縮された本文が壊れています。時間をおいて試してください") from error
        unpacked += len(block)
        if unpacked > max_bytes:
            raise _too_big(max_bytes)
        yield block
    if unpack is not None and not unpack.eof:
        raise UnreadableSource("本文が途中で切れています。時間をおいて試してください")


def _too_big(max_bytes: int) -> UnreadableSource:
    return UnreadableSource(
        f"大きすぎます({max_bytes / 1024 / 1024:g} MiB まで)。文書をファイルに保存して指定してください"
    )


def _name(address: httpx.URL, content_type: str) -> str:
    """Make a file name: the address's last part, with the ending that the server's media type asks for.

    The address's own ending counts where the server says nothing usable: `/news.php` is a web page, but
    `/data.csv` is often sent as application/octet-stream.
    """
    last = unquote(PurePosixPath(address.path).name) or address.host
    stated = content_type.partition(";")[0].strip().lower()
    subtype = stated.removeprefix("application/")
    ending = _STATED.get(stated) or (f".{subtype}" if subtype != stated and subtype.isalnum() else "")
    known = PurePosixPath(last.lower()).suffix in ENDINGS
    # Servers send Markdown and CSV as text/plain; there the name knows better.
    if not ending or last.lower().endswith(ending) or (known and ending == ".txt"):
        return last
    return f"{last}{ending}"
