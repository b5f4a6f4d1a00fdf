"""BibTeX: whole entries, damaged ones, and LaTeX as the text that it stands for."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import InputError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import Source, load_format, load_source, read_documents
from summarise.readers.entry import Entry
from summarise.readers.latex import latex_to_text, unknown_commands

NETS = Path(__file__).parent.parent / "fixtures" / "exports" / "nets.bib"
ABSTRACT = "Copper nets are cheap to train, and we measure what they cost to run on four looms."


def read(text: str) -> list[Entry | Skipped]:
    return list(load_format("bibtex").entries(Source("nets.bib", content=text.encode())))


def entry(text: str) -> Entry:
    [one] = read(text)
    assert isinstance(one, Entry), one
    return one


def fault(text: str) -> str:
    [one] = read(text)
    assert isinstance(one, Skipped)
    return one.reason


def test_the_fixture() -> None:
    """Metadata is whole, an entry has its line, and each entry is a document or told of."""
    found = list(read_documents(load_source(NETS)))
    first, second, third, book, volume = found
    assert isinstance(first, Document)
    assert first.doc_id == "10.1000/nets.1"
    assert first.title == "Copper Nets in Fens: A Trial"
    assert first.authors == ("Roe, Ann", "Müller, Jörg", "The Fen and Marsh Group")
    assert first.published == "2024-03"
    assert first.url == "https://example.org/nets_1"
    assert first.reference == {
        "doi": "10.1000/nets.1",
        "venue": "Journal of Copper Nets",
        "language": "english",
        "citation_key": "roe2024fen",
    }
    assert first.abstract == (
        "METHODS: We trained four nets on LoomSet and cut the cost by 50% & more, at "
        "$p_{0} < 0.05$ (<3 hours for Škoda's net).\n\n"
        "RESULTS: Copper nets need 10⁻³ of the energy of iron nets."
    )
    assert isinstance(second, Document)
    assert (second.title, second.authors) == ("Tin Nets Are Cheap", ("Jo Doe", "Al Poe"))
    assert (second.doc_id, second.published) == ("arXiv:2301.00042", "2023")
    assert second.reference.get("venue") == "Proceedings of Nets"
    assert 'them "cheap" on' in second.abstract
    assert isinstance(third, Document)
    assert (third.doc_id, third.published) == ("arXiv:2201.00007", "2022-01-05")
    assert third.abstract.endswith("12 nets (in all).")
    assert isinstance(book, Skipped)
    assert (book.kind, book.reason) == (SkipKind.NO_ABSTRACT, "“A Book of Nets” has no abstract")
    assert isinstance(volume, Document)
    assert [one.line for one in found] == [7, 25, 34, 46, 52]


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("title={One} abstract={AA},\n year={2000}\n}", "a comma is missing before “abstract”"),
        ("title={One}},\n abstract={AA},\n year={2000}\n}", "a brace too many after “title”"),
        ("title={One},\n abstract={AA},\n year={2000}\n", "its closing brace is missing"),
        ("title={One},, abstract={AA}, year={2000}}", None),
        ("title={One},\n abstract={AA},\n year={2000}}\n}", None),
        (
            "title={One}, abstract={AA}, year={2000}, title={Two}}",
            "of several fields “title” the first was taken",
        ),
        ("title={One}, abstract={AA}, Year={2000}, Title={One}}", None),
        (
            "title={One}, abstract={AA}, year={2000}, journal=jacs}",
            "the abbreviation “jacs” isn't defined; it stands for itself",
        ),
    ],
)
def test_a_damaged_entry_is_repaired_and_says_so(text: str, repair: str | None) -> None:
    """Nothing of it is lost, whatever libraries would lose of it."""
    one = entry(f"@article{{key,\n {text.replace('AA', ABSTRACT)}\n")
    assert (one.title, one.abstract, one.published) == ("One", ABSTRACT, "2000")
    assert one.citation_key == "key"
    assert one.repairs == ((repair,) if repair else ())


@pytest.mark.parametrize(
    ("text", "title", "repairs"),
    [
        ("@misc{10.1002/(SICI)1097(199)17:15<16::A>3.0.CO;2-2, title={A}}", "A", ()),
        ("@misc{k, Date Added = {2024}, title={A}}", "A", ()),
        ("@misc{k,\n% note = {x},\n title={A}, % the title\n %year={1}\n}", "A", ()),
        (
            '@misc{k, title="A "good" net", year=2000}',
            'A "good" net',
            ("quotation marks stand inside of a value in quotation marks",),
        ),
        (
            "@misc{k, title={A <i>good</i> net \\&amp; more}}",
            "A good net & more",
            ("its title held markup, which is left out",),
        ),
    ],
)
def test_what_programs_write(text: str, title: str, repairs: tuple[str, ...]) -> None:
    """Keys with brackets, names with spaces, comments of Biber, tags of publishers."""
    one = entry(text)
    assert (one.title, one.repairs) == (title, repairs)


def test_journals_of_astronomy() -> None:
    """Abbreviated by commands that only their styles define."""
    assert entry(r"@misc{k, journal={\mnras}}").venue.startswith("Monthly Notices")  # type: ignore[union-attr]


def test_bytes_of_western_europe() -> None:
    """Old files have them; they are read, and that is told. Others cost their entry alone."""
    text = f"@misc{{k, title={{Müller – “x”}}, abstract={{{ABSTRACT}}}}}\n".encode("cp1252")
    other = f"@misc{{b, title={{Привет}}, abstract={{{ABSTRACT}}}}}\n".encode("cp1251")
    source = Source("n", content=text + other + b"@misc{c, title={C}}", format="bibtex")
    first, second, third = load_format("bibtex").entries(source)
    assert isinstance(first, Entry)
    assert first.title == "Müller – “x”"
    assert first.repairs == (
        "bytes that aren't UTF-8 were read as Western European (Windows-1252)",
    )
    assert isinstance(second, Skipped)
    assert second.reason.startswith("isn't UTF-8; convert the file to it")
    assert isinstance(third, Entry)


def test_an_escaped_brace_in_a_formula_closes_nothing() -> None:
    r"""``{The 396$\{2}$ chip}`` has its braces in pairs, as BibTeX counts them."""
    one = entry(f"@article{{k, title={{The 396$\\{{2}}$ chip}}, abstract={{{ABSTRACT}}}}}")
    assert (one.title, one.abstract, one.repairs) == ("The 396$\\{2}$ chip", ABSTRACT, ())


def test_an_escaped_brace_alone_is_not_counted() -> None:
    r"""BibTeX would count ``\{``, and the entry would have no end."""
    one = entry(f"@article{{k, title={{Sets \\{{a}}, abstract={{{ABSTRACT}}}}}")
    told = "its braces don't match; escaped ones were not counted"
    assert (one.title, one.abstract, one.repairs) == ("Sets {a", ABSTRACT, (told,))
    one = entry("@misc{k, title={Sets \\{a},\n note={b}\n journal\\={c}}")
    assert one.title == "Sets {a"
    assert one.repairs == (told, "a comma is missing before “journal\\”")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title={One,\n abstract={AA},\n}", "its “title” isn't closed before “abstract={”"),
        ("title={One,\n abstract={AA}}},\n}", "its “title” isn't closed before “abstract={”"),
        ('title="One year = "2000, abstract={AA}', "has a value that isn't closed: “One year = "),
        ('title="One year = "2000", abstract={AA}}', "its “title” isn't closed before “year = \""),
        ('title="One, abstract={AA}', "has a value that isn't closed: “One, abstract="),
        ("title {One},\n abstract={AA}}", "is damaged at “title {One}, abstract="),
        ("title={One}}}\n abstract={AA}}", "is closed before “abstract={”; mend it"),
        ("title= ={One}, abstract={AA}}", "has a field without a value at “={One}"),
    ],
)
def test_what_cannot_be_repaired_is_named(text: str, reason: str) -> None:
    """Where nothing tells which text belongs to which field, none is guessed; others are read."""
    damaged = f"@article{{key,\n {text.replace('AA', ABSTRACT)}\n"
    assert fault(damaged).startswith(reason)
    whole = f"@misc{{b, title={{Two}}, abstract={{{ABSTRACT}}}}}\n"
    before, bad, after = read(whole + damaged + whole)
    assert isinstance(before, Entry)
    assert isinstance(bad, Skipped)
    assert isinstance(after, Entry)
    assert (before.line, bad.line, after.line) == (1, 2, 2 + damaged.count("\n"))


def test_entries_in_any_dress() -> None:
    """Brackets, white space, case and what stands between entries differ by program."""
    body = f"title = {{One}}, abstract = {{{ABSTRACT}}}"
    for text in (
        f" @ Article  {{ k , {body} }}",
        f"@article\n{{k,\n{body}\n}}",
        f"@article(k, {body})",
        f"\ufeff@article{{k,\r\n{body}\r}}",
        f"@article{{k, {body}}} and prose behind it, with an @ and an = in it",
        f"Prose first. @article{{k, {body}}}",
        f"@comment{{none of this}}\n@article{{k, {body}}}",
        f"% @article{{old,\n%  {body} }}\n@article{{k, {body}}}",
    ):
        one = entry(text)
        assert (one.title, one.abstract, one.citation_key) == ("One", ABSTRACT, "k")
    first, second = read(f"@misc{{a, {body}}}, @misc{{b, {body}}}")
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert (first.citation_key, second.citation_key) == ("a", "b")


def test_abbreviations_do_not_explode() -> None:
    """Each twice the last: what they stand for isn't made."""
    bomb = '@string{a0 = "xxxxxxxxxx"}\n'
    bomb += "".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}\n" for n in range(1, 60))
    one = entry(f"{bomb}@misc{{k, title=a59, abstract={{{ABSTRACT}}}}}")
    assert len(one.title or "") < 2_000


