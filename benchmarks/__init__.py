"""What the program costs and survives, measured on this machine; run as ``python -m benchmarks.X``.

Standard library alone, apart from ``peers/`` (each in a virtual environment of its own) and
``prompt_size``: a child starts with its parent's memory on its account, so the parent is small.
"""
