// How it ended, from the closed list. Only then a conversation is closed.
import { make, Part, press, put, show, slowly } from "./dom.js";
import { field, options } from "./form.js";
import { language, named, say, words } from "./words.js";

export class DeskDisposition extends Part {
  build() {
    this.list = make("select", { required: true });
    this.error = make("p", { class: "error", role: "alert" });
    this.small = make("p", { class: "small" });
    this.button = make("button", { type: "submit", class: "main", say: "disposition_close" });
    const later = press("wrap_up_fold", () => this.desk.fold(this.chat), { class: "light" });
    this.field = field("disposition", this.list);
    const form = make("form", { novalidate: true, on: { submit: (event) => this.close(event) } });
    form.append(this.field, this.error, make("p", { class: "row" }, this.button, later), this.small);
    this.append(form);
  }

  update() {
    if (this.drawn === language()) return;
    const before = this.list.value;
    this.drawn = language();
    const missed = Boolean(this.chat.ticket.left_at) && !this.chat.answered;
    put(this.field.querySelector("label"), say(missed ? "disposition_missed" : "disposition"));
    const all = Object.keys(words().dispositions).map((key) => [key, named("dispositions", key)]);
    this.list.replaceChildren(...options([["", say("disposition_none")], ...all], before));
    put(this.small, say(this.chat.training ? "practice_erased" : "disposition_erased", { hours: words().retention_h }));
    show(this.error, false);
  }

  async close(event) {
    event.preventDefault();
    const missing = !this.list.value;
    put(this.error, missing ? say("disposition_choose") : "");
    show(this.error, missing);
    this.list.ariaInvalid = missing ? "true" : null;
    if (missing) return this.list.focus();
    await slowly(this.button, () => this.desk.commands.wrapUp(this.chat, this.list.value));
  }
}
customElements.define("desk-disposition", DeskDisposition);
