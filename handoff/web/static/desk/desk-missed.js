// Whoever left, with something that is still to be read: never to be answered.
import { hour } from "./clock.js";
import { keyed, make, newId, Part, press, put, show, slowly } from "./dom.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskMissed extends Part {
  build() {
    const id = newId("missed");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.number = make("span", { class: "number" });
    this.heading = make("h2", { id, tabindex: "-1" }, make("span", { say: "missed" }), " ", this.number);
    this.words = make("p", { class: "small", say: "missed_why" });
    this.empty = make("p", { class: "empty", say: "missed_empty" });
    this.list = make("ul", { class: "tickets" });
    this.append(this.heading, this.empty, this.words, this.list);
  }

  update() {
    const missed = this.desk.frame?.missed || [];
    const held = this.list.contains(document.activeElement);
    put(this.number, String(missed.length));
    show(this.empty, missed.length === 0);
    show(this.words, missed.length > 0);
    show(this.list, missed.length > 0);
    keyed(this.list, missed, (ticket) => ticket.id, () => this.create(), (item, ticket) => this.renew(item, ticket));
    if (held && !this.list.contains(document.activeElement)) this.heading.focus();
  }

  create() {
    const item = make("li");
    item.when = make("p", { class: "waits" });
    item.card = make("desk-card");
    item.read = press("missed_read", () => slowly(item.read, () => this.desk.commands.begin("read", item.ticket.id)));
    item.append(item.when, item.card, make("p", { class: "row" }, item.read));
    return item;
  }

  renew(item, ticket) {
    item.ticket = ticket;
    item.dataset.level = ticket.level;
    const time = ticket.left_at ? hour(ticket.left_at) : "";
    put(item.when, ticket.left_at ? triage.left(ticket) : "");
    item.card.draw(ticket);
    item.read.ariaLabel = say("missed_read_long", { level: triage.level(ticket), time });
  }
}
customElements.define("desk-missed", DeskMissed);
