// Fields of a form, each with its label.
import { make, newId } from "./dom.js";
import { say } from "./words.js";

// A label above a control; `optional` says so in words.
export const field = (key, control, { optional = false, fields = {} } = {}) => {
  control.id ||= newId("field");
  const words = say(key, fields);
  const label = make("label", { for: control.id, text: optional ? say("optional", { label: words }) : words });
  return make("p", { class: "field" }, label, control);
};

// By how many characters a text is too long, as a reader counts them: a smiley is one.
export const tooMany = (text, most) => Math.max(0, [...text.trim()].length - most);

// Nothing that is typed is ever cut; `data-most` is looked at before it is sent.
export const area = (given = {}) => make("textarea", { rows: "3", autocomplete: "off", ...given });
export const line = (given = {}) => make("input", { type: "text", autocomplete: "off", ...given });

export const options = (choices, chosen) =>
  choices.map(([value, text]) => make("option", { value, text, selected: value === chosen }));

// One of several, all in sight. `choices` are [value, text or element].
export const choices = (legend, found, chosen) => {
  const name = newId("choice");
  const made = make("fieldset", { class: "choices" }, make("legend", { text: legend }));
  for (const [value, words] of found) {
    const id = newId("option");
    const radio = make("input", { type: "radio", name, id, value, checked: value === chosen });
    made.append(make("p", {}, radio, make("label", { for: id }, words)));
  }
  return made;
};
export const chosen = (fieldset) => fieldset.querySelector("input:checked")?.value ?? "";
