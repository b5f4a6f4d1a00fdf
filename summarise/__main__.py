"""``python -m summarise``, and the command ``summarise``."""

from __future__ import annotations

import atexit
import gc
import sys

# Objects that come to be before cycles are looked for: Python's own 700 are fewer than one record
# makes, and a record makes no cycles. What importing makes stays for good.
_OBJECTS = 20_000


def main() -> None:
    """Run the command line. Ctrl-C while it is being loaded leaves no traceback."""
    gc.set_threshold(_OBJECTS)
    # At the end all of it goes with the process: Python need not look for cycles in it once more.
    atexit.register(gc.freeze)
    try:
        from summarise.cli import main as run  # noqa: PLC0415 - see above
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
