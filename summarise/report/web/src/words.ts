// The title and the abstract with their words marked: those on which values rest, and quantities that no value holds.

import type { Row } from "./data";
import { bdi, element } from "./dom";
import type { ShownField } from "./overlay";
import { findWords, textsOf, type Text } from "./places";

const INSTRUCTION = "reads like an instruction, or is hidden from readers: evidence for nothing";

/** The texts of a row; what a person has put in the place of a value marks its own words. */
function judgedTexts(row: Row, fields: ShownField[]): { title: Text; sentences: Text[] } {
  const texts = textsOf(row);
  const all = [texts.title, ...texts.sentences];
  for (const entry of fields.flatMap((field) => field.entries)) {
    const isAdded = entry.said?.value !== null && entry.path.endsWith("[]");
    for (const { key, said, text, shape } of entry.values) {
      const now = isAdded ? text : said?.verdict === "corrected" && typeof said.value === "string" ? said.value : null;
      if ((said?.verdict === "corrected" && now !== text) || (entry.said?.value === null && !isAdded)) {
        for (const one of all) one.stands = one.stands.filter((stand) => stand.path !== key);
      }
      const found = now !== null && now !== text && shape.kind === "verbatim" ? findWords(row, now) : null;
      const place = isAdded && shape.kind === "verbatim" ? findWords(row, text) : found;
      if (place) all[place.sentence]?.stands.push({ start: place.start, end: place.end, path: key });
    }
  }
  return texts;
}

function wordNodes({ text, stands }: Text): Node[] {
  const cuts = [...new Set([0, text.length, ...stands.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, at) => {
    const start = cuts[at] ?? 0;
    const over = stands.filter((one) => one.start <= start && one.end >= end);
    if (!over.length) return bdi(text.slice(start, end));
    const mark = element("mark", { tabindex: "0" }, bdi(text.slice(start, end)));
    const paths = over.flatMap(({ path }) => (path === undefined ? [] : [path]));
    if (paths.length) mark.dataset["values"] = paths.join(" ");
    else {
      mark.classList.add("unclaimed");
      mark.title = `${over[0]?.left || "quantity"} that no value holds`;
    }
    return mark;
  });
}

/** The title and the abstract of a row as elements. */
export function wordsOf(row: Row, fields: ShownField[]): { title: HTMLElement; abstract: HTMLElement } {
  const { title, sentences } = judgedTexts(row, fields);
  const told = new Set(row.instructions);
  const heading = element("span", {}, ...wordNodes(title));
  if (told.has(0)) heading.append(" ", element("small", { class: "flag" }, `⚠ ${INSTRUCTION}`));
  const items = sentences.map((sentence, at) => {
    const item = element("li", { id: `sentence-${at + 1}` }, ...wordNodes(sentence));
    if (told.has(at + 1)) {
      item.classList.add("instruction");
      item.append(" ", element("small", { class: "flag" }, `⚠ ${INSTRUCTION}`));
    }
    return item;
  });
  return { title: heading, abstract: element("ol", { class: "abstract" }, ...items) };
}
