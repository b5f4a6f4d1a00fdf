"""Abstracts that aren't in English: they pass through, nothing is made up, and that is said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from summarise.cli import main
from summarise.drafting import embedded_draft
from summarise.models import Document
from summarise.reading import Reading

ABSTRACTS = {
    "German": (
        "Stürme sind nachts schwer zu sehen, und es ist unklar, ob Ballone dabei helfen. Wir haben "
        "40 Schiffe mit dem Ballon Nimbus ausgestattet und die Stürme gezählt. Der Ballon fand 84% "
        "der Stürme (vs. 61% mit Radar, p < 0.001) und wurde auf dem Datensatz GaleSet geprüft."
    ),
    "French": (
        "Les tempêtes sont difficiles à voir la nuit. Nous proposons Nimbus, un ballon qui mesure "
        "les tempêtes de l'intérieur. Sur le jeu de données GaleSet, il trouve 84 % des tempêtes, "
        "contre 61 % pour les radars (p < 0,001), et les erreurs sont réduites de 12 %."
    ),
    "Spanish": (
        "Las tormentas son difíciles de ver por la noche. Proponemos Nimbus, un globo que mide las "
        "tormentas desde dentro. El globo encuentra el 84 % de las tormentas, en comparación con "
        "el 61 % de los radares (p < 0,001), y reduce los errores en un 12 %."
    ),
    "Chinese": (
        "风暴在夜间很难被看到。我们提出了一种名为Nimbus的气球,它从内部测量风暴。在GaleSet数据集上,"
        "该气球发现了84%的风暴,而雷达只发现了61%(p < 0.001)。"
    ),
    "Russian": (
        "Бури трудно увидеть ночью. Мы предлагаем шар Nimbus, который измеряет бури изнутри. "
        "На наборе данных GaleSet шар находит 84% бурь, а радары 61% (p < 0,001)."
    ),
    "Portuguese": (
        "As tempestades são difíceis de ver à noite. Propomos o Nimbus, um balão que mede as "
        "tempestades por dentro. O balão encontra 84% das tempestades, em comparação com 61% dos "
        "radares, e os erros são reduzidos em 12%."
    ),
    "Italian": (
        "Le tempeste sono difficili da vedere di notte. Proponiamo Nimbus, un pallone che misura "
        "le tempeste dal di dentro. Il pallone trova il 84% delle tempeste, più del 61% dei radar, "
        "e gli errori sono ridotti del 12%."
    ),
    "Japanese": "嵐を夜に見ることは難しい。本研究では、気球Nimbusを提案する。嵐の84%を発見した。",
}
ENGLISH = (
    "Storms are hard to see at night. We propose Nimbus, a balloon that measures storms from "
    "within. On the GaleSet dataset it finds 84% of the storms (vs. 61% with radars)."
)


FEW = (
    "Lampen helfen Bienen nicht. Bienen zählten wir in zwölf Gärten. Lärm änderte nichts.",
    "Hintergrund: Schlafmangel erhöht Unfälle. Methoden: 40 Fahrer trugen Sensoren für uns.",
    "Nachtarbeit verändert Essgewohnheiten. Wir befragten 310 Köche. 71% aßen vor der Dämmerung.",
    "Quarante conducteurs ont porté des capteurs. Les pauses longues réduisent les chutes de 12%.",
    "Les pauses longues réduisent les chutes.",
    "Contamos abejas en doce huertos. El ruido no cambió nada. Las lámparas tampoco.",
    "Wij telden bijen in twaalf tuinen. Lawaai veranderde niets. Lampen hielpen niet.",
)
FEW_ENGLISH = (
    "A pilot study. A new lamp had a good effect in a ward. A nurse was asked.",
    "Low-rank adapters tune large models cheaply. GPU hours drop 40%.",
    "Café Müller et al. used naïve Bayes. Schrödinger bridges help.",
    "Die attach films cure. Die size shrinks, die cost drops.",
    "De novo assembly in vitro and in vivo; de facto standard tools fail.",
    "Sleep in São Paulo: El Niño and La Niña raise storms in Rio de Janeiro.",
)


@pytest.mark.parametrize("abstract", [*FEW, *FEW_ENGLISH])
def test_a_few_sentences(abstract: str) -> None:
    """Few words tell a language as well; a name or a loan word makes no English text another's."""
    told = Reading(Document(doc_id="d", title=None, abstract=abstract)).language
    assert (told is not None) == (abstract in FEW)


def _filled(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_filled, value.values()))
    return bool(value)


@pytest.mark.parametrize("language", ABSTRACTS)
def test_nothing_is_made_up(language: str) -> None:
    """No field is filled in from words that the extractor can't read."""
    reading = Reading(
        Document(doc_id="d", title="Nimbus: 84% di più", abstract=ABSTRACTS[language])
    )
    assert reading.language == language
    assert not _filled(embedded_draft(reading))


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        "",
        "WE aaa 84%",
        "Pizza al forno, la vita e der Sturm und Drang were studied in the songs of 12 singers.",
        "The verb 走 (to walk) and the particle を mark the path of motion in 12 languages.",
        "We bound α, β, γ and δ for all ε > 0, where λ₁ ≤ λ₂ and μ → ∞, as in the case of Σ.",
        "Deep learning, vision transformers, graph networks: 84% accuracy, 12M parameters, 3 GPUs.",
    ],
)
def test_english_is_read(text: str) -> None:
    """Foreign names, letters of formulae and a few words say nothing of the language."""
    assert Reading(Document(doc_id="d", title=None, abstract=text)).language is None


def test_a_language_that_is_not_known() -> None:
    """A long text without the small words of English is in another language."""
    latin = "Navis magna per undas ventosque ducta litora petit, nautae autem stellas numerant. "
    assert Reading(Document(doc_id="d", title=None, abstract=latin * 4)).language is not None


def test_the_run_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Record, table, ``show`` and closing line say that it wasn't read, and why."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["summarise", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        return int(stop.value.code or 0), *capsys.readouterr()

    pages = [("Ballone", ABSTRACTS["German"]), ("Balloons", ENGLISH)]
    rows = [f'{{"title": "{title}", "abstract": "{text}"}}\n' for title, text in pages]
    Path("mixed.jsonl").write_text("".join(rows), "utf-8")
    code, _, told = command("run", "mixed.jsonl")
    assert code == 0
    assert "2 records, 0 failures, 1 not read (not in English) in" in told
    assert "1 not read" in command("run", "mixed.jsonl")[2]
    table = Path("outputs/mixed/table.md").read_text("utf-8")
    assert "not read: in German" in table
    assert "the embedded extractor reads nothing else" in table
    assert "it seems to be in German" in command("show", "outputs/mixed", "1")[1]
    assert command("verify", "outputs/mixed")[0] == 0
