// A form for what a person says: a box or a list for each field, saved by Enter and left by Esc.

import type { Json, Shape } from "./data";
import { element } from "./dom";

/** A field of a form, and what is in it when it opens. */
export interface Asked {
  shape: Shape;
  label: string;
  value: Json;
}

type Box = HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement;

export interface Form {
  node: HTMLFormElement;
  /** Put words where the person is writing, or last was. */
  fill(words: string): void;
}

/** What a form can be told of what is typed: where that stands, or that it stands nowhere. */
export type Hint = (shape: Shape, words: string) => string;

const ABSENT = "–";

/** A form for some fields and a note. */
export function makeForm(
  title: string,
  asked: Asked[],
  note: string,
  hint: Hint,
  save: (values: Json[], note: string) => void,
  leave: () => void,
): Form {
  const boxes = asked.map(({ shape, value }) => boxFor(shape, value));
  const noteBox = element("input", { type: "text" });
  noteBox.value = note;
  let last: Box = boxes[0] ?? noteBox;
  const lines = asked.map(({ label, shape }, at) => {
    const box = boxes[at] as Box;
    const told = element("small", { class: "hint", role: "status" });
    const tell = () => {
      told.textContent = box.value.trim() && shape.kind === "verbatim" ? hint(shape, box.value) : "";
    };
    box.addEventListener("input", tell);
    box.addEventListener("focus", () => (last = box));
    tell();
    return element("label", {}, element("span", {}, label), box, told);
  });
  const buttons = element(
    "p",
    {},
    element("button", { type: "submit" }, "Save (Enter)"),
    " ",
    element("button", { type: "button" }, "Leave (Esc)"),
  );
  const node = element("form", { class: "judging", "aria-label": title }, ...lines, element("label", {}, element("span", {}, "note"), noteBox), buttons);
  const submit = () => {
    const values = boxes.map((box, at) => read(box, (asked[at] as Asked).shape));
    const lacking = asked.findIndex(({ shape }, at) => values[at] === null && !shape.isNullable && !shape.isList);
    if (lacking < 0) return save(values, noteBox.value.trim());
    const hint = lines[lacking]?.querySelector(".hint");
    if (hint) hint.textContent = "A record can't be without this one.";
    boxes[lacking]?.focus();
  };
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  buttons.lastElementChild?.addEventListener("click", leave);
  node.addEventListener("keydown", (event) => {
    // No key of a form is one of the page.
    event.stopPropagation();
    if (event.key === "Escape") leave();
    const isBox = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !isBox) return;
    event.preventDefault();
    submit();
  });
  const fill = (words: string) => {
    if (last instanceof HTMLSelectElement) return;
    last.value = words;
    last.dispatchEvent(new Event("input"));
    last.focus();
  };
  return { node, fill };
}

function boxFor(shape: Shape, value: Json): Box {
  const choices = shape.type === "boolean" ? [true, false] : shape.choices;
  if (choices) {
    const box = element("select", {});
    // What nobody has chosen isn't the first.
    for (const choice of [null, ...choices]) {
      const option = element("option", {}, choice === null ? ABSENT : String(choice).replaceAll("_", " "));
      option.value = JSON.stringify(choice);
      box.append(option);
    }
    box.value = JSON.stringify(value);
    return box;
  }
  const box = element("textarea", {});
  box.rows = 1;
  box.value = value === null ? "" : String(value);
  return box;
}

/** What is in a box as the record would hold it; an empty one says that nothing is reported. */
function read(box: Box, shape: Shape): Json {
  if (box instanceof HTMLSelectElement) return JSON.parse(box.value) as Json;
  const text = box.value.trim().replace(/\s+/g, " ");
  if (!text) return null;
  const number = Number(text);
  return (shape.type === "number" || shape.type === "integer") && !Number.isNaN(number) ? number : text;
}
