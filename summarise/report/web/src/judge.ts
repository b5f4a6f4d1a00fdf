// What a person does to the values of the record that is open: by buttons, keys, and words of the abstract.

import type { Head, HeldJudgement, Json, Judgement, Row, Said, Shape, Verdict } from "./data";
import { idOf } from "./data";
import { element } from "./dom";
import { makeForm, type Asked, type Form } from "./forms";
import type { Laid } from "./laid";
import { ADDING, shapeAt, type ShownEntry, type ShownField, type ShownValue } from "./overlay";
import { findWords } from "./places";
import { recordPanel } from "./record";
import { offerWords } from "./selection";
import type { Work } from "./storage";

/** A value or an entry under the hand. */
interface Target {
  entry: ShownEntry;
  value?: ShownValue;
}

const KEYS: Record<string, string> = { c: "right", x: "wrong", Enter: "edit", t: "note", z: "undo", Delete: "remove" };

export class Judging {
  /** The panel that is shown, and what it shows. */
  panel = element("article", {});
  /** Use the words that are selected in the abstract, where there are any. */
  takeSelected: () => boolean = () => false;
  private fields: ShownField[] = [];
  private offered: HeldJudgement[] = [];
  private form: Form | null = null;
  /** The place that had the focus last. */
  private last: string | undefined;

  constructor(
    private readonly row: Row,
    private readonly head: Head,
    private readonly work: Work,
    private readonly laid: Laid,
  ) {
    this.draw();
  }

  get isWriting(): boolean {
    return this.form !== null;
  }

  /** Show the record as it is now, the focus where it was. */
  draw(focus = this.focused()): void {
    this.form = null;
    this.fields = this.laid.fieldsOf(this.row);
    this.offered = this.laid.offeredOf(this.row);
    const panel = recordPanel(this.row, this.head, this.fields, this.offered);
    this.panel.replaceWith(panel);
    this.panel = panel;
    panel.addEventListener("click", (event) => this.press(event));
    panel.addEventListener("focusin", (event) => this.offerActs(event.target as Element));
    panel.addEventListener("keydown", (event) => this.act(event));
    this.takeSelected = offerWords(panel, (words, near) => this.take(words, near));
    if (focus) this.nodeOf(focus)?.focus();
  }

  /** Everything that the record holds and nobody has judged counts as checked. */
  checkAll(): number {
    const open = this.all().filter(({ entry, value }) => value && !value.said && !entry.said);
    this.work.judge(...open.map((target) => this.lineOf(target, "checked", null, "")));
    this.draw();
    return open.length;
  }

  private all(): Target[] {
    return this.fields.flatMap((field) => field.entries.flatMap((entry) => entry.values.map((value) => ({ entry, value }))));
  }

  private focused(): string | undefined {
    return document.activeElement?.closest<HTMLElement>("dd")?.dataset["value"];
  }

  private nodeOf(key: string): HTMLElement | undefined {
    return this.values().find((one) => one.dataset["value"] === key);
  }

  private values(): HTMLElement[] {
    return [...this.panel.querySelectorAll<HTMLElement>("dd")];
  }

  private targetOf(node: Element | null | undefined): Target | undefined {
    const key = node?.closest<HTMLElement>("dd")?.dataset["value"];
    return this.all().find(({ value }) => value?.key === key);
  }

  /** What can be done to the value that has the focus, as buttons below it. */
  private offerActs(node: Element): void {
    const value = node.closest("dd");
    if (!value || value.querySelector(".acts") || this.form) return;
    this.panel.querySelector(".acts")?.remove();
    const target = this.targetOf(value);
    this.last = target?.value?.path;
    if (target) value.append(this.actsOf(target));
  }

