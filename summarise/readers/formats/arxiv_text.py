"""arXiv's pages, as text copied from a browser: a paper's page, a listing, a search.

A paper's page holds “[Submitted on …]”, then title, authors, abstract and a table of facts. An item
of a listing or a search opens with its id (“arXiv:2401.00123 [pdf, html]”); lines may be labelled
or not, and many listings hold no abstracts at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import LARGEST, Entry, one_line, skipped, split_names, to_edtf
from summarise.readers.latex import tex_to_text
from summarise.readers.signs import all_of, head_of, holds, one_of
from summarise.readers.source import Source

_ITEM = (
    r"\s{0,9}(?:\[?[0-9]{1,5}[\].]\s{0,9})?arXiv:([a-z.-]{0,20}/?[0-9.]{7,10})(?:v[0-9]+)?"
    r"\s.{0,80}?\[[^\]]{0,60}\b(?:pdf|ps|other)\b"
)
_SUBMITTED = r"\s{0,9}\[Submitted on ([0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})"
_IS_ARXIV = one_of(all_of(holds(_SUBMITTED), holds(r"\s*(?:Subjects|Cite as):")), holds(_ITEM))
_OPENS = re.compile(f"{_ITEM}|{_SUBMITTED}")
_LABEL = re.compile(
    r"(Title|Authors?|Abstract|Comments?|Subjects?|Cite as|Journal[- ]ref(?:erence)?"
    r"|(?:Related )?DOI|Report[- ](?:no|number)|(?:MSC|ACM)[- ]class(?:es)?)\.?\s?:\s{0,9}(.*)",
    re.DOTALL,
)
# What a page shows around its papers.
_MENU = re.compile(
    r"(?:view |download )?(?:a )?(?:pdf|html|tex source|postscript|other formats)"
    r"(?: \(experimental\)| of the paper titled .*)?|view license|\(or arXiv:.*|focus to learn more"
    r"|https://doi\.org/10\.48550/\S+|arXiv-issued doi .*|\(?showing .*|total of [0-9]+ entries.*"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, [0-9]{1,2} [a-z]+ [0-9]{4}.*|expand"
    r"|(?:new|cross|replacement) (?:submissions|lists).*|[▽△] ?(?:more|less)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"Submission history|Submitted [0-9]{1,2} [A-Z][a-z]+, [0-9]{4}|Access Paper"
    r"|References & Citations|Current browse context|Bibliographic and Citation Tools"
    r"|Which authors of this paper"
)
_AUTHORS = ("authors", "author")
_ORIGINALLY = re.compile(r"Submitted ([0-9]{1,2} [A-Z][a-z]+, [0-9]{4})")
_CITED = re.compile(r"arXiv:([a-z.-]{0,20}/?[0-9.]{7,10})", re.IGNORECASE)
_CUT = re.compile(r"(?:…\s*)?▽ ?More\Z")
_LESS = re.compile(r"△ ?Less\Z")
_AFFILIATION = re.compile(r"\s*\((?:[^()]|\([^()]{0,200}\)){0,400}\)")


@dataclass(slots=True)
class _ArxivPaper:
    """What was read of a paper, and where in it the next line belongs."""

    line: int
    arxiv: str | None = None
    date: str | None = None
    values: dict[str, list[str]] = field(default_factory=dict)
    at: str = ""
    size: int = 0
    repairs: tuple[str, ...] = ()

    def take(self, text: str) -> None:
        self.size += len(text)
        if self.size > LARGEST or self.at == "end" or _MENU.fullmatch(text):
            return
        if _ENDS.match(text):
            self.at = "end"
            if found := _ORIGINALLY.match(text):
                self.date = to_edtf(found[1])
            return
        found = _LABEL.match(text)
        self.at = found[1].lower().replace("-", " ") if found else self._next()
        value = found[2] if found else text
        self.values.setdefault(self.at, []).extend([value] if value else [])

    def _next(self) -> str:
        """The field of a line without a label."""
        above = self.values.get(self.at, [])
        goes_on = self.at and (not above or (self.at in _AUTHORS and above[-1].endswith(",")))
        if goes_on or "abstract" in self.values:
            return self.at
        if "title" not in self.values:
            return "title"
        has_authors = any(one in self.values for one in _AUTHORS)
        return "abstract" if has_authors or self.at != "title" else "authors"

    def text(self, *names: str) -> str:
        """The value of the first of some fields that has one, on one line."""
        return next(
            (one_line(" ".join(self.values[one])) for one in names if self.values.get(one)), ""
        )

    def entry(self, name: str) -> Entry | Skipped:
        if self.size > LARGEST:
            return skipped(name, self.line, f"the entry is longer than {LARGEST >> 20} MB")
        abstract = _LESS.sub("", "\n".join(self.values.get("abstract", ())).rstrip()).rstrip()
        is_cut = _CUT.search(abstract) is not None
        cited = _CITED.search(self.text("cite as"))
        return Entry(
            name,
            self.line,
            title=tex_to_text(self.text("title")),
            abstract=tex_to_text(_CUT.sub("", abstract)),
            doi=self.text("related doi", "doi"),
            arxiv=self.arxiv or (cited[1] if cited else None),
            venue=self.text("journal reference", "journal ref") or None,
            authors=split_names(_AFFILIATION.sub("", self.text(*_AUTHORS))),
            published=self.date,
            repairs=(
                *self.repairs,
                *(("its abstract is cut short on the page (“More”)",) if is_cut else ()),
            ),
        )


def _begins_item(text: str, paper: _ArxivPaper | None) -> bool:
    """Whether a label stands where an item has to have begun before, whose first line is lost."""
    found = _LABEL.match(text)
    if found is None or (paper is not None and paper.at == "end"):
        return False
    if paper is None:
        return True
    has_all = "abstract" in paper.values and any(one in paper.values for one in _AUTHORS)
    label = found[1].lower()
    return "title" in paper.values if label == "title" else has_all and label in _AUTHORS


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    paper: _ArxivPaper | None = None
    above: list[str] = []
    for number, line in enumerate(source.lines(), 1):
        if found := _OPENS.match(line):
            if paper:
                yield paper.entry(source.name)
            paper = _ArxivPaper(number, found[1], to_edtf(found[2]) if found[2] else None)
            continue
        text = line.strip()
        if _begins_item(text, paper):
            if paper:
                yield paper.entry(source.name)
            paper = _ArxivPaper(number - len(above), repairs=("it starts without its id",))
            for one in above:  # without a label
                paper.take(one)
        if paper and text:
            paper.take(text)
        above = [*above, text][-2:] if text and not paper and not _MENU.fullmatch(text) else []
    if paper:
        yield paper.entry(source.name)


FORMAT = InputFormat(
    about="a paper's page, a listing or a search of arXiv, with abstracts",
    recognises=lambda head: _IS_ARXIV(head_of(head)),
    entries=_entries,
)
