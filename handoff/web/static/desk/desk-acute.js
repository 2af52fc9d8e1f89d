// Somebody is in danger and no seat is free: every desk that is there sees it, and can make room.
import { tick } from "./clock.js";
import { ask, keyed, make, newId, Part, press, put, show } from "./dom.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskAcute extends Part {
  build() {
    const id = newId("acute");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.heading = make("h2", { id, say: "acute_full", tabindex: "-1" });
    this.list = make("div");
    this.append(this.heading, this.list);
  }

  update() {
    const found = this.desk.needRoom;
    const held = this.contains(document.activeElement);
    keyed(this.list, found, (ticket) => ticket.id, () => this.create(), (item, ticket) => this.renew(item, ticket));
    show(this, found.length > 0);
    if (held && !this.contains(document.activeElement)) this.floor.home();
    tick();
  }

  create() {
    const item = make("article", { class: "offer", "data-level": "acute" });
    item.why = make("span");
    item.time = make("time");
    item.words = make("p", { class: "note" });
    item.room = press("room", () => ask(this, "room", { ticket: item.ticket }), { class: "main" });
    const waits = make("p", { class: "waits" }, make("span", { say: "card_waiting" }), " ", item.time);
    item.append(make("p", { class: "why" }, make("desk-badge", { "data-level": "acute" }), " ", item.why), waits, item.words, make("p", { class: "row" }, item.room));
    return item;
  }

  renew(item, ticket) {
    item.ticket = ticket;
    put(item.why, triage.why(ticket));
    item.time.dateTime = item.time.dataset.since = ticket.waiting_since;
    const can = this.desk.canGive;
    put(item.words, [!can && say("acute_none"), ticket.rung_at && say("acute_rung")].filter(Boolean).join(" "));
    show(item.words, Boolean(item.words.textContent));
    show(item.room, can);
    item.room.ariaLabel = say("room_acute_long", { why: triage.why(ticket) });
  }
}
customElements.define("desk-acute", DeskAcute);
