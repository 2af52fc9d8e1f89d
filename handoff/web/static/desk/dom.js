// Elements out of names, words and children. Text only, never markup.
import { say } from "./words.js";

let ids = 0;
export const newId = (name = "e") => `${name}-${++ids}`;

const SPECIAL = {
  text: (made, value) => made.append(value),
  // words that change with the language only; see speak() in words.js
  say: (made, value) => {
    made.dataset.say = value;
    made.append(say(value));
  },
  label: (made, value) => {
    made.dataset.label = value;
    made.ariaLabel = say(value);
  },
  hint: (made, value) => {
    made.dataset.hint = value;
    made.placeholder = say(value);
  },
  on: (made, value) => {
    for (const [name, work] of Object.entries(value)) made.addEventListener(name, work);
  },
};

export const make = (tag, given = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (SPECIAL[name]) SPECIAL[name](made, value);
    else if (typeof value === "object" || typeof value === "function") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child || child === 0));
  return made;
};

export const press = (key, work, given = {}) => make("button", { type: "button", say: key || undefined, ...given, on: { click: work } });

// Only what changed touches the page: a selection, a cursor and a screen reader stay where they are.
export const put = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};
export const show = (element, yes) => {
  if (element.hidden === yes) element.hidden = !yes;
};

// A list that is the same as `items`, with one child for each key. Children that stay are not moved
// and not made anew, so that a press that began on one ends on it.
export const keyed = (parent, items, keyOf, create, update = () => {}) => {
  const there = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const keys = new Set(items.map((item) => String(keyOf(item))));
  for (const [key, child] of there) if (!keys.has(key)) child.remove();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = there.get(key) || create(item);
    child.dataset.key = key;
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else if (child.isConnected && parent.moveBefore) parent.moveBefore(child, place);
    else parent.insertBefore(child, place);
  }
};

// A part of the page: built once, drawn again whenever something changed.
export class Part extends HTMLElement {
  connectedCallback() {
    if (this.built) return;
    this.built = true;
    this.build();
    this.update();
  }

  build() {}

  update() {}
}

// A button that folds something out and in.
export const folder = (key, panel, given = {}) => {
  panel.id ||= newId("fold");
  panel.hidden = true;
  const made = press(key, () => fold(made, panel.hidden), { "aria-expanded": "false", "aria-controls": panel.id, ...given });
  made.panel = panel;
  return made;
};
export const fold = (button, open) => {
  button.ariaExpanded = String(open);
  button.panel.hidden = !open;
};

export const typing = () => {
  const found = document.activeElement;
  return Boolean(found?.matches?.("textarea, input:not([type=radio], [type=checkbox])") && found.value);
};

// A dialog is asked for by whoever needs it and opened by the floor.
export const ask = (element, name, given) => element.dispatchEvent(new CustomEvent("ask", { bubbles: true, detail: { name, given } }));

// A press that takes a while: once at a time, and the focus stays on it.
export const slowly = async (button, work) => {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  try {
    await work();
  } finally {
    button.ariaDisabled = null;
  }
};
