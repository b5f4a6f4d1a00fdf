// Papers as references: what ../../../render/formats/bibtex.py and ris.py write of them, sign for sign.

import { abstractOf, textOf, type Head, type Row, type Stretch } from "./data";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TYPES = { article: ["article", "journal"], paper: ["inproceedings", "booktitle"], other: ["misc", ""] } as const;
const RIS_TYPES = { article: "JOUR", paper: "CONF", other: "GEN" } as const;

const ESCAPES: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
};
// Two signs that LaTeX would set as one.
const LIGATURE = /(?<=-)-|(?<=[`?!])`|(?<=')'|(?<=<)<|(?<=>)>|(?<=,),/g;
const GREEK =
  "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau" +
  "|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega";
// One of letters, digits and signs alone can do nothing but be a formula; "$5 and $6" is money.
const FORMULA = new RegExp(
  "\\$(?!\\s)(?:[A-Za-z0-9 +\\-=<>()/.,|*]|[_^](?:[A-Za-z0-9]|\\{[A-Za-z0-9+\\-]{1,20}\\})" +
    `|\\\\(?:${GREEK}|times|pm|leq|geq|approx|sim|to|infty|ell)(?![A-Za-z])){1,80}(?<!\\s)\\$(?!\\d)`,
  "g",
);
const RANGE = /^([^-,;\s]+)-([^-,;\s]+)$/;
const BETWEEN = /(?<=[\p{L}\p{N}_])-(?=[\p{L}\p{N}_])/gu;
// What reads line by line, or mends what isn't closed, would take these for an entry or a field.
const ACTS = /^@|=(?=\s*["{])/gm;

function escaped(text: string): string {
  return text.replace(/[$&%#_]/g, "\\$&").replace(/\\(?![$&%#_])|[{}^~]/g, (sign) => ESCAPES[sign] ?? sign).replace(LIGATURE, "{}$&");
}

/** A text as LaTeX that stands for it; a plain formula stays one. */
function latex(text: string, part: (text: string) => string = escaped, formula: (text: string) => string = (text) => text): string {
  const made: string[] = [];
  let position = 0;
  for (const found of text.matchAll(FORMULA)) {
    made.push(part(text.slice(position, found.index)), formula(found[0]));
    position = found.index + found[0].length;
  }
  return [...made, part(text.slice(position))].join("");
}

/**
 * A title in which styles leave formulas, and words with capitals inside, as they are.
 * A formula has two pairs of braces: in one, a single sign is read as that sign alone.
 */
function titled(text: string): string {
  const kept = (word: string) => (/\p{Lu}/u.test([...word].slice(1).join("")) ? `{${word}}` : word);
  return latex(text, (part) => escaped(part).replace(/[\p{L}\p{N}]+/gu, kept), (formula) => `{{${formula}}}`);
}

const GROUP = new RegExp(
  "(?<![\\p{L}\\p{N}_])(?:Group|Team|Network|Consortium|Collaborat(?:ion|ors)|Investigators|Initiative|Organi[sz]ation" +
    "|Committee|Commission|Council|Society|Association|Federation|Foundation|University|Institute" +
    "|Agency|Ministry|Department|Bureau|Cent(?:er|re))(?![\\p{L}\\p{N}_])",
  "u",
);

/**
 * A name; in braces where BibTeX would make several, or too many parts, of it. One of many words
 * is a group's where other names tell families by a comma, and it doesn't.
 */
function named(name: string, hasFamilies: boolean): string {
  const isOdd = /\sand\s/i.test(name) || name.split(",").length > 3 || name.toLowerCase() === "others";
  const isOfMany = (hasFamilies && name.split(" ").length > 2) || (name.includes(" ") && GROUP.test(name));
  return isOdd || (!name.includes(",") && isOfMany) ? `{${escaped(name)}}` : escaped(name);
}

/** An id or address, which styles print as it is written: what acts there is percent-encoded. */
function verbatim(text: string): string {
  return text.replace(/[{}\\"\s]/g, encodeURIComponent);
}

/** What the row says of its record: how it begins, its notes, and a text for each column that has something. */
function summary(row: Row, head: Head): string[] {
  const isAbsent = (line: Stretch[]) => line.length === 1 && line[0]?.[1] === "absent";
  const cells = row.cells.map((cell, at) => {
    const told = cell.filter((line) => !isAbsent(line)).map((line) => line.map(textOf).join("")).join("; ");
    return told && `${head.columns[at + 2]}: ${told}`;
  });
  return [head.summaryBegins, ...row.notes, ...cells.filter((cell) => cell)];
}

const wholeTitle = (row: Row) => (row.whole ?? []).map(textOf).join("");

export function bibtex(row: Row, head: Head): string {
  const { key, kind, authors = [], more, published, printed = {}, doi = "", ids = [], language = "" } = row.cited;
  const [year, month, day, text] = published;
  const known = new Map(ids);
  const arxiv = known.get("arXiv");
  const [type, container] = TYPES[kind];
  const when: [string, string][] = month ? [["month", MONTHS[Number(month) - 1] ?? ""], ["day", day]] : [["date", latex(text)]];
  const hasFamilies = authors.some((name) => name.includes(","));
  const names = authors.map((name) => named(name, hasFamilies));
  const fields: [name: string, value: string][] = [
    ["title", titled(wholeTitle(row))],
    ["author", [...names, ...(more ? ["others"] : [])].join(" and ")],
    [container, latex(row.venue)],
    ["volume", latex(printed.volume ?? "")],
    ["number", latex(printed.issue ?? "")],
    ["pages", latex(printed.pages ?? "").replace(BETWEEN, "--")],
    ["publisher", latex(printed.publisher ?? "")],
    ["issn", latex(printed.issn ?? "")],
    ["year", year],
    ...when,
    ["doi", verbatim(doi)],
    ...(arxiv ? ([["eprint", verbatim(arxiv)], ["archiveprefix", "arXiv"]] as [string, string][]) : []),
    ...["PMID", "ACL", "OpenAlex"].map((name): [string, string] => [name.toLowerCase(), latex(known.get(name) ?? "")]),
    ["url", verbatim(row.url ?? "")],
    ["language", latex(language)],
    ["abstract", latex(abstractOf(row))],
    ["annote", summary(row, head).map((line) => latex(line)).join("\n\n")],
  ];
  const lines = fields.flatMap(([name, value]) => {
    if (name === "month") return [`  month = ${value},`];
    return value ? [`  ${name} = {${value.replace(ACTS, "{$&}")}},`] : [];
  });
  return [`@${type}{${key},`, ...lines, "}\n\n"].join("\n");
}

/** A value takes one line, so that nothing in it can be a tag. */
export function ris(row: Row, head: Head): string {
  const { key, kind, authors = [], published, printed = {}, doi = "", ids = [], language = "" } = row.cited;
  const [year, month, day, text] = published;
  const pmid = new Map(ids).get("PMID");
  const [begins, ...told] = summary(row, head);
  const pages = printed.pages ?? "";
  const [first = "", last = ""] = RANGE.exec(pages)?.slice(1) ?? [pages];
  const fields: [tag: string, value: string][] = [
    ["TY", RIS_TYPES[kind]],
    ["ID", key],
    ["TI", wholeTitle(row)],
    ...authors.map((name): [string, string] => ["AU", name]),
    ["PY", year],
    ["DA", year && month ? [year, month, day].filter((part) => part).join("/") : text],
    ["T2", row.venue],
    ["VL", printed.volume ?? ""],
    ["IS", printed.issue ?? ""],
    ["SP", first],
    ["EP", last],
    ["PB", printed.publisher ?? ""],
    ["SN", printed.issn ?? ""],
    ["DO", doi],
    ["UR", row.url ?? ""],
    ["LA", language],
    ...(pmid ? ([["AN", pmid], ["DB", "PubMed"]] as [string, string][]) : []),
    ["AB", abstractOf(row)],
    ...ids.filter(([name]) => name !== "PMID").map(([name, value]): [string, string] => ["N1", `${name}: ${value}`]),
    ["N1", `${begins} ${told.join("; ")}`],
  ];
  const lines = fields.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${value}\r\n`);
  return `${lines.join("")}ER  - \r\n\r\n`;
}
