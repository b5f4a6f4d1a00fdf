// What is shown, as a file: the rows that are left of the filters, in their order.

import { cellText, titleOf, type Row, type Run } from "./data";
import { element } from "./dom";
import { bibtex, ris } from "./references";

const ADDRESS = 3; // of the columns

const FORMATS = {
  csv: { title: "CSV", type: "text/csv" },
  md: { title: "Markdown", type: "text/markdown" },
  bib: { title: "BibTeX", type: "application/x-bibtex" },
  ris: { title: "RIS", type: "application/x-research-info-systems" },
} as const;

type Format = keyof typeof FORMATS;

/** A row as texts: number, title, byline, address, what is to be known of it, then the cells that are shown. */
function texts(row: Row, shown: number[]): string[] {
  const notes = [...row.notes, ...(row.failure ? [`failed, ${row.failure.join(": ")}`] : [])];
  // Of what wasn't read, nothing is known: not even that a field isn't reported.
  const cells = shown.map((at) => (row.isUnread ? "" : cellText(row.cells[at] ?? [])));
  return [`${row.number}`, titleOf(row), row.byline.join(" · "), row.url ?? "", notes.join("; "), ...cells];
}

// What a spreadsheet may see at the start of a cell: quotes and invisible characters hide no formula.
const FORMULA = /(?:^|(?<=[,;\t\n]))(?=[\t\r]|[\s"'\p{DI}\p{Cf}]*[=@＝＠]|["'\p{DI}\p{Cf}]*[+\-＋－](?!\d[\d.,]*%?(?: [A-Za-z]|[,;\n]|$)))/gu;

/** RFC 4180; what a spreadsheet would compute gets an apostrophe in front, also where one that parts cells at other separators sees one begin. */
function csvCell(text: string): string {
  const inert = text.replace(FORMULA, "'");
  return `"${inert.replaceAll('"', '""')}"`;
}

/** GitHub's tables: nothing in a cell ends it, or is read as HTML, a link or emphasis. */
function markdownCell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~$&!@]/g, "\\$&").replace(/\s+/g, " ");
}

/** An address as a link of CommonMark, in which no sign needs another before it. */
function markdownLink(url: string): string {
  return url ? `<${url.replace(/[<>|\\\s`]/g, encodeURIComponent)}>` : "";
}

export function written(run: Run, rows: Row[], shown: number[], format: Format): string {
  if (format === "bib") return rows.map((row) => bibtex(row, run.head)).join("");
  if (format === "ris") return rows.map((row) => ris(row, run.head)).join("");
  const heads = ["#", "Paper", "About", "Address", "Notes", ...shown.map((at) => run.head.columns[at + 2] ?? "")];
  const lines = [heads, ...rows.map((row) => texts(row, shown))];
  if (format === "csv") return lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
  const cells = (line: string[], row: number) =>
    line.map((text, at) => (row > 0 && at === ADDRESS ? markdownLink(text) : markdownCell(text)));
  const [first = "", ...others] = lines.map((line, row) => `| ${cells(line, row).join(" | ")} |\n`);
  return [first, `|${" --- |".repeat(heads.length)}\n`, ...others].join("");
}

/** Have the browser save a text as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })) });
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Buttons that save what is shown. */
export function exportButtons(run: Run, rows: () => Row[], shown: () => number[]): HTMLElement {
  const save = (format: Format) => {
    const { title, type } = FORMATS[format];
    const button = element("button", { type: "button", "aria-label": `Save ${title}` }, title);
    button.addEventListener("click", () => {
      // A spreadsheet takes UTF-8 for what it is by its mark.
      const mark = format === "csv" ? "\ufeff" : "";
      saveFile(`${run.head.name}.${format}`, type, `${mark}${written(run, rows(), shown(), format)}`);
    });
    return button;
  };
  const buttons = (Object.keys(FORMATS) as Format[]).map(save);
  return element("span", { class: "saves", role: "group", "aria-label": "Save what is left" }, "Save ", ...buttons);
}
