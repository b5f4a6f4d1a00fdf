// Words that a person selects in the title or the abstract, to be used as a value.

import { element } from "./dom";

/** The words that are selected there, on one line; none where the selection is elsewhere. */
function selectedWords(panel: HTMLElement): { words: string; range: Range; near: Element } | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const holder = range.commonAncestorContainer;
  const node = holder instanceof Element ? holder : holder.parentElement;
  if (!node?.closest(".abstract, h2") || !panel.contains(node)) return null;
  const end = range.endContainer instanceof Element ? range.endContainer : range.endContainer.parentElement;
  const words = selection.toString().trim().replace(/\s+/g, " ");
  return words ? { words, range, near: end?.closest("li, h2") ?? node } : null;
}

/** Offer the words that are selected, by a button beside them; what comes back takes them, where there are any. */
export function offerWords(panel: HTMLElement, use: (words: string, near: Element) => void): () => boolean {
  const button = element("button", { type: "button", class: "use" });
  const offer = () => {
    button.remove();
    const found = selectedWords(panel);
    if (!found) return;
    button.replaceChildren("Use as value ", element("kbd", {}, "v"));
    const place = found.range.getBoundingClientRect();
    const whole = panel.getBoundingClientRect();
    button.style.left = `${Math.max(0, Math.min(place.left - whole.left, whole.width - 150))}px`;
    button.style.top = `${place.bottom - whole.top + 4}px`;
    panel.append(button);
  };
  const take = () => {
    const found = selectedWords(panel);
    if (!found) return false;
    button.remove();
    document.getSelection()?.removeAllRanges();
    use(found.words, found.near);
    return true;
  };
  // A press on the button would take the selection away.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", take);
  panel.addEventListener("pointerup", () => setTimeout(offer));
  panel.addEventListener("keyup", offer);
  return take;
}
