"""What an agent may ask for: some of the commands, each as its arguments and what it answers.

An answer keeps apart what this program says and what may come from papers, files or servers. How an
agent is spoken to stands elsewhere.
"""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from summarise.batch import (
    Batch,
    InputOptions,
    Inspection,
    estimate_run,
    read_batch,
    selected,
)
from summarise.characters import for_screen, inert, inert_json
from summarise.cli.inputs import inspected, named_format
from summarise.cli.workplace import Job, Workplace
from summarise.errors import SettingsError, check_choice
from summarise.evaluate import Verification, diff_view
from summarise.render import By, Style, TableView, View, output_format, render_record, view_of
from summarise.settings import Settings, masked
from summarise.store import Run

_PAGE = 20_000
"""Characters of content in an answer."""
_FAILURES = 10
_CLIPPED = 300
_WIDTH = 100
_STOPPED = 3
_ENDINGS = {
    0: "all is done",
    1: "done, but for failures or unreadable entries",
    _STOPPED: "stopped; what was made is kept, and the same call does the rest",
}
_FORMATS = ("markdown", "csv", "tsv", "json", "jsonl", "bibtex", "ris", "csl")
"""Those of a table that are text, and not for a screen."""
_COMPARING = _FORMATS[:5]


class ToolAnswer(NamedTuple):
    """What a tool has come to.

    Attributes:
        told: In words and numbers of ours.
        content: What may hold text from outside.
    """

    told: str
    content: str = ""
    is_error: bool = False

    def masked(self, settings: Settings) -> Self:
        """This answer without any key, whoever repeated it."""
        told, content = self.told, self.content
        for key in (settings.api_key, *settings.service_keys.values()):
            secret = key.get_secret_value() if key else ""
            told, content = masked(told, secret), masked(content, secret)
        return self._replace(told=told, content=content)


_Inputs = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=4096)], ...],
    Field(
        min_length=1,
        max_length=1000,
        description="Files, folders, patterns or archives of abstracts, by their paths from the "
        "folder that is served; or identifiers: arxiv:2310.00426, doi:10.1000/182, pmid:…, "
        "hf:2025-12-26.",
    ),
]
_RunName = Annotated[str, Field(description="A run directory, such as outputs/page.")]
_Page = Annotated[int, Field(ge=1, description="Which part of a long answer, from 1.")]
_Limit = Annotated[int | None, Field(ge=1, description="The first so many documents.")]
_InputFormat = Annotated[
    str | None, Field(description="Format of the inputs; by default it is found out.")
]
_Model = Annotated[
    str | None,
    Field(
        description="embedded (code alone, free), or the model that the user named; by default "
        "that one where the user has set a cap, else embedded."
    ),
]
_Schema = Annotated[
    str | None,
    Field(description="What is filled in: default, pico (clinical), or a .toml file of fields."),
]


class AgentTool(BaseModel):
    """A tool: its fields are what it is called with, its docstring is what an agent reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    writes: ClassVar[bool] = False
    reaches: ClassVar[bool] = False
    """Whether it may go beyond this machine: to services that have papers, or to a model."""

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """Do it; raises ``SummariseError`` where it can't be done."""
        raise NotImplementedError


class _Reads(AgentTool):
    """A tool that reads inputs."""

    reaches: ClassVar[bool] = True

    inputs: _Inputs
    format: _InputFormat = None

    def options(self, settings: Settings) -> InputOptions:
        return InputOptions(named_format(self.format), settings=lambda: settings)

    def batch(self, place: Workplace, settings: Settings) -> Batch:
        return read_batch([place.input(name) for name in self.inputs], self.options(settings))


