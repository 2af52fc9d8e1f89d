// Conversations of colleagues: the senior reads along or takes over; anybody takes over what has
// lost its caseworker.
import { ask, keyed, make, newId, Part, press, put, show, slowly } from "./dom.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskOthers extends Part {
  build() {
    const id = newId("others");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.number = make("span", { class: "number" });
    this.heading = make("h2", { id, tabindex: "-1" }, make("span", { say: "others" }), " ", this.number);
    this.list = make("ul", { class: "tickets" });
    this.append(this.heading, this.list);
  }

  update() {
    // who asked comes first
    const found = [...(this.desk.frame?.others || [])].sort((a, b) => Boolean(b.asked_at) - Boolean(a.asked_at));
    const held = this.contains(document.activeElement);
    put(this.number, String(found.length));
    keyed(this.list, found, (ticket) => ticket.id, () => this.create(), (item, ticket) => this.renew(item, ticket));
    show(this, found.length > 0);
    if (!held || this.contains(document.activeElement)) return;
    if (found.length) this.heading.focus();
    else this.floor.home();
  }

  create() {
    const item = make("li");
    item.name = make("strong");
    item.words = make("p", { class: "note" });
    item.card = make("desk-card");
    item.join = press("join", () => slowly(item.join, () => this.desk.commands.begin("join", item.ticket.id)));
    item.take = press("take_over", () => ask(this, "takeover", { ticket: item.ticket }));
    item.append(item.name, item.words, item.card, make("p", { class: "row" }, item.join, item.take));
    return item;
  }

  renew(item, ticket) {
    item.ticket = ticket;
    item.dataset.level = ticket.level;
    const name = this.desk.nameOf(ticket.caseworker);
    const words = [ticket.asked_at && say("others_asked"), ticket.caseworker_away && say("others_away")];
    put(item.name, say("others_of", { name }));
    put(item.words, words.filter(Boolean).join(" "));
    show(item.words, Boolean(item.words.textContent));
    item.card.draw(ticket, say("others_card", { name }));
    show(item.join, Boolean(this.desk.frame.senior));
    item.join.ariaLabel = say("join_long", { name, level: triage.level(ticket) });
    item.take.ariaLabel = say("take_over_long", { name, level: triage.level(ticket) });
  }
}
customElements.define("desk-others", DeskOthers);
