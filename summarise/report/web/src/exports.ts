// What is shown, as a file: the rows that are left of the filters, in their order.

import { cellText, type Row, type Run } from "./data";
import { element } from "./dom";

type Format = "csv" | "md";

/** A row as texts: number, title, address, then the cells that are shown. */
function texts(row: Row, shown: number[]): string[] {
  const paper = row.whole ? row.whole.map((piece) => (typeof piece === "string" ? piece : piece[0])).join("") : row.title;
  return [`${row.number}`, paper, row.byline.join(" · "), row.url ?? "", ...shown.map((at) => cellText(row.cells[at] ?? []))];
}

/** RFC 4180; what a spreadsheet would compute gets an apostrophe in front. */
function csvCell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}

/** GitHub's tables: nothing in a cell ends it, or is read as HTML, a link or emphasis. */
function markdownCell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~$&!@]/g, "\\$&").replace(/\s+/g, " ");
}

export function written(run: Run, rows: Row[], shown: number[], format: Format): string {
  const heads = ["#", "Paper", "About", "Address", ...shown.map((at) => run.head.columns[at + 2] ?? "")];
  const lines = [heads, ...rows.map((row) => texts(row, shown))];
  if (format === "csv") return lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
  const [first = [], ...others] = lines.map((line) => `| ${line.map(markdownCell).join(" | ")} |\n`);
  return [first, `|${" --- |".repeat(heads.length)}\n`, ...others].join("");
}

/** Buttons that save what is shown. */
export function exportButtons(run: Run, rows: () => Row[], shown: () => number[]): HTMLElement {
  const save = (format: Format, type: string) => {
    const button = element("button", { type: "button" }, `Save ${format === "csv" ? "CSV" : "Markdown"}`);
    button.addEventListener("click", () => {
      // A spreadsheet takes UTF-8 for what it is by its mark.
      const mark = format === "csv" ? "\ufeff" : "";
      const file = new Blob([mark, written(run, rows(), shown(), format)], { type });
      const link = element("a", { href: URL.createObjectURL(file) });
      link.download = `${run.head.name}.${format}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
    return button;
  };
  return element("span", { class: "saves" }, save("csv", "text/csv"), " ", save("md", "text/markdown"));
}
