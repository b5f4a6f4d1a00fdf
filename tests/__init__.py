"""The tests: where they are, and what each process that runs them does without."""

import functools
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

if sys.dont_write_bytecode:
    # Tests start dozens of processes, and each would compile all that it imports, which takes
    # longer than what it does. It's kept apart from the sources, and found by all of them.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(ROOT / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A power cut is no test's: whether a disk has what was written to it is waited for by nobody here,
# nor by the processes that are forked, which made a third of what some tests took. Nor does the
# database of a cache, see make_once.
os.fsync = lambda fd: None


def make_once() -> None:
    """Make what a command of this process makes anew: itself, and the templates that ship.

    That takes up to half of a small one, and whatever starts an interpreter still does it all.
    """
    import typer.main

    from summarise.batch import opening
    from summarise.extract import load_prompt, prompt_versions
    from summarise.schema import Draft
    from summarise.store import cache

    cache._SETTINGS["sqlite_synchronous"] = 0
    typer.main.get_command = functools.cache(typer.main.get_command)
    read = functools.cache(load_prompt)
    vars(opening)["load_prompt"] = lambda version, schema=Draft: (
        read if version in prompt_versions() else load_prompt
    )(version, schema)
    list(opening._earlier_prompts(read(prompt_versions()[-1], Draft), Draft))
