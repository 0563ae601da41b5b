"""The door to the network: connections go only to checked addresses and end at a deadline."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import httpcore
import httpx

from ingest.errors import UnreadableSource

Resolve = Callable[[str, int], Sequence[str]]
"""Gives all IP addresses of a host (name or address) for a port."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class DeadlinePassed(UnreadableSource):
    """The whole exchange took longer than allowed: try later, or save the document and ingest the file."""


def system_resolve(host: str, port: int) -> list[str]:
    """Resolve a host as the system does; odd spellings of addresses (0x7f000001, 127.1) come out as what they mean."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address.partition("%")[0])  # a link-local address may name its interface
    if isinstance(ip, ipaddress.IPv6Address):
        # Mapped and NAT64 addresses reach the IPv4 address inside; 6to4 and Teredo tunnel to it.
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        tunnels = [ip.sixtofour, *(ip.teredo or ())]
        if any(inner is not None and not is_public(str(inner)) for inner in tunnels):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class _Backend(httpcore.NetworkBackend):
    """Resolves, checks and connects; every wait is cut at the deadline."""

    def __init__(self, resolve: Resolve, deadline: float, allowed: Callable[[str], bool]) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._allowed = allowed
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise UnreadableSource(f"{host} が見つかりません。アドレスを確かめてください") from error
        if not addresses:
            raise UnreadableSource(f"{host} が見つかりません。アドレスを確かめてください")
        # All of them, not the one to be used: a name with one public and one private address is an attack.
        if not all(map(self._allowed, addresses)):
            raise UnreadableSource(
                f"{host} は内部ネットワークのアドレスなので取得しません。文書をファイルに保存して指定してください"
            )
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._system.connect_tcp(
                    address, port, left(self._deadline), local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure or httpcore.ConnectError(host)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        raise UnreadableSource("ソケットファイルには接続しません")


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline.

    A timeout for each read alone would let a server that sends a byte now and then hold the line for days.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def left(deadline: float) -> float:
    """Give the seconds left until a deadline (of `time.monotonic`).

    Raises:
        DeadlinePassed: None are.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise DeadlinePassed("時間内に取得できませんでした。時間をおくか、文書をファイルに保存して指定してください")
    return seconds


class GuardedTransport(httpx.BaseTransport):
    """httpx's transport with a guarded network below it.

    httpx's own offers no way to set the network backend; its pool, httpcore's, does.
    """

    def __init__(self, resolve: Resolve, deadline: float, allowed: Callable[[str], bool]) -> None:
        """Prepare; nothing is connected yet.

        Args:
            resolve: Gives a host's addresses.
            deadline: Moment on `time.monotonic` at which everything ends.
            allowed: Says whether an IP address may be connected to; `is_public`, as a rule.
        """
        backend = _Backend(resolve, deadline, allowed)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), network_backend=backend, max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the response's body is read from the network as it is consumed."""
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