def test_many_parts_take_no_square_of_the_time() -> None:
    """A value may be joined of any number of parts."""
    one = entry(f"@misc{{k, title = {'1 # ' * 200_000}1}}")
    assert one.title == "1" * 200_001


def test_an_endless_entry_is_not_held() -> None:
    """What isn't closed in a megabyte is no entry; the next one is read."""
    endless = "@article{a, title={" + "word\n" * 300_000
    bad, good = read(f"{endless}@misc{{b, title={{Two}}, abstract={{{ABSTRACT}}}}}")
    assert isinstance(bad, Skipped)
    assert bad.reason == "is longer than 1,048,576 characters, as no entry is; close it"
    assert isinstance(good, Entry)
    assert good.line == 300_001


def test_inheritance() -> None:
    """What an entry lacks comes from what it names, in several steps and above it or below."""
    text = (
        "@inproceedings{a, title={One}, crossref={B}}\n"
        "@proceedings{b, title={Talks}, crossref={c}, abstract={Of the volume.}}\n"
        "@book{c, year={2001}, publisher={Net Press}, crossref={b}}\n"
    )
    first, *_ = read(text)
    assert isinstance(first, Entry)
    assert (first.venue, first.published, first.abstract) == ("Talks", "2001", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("date={2024-12-23}", "2024-12-23"),
        ("year={2024}, month=dec, day={23}", "2024-12-23"),
        ("year={2024}, month={12}", "2024-12"),
        ("year=2024, month={December}", "2024-12"),
        ('year={2024}, month=jan # "~5"', "2024-01-05"),
        ("year={2024}, month={jan--feb}", "2024"),
        ("date={2024~}", "2024"),
        ("year={in press}", None),
        ("year={in press, 2010}", "2010"),
        ("year={c2010}", "2010"),
        ("year={[2010b]}", "2010"),
        ("year={2010--2012}, month={09}", "2010"),
        ("date={2021-21}", "2021"),
        ("date={1988?}", "1988"),
    ],
)
def test_dates(fields: str, expected: str | None) -> None:
    """The most precise one that is a date."""
    assert entry(f"@misc{{k, {fields}}}").published == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("doi={10.1000/A\\_B}", ("10.1000/A_B", None, None, None)),
        ("doi={http://doi.example.org/10.1000/x}", ("10.1000/x", None, None, None)),
        ("eprint={hep-th/9901001}", (None, "hep-th/9901001", None, None)),
        ("journal={CoRR}, volume={abs/2301.00042}", (None, "2301.00042", None, None)),
        ("note={arXiv:2301.00042 [cs]}", (None, "2301.00042", None, None)),
        ("eprint={123}, eprinttype={pubmed}", (None, None, "123", None)),
        ("pmid={123}", (None, None, "123", None)),
    ],
)
def test_identifiers(fields: str, expected: tuple[str | None, ...]) -> None:
    """Wherever programs put them."""
    one = entry(f"@misc{{k, {fields}}}")
    assert (one.doi, one.arxiv, one.pmid, one.acl) == expected


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("cost 50% lower {x}", "cost 50% lower x"),
        (r"a & b # c \emph{d}", "a & b # c d"),
        (r"cost 50% lower & more \cite{k}", "cost 50% lower & more [k]"),
        (r"p {\textless} 0.05 and \textgreater{} 2", "p < 0.05 and > 2"),
        (r"costs $5 per \textit{unit}", "costs $5 per unit"),
        (r"\textit{a $x_{1}$ {b} c\%}", "a $x_{1}$ b c%"),
        (r"\(x_{1}\) and \begin{equation}y\end{equation}", None),
        (r"M{\"u}ller, {\O}re, \'{\i}, {\v S}, \c{c}", "Müller, Øre, í, Š, ç"),
        (r"10\textsuperscript{-3} m\textsuperscript{2}, 1\textsuperscript{st}", "10⁻³ m², 1st"),
        (r"{\~{}}5, \_, \textbackslash{}alpha, \{x\}", r"~5, _, \alpha, {x}"),
        (r"\SI{5}{\kilo\metre} {of} \foo bar", r"\SI{5}{\kilo\metre} of \foo bar"),
        (r"``a'' -- {b}~c", "“a” – b c"),
        ("``a'' -- 50% & ~b, 5~10, a ~5", None),
        ("A.~Roe, Fig.~2, vom~-- zum", "A. Roe, Fig. 2, vom -- zum"),
        (r"\href{http://a}{text}\footnote{note}", "text [note]"),
        (r"\noopsort{b}Beta", "Beta"),
        (r"{!`}Qu\'e? ?`Por qu\'e?", "¡Qué? ¿Por qué?"),
        (r"a \{\vphantom{\}}b at 10$^{\textrm{-3}}$", "a {b at 10⁻³"),
        (r"D\\'ecoret, {\\\"o}", "Décoret, ö"),
        (r"the 5\({}^{\mbox{th}}\) e\({}^{\mbox{2}}\)s of CO$_{\textrm{2}}$", "the 5th e²s of CO2"),
        (
            r"p {$<$} 0.05, {$\geq$}2 {$\mu$}g, 5 {$\pm$} 1 {$\log$} {{$<$}}",
            r"p < 0.05, ≥2 μg, 5 ± 1 $\log$ $<$",
        ),
        ("{unclosed", "unclosed"),
    ],
)
def test_latex(latex: str, text: str | None) -> None:
    """What pylatexenc would drop stays: `%`, `<`, exponents, and commands that it doesn't know."""
    assert latex_to_text(latex) == (latex if text is None else text)


