"""Formats that no reader takes: each is refused by its name, and prose that quotes one isn't."""

import json
from pathlib import Path

import pytest

from summarise.errors import InputError
from summarise.models import Document
from summarise.readers import load_source, read_documents
from summarise.readers.foreign import refuse_foreign

ABSTRACT = (
    "Copper nets are cheap to train, and yet nobody has measured what they cost to run. We train "
    "four of them on LoomSet and find that they need a third of the energy of iron nets."
)
XML = '<?xml version="1.0"?>\n'

FOREIGN = {
    "records with tags, as bibliographic databases export them": (
        f"TI ~ Copper nets\nAU ~ Roe, Ann\nAB ~ {ABSTRACT}\nPY ~ 2024\n"
    ),
    "Zotero's RDF": (
        '<rdf:RDF xmlns:z="http://www.zotero.org/namespaces/export#">\n'
        f"<bib:Article><dcterms:abstract>{ABSTRACT}</dcterms:abstract></bib:Article>\n</rdf:RDF>\n"
    ),
    "MODS XML": f"{XML}<modsCollection><mods><abstract>{ABSTRACT}</abstract>",
    "JATS XML": f"{XML}<!DOCTYPE article>\n<article><abstract><p>{ABSTRACT}</p></abstract>",
    "an RSS feed": f'<rss version="2.0"><description>{ABSTRACT}</description></rss>',
    "XML": f"<papers><paper>{ABSTRACT}</paper></papers>",
    "a table with commas (CSV)": f'title,text,year\nCopper nets,"{ABSTRACT}",2024\n',
    "a table with semicolons (CSV)": f'id;title;text\n1;Copper nets;"{ABSTRACT}"\n',
    "a table with tabs (TSV)": f"Title\tYear\tText\nCopper nets\t2024\t{ABSTRACT}\n",
    "a table that summarise wrote": (
        "# Papers\n\n| # | Paper | Problem |\n| --- | --- | --- |\n| 1 | Copper nets | Cost |\n\n"
        f"**1 document**: 1 record, 0 failed, 0 not attempted.\n\n## Marks\n\n{ABSTRACT}\n"
    ),
    "YAML": f"- title: Copper nets\n  year: 2024\n  abstract: >\n    {ABSTRACT}\n",
    "LaTeX": f"\\documentclass{{article}}\n\\begin{{document}}\n{ABSTRACT}\n\\end{{document}}\n",
    "JSON": json.dumps([["Copper nets", ABSTRACT]]),
    "a mail or mailbox": f"From: ann@example.org\nTo: jo@example.org\nSubject: Nets\n\n{ABSTRACT}",
    "settings (INI, TOML)": '[nets]\nmetal = "copper"\ncount = 4\n; how many\nlimit = 9\n',
    "source code": (
        "import nets\n\ndef train(metal):\n    net = nets.new(metal)\n    return net.train()\n"
    ),
    "a table with bars": f"title|text|year\nCopper nets|{ABSTRACT}|2024\n",
    "a page of Google Scholar copied as text": (
        "Copper nets\nA Roe - Journal of Nets, 2023\nCopper nets are dear, so we …\n"
        "Save Cite Cited by 31 Related articles All 4 versions\n"
    ),
    "a table with cells in quotes (CSV)": (
        f'1,"Copper nets","{ABSTRACT}"\n2,"Iron nets","{ABSTRACT}"\n'
    ),
    "a list or data": "copper\niron\nzinc\ntin\nlead\nsilver\ngold\nbrass\nbronze\n",
}


@pytest.mark.parametrize(("name", "text"), FOREIGN.items(), ids=FOREIGN)
def test_foreign_format_is_refused_by_its_name(tmp_path: Path, name: str, text: str) -> None:
    """Read as prose, an export would be one paper of tags: it is refused, with what to do."""
    path = tmp_path / "input.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read_documents(load_source(path)))
    assert caught.value.message == f"is {name}, not prose"
    assert str(caught.value).endswith("To read it as prose all the same: --format text.")


