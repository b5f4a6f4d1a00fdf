// Where words stand in a paper, as far as a page can tell: as they are, or but for blanks and capitals.

import { textOf, type Piece, type Row } from "./data";

/** Some characters of a text, and what rests on them: the paths of values, or how a quantity was left out. */
export interface Stand {
  start: number;
  end: number;
  path?: string;
  left?: string;
}

/** A text of a paper, and what stands where in it. */
export interface Text {
  text: string;
  stands: Stand[];
}

/** The sentences of the abstract, and the title, with the places of the values that the record holds. */
export function textsOf(row: Row): { title: Text; sentences: Text[] } {
  return { title: textWith(row.whole ?? [row.title], row), sentences: row.sentences.map((one) => textWith(one, row)) };
}

function textWith(pieces: Piece[], row: Row): Text {
  let text = "";
  const stands: Stand[] = [];
  for (const piece of pieces) {
    const start = text.length;
    text += textOf(piece);
    for (const number of typeof piece === "string" ? [] : piece[1]) {
      const what = number < 0 ? { left: row.unclaimed?.[-number - 1]?.[1] ?? "" } : { path: row.values?.[number]?.[4] ?? "" };
      const last = stands.findLast((one) => one.path === what.path && one.left === what.left);
      // A value that others cut into pieces is whole.
      if (last?.end === start) last.end = text.length;
      else stands.push({ start, end: text.length, ...what });
    }
  }
  return { text, stands };
}

/** A character by itself may be one of a longer word or number. */
function isWhole(text: string, start: number, end: number): boolean {
  const inWord = /[\p{L}\p{N}]/u;
  const joins = (a: string, b: string) => inWord.test(a) && inWord.test(b);
  if (joins(text[start - 1] ?? "", text[start] ?? "") || joins(text[end - 1] ?? "", text[end] ?? "")) return false;
  const before = text.slice(0, start);
  const after = text.slice(end);
  return !(/\d[.,]$/.test(before) && /^\d/.test(text.slice(start))) && !(/\d$/.test(text.slice(0, end)) && /^[.,]\d/.test(after));
}

function findIn(text: string, pattern: RegExp): [number, number] | null {
  for (const found of text.matchAll(pattern)) {
    const end = found.index + found[0].length;
    if (isWhole(text, found.index, end)) return [found.index, end];
  }
  return null;
}

/**
 * Where words stand first: in a sentence of the abstract, by its number from 1, or in the title, which is 0. Those that
 * go over the end of a sentence aren't found here.
 */
export function findWords(row: Row, words: string): { sentence: number; start: number; end: number } | null {
  const wanted = words.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!wanted[0]) return null;
  const { title, sentences } = textsOf(row);
  for (const flags of ["gu", "giu"]) {
    const pattern = new RegExp(wanted.join("\\s+"), flags);
    for (const at of [...sentences.keys(), -1]) {
      const found = findIn((sentences[at] ?? title).text, pattern);
      if (found) return { sentence: at + 1, start: found[0], end: found[1] };
    }
  }
  return null;
}
