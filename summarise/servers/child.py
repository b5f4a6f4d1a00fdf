"""The program of the child process: llama.cpp's server, for as long as the parent lives.

It is started by its path and imports nothing of summarise, so that no folder has to be searched for
it. The order comes as one line of JSON on standard input, which then stays open: its end is the
end of the parent. The answer, ``{"url": …}`` or ``{"error": …}``, is one line on standard output.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import Any

_PR_SET_PDEATHSIG = 1
_POLL = 1.0
_LOG_WRITTEN = 0.3


def main() -> None:
    """Serve what the order says until the parent ends or closes the pipe."""
    # Whatever prints to standard output from here on lands in the log.
    answer = os.dup(1)
    os.dup2(2, 1)
    order = json.loads(sys.stdin.buffer.readline())
    _die_with_parent(order["parent"], True)
    try:
        server = _serve(order)
        reply = {"url": server.listening_address}
    except (ImportError, RuntimeError, TypeError, ValueError) as error:
        server, reply = None, {"error": f"{type(error).__name__}: {error}"}
    _die_with_parent(order["parent"], False)
    os.write(answer, json.dumps(reply).encode() + b"\n")
    os.close(answer)
    if server is None:
        # llama.cpp writes its log from a thread of its own, which nobody can wait for from here.
        time.sleep(_LOG_WRITTEN)
        sys.exit(1)
    _wait_for_end(order["parent"])
    # Nothing is left to save, and calls in flight have nobody to answer.
    os._exit(0)


def _serve(order: dict[str, Any]) -> Any:
    import xllamacpp  # noqa: PLC0415 - a failure to import is an answer too

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.model_alias = {order["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = order["port"]
    params.api_keys = [order["key"]] if order["key"] else []
    # A page in a browser has no business here.
    params.cors_origins = ""
    params.ui = False
    params.offline = True
    params.n_ctx = order["context"] * order["slots"]
    params.n_parallel = order["slots"]
    params.cpuparams.n_threads = order["threads"]
    params.cpuparams_batch.n_threads = order["threads"]
    params.cache_prompt = True
    # Prompts of finished documents aren't needed again; by default 8 GiB would be kept for them.
    params.cache_ram_mib = 0
    # Values are copied, not invented; a request that sets a temperature overrides it.
    params.sampling.temp = 0.0
    # Tokens of thought cost minutes on a processor, and break the grammar of some models.
    params.enable_reasoning = 0
    return xllamacpp.Server(params)


def _die_with_parent(parent: int, wanted: bool) -> None:
    """Let Linux kill this process with its parent, while loading holds the interpreter lock.

    Not for longer: the signal comes already when the thread ends that started this process.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL if wanted else 0, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _wait_for_end(parent: int) -> None:
    """Return when the parent closes the pipe or is gone."""
    if os.name == "nt":
        sys.stdin.buffer.read()
        return
    # A process that the parent forked may hold the pipe open, so ask for the parent as well.
    while os.getppid() == parent:
        if select.select([0], [], [], _POLL)[0] and not os.read(0, 4096):
            return


if __name__ == "__main__":
    main()
