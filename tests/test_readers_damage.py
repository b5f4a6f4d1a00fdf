"""Damaged exports: what is read of them breaks no rule, whatever was done to them."""

from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks.damage import Whole, damage, faults, mutants
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import FORMATS
from tests.exports import ABSTRACT, EXPORTS


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
