// Strikes a signal that was heard wrongly; it stays struck.
import { DeskDialog } from "./dialog.js";
import { area, field } from "./form.js";
import { named, say } from "./words.js";

class DeskStrike extends DeskDialog {
  heading() {
    return say("strike_title", { signal: named("signals", this.given.signal) });
  }

  intro() {
    return say("strike_intro");
  }

  fields() {
    this.reason = area({ rows: "2", required: true, "data-most": "500" });
    return [field("why_reason", this.reason)];
  }

  yes() {
    return say("strike_save");
  }

  missing() {
    return this.reason.value.trim() ? null : [this.reason];
  }

  work() {
    const { chat, signal } = this.given;
    const frame = { type: "strike", ticket: chat.id, signal, reason: this.reason.value.trim() };
    return this.desk.commands.ask(frame, (found) => found.type === "event" && found.ticket === chat.id && found.name === "strike");
  }
}
customElements.define("desk-strike", DeskStrike);
