// The cells of the table.

import { CHOSEN, type Row, type Stretch } from "./data";
import { bdi, element, link, revealed } from "./dom";

export function paperCell(row: Row): HTMLElement {
  const made = element("div", { class: "paper" }, link(row.title, row.url));
  if (row.byline.length) made.append(element("small", {}, bdi(row.byline.join(" · "))));
  const decision = row.decision;
  if (decision) {
    const reason = decision.reason ? `: ${revealed(decision.reason)}` : "";
    made.append(element("small", { class: `decided ${decision.decision}` }, bdi(`${CHOSEN[decision.decision]}${reason}`)));
  }
  made.append(choiceButtons(row));
  for (const note of row.notes) made.append(element("small", { class: "flag" }, note));
  return made;
}

const SHORT = { include: "in", exclude: "out", maybe: "maybe" };

/** Seen where papers are screened in the table. */
function choiceButtons(row: Row): HTMLElement {
  const buttons = (["include", "exclude", "maybe"] as const).map((choice) => {
    const made = element("button", { type: "button", "aria-label": `${SHORT[choice]}: ${row.number}` }, SHORT[choice]);
    made.dataset["screen"] = choice;
    return made;
  });
  return element("span", { class: "choices" }, ...buttons);
}

/** A cell, with the name of its column for screens that have no room for columns. */
export function fieldCell(title: string, cell: Stretch[][]): HTMLElement {
  const label = element("span", { class: "label" }, title);
  return element("div", {}, label, ...cell.map((line) => element("p", { class: "line" }, ...line.map(stretch))));
}

/** The signs of a cell in words; formats/html.py has the same. */
const SPOKEN: Record<string, string> = {
  "–": "nothing found",
  "⚠": "not in the abstract",
  "(?)": "doubtful",
  "≠": "in this run alone",
  "✎": "corrected by a person",
  "✎†": "vouched for by a person",
  "✓": "checked by a person",
  "✗": "wrong, a person says",
};

export function stretch(one: Stretch): Node {
  if (typeof one === "string") return bdi(one);
  const [text, kind] = one;
  if (kind === "strong") return element("strong", {}, bdi(text));
  const spoken = SPOKEN[text.trim()];
  // A sign is read aloud by its meaning: of most, a screen reader says nothing.
  if (spoken !== undefined) return element("span", { class: kind, role: "img", "aria-label": spoken }, bdi(text));
  return element("span", { class: kind }, bdi(text));
}
