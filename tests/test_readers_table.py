"""Tables: CSV in its dialects, TSV, workbooks; columns by their names or as the user says."""

import logging
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from summarise.batch import InputOptions, read_batch
from summarise.errors import InputError, SettingsError
from summarise.models import Document, Skipped
from summarise.readers import (
    Source,
    load_format,
    load_source,
    parse_columns,
    read_documents,
    sniff,
)
from summarise.readers.entry import Entry, to_document

EXPORTS = Path(__file__).parent.parent / "fixtures" / "exports"
ABSTRACT = "We train four copper nets on LoomSet, and they are cheap to run."
QUOTED = f'"{ABSTRACT}"'


def read(name: str) -> list[Document | Skipped]:
    return list(read_documents(load_source(EXPORTS / name)))


def rows(text: str, columns: dict[str, str] | None = None) -> list[Entry | Skipped]:
    source = Source("a.csv", content=text.encode(), format="csv", columns=columns)
    return list(load_format("csv").entries(source))


def told(text: str, columns: dict[str, str] | None = None) -> list[tuple[int, str | None]]:
    """The line of each row, with its title or what is wrong with it."""
    return [
        (one.line, one.reason if isinstance(one, Skipped) else one.title)
        for one in rows(text, columns)
    ]


def test_semicolons_with_decimal_commas() -> None:
    """Commas in titles, abstracts and numbers are text, in quotes or not; no name is needed."""
    text = (
        f"Titel;Abstract;Wert (0,0-1,0)\nNetze, aus Kupfer;{ABSTRACT};0,87\n"
        f'"Netze, aus Zink";"{ABSTRACT}, at 1,5 V";0,91\n'
    )
    assert sniff(text.encode(), "stdin") == "csv"
    assert told(text) == [(2, "Netze, aus Kupfer"), (3, "Netze, aus Zink")]
    first, second = (one.abstract for one in rows(text) if isinstance(one, Entry))
    assert (first, second) == (ABSTRACT, f"{ABSTRACT}, at 1,5 V")


def test_semicolons_quotes_and_a_mark_in_front() -> None:
    """As Excel writes it in German: a cell over several lines, with doubled quotes in it."""
    first, second, third = read("papers.csv")
    assert isinstance(first, Document)
    assert first.abstract == f'{ABSTRACT}\n\nSie brauchen "wenig"; mehr nicht.'
    assert (first.title, first.authors, first.published) == ("Kupfernetze", ("Roe, Ann",), "2024")
    assert first.doc_id == "10.1000/nets.1"
    assert isinstance(second, Skipped)
    assert isinstance(third, Document)
    assert third.authors == ("Roe, Ann", "Poe, Al")
    assert [one.line for one in (first, second, third)] == [3, 6, 7]


def test_a_collection_of_zotero_is_the_same_in_each_format() -> None:
    """Title, authors, year, DOI and abstract, whichever way it was exported."""
    found = []
    for suffix in ("csv", "ris", "bib", "json"):
        *all_, book = read(f"zotero_same.{suffix}")
        assert isinstance(book, Skipped)
        assert book.reason == "“A Book of Nets” has no abstract"
        found.append(
            [
                (
                    *(one.title, one.authors, (one.published or "")[:4], one.abstract),
                    *(one.reference.get("doi"), one.reference.get("arxiv")),
                )
                for one in all_
                if isinstance(one, Document)
            ]
        )
    table, *others = found
    assert others == [table] * 3
    copper, tin, zinc = table
    assert copper[0] == "Copper nets for CO2 at 10⁻³ of the cost: 50% & more"
    assert copper[1] == ("van den Berg, Jo Ann", "Müller, Änne", "The Fen Group")
    assert (
        "(p < 0.05, n = ~40).\n\nRESULTS: Four of them, run on LoomSet_2 with {a, b}" in copper[3]
    )
    assert (tin[1], tin[2]) == (("Poe, Al", "Çelik, Zoë"), "2023")
    assert zinc[4:] == ("10.48550/arxiv.2301.00042", "2301.00042")


