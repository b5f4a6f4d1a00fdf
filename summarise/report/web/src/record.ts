// A record beside its abstract: a value marks its words, and words show the values that rest on them.

import type { Head, HeldJudgement, Json, Row, Said } from "./data";
import { bdi, element, link, revealed } from "./dom";
import { ADDING, inWords, type ShownEntry, type ShownField, type ShownValue } from "./overlay";
import { findWords } from "./places";
import { wordsOf } from "./words";

const STATES: Record<string, string> = {
  doubt: "doubtful",
  missing: "not in the abstract",
  unsupported: "says more than its evidence",
};

export function recordPanel(row: Row, head: Head, fields: ShownField[], offered: HeldJudgement[]): HTMLElement {
  const panel = element("article", { class: "record", "aria-labelledby": "opened" });
  const words = wordsOf(row, fields);
  panel.append(element("h2", { id: "opened", tabindex: "-1" }, words.title));
  if (row.byline.length) panel.append(element("p", { class: "byline" }, bdi(row.byline.join(" · "))));
  if (row.url !== null) panel.append(element("p", { class: "byline" }, link(row.url, row.url)));
  for (const note of row.notes) panel.append(element("p", { class: "flag" }, note));
  if (row.failure) panel.append(element("p", { class: "flag" }, `failed, ${row.failure[0]}: ${row.failure[1]}`));
  if (!row.values && !row.failure) panel.append(element("p", { class: "absent" }, "Not attempted yet."));
  if (row.isStale) panel.append(element("p", { class: "flag" }, "The abstract has changed since: nothing is marked."));
  const read = element("section", { class: "read" }, element("h3", {}, "Abstract"), words.abstract);
  if (row.unclaimed?.length) read.append(leftOut(row.unclaimed));
  if (row.origin) read.append(origin(row.origin));
  const held = element("section", { class: "held" });
  if (row.values) fields.forEach((field, at) => held.append(...fieldOf(head.fields[at]?.[1] ?? "", field, row)));
  if (row.flags?.length) {
    const flags = row.flags.map((flag) => element("li", {}, bdi(flag)));
    held.append(element("h3", {}, "Flags"), element("ul", { class: "flags" }, ...flags));
  }
  held.append(...lookAgain(offered));
  panel.append(element("div", { class: "sides" }, read, held));
  connect(panel);
  return panel;
}

/** What is to be looked at last: quantities that no value holds. */
function leftOut(unclaimed: [string, string][]): HTMLElement {
  const told = unclaimed.flatMap(([text, kind]) => ["; ", bdi(text), ` (${kind})`]).slice(1);
  return element("p", { class: "unheld" }, "No value holds: ", ...told, ".");
}

function origin(told: string[]): HTMLElement {
  const lines = told.map((line) => element("li", {}, bdi(line)));
  return element("details", { class: "origin" }, element("summary", {}, "Where this record comes from"), element("ul", {}, ...lines));
}

/** What was said of an earlier record or text, to be said again or let go. */
function lookAgain(offered: HeldJudgement[]): HTMLElement[] {
  if (!offered.length) return [];
  const lines = offered.map((one, at) => {
    const said = one.verdict === "corrected" ? `${textOf(one.was)} → ${textOf(one.value)}` : `${textOf(one.was)}: ${one.verdict}`;
    const buttons = ["Say it again", "Let it go"].map((text) => element("button", { type: "button" }, text));
    buttons[0]?.setAttribute("data-again", String(at));
    buttons[1]?.setAttribute("data-let-go", String(at));
    return element("li", {}, element("code", {}, one.path), " ", bdi(said), ` ${byWhom(one)}; ${one.offered ?? ""} `, ...buttons);
  });
  return [element("h3", {}, "Said before, to be looked at again"), element("ul", { class: "flags" }, ...lines)];
}

function textOf(value: Json): string {
  return value === null ? "–" : revealed(typeof value === "string" ? value : JSON.stringify(value));
}

function byWhom(said: Said): string {
  return `by ${revealed(said.by) || "you"}`;
}

function fieldOf(name: string, field: ShownField, row: Row): HTMLElement[] {
  const made: HTMLElement[] = [element("h3", {}, name)];
  if (row.isUnread) made.push(element("p", { class: "absent" }, "not read"));
  const entries = field.entries.filter((entry) => entry.values.length);
  if (!entries.length && !row.isUnread) made.push(element("p", { class: "absent" }, "– nothing found"));
  made.push(...entries.map((entry) => entryOf(entry, row)));
  // What has no value yet: fields of a part that stands alone, and one more entry of a list.
  const empty = field.entries.find((entry) => !entry.values.length);
  const places = [...(empty && !field.shape.isList ? absentOf(empty) : [])];
  const isNone = entries.every((entry) => entry.values.every((value) => value.isAbsent));
  if (field.shape.isList) places.push(giving(`${field.shape.name}${ADDING}`, isNone ? "add one" : "add one more"));
  if (places.length) made.push(element("p", { class: "give" }, ...places));
  return made;
}

