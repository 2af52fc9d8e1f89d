// While calling the police for a visitor: the steps. Nothing is sent anywhere; the caseworker calls.
import { make, newId, Part, press, put, show } from "./dom.js";
import { say, words } from "./words.js";

export class DeskCalling extends Part {
  build() {
    const id = newId("calling");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.steps = make("ol");
    this.seats = make("p", { class: "small" });
    this.fold = make("details", {}, make("summary", { say: "calling_steps" }), this.steps);
    this.hidden = true;
    const done = press("calling_done", () => this.desk.commands.presence("available"), { class: "main" });
    this.append(
      make("h2", { id, say: "calling" }),
      make("p", { say: "calling_nothing" }),
      this.fold,
      this.seats,
      make("p", { class: "row" }, done),
    );
  }

  update() {
    const calls = this.desk.presence === "calling";
    if (calls && this.hidden) this.fold.open = this.desk.layout === "wide";
    show(this, calls);
    if (!calls) return;
    const keys = Object.keys(words().desk).filter((key) => /^calling_\d+$/.test(key));
    while (this.steps.children.length < keys.length) this.steps.append(make("li"));
    keys.forEach((key, place) => put(this.steps.children[place], say(key, { number: words().emergency })));
    put(this.seats, say("calling_seats", { minutes: words().calling_min }));
  }
}
customElements.define("desk-calling", DeskCalling);
