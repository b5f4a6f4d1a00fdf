// What papers share: years, venues, what they report, and those values of records that several papers have.

import type { Row, Run, Value } from "./data";
import { bdi, element } from "./dom";

const MOST = 200; // choices in a list

export interface Facet {
  title: string;
  of: (row: Row) => string[];
  /** What stands for the order of its choices, where that isn't how many papers have them. */
  order?: (text: string) => number;
}

export interface Choice {
  /** Alike for all spellings. */
  key: string;
  text: string;
  papers: number;
}

/** Years, venues, what is reported and how reading went. */
export const YEAR = "Year";
export const VENUE = "Venue";
export const REPORTED = "Reported";
export const READING = "Reading";

/** What of the papers is chosen, one choice of each facet at a time. */
export class Facets {
  readonly all: Facet[];
  /** Those of which papers share something, and what. */
  readonly shared: { facet: Facet; choices: Choice[] }[];
  private readonly chosen = new Map<Facet, Choice>();
  private readonly listeners: (() => void)[] = [];

  constructor(
    run: Run,
    private readonly only: (name: string, holds: ((row: Row) => boolean) | null) => void,
  ) {
    this.all = facetsOf(run);
    this.shared = this.all.flatMap((facet) => {
      const choices = counted(run.rows, facet).filter(({ papers }) => papers > 1);
      return choices.length ? [{ facet, choices }] : [];
    });
  }

  named(title: string): Facet | undefined {
    return this.all.find((facet) => facet.title === title);
  }

  isChosen(facet: Facet, { key }: Choice): boolean {
    return this.chosen.get(facet)?.key === key;
  }

  /** Leave the papers that have one of its choices; all of them with null. */
  choose(facet: Facet, choice: Choice | null): void {
    if (choice) this.chosen.set(facet, choice);
    else this.chosen.delete(facet);
    // First, as whoever is told that other papers are left may ask what is chosen.
    for (const act of this.listeners) act();
    const key = choice?.key;
    this.only(`shared ${facet.title}`, choice && ((row) => facet.of(row).some((text) => text.toLowerCase() === key)));
  }

  /** What is chosen, each with a button that takes it back. */
  chips(): HTMLElement {
    const chips = element("span", { class: "chips" });
    this.listeners.push(() => {
      const made = [...this.chosen].map(([facet, { text }]) => {
        const button = element("button", { type: "button", "aria-label": `All again, not only ${facet.title}: ${text}` }, `${facet.title}: `, bdi(text), " ×");
        button.addEventListener("click", () => this.choose(facet, null));
        return button;
      });
      chips.replaceChildren(...made);
    });
    return chips;
  }

  /** A list to choose from for each that papers share something of. */
  lists(): HTMLElement {
    const lists = this.shared.map(({ facet, choices }) => element("label", {}, `${facet.title} `, this.list(facet, choices)));
    return element("details", { class: "facets" }, element("summary", {}, "Only those with"), ...lists);
  }

  private list(facet: Facet, shared: Choice[]): HTMLSelectElement {
    const select = element("select", {}, option("", "all"));
    for (const { key, text, papers } of shared.slice(0, MOST)) select.append(option(key, `${text} (${papers})`));
    if (shared.length > MOST) {
      const more = option("", `${shared.length - MOST} rarer ones: search for them`);
      more.disabled = true;
      select.append(more);
    }
    select.addEventListener("change", () => this.choose(facet, shared.find(({ key }) => key === select.value) ?? null));
    this.listeners.push(() => {
      const choice = this.chosen.get(facet);
      const known = [...select.options].some(({ value }) => value === choice?.key);
      if (choice && !known) select.append(option(choice.key, choice.text));
      select.value = choice?.key ?? "";
    });
    return select;
  }
}

function facetsOf({ head }: Run): Facet[] {
  const inRecords = head.facets.map(([title, field, label]): Facet => ({
    title,
    of: (row) => valuesOf(row, field).flatMap((value) => (value[0] === label ? [value[1]] : [])),
  }));
  const links = "A link in the abstract";
  const titles = [...head.reported.map(([title]) => title), links];
  const reports = (row: Row, field: number, label: string | null) => valuesOf(row, field).some((value) => label === null || value[0] === label);
  return [
    { title: YEAR, of: (row) => (row.year ? [row.year] : []), order: (text) => -Number(text) },
    { title: VENUE, of: (row) => (row.venue ? [row.venue] : []) },
    {
      title: REPORTED,
      of: (row) => [...head.reported.filter(([, field, label]) => reports(row, field, label)).map(([title]) => title), ...(row.links ? [links] : [])],
      order: (text) => titles.indexOf(text),
    },
    { title: READING, of: (row) => [reading(row)] },
    ...inRecords,
  ];
}

function valuesOf(row: Row, field: number): Value[] {
  const numbers = (row.entries?.[field] ?? []).flatMap((entry) => entry[1]);
  return numbers.flatMap((number) => (row.values?.[number] ? [row.values[number]] : []));
}

/** What became of a paper, in a word or two. */
function reading(row: Row): string {
  if (row.failure) return `failed: ${row.failure[0]}`;
  if (!row.values) return "not attempted";
  if (row.isUnread) return "not read";
  return row.needsEyes ? "needs my eyes" : "without a doubt";
}

/** How many papers have each choice, without regard to case; the commonest come first. */
export function counted(rows: Row[], { of, order }: Facet): Choice[] {
  const found = new Map<string, Choice>();
  for (const row of rows) {
    for (const [key, text] of new Map(of(row).map((text) => [text.toLowerCase(), text]))) {
      const known = found.get(key);
      if (known) known.papers += 1;
      else found.set(key, { key, text, papers: 1 });
    }
  }
  const by = order ?? (() => 0);
  return [...found.values()].sort((one, other) => by(one.text) - by(other.text) || other.papers - one.papers || one.key.localeCompare(other.key));
}

function option(value: string, text: string): HTMLOptionElement {
  const made = element("option", {}, text);
  made.value = value;
  return made;
}
