// What every table of the page has in common: how it is searched, sorted and turned over.

import DataTable, { type Api, type ColumnOptions } from "datatables.net";
import { element } from "./dom";

const PAGE = 50;
const MOST_PRINTED = 1000; // rows; more would be a book, and take minutes
const WAIT = 40; // ms after a key, before a search begins

export interface GridOptions<Item> {
  /** Of what it is, for who can't see that. */
  caption: string;
  class: string;
  items: Item[];
  columns: ColumnOptions[];
  order: [column: number, way: "asc" | "desc"][];
  /** What the order of the items is, where that isn't a column's. */
  unsorted?: string;
}

export interface Grid<Item> {
  api: Api<Item>;
  held: HTMLTableElement;
  /** A list of orders, for screens that have no room for heads. */
  sorts: HTMLElement;
}

/** A table of items with what turns its pages. */
export function makeGrid<Item>(place: HTMLElement, options: GridOptions<Item>): Grid<Item> {
  const held = element("table", { class: `grid ${options.class}` });
  held.append(element("caption", { class: "unseen" }, options.caption));
  place.append(element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": options.caption }, held));
  const api = new DataTable(held, {
    data: options.items,
    columns: options.columns,
    order: options.order,
    pageLength: PAGE,
    autoWidth: false,
    layout: { topStart: null, topEnd: null, bottomStart: "info", bottomEnd: "paging" },
    language: { info: "_START_–_END_ of _TOTAL_", infoFiltered: "(of _MAX_)", infoEmpty: "none", zeroRecords: "Nothing matches", emptyTable: "Nothing is there" },
  }) as unknown as Api<Item>;
  const turned = place.querySelector<HTMLElement>(".dt-paging");
  const tell = () => turned?.toggleAttribute("hidden", api.page.info().pages < 2);
  api.on("draw", tell);
  tell();
  // Paper can't be turned over to the next rows.
  addEventListener("beforeprint", () => {
    if (api.page.info().recordsDisplay <= MOST_PRINTED) api.page.len(-1).draw(false);
  });
  addEventListener("afterprint", () => api.page.len(PAGE).draw(false));
  return { api, held, sorts: sortList(api, options.columns, options.unsorted) };
}

function sortList<Item>(api: Api<Item>, columns: ColumnOptions[], unsorted?: string): HTMLElement {
  const select = element("select", {});
  if (unsorted !== undefined) {
    const option = element("option", {}, unsorted);
    option.value = "";
    select.append(option);
  }
  columns.forEach(({ title, orderable, visible }, at) => {
    if (orderable === false || visible === false) return;
    for (const [way, sign] of [["asc", "▲"], ["desc", "▼"]] as const) {
      const option = element("option", {}, `${title} ${sign}`);
      option.value = `${at} ${way}`;
      select.append(option);
    }
  });
  const tell = () => {
    const [first] = api.order() as [number, string][];
    select.value = first?.[1] ? first.join(" ") : "";
  };
  api.on("order", tell);
  tell();
  select.addEventListener("change", () => {
    const [at, way] = select.value.split(" ");
    api.order(way ? [[Number(at), way as "asc" | "desc"]] : []).draw();
  });
  return element("label", { class: "sorts" }, "Sort by ", select);
}

/**
 * What is searched in for an item, made once. DataTables reads it as HTML where it holds a "&", so there it says itself
 * in HTML.
 */
export function searched<Item extends object>(text: (item: Item) => string): (item: Item) => string {
  const made = new WeakMap<Item, string>();
  return (item) => {
    let found = made.get(item);
    if (found === undefined) {
      found = text(item);
      if (found.includes("&")) found = found.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      made.set(item, found);
    }
    return found;
  };
}

/** A box for words, told of what is in it a moment after the last key. */
export function wordBox(search: (words: string) => void, placeholder: string): HTMLInputElement {
  const input = element("input", { type: "search" });
  input.placeholder = placeholder;
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(input.value), WAIT);
  });
  return input;
}