class InspectTool(_Reads):
    """Say what would be read of inputs, entry by entry. Nothing is extracted, nothing is spent."""

    name: ClassVar[str] = "inspect"

    page: _Page = 1

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """One line an entry, then the account of each input, and why others can't be read."""
        names = [place.input(name) for name in self.inputs]
        inspection = Inspection(names, self.options(place.settings))
        lines = []
        for entry in inspection.entries():
            job.check()
            lines.append(inspected(entry))
        lines += [str(error) for error in inspection.refused]
        lines += [account.line() for account in inspection.accounts]
        told = f"exit code: {inspection.exit_code}"
        is_error = bool(inspection.refused)
        return ToolAnswer(told, "\n".join(map(inert, lines)), is_error=is_error)


class EstimateTool(_Reads):
    """Say what a run would take: documents, calls, tokens, cost, time. Nothing is sent or spent.

    Any model may be named here, to tell the user what it would cost.
    """

    name: ClassVar[str] = "estimate"

    model: Annotated[str | None, Field(description="Model id; by default that of the user.")] = None
    output: Annotated[str | None, Field(description="The run directory that is meant.")] = None
    schema_: Annotated[_Schema, Field(alias="schema")] = None
    limit: _Limit = None

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """The lines of ``summarise estimate``."""
        settings = place.settings_for(self.model, self.schema_, sends=False)
        batch = self.batch(place, settings)
        job.check()
        wanted = batch.place(place.output(self.output, batch))
        found = estimate_run(selected(batch.entries, self.limit), wanted, settings)
        return ToolAnswer("exit code: 0", "\n".join(map(inert, found.lines())))


class RunTool(_Reads):
    """Make a record of each abstract, and a table of all, in a folder.

    Called again with the same arguments it does the rest, and asks for nothing twice. A model is
    asked only if the user has named one and set a cap; the cap holds for all calls together.
    """

    name: ClassVar[str] = "run"
    writes: ClassVar[bool] = True

    output: Annotated[str | None, Field(description="The run directory; default outputs/NAME.")] = (
        None
    )
    model: _Model = None
    schema_: Annotated[_Schema, Field(alias="schema")] = None
    limit: _Limit = None

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """The closing lines of ``summarise run``, and the first failures."""
        settings = place.settings_for(self.model, self.schema_, sends=True)
        batch = self.batch(place, settings)
        output = place.output(self.output, batch)
        job.check()
        path, report = place.extract(job, batch, settings, output, self.limit)
        code = report.exit_code
        told = f"exit code: {code} ({_ENDINGS[code]})"
        # A folder that is called after a file may be called anything.
        first = f"run: {path}"
        lines = [first, *filter(None, [report.stop]), *report.closing_lines()]
        if report.failures:
            for one in islice(Run(path).failures(), _FAILURES):
                message = for_screen(one.message, _CLIPPED)
                lines.append(f"{one.kind}: {one.title or one.doc_id}: {message}")
            lines.append("failures.jsonl in the run directory has all")
        content = "\n".join(for_screen(line, reveal=True) for line in lines)
        return ToolAnswer(told, content, is_error=code == _STOPPED)


class TableTool(AgentTool):
    """The comparison table of one or more runs, with its marks explained below it."""

    name: ClassVar[str] = "table"

    runs: Annotated[
        tuple[str, ...],
        Field(min_length=1, max_length=100, description="Run directories, such as outputs/page."),
    ]
    format: Annotated[str, Field(json_schema_extra={"enum": list(_FORMATS)})] = _FORMATS[0]
    style: Annotated[
        str,
        Field(
            json_schema_extra={"enum": list(Style)},
            description="facts, brief, evidence (with sentence numbers) or full.",
        ),
    ] = Style.FACTS
    columns: Annotated[
        tuple[str, ...], Field(description="Such as method, results.value, year.")
    ] = ()
    where: Annotated[
        str | None, Field(description="Rows, such as: data ~ ImageNet and year > 2022")
    ] = None
    sort: Annotated[str | None, Field(description="Such as year, or compute:desc.")] = None
    group_by: Annotated[str | None, Field(description="Such as data.name.")] = None
    by: Annotated[
        str | None,
        Field(
            json_schema_extra={"enum": [*By, None]},
            description="A row for each dataset, metric or compute, of all papers.",
        ),
    ] = None
    limit: Annotated[int | None, Field(ge=1, description="The first so many rows.")] = None
    rows: Annotated[
        str | None, Field(description="A row for each entry of a list, such as results.")
    ] = None
    page: _Page = 1

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """What ``summarise table`` prints."""
        check_choice("format", self.format, _FORMATS, "format")
        view = View(**self.model_dump(exclude={"runs", "format", "page"}))
        runs = [place.run(name) for name in self.runs]
        table = view_of(runs, view, is_page=output_format(self.format, None).is_page)
        return ToolAnswer("exit code: 0", _written(table, self.format, job))


