// Which papers are left: words, what needs eyes, what papers share; it holds for every part of the page.

import type { Row, Run } from "./data";
import { element } from "./dom";
import type { Facets } from "./facets";
import { wordBox } from "./grid";
import type { Judged } from "./laid";
import type { Table } from "./table";

/** What stands above the parts; it says how many papers are left. */
export function filterBar(run: Run, table: Table, facets: Facets, ...more: HTMLElement[]): HTMLElement {
  const input = wordBox((words) => table.search(words), "any words of title, abstract or table  ( / )");
  input.id = "search";
  const left = element("span", { class: "left", role: "status" });
  const count = () => {
    const shown = table.count();
    const all = run.rows.length;
    left.textContent = shown === all ? `all ${all} papers` : `${shown} of ${all} papers`;
  };
  table.onChange(count);
  count();
  return element(
    "div",
    { class: "controls", role: "search" },
    element("label", { class: "search" }, "Search ", input),
    eyesFilter(run.rows, table),
    ...more,
    facets.lists(),
    facets.chips(),
    left,
  );
}

/** Only the rows that hold what code doubts, or that failed. */
function eyesFilter(rows: Row[], table: Table): HTMLElement {
  const needs = (row: Row) => row.needsEyes === true || row.failure !== undefined;
  const box = element("input", { type: "checkbox", id: "eyes" });
  const count = element("span", {});
  const renew = () => (count.textContent = ` needs my eyes (${rows.filter(needs).length})`);
  box.addEventListener("change", () => table.only("needs my eyes", box.checked ? needs : null));
  // What is checked needs none.
  table.onChange(renew);
  renew();
  return element("label", {}, box, count);
}

const COME: Record<Judged, string> = { none: "not yet", some: "in part", all: "all of it" };

/** Only the rows that a person has come so far with. */
export function judgedFilter(only: Table["only"], judged: (row: Row) => Judged): HTMLElement {
  const select = element("select", { id: "judged" });
  for (const [value, text] of [["", "all"], ...Object.entries(COME)]) {
    const option = element("option", {}, text ?? "");
    option.value = value ?? "";
    select.append(option);
  }
  select.addEventListener("change", () => only("judged", select.value ? (row) => judged(row) === select.value : null));
  return element("label", {}, "Checked ", select);
}
