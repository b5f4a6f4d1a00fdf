// What the page is told. The same shapes are made in ../../lines.py.

type Kind = "strong" | "note" | "doubt" | "flag" | "absent" | "differs";

/** What a person has put in a cell, struck out of it, or said of it. */
type Judged = "given" | "struck" | "said";

/** Some characters of a cell; in a pair with what they are. */
export type Stretch = string | [text: string, kind: Kind | Judged];

/**
 * Some characters of a text; in a pair with the numbers of the values that stand in them. A number below 0 is that of a
 * quantity that no value holds: -1 is the first.
 */
export type Piece = string | [text: string, values: number[]];

export type State = "" | "doubt" | "missing" | "unsupported";

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A value with its place in the record, and what that holds, where it isn't the text. */
export type Value = [label: string, text: string, state: State, notes: string[], path: string, raw?: Json];

/** What supports an entry of a field, from 1, the numbers of its values, and its place in the record. */
export type Entry = [sentences: number[], values: number[], path: string];

/** A field of a record, or of an object in it. */
export interface Shape {
  name: string;
  label: string;
  kind: "verbatim" | "statement" | "choice" | "object" | "plain";
  isList?: true;
  isNullable?: true;
  about?: string;
  choices?: Json[];
  /** Of a plain value, in JSON Schema's words. */
  type?: string;
  inside?: Shape[];
  /** The field of an object that holds numbers of sentences, and whether it holds several. */
  evidence?: [name: string, isList: boolean];
}

/** A value, and the rows of the tables by dataset, metric or resource that it stands in. */
export type Measured = [line: Stretch[], ...places: [table: number, row: number, worked: string][]];

/** A table by dataset, metric or resource, without its values. */
export interface ByTable {
  by: string;
  heads: [of: string, beside: string];
  rows: [of: string, beside: string][];
  /** How many values are left out, and why. */
  leftOut: string[];
}

/** A field of a paper in two runs: its number, and the cells of both, or of both one where they are the same. */
export type FieldPair = [field: number, left: Stretch[][], right?: Stretch[][]];

/** The run that this one is held against. */
export interface Compare {
  name: string;
  madeBy: string;
  /** The papers that it alone has. */
  alone: { number: number; title: string; compared: FieldPair[] }[];
  fields: string[];
  /** The fields that were asked for in this run alone, and in the other. */
  only: [own: string[], other: string[]];
}

export type Verdict = "corrected" | "checked" | "wrong" | "undone";

/** What a person says of a place in a record. */
export interface Said {
  path: string;
  verdict: Verdict;
  /** What the record held there; null is nothing. */
  was: Json;
  /** What is right, where it was corrected; null is not reported. */
  value: Json;
  note: string;
  by: string;
  at: string;
}

/** A line of corrections.jsonl. */
export interface Judgement extends Said {
  doc_id: string;
  content_hash: string;
}

/** What the run holds of a person's judgements; with the reason, where it can't be laid over the record as it is now. */
export interface HeldJudgement extends Said {
  content_hash: string;
  /** Where that is in this record, if elsewhere. */
  stored?: string;
  offered?: string;
}

export type Choice = "include" | "exclude" | "maybe" | "undecided";
export const CHOSEN: Record<Choice, string> = { include: "included", exclude: "excluded", maybe: "maybe", undecided: "undecided" };

/** A line of screening.jsonl. */
export interface Decision {
  doc_id: string;
  content_hash: string;
  decision: Choice;
  /** Why it is excluded. */
  reason: string;
  note: string;
  by: string;
  at: string;
}

export interface Head {
  /** What the note of a reference begins with. */
  summaryBegins: string;
  name: string;
  /** The run as a command names it. */
  place: string;
  /** By which a run is known when it was made again. */
  runId: string;
  madeBy: string;
  /** Why a paper may be excluded. */
  reasons: string[];
  columns: string[];
  fields: [name: string, title: string][];
  shape: Shape[];
  /** What papers may share: the values with a label in the entries of a field, by its number. */
  facets: [title: string, field: number, label: string][];
  /** What a paper may report: something with a label in a field, or anything in it. */
  reported: [title: string, field: number, label: string | null][];
}

/** What a paper is cited by, besides what stands in its row anyway; see ../../../render/references.py. */
export interface Cited {
  key: string;
  kind: "article" | "paper" | "other";
  authors?: string[];
  /** Whether it has more of them. */
  more?: true;
  published: [year: string, month: string, day: string, text: string];
  printed?: Partial<Record<"volume" | "issue" | "pages" | "publisher" | "issn", string>>;
  doi?: string;
  ids?: [name: string, id: string][];
  language?: string;
}

export interface Row {
  cited: Cited;
  number: number;
  title: string;
  url: string | null;
  byline: string[];
  notes: string[];
  cells: Stretch[][][];
  id: string;
  /** The id, where it can't be shown as it is. */
  rawId?: string;
  /** Of title and abstract. */
  hash: string;
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
  /** Quantities that no value holds. */
  unclaimed?: [text: string, kind: string][];
  /** Who extracted, with what, at what expense. */
  origin?: string[];
  needsEyes?: boolean;
  /** Whether nothing was looked for in it. */
  isUnread?: boolean;
  instructions?: number[];
  isStale?: boolean;
  /** How many addresses its abstract has. */
  links?: number;
  measured?: Measured[];
  /** Its number in the run that this one is held against. */
  other?: number | null;
  compared?: FieldPair[];
  /** Resources in the package's units, and the words that they were worked out of. */
  amounts?: [unit: string, amount: number, words: string][];
  /** What people said of it, as far as the run holds that. */
  judgements?: HeldJudgement[];
  decisions?: Omit<Decision, "doc_id">[];
  /** Whether they differ, and nobody has settled it. */
  isConflict?: boolean;
  /** What this person decided. */
  decision?: Decision;
}

export interface Accounts {
  documents: string;
  became: string;
  marks: [sign: string, meaning: string][];
  /** What the run has lost. */
  losses: string[];
  tables: ByTable[];
  compare?: Compare;
}

export interface Run {
  head: Head;
  rows: Row[];
  accounts: Accounts;
}

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";

/** Bytes that are written as 85 letters, four in five; see _letters in ../../page.py. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  [...LETTERS].forEach((letter, value) => (values[letter.charCodeAt(0)] = value));
  const missing = (5 - (text.length % 5)) % 5;
  const bytes = new Uint8Array(((text.length + missing) / 5) * 4);
  for (let from = 0, to = 0; from < text.length; from += 5, to += 4) {
    let group = 0;
    // What the last group lacks is as if its highest letter stood there.
    for (let at = from; at < from + 5; at++) group = group * 85 + (at < text.length ? (values[text.charCodeAt(at)] ?? 0) : 84);
    bytes[to] = group >>> 24;
    bytes[to + 1] = group >>> 16;
    bytes[to + 2] = group >>> 8;
    bytes[to + 3] = group;
  }
  return bytes.subarray(0, bytes.length - missing);
}

/** Read what stands in the page: lines of JSON, in gzip, in letters. */
export async function readRun(packed: string): Promise<Run> {
  const bytes = bytesOf(packed);
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

/** Under which a person's work on a paper is kept. */
export function idOf(row: Row): string {
  return row.rawId ?? row.id;
}

/** The whole title, of which the table may show less. */
export function titleOf(row: Row): string {
  return row.whole ? row.whole.map(textOf).join("") : row.title;
}

export function abstractOf(row: Row): string {
  return row.sentences.map((sentence) => sentence.map(textOf).join("")).join(" ");
}
