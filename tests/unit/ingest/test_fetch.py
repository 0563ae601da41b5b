"""Fetching: what is refused, what is bounded, and that the connection goes where the check looked."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from ingest.connect import GuardedTransport, is_public
from ingest.errors import UnreadableSource
from ingest.fetch import FetchLimits, fetch, fetch_through
from ingest.load import read
from tests.unit.ingest.documents import PROSE, Pdf

PAGE = f"<!doctype html><title>案内</title><p>{PROSE}</p>".encode()
SMALL = FetchLimits(max_bytes=100_000, timeout=5)


class Site(BaseHTTPRequestHandler):
    """A small web site with good and bad manners; remembers the Host header of each request."""

    protocol_version = "HTTP/1.1"
    hosts: ClassVar[list[str]] = []
    stop = threading.Event()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep the test's output clean."""

    def answer(self, body: bytes, *, status: int = 200, **headers: str) -> None:
        """Send a whole response."""
        self.send_response(status)
        for name, value in ({"content_length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.close_connection = True
        path, _, query = self.path.partition("?")
        try:
            getattr(self, path.strip("/").split(".")[0].split("/")[0] or "page", self.missing)(query)
        except OSError:
            pass  # the client hung up, as it should on the bad ones

    def missing(self, query: str) -> None:
        self.answer(b"not here", status=404)

    def page(self, query: str) -> None:
        self.answer(PAGE, content_type="text/html; charset=utf-8")

    def table(self, query: str) -> None:
        self.answer("区,件数\n千代田区,12\n".encode(), content_type="application/octet-stream")

    def export(self, query: str) -> None:
        self.answer("区,件数\n千代田区,12\n".encode(), content_type="text/csv")

    def notes(self, query: str) -> None:
        self.answer("# 題\n\n本文です。\n".encode(), content_type="text/plain")

    def leaflet(self, query: str) -> None:
        self.answer(Pdf().write(50, 50, "案内です。").done(), content_type="text/html")

    def picture(self, query: str) -> None:
        self.answer(b"\x89PNG\r\n\x1a\n" + bytes(200), content_type="image/png")

    def settings(self, query: str) -> None:
        self.answer(b'{"a": 1}', content_type="application/json")

    def go(self, query: str) -> None:
        self.answer(b"", status=302, location=query)

    def hops(self, query: str) -> None:
        left = int(query)
        self.answer(b"", status=301, location=f"/hops?{left - 1}" if left > 1 else "/page")

    def declared(self, query: str) -> None:
        self.answer(b"x" * 10, content_length="99999999")

    def endless(self, query: str) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        while not self.stop.is_set():
            self.wfile.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")

    def zipped(self, query: str) -> None:
        packed = gzip.compress(PAGE) if query == "gzip" else zlib.compress(PAGE)
        self.answer(packed, content_encoding=query, content_type="text/html")

    def bomb(self, query: str) -> None:
        self.answer(gzip.compress(bytes(50_000_000)), content_encoding="gzip")

    def brotli(self, query: str) -> None:
        self.answer(b"?", content_encoding="br")

    def cut(self, query: str) -> None:
        packed = gzip.compress(PAGE)
        self.answer(packed[: len(packed) // 2], content_encoding="gzip")

    def drip(self, query: str) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        self._drip()

    def drip_head(self, query: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        self._drip()

    def _drip(self) -> None:
        while not self.stop.wait(0.05):
            self.wfile.write(b"x")
            self.wfile.flush()


@pytest.fixture(name="site", scope="module")
def _site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    Site.stop.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.stop.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_is_fetched_with_its_type_name_and_address(site: str) -> None:
    fetched = fetch(f"{site}/page?id=3", limits=SMALL, allow_private=True)
    assert (fetched.data, fetched.media_type, fetched.final_url) == (PAGE, "text/html", f"{site}/page?id=3")
    assert fetched.name == "page.html"
    assert "葛飾区" in read(fetched.data, fetched.name).parts[0].text


@pytest.mark.parametrize(
    ("path", "media_type", "name"),
    [
        ("table.csv", "text/csv", "table.csv"),
        ("export", "text/csv", "export.csv"),
        ("export.php", "text/csv", "export.php.csv"),
        ("notes.md", "text/markdown", "notes.md"),
        ("notes", "text/plain", "notes.txt"),
        ("leaflet", "application/pdf", "leaflet.html"),
    ],
)
def test_content_server_and_name_tell_the_type_in_this_order(site: str, path: str, media_type: str, name: str) -> None:
    fetched = fetch(f"{site}/{path}", limits=SMALL, allow_private=True)
    assert (fetched.media_type, fetched.name) == (media_type, name)
    assert read(fetched.data, fetched.name).media_type == media_type


@pytest.mark.parametrize("path", ["picture", "settings"])
def test_a_type_that_is_not_read_is_refused_at_once(site: str, path: str) -> None:
    with pytest.raises(UnreadableSource, match=r"\.docx"):
        fetch(f"{site}/{path}", limits=SMALL, allow_private=True)


def test_redirects_are_followed_up_to_the_limit(site: str) -> None:
    assert fetch(f"{site}/hops?5", limits=SMALL, allow_private=True).final_url == f"{site}/page"
    with pytest.raises(UnreadableSource, match="転送が5回"):
        fetch(f"{site}/hops?6", limits=SMALL, allow_private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_loopback_is_refused_however_it_is_spelt(site: str, host: str) -> None:
    asked = len(Site.hosts)
    with pytest.raises(UnreadableSource):
        fetch(f"http://{host}:{site.rpartition(':')[2]}/page", limits=SMALL)
    assert len(Site.hosts) == asked


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="内部ネットワーク"):
        fetch("http://example.test/", limits=SMALL, resolve=lambda host, port: ["93.184.216.34", "10.0.0.7"])


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(site: str) -> None:
    """A second look-up between check and connection is what DNS rebinding lives on."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = site.rpartition(":")[2]
    fetched = fetch(f"http://rebinding.test:{port}/page", limits=SMALL, allow_private=True, resolve=resolve)
    assert asked == ["rebinding.test"]
    assert Site.hosts[-1] == f"rebinding.test:{port}"
    assert fetched.data == PAGE


def test_a_redirect_into_the_network_is_refused(site: str) -> None:
    """Loopback stands for the internet here, so that the first hop succeeds."""
    addresses = {"outside.test": ["127.0.0.1"], "inside.test": ["127.0.0.1", "10.0.0.7"]}
    port = site.rpartition(":")[2]
    asked = len(Site.hosts)

    def through(target: str) -> str:
        deadline = time.monotonic() + 30
        door = GuardedTransport(lambda host, _: addresses[host], deadline, lambda address: address == "127.0.0.1")
        return fetch_through(door, f"http://outside.test:{port}/go?{target}", SMALL, deadline).final_url

    assert through(f"http://outside.test:{port}/page") == f"http://outside.test:{port}/page"
    with pytest.raises(UnreadableSource, match=r"inside\.test は内部ネットワーク"):
        through(f"http://inside.test:{port}/page")
    assert [host.partition(":")[0] for host in Site.hosts[asked:]] == ["outside.test"] * 3


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("ftp://example.test/a", "http://"),
        ("file:///etc/passwd", "http://"),
        ("http://user:pw@example.test/", "パスワード"),
    ],
)
def test_redirects_and_addresses_of_other_kinds_are_refused(site: str, target: str, reason: str) -> None:
    for url in (target, f"{site}/go?{target}"):
        with pytest.raises(UnreadableSource, match=reason):
            fetch(url, limits=SMALL, allow_private=True)


@pytest.mark.parametrize(
    "url", ["", "example.jp", "http://", "http://[::1", "http://a\x00b/", "https:///x", "http://exa mple/", "//x"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UnreadableSource):
        fetch(url, limits=SMALL, resolve=lambda host, port: [])


@pytest.mark.parametrize("path", ["declared", "endless", "bomb"])
def test_a_body_over_the_limit_is_cut_off(site: str, path: str) -> None:
    with pytest.raises(UnreadableSource, match="大きすぎます"):
        fetch(f"{site}/{path}", limits=SMALL, allow_private=True)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed_bodies_are_unpacked(site: str, coding: str) -> None:
    assert fetch(f"{site}/zipped?{coding}", limits=SMALL, allow_private=True).data == PAGE


@pytest.mark.parametrize(("path", "reason"), [("brotli", "br"), ("cut", "途中"), ("nowhere", "404")])
def test_what_can_not_be_read_is_refused_with_the_reason(site: str, path: str, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        fetch(f"{site}/{path}", limits=SMALL, allow_private=True)


@pytest.mark.parametrize("path", ["drip", "drip_head"])
def test_a_server_that_drips_is_left_at_the_deadline(site: str, path: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableSource, match="時間内"):
        fetch(f"{site}/{path}", limits=FetchLimits(timeout=0.5), allow_private=True)
    assert time.monotonic() - started < 5


def test_an_unreachable_or_unknown_host_is_a_reason_not_a_crash(site: str) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(UnreadableSource, match="見つかりません"):
        fetch("http://example.test/", limits=SMALL, resolve=unknown)
    with pytest.raises(UnreadableSource, match="接続できません"):
        fetch(site.replace("http://", "https://"), limits=SMALL, allow_private=True)  # no TLS there
    with pytest.raises(UnreadableSource, match="接続できません"):
        fetch("http://127.0.0.1:9/", limits=SMALL, allow_private=True)


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "240.0.0.1",
     "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "2002:7f00:1::",
     "64:ff9b::7f00:1", "2001:db8::1"],
)  # fmt: skip
def test_addresses_inside_a_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)