VARIANTS = [
    (
        "records with tags, as bibliographic databases export them",
        f"<1>\nUnique Identifier\n  123\nTitle\n  Copper nets.\nAbstract\n  {ABSTRACT}\n",
    ),
    ("a table with commas (CSV)", f"'title','year'\n'Copper nets','2024'\n'{ABSTRACT}',''\n"),
    ("a table with cells in quotes (CSV)", f'abstract\n"{ABSTRACT}"\n"{ABSTRACT}"\n'),
    ("a table with bars", f"| title | abstract |\n|---|---|\n| Copper nets | {ABSTRACT} |\n"),
    ("a table with bars", f" id | title\n----+-------\n  1 | {ABSTRACT}\n(1 row)\n"),
    ("a table with tabs (TSV)", "# text\n" + "1\tnet\tNOUN\t_\t0\tnsubj\n" * 4),
    ("JSON", f"{{'title': 'Copper nets', 'abstract': '{ABSTRACT}'}}"),
    ("JSON", f'["Copper nets", "{ABSTRACT}"]\n["Iron nets", "{ABSTRACT}"]\n'),
    ("JSON", f'"{ABSTRACT}\\nIron is dear.\\u2026"'),
    ("YAML", f"---\nnets:\n  copper:\n    abstract: >\n      {ABSTRACT}\n"),
    ("YAML", f"title: Copper nets\nabstract: |\n  {ABSTRACT}\n"),
    ("LaTeX", f"\\section{{Introduction}}\n\\label{{sec:intro}}\n{ABSTRACT}\n"),
    ("LaTeX", f"% a talk\n\\begin{{frame}}{{Nets}}\n{ABSTRACT}\n\\end{{frame}}\n"),
    ("source code", f'"""{ABSTRACT}\n"""\n\nimport nets\n\n\ndef train():\n    """Train."""\n'),
    ("XML", f"<?XML VERSION='1.0'?>\n<PAPERS><PAPER>{ABSTRACT}</PAPER></PAPERS>"),
]


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.splitlines())


VARIANTS += [
    (name, dressed)
    for name, text in FOREIGN.items()
    for dressed in (f"\f\u00a0\u200b\n{text}", f"```\n{text}\n```\n", quoted(text))
]


@pytest.mark.parametrize(("name", "text"), VARIANTS)
def test_foreign_format_in_another_dress_is_refused(tmp_path: Path, name: str, text: str) -> None:
    """Exports differ in indent, case, quotes and in what stands above them."""
    path = tmp_path / "input.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read_documents(load_source(path)))
    assert caught.value.message == f"is {name}, not prose"


@pytest.mark.parametrize(("name", "text"), FOREIGN.items(), ids=FOREIGN)
def test_insisting_reads_it_as_prose(tmp_path: Path, name: str, text: str) -> None:
    """`--format text` is the way to insist."""
    path = tmp_path / "input.txt"
    path.write_text(text, encoding="utf-8")
    assert any(isinstance(entry, Document) for entry in read_documents(load_source(path, "text")))


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("nets.py", "source code (.py)"),
        ("nets.xml", "XML (.xml)"),
        ("nets.srt", "a list or data (.srt)"),
    ],
)
def test_a_suffix_settles_what_the_content_leaves_open(file: str, name: str) -> None:
    """Nobody names an abstract `.bib`: its content may be broken, or in a dialect."""
    with pytest.raises(InputError) as caught:
        refuse_foreign(ABSTRACT.encode(), file)
    assert caught.value.message == f"is named as {name}, not prose"


def test_marc_is_refused_by_its_name(tmp_path: Path) -> None:
    """Its letters would be an abstract otherwise."""
    path = tmp_path / "a.txt"
    path.write_text(f"01234nam a2200169 c 4500001001000000003000700010\x1e\x1f{ABSTRACT}")
    with pytest.raises(InputError, match="is MARC records, not prose"):
        load_source(path)


