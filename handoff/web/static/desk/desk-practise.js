// A made-up visitor to practise with, chosen by what it is about (R39). Nothing of it is kept.
import { DeskDialog } from "./dialog.js";
import { choices, chosen } from "./form.js";
import { named, say, words } from "./words.js";

class DeskPractise extends DeskDialog {
  heading() {
    return say("practise");
  }

  intro() {
    return say("practise_intro");
  }

  fields() {
    const scripts = Object.keys(words().practice);
    this.script = choices(say("practise_which"), scripts.map((key) => [key, named("practice", key)]), scripts[0]);
    return [this.script];
  }

  yes() {
    return say("practise_go");
  }

  async work() {
    const { ticket } = await this.desk.commands.practise(chosen(this.script));
    // once the dialog is away
    this.addEventListener("closed", () => this.given.begun(ticket.id), { once: true });
  }
}
customElements.define("desk-practise", DeskPractise);
