// A question to the senior on call (R34). It is an internal note that stands out.
import { DeskDialog } from "./dialog.js";
import { area, field } from "./form.js";
import { say, words } from "./words.js";

class DeskConsult extends DeskDialog {
  heading() {
    return say("consult_title", { number: this.given.chat.slot });
  }

  intro() {
    return say("consult_intro");
  }

  fields() {
    this.text = area({ required: true, "data-most": words().most });
    return [field("consult_text", this.text)];
  }

  yes() {
    return say("consult_send");
  }

  missing() {
    return this.text.value.trim() ? null : [this.text];
  }

  work() {
    const { chat } = this.given;
    const frame = { type: "consult", ticket: chat.id, text: this.text.value.trim() };
    return this.desk.commands.ask(frame, (found) => found.type === "event" && found.ticket === chat.id && found.name === "consult");
  }
}
customElements.define("desk-consult", DeskConsult);
