// A colleague's conversation becomes mine, with a note that the colleague can read back.
import { beginsWith } from "./commands.js";
import { DeskDialog } from "./dialog.js";
import { area, field } from "./form.js";
import { say, words } from "./words.js";

class DeskTakeover extends DeskDialog {
  heading() {
    return say("take_over_title", { name: this.desk.nameOf(this.given.ticket.caseworker) });
  }

  intro() {
    return say("take_over_intro");
  }

  fields() {
    this.note = area({ rows: "2", "data-most": words().most });
    return [field("take_over_note", this.note, { optional: true })];
  }

  yes() {
    return say("take_over");
  }

  work() {
    const { id } = this.given.ticket;
    this.desk.wanted = id;
    const mine = (frame) => frame.type === "desk" && frame.tickets.some((ticket) => ticket.id === id);
    const frame = { type: "take_over", ticket: id, note: this.note.value.trim() };
    return this.desk.commands.ask(frame, (found) => beginsWith(id)(found) || mine(found));
  }
}
customElements.define("desk-takeover", DeskTakeover);
