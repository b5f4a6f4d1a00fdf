"""Addresses of endpoints: what makes two the same, which are this machine's, what is a file."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

OPENAI_BASE_URL = "https://api.openai.com/v1"
_MODEL_SUFFIX = ".gguf"


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


def is_local_model(model: str | None, base_url: str = OPENAI_BASE_URL) -> bool:
    """Whether a model is a file to be served here, not an id for a server.

    A file that is there is meant, unless a server on this machine is named: that one serves it. A
    ``.gguf`` that isn't there is a misspelt path where no server is named, and an id where one is.

    Args:
        model: As the user names it.
        base_url: In use; OpenAI's when none was named.
    """
    if model is None or not model.lower().endswith(_MODEL_SUFFIX):
        return False
    if base_url == OPENAI_BASE_URL:
        return True
    return Path(model).expanduser().is_file() and not is_loopback(urlsplit(base_url).hostname or "")
