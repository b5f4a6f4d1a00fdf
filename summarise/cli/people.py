"""What people say of a run: ``correct`` its values, ``screen`` its papers; also taken back."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import counted, for_screen
from summarise.cli.options import Json, RunFolder
from summarise.cli.output import LOG, echo, echo_json, echo_result, print_error, screen_width
from summarise.errors import SettingsError

if TYPE_CHECKING:
    from summarise.people import Taken

_cell_option = partial(typer.Option, rich_help_panel="One cell")
_back_option = partial(typer.Option, rich_help_panel="What was said")
_NAMED = 20
"""Lines that can't be used, of which each is named."""


def correct(
    folder: RunFolder,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE… | PAPER FIELD [VALUE]",
            help="Files that the page of `summarise report` has saved; or a paper by number, id or "
            "words of its title, a field as PAPER alone lists them, and what it should hold.",
        ),
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who says so; in files, where a line has no name.")
    ] = "",
    checked: Annotated[bool, _cell_option("--checked", help="It is right.")] = False,
    wrong: Annotated[
        bool, _cell_option("--wrong", help="It is wrong, and what is right isn't known.")
    ] = False,
    nothing: Annotated[
        bool, _cell_option("--nothing", help="The abstract doesn't report it.")
    ] = False,
    remove: Annotated[bool, _cell_option("--remove", help="The entry goes.")] = False,
    note: Annotated[str, _cell_option(metavar="TEXT", help="A remark.")] = "",
    list_: Annotated[
        bool, _back_option("--list", help="Say what stands, of the run or of a PAPER.")
    ] = False,
    undo: Annotated[
        bool,
        _back_option(
            "--undo",
            help="Take back the last command, or what is said of a PAPER, or of its FIELD.",
        ),
    ] = False,
    again: Annotated[
        bool, _back_option("--again", help="Take in once more what was taken back.")
    ] = False,
    json: Json = False,
) -> None:
    """Lay a person's corrections over a run's records.

    They stay on every rerun, resume and refresh, are in all tables and exports, and are offered
    again where the document has changed. PAPER alone lists its fields; without anything, it is told
    what stands.

    Exit code 1 when lines of a file can't be used.

    Example: summarise correct outputs/page 3 'results[0].value' 71.2% --by "Ada Fenn"
    """
    words = what or []
    given = {"--checked": checked, "--wrong": wrong, "--nothing": nothing, "--remove": remove}
    flags = [name for name, is_given in given.items() if is_given]
    from summarise import people
    from summarise.models import JudgedAs
    from summarise.people import CellWish, judge_cell, take_in, taken_json, undo_cell, undo_last
    from summarise.store import Run

    if list_ or not (words or undo):
        wanted = " ".join(words) or None
        for line in people.judgement_json(Run(folder), wanted) if json else ():
            echo_json(line)
        for line in () if json else people.judgement_lines(Run(folder), wanted):
            echo(line)
        return
    if len(words) == 1 and not (undo or flags or _is_file(words[0])):
        for line in people.place_lines(Run(folder), words[0]):
            echo(line)
        return
    paper, field, *typed = [*words, "", ""][: max(len(words), 2)]
    if undo:
        _refuse_more("--undo", [*flags, *typed])
        taken = undo_cell(folder, paper, field or None, by) if words else undo_last(folder, by)
    elif not flags and all(map(_is_file, words)):
        taken = take_in(folder, [Path(one) for one in words], by=by, again=again)
    else:
        _refuse_more("A cell", [*flags[1:], *(typed if flags else [])])
        # Behind `--` nothing is an option, and a value isn't to end in one.
        if misplaced := {*given, "--by", "--note", "--json"}.intersection(typed):
            hint = "Write options first, then -- and the value."
            raise SettingsError("stands behind --", where=min(misplaced), hint=hint)
        says = JudgedAs.CHECKED if checked else JudgedAs.WRONG if wrong else JudgedAs.CORRECTED
        wish = CellWish(paper, field, tuple(typed), says, remove, nothing, note, by)
        taken = judge_cell(folder, wish)
    if json:
        echo_json(taken_json(taken))
    else:
        _tell(taken)
    raise typer.Exit(int(bool(taken.refused)))


def _tell(taken: Taken) -> None:
    from summarise.people import taken_lines

    for one in taken.refused[:_NAMED]:
        print_error(f"summarise: {one.where}: {one.why}")
    if (more := len(taken.refused) - _NAMED) > 0:
        print_error(f"summarise: and {more:,} more; --json names all")
    for line in taken_lines(taken):
        echo(line)


def _is_file(word: str) -> bool:
    return word.lower().endswith((".jsonl", ".json")) or Path(word).is_file()


def _refuse_more(what: str, more: list[str]) -> None:
    """Refuse what says two things at once, by a ``SettingsError``."""
    if more:
        raise SettingsError(f"takes nothing more, such as {more[0]}", where=what)


def screen(
    folder: RunFolder,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="screening.jsonl of one or several people."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose the decisions without a name are.")
    ] = None,
    settle: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose decisions settle what others differ on."),
    ] = None,
    undo: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take back what this person has decided.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="DOC", help="With --undo: about this document; repeatable."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Take in once more what was taken back.")
    ] = False,
    flow: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A PRISMA 2020 flow: .svg or .json; repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """Merge people's screening decisions, and say how it stands.

    That is how far they agree, on which papers they differ and why, and what is left to decide.
    The decisions are kept in the run, each with its person.

    Exit code 1 when lines of the files can't be used.

    Example: summarise screen outputs/page ann.jsonl ben.jsonl
    """
    from summarise.people import (
        merge_decisions,
        merging_faults,
        merging_lines,
        survey_json,
        survey_lines,
        survey_screening,
        take_back,
        write_flow,
    )
    from summarise.store import Run

    _check(files, by or settle, undo, only)
    run = Run(folder)
    merging = None
    if undo is not None:
        documents = [run.find(one)[0] for one in only] if only else None
        number = take_back(run, undo, documents)
        of = "".join(f"; {for_screen(one.title or one.doc_id, 60)}" for one in documents or ())
        LOG.info("%s of %s taken back%s", counted(number, "decision"), undo, of)
    elif files:
        merging = merge_decisions(run, files, by=by, settling=settle, again=again)
        for line in merging_faults(merging):
            print_error(f"summarise: {line}")
    survey = survey_screening(Run(folder))
    told = chain(merging_lines(merging) if merging else (), survey_lines(survey, screen_width()))
    echo_result(partial(survey_json, survey, merging), lambda: told, json=json)
    write_flow(run, survey, flow or ())
    for path in () if json else flow or ():
        echo(path)
    raise typer.Exit(int(merging is not None and bool(merging.refused)))


def _check(
    files: list[Path] | None, name: str | None, undo: str | None, only: list[str] | None
) -> None:
    """Refuse options that have nothing to work on, by a ``SettingsError``."""
    if undo is not None and (files or name):
        hint = "Take in files with another command."
        raise SettingsError("takes back, and takes in no files", where="--undo", hint=hint)
    if name is not None and not files:
        raise SettingsError("is about files, and none is named", where="--by and --settle")
    if only and undo is None:
        raise SettingsError("is about what --undo takes back", where="--only")
