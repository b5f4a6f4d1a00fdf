"""Asking one service over HTTP: named, unhurried, bounded, and with its key for its own host alone.

A request waits until the service's pace allows it. What may pass (a timeout, 429, 5xx, an answer in
another format) is tried again: after what the service asks for, or with exponential backoff and
jitter. Redirects are followed one by one, to public http(s) hosts only, unless they stay at the
very address that the user has set.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit
from weakref import WeakSet

import httpx2
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random,
    wait_random_exponential,
)

from summarise import __version__
from summarise.characters import for_screen
from summarise.endpoint import retry_after
from summarise.errors import SettingsError
from summarise.settings import (
    SERVICES,
    Discretion,
    ServiceSite,
    Settings,
    check_proxies,
    is_loopback,
    is_same_origin,
    masked,
)

_LOG = logging.getLogger("summarise")
T = TypeVar("T")

MOST = 32 << 20
"""Bytes of an answer, unpacked. Two hundred papers have about one million."""
_ATTEMPTS = 4
_LONGEST_WAIT = 120.0
_SLOWEST = 10.0
_TOLD_WAIT = 5.0
_CONNECT = 10.0
_ANSWER = 60.0
# A quota, as Hugging Face tells it: draft-ietf-httpapi-ratelimit-headers.
_RESET = re.compile(r";\s?t=([0-9]{1,6})")
_HOPS = 5
_NOT_PUBLIC = "which isn't public, and isn't followed"
# https://www.iana.org/assignments/ipv6-address-space: all that is given to hosts of the internet.
_UNICAST, _NAT64 = ip_network("2000::/3"), ip_network("64:ff9b::/96")
# Special in part, and some clouds tell a machine's secrets there; older Pythons take it for public.
_ASSIGNED = ip_network("192.0.0.0/24")
_QUOTED = 120
_unreached_wait = wait_random(0.1, 0.5)
_backoff = wait_random_exponential(multiplier=1, max=30)


class ServiceFault(Exception):
    """A service gave no answer that could be read: what happened, in a few words.

    Attributes:
        may_pass: Whether the same request may succeed a little later.
        is_lasting: Whether no other request to this service will fare better now.
        connected: Whether it was reached at all.
        status: Of the answer, where it was one by HTTP that says no.
        retry_after: Seconds that it asked to wait, None where it didn't.
    """

    def __init__(
        self,
        message: str,
        *,
        may_pass: bool = False,
        is_lasting: bool = False,
        connected: bool = True,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.may_pass = may_pass
        self.is_lasting = is_lasting
        self.connected = connected
        self.status = status
        self.retry_after = retry_after


class AskingPace(NamedTuple):
    """How a service wants to be asked.

    Attributes:
        seconds: From the beginning of one request to that of the next.
        key_header: Where its key goes; None where it goes elsewhere.
        key_parameter: Likewise, among the parameters of a query or of a form.
        keyed_seconds: As ``seconds``, with a key; None where that is the same.
    """

    seconds: float
    key_header: str | None = None
    key_parameter: str | None = None
    keyed_seconds: float | None = None


def pause(seconds: float) -> None:
    """Wait. Nothing else in this room does."""
    time.sleep(seconds)


class ServiceClient:
    """One service, asked with one request at a time. To be closed."""

    def __init__(self, name: str, pace: AskingPace, settings: Settings) -> None:
        self.site: ServiceSite = SERVICES[name]
        self.base_url = settings.service_url(name)
        self.mailto = settings.mailto
        self._settings = settings
        self._pace = pace
        secret = settings.service_keys.get(name)
        is_own = is_same_origin(self.base_url, self.site.base_url)
        self._key = secret.get_secret_value() if secret and is_own else ""
        keyed = pace.keyed_seconds if self._key else None
        self._seconds = pace.seconds if keyed is None else keyed
        self._next = 0.0
        self._timeout = min(settings.timeout, _ANSWER)
        host = urlsplit(self.base_url).hostname or ""
        # A proxy of the environment can't reach this machine's own servers.
        trust = not (settings.offline or is_loopback(host))
        if trust:
            check_proxies()
        contact = f" (mailto:{self.mailto})" if self.mailto else ""
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(self._timeout, connect=min(_CONNECT, self._timeout)),
            headers={"User-Agent": f"summarise-abstracts/{__version__}{contact}"},
            follow_redirects=False,
            trust_env=trust,
        )
        self._discretion = Discretion(self._key, "httpx2")
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._connecting = ""

    def close(self) -> None:
        """Let go of the connections."""
        self._discretion.end()
        self._http.close()

    def find(self, path: str, params: Mapping[str, str], read: Callable[[bytes], T]) -> T | None:
        """As ``get``, of what may not be there: None, where the service says so (404, 410)."""
        try:
            return self.get(path, params, read)
        except ServiceFault as fault:
            if fault.status in {404, 410}:
                return None
            raise

    def get(self, path: str, params: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """What the answer to a GET below the base URL is read as.

        ``read`` raises ``ServiceFault`` where it can't read it, and the request is sent again.

        Raises:
            ServiceFault: There was no answer.
            SettingsError: ``--offline``, and the service is elsewhere.
        """
        return self._tried("GET", path, params, {}, read)

    def post(
        self, path: str, read: Callable[[bytes], T], params: Mapping[str, str], **body: Any
    ) -> T:
        """What the answer to a POST of ``data``, a form, or ``json`` is read as: see ``get``."""
        return self._tried("POST", path, params, body, read)

    def _tried(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        body: Mapping[str, Any],
        read: Callable[[bytes], T],
    ) -> T:
        query = httpx2.QueryParams(dict(params))
        url = f"{self.base_url}/{path}{'?' if params else ''}{query}"
        tries = Retrying(
            retry=retry_if_exception(
                lambda error: isinstance(error, ServiceFault) and error.may_pass
            ),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=self._wait,
            sleep=lambda seconds: pause(seconds),  # noqa: PLW0108 - tests replace it
            reraise=True,
        )
        return tries(lambda: read(self._followed(method, url, body)))

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, ServiceFault) else None
        if asked is None:
            connected = not isinstance(error, ServiceFault) or error.connected
            return (_backoff if connected else _unreached_wait)(state)
        seconds = asked + wait_random(0, asked / 10)(state)
        if seconds > _TOLD_WAIT:
            _LOG.info("waiting %.0f s, as %s asks", seconds, self.site.label)
        return seconds

    def _followed(self, method: str, url: str, body: Mapping[str, Any]) -> bytes:
        """The content of an answer, behind its redirects."""
        for _ in range(_HOPS):
            self._refuse_outside(url)
            answer = self._sent(method, url, body)
            if isinstance(answer, bytes):
                return answer
            url = self._next_url(method, url, *answer)
        raise ServiceFault(f"redirects more than {_HOPS} times", is_lasting=True)

    def _refuse_outside(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if self._settings.offline and not is_loopback(host):
            raise SettingsError(
                f"{self.site.label} ({host}) isn't on this machine, and nothing else is opened",
                where="--offline",
                hint="Fetch without it first: what was fetched is kept for 30 days.",
            )

    def _sent(self, method: str, url: str, body: Mapping[str, Any]) -> bytes | tuple[str, int]:
        """The content of an answer, or where it leads."""
        request = self._request(method, url, body)
        if (now := time.monotonic()) < self._next:
            pause(self._next - now)
        self._next = max(now, self._next) + self._seconds
        until = time.monotonic() + self._timeout
        late = ServiceFault(f"no answer within {self._timeout:.3g} s", may_pass=True)
        watch = threading.Timer(self._timeout, self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            with closing(self._http.send(request, stream=True)) as response:
                self._heed(response.headers)
                if response.is_redirect:
                    return response.headers.get("location", ""), response.status_code
                content = self._content(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            is_out = isinstance(error, httpx2.ConnectError)
            is_late = time.monotonic() >= until and not is_out
            if is_late or isinstance(error, httpx2.TimeoutException):
                raise late from None
            told = for_screen(masked(str(error), self._key), _QUOTED, reveal=True)
            raise ServiceFault(
                f"can't be reached ({told})" if is_out else f"the connection broke ({told})",
                may_pass=not (is_out and is_loopback(request.url.host)),
                is_lasting=is_out,
                connected=not is_out,
            ) from None
        finally:
            watch.cancel()
        if time.monotonic() >= until:  # what was cut off may look whole
            raise late
        return self._judged(response, content)

    def _hang_up(self) -> None:
        """Cut off an answer that takes too long, whoever waits for whatever piece of it."""
        for one in list(self._sockets):
            with suppress(OSError):  # it is closed
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def _watch(self, led_to: str | None, event: str, about: Mapping[str, Any]) -> None:
        """Note each connection. Close one that a redirect leads to a host that isn't public.

        A name may lead to another address than a moment ago, when it was checked.
        """
        if event.endswith("connect_tcp.started"):
            self._connecting = about["host"]
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = about["return_value"]
            self._sockets.add(stream.get_extra_info("socket"))
            is_itself = self._connecting == led_to  # else it is a proxy
            if is_itself and not _is_public(stream.get_extra_info("server_addr")[0]):
                stream.close()
                raise ServiceFault(f"redirects to {led_to}, {_NOT_PUBLIC}", is_lasting=True)

    def _request(self, method: str, url: str, body: Mapping[str, Any]) -> httpx2.Request:
        """The request, with the key where it goes to the service's own address."""
        headers, form = {}, dict(body)
        if self._key and is_same_origin(url, self.site.base_url):
            if self._pace.key_header:
                headers[self._pace.key_header] = self._key
            elif name := self._pace.key_parameter:
                if "data" in form:
                    form["data"] = {**form["data"], name: self._key}
                else:
                    url = str(httpx2.URL(url).copy_merge_params({name: self._key}))
        request = self._http.build_request(method, url, headers=headers, **form)
        is_led = not is_same_origin(url, self.base_url)
        led_to = request.url.raw_host.decode("ascii") if is_led else None
        request.extensions["trace"] = partial(self._watch, led_to)
        return request

    def _heed(self, headers: Mapping[str, str]) -> None:
        """Go slower where a service says by its headers that less is allowed, as Crossref does."""
        with suppress(ValueError, ZeroDivisionError):
            limit = float(headers.get("x-rate-limit-limit", ""))
            seconds = float(headers.get("x-rate-limit-interval", "").removesuffix("s"))
            self._seconds = max(self._seconds, min(seconds / limit, _SLOWEST))

    def _content(self, response: httpx2.Response) -> bytes:
        parts, size = [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > MOST:
                told = f"its answer has more than {MOST >> 20} MB, and isn't read"
                raise ServiceFault(told, is_lasting=True)
            parts.append(piece)
        content = b"".join(parts)
        key = self._key.encode()
        return content.replace(key, b"[key]") if key and key in content else content

    def _judged(self, response: httpx2.Response, content: bytes) -> bytes:
        status = response.status_code
        if status == 200:
            return content
        wait = retry_after(response.headers)
        if status == 429 and wait is None:
            told_reset = _RESET.search(response.headers.get("ratelimit", ""))
            wait = float(told_reset[1]) if told_reset else None
        text = content[:2000].decode(errors="replace").strip()
        told = f"it answered with HTTP {status}"
        if text and not text.startswith("<"):  # a page is made for people
            told += f" ({for_screen(masked(text, self._key), _QUOTED, reveal=True)})"
        has_asked = status in {408, 425, 429} or (status == 403 and wait is not None)
        may_pass = has_asked or status >= 500
        if may_pass and wait is not None and wait > _LONGEST_WAIT:
            raise ServiceFault(f"{told}, and asks to wait for {wait:,.0f} s", is_lasting=True)
        raise ServiceFault(
            told,
            may_pass=may_pass,
            is_lasting=status in {401, 403, 429},
            status=status,
            retry_after=wait,
        )

    def _next_url(self, method: str, url: str, location: str, status: int) -> str:
        """Where a redirect leads.

        Raises:
            ServiceFault: Nowhere that may be asked.
        """
        try:
            target = urljoin(url, location)
            old, new = urlsplit(url), urlsplit(target)
            # As it is looked up: of letters of ASCII, and a name of a length that names have.
            host = (new.hostname or "").encode("idna").decode()
        except ValueError:
            raise ServiceFault("redirects to what is no address", is_lasting=True) from None
        told = f"redirects to {for_screen(new.netloc.rpartition('@')[2], _QUOTED, reveal=True)}"
        if new.scheme not in {"http", "https"} or not host or "@" in new.netloc:
            raise ServiceFault("redirects to what is no http(s) address", is_lasting=True)
        if method != "GET" and status not in {307, 308}:
            raise ServiceFault(f"{told} (HTTP {status})", is_lasting=True)
        if is_same_origin(url, target):
            return target
        if old.scheme == "https" and new.scheme == "http":
            raise ServiceFault(f"{told} without encryption, which isn't followed", is_lasting=True)
        # A name is looked up below, and offline nobody is asked for one.
        self._refuse_outside(target)
        if is_private(host):
            raise ServiceFault(f"{told}, {_NOT_PUBLIC}", is_lasting=True)
        if self._key and self._key in target:
            raise ServiceFault(f"{told} with the key, which isn't followed", is_lasting=True)
        return target


def is_private(host: str) -> bool:
    """Whether a host is this machine, or in a network that isn't public, as far as names tell."""
    if is_loopback(host) or ("." not in host and ":" not in host):
        return True
    if host.lower().rstrip(".").endswith((".localhost", ".local", ".internal", ".lan")):
        return True
    try:
        return not _is_public(host)
    except ValueError:
        pass  # a name
    try:
        found = {str(address[4][0]) for address in socket.getaddrinfo(host, None)}
    except OSError:
        # Nobody is reached under it, unless a proxy knows it.
        return False
    return not all(map(_is_public, found))


def _is_public(address: str) -> bool:
    one = ip_address(address.partition("%")[0])
    if isinstance(one, IPv6Address):
        # Addresses of IPv4 are in those that lead to them.
        inner = one.ipv4_mapped or one.sixtofour
        if one in _NAT64:
            inner = IPv4Address(int(one) & 0xFFFFFFFF)
        if inner is None:
            return one.is_global and one in _UNICAST
        one = inner
    return one.is_global and not one.is_multicast and one not in _ASSIGNED
