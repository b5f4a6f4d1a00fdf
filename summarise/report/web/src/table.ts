// The table of all papers: a filter for each column, order, columns to choose.

import type { Api, ColumnOptions } from "datatables.net";
import { fieldCell, paperCell } from "./cells";
import { abstractOf, cellText, titleOf, type Row, type Run } from "./data";
import { element } from "./dom";
import { exportButtons } from "./exports";
import { makeGrid, searched, wordBox } from "./grid";

export interface Table {
  /** The row after or before one, in the order and selection that is shown. */
  beside(row: Row | null, step: number): Row | undefined;
  /** The rows that are left of the filters, in their order. */
  shown(): Row[];
  /** Leave the rows that hold all of some words. */
  search(words: string): void;
  /** Leave the rows for which something holds, under a name that takes it back with null. */
  only(name: string, holds: ((row: Row) => boolean) | null): void;
  /** Act whenever other rows may be left. */
  onChange(act: () => void): void;
  /** Show anew what some rows hold by now. */
  renew(rows: Row[]): void;
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
    render: (_: unknown, type: string, row: Row) => {
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
    data: null,
    render: (_: unknown, type: string, row: Row) => {
      if (type === "display") return paperCell(row);
      return type === "filter" ? abstract(row) : row.title;
    },
  };
  const fields = run.head.columns.slice(2).map((title, at): ColumnOptions => {
    const text = searched(cellText);
    return {
      title,
      type: "string",
      data: null,
      render: (_: unknown, type: string, row: Row) =>
        type === "display" ? fieldCell(title, row.cells[at] ?? []) : text(row.cells[at] ?? []),
    };
  });
  return [number, paper, ...fields];
}

/** Make the table, and what stands above it. */
export function makeTable(run: Run, place: HTMLElement, open: (row: Row) => void): Table {
  const tools = element("div", { class: "tools" });
  place.append(tools);
  const { api, held } = makeGrid<Row>(place, {
    caption: `Papers of ${run.head.name}`,
    class: "papers",
    items: run.rows,
    columns: columns(run, open),
    order: [[0, "asc"]],
  });
  const fields = run.head.columns.slice(2).map((_title, at) => at);
  tools.append(
    columnChoice(api, run.head.columns),
    exportButtons(run, () => shownIn(api), () => fields.filter((at) => api.column(at + 2).visible())),
  );
  columnFilters(api, run.head.columns, held);
  return {
    beside: besideIn(api),
    shown: () => shownIn(api),
    search: (words) => api.search(words).draw(),
    only: (name, holds) => {
      api.search.fixed(name, holds && ((_text: string | null, row: Row) => holds(row)));
      api.draw();
    },
    onChange: (act) => api.on("search", act),
    renew: (rows) => {
      const changed = new Set(rows);
      api.rows((_at: number, row: Row) => changed.has(row)).invalidate("data").draw(false);
    },
    mark: markIn(api),
    isShown: () => !place.hidden,
    focus: (row) => nodeOf(api, row)?.querySelector<HTMLElement>(".open")?.focus(),
  };
}

function columnChoice(api: Api<Row>, titles: string[]): HTMLElement {
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
function columnFilters(api: Api<Row>, titles: string[], held: HTMLTableElement): void {
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

function shownIn(api: Api<Row>): Row[] {
  return api.rows({ search: "applied", order: "applied" }).data().toArray() as Row[];
}

function nodeOf(api: Api<Row>, row: Row): HTMLElement | null {
  return api.row((_at: number, data: Row) => data === row).node() as HTMLElement | null;
}

function besideIn(api: Api<Row>): Table["beside"] {
  return (row, step) => {
    const shown = shownIn(api);
    if (row === null || shown.includes(row)) return shown[row === null ? 0 : shown.indexOf(row) + step];
    // One that is filtered away keeps its place.
    const all = api.rows({ order: "applied" }).data().toArray() as Row[];
    const left = new Set(shown);
    const beside = step > 0 ? all.slice(all.indexOf(row) + 1) : all.slice(0, all.indexOf(row)).reverse();
    return beside.find((one) => left.has(one));
  };
}

function markIn(api: Api<Row>): Table["mark"] {
  return (row) => {
    for (const one of document.querySelectorAll("tr.is-open")) one.classList.remove("is-open");
    if (row === null) return;
    const at = shownIn(api).indexOf(row);
    if (at < 0) return;
    const page = Math.floor(at / api.page.len());
    if (page !== api.page()) api.page(page).draw("page");
    const line = nodeOf(api, row);
    line?.classList.add("is-open");
    line?.scrollIntoView({ block: "nearest" });
  };
}
