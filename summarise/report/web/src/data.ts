// What the page is told. The same shapes are made in ../../lines.py.

/** Some characters of a cell; in a pair with what they are. */
export type Stretch = string | [text: string, kind: "strong" | "note" | "doubt" | "flag" | "absent"];

/** Some characters of a text; in a pair with the numbers of the values that stand in them. */
export type Piece = string | [text: string, values: number[]];

export type State = "" | "doubt" | "missing" | "unsupported";

export type Value = [label: string, text: string, state: State, notes: string[]];

/** What supports an entry of a field, from 1, and the numbers of its values. */
export type Entry = [sentences: number[], values: number[]];

export interface Head {
  name: string;
  madeBy: string;
  columns: string[];
  fields: [name: string, title: string][];
  /** What papers may share: the values with a label in the entries of a field, by its number. */
  facets: [title: string, field: number, label: string][];
}

export interface Row {
  number: number;
  title: string;
  url: string | null;
  byline: string[];
  notes: string[];
  cells: Stretch[][][];
  id: string;
  year: string;
  venue: string;
  sentences: Piece[][];
  /** The title, of which the table may show less. */
  whole?: Piece[];
  failure?: [kind: string, message: string];
  values?: Value[];
  /** For each field of the head. */
  entries?: Entry[][];
  flags?: string[];
  needsEyes?: boolean;
  /** Whether nothing was looked for in it. */
  isUnread?: boolean;
  instructions?: number[];
  isStale?: boolean;
}

export interface Accounts {
  documents: string;
  became: string;
  marks: [sign: string, meaning: string][];
}

export interface Run {
  head: Head;
  rows: Row[];
  accounts: Accounts;
}

/** Read what stands in the page: lines of JSON, in gzip, in base64. */
export async function readRun(packed: string): Promise<Run> {
  const bytes = Uint8Array.from(atob(packed), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const lines = (await new Response(stream).text()).trimEnd().split("\n");
  const head = JSON.parse(lines[0] ?? "") as Head;
  const accounts = JSON.parse(lines.at(-1) ?? "") as Accounts;
  const rows = JSON.parse(`[${lines.slice(1, -1).join(",")}]`) as Row[];
  return { head, rows, accounts };
}

export function textOf(stretch: Stretch | Piece): string {
  return typeof stretch === "string" ? stretch : stretch[0];
}

/** What a cell says, on one line. */
export function cellText(cell: Stretch[][]): string {
  return cell.map((line) => line.map(textOf).join("")).join(" ");
}

/** The whole title, of which the table may show less. */
export function titleOf(row: Row): string {
  return row.whole ? row.whole.map(textOf).join("") : row.title;
}

export function abstractOf(row: Row): string {
  return row.sentences.map((sentence) => sentence.map(textOf).join("")).join(" ");
}