  private actsOf({ entry, value }: Target): HTMLElement {
    const isAdded = entry.path.endsWith(ADDING);
    const said = isAdded ? entry.said : (value?.said ?? entry.said);
    const isRemoved = entry.said?.value === null && !isAdded;
    const isOwn = !isAdded && !isRemoved && (value?.was !== null || value.isAbsent === true);
    const isListed = /\[\d+\]$/.test(entry.path) && !isRemoved;
    const acts: [boolean, string, string, string][] = [
      [isOwn, "right", "✓ Right", "c"],
      [isOwn, "wrong", "✗ Wrong", "x"],
      [!isRemoved, "edit", "✎ Edit", "Enter"],
      [said !== undefined, "note", "Note", "t"],
      [said !== undefined, "undo", "Undo", "z"],
      [isListed, "remove", "Remove entry", "Del"],
    ];
    const buttons = acts.flatMap(([is, name, text, key]) => {
      if (!is) return [];
      const button = element("button", { type: "button" }, text, " ", element("kbd", {}, key));
      button.dataset["act"] = name;
      return [button];
    });
    return element("span", { class: "acts", role: "group", "aria-label": `What you say of ${value?.label ?? ""} ${value?.text ?? ""}` }, ...buttons);
  }

  private press(event: Event): void {
    const button = (event.target as Element).closest("button");
    const path = button?.dataset["give"];
    if (path) return this.give(path, button);
    const { again, letGo } = button?.dataset ?? {};
    if (again ?? letGo) return this.answer(this.offered[Number(again ?? letGo)], again !== undefined);
    const act = button?.dataset["act"];
    if (act) this.perform(act, button);
  }

  /** What was said before is said of this record, or taken back. */
  private answer(offered: HeldJudgement | undefined, isSaid: boolean): void {
    if (!offered) return;
    const { path, verdict, value, note } = offered;
    const held = this.all().find((target) => target.value?.path === path)?.value;
    const isEntry = /\[\d*\]$/.test(path);
    const entry = this.fields.flatMap((field) => field.entries).find((one) => one.path === path);
    const was = isEntry ? (entry ? this.rawOf(entry) : null) : (held?.was ?? null);
    this.write({ path, verdict: isSaid ? verdict : "undone", was, value: isSaid ? value : null, note }, path.endsWith(ADDING) ? offered.at : undefined);
    this.draw();
  }

