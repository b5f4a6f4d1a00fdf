"""What every test shares: no network but loopback, a clean environment, factories of values."""

# ruff: noqa: E402
import functools
import sys

# What speaks through trio, where it is installed, imports it, and nothing here does.
sys.modules["trio"] = None  # type: ignore[assignment]
# openai 3 speaks through httpx2, respx watches httpx: the alias has to come before respx's import.
import httpcore2
import httpx2

httpx2.alias_httpx()
del sys.modules["trio"]
# The certificates that a machine trusts are read for each client: as long as a small run takes.
httpcore2.default_ssl_context = functools.cache(httpcore2.default_ssl_context)

import gc
import ipaddress
import json
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

import tests
from summarise.endpoint import read_completion
from summarise.models import Completion, Document
from summarise.settings import SERVICES, Mode, Settings

pytest_plugins = ["respx.plugin"]

ROOT = tests.ROOT
COMPLETIONS = ROOT / "fixtures" / "completions"
SERVICE_KEYS = {site.key_variable for site in SERVICES.values()}
GOLD = ROOT / "fixtures" / "gold.jsonl"

# The machines that run the tests are shared: a slow example isn't a fault. What a change broke must
# fail each time, and nothing else ever: examples are drawn the same in each run, so that more than
# fifty find little that fifty don't. To look for new ones, a thousand of each property:
# pytest -m hypothesis --hypothesis-profile search
_PATIENT = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "summarise", _PATIENT, derandomize=True, database=None, max_examples=50
)
hypothesis.settings.register_profile("search", _PATIENT, max_examples=1000)
hypothesis.settings.load_profile("summarise")


def pytest_configure() -> None:
    """Folders of tests are in memory, where there is enough of it and programs may be started.

    A disk has to keep what is put in the place of a file, which is most of what a small run waits
    for.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        system = os.statvfs(memory)
        if system.f_bavail * system.f_frsize > 2 << 30 and not system.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a server, for a kill or for the clock."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected is there to the end: Python's collector has no need to go through it again.

    It did so dozens of times, most of a second each; and what tests leave in cycles may wait.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Of a test that passes a worker tells what it did, and not that all around it went well.

    To tell, and to be told, of each beginning, setup and teardown takes longer than most tests.
    """
    if not hasattr(item.config, "workerinput"):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


class NetworkForbidden(BaseException):
    """A test tried to leave loopback. Not an ``Exception``, so that no code can swallow it."""


def _refuse_outside(host: object) -> None:
    if host in ("", None, "localhost", b"localhost"):
        return
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        inside = ipaddress.ip_address(text).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise NetworkForbidden(f"tests open no socket but loopback, not {text}")


def _guarded(name: str) -> Callable[..., Any]:
    original = getattr(socket.socket, name)

    def guard(self: socket.socket, *args: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_outside(args[-1][0])
        return original(self, *args)

    return guard


def _guarded_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    def guard(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_outside(host)
        return original(host, *args, **kwargs)

    return guard


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Any connection, binding, datagram or name lookup outside loopback raises."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "bind", "sendto"):
            patch.setattr(socket.socket, name, _guarded(name))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            patch.setattr(socket, name, _guarded_lookup(getattr(socket, name)))
        yield


@pytest.fixture(autouse=True, scope="session")
def _usual_signals() -> None:
    """Under nohup, or in the background of a script, tests see the signals of a terminal."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


tests.make_once()


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """No test logs to a stream that was another's, and is closed; nor is silent as another was."""
    yield
    log = logging.getLogger("summarise")
    log.handlers.clear()
    log.setLevel(logging.NOTSET)
    log.propagate = True


@pytest.fixture(scope="session")
def _empty_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders with nothing in them, each given out until a test leaves something in it."""

    def folders() -> Iterator[Path]:
        while True:
            folder = tmp_path_factory.mktemp("empty")
            while not any(folder.iterdir()):
                yield folder

    return folders()


@pytest.fixture(autouse=True, scope="session")
def _bare_environment() -> Iterator[None]:
    """No setting of the machine reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            is_ours = name.startswith(("OPENAI_", "SUMMARISE_")) or name in SERVICE_KEYS
            if is_ours or name.upper().endswith("_PROXY") or name in {"NO_COLOR", "COLUMNS"}:
                patch.delenv(name)
        # A test that starts Python anew, from whatever folder, finds this checkout.
        patch.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture(autouse=True)
def _own_folders(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _empty_folders: Iterator[Path]
) -> None:
    """Working and cache folders are a test's own.

    A test that looks at no folder is in an empty one: thousands don't have to be made and removed.
    """
    looks_at_it = "tmp_path" in request.fixturenames
    folder = request.getfixturevalue("tmp_path") if looks_at_it else next(_empty_folders)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg-cache"))
    monkeypatch.chdir(folder)


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Builds settings: an invented model on loopback, without a key, unless told otherwise."""

    def make(**overrides: Any) -> Settings:
        defaults = {
            "model": "invented-1",
            "base_url": "http://127.0.0.1:9/v1",
            "timeout": 10.0,
            "cache_dir": tmp_path / "cache",
        }
        return Settings.model_validate({**defaults, **overrides})

    return make


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """Builds documents: the one of ``fixtures/completions/full.json`` unless told otherwise."""

    def make(**overrides: Any) -> Document:
        stored = stored_completion("full")
        defaults = {"doc_id": "doc-1", "title": stored["title"], "abstract": stored["abstract"]}
        return Document.model_validate({**defaults, **overrides})

    return make


@pytest.fixture
def completion() -> Callable[[str], Completion]:
    """Gives the completion of a file in ``fixtures/completions``, read as the endpoint reads it."""

    def load(name: str) -> Completion:
        stored = stored_completion(name)
        content = json.dumps(stored["completion"]).encode()
        return read_completion(content, Mode(stored.get("mode", "json_schema")), "Draft")

    return load


def stored_completion(name: str) -> dict[str, Any]:
    """A file of ``fixtures/completions``: title, abstract, and the endpoint's answer to them."""
    stored: dict[str, Any] = json.loads((COMPLETIONS / f"{name}.json").read_text(encoding="utf-8"))
    return stored


@pytest.fixture(scope="session", name="browser")
def _browser() -> Iterator[Any]:
    """A ``benchmarks.browser.Browser``; only those who ask for one import what drives it.

    It takes longer to start than most tests of a page, so that there is one for all.
    """
    from tests.pages import browser

    yield from browser()


@pytest.fixture(scope="session", name="gold_page")
def _gold_page(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run of the invented papers, and the page of its report, both to be looked at alone."""
    from tests.pages import page_of_gold

    return page_of_gold(tmp_path_factory.mktemp("gold"))
