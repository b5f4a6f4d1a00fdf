// The table of all papers: a filter for each column, order, columns to choose.

import type { Api, ColumnOptions } from "datatables.net";
import { fieldCell, paperCell } from "./cells";
import { abstractOf, cellText, textOf, titleOf, type Row, type Run, type Stretch } from "./data";
import { element } from "./dom";
import { exportButtons } from "./exports";
import type { Facet } from "./facets";
import { makeGrid, searched, wordBox } from "./grid";
import { groupChoice, linesOf, showGroups, type Line } from "./grouping";

export interface Table {
  /** The row after or before one, in the order and selection that is shown. */
  beside(row: Row | null, step: number): Row | undefined;
  /** The rows that are left of the filters, in their order. */
  shown(): Row[];
  /** How many rows are left. */
  count(): number;
  /** Leave the rows that hold all of some words. */
  search(words: string): void;
  /** Leave the rows for which something holds, under a name that takes it back with null. */
  only(name: string, holds: ((row: Row) => boolean) | null): void;
  /** Act whenever other rows may be left. */
  onChange(act: () => void): void;
  /** Show anew what some rows hold by now. */
  renew(rows: Row[]): void;
  /** Offer to group the rows by what papers share. */
  offerGroups(facets: Facet[]): void;
  /** Bring a row into view and mark it. */
  mark(row: Row | null): void;
  /** Whether it is in view. */
  isShown(): boolean;
  /** Bring the focus back to a row. */
  focus(row: Row): void;
}

function columns(run: Run, open: (row: Row) => void): ColumnOptions[] {
  const number: ColumnOptions = {
    title: "#",
    type: "num",
    className: "number",
    data: null,
    render: (_: unknown, type: string, { row }: Line) => {
      if (type !== "display") return row.number;
      const label = `Open ${row.number}: ${row.title}`;
      const button = element("button", { type: "button", class: "open", "aria-label": label }, `${row.number}`);
      button.addEventListener("click", () => open(row));
      return button;
    },
  };
  const abstract = searched((row: Row) => `${titleOf(row)} ${row.byline.join(" ")} ${row.id} ${abstractOf(row)}`);
  const paper: ColumnOptions = {
    title: "Paper",
    type: "string",
    className: "paper",
    // Who goes from cell to cell hears whose it is.
    cellType: "th",
    createdCell: (cell) => (cell as HTMLElement).setAttribute("scope", "row"),
    data: null,
    render: (_: unknown, type: string, { row }: Line) => {
      if (type === "display") return paperCell(row);
      return type === "filter" ? abstract(row) : row.title;
    },
  };
  const fields = run.head.columns.slice(2).map((title, at): ColumnOptions => {
    const text = searched(cellText);
    const isNumeric = areNumbers(run.rows.map((row) => row.cells[at] ?? []));
    return {
      title,
      type: isNumeric ? "num" : "string",
      data: null,
      render: (_: unknown, type: string, { row }: Line) => {
        const cell = row.cells[at] ?? [];
        if (type === "display") return fieldCell(title, cell);
        return isNumeric && type === "sort" ? (numberIn(cell)?.value ?? null) : text(cell);
      },
    };
  });
  // Not seen: what keeps the lines of a group together.
  const group: ColumnOptions = { title: "", type: "num", data: "place", visible: false, searchable: false };
  return [number, paper, ...fields, group];
}

const NUMBER = /^([-−+]?\d[\d,]*(?:\.\d+)?)\s*(%|\p{L}*)$/u;

/** The number that a cell is, with its unit, whatever sign code has put beside it; null where there is more. */
function numberIn(cell: Stretch[][]): { value: number; unit: string } | null {
  const signs = ["doubt", "flag", "absent"];
  const plain = cell.map((line) => line.filter((one) => typeof one === "string" || !signs.includes(one[1])).map(textOf).join("")).join(" ");
  const found = NUMBER.exec(plain.trim());
  return found ? { value: Number((found[1] ?? "").replaceAll(",", "").replace("−", "-")), unit: found[2] ?? "" } : null;
}

/** Whether all cells that say something are numbers of one unit. */
function areNumbers(cells: Stretch[][][]): boolean {
  const isAbsent = (cell: Stretch[][]) => cell.every((line) => line.every((one) => one[1] === "absent"));
  let unit: string | null = null;
  for (const cell of cells) {
    if (isAbsent(cell)) continue;
    const found = numberIn(cell);
    if (!found || (unit !== null && unit !== found.unit)) return false;
    unit = found.unit;
  }
  return unit !== null;
}