  private act(event: KeyboardEvent): void {
    if (this.form || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = event.target as HTMLElement;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const values = this.values();
      const at = values.indexOf(node.closest("dd") as HTMLElement);
      const next = values[event.key === "ArrowDown" ? at + 1 : at - 1];
      if (next) next.focus();
      else if (at === 0) this.panel.querySelector("h2")?.focus();
      else return;
    } else {
      const act = KEYS[event.key];
      // Enter on a button presses it.
      if (!act || !this.targetOf(node) || (event.key === "Enter" && node.closest("button"))) return;
      this.perform(act, node);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private perform(act: string, node: Element): void {
    const target = this.targetOf(node);
    if (!target?.value) return;
    const { entry, value } = target;
    const isAdded = entry.path.endsWith(ADDING);
    const offered = this.actsOf(target).querySelector(`[data-act="${act}"]`);
    if (!offered) return;
    const said = value.said ?? entry.said;
    if (act === "right" || act === "wrong") {
      this.say(target, act === "right" ? "checked" : "wrong", null, said?.note ?? "");
      const keys = this.values().map((one) => one.dataset["value"]);
      const next = keys[keys.indexOf(value.key) + 1];
      this.draw(act === "right" ? (next ?? value.key) : value.key);
    } else if (act === "undo") {
      this.say(entry.said ? { entry } : target, "undone", null, "");
      this.draw(value.key);
    } else if (act === "remove") {
      this.say({ entry }, "corrected", null, said?.note ?? "");
      this.draw(value.key);
    } else if (isAdded) {
      this.giveEntry(entry, node);
    } else if (value.isAbsent && value.shape.isList && act === "edit") {
      this.give(`${value.path}${ADDING}`, node.closest("dd") ?? node);
    } else {
      this.edit(target, node, act === "note");
    }
  }

  /** Write down what a person says of a value, or of a whole entry. */
  private say(target: Target, verdict: Verdict, now: Json, note: string): void {
    this.work.judge(this.lineOf(target, verdict, now, note));
  }

  private lineOf({ entry, value }: Target, verdict: Verdict, now: Json, note: string): Judgement {
    const isAdded = entry.path.endsWith(ADDING);
    const whole = value === undefined || isAdded;
    const path = whole ? entry.path : value.path;
    const was = whole ? (isAdded ? null : this.rawOf(entry)) : value.was;
    // What was added is known by its time.
    const said = whole ? entry.said : value.said;
    return this.line({ path, verdict, was, value: now, note }, path.endsWith(ADDING) ? said?.at : undefined);
  }

  private write(said: Omit<Said, "by" | "at">, at?: string): void {
    this.work.judge(this.line(said, at));
  }

  private line(said: Omit<Said, "by" | "at">, at = this.work.now()): Judgement {
    const { path, value, verdict } = said;
    // What was added, and is nothing, wasn't added.
    const isNothing = path.endsWith(ADDING) && value === null;
    const about = { doc_id: idOf(this.row), content_hash: this.row.hash };
    return { ...about, ...said, verdict: isNothing ? "undone" : verdict, by: this.work.by, at };
  }

  /** An entry of a list as the record holds it. */
  private rawOf(entry: ShownEntry): Json {
    const shape = shapeAt(this.head.shape, entry.path);
    const made: Record<string, Json> = {};
    for (const inner of shape?.inside ?? []) made[inner.name] = inner.isList ? [] : null;
    for (const { path, was } of entry.values) {
      if (was === null || !path.startsWith(`${entry.path}.`)) continue;
      put(made, path.slice(entry.path.length + 1), was);
    }
    if (shape?.evidence) made[shape.evidence[0]] = shape.evidence[1] ? entry.sentences : (entry.sentences[0] ?? null);
    return made;
  }

  private edit(target: Target, node: Element, isNote: boolean): void {
    const value = target.value as ShownValue;
    const { said, shape } = value;
    const now = said?.verdict === "corrected" ? said.value : value.was;
    const asked: Asked = { shape, label: value.label || shape.label, value: now };
    this.open(node.closest("dd") ?? this.panel, `Edit ${asked.label}`, isNote && said ? [] : [asked], said?.note ?? "", ([made = null], note) => {
      if (isNote && said) this.say(target, said.verdict, said.value, note);
      else if (made !== now || said?.verdict === "corrected") this.say(target, "corrected", made, note);
      else this.say(target, "checked", null, note);
      this.draw(value.key);
    });
  }

  /** Ask for what the record holds nothing of: a value, or an entry that is added. */
  private give(path: string, node: Element, words: string | null = null): void {
    const shape = shapeAt(this.head.shape, path);
    if (!shape) return;
    if (path.endsWith(ADDING) && shape.inside) return this.giveEntry({ key: path, path, sentences: [], values: [], absent: [] }, node, words);
    this.open(node, `Give ${shape.label}`, [{ shape, label: shape.label, value: words }], "", ([made = null], note) => {
      if (made !== null) this.write({ path, verdict: "corrected", was: null, value: made, note });
      this.draw(path);
    });
  }

  private giveEntry(entry: ShownEntry, node: Element, words: string | null = null): void {
    const shape = shapeAt(this.head.shape, entry.path);
    if (!shape) return;
    // Objects within objects, of a schema of the person's own, are given once the entry is there.
    const inside = shape.inside?.filter((inner) => inner.kind !== "object") ?? [shape];
    const held = entry.said?.value as Record<string, Json> | undefined;
    const first = inside.find((inner) => inner.kind === "verbatim");
    const asked = inside.map((inner): Asked => {
      const was = held?.[inner.name] ?? null;
      const value = Array.isArray(was) ? (was[0] ?? null) : was;
      return { shape: inner, label: inner.label, value: inner === first && words !== null ? words : value };
    });
    this.open(node.closest("dd") ?? node, `Add to ${shape.label}`, asked, entry.said?.note ?? "", (values, note) => {
      const made: Record<string, Json> = {};
      for (const inner of shape.inside ?? []) made[inner.name] = inner.isList ? [] : null;
      inside.forEach((inner, at) => {
        const value = values[at] ?? null;
        made[inner.name] = inner.isList ? (value === null ? [] : [value]) : value;
      });
      if (shape.evidence) made[shape.evidence[0]] = shape.evidence[1] ? this.sentencesOf(inside, values) : (this.sentencesOf(inside, values)[0] ?? null);
      this.write({ path: entry.path, verdict: "corrected", was: null, value: made, note }, entry.said?.at);
      this.draw();
    });
  }

  /** The sentences that verbatim values stand in. */
  private sentencesOf(shapes: Shape[], values: Json[]): number[] {
    const found = shapes.flatMap((shape, at) => {
      const value = values[at];
      const place = shape.kind === "verbatim" && typeof value === "string" ? findWords(this.row, value) : null;
      return place && place.sentence > 0 ? [place.sentence] : [];
    });
    return [...new Set(found)].sort((a, b) => a - b);
  }

  private open(node: Element, title: string, asked: Asked[], note: string, save: (values: Json[], note: string) => void): void {
    this.form?.node.remove();
    this.panel.querySelector(".acts")?.remove();
    const hint = (_shape: Shape, words: string) => {
      for (const lit of this.panel.querySelectorAll(".abstract .lit")) lit.classList.remove("lit");
      const place = findWords(this.row, words);
      if (!place) return "not in the abstract: it will be marked as yours";
      this.panel.querySelector(`#sentence-${place.sentence}`)?.classList.add("lit");
      return place.sentence ? `in sentence [${place.sentence}]` : "in the title";
    };
    const back = this.focused();
    this.form = makeForm(title, asked, note, hint, save, () => this.draw(back));
    if (node.matches("dd, li")) node.append(this.form.node);
    else (node.closest("p") ?? node).after(this.form.node);
    const box = this.form.node.querySelector<HTMLElement>("textarea, select, input");
    box?.focus();
    if (box instanceof HTMLTextAreaElement) box.select();
    this.form.node.scrollIntoView({ block: "nearest" });
  }

  /** Take words of the abstract as a value: of the form that is open, else of the place that is chosen. */
  private take(words: string, near: Element): void {
    if (this.form) return this.form.fill(words);
    const places: [path: string, label: string][] = this.all().flatMap(({ value, entry }) => {
      if (value?.shape.kind !== "verbatim" || entry.path.endsWith(ADDING)) return [];
      const now = value.text || (typeof value.said?.value === "string" ? value.said.value : "");
      const field = shapeAt(this.head.shape, value.path.replace(/[.[].*/, ""))?.label ?? "";
      return [[value.path, now ? `instead of “${now}” (${value.label})` : `${field}: ${value.label}`]];
    });
    const empty = this.fields.flatMap(({ shape, entries }) => [
      ...entries.flatMap((entry) =>
        entry.absent.flatMap((one): [string, string][] => {
          const named = entry.values[0] ? ` of “${entry.values[0].text.slice(0, 40)}”` : "";
          return one.shape.kind === "verbatim" ? [[one.path, `${shape.label}: ${one.shape.label}${named}`]] : [];
        }),
      ),
      ...(shape.isList ? ([[`${shape.name}${ADDING}`, `${shape.label}: one more`]] as [string, string][]) : []),
    ]);
    const choices = [...empty, ...places];
    const shape: Shape = { name: "", label: "use as", kind: "plain", choices: choices.map(([, label]) => label) };
    const meant = choices.find(([path]) => path === this.last)?.[1] ?? null;
    const label = `use “${words.length > 40 ? `${words.slice(0, 40)}…` : words}” as`;
    this.open(near, label, [{ shape, label, value: meant }], "", ([chosen], note) => {
      const path = choices.find(([, label]) => label === chosen)?.[0];
      if (!path) return;
      const target = this.all().find(({ value }) => value?.path === path);
      const place = shapeAt(this.head.shape, path);
      this.draw();
      if (path.endsWith(ADDING) && place?.inside) return this.give(path, this.panel.querySelector(`[data-give="${path}"]`) ?? near, words);
      if (target) this.say(target, "corrected", words, note);
      else this.write({ path, verdict: "corrected", was: null, value: words, note });
      this.draw(path);
    });
  }
}

/** Put a value where a path below an object leads, making what it leads through. */
function put(made: Record<string, Json>, path: string, value: Json): void {
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  let held: Record<string, Json> = made;
  steps.forEach((step, at) => {
    const next = steps[at + 1];
    if (next === undefined) held[step] = value;
    else held = (held[step] ??= /^\d+$/.test(next) ? [] : {}) as Record<string, Json>;
  });
}
