// What a record says once people's judgements are laid over it. The record stays as it is: paths are those of its own.

import type { HeldJudgement, Json, Judgement, Row, Said, Shape, Stretch } from "./data";
import { revealed } from "./dom";

/** A value of a record as it is shown. */
export interface ShownValue {
  /** Of this value alone, also in an entry that was added. */
  key: string;
  path: string;
  label: string;
  /** What the record holds; null is nothing. */
  was: Json;
  /** Of that, as text. */
  text: string;
  state: string;
  notes: string[];
  shape: Shape;
  /** Whether the record has nothing there, which may be right. */
  isAbsent?: true;
  said?: Said;
}

/** What a field holds, or one of several. */
export interface ShownEntry {
  key: string;
  path: string;
  sentences: number[];
  values: ShownValue[];
  /** Its fields that hold nothing. */
  absent: { path: string; shape: Shape }[];
  /** That somebody has removed or added it. */
  said?: Said;
}

export interface ShownField {
  shape: Shape;
  entries: ShownEntry[];
}

export const ADDING = "[]";

/** A value as text: ``model_size`` of a choice is "model size", true is "yes". As in render/layout.py. */
export function inWords(value: Json, shape: Shape): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value !== null && typeof value === "object") return revealed(JSON.stringify(value));
  return revealed(shape.kind === "choice" ? String(value).replaceAll("_", " ") : String(value));
}

/** The field of a schema that a path leads to. */
export function shapeAt(shapes: Shape[], path: string): Shape | undefined {
  let found: Shape | undefined;
  for (const name of path.replace(/\[\d*\]/g, "").split(".")) {
    found = (found ? found.inside : shapes)?.find((one) => one.name === name);
    if (!found) return undefined;
  }
  return found;
}

/** A judgement that the run holds, at its place in this record; an entry that was added is told by its time. */
function placed(one: HeldJudgement): Said {
  const isAdded = one.path.endsWith(ADDING) && one.verdict === "corrected";
  return isAdded || one.stored === undefined ? one : { ...one, path: one.stored };
}

/** What counts of what was said of a row: the last for each place, in the order in which it was said. */
export function standing(row: Row, own: Judgement[]): Map<string, Said> {
  const found = new Map<string, Said>();
  const held = (row.judgements ?? []).filter((one) => !one.offered).map(placed);
  for (const one of [...held, ...own.filter((line) => line.content_hash === row.hash)]) {
    const place = one.path.endsWith(ADDING) ? `${one.path}\n${one.at}` : one.path;
    found.delete(place);
    if (one.verdict !== "undone") found.set(place, one);
  }
  return found;
}

/** What was said of an earlier record or text, and isn't laid over this one. */
export function offeredAgain(row: Row, own: Judgement[]): HeldJudgement[] {
  const held = (row.judgements ?? []).filter((one) => one.offered !== undefined);
  const places = new Set(own.filter((line) => line.content_hash === row.hash).map((line) => line.path));
  const stale = own.filter((line) => line.content_hash !== row.hash && line.verdict !== "undone");
  const all = [...held, ...stale.map((line) => ({ ...line, offered: "the document has changed since" }))];
  return all.filter((one) => !places.has(one.path));
}

/** The fields of a row with what was said of them. */
export function shownFields(row: Row, shapes: Shape[], said: Map<string, Said>): ShownField[] {
  const values = row.values ?? [];
  return shapes.map((shape, at): ShownField => {
    const entries = (row.entries?.[at] ?? []).map(([sentences, numbers, path]): ShownEntry => {
      const held = numbers.flatMap((number): ShownValue[] => {
        const [label, text, state, notes, place, raw] = values[number] ?? ["", "", "" as const, [], ""];
        const inner = shapeAt(shapes, place) ?? shape;
        return [withSaid({ key: place, path: place, label, was: raw === undefined ? text : raw, text, state, notes, shape: inner }, said)];
      });
      const whole = said.get(path);
      const shown = { key: path, path, sentences, values: held, absent: [] };
      return withAbsent(whole && shape.inside ? { ...shown, said: whole } : shown, shape, said);
    });
    const first = { key: shape.name, path: shape.name, sentences: [], values: [], absent: [] };
    const more = added(shape, said);
    if (!entries.length && !shape.isList) entries.push(withAbsent(first, shape, said));
    else if (!entries.length && !more.length) entries.push({ ...first, values: [absent(shape.name, "", shape, [], said)] });
    return { shape, entries: [...entries, ...more] };
  });
}

