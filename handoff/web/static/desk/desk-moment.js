// A safe moment that was agreed: when, who calls, what to say to somebody else, voicemail (R52).
import { fresh } from "./chat.js";
import { now } from "./clock.js";
import { DeskDialog } from "./dialog.js";
import { area, choices, chosen, field, line } from "./form.js";
import { say } from "./words.js";

const VOICEMAIL = { yes: true, no: false };

class DeskMoment extends DeskDialog {
  heading() {
    return say("moment_title", { number: this.given.chat.slot });
  }

  intro() {
    return say("moment_intro");
  }

  fields() {
    const before = this.given.chat.ticket.safe_moment || {};
    this.text = area({ text: before.text || "", required: true, "data-most": "500" });
    this.who = line({ value: before.who_calls || "", "data-most": "500" });
    this.other = line({ value: before.say_if_other || "", "data-most": "500" });
    const answers = [["", say("not_agreed")], ["yes", say("yes")], ["no", say("no")]];
    const known = before.voicemail === undefined ? "" : before.voicemail ? "yes" : "no";
    this.voicemail = choices(say("moment_voicemail"), answers, known);
    return [
      field("moment_text", this.text),
      field("moment_who_calls", this.who, { optional: true }),
      field("moment_if_other", this.other, { optional: true }),
      this.voicemail,
    ];
  }

  yes() {
    return say("moment_save");
  }

  missing() {
    return this.text.value.trim() ? null : [this.text];
  }

  async work() {
    const { chat } = this.given;
    const frame = { type: "moment", ticket: chat.id, id: fresh(), text: this.text.value.trim() };
    if (this.who.value.trim()) frame.who_calls = this.who.value.trim();
    if (this.other.value.trim()) frame.say_if_other = this.other.value.trim();
    const answer = VOICEMAIL[chosen(this.voicemail)];
    if (answer !== undefined) frame.voicemail = answer;
    const { seq } = await this.desk.commands.ask(frame, (found) => found.type === "ack" && found.id === frame.id);
    const note = { event: `own-${frame.id}`, id: frame.id, seq, from: "caseworker", by: this.desk.me.name, kind: "note", name: "moment" };
    chat.add({ ...note, text: frame.text, at: new Date(now()).toISOString() });
    this.desk.change();
  }
}
customElements.define("desk-moment", DeskMoment);
