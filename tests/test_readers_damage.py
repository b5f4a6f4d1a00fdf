"""Damaged exports: what is read of them breaks no rule, whatever was done to them."""

from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks.damage import Whole, damage, faults, mutants
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import FORMATS
from tests.exports import ABSTRACT, EXPORTS, entries_of, read_all


@pytest.mark.parametrize("name", sorted(path.name for path in EXPORTS.iterdir()))
def test_no_mutant_breaks_a_rule(tmp_path: Path, name: str) -> None:
    """Read or refused in one line; no title is markup, and none stands in another paper unsaid."""
    assert [*damage(EXPORTS / name, 25, "test", tmp_path)] == []


def test_broken_rules_are_seen() -> None:
    """What the rules are there for."""

    def document(title: str, abstract: str, *repairs: str) -> Document:
        return Document(doc_id="a", title=title, abstract=abstract, repairs=repairs, source="a")

    def broken(*found: Document | Skipped) -> list[str]:
        return [fault.rule for fault in faults([*found], Whole(2, ("Copper Nets Are Cheap",)))]

    assert broken(document("Copper Nets Are Cheap", ABSTRACT)) == []
    for title in ("TI  - Nets", "@misc{k, title={x}", "<i>Nets</i>", 'x "title": y', "a &amp; b"):
        assert broken(document(title, ABSTRACT)) == ["a title is no markup"]
    swallowed = f"{ABSTRACT}\nCopper Nets Are Cheap"
    assert broken(document("Tin", swallowed)) == ["no entry is swallowed"]
    assert broken(document("Tin", swallowed, "said")) == []

    def vanished(*found: Document | Skipped) -> list[str]:
        text = "title = {Copper Nets Are Cheap}"
        return [one.rule for one in faults([*found], Whole(2, ("Copper Nets Are Cheap",)), text)]

    assert vanished(document("Tin", ABSTRACT)) == ["no entry vanishes"]
    assert vanished(document("Tin", ABSTRACT, "mended")) == []
    told = Skipped(source="a", line=1, kind=SkipKind.UNREADABLE, reason="it is damaged")
    assert vanished(document("Tin", ABSTRACT), told) == []
    assert vanished(document("Copper Nets Are Cheap", ABSTRACT)) == []
    two_lines = Skipped(source="a", line=1, kind=SkipKind.UNREADABLE, reason="a\nb")
    assert broken(two_lines) == ["a reason has one line"]
    assert [fault.rule for fault in faults("a\nb", Whole(2, ()))] == ["an error has one line"]


def test_mutants_are_the_same_for_the_same_seed() -> None:
    """So that one that breaks a rule can be made again."""
    content = ABSTRACT.encode()
    first, again, other = (
        [next(made) for _ in range(20)]
        for made in (mutants(content, "1"), mutants(content, "1"), mutants(content, "2"))
    )
    assert first == again != other


@pytest.mark.parametrize("name", FORMATS)
def test_each_reader_can_be_fed(name: str) -> None:
    """Exports of its own, cut short: read or refused."""
    for content in fuzz.seeds(name):
        for part in (content, content[: len(content) // 2], b"", b"\0"):
            fuzz.feed(name, part)


def test_a_broken_reader_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that isn't a refusal ends the feeding."""
    monkeypatch.setattr(fuzz, "read_documents", lambda source: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fuzz.feed("ris", b"TY  - JOUR\nER  - \n")


LOST = [
    # What lost the line or mark that opens it is told where it stands, whatever the format.
    ("a.bib", "@misc{k, title={Tin}}\nmisc{l,\n title = {Nets},\n}", "belongs to no entry, and"),
    ("a.bib", "{l,\n title = {Nets}}\n@misc{k, title={Tin}}", "belongs to no entry, and looks"),
    ("a.bib", "{l,\n title = {Nets}} @misc{k, title={Tin}}", "belongs to no entry, and looks"),
    (
        "a.xml",
        f"<PubmedArticleSet><X>{ABSTRACT}</PubmedArticle></PubmedArticleSet>",
        "starts witho",
    ),
    (
        "a.json",
        '{"message":\n{"items": ["DOI": "10.1000/1", "title": ["Nets"]}, {"DOI": "10.1000/2"}]}}',
        "an object starts without its brace; nothing of it was read",
    ),
]


@pytest.mark.parametrize(("name", "text", "reason"), LOST)
def test_an_entry_that_lost_its_beginning_is_told(name: str, text: str, reason: str) -> None:
    """It counts as unreadable, and those beside it are read."""
    format_ = {"a.xml": "pubmed_xml", "a.json": "crossref"}.get(name)
    _, faults = read_all(text, name, format_)
    assert [one.reason[: len(reason)] for one in faults] == [reason]


def test_an_item_of_a_listing_that_lost_its_id_is_read() -> None:
    """By its label, above the first one and below another one."""
    listing = (EXPORTS / "arxiv_listing.txt").read_text("utf-8")
    for lost in (
        "[1] arXiv:2401.00123 [pdf, html, other]\n",
        "[3] arXiv:2401.00125 [pdf, other]\n",
    ):
        found = entries_of(listing.replace(lost, ""), "a.txt", "arxiv_text")
        assert len(found) == 3
        assert [one.repairs for one in found if one.arxiv is None] == [
            ("it starts without its id",)
        ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ris", "TY  - JOUR\nTI  - Nets\nTI  - Tin\nER  - \n"),
        ("a.isi", "FN ISI\nVR 1.0\nPT J\nTI Nets\nSO J\nTI Tin\nER\n"),
        ("a.enw", "%0 Journal Article\n%T Nets\n%D 2000\n%T Tin\n"),
    ],
)
def test_two_entries_that_became_one_are_told(name: str, text: str) -> None:
    """A second title is left out, and said."""
    [one] = entries_of(text, name)
    assert (one.title, one.repairs) == ("Nets", ("of its 2 titles the first was taken",))


@pytest.mark.parametrize(
    ("title", "left"), [("Tin <i>nets>", "Tin nets>"), ("Tin</nets > at 5 < 6", "Tin at 5 < 6")]
)
def test_a_part_of_an_element_is_no_title(title: str, left: str) -> None:
    """Whatever damage has left of it."""
    [one] = entries_of(f"TY  - JOUR\nTI  - {title}\nER  - \n", "a.ris")
    assert one.title == left
    assert len(one.repairs) == 1
