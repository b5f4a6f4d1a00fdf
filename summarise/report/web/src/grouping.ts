// The rows of the table in groups: by year, venue, dataset or whatever else papers share.

import type { Api } from "datatables.net";
import type { Row } from "./data";
import { bdi, element } from "./dom";
import { counted, type Facet } from "./facets";

/** A row of the table: a paper, in one of the groups that it belongs to. */
export interface Line {
  row: Row;
  /** Of its group, from 0; all are in one where there are none. */
  place: number;
  /** What the group is called; nothing where there are none. */
  group: string;
}

/** A line for each group of each paper, the groups that most papers are in first; those without come last. */
export function linesOf(rows: Row[], facet: Facet | null): Line[] {
  if (!facet) return rows.map((row) => ({ row, place: 0, group: "" }));
  const choices = counted(rows, facet);
  const places = new Map(choices.map(({ key }, place) => [key, place]));
  return rows.flatMap((row) => {
    const keys = [...new Set(facet.of(row).map((text) => text.toLowerCase()))];
    const named = keys.map((key): Line => {
      const place = places.get(key) ?? 0;
      return { row, place, group: choices[place]?.text ?? "" };
    });
    return named.length ? named : [{ row, place: choices.length, group: `no ${facet.title.toLowerCase()}` }];
  });
}

/** Stand a head with its count above the first line of each group, whenever the table is drawn. */
export function showGroups(api: Api<Line>, held: HTMLTableElement): void {
  const heads = () => {
    for (const old of held.querySelectorAll("tr.group")) old.remove();
    const shown = api.rows({ search: "applied", page: "current", order: "applied" });
    const lines = shown.data().toArray() as Line[];
    if (!lines[0]?.group) return;
    const counts = new Map<number, number>();
    for (const { place } of api.rows({ search: "applied" }).data().toArray() as Line[]) counts.set(place, (counts.get(place) ?? 0) + 1);
    const nodes = shown.nodes().toArray() as HTMLElement[];
    lines.forEach(({ group, place }, at) => {
      if (place === lines[at - 1]?.place) return;
      const count = counts.get(place) ?? 0;
      const head = element("th", {}, bdi(group), element("span", { class: "quiet" }, ` ${count} ${count === 1 ? "paper" : "papers"}`));
      head.colSpan = api.columns(":visible").count();
      head.scope = "rowgroup";
      nodes[at]?.before(element("tr", { class: "group" }, head));
    });
  };
  api.on("draw", heads);
  api.on("column-visibility", heads);
}

/** A list of what to group by. */
export function groupChoice(offered: Facet[], group: (facet: Facet | null) => void): HTMLElement {
  const select = element("select", { id: "group" });
  ["nothing", ...offered.map(({ title }) => title)].forEach((title, at) => {
    const option = element("option", {}, title);
    option.value = `${at}`;
    select.append(option);
  });
  select.addEventListener("change", () => group(offered[Number(select.value) - 1] ?? null));
  return element("label", {}, "Group by ", select);
}
