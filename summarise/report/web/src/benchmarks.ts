// What papers report by dataset, metric or resource: their values side by side, neither merged nor ranked.

import type { Api, ColumnOptions } from "datatables.net";
import { stretch } from "./cells";
import { textOf, type ByTable, type Row, type Run, type Stretch } from "./data";
import { bdi, element } from "./dom";
import { makeGrid, searched, wordBox } from "./grid";
import type { Part } from "./tabs";

const FIRST = 6; // values of a row that are shown at once

interface Value {
  row: Row;
  line: Stretch[];
  worked: string;
}

/** A row: of what it is, and the values that papers report of it. */
interface Group {
  of: string;
  beside: string;
  papers: number;
  values: Value[];
}

type Open = (row: Row) => void;

/** A part for each table that the records have something for. */
export function benchmarkParts(run: Run, left: () => Row[], open: Open): Part[] {
  return run.accounts.tables.flatMap((table, at) => {
    if (!table.rows.length) return [];
    const place = element("section", { class: "by" });
    let api: Api<Group> | null = null;
    const show = () => {
      api ??= begin(table, place, open);
      api.clear().rows.add(groupsOf(at, table, left())).draw();
    };
    return [{ name: `by-${table.by}`, title: `By ${table.by}`, place, show }];
  });
}

function begin(table: ByTable, place: HTMLElement, open: Open): Api<Group> {
  const input = wordBox((words) => api.search(words).draw(), `${table.heads.join(", ").toLowerCase()}, paper or value`);
  const tools = element("p", { class: "tools" }, element("label", { class: "search" }, "In this table ", input));
  place.append(tools, element("p", { class: "quiet" }, about(table)));
  const { api, sorts } = makeGrid<Group>(place, {
    caption: `Values by ${table.by}`,
    class: "facts measured",
    items: [],
    columns: columns(table, open),
    order: [],
    unsorted: "most papers first",
  });
  tools.append(sorts);
  return api;
}

function about({ leftOut }: ByTable): string {
  const out = leftOut.map((told) => ` ${told}.`).join("");
  const shares = "Values share a row where name and unit are the same; settings differ, so they are neither merged nor ranked.";
  return `${shares} Small print is worked out by code.${out}`;
}

/** Rows of the papers that are left, what most of them have first, of one name together. */
function groupsOf(at: number, table: ByTable, rows: Row[]): Group[] {
  const groups = table.rows.map(([of, beside]): Group => ({ of, beside, papers: 0, values: [] }));
  for (const row of rows) {
    for (const [line, ...places] of row.measured ?? []) {
      for (const [place, number, worked] of places) {
        const group = groups[number];
        if (place !== at || !group) continue;
        if (group.values.at(-1)?.row !== row) group.papers += 1;
        group.values.push({ row, line, worked });
      }
    }
  }
  const found = groups.filter((group) => group.values.length);
  const names = new Map<string, Set<Row>>();
  for (const { of, values } of found) {
    const papers = names.get(of.toLowerCase()) ?? new Set();
    names.set(of.toLowerCase(), papers);
    for (const { row } of values) papers.add(row);
  }
  const places = new Map([...names.keys()].map((name, place) => [name, place]));
  const order = ({ of, papers }: Group) => [-(names.get(of.toLowerCase())?.size ?? 0), places.get(of.toLowerCase()) ?? 0, -papers];
  const keyed = found.map((group) => ({ group, key: order(group) }));
  keyed.sort(({ key: one }, { key: other }) => one.map((value, n) => value - (other[n] ?? 0)).find((less) => less) ?? 0);
  return keyed.map(({ group }) => group);
}

function columns({ heads }: ByTable, open: Open): ColumnOptions[] {
  const texts = ([of, beside]: [string, string]) => [of, beside];
  const named = texts(heads).map((title, at): ColumnOptions => {
    const text = (group: Group) => (at ? group.beside : group.of);
    const found = searched(text);
    return {
      title,
      type: "string",
      data: null,
      render: (_: unknown, type: string, group: Group) =>
        type === "display" ? element(at ? "span" : "strong", {}, bdi(text(group))) : found(group),
    };
  });
  const papers: ColumnOptions = {
    title: "Papers",
    type: "num",
    className: "count",
    data: null,
    orderSequence: ["desc", "asc"],
    searchable: false,
    render: (_: unknown, type: string, group: Group) =>
      type === "display" ? element("span", {}, `${group.papers}`, element("span", { class: "label" }, group.papers === 1 ? " paper" : " papers")) : group.papers,
  };
  const all = searched((group: Group) => group.values.map(({ row, line, worked }) => `${row.title} ${line.map(textOf).join("")} ${worked}`).join(" "));
  const values: ColumnOptions = {
    title: "As reported",
    type: "string",
    orderable: false,
    data: null,
    render: (_: unknown, type: string, group: Group) => (type === "display" ? valueList(group.values, open) : all(group)),
  };
  return [...named, papers, values];
}

function valueList(values: Value[], open: Open): HTMLElement {
  const made = element("div", {}, listOf(values.slice(0, FIRST), open));
  const others = values.slice(FIRST);
  if (others.length) {
    const more = element("details", {}, element("summary", {}, `${others.length} more`));
    more.addEventListener("toggle", () => more.append(listOf(others, open)), { once: true });
    made.append(more);
  }
  return made;
}

function listOf(values: Value[], open: Open): HTMLElement {
  return element("ul", { class: "values" }, ...values.map((value) => item(value, open)));
}

function item({ row, line, worked }: Value, open: Open): HTMLElement {
  const label = `Open ${row.number}: ${row.title}`;
  const button = element("button", { type: "button", class: "open", "aria-label": label }, `${row.number}`);
  button.addEventListener("click", () => open(row));
  const made = element("li", {}, button, " ", element("span", { class: "whose" }, bdi(row.title)), " ", ...line.map(stretch));
  if (worked) made.append(element("small", {}, bdi(worked)));
  return made;
}