function absent(path: string, label: string, shape: Shape, was: Json, said: Map<string, Said>): ShownValue {
  return withSaid({ key: path, path, label, was, text: "", state: "", notes: [], shape, isAbsent: true }, said);
}

function withSaid(value: ShownValue, said: Map<string, Said>): ShownValue {
  const found = said.get(value.path);
  return found ? { ...value, said: found } : value;
}

/** Values that were given where the record has none, and what still is without one. */
function withAbsent(entry: ShownEntry, shape: Shape, said: Map<string, Said>): ShownEntry {
  const inside = shape.inside ?? (shape.isList ? [] : [shape]);
  for (const inner of inside) {
    if (inner.kind === "object") continue;
    const path = shape.inside ? `${entry.path}.${inner.name}` : shape.name;
    const given = [...said].filter(([place]) => place === path || place.startsWith(`${path}${ADDING}\n`));
    const isHeld = entry.values.some((one) => one.path === path || one.path.startsWith(`${path}[`));
    for (const [place, one] of given) {
      if (one.verdict !== "corrected") continue;
      if (entry.values.some((value) => value.path === place)) continue;
      const label = shape.inside ? inner.label : "";
      entry.values.push({ key: place.replace("\n", ""), path: one.path, label, was: null, text: "", state: "", notes: [], shape: inner, said: one });
    }
    if (inner.isList) entry.absent.push({ path: `${path}${ADDING}`, shape: inner });
    else if (isHeld || given.some(([, one]) => one.verdict === "corrected")) continue;
    else if (shape.isList) entry.absent.push({ path, shape: inner });
    else entry.values.push(absent(path, shape.inside ? inner.label : "", inner, null, said));
  }
  return entry;
}

/** Entries that a person has added. */
function added(shape: Shape, said: Map<string, Said>): ShownEntry[] {
  return [...said].flatMap(([place, one]): ShownEntry[] => {
    if (!place.startsWith(`${shape.name}${ADDING}\n`)) return [];
    const key = `${one.path}${one.at}`;
    const held = one.value;
    const object = held !== null && typeof held === "object" && !Array.isArray(held) ? held : null;
    const numbers = (object && shape.evidence && object[shape.evidence[0]]) ?? [];
    const values = (shape.inside ?? [shape]).flatMap((inner): ShownValue[] => {
      const value = object ? (object[inner.name] ?? null) : held;
      if (value === null || (Array.isArray(value) && !value.length)) return [];
      const label = object ? inner.label : "";
      return [{ key: `${key}.${inner.name}`, path: one.path, label, was: value, text: inWords(value, inner), state: "", notes: [], shape: inner }];
    });
    return [{ key, path: one.path, sentences: [numbers].flat() as number[], values, absent: [], said: one }];
  });
}

/** The values of some fields that a person may look at, each with its entry: what isn't there, if somebody has. */
export function judgeable(fields: ShownField[]): { value: ShownValue; entry: ShownEntry }[] {
  const all = fields.flatMap((field) => field.entries.flatMap((entry) => entry.values.map((value) => ({ value, entry }))));
  return all.filter(({ value }) => !value.isAbsent || value.said);
}

/** Whether a person has settled a value, by itself or with all that it is in. */
export function isSettled(value: ShownValue, entry: ShownEntry): boolean {
  const said = value.said ?? entry.said;
  return said !== undefined && said.verdict !== "wrong";
}

/**
 * What a cell of the table shows once a person's work is in it; what the run holds of that, by its place, is in it
 * already.
 */
