"""Serving for others: until Ctrl-C, until the child ends, or until nobody is left to serve."""

from __future__ import annotations

import os
import signal

from summarise.serve.server import LocalServer

_POLL = 1.0


def serve_until_interrupted(server: LocalServer) -> None:
    """Keep a server until Ctrl-C, or until the process that started this one has ended.

    Under ``nohup``, which is there for this, the end of that process doesn't count.

    Raises:
        EndpointUnusable: The child ended by itself.
    """
    parent = None if _outlives_its_terminal() else os.getppid()
    try:
        while parent is None or os.getppid() == parent:
            ended = server.wait(_POLL)
            if ended is not None:
                raise ended
    except KeyboardInterrupt:
        return


def _outlives_its_terminal() -> bool:
    hangup = getattr(signal, "SIGHUP", None)
    return hangup is not None and signal.getsignal(hangup) is signal.SIG_IGN