def test_what_a_table_of_zotero_holds() -> None:
    """Authors apart, ids in a note."""
    first, _ = read("zotero.csv")
    assert isinstance(first, Document)
    assert first.authors == ("van den Berg, Jo Ann", "Roe, Ann")
    assert first.reference == {
        "doi": "10.1000/nets.1",
        "pmid": "123456",
        "venue": "Journal of Copper Nets",
        "issn": "1234-5678",
        "language": "en",
        "citation_key": "berg2024copper",
    }


def test_a_key_of_a_program_leads_back_to_its_entry() -> None:
    """Zotero's, Rayyan's; the one that a user has given in the note comes first."""
    table = f'Key,Item Type,Title,Abstract Note,Extra\nABCD2345,book,Tin,"{ABSTRACT}",\n'
    table += f'WXYZ6789,book,Zinc,"{ABSTRACT}",Citation Key: poe2023\n'
    assert [one.citation_key for one in rows(table) if isinstance(one, Entry)] == [
        "ABCD2345",
        "poe2023",
    ]
    [one] = rows(f'key,title,abstract\nrayyan-7,Tin,"{ABSTRACT}"\n')
    assert isinstance(one, Entry)
    assert (one.citation_key, one.given_id) == ("rayyan-7", None)


def test_tabs() -> None:
    """Quotation marks that aren't doubled stay; a row may be short; a remark is no abstract."""
    first, second, third = rows((EXPORTS / "papers.tsv").read_text("utf-8"))
    assert isinstance(first, Entry)
    assert (first.abstract, first.repairs) == (
        f'"Cheap" {ABSTRACT}',
        ("quotation marks inside of a cell aren't doubled",),
    )
    assert isinstance(second, Entry)
    assert isinstance(to_document(second), Skipped)
    assert isinstance(third, Entry)
    assert (third.abstract, third.repairs) == (ABSTRACT, ("the row has 2 cells of 3",))


def test_a_workbook() -> None:
    """The sheet with abstracts, below whatever; rows as they are numbered; no point in a year."""
    first, second = read("papers.xlsx")
    assert isinstance(first, Document)
    assert first.abstract == f"{ABSTRACT}\n\nMehr nicht."
    assert (first.doc_id, first.published, first.line) == ("10.1000/nets.1", "2024", 3)
    assert isinstance(second, Skipped)
    assert (second.reason, second.line) == ("“Zinnnetze” has no abstract", 5)


def test_what_was_exported_may_stand_above_the_names_of_columns(tmp_path: Path) -> None:
    """As in a workbook of Dimensions."""
    path = tmp_path / "a.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["Of 2 May, by J. Roe"], ["Title", "Abstract"], ["A", ABSTRACT]]):
            sheet.write_row(at, 0, row)
    [one] = read_documents(load_source(path))
    assert isinstance(one, Document)
    assert (one.title, one.abstract, one.line) == ("A", ABSTRACT, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f'title,abstract\nA,"{ABSTRACT}\nB,{QUOTED}\nC,{QUOTED}\n',
            [(2, None), (3, "B"), (4, "C")],
        ),
        (f'title,abstract\n"A,{QUOTED}\nB,{QUOTED}\n', [(2, None), (3, "B")]),
        (f'title,abstract\nA,{QUOTED}\nB,"never, closed', [(2, "A"), (3, None)]),
        (f'title,abstract\nA,"a, "b" c, "d""\nB,{QUOTED}\n', [(2, "A"), (3, "B")]),
        (f"title,abstract\nA,x,y,z\nB,{QUOTED}\n", [(2, None), (3, "B")]),
        (f"title,abstract\nA,{QUOTED},,\n,,,\n\nB,{QUOTED}\n", [(2, "A"), (5, "B")]),
        (f"\n\ntitle,abstract\n\nA,{QUOTED}\n", [(5, "A")]),
        (f'"Of 2 May, by J. Roe"\nTitle,Abstract\nA,{QUOTED}\n', [(3, "A")]),
        (f"abstract\n{ABSTRACT}\n{QUOTED}\n", [(2, None), (3, None)]),
        (f"sep=;\nOf 2 May\nTitle;Abstract\nA;{QUOTED}\n", [(4, "A")]),
    ],
)
def test_a_bad_row_costs_itself(text: str, expected: list[tuple[int, str | None]]) -> None:
    """What its open quote has swallowed is read anew."""
    found = [(one.line, None if isinstance(one, Skipped) else one.title) for one in rows(text)]
    assert found == expected


