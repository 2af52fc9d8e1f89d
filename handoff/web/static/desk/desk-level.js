// Raises or lowers a level. Only a caseworker lowers one, and says why.
import { DeskDialog } from "./dialog.js";
import { make } from "./dom.js";
import { area, choices, chosen, field } from "./form.js";
import { say, words } from "./words.js";

class DeskLevel extends DeskDialog {
  heading() {
    return say("level_title", { number: this.given.chat.slot });
  }

  fields() {
    const levels = Object.keys(words().levels).map((level) => [level, make("desk-badge", { "data-level": level })]);
    this.level = choices(say("level_which"), levels, this.given.chat.level);
    this.reason = area({ rows: "2", required: true, "data-most": "500" });
    return [this.level, field("why_reason", this.reason)];
  }

  yes() {
    return say("level_save");
  }

  missing() {
    return this.reason.value.trim() ? null : [this.reason];
  }

  work() {
    const { chat } = this.given;
    const frame = { type: "level", ticket: chat.id, level: chosen(this.level), reason: this.reason.value.trim() };
    return this.desk.commands.ask(frame, (found) => found.type === "event" && found.ticket === chat.id && found.name === "level");
  }
}
customElements.define("desk-level", DeskLevel);
