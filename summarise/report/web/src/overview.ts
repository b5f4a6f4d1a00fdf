// What the pile reports, of the papers that are left of the filters.

import type { Row, Run } from "./data";
import { element } from "./dom";

interface Share {
  title: string;
  holds: (row: Row) => boolean;
}

/** What may be said of a paper: that it reports a field, and what became of it. */
function shares({ head }: Run): Share[] {
  const fields = head.fields.map(([, title], at): Share => ({
    title,
    holds: (row) => row.entries?.[at]?.some(([, numbers]) => numbers.length) === true,
  }));
  return [
    ...fields,
    { title: "Needs my eyes", holds: (row) => row.needsEyes === true },
    { title: "Failed", holds: (row) => row.failure !== undefined },
  ];
}

/** Write the overview anew. */
export function showOverview(run: Run, rows: Row[], place: HTMLElement): void {
  const lines = shares(run).map(({ title, holds }) => {
    const count = rows.filter(holds).length;
    const percent = rows.length ? `${Math.round((100 * count) / rows.length)}%` : "–";
    return element("tr", {}, element("th", {}, title), element("td", {}, `${count}`), element("td", {}, percent));
  });
  const heads = ["Reported", "Papers", "Share"].map((title) => element("th", {}, title));
  const table = element("table", { class: "shares" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
  place.replaceChildren(element("h2", {}, "What the papers report"), table);
}
