"""Atom: what arXiv answers, an error and nothing at all included."""

import json
from dataclasses import replace

import pytest
from hypothesis import given

from summarise.errors import InputError
from summarise.readers import load_source, read_documents
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, read_all, survives

NETS = EXPORTS / "nets.atom"
TEXT = NETS.read_text(encoding="utf-8")
HEAD, TAIL = TEXT.partition("  <entry>")[0], "</feed>\n"


def test_metadata_is_kept_whole() -> None:
    """Identifiers, names, the page rather than the file; a version is no part of an id."""
    copper, tin = documents_of(NETS)
    assert (copper.doc_id, copper.line) == ("10.1000/nets.2024.12", 7)
    assert copper.title == "Copper Nets at a Third of the Energy"
    assert copper.authors == ("Ann Roe", "Jo Doe")
    assert (copper.published, copper.url) == ("2024-01-02", "https://arxiv.org/abs/2401.00123v2")
    assert copper.reference == {
        "doi": "10.1000/nets.2024.12",
        "arxiv": "2401.00123",
        "venue": "J. Metal Nets 12 (2024) 101",
    }
    assert (tin.doc_id, tin.reference) == ("arXiv:hep-th/9901001", {"arxiv": "hep-th/9901001"})


def test_an_abstract_keeps_its_paragraphs_and_loses_its_wraps() -> None:
    """arXiv indents a paragraph; formulas stay as they are."""
    assert documents_of(NETS)[0].abstract == (
        "Copper nets are cheap to train, and cost $O(n \\log n)$ < 4 hours. We train four of them "
        "on LoomSet.\n\nThey need 34% of the energy of iron nets, & forget no more."
    )


def test_letters_that_were_decoded_twice_are_read_as_they_were() -> None:
    """In names and texts, as an export does that was wrapped in JSON; and it is said."""
    feed = TEXT.replace("Ann Roe", "BetÃ¼l Roe", 1).replace("Copper nets are", "KrÃ¤ftige nets are")
    for content, name in ((feed, "a.atom"), (json.dumps({"body": feed}), "a.json")):
        copper, tin = entries_of(content, name)
        assert copper.authors == ("Betül Roe", "Jo Doe")
        assert "Kräftige nets are" in (copper.abstract or "")
        told = "its abstract and authors held letters that were decoded twice; read as one"
        assert (copper.repairs, tin.repairs) == ((told,), ())


def test_an_error_is_named() -> None:
    """arXiv answers a bad request with an entry that is none."""
    error = (
        "<entry><id>https://arxiv.org/api/errors#bad</id><title>Error</title>"
        "<summary>incorrect id format for abc</summary></entry>"
    )
    found, [fault] = read_all(HEAD + error + TAIL, "a.xml")
    assert found == []
    assert fault.reason == "arXiv answered with an error: incorrect id format for abc"
    [*_, after] = read_all(TEXT.replace(TAIL, error + TAIL), "a.xml")[0]
    assert after.title == "Tin strings"


def test_an_empty_feed_is_said_to_be_empty(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A search without results is no paper."""
    path = tmp_path_factory.mktemp("feed") / "feed.xml"
    path.write_text(HEAD + TAIL)
    with pytest.raises(InputError, match="no abstract found: read as atom, looking for entries"):
        list(read_documents(load_source(path)))


@pytest.mark.parametrize(
    "summary",
    [
        f"<summary type='html'>&lt;p&gt;{ABSTRACT}&lt;/p&gt;</summary>",
        f"<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{ABSTRACT}</div></summary>",
        f"<content type='html'><![CDATA[<p>{ABSTRACT}</p>]]></content>",
        f"<atom:summary xmlns:atom='http://www.w3.org/2005/Atom'>{ABSTRACT}</atom:summary>",
    ],
)
def test_markup_of_other_feeds_is_no_text(summary: str) -> None:
    """Where the feed says that a text is HTML, its tags go."""
    text = f"{HEAD}<entry><id>urn:x</id><title>Nets</title>{summary}</entry>{TAIL}"
    [one] = entries_of(text, "a.xml")
    assert (one.title, one.abstract, one.arxiv, one.url) == ("Nets", ABSTRACT, None, None)


def test_answers_that_are_kept_in_json() -> None:
    """A program keeps what it was answered: one object, one a line, or inside of another."""
    one = {"url": "https://example.org", "status_code": 200, "body": TEXT}
    plain = [replace(entry, line=0, source="") for entry in entries_of(TEXT, "a.atom")]
    for text in (
        json.dumps(one, indent=2),
        json.dumps(one).replace("/", "\\/").replace("<", "\\u003c"),
        json.dumps({"response": one}),
        json.dumps([one]),
    ):
        assert [replace(entry, line=0, source="") for entry in entries_of(text, "a.json")] == plain
    lines = json.dumps(one) + "\n" + json.dumps(one | {"body": "Not Found"}) + "\n"
    found, [fault] = read_all(lines, "a.jsonl")
    assert ({entry.line for entry in found}, len(found)) == ({1}, len(plain))
    assert (fault.line, fault.reason) == (2, "it holds no feed")
    [fault] = read_all(json.dumps(one | {"body": f"{HEAD}<entry><id>"}), "a.json")[1]
    assert fault.reason == "<entry> isn't closed; the file may have been cut short"


def test_commands_of_tex_are_no_text() -> None:
    """arXiv's authors write some; braces, `~` and `%` that belong to none are text."""
    entry = (
        r"<entry><id>http://arxiv.org/abs/2401.00123v1</id><title>G\"odel {1,2} nets</title>"
        r"<summary>The \emph{copper} problem of~$x_{1}$ takes ~30\% of {\it E. coli} nets, a % of "
        r"them, R^{+1.3}_{-0.5}; \foo{a} is as \cite{Roe} has it.</summary></entry>"
    )
    [one] = entries_of(HEAD + entry + TAIL, "a.xml")
    assert one.title == "Gödel {1,2} nets"
    assert one.abstract == (
        r"The copper problem of $x_{1}$ takes ~30% of E. coli nets, a % of them, R^{+1.3}_{-0.5}; "
        r"\foo{a} is as [Roe] has it."
    )
    [other] = entries_of(HEAD + entry.replace("arxiv.org/abs", "example.org") + TAIL, "a.xml")
    assert other.title == r"G\"odel {1,2} nets"


@given(mutants(NETS.read_bytes()))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "nets.atom", "atom")
