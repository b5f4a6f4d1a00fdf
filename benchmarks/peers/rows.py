"""Print the rows of the Parquet files in a folder as JSON lines, by their tool's interpreter."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyarrow import ArrowInvalid
from pyarrow.parquet import ParquetFile


def main() -> None:
    """Print; a file that was torn by a kill is told of, and holds no row."""
    for path in sorted(Path(sys.argv[1]).rglob("*.parquet")):
        try:
            rows = ParquetFile(path).read().to_pylist()
        except ArrowInvalid as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        for row in rows:
            print(json.dumps({"doc_id": row["id"], "record": row["record"]}))


if __name__ == "__main__":
    main()
