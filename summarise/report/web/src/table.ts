// The table of all papers: search, a filter for each column, order, columns to choose.

import DataTable, { type Api, type ColumnOptions } from "datatables.net";
import { fieldCell, paperCell } from "./cells";
import { abstractOf, cellText, titleOf, type Row, type Run } from "./data";
import { element } from "./dom";
import { exportButtons } from "./exports";
import { facetChoices } from "./facets";

const PAGE = 50;
const WAIT = 40; // ms after a key, before a search begins

export interface Table {
  /** The row after or before one, in the order and selection that is shown. */
  beside(row: Row | null, step: number): Row | undefined;
  /** The rows that are left of the filters, in their order. */
  shown(): Row[];
  /** Bring a row into view and mark it. */
  mark(row: Row | null): void;
  /** Bring the focus back to a row. */
  focus(row: Row): void;
}

/**
 * What is searched in for a row, made once. DataTables reads it as HTML where it holds a "&", so there it says itself
 * in HTML.
 */
function searched(text: (row: Row) => string): (row: Row) => string {
  const made = new Map<Row, string>();
  return (row) => {
    let found = made.get(row);
    if (found === undefined) {
      found = text(row);
      if (found.includes("&")) found = found.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      made.set(row, found);
    }
    return found;
  };
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
  const abstract = searched((row) => `${titleOf(row)} ${row.byline.join(" ")} ${row.id} ${abstractOf(row)}`);
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
    const text = searched((row) => cellText(row.cells[at] ?? []));
    return {
      title,
      type: "string",
      data: null,
      render: (_: unknown, type: string, row: Row) =>
        type === "display" ? fieldCell(title, row.cells[at] ?? []) : text(row),
    };
  });
  return [number, paper, ...fields];
}

/** Make the table, and what stands above it. */
export function makeTable(run: Run, place: HTMLElement, open: (row: Row) => void): Table {
  const controls = element("div", { class: "controls", role: "search" });
  const held = element("table", { class: "papers" });
  held.append(element("caption", { class: "unseen" }, `Papers of ${run.head.name}`));
  place.append(controls, element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Table" }, held));
  const api = new DataTable(held, {
    data: run.rows,
    columns: columns(run, open),
    pageLength: PAGE,
    lengthMenu: [25, PAGE, 100, 500],
    order: [[0, "asc"]],
    autoWidth: false,
    layout: { topStart: null, topEnd: null, bottomStart: "info", bottomEnd: "paging" },
    language: { info: "_START_–_END_ of _TOTAL_", infoFiltered: "(of _MAX_)", infoEmpty: "none", zeroRecords: "Nothing matches" },
  }) as unknown as Api<Row>;
  const only = (name: string, holds: ((row: Row) => boolean) | null) => {
    api.search.fixed(name, holds && ((_text: string | null, row: Row) => holds(row)));
    api.draw();
  };
  const fields = run.head.columns.slice(2).map((_title, at) => at);
  controls.append(
    searchBox(api),
    eyesFilter(run.rows, only),
    facetChoices(run, only),
    columnChoice(api, run.head.columns),
    exportButtons(run, () => shownIn(api), () => fields.filter((at) => api.column(at + 2).visible())),
  );
  columnFilters(api, run.head.columns, held);
  return {
    beside: besideIn(api),
    shown: () => shownIn(api),
    mark: markIn(api),
    focus: (row) => nodeOf(api, row)?.querySelector<HTMLElement>(".open")?.focus(),
  };
}

function after(wait: number, act: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}

function searchBox(api: Api<Row>): HTMLElement {
  const input = element("input", { type: "search", id: "search" });
  input.placeholder = "any words of title, abstract or table  ( / )";
  input.addEventListener("input", after(WAIT, () => api.search(input.value).draw()));
  return element("label", { class: "search" }, "Search ", input);
}

/** Only the rows that hold what code doubts, or that failed. */
function eyesFilter(rows: Row[], only: (name: string, holds: ((row: Row) => boolean) | null) => void): HTMLElement {
  const needs = (row: Row) => row.needsEyes === true || row.failure !== undefined;
  const box = element("input", { type: "checkbox", id: "eyes" });
  box.addEventListener("change", () => only("needs my eyes", box.checked ? needs : null));
  return element("label", {}, box, ` needs my eyes (${rows.filter(needs).length})`);
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
    const input = element("input", { type: "search", "aria-label": `Filter ${title}` });
    input.placeholder = "filter";
    input.addEventListener("input", after(WAIT, () => api.column(at).search(input.value).draw()));
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
    // One that is filtered away has no neighbours.
    if (row === null || !shown.includes(row)) return shown[0];
    return shown[shown.indexOf(row) + step];
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