class ShowTool(AgentTool):
    """One record, its evidence marked in the abstract, with its doubts and flags explained."""

    name: ClassVar[str] = "show"

    run: _RunName
    document: Annotated[
        str, Field(max_length=1000, description="Row number, id, DOI, or words of a title.")
    ]
    json_: Annotated[bool, Field(alias="json", description="The stored JSON instead.")] = False
    page: _Page = 1

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """What ``summarise show`` prints."""
        held = place.run(self.run)
        row = held.find(self.document)
        job.check()
        if self.json_:
            content = inert_json((row[1] or row[0]).exported())
        else:
            content = render_record(row, held.schema, width=_WIDTH, color=False)
        return ToolAnswer("exit code: 0", content)


class VerifyTool(AgentTool):
    """Check a run's files against each other and its abstracts. Nothing is asked."""

    name: ClassVar[str] = "verify"

    run: _RunName
    page: _Page = 1

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """What ``summarise verify`` prints."""
        verification = Verification(place.run(self.run))
        lines: list[str] = []
        for verdict in verification.verdicts():
            job.check()
            lines += verdict.lines()
        code = verification.exit_code
        told = f"exit code: {code} ({'something differs' if code else 'nothing differs'})"
        # What a reader wants first: the account of all.
        return ToolAnswer(told, "\n".join(map(inert, [verification.closing_line(), *lines])))


class DiffTool(AgentTool):
    """Two runs side by side, where they differ, field by field."""

    name: ClassVar[str] = "diff"

    run: _RunName
    other: _RunName
    format: Annotated[str, Field(json_schema_extra={"enum": list(_COMPARING)})] = _FORMATS[0]
    page: _Page = 1

    def do(self, place: Workplace, job: Job) -> ToolAnswer:
        """What ``summarise diff`` prints."""
        check_choice("format", self.format, _COMPARING, "format")
        table, counts = diff_view(place.run(self.run), place.run(self.other))
        content = _written(table, self.format, job)
        code = 0 if counts.is_equal else 1
        told = f"exit code: {code} ({'nothing differs' if counts.is_equal else 'they differ'})"
        return ToolAnswer(told, content)


TOOLS: dict[str, type[AgentTool]] = {
    tool.name: tool
    for tool in (InspectTool, EstimateTool, RunTool, TableTool, ShowTool, VerifyTool, DiffTool)
}


class _Written(BytesIO):
    """Where a table is written to, as long as somebody waits for it."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def write(self, content: Any, /) -> int:
        self._job.check()
        return super().write(content)


def _written(table: TableView, format_: str, job: Job) -> str:
    file = _Written(job)
    output_format(format_, None).write(table, file)
    return file.getvalue().decode("utf-8", "replace")


def page_of(text: str, number: int) -> tuple[str, int]:
    """A part of a text, and how many parts there are; cut between lines where that can be.

    Raises:
        SettingsError: There aren't so many.
    """
    starts = [0]
    while (last := starts[-1]) + _PAGE < len(text):
        starts.append(text.rfind("\n", last, last + _PAGE) + 1 or last + _PAGE)
    if number > len(starts):
        raise SettingsError(f"there is none: the answer has {len(starts)}", where=f"page {number}")
    return text[starts[number - 1] : [*starts, len(text)][number]], len(starts)
