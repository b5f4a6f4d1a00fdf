"""simonw/llm by its Python API: an async model of its configuration file, prompts with a schema."""

from __future__ import annotations

import asyncio
import os

from benchmarks.peers.task import INSTRUCTIONS, MODEL, Draft, Task, finish, task, user_message


def configure(work: Task) -> None:
    """Put the model into ``extra-openai-models.yaml``, as llm's documentation says."""
    os.environ["LLM_USER_PATH"] = str(work.folder)
    entry = {
        "model_id": MODEL,
        "model_name": MODEL,
        "api_base": work.base_url,
        "can_stream": "false",
        "supports_schema": "true",
    }
    first, *others = (f"{name}: {value}" for name, value in entry.items())
    text = "\n".join([f"- {first}", *(f"  {line}" for line in others)])
    (work.folder / "extra-openai-models.yaml").write_text(f"{text}\n", encoding="utf-8")


async def extract(work: Task) -> list[Draft | Exception]:
    """One outcome a document, in order."""
    import llm  # noqa: PLC0415 - it reads its configuration when it is imported

    model = llm.get_async_model(MODEL)
    slots = asyncio.Semaphore(work.concurrency)

    async def one(document: dict[str, str]) -> Draft | Exception:
        async with slots:
            try:
                # The loopback server doesn't stream; without this llm asks for it.
                response = model.prompt(
                    user_message(document), system=INSTRUCTIONS, schema=Draft, stream=False
                )
                return Draft.model_validate_json(await response.text())
            except Exception as error:  # noqa: BLE001 - the loop goes on, as a user's would
                return error

    return list(await asyncio.gather(*map(one, work.documents)))


def main() -> None:
    """Do the task."""
    work = task()
    configure(work)
    outcomes = list(zip(work.documents, asyncio.run(extract(work)), strict=True))
    finish(
        work,
        ((d["id"], o.model_dump()) for d, o in outcomes if isinstance(o, Draft)),
        (o for _, o in outcomes if isinstance(o, Exception)),
    )


if __name__ == "__main__":
    main()
