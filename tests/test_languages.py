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
from summarise.reading.kinds import language_of

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


FOREIGN_SENTENCES = (
    "Die Patienten erhielten zwölf Wochen lang täglich 5 mg des Wirkstoffs oder ein Placebo.",
    "Wir zeigen, dass das neue Verfahren die Fehlerrate um 12 % senkt.",
    "Das Modell wurde auf drei Datensätzen mit insgesamt 40 000 Bildern geprüft.",
    "Nach sechs Monaten war der Blutdruck in beiden Gruppen gleich hoch.",
    "Bäume in Städten kühlen die Luft an heißen Tagen um bis zu 3 Grad.",
    "Les patients ont reçu 5 mg par jour pendant douze semaines.",
    "Nous montrons que cette méthode réduit les erreurs de 12 %.",
    "Le modèle a été évalué sur trois jeux de données.",
    "Après six mois, la tension était la même dans les deux groupes.",
    "Les arbres des villes rafraîchissent l'air de 3 degrés.",
    "Los pacientes recibieron 5 mg al día durante doce semanas.",
    "Mostramos que el método reduce los errores en un 12 %.",
    "El modelo se evaluó en tres conjuntos de datos.",
    "A los seis meses la presión era igual en los dos grupos.",
    "Los árboles de las ciudades enfrían el aire hasta 3 grados.",
    "Os pacientes receberam 5 mg por dia durante doze semanas.",
    "Mostramos que o método reduz os erros em 12%.",
    "O modelo foi avaliado em três conjuntos de dados.",
    "Após seis meses a pressão era igual nos dois grupos.",
    "As árvores das cidades arrefecem o ar até 3 graus.",
    "I pazienti hanno ricevuto 5 mg al giorno per dodici settimane.",
    "Mostriamo che il metodo riduce gli errori del 12%.",
    "Il modello è stato valutato su tre insiemi di dati.",
    "Dopo sei mesi la pressione era uguale nei due gruppi.",
    "Gli alberi delle città rinfrescano l'aria fino a 3 gradi.",
    "De patiënten kregen twaalf weken lang elke dag 5 mg van het middel.",
    "Wij laten zien dat de methode het aantal fouten met 12% verlaagt.",
    "Het model werd op drie datasets getoetst.",
    "Na zes maanden was de bloeddruk in beide groepen even hoog.",
    "Bomen in steden koelen de lucht met wel 3 graden af.",
    "Pacjenci otrzymywali 5 mg leku dziennie przez dwanaście tygodni.",
    "Pokazujemy, że metoda zmniejsza liczbę błędów o 12%.",
    "Model oceniono na trzech zbiorach danych.",
    "Po sześciu miesiącach ciśnienie było takie samo w obu grupach.",
    "Drzewa w miastach chłodzą powietrze nawet o 3 stopnie.",
    "Hastalar on iki hafta boyunca günde 5 mg ilaç aldı.",
    "Yöntemin hataları %12 azalttığını gösteriyoruz.",
    "Model üç veri kümesi üzerinde değerlendirildi.",
    "Altı ay sonra kan basıncı iki grupta da aynıydı.",
    "Şehirlerdeki ağaçlar havayı 3 derece kadar serinletir.",
    "患者连续十二周每天服用5毫克药物。",
    "我们证明该方法将错误率降低了12%。",
    "该模型在三个数据集上进行了评估。",
    "六个月后两组的血压相同。",
    "城市树木可使气温下降3度。",
    "Пациенты получали 5 мг препарата в день в течение двенадцати недель.",
    "Мы показываем, что метод снижает число ошибок на 12%.",
    "Модель проверена на трёх наборах данных.",
    "Через шесть месяцев давление в обеих группах было одинаковым.",
    "Деревья в городах охлаждают воздух на 3 градуса.",
)
# Full of numbers, with few words between them.
ENGLISH_SENTENCES = (
    (
        "In goats, PLX pacing raised RV ejection fraction at 3 hours (31 +/- 2 versus 36 +/- 1 %, "
        "P =.002) without raising myocardial lactate use (140 +/- 12 versus 144 +/- 15 micromol / "
        "min, P = NS)."
    ),
    (
        "Mean HbA1c fell 1.2 +/- 0.3 % versus 0.4 +/- 0.2 % (P < .001; 95 % CI 0.5 - 1.1 ), LDL "
        "3.1 +/- 0.2 versus 3.3 +/- 0.4 mmol / L (P = NS) at 12 weeks."
    ),
    (
        "GaleNet-S 71.2 / 88.4, GaleNet-M 74.0 / 90.1, GaleNet-L 76.3 / 91.9, WindFormer 75.5 / "
        "91.0, StormMix 70.9 / 87.7 top-1 / top-5 accuracy at 224 x 224 pixels, 12 - 48 ms."
    ),
    "E-mail address: ana.se.roe@gale.example.",
)


@pytest.mark.parametrize("sentence", FOREIGN_SENTENCES)
def test_a_sentence_of_another_language(sentence: str) -> None:
    """One sentence is enough to tell that a text isn't in English."""
    assert language_of(sentence) is not None


@pytest.mark.parametrize("sentence", ENGLISH_SENTENCES)
def test_an_english_sentence_full_of_numbers(sentence: str) -> None:
    """Numbers, units and addresses don't make an English sentence another language's."""
    assert language_of(sentence) is None


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