export function judgedCell(cell: Stretch[][], field: ShownField, isOwn: (said: Said) => boolean, held: Map<string, Said>): Stretch[][] {
  let lines = cell.map((line) => [...line]);
  const more: Stretch[][] = [];
  const say = (...line: Stretch[]) => more.push(line);
  for (const entry of field.entries) {
    const named = entry.values.map((value) => value.text).join(", ");
    if (entry.said && isOwn(entry.said)) {
      if (entry.said.value === null && entry.said.verdict === "corrected") say(["removed: ", "said"], [named, "struck"]);
      else if (entry.path.endsWith(ADDING)) say(["✎ ", "said"], [named, "given"]);
    }
    for (const value of entry.values) {
      const { said, label } = value;
      const known = said ?? (entry.path.endsWith(ADDING) ? entry.said : undefined);
      if (known && !isOwn(known)) {
        lines = marked(lines, value, known) ?? lines;
        continue;
      }
      const was = held.get(value.key);
      const isBack = was?.verdict === "corrected" && (!said || said.verdict === "checked");
      if (!isBack && (!said || !isOwn(said) || said.verdict === "checked")) continue;
      const text = was?.verdict === "corrected" && was.value !== null ? inWords(was.value, value.shape) : value.text;
      const isGone = !isBack && (said?.verdict === "wrong" || said?.value === null);
      const words = isBack ? value.text || "–" : inWords(said?.value ?? null, value.shape);
      const now: Stretch[] = isGone ? [["✗ ", "flag"], [text, "struck"]] : [[words, "given"], [" ✎", "said"]];
      if (text === words && !isGone) continue;
      const found = text ? replaced(lines, text, now) : null;
      if (found) lines = found;
      else say([label && `${label}: `, "said"], ...(text && !isGone ? [[text, "struck"] as Stretch, " → "] : []), ...now);
    }
  }
  const shown = new Set(field.entries.flatMap((entry) => (entry.said ? [entry.key] : [])));
  const isOf = (key: string) => key.startsWith(`${field.shape.name}[`) && !/\]\./.test(key);
  if ([...held.keys()].some((key) => isOf(key) && !shown.has(key.replace("\n", "")))) say(["✎ an entry was put back", "said"]);
  const all = judgeable([field]).map(({ value, entry }) => isSettled(value, entry));
  const isDone = all.length > 0 && all.every(Boolean);
  if (isDone) lines = lines.map((line) => withoutTicks(line.map(calmed)));
  if (more.length) lines = lines.filter((line) => !line.every((one) => typeof one !== "string" && one[1] === "absent"));
  lines.push(...more);
  const isTold = field.entries.some((entry) => [entry.said, ...entry.values.map((value) => value.said)].some(Boolean));
  if (isDone && isTold) lines.push([["✓ checked", "said"]]);
  return lines;
}

/** What the run's own table has of a person's, marked as that. */
function marked(lines: Stretch[][], value: ShownValue, said: Said): Stretch[][] | null {
  if (said.verdict === "checked") return null;
  const isGiven = said.verdict === "corrected" && !said.path.endsWith(ADDING);
  const words = isGiven ? (said.value === null ? "" : inWords(said.value, value.shape)) : value.text;
  return words ? replaced(lines, words, [[words, said.verdict === "wrong" ? "struck" : "given"]]) : null;
}

/** What code doubted, once a person has looked. */
function calmed(one: Stretch): Stretch {
  if (typeof one === "string" || (one[1] !== "doubt" && one[1] !== "flag")) return one;
  return one[0].replace(/\s*\(\?\)|⚠\s*/g, "");
}

/** A line without the sign behind each value that is checked: where all are, one says it. */
function withoutTicks(line: Stretch[]): Stretch[] {
  const kept: Stretch[] = [];
  for (const one of line) {
    const last = kept.at(-1);
    if (typeof one === "string" || one[1] !== "said" || one[0].trim() !== "✓") kept.push(one);
    else if (typeof last === "string") kept[kept.length - 1] = last.trimEnd();
  }
  return kept.filter((one) => one !== "");
}

/** The lines with other words in the place of some, where these stand in one place alone; else null. */
function replaced(lines: Stretch[][], text: string, now: Stretch[]): Stretch[][] | null {
  const places: [line: number, at: number, start: number, end: number][] = [];
  lines.forEach((line, row) =>
    line.forEach((one, at) => {
      const [words, kind] = typeof one === "string" ? [one, ""] : one;
      if (kind === "given" || kind === "struck" || kind === "said") return;
      const start = words.indexOf(text);
      // A long text is cut in a cell.
      const [whole, lead = "", body = ""] = /^([\s:;,.]*)(.{20,})…/.exec(words) ?? [];
      if (start >= 0) places.push([row, at, start, start + text.length]);
      else if (whole && text.startsWith(body)) places.push([row, at, lead.length, whole.length]);
    }),
  );
  const [place, ...others] = places;
  if (!place || others.length) return null;
  const [row, at, start, end] = place;
  return lines.map((line, number) => {
    if (number !== row) return line;
    const one = line[at] ?? "";
    const words = typeof one === "string" ? one : one[0];
    const as = (part: string): Stretch[] => (part ? [typeof one === "string" ? part : [part, one[1]]] : []);
    return [...line.slice(0, at), ...as(words.slice(0, start)), ...now, ...as(words.slice(end)), ...line.slice(at + 1)];
  });
}
