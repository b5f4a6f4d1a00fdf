"""``python -m summarise``, and the command ``summarise``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. Ctrl-C while it is being loaded leaves no traceback."""
    try:
        from summarise.cli import main as run  # noqa: PLC0415 - see above
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
