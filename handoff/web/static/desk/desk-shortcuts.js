// The keyboard shortcuts in a list, and the switch that turns them off.
import { DeskDialog } from "./dialog.js";
import { make, newId } from "./dom.js";
import { KEYS } from "./keys.js";
import { say } from "./words.js";

class DeskShortcuts extends DeskDialog {
  heading() {
    return say("shortcuts");
  }

  fields() {
    const id = newId("switch");
    const flip = { change: (event) => (this.desk.shortcuts = event.target.checked) };
    const box = make("input", { type: "checkbox", id, checked: this.desk.shortcuts, on: flip });
    const rows = [...KEYS, ["Enter", "shortcut_send"], ["Shift+Enter", "shortcut_newline"]];
    return [
      make("p", { class: "tick" }, box, make("label", { for: id, text: say("shortcuts_on") })),
      make("dl", { class: "keys" }, ...rows.map(([key, words]) => make("div", {}, make("dt", {}, make("kbd", { text: key })), make("dd", { text: say(words) })))),
    ];
  }

  yes() {
    return "";
  }

  no() {
    return say("close");
  }
}
customElements.define("desk-shortcuts", DeskShortcuts);
