// Conversations of colleagues: the senior reads along or takes over; anybody takes over what has
// lost its caseworker.
import { ask, make, press, put, show, slowly } from "./dom.js";
import { ListPart } from "./list.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskOthers extends ListPart {
  build() {
    this.frame("others");
  }

  update() {
    // who asked comes first
    const found = [...(this.desk.frame?.others || [])].sort((a, b) => Boolean(b.asked_at) - Boolean(a.asked_at));
    this.fill(found, (ticket) => ticket.id, (some) => show(this, some));
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
    // only what the senior was asked for, or rung
    show(item.join, Boolean(this.desk.frame.senior && (ticket.asked_at || ticket.rung_at)));
    item.join.ariaLabel = say("join_long", { name, level: triage.level(ticket) });
    item.take.ariaLabel = say("take_over_long", { name, level: triage.level(ticket) });
  }
}
customElements.define("desk-others", DeskOthers);
