"""The openai package in a loop: a semaphore, ``.create``, and validation of what comes back."""

from __future__ import annotations

import asyncio
from typing import Any

from openai import AsyncOpenAI

from benchmarks.peers.task import INSTRUCTIONS, KEY, MODEL, Draft, Task, finish, task, user_message


async def extract(work: Task) -> list[Draft | Exception]:
    """One outcome a document, in order."""
    schema = {"name": "Draft", "strict": True, "schema": Draft.model_json_schema()}
    held: Any = {"type": "json_schema", "json_schema": schema}
    options: dict[str, Any] = {} if work.timeout is None else {"timeout": work.timeout}
    slots = asyncio.Semaphore(work.concurrency)
    async with AsyncOpenAI(base_url=work.base_url, api_key=KEY, **options) as client:

        async def one(document: dict[str, str]) -> Draft | Exception:
            async with slots:
                try:
                    completion = await client.chat.completions.create(
                        model=MODEL,
                        messages=[
                            {"role": "system", "content": INSTRUCTIONS},
                            {"role": "user", "content": user_message(document)},
                        ],
                        response_format=held,
                    )
                    return Draft.model_validate_json(completion.choices[0].message.content or "")
                except Exception as error:  # noqa: BLE001 - the loop goes on, as a user's would
                    return error

        return list(await asyncio.gather(*map(one, work.documents)))


def main() -> None:
    """Do the task."""
    work = task()
    outcomes = list(zip(work.documents, asyncio.run(extract(work)), strict=True))
    finish(
        work,
        ((d["id"], o.model_dump()) for d, o in outcomes if isinstance(o, Draft)),
        (o for _, o in outcomes if isinstance(o, Exception)),
    )


if __name__ == "__main__":
    main()