@pytest.mark.parametrize(
    ("fields", "title", "authors"),
    [
        ("title={A}, subtitle={B}", "A: B", ()),
        ("title={Why A?}, subtitle={B}", "Why A? B", ()),
        ("subtitle={B}", "B", ()),
        (
            "title={A}, author={family=Cruz, prefix=de la, given=Ann and given=Jo, family=Roe}",
            "A",
            ("de la Cruz, Ann", "Roe, Jo"),
        ),
        ("title={A}, author={family=Roe, suffix=Jr., given=Al}", "A", ("Roe, Jr., Al",)),
        ("title={A}, author={x=y and {E=mc Group}}", "A", ("x=y", "E=mc Group")),
    ],
)
def test_what_biblatex_has(fields: str, title: str, authors: tuple[str, ...]) -> None:
    """A subtitle is part of the title; the parts of a name may be told by their own."""
    one = entry(f"@misc{{k, {fields}, abstract={{{ABSTRACT}}}}}")
    assert (one.title, one.authors) == (title, authors)


def test_parentheses_may_enclose_an_entry() -> None:
    """As braces do; those of its values count for nothing."""
    one = entry(f'@misc (k, title = "A (good) net", abstract = {{({ABSTRACT})}}, year = 2000)')
    assert (one.title, one.abstract, one.repairs) == ("A (good) net", f"({ABSTRACT})", ())


