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
# nor by the processes that are forked, which made a third of what some tests took.
os.fsync = lambda fd: None


def compile_prompts_once() -> None:
    """A run of this process doesn't compile anew the templates that ship; its own it does.

    That takes up to a third of a small run, and whatever starts an interpreter still does it all.
    """
    from summarise.batch import opening
    from summarise.extract import load_prompt, prompt_versions
    from summarise.schema import Draft

    read = functools.cache(load_prompt)
    for version in prompt_versions():
        read(version, Draft)
    vars(opening)["load_prompt"] = lambda version, schema=Draft: (
        read if version in prompt_versions() else load_prompt
    )(version, schema)