def test_what_is_wrong_with_a_row() -> None:
    """Cells too many, or a quote."""
    [(_, many), (_, quote)] = told('title,abstract\nA,x,y,z\nB,"z, y\n')
    assert many == "has 4 cells, where the first row has 2"
    assert quote == "has a quotation mark that isn't closed; double those inside of a cell"


def test_bytes_of_western_europe() -> None:
    """Excel writes them; that they were taken for what they are is told."""
    text = f"Titel;Zusammenfassung\nKäfer;{ABSTRACT}\n".encode("cp1252")
    text += f"Привет;{ABSTRACT}\n".encode("cp1251")
    source = Source("a.csv", content=text, format="csv")
    first, second = load_format("csv").entries(source)
    assert isinstance(first, Entry)
    assert (first.title, len(first.repairs)) == ("Käfer", 1)
    assert isinstance(second, Skipped)
    assert second.line == 3


def test_a_sentence_in_place_of_a_year_is_told() -> None:
    """Its abstract was parted at a comma."""
    [one] = rows(f"title,abstract,year\nA,{ABSTRACT}\n")
    assert isinstance(one, Entry)
    assert one.repairs[0].startswith("“and they are cheap to run.” is no year")


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (f"title,abstract\nA,{QUOTED}\n", "stdin", "csv"),
        (f"id;title;abstract\n1;A;{QUOTED}\n", "stdin", "csv"),
        (f"Title\tYear\tAbstract\nA\t2024\t{ABSTRACT}\n", "stdin", "csv"),
        (f"title|abstract|year\nA|{ABSTRACT}|2024\n", "stdin", "csv"),
        (f"'title','abstract'\n'A','{ABSTRACT}'\n", "stdin", "csv"),
        (f"标题,摘要\nA,{QUOTED}\n", "stdin", "csv"),
        (f'"Of 2 May, by J. Roe"\nTitle,Abstract\nA,{QUOTED}\n', "stdin", "csv"),
        ("", "a.csv", "csv"),
        ("", "a.xlsx", "xlsx"),
        (f"Title, abstract and authors\n\n{ABSTRACT}", "stdin", "text"),
        (f"title, abstract\n\n{ABSTRACT}", "stdin", "text"),
        (f"| title | abstract |\n|---|---|\n| A | {ABSTRACT} |\n", "stdin", "text"),
    ],
)
def test_how_a_table_is_known(head: str, name: str, expected: str) -> None:
    """By the name of a column of abstracts beside others, and a row below it."""
    assert sniff(head.encode(), name) == expected