def test_unknown_commands_are_told() -> None:
    """They stay as they are written, and the entry says so."""
    assert unknown_commands(r"\emph{a} \foo{b} $\bar x$ \foo \'e") == (r"\foo",)
    one = entry(r"@misc{k, title={A \foo{b} net}}")
    assert one.title == r"A \foo{b} net"
    assert one.repairs == (r"LaTeX that isn't known stays as it is: \foo",)


def test_nothing_is_imported_until_it_is_needed() -> None:
    """No library for plain entries, pylatexenc for LaTeX alone."""
    code = (
        "import sys; from summarise.readers import load_format, Source\n"
        "text = {text!r}.encode()\n"
        "list(load_format('bibtex').entries(Source('n', content=text)))\n"
        "print({{'pylatexenc'}} & set(sys.modules) or 'none')"
    )
    for text, expected in (
        ("@misc{a, title={{Plain} text}, abstract={50% of it}}", "none"),
        ("@misc{a, title={J\\'e}}", "{'pylatexenc'}"),
    ):
        told = subprocess.run(
            [sys.executable, "-c", code.format(text=text)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert told.stdout.strip() == expected


@given(data=st.data())
def test_any_damage_is_survived(data: st.DataObject) -> None:
    """Whatever bytes are changed: entries or one error of one line, and no title is an entry."""
    content = bytearray(NETS.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 40))
        content[place : place + length] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b"{", b"}", b"@", b'"', b",", b"\\"]))
        )
    found: list[Document | Skipped] = []
    try:
        found.extend(read_documents(Source("n", content=bytes(content), format="bibtex")))
    except InputError as error:
        told = str(error)
    else:
        told = ""
    assert "\n" not in told
    for one in found:
        title = one.title if isinstance(one, Document) else None
        assert "abstract" not in (title or "").lower()
