"""Requests to other people's servers: only to addresses that the operator listed, checked again
when the connection is made; no redirects; limits on size and time. No Django, no torch.

The list holds origins (`https://models.example.org`, `http://127.0.0.1:8001`) and networks
(`10.1.0.0/16`). A request must go to a listed origin. A name may resolve to public addresses, or to
those of a listed network; a literal address in an origin is its own network.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
CONNECT_SECONDS = 5.0
CHUNK = 64 * 1024
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Origin = tuple[str, str, int]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Forbidden(Exception):
    """The address may not be called; `code` says why for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Away(Exception):
    """Nobody answered, or the connection broke: it may be better later."""


class TooMuch(Exception):
    """The answer was larger or slower than allowed."""


@dataclass(frozen=True)
class AllowList:
    origins: frozenset[Origin]
    networks: tuple[Network, ...]

    @classmethod
    def read(cls, entries: Sequence[str]) -> "AllowList":
        """Raises ValueError for an entry that is neither an origin nor a network."""
        origins, networks = set(), []
        for entry in entries:
            if "://" not in entry:
                networks.append(ipaddress.ip_network(entry))
                continue
            parts = urlsplit(entry)
            if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"}:
                raise ValueError(f"{entry[:80]!r} is neither an origin nor a network")
            origins.add(_origin(parts))
            if literal := _literal(parts.hostname):
                networks.append(ipaddress.ip_network(literal))
        return cls(frozenset(origins), tuple(networks))

    def check_url(self, url: str) -> SplitResult:
        """The parts of an address that may be called, or why it may not."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            parts, host = SplitResult("", "", "", "", ""), None
        if parts.scheme not in PORTS or not host or "@" in parts.netloc:
            raise Forbidden("url_scheme", "Use an http or https address without credentials.")
        if _origin(parts) not in self.origins:
            raise Forbidden("url_private", "This address is not on the operator's allow-list.")
        return parts

    def permits(self, address: str) -> bool:
        """Whether a connection may be made to this address that a listed name resolved to."""
        found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        listed = any(found.version == net.version and found in net for net in self.networks)
        return listed or (found.is_global and not found.is_multicast and not _carries_ipv4(found))


def _carries_ipv4(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether a gateway would turn this into an IPv4 address, which may be any."""
    return isinstance(address, ipaddress.IPv6Address) and (
        address in NAT64 or address.sixtofour is not None or address.teredo is not None
    )


def _origin(parts: SplitResult) -> Origin:
    return parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme]


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes
    retry_after: float | None


def post(
    url: str,
    body: bytes,
    *,
    headers: dict[str, str],
    allowed: AllowList,
    most_bytes: int,
    most_seconds: float,
    hear: Callable[[str, bytes], None] = lambda kind, chunk: None,
) -> Answer:
    """Send one request and read the whole answer; nothing is followed and nothing sent again.
    `hear` is told the kind and each chunk of an answer with status 200 as it comes.
    Raises `Forbidden`, `Away` or `TooMuch`."""
    parts = allowed.check_url(url)
    connection = _connect(parts, allowed)
    with _cut_off(connection, most_seconds) as late:
        try:
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", target, body, headers)
            answer = _read(connection, most_bytes, hear)
        except (OSError, http.client.HTTPException) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise TooMuch(f"no whole answer within {most_seconds:g} s") from error
            raise Away(type(error).__name__) from error
    if late.is_set():
        raise TooMuch(f"no whole answer within {most_seconds:g} s")
    return answer


@contextmanager
def _cut_off(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """End the connection after so long, whatever trickles in; says whether it was ended."""
    late, sock = threading.Event(), connection.sock

    def cut() -> None:
        late.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        connection.close()


def _connect(parts: SplitResult, allowed: AllowList) -> http.client.HTTPConnection:
    """A connection to an address that was checked: the name is resolved once, here."""
    scheme, host, port = _origin(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Away(f"{host} cannot be found") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(allowed.permits(address) for address in addresses):
        raise Forbidden("endpoint_blocked", "The endpoint resolved to a blocked address.")
    connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    try:
        connection.sock = _socket(addresses[0], port, host if scheme == "https" else None)
        connection.sock.settimeout(None)
    except OSError as error:
        raise Away(type(error).__name__) from error
    return connection


def _socket(address: str, port: int, tls_name: str | None) -> socket.socket:
    plain = socket.create_connection((address, port), CONNECT_SECONDS)
    if tls_name is None:
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=tls_name)


def _read(
    connection: http.client.HTTPConnection, most_bytes: int, hear: Callable[[str, bytes], None]
) -> Answer:
    response = connection.getresponse()
    kind = response.headers.get_content_type()
    content = bytearray()
    while chunk := response.read1(CHUNK):
        content += chunk
        if len(content) > most_bytes:
            raise TooMuch(f"more than {most_bytes} bytes")
        if response.status == 200:
            hear(kind, chunk)
    return Answer(
        status=response.status,
        kind=kind,
        body=bytes(content),
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None
