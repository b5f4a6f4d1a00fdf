"""The program of the child process: llama.cpp's server, for as long as the parent lives.

It is started by its path and imports nothing of summarise, so that no folder has to be searched for
it. The order comes as one line of JSON on standard input, which then stays open: its end is the
end of the parent. The answer, ``{"url": …}`` or ``{"error": …}``, is one line on standard output.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from typing import Any

_POLL = 1.0
_LOG_WRITTEN = 0.3


def main() -> None:
    """Serve what the order says until the parent ends or closes the pipe."""
    parent = os.getppid()
    # Whatever prints to standard output from here on lands in the log.
    answer = os.dup(1)
    os.dup2(2, 1)
    order = json.loads(sys.stdin.buffer.readline())
    try:
        server = _serve(order)
        reply = {"url": server.listening_address}
    except (ImportError, RuntimeError, TypeError, ValueError) as error:
        server, reply = None, {"error": f"{type(error).__name__}: {error}"}
    os.write(answer, json.dumps(reply).encode() + b"\n")
    os.close(answer)
    if server is None:
        # llama.cpp writes its log from a thread of its own, which nobody can wait for from here.
        time.sleep(_LOG_WRITTEN)
        sys.exit(1)
    if os.name == "nt":
        sys.stdin.buffer.read()
    # A process that the parent forked may hold the pipe open, so ask for the parent as well.
    while os.name != "nt" and os.getppid() == parent:
        if select.select([0], [], [], _POLL)[0] and not os.read(0, 4096):
            break
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


if __name__ == "__main__":
    main()
