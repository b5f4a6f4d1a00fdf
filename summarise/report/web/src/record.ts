// A record beside its abstract: a value marks its words, and words show the values that rest on them.

import type { Entry, Head, Piece, Row, State, Value } from "./data";
import { bdi, element, link } from "./dom";

const WORDS: Record<State, string> = {
  "": "",
  doubt: "doubtful",
  missing: "not in the abstract",
  unsupported: "says more than its evidence",
};

const INSTRUCTION = "⚠ reads like an instruction, or is hidden from readers: evidence for nothing";

export function recordPanel(row: Row, head: Head): HTMLElement {
  const panel = element("article", { class: "record", "aria-labelledby": "opened" });
  const title = element("h2", { id: "opened", tabindex: "-1" }, titleNode(row));
  panel.append(title);
  if (row.byline.length) panel.append(element("p", { class: "byline" }, bdi(row.byline.join(" · "))));
  if (row.url !== null) panel.append(element("p", { class: "byline" }, link(row.url, row.url)));
  for (const note of row.notes) panel.append(element("p", { class: "flag" }, note));
  if (row.failure) panel.append(element("p", { class: "flag" }, `failed, ${row.failure[0]}: ${row.failure[1]}`));
  if (!row.values && !row.failure) panel.append(element("p", { class: "absent" }, "Not attempted yet."));
  if (row.isStale) panel.append(element("p", { class: "flag" }, "The abstract has changed since: nothing is marked."));
  if (row.instructions?.includes(0)) panel.append(element("p", { class: "flag" }, `The title ${INSTRUCTION.slice(2)}`));
  const read = element("section", { class: "read" }, element("h3", {}, "Abstract"), abstract(row));
  const held = element("section", { class: "held" });
  head.fields.forEach(([, name], at) => held.append(...fieldOf(name, row.entries?.[at] ?? [], row)));
  if (row.flags?.length) {
    const flags = row.flags.map((flag) => element("li", {}, bdi(flag)));
    held.append(element("h3", {}, "Flags"), element("ul", { class: "flags" }, ...flags));
  }
  if (row.unclaimed?.length) read.append(leftOut(row.unclaimed));
  if (row.origin) read.append(origin(row.origin));
  panel.append(element("div", { class: "sides" }, read, held));
  connect(panel);
  return panel;
}

/** What is to be looked at last: quantities that no value holds. */
function leftOut(unclaimed: [string, string][]): HTMLElement {
  const told = unclaimed.flatMap(([text, kind]) => ["; ", bdi(text), ` (${kind})`]).slice(1);
  return element("p", { class: "left" }, "No value holds: ", ...told, ".");
}

function origin(told: string[]): HTMLElement {
  const lines = told.map((line) => element("li", {}, bdi(line)));
  return element("details", { class: "origin" }, element("summary", {}, "Where this record comes from"), element("ul", {}, ...lines));
}

function titleNode(row: Row): Node {
  return row.whole ? element("span", {}, ...row.whole.map((piece) => marked(piece, row))) : bdi(row.title);
}

function abstract(row: Row): HTMLElement {
  const told = new Set(row.instructions);
  const items = row.sentences.map((sentence, at) => {
    const item = element("li", { id: `sentence-${at + 1}` }, ...sentence.map((piece) => marked(piece, row)));
    if (told.has(at + 1)) {
      item.classList.add("instruction");
      item.append(" ", element("small", { class: "flag" }, INSTRUCTION));
    }
    return item;
  });
  return element("ol", { class: "abstract" }, ...items);
}

/** Words on which values rest, or a quantity that no value holds. */
function marked(piece: Piece, row: Row): Node {
  if (typeof piece === "string") return bdi(piece);
  const [text, numbers] = piece;
  const values = numbers.filter((number) => number >= 0);
  const made = element("mark", { tabindex: "0" }, bdi(text));
  if (values.length) made.dataset["values"] = values.join(" ");
  const left = numbers.find((number) => number < 0);
  if (left !== undefined && !values.length) {
    made.classList.add("unclaimed");
    made.title = `${row.unclaimed?.[-left - 1]?.[1] ?? "quantity"} that no value holds`;
  }
  return made;
}

function fieldOf(name: string, entries: Entry[], row: Row): HTMLElement[] {
  const heading = element("h3", {}, name);
  if (!row.values) return [];
  if (row.isUnread) return [heading, element("p", { class: "absent" }, "not read")];
  entries = entries.filter(([, numbers]) => numbers.length);
  if (!entries.length) return [heading, element("p", { class: "absent" }, "– not reported")];
  return [heading, ...entries.map((entry) => entryOf(entry, row.values ?? []))];
}

function entryOf([sentences, numbers]: Entry, values: Value[]): HTMLElement {
  const list = element("dl", {});
  for (const number of numbers) {
    const [label, text, state, notes] = values[number] ?? ["", "", "", [], ""];
    const value = element("dd", { tabindex: "0" }, bdi(text));
    value.dataset["value"] = String(number);
    if (state) value.append(" ", element("span", { class: state }, WORDS[state]));
    if (state && notes.length) value.append(element("small", {}, bdi(notes.join("; "))));
    else if (notes.length) value.title = notes.join("; ");
    list.append(element("dt", {}, label), value);
  }
  const made = element("div", { class: "entry" }, list);
  made.dataset["sentences"] = sentences.join(" ");
  if (sentences.length) made.append(element("p", { class: "evidence" }, "evidence: ", ...sentences.map(reference)));
  return made;
}

function reference(number: number): HTMLElement {
  return element("a", { href: `#sentence-${number}` }, `[${number}]`);
}

/** Light up what belongs together, under the pointer or the focus. */
function connect(panel: HTMLElement): void {
  const light = (target: EventTarget | null) => {
    for (const lit of panel.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (!(target instanceof Element)) return;
    const words = target.closest<HTMLElement>("mark");
    const value = target.closest<HTMLElement>("dd");
    const numbers = words?.dataset["values"]?.split(" ") ?? (value ? [value.dataset["value"]] : []);
    for (const mark of panel.querySelectorAll<HTMLElement>("mark")) {
      const holds = mark.dataset["values"]?.split(" ").some((one) => numbers.includes(one));
      mark.classList.toggle("lit", holds === true);
    }
    for (const dd of panel.querySelectorAll<HTMLElement>("dd")) {
      dd.classList.toggle("lit", words !== null && numbers.includes(dd.dataset["value"]));
    }
    const entry = value?.closest<HTMLElement>(".entry")?.dataset["sentences"];
    for (const number of entry?.split(" ") ?? []) panel.querySelector(`#sentence-${number}`)?.classList.add("lit");
  };
  panel.addEventListener("pointerover", (event) => light(event.target));
  panel.addEventListener("focusin", (event) => light(event.target));
  panel.addEventListener("pointerleave", () => light(null));
}
