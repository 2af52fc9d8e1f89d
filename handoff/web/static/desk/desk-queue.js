// Who waits, in the order of service, and who is offered to whom.
import { tick } from "./clock.js";
import { ask, make, press, put, show, slowly } from "./dom.js";
import { ListPart } from "./list.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskQueue extends ListPart {
  build() {
    this.empty = make("p", { class: "empty", say: "queue_empty" });
    this.frame("queue", [this.empty], "ol");
  }

  update() {
    const queue = (this.desk.frame?.queue || []).map((ticket, index) => ({ ticket, place: index + 1 }));
    this.fill(queue, (found) => found.ticket.id, (some) => {
      show(this.empty, !some);
      show(this.list, some);
    });
    tick();
  }

  create() {
    const item = make("li");
    item.place = make("span", { class: "place" });
    item.time = make("time");
    item.card = make("desk-card");
    item.words = make("span", { class: "note" });
    item.take = press("queue_take", () => slowly(item.take, () => this.desk.commands.begin("take", item.ticket.id)));
    item.room = press("room", () => ask(this, "room", { ticket: item.ticket }));
    item.badge = make("desk-badge");
    const waits = make("p", { class: "waits" }, item.place, " ", item.badge, " ", make("span", { say: "card_waiting" }), " ", item.time);
    item.append(waits, item.card, make("p", { class: "row" }, item.words, item.take, item.room));
    return item;
  }

  renew(item, { ticket, place }) {
    const { desk } = this;
    item.ticket = ticket;
    item.dataset.level = ticket.level;
    item.time.dateTime = item.time.dataset.since = ticket.waiting_since;
    put(item.place, say("queue_place", { place }));
    item.card.draw(ticket, say("queue_details_long", { place }));
    item.badge.level = ticket.level;
    // the whole of it stands above, in the offer
    const mine = this.isOfferedToMe(ticket);
    const held = mine && item.card.contains(document.activeElement);
    item.classList.toggle("short", mine);
    show(item.badge, mine);
    show(item.card, !mine);
    if (held) this.heading.focus();
    const offered = ticket.state === "offered";
    const full = desk.full || desk.regionFull;
    const acute = ticket.level === "acute";
    // a region that helps was asked; in danger whoever is faster serves
    const elsewhere = offered && ticket.serving_region !== desk.me.region;
    const canMake = full && acute && desk.canGive;
    // who is on call is rung for danger, in a pilot too
    const listed = !desk.frame.unlisted || (acute && desk.frame.senior);
    put(item.words, offered ? this.offeredTo(ticket) : full ? say(desk.full ? "queue_full" : "queue_full_region") : "");
    show(item.words, Boolean(item.words.textContent));
    show(item.take, (!offered || (elsewhere && acute)) && !full && listed);
    show(item.room, (!offered || elsewhere) && canMake && listed);
    item.take.ariaLabel = say("queue_take_long", { place, level: triage.level(ticket) });
    item.room.ariaLabel = say("room_long", { place, level: triage.level(ticket) });
  }

  isOfferedToMe(ticket) {
    return this.desk.frame.offers.some((offer) => offer.ticket.id === ticket.id);
  }

  offeredTo(ticket) {
    if (this.isOfferedToMe(ticket)) return say("queue_offered_you");
    if (ticket.serving_region !== this.desk.me.region) return say("queue_offered_region", { region: triage.region(ticket.serving_region) });
    return ticket.offered_to ? say("queue_offered_name", { name: ticket.offered_to }) : say("queue_offered");
  }
}
customElements.define("desk-queue", DeskQueue);
