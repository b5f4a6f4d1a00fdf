"""Find every verbatim value of a draft in its source, and hold each statement to its evidence.

Texts are compared in their normal form (``normalise``), never fuzzily: nothing but typography may
differ. What follows are all the rules; ``tests/test_ground.py`` has one test for each.

**Where a verbatim value is looked for.** In its cited sentences, then in the whole abstract, then
in the title; among several places an exact one wins, then the first. When it stands outside the
cited sentences, their numbers are corrected. A value without a letter or a digit is never found.
"Exact" says that ``abstract[start:end] == value``, markup included where the value has it as well.

**What a value may touch** (*word* is a letter, a digit or an underscore):

1. An edge that is a word character never touches another one: no "5" in "15", no "AD" in "READ",
   no "5" in "5M".
2. A number doesn't go on: no "5" in "5.7", ".5", "1,500", "5^2", "10^5", "5×10^3", "5 million" or
   "5 000"; nor is it a part of a fraction of whole numbers or of a ratio ("5/8", "1:5") or of a
   date ("2024-05-23"). A sign changes it: no "0.5" in "-0.5", and no "-5" in "3-5".
3. Ranges ("0.2-0.5"), lists ("92.1/88.3"), "±", "~", "<", "+" and "$" before or after a number
   leave it what it is, and so does a unit that the value lacks: "46.3" is in "46.3%", in "46.3 ms"
   and in "46.3×", and "40" in "40-layer". Multipliers are no units (rule 2).
4. A hyphen makes another name: no "BERT" in "VL-BERT", no "EvalMuse" in "EvalMuse-40K", no "5" in
   "GPT-5". It doesn't before the words of ``SUFFIX`` in ``occurrences`` ("CLIP-based",
   "ELLA-style"), after those of ``PREFIX`` ("non-BERT"), nor where it was an em dash. A number
   with its unit may follow it ("7B" is in "LLaMA-7B").
5. Nor do other joints belong to two names: "F1@10", "AT&T", "Node.js", "HumanEval+".
6. A unit doesn't go on: no "50 mg" in "50 mg/kg", no "8 GPU" in "8 GPU-hours".
7. Letter case counts, except that a value which begins with a lower-case word is also found where
   a sentence, or what follows a colon, begins with it ("accuracy" in "Accuracy rose"); not, though,
   where that word has its capital elsewhere, too, nor in a title: then it is a name. An ordinary
   word may also begin a value with a capital.
8. The space between a leading number and a short unit may be there or not ("16GB", "16 GB").
9. What stands nowhere is looked for in what reads the same (``variants``): "percent" for "%",
   "12345" for "12,345" or "12 345", ".85" for "0.85", "5½" for "5.5", "g⁻¹" for "g-1" and "/g",
   "8-GPU" for "8 GPUs", "H_0" for "H₀", a plural of words but not of names and short units, no
   final full stop. A number and its unit are also found with the errors between them ("5 m" in
   "5 ± 1 m").

**Statements.** Each number and each name in a statement must stand in its evidence or in the title.
One that stands in another sentence adds that sentence to the evidence; one that stands nowhere is
unsupported.

- Numbers are compared by value: "two" is 2, "1,000" is 1000, "40K" is "40 thousand". A sign counts,
  but for the minus of what is said to fall: "fell by 72%" is in "(-72%)".
- A unit that the statement gives must stand there too, in any of its spellings in the table of
  ``summarise.scan.units``; but time and points may also be left out there, and the statement may
  leave out how often ("50 mg" of "50 mg/day"). A bare number in a statement is found with any unit.
  In a range or a list ("5, 10 and 20%") each number has the unit and the multiplier of the last;
  but a comma alone makes no list of two ("0.71, 20% less"), nor does the level of an interval end
  one ("0.71, 95% CI"). A unit may stand behind brackets ("12 (range 3-20) mg").
- Names are words with an inner capital or a digit, and words with a capital. What begins a sentence
  is none where it's in ``openers.txt``, ends like an ordinary word ("Training"), or has the stem of
  a word of the abstract, unless that has it with a capital amid a sentence. A plural may differ;
  a word whose only capitals begin it, or its parts, is also found in lower case.
- "one" and "first" are no numbers: they seldom count anything. Other ordinals, multiples and halves
  stand in any form: "2nd", "second" or "two stages", "doubled", "twice", "2x" or "50%" for "half".

**Doubts.** What was found may still be told wrongly: ``doubts_of`` says where the words around a
value, or the direction of a statement's words, speak against it. They are signs, not proofs.
"""

# mypy: implicit-reexport

from __future__ import annotations

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.ground.cuts import whole_number
    from summarise.ground.doubts import doubts_of
    from summarise.ground.grounding import Grounded, ground, unclaimed
    from summarise.ground.lexicon import directions
    from summarise.ground.source import SourceText
else:
    # A table asks for words alone.
    __getattr__ = lazily(__name__)