/** Make the table, and what stands above it. */
export function makeTable(run: Run, place: HTMLElement, open: (row: Row) => void): Table {
  const tools = element("div", { class: "tools" });
  place.append(tools);
  const { api, held, sorts } = makeGrid<Line>(place, {
    caption: `Papers of ${run.head.name}`,
    class: "papers",
    items: linesOf(run.rows, null),
    columns: columns(run, open),
    order: [[0, "asc"]],
  });
  let isGrouped = false;
  const group = (facet: Facet | null) => {
    isGrouped = facet !== null;
    api.order.fixed({ pre: isGrouped ? [[run.head.columns.length, "asc"]] : [] });
    api.clear().rows.add(linesOf(run.rows, facet)).draw();
  };
  showGroups(api, held);
  const fields = run.head.columns.slice(2).map((_title, at) => at);
  tools.append(
    sorts,
    columnChoice(api, run.head.columns),
    exportButtons(run, () => shownIn(api), () => fields.filter((at) => api.column(at + 2).visible())),
  );
  columnFilters(api, run.head.columns, held);
  return {
    beside: besideIn(api),
    shown: () => shownIn(api),
    // Asked at each key, when going through all lines would be felt.
    count: () => (isGrouped ? shownIn(api).length : api.page.info().recordsDisplay),
    search: (words) => api.search(words).draw(),
    only: (name, holds) => {
      api.search.fixed(name, holds && ((_text: string | null, { row }: Line) => holds(row)));
      api.draw();
    },
    onChange: (act) => api.on("search", act),
    renew: (rows) => {
      const changed = new Set(rows);
      api.rows((_at: number, { row }: Line) => changed.has(row)).invalidate("data").draw(false);
    },
    offerGroups: (facets) => tools.prepend(groupChoice(facets, group)),
    mark: markIn(api),
    isShown: () => !place.hidden,
    focus: (row) => nodeOf(api, row)?.querySelector<HTMLElement>(".open")?.focus(),
  };
}

function columnChoice(api: Api<Line>, titles: string[]): HTMLElement {
  const boxes = titles.map((title, at) => {
    const box = element("input", { type: "checkbox" });
    box.checked = true;
    box.disabled = at < 2;
    box.addEventListener("change", () => {
      // What nobody sees filters nothing.
      if (!box.checked) api.column(at).search("").draw();
      api.column(at).visible(box.checked);
    });
    return element("label", {}, box, ` ${title}`);
  });
  return element("details", { class: "columns" }, element("summary", {}, "Columns"), ...boxes);
}

/** A second row of heads, with a box for the words of each column. */
function columnFilters(api: Api<Line>, titles: string[], held: HTMLTableElement): void {
  const heads = titles.map((title, at) => {
    if (at === 0) return element("td", {});
    const input = wordBox((words) => api.column(at).search(words).draw(), "filter");
    input.setAttribute("aria-label", `Filter ${title}`);
    return element("td", {}, input);
  });
  const row = element("tr", { class: "filters" }, ...heads);
  held.tHead?.append(row);
  api.on("column-visibility", () => {
    heads.forEach((head, at) => {
      head.hidden = !api.column(at).visible();
      const input = head.querySelector("input");
      if (head.hidden && input) input.value = "";
    });
  });
}

/** The papers of some lines, each once. */
function papersOf(lines: Line[]): Row[] {
  return [...new Set(lines.map(({ row }) => row))];
}

function shownIn(api: Api<Line>): Row[] {
  return papersOf(api.rows({ search: "applied", order: "applied" }).data().toArray() as Line[]);
}

function nodeOf(api: Api<Line>, row: Row): HTMLElement | null {
  return api.row((_at: number, line: Line) => line.row === row).node() as HTMLElement | null;
}

function besideIn(api: Api<Line>): Table["beside"] {
  return (row, step) => {
    const shown = shownIn(api);
    if (row === null || shown.includes(row)) return shown[row === null ? 0 : shown.indexOf(row) + step];
    // One that is filtered away keeps its place.
    const all = papersOf(api.rows({ order: "applied" }).data().toArray() as Line[]);
    const left = new Set(shown);
    const beside = step > 0 ? all.slice(all.indexOf(row) + 1) : all.slice(0, all.indexOf(row)).reverse();
    return beside.find((one) => left.has(one));
  };
}

function markIn(api: Api<Line>): Table["mark"] {
  return (row) => {
    for (const one of document.querySelectorAll("tr.is-open")) one.classList.remove("is-open");
    if (row === null) return;
    const lines = api.rows({ search: "applied", order: "applied" }).data().toArray() as Line[];
    const places = lines.flatMap((line, at) => (line.row === row ? [Math.floor(at / api.page.len())] : []));
    const [first] = places;
    if (first === undefined) return;
    // One of several groups may be in view already.
    if (!places.includes(api.page())) api.page(first).draw("page");
    const line = nodeOf(api, row);
    line?.classList.add("is-open");
    line?.scrollIntoView({ block: "nearest" });
  };
}