def test_columns_that_were_guessed_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Unless their names are those of the fields, or Zotero's."""
    caplog.set_level(logging.INFO, "summarise")
    rows(f"title,abstract,DOI\nA,{QUOTED},\n")
    rows(f"Title,Abstract Note,Publication Year\nA,{QUOTED},2021\n")
    assert caplog.messages == []
    rows(f"Résumé,Titre\n{QUOTED},A\n")
    [message] = caplog.messages
    assert message.startswith("a.csv: columns were taken by their names: title=Titre, abstract=R")
    assert message.endswith("; --map says otherwise")


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (
            "Authors\tPublication Date\tPublication Year\tPubmed Id",
            "Roe, A; Doe, J\tMAR 12\t2010\t123",
            (("Roe, A", "Doe, J"), "2010-03-12", "123"),
        ),
        ("AU\tAF\tPY\tPM", "Roe, A\tRoe, Ann\t2010\t123", (("Roe, Ann",), "2010", "123")),
        ("Authors\tPublished Year\tx", "Roe, Ann\t2010\t", (("Roe, Ann",), "2010", None)),
        ("Authors\tYear\tPMID", "Roe, Ann\t2010.0\t123.0", (("Roe, Ann",), "2010", "123")),
        ("Authors\tDate\tPMID", "Roe, Ann\t5/13/2010\t", (("Roe, Ann",), "2010", None)),
        (
            "authorships.author.display_name\tpublication_date\tx",
            "Ann Roe|Jo Doe\t2010-03-12\t",
            (("Ann Roe", "Jo Doe"), "2010-03-12", None),
        ),
        ("Autor/in\tJahr\tx", "Roe, Ann\t2010\t", (("Roe, Ann",), "2010", None)),
    ],
    ids=[
        *("Web of Science", "its tags", "Covidence", "pandas", "Excel in English"),
        *("OpenAlex", "in German"),
    ],
)
def test_columns_of_databases(head: str, row: str, expected: tuple[object, ...]) -> None:
    """A day without a year is one of the year beside it; of what is no date the year is kept."""
    text = f"Title\tAbstract\t{head}\nNets\t{ABSTRACT}\t{row}\n"
    [one] = rows(text)
    assert isinstance(one, Entry)
    assert (one.authors, one.published, one.pmid) == expected


def test_columns_that_the_user_names() -> None:
    """They take precedence; what isn't there is named with what is."""
    text = f"Kopf,Inhalt,title\nA,{QUOTED},B\n"
    assert told(text, {"abstract": "Inhalt"}) == [(2, "B")]
    assert told(text, {"abstract": "inhalt ", "title": "Kopf"}) == [(2, "A")]
    with pytest.raises(
        InputError, match=r"has no column “Text”\. Its columns are Kopf, Inhalt, title"
    ):
        rows(text, {"abstract": "Text"})
    with pytest.raises(
        InputError,
        match=r"known to hold abstracts\. Its columns are Kopf, Inhalt, title: name one with",
    ):
        rows(text)


def test_columns_on_the_command_line() -> None:
    """One flag or several; a comma may stand in the name of a column."""
    expected = {"title": "Titel", "abstract": "Text, kurz", "year": "J"}
    assert parse_columns(["title=Titel,abstract=Text, kurz", "year=J"], "--map") == expected
    for value in ("titel=Titel", "Titel"):
        with pytest.raises(
            SettingsError, match=r"names no field and its column\. Write FIELD=COLUMN"
        ):
            parse_columns([value], "--map")


def test_columns_of_a_batch(tmp_path: Path) -> None:
    """What is named reaches the table."""
    path = tmp_path / "a.csv"
    path.write_text(f"Kopf,Inhalt\nA,{QUOTED}\n")
    batch = read_batch([str(path)], InputOptions(columns={"abstract": "Inhalt", "title": "Kopf"}))
    [one] = batch.entries
    assert isinstance(one, Document)
    assert one.title == "A"


