// Whoever left, with something that is still to be read: never to be answered.
import { hour } from "./clock.js";
import { make, press, put, show, slowly } from "./dom.js";
import { ListPart } from "./list.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskMissed extends ListPart {
  build() {
    this.words = make("p", { class: "small", say: "missed_why" });
    this.empty = make("p", { class: "empty", say: "missed_empty" });
    this.frame("missed", [this.empty, this.words]);
  }

  update() {
    this.fill(this.desk.frame?.missed || [], (ticket) => ticket.id, (some) => {
      show(this.empty, !some);
      show(this.words, some);
      show(this.list, some);
    });
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