function entryOf(entry: ShownEntry, row: Row): HTMLElement {
  const isRemoved = entry.said?.verdict === "corrected" && entry.said.value === null;
  const list = element("dl", {});
  for (const value of entry.values) list.append(element("dt", {}, value.label), valueOf(value, entry, row));
  const made = element("div", { class: "entry" }, list);
  made.dataset["sentences"] = entry.sentences.join(" ");
  if (entry.said) {
    made.classList.add(isRemoved ? "is-removed" : "is-judged");
    const what = isRemoved ? "✗ removed" : entry.path.endsWith(ADDING) ? "✎ added" : entry.said.verdict === "wrong" ? "✗ wrong" : "✓ checked";
    made.append(element("p", { class: "evidence" }, element("span", { class: "said" }, `${what} ${byWhom(entry.said)}`), noteOf(entry.said)));
  }
  const foot = element("p", { class: "evidence" });
  if (entry.sentences.length) foot.append("evidence: ", ...entry.sentences.map(reference));
  if (entry.absent.length && !isRemoved) foot.append(more(absentOf(entry)));
  if (foot.childNodes.length) made.append(foot);
  return made;
}

/** Buttons to give the fields of an entry that hold nothing. */
function absentOf(entry: ShownEntry): HTMLElement[] {
  return entry.absent.map(({ path, shape }) => giving(path, shape.label));
}

/** What there is a lot of is shown when it is asked for. */
function more(buttons: HTMLElement[]): HTMLElement {
  const all = element("span", { class: "give" }, ...buttons);
  return buttons.length < 3 ? all : element("details", { class: "more" }, element("summary", {}, "+ give what is missing"), all);
}

function giving(path: string, label: string): HTMLElement {
  const button = element("button", { type: "button", class: "give" }, `+ ${label}`);
  button.dataset["give"] = path;
  return button;
}

function valueOf(value: ShownValue, entry: ShownEntry, row: Row): HTMLElement {
  const { key, said, text, state, notes, shape } = value;
  const made = element("dd", { tabindex: "0" });
  made.dataset["value"] = key;
  if (said?.verdict === "corrected") {
    made.append(said.value === null ? element("span", { class: "given" }, "– not reported") : given(inWords(said.value, shape)));
    if (text && said.value !== said.was) made.append(" ", struck(text));
  } else {
    const words = value.isAbsent ? "– nothing found" : text;
    made.append(said?.verdict === "wrong" ? struck(words) : value.isAbsent ? element("span", { class: "absent" }, words) : bdi(words));
  }
  if (said) {
    const what = { corrected: "✎", checked: "✓", wrong: "✗ wrong", undone: "" }[said.verdict];
    made.append(" ", element("span", { class: said.verdict === "wrong" ? "flag" : "said" }, `${what} ${byWhom(said)}`), noteOf(said));
  }
  const isAdded = entry.path.endsWith(ADDING);
  const now = isAdded ? text : said?.verdict === "corrected" && typeof said.value === "string" ? said.value : null;
  if (now !== null && shape.kind === "verbatim" && !findWords(row, now)) {
    made.append(element("small", { class: "note" }, `not in the abstract, ${byWhom(said ?? (entry.said as Said))}`));
  }
  // What code says of its own value is of no use once somebody has put another in its place.
  if (said?.verdict === "corrected") return made;
  if (state) made.append(" ", element("span", { class: said?.verdict === "checked" ? "note" : state }, STATES[state] ?? ""));
  if (state && notes.length) made.append(element("small", {}, bdi(notes.join("; "))));
  else if (notes.length) made.title = notes.join("; ");
  return made;
}

function given(text: string): HTMLElement {
  return element("ins", { class: "given" }, bdi(text));
}

function struck(text: string): HTMLElement {
  return element("del", { class: "struck" }, bdi(text));
}

function noteOf(said: Said): HTMLElement | string {
  return said.note ? element("small", { class: "note" }, "note: ", bdi(revealed(said.note))) : "";
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
    const keys = words?.dataset["values"]?.split(" ") ?? (value ? [value.dataset["value"]] : []);
    for (const mark of panel.querySelectorAll<HTMLElement>("mark")) {
      const holds = mark.dataset["values"]?.split(" ").some((one) => keys.includes(one));
      mark.classList.toggle("lit", holds === true);
    }
    for (const dd of panel.querySelectorAll<HTMLElement>("dd")) {
      dd.classList.toggle("lit", words !== null && keys.includes(dd.dataset["value"]));
    }
    const entry = value?.closest<HTMLElement>(".entry")?.dataset["sentences"];
    for (const number of entry?.split(" ") ?? []) panel.querySelector(`#sentence-${number}`)?.classList.add("lit");
  };
  panel.addEventListener("pointerover", (event) => light(event.target));
  panel.addEventListener("focusin", (event) => light(event.target));
  panel.addEventListener("pointerleave", () => light(null));
}