def test_rows_are_read_one_by_one() -> None:
    """However many there are."""

    class Endless(Source):
        def lines(self) -> Iterator[str]:
            yield "title,abstract\n"
            for number in range(4_000):
                yield f"{number},{QUOTED}\n"

    tracemalloc.start()
    count = sum(
        1
        for _ in load_format("csv").entries(Endless("n", content=b"title,abstract\n", format="csv"))
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 500_000


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Writes the workbook anew, with other bytes in its files, and with files that are added."""

    def write(old: bytes, new: bytes, **added: bytes) -> Path:
        path = tmp_path / "changed.xlsx"
        with (
            zipfile.ZipFile(EXPORTS / "papers.xlsx") as given_,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        ):
            for name in given_.namelist():
                made.writestr(name, given_.read(name).replace(old, new))
            for name, content in added.items():
                made.writestr(name, content)
        return path

    return write


def test_a_workbook_cannot_explode(
    changed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by what it unpacks to, nor by a cell that stands far away."""
    for far in ("XFD1048576", "xfd1048576", "&#88;FD1048576"):
        path = changed(b'r="D5"', f'r="{far}"'.encode())
        with pytest.raises(InputError, match="holds a place for more than 10,000,000 cells"):
            list(read_documents(load_source(path)))
    monkeypatch.setattr("summarise.readers.formats.xlsx._MOST", 4 << 20)
    bomb = changed(b"</sheetData>", b"</sheetData>" + b" " * (5 << 20))
    with pytest.raises(InputError, match="holds more than 4 MB when it is unpacked"):
        list(read_documents(load_source(bomb)))


_FAR = b'<row r="200000"><c r="A200000"><v>1</v></c></row></sheetData>'
_REFERENCE = b'<row><c t="s"><v>0</v></c></row>'


@pytest.mark.parametrize(
    ("old", "new", "added", "told"),
    [
        (b"</sheetData>", b"<row>" + b"<c><v>1</v></c>" * 99 + b"</row>" + _FAR, {}, "a place for"),
        (
            b"</sheetData>",
            b"<row><!-- <row> -->" + b"<x:c xmlns:x='x'/><!-- <row> -->" * 99 + b"</row>" + _FAR,
            {},
            "a place for",
        ),
        (
            b"</sheetData>",
            _REFERENCE * 300 + b"</sheetData>",
            {"xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * (1 << 20) + b"</t></si></sst>"},
            "text in its cells",
        ),
        (b"</sheetData>", b"</sheetdata>", {}, "is a damaged workbook"),
        (b"<worksheet", b"<!DOCTYPE worksheet><worksheet", {}, "declares a document type"),
        (b"", b"", {"content.xml": b"<a/>"}, "of another kind than XLSX"),
        (
            b"</sheets>",
            b'<sheet name="A" sheetId="3" r:id="r2"/>' * 9 + b"</sheets>",
            {},
            "names more sheets than it has",
        ),
    ],
)
def test_a_small_workbook_takes_little_memory(
    changed: Callable[..., Path], old: bytes, new: bytes, added: dict[str, bytes], told: str
) -> None:
    """Cells without a place, texts that many cells have, sheets that are there many times."""
    with pytest.raises(InputError, match=told):
        list(read_documents(load_source(changed(old, new, **added))))


def test_texts_that_cells_share_are_read(changed: Callable[..., Path]) -> None:
    """One that is long, beside many that are short, makes no bomb of a workbook."""
    rows = b"".join(
        b'<row><c t="s"><v>%d</v></c><c t="s"><v>%d</v></c></row>' % two
        for two in [(0, 1), *[(2, 2)] * 300, (2, 3)]
    )
    texts = [b"title", b"abstract", b"Tin", b"a" * (1 << 20)]
    shared = b"".join(b"<si><t>%s</t></si>" % one for one in texts)
    old = b'<row r="1"><c r="A1" t="inlineStr"><is><t>made by hand</t></is></c></row>'
    path = changed(old, rows, **{"xl/sharedStrings.xml": b"<sst>" + shared + b"</sst>"})
    found = list(load_format("xlsx").entries(load_source(path)))
    assert len(found) == 303
    lengths = {len(one.abstract or "") for one in found[:301] if isinstance(one, Entry)}
    assert lengths == {3, 1 << 20}


@given(
    data=st.data(), name=st.sampled_from(["papers.csv", "zotero.csv", "papers.tsv", "papers.xlsx"])
)
def test_any_damage_is_survived(data: st.DataObject, name: str) -> None:
    """Whatever bytes are changed: entries, or one error of one line."""
    content = bytearray((EXPORTS / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 20))
        marks = st.sampled_from([b'"', b",", b";", b"\t", b"\n", b"\r", b'""'])
        content[place : place + length] = data.draw(st.one_of(st.binary(max_size=4), marks))
    format_ = "xlsx" if name.endswith("xlsx") else "csv"
    source = Source("n", content=bytes(content), format=format_)
    found: list[Document | Skipped] = []
    error = ""
    try:
        found.extend(read_documents(source))
    except InputError as refused:
        error = str(refused)
    assert found or error
    assert "\n" not in error
