// Which papers are left: words, what needs eyes, what papers share; it holds for every part of the page.

import type { Row, Run } from "./data";
import { element } from "./dom";
import type { Facets } from "./facets";
import { wordBox } from "./grid";
import type { Table } from "./table";

/** What stands above the parts; it says how many papers are left. */
export function filterBar(run: Run, table: Table, facets: Facets): HTMLElement {
  const input = wordBox((words) => table.search(words), "any words of title, abstract or table  ( / )");
  input.id = "search";
  const left = element("span", { class: "left", role: "status" });
  const count = () => {
    const shown = table.shown().length;
    const all = run.rows.length;
    left.textContent = shown === all ? `all ${all} papers` : `${shown} of ${all} papers`;
  };
  table.onChange(count);
  count();
  return element(
    "div",
    { class: "controls", role: "search" },
    element("label", { class: "search" }, "Search ", input),
    eyesFilter(run.rows, table.only),
    facets.lists(run.rows),
    facets.chips(),
    left,
  );
}

/** Only the rows that hold what code doubts, or that failed. */
function eyesFilter(rows: Row[], only: Table["only"]): HTMLElement {
  const needs = (row: Row) => row.needsEyes === true || row.failure !== undefined;
  const box = element("input", { type: "checkbox", id: "eyes" });
  box.addEventListener("change", () => only("needs my eyes", box.checked ? needs : null));
  return element("label", {}, box, ` needs my eyes (${rows.filter(needs).length})`);
}
