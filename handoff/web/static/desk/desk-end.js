// Ends a conversation; the visitor notices, so it is asked once.
import { DeskDialog } from "./dialog.js";
import { say } from "./words.js";

class DeskEnd extends DeskDialog {
  heading() {
    return say("end_title", { number: this.given.chat.slot });
  }

  intro() {
    return say("end_text");
  }

  yes() {
    return say("end_yes");
  }

  work() {
    return this.desk.commands.end(this.given.chat);
  }
}
customElements.define("desk-end", DeskEnd);