PROSE = {
    "a stray @": f"@copper{{nets}} is how we call them. {ABSTRACT}",
    "an entry in a fence": f"# Nets\n\n{ABSTRACT}\n\n```\n@misc{{roe,\n  year = 2024\n}}\n```\n",
    "a tag in a sentence": f"Files of this kind start with\nTY  - JOUR\nat each entry. {ABSTRACT}",
    "labels": f"Title: Copper nets\nAuthors: Ann Roe\nYear: 2024\nAbstract: {ABSTRACT}",
    "metadata above": f"Journal: Nets\nYear: 2024\nVolume: 3\nPages: 4\n\n{ABSTRACT}",
    "front matter": f"---\ntitle: Nets\ntags:\n  - a\n  - b\nyear: 2024\n---\n\n{ABSTRACT}",
    "sections": "\n".join(f"{name}: {ABSTRACT}" for name in ("Aims", "Methods", "Results")),
    "sections as items": "\n".join(f"- {name}: {ABSTRACT}" for name in ("Aims", "Data", "So", "X")),
    "sections in brackets": f"[Aims]\nWe measure x = 5 nets.\n[Results]\n{ABSTRACT}",
    "a table in Markdown": f"# Nets\n\n{ABSTRACT}\n\n| net | year |\n|---|---|\n| tin | 2 |\n",
    "a numbered list": "\n\n".join(f"{n}. Copper nets\n\n{ABSTRACT}" for n in range(1, 5)),
    "items that end in semicolons": (
        "We show that:\n- copper nets are cheap to train;\n- they are cheap to run;\n"
        "- iron nets are neither of both;\n- and nobody has measured it before us;\n"
    ),
    "code in an abstract": f"{ABSTRACT} Call `nets.train(metal='tin')`; it returns {{'cost': 3}}.",
    "LaTeX in an abstract": (
        r"\begin{abstract} We bound $\|x\|_2 \le \sqrt{n}$ by $O(n \log n)$, where $n \gg 1$, and "
        r"show that \emph{copper} nets reach $93.5\%$ of it.\end{abstract}"
    ),
    "markup of a publisher": f"<jats:p>{ABSTRACT}</jats:p>",
    "a picture above": f'<p align="center"><img src="a.png"></p>\n\n# Nets\n\n{ABSTRACT}\n',
    "a comment above": f"<!-- made by hand -->\n# Nets\n\n{ABSTRACT}\n",
    "a link to a note": f"[[Copper nets]]\n\n{ABSTRACT}",
    "a citation below": f"{ABSTRACT}\n\n1. Roe A. Copper. 2024;3:1-9.\n2. Doe J. Tin. 2023;2:4.",
    "titles alone in a row": f"# A Title\n# Another\n\n{ABSTRACT}\n",
    "all of it in a fence": f"```\n{ABSTRACT}\n```\n",
    "a shebang": f"#!/bin/sh was the first line of 4,200 scripts. {ABSTRACT}",
    "a quotation": f"> {ABSTRACT}",
    "items below labels": f"Aims:\n\t{ABSTRACT}\nResults:\n\t{ABSTRACT}",
    "XML in a fence": f"```xml\n<?xml version='1.0'?>\n<net/>\n```\n\n{ABSTRACT}\n",
    "Hindi": "हमने चार तांबे के जालों को प्रशिक्षित किया और पाया कि वे सस्ते हैं। यह पहला माप है।",
    "Thai": "เราฝึกโครงข่ายทองแดงสี่โครงข่ายและพบว่าใช้พลังงานน้อยกว่าโครงข่ายเหล็ก",
    "Chinese": "我们训练了四个铜网络，发现它们所需的能量只有铁网络的三分之一。",
    "Arabic": "دربنا أربع شبكات نحاسية ووجدنا أنها تحتاج إلى ثلث طاقة شبكات الحديد.",
    "in quotes": f'"{ABSTRACT}"',
    "lines in quotes": f'"{ABSTRACT}"\n"{ABSTRACT}"',
    "in quotes below a heading": f'Abstract\n"{ABSTRACT}"',
    "in triple quotes": f'"""{ABSTRACT}"""',
    "bars in a title": f"Copper nets | Ann Roe | 2024\n\n{ABSTRACT}",
    "a bar in a sentence": f"# Nets\n\n{ABSTRACT} It is P(a|b).\n\n| net |\n|---|\n| tin |",
    "a table above": f"| net | year |\n|---|---|\n| tin | 2 |\n| iron | 3 |\n\n{ABSTRACT}",
    "an entry below": f"Copper nets\n\n{ABSTRACT}\n\n@misc{{roe,\n  title = {{Nets}},\n}}\n",
    "sections on one line": "\n\n".join(
        f"Aims: {metal}. Methods: four nets. Results: {ABSTRACT}" for metal in ("tin", "iron")
    ),
    "SQL in a sentence": f"SELECT queries read rows FROM tables. {ABSTRACT}",
    "a definition in brackets": f"(Definitions are in the annex.) {ABSTRACT}",
    "a section of LaTeX": f"\\section*{{Abstract}}\n{ABSTRACT}",
    "few words": "Kupfernetze sind billig.",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE)
def test_prose_that_quotes_a_format_is_read(tmp_path: Path, text: str) -> None:
    """A sign of a format counts where it opens the text or most lines bear it, else not at all."""
    path = tmp_path / "input.txt"
    path.write_text(text, encoding="utf-8")
    entries = list(read_documents(load_source(path)))
    assert entries == list(read_documents(load_source(path, "text")))
    assert any(isinstance(entry, Document) for entry in entries)


def test_a_page_of_xhtml_is_html(tmp_path: Path) -> None:
    """XHTML opens as XML does, and a comment may stand before a page: both are read as pages."""
    page = (
        "<html><body><article><h3><a href='/x'>Copper nets</a></h3>"
        f"<p>{ABSTRACT}</p></article></body></html>"
    )
    for above in (f"{XML}<!DOCTYPE html>\n", "<!-- saved -->\n"):
        path = tmp_path / "page.txt"
        path.write_text(above + page, encoding="utf-8")
        assert len(list(read_documents(load_source(path)))) == 1
