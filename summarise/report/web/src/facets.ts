// What papers share: years, venues, and those values of records that several papers have.

import type { Run, Row } from "./data";
import { element } from "./dom";

const MOST = 200; // choices in a list

interface Facet {
  title: string;
  of: (row: Row) => string[];
}

function facetsOf({ head }: Run): Facet[] {
  const inRecords = head.facets.map(([title, field, label]): Facet => ({
    title,
    of: (row) =>
      (row.entries?.[field] ?? []).flatMap(([, numbers]) =>
        numbers.map((number) => row.values?.[number]).flatMap((value) => (value?.[0] === label ? [value[1]] : [])),
      ),
  }));
  return [
    { title: "Year", of: (row) => (row.year ? [row.year] : []) },
    { title: "Venue", of: (row) => (row.venue ? [row.venue] : []) },
    ...inRecords,
  ];
}

/** How many papers have each value, without regard to case; the commonest spelling stands for all. */
function counted(rows: Row[], of: Facet["of"]): Map<string, { text: string; papers: number }> {
  const found = new Map<string, { text: string; papers: number }>();
  for (const row of rows) {
    for (const [key, text] of new Map(of(row).map((text) => [text.toLowerCase(), text]))) {
      const known = found.get(key);
      if (known) known.papers += 1;
      else found.set(key, { text, papers: 1 });
    }
  }
  return found;
}

/** A list to choose from for each; none where no two papers share anything. */
export function facetChoices(run: Run, choose: (name: string, holds: ((row: Row) => boolean) | null) => void): HTMLElement {
  const lists = facetsOf(run).flatMap(({ title, of }, at) => {
    const shared = [...counted(run.rows, of)].filter(([, { papers }]) => papers > 1);
    if (!shared.length) return [];
    const byTime = title === "Year";
    shared.sort(([a, one], [b, other]) => (byTime ? b.localeCompare(a) : other.papers - one.papers || a.localeCompare(b)));
    const select = element("select", {}, option("", "all"));
    for (const [key, { text, papers }] of shared.slice(0, MOST)) select.append(option(key, `${text} (${papers})`));
    if (shared.length > MOST) {
      const more = option("", `${shared.length - MOST} rarer ones: search for them`);
      more.disabled = true;
      select.append(more);
    }
    select.addEventListener("change", () => {
      const wanted = select.value;
      choose(`shared ${at}`, wanted ? (row) => of(row).some((text) => text.toLowerCase() === wanted) : null);
    });
    return [element("label", {}, `${title} `, select)];
  });
  return element("details", { class: "facets" }, element("summary", {}, "Only those with"), ...lists);
}

function option(value: string, text: string): HTMLOptionElement {
  const made = element("option", {}, text);
  made.value = value;
  return made;
}
