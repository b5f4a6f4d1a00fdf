"""MEDLINE, as PubMed saves and sends it (.nbib, “PubMed” format).

An entry opens with ``PMID``; values go on behind six spaces. Sections of an abstract stand in its
text (“METHODS: …”). Where an entry has no abstract of its own, the other one (``OAB``: of another
publisher, or in another language) is read in its place.
"""

from __future__ import annotations

import re

from summarise.models import status_of_types
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, normalise_doi, one_line, to_date
from summarise.readers.signs import Head, head_of
from summarise.readers.tagged import Grammar, TaggedRecord, read_records, undressed

_OPENS = re.compile(r"(?:[0-9]{1,4}[.)]?\s+)?PM(?:ID|CR?) {0,2}- ?[0-9]+\s*$", re.I | re.M)
_ANY = re.compile(r"[A-Z]{2,4} {0,2}-")
_LONG = re.compile(r"(?:PMID|PMCR?|OWN|STAT|FAU|DCOM|LID|AID|EDAT|MHDA|CRDT) {0,2}-")


def _is_medline(head: Head) -> bool:
    """Whether it is MEDLINE, behind a number of its place in a list or not."""
    if _OPENS.match(head.text):
        return True
    return head.count(_LONG) > 1 and head.mostly(_ANY, 0.4)


# What stands above an entry, or before each of its lines: the mark of a quotation, an indent.
_DRESS = re.compile(r"[\s>\u200b\ufeff]{0,20}(?:[0-9]{1,6}[.)]?\s{1,9})?(?=PMID ?-)", re.IGNORECASE)
_KNOWN = re.compile(
    r"(AB|AD|AID|AU|AUID|BTI|CI|CN|COIS|CRDT|CTDT|CTI|DA|DCOM|DEP|DP|EDAT|FAU|FED|FIR|FPS|GN|GR|IP|IR"
    r"|IRAD|IS|ISBN|JID|JT|LA|LID|LR|MH|MHDA|MID|OAB|OABL|OID|OT|OTO|OWN|PB|PG|PHST|PL|PMC|PMCR|PMID"
    r"|PS|PST|PT|PUBM|RF|RN|SB|SI|SO|STAT|TA|TI|TT|VI|VTI) {0,2}-(.*)",
    re.DOTALL,
)


def _field(line: str, record: TaggedRecord | None) -> tuple[str, str] | None:
    """Tag and value of a line; a tag that isn't padded to its four places counts if it is known."""
    if line[4:6] == "- " and (tag := line[:4].rstrip()).isalnum() and tag.isupper():
        return tag, line[6:].strip()
    line = undressed(line, record, _DRESS)
    if record and "pmid" in record.opening:
        line = line[:4].upper() + line[4:] if "-" in line[2:5] else line
    found = _KNOWN.match(line[:4].upper() + line[4:] if line.startswith("pmid") else line)
    if found is None:
        return None
    tag, value = found.groups()
    set_off = not value.strip() or value[0].isspace() or found[0][len(tag)] == " "
    return (tag, value.strip()) if set_off or tag.startswith("PM") else None


_GRAMMAR = Grammar(
    _field,
    opens=frozenset({"PMID"}),
    once=frozenset({"TI", "AB", "DP", "OWN", "STAT", "JT", "TA", "SO"}),
    mark=(4, "- "),
)
_PMID = re.compile(r"[0-9]{1,9}")
_DOI = re.compile(r"(?:doi:\s*)?(10\.\S+)(?: \[doi\])?", re.IGNORECASE)


def _to_entry(record: TaggedRecord, name: str) -> Entry:
    abstract, other = " ".join(record.all("AB")), " ".join(record.all("OAB"))
    return Entry(
        name,
        record.line,
        title=" ".join(record.all("TI")) or record.first("TT", "BTI"),
        abstract=abstract or other,
        doi=_doi(record),
        pmid=next((found[0] for one in record.all("PMID") if (found := _PMID.match(one))), None),
        venue=record.first("JT", "TA", "BTI", "PB"),
        volume=record.first("VI"),
        issue=record.first("IP"),
        pages=record.first("PG"),
        publisher=record.first("PB"),
        issn=record.first("IS"),
        language=record.first("LA"),
        status=status_of_types(record.all("PT")),
        authors=_authors(record),
        published=to_date(record.first("DP") or ""),
        repairs=("its other abstract (OAB) isn't read",) if abstract and other else (),
    )


def _doi(record: TaggedRecord) -> str | None:
    places = (_DOI.fullmatch(value) for value in record.all("LID", "AID"))
    return next((doi for found in places if found and (doi := normalise_doi(found[1]))), None)


def _authors(record: TaggedRecord) -> tuple[str, ...]:
    """Each author whole (FAU), short where that is all there is (AU), and groups (CN), in order.

    Where there are none, the editors.
    """
    names: list[str] = []
    above = ""
    for tag, value in record.fields:
        if tag in {"FAU", "CN"} or (tag == "AU" and above != "FAU"):
            names.append(one_line(" ".join(value)))
        above = tag if tag not in {"AUID", "AD"} else above
    return tuple(filter(None, names)) or tuple(record.all("FED") or record.all("ED"))


FORMAT = InputFormat(
    about="entries of tagged lines from PMID on, with an abstract in AB",
    recognises=lambda head: _is_medline(head_of(head)),
    entries=lambda source: read_records(source, _GRAMMAR, _to_entry),
    errors="surrogateescape",
)
