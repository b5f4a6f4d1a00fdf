"""Addresses of endpoints: what makes two the same, and which are this machine's."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

OPENAI_BASE_URL = "https://api.openai.com/v1"


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http(s) address, None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def is_same_origin(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common."""
    return origin(one) == origin(other)


def is_loopback(host: str) -> bool:
    """Whether a host, without a port, is this machine itself: ``localhost`` or an address of it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
