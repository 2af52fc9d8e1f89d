// What is offered now: the card, how long it stays, and yes or no.
import { tick } from "./clock.js";
import { keyed, make, newId, Part, press, put, show, slowly } from "./dom.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

export class DeskOffers extends Part {
  build() {
    const id = newId("offers");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.heading = make("h2", { id, say: "offers", tabindex: "-1", class: "unseen" });
    this.list = make("div");
    this.append(this.heading, this.list);
  }

  update() {
    const offers = this.desk.frame?.offers || [];
    const held = this.contains(document.activeElement);
    keyed(this.list, offers, (offer) => offer.ticket.id, (offer) => this.create(offer), (item, offer) => this.renew(item, offer));
    show(this, offers.length > 0);
    // the offer that had the focus is gone: it goes to what comes next, not to nowhere
    if (!held || this.contains(document.activeElement)) return;
    if (offers.length) this.heading.focus();
    else this.floor.home();
  }

  create(offer) {
    const { id } = offer.ticket;
    const card = make("desk-card");
    card.opened = this.desk.layout === "wide";
    const time = make("time");
    const accept = press("offer_accept", () => slowly(accept, () => this.desk.commands.begin("accept", id)), { class: "main" });
    const decline = press("offer_decline", () => this.desk.commands.decline(id), { class: "decline" });
    const timer = make("p", { class: "timer" }, make("span", { say: "offer_left" }), " ", time);
    const made = make("article", { class: "offer" });
    Object.assign(made, { card, time, accept, ...this.line(made) });
    made.append(made.brief, timer, make("p", { class: "row" }, accept, decline), card);
    return made;
  }

  // One line of it, on a phone beside an open conversation; the rest folds out of it.
  line(made) {
    const badge = make("desk-badge");
    const why = make("span", { class: "why" });
    const left = make("time", { class: "timer", "aria-hidden": "true" });
    const brief = press("", () => this.turn(made, made.dataset.open === undefined), { class: "brief", "aria-expanded": "false" });
    brief.append(badge, left, why);
    return { brief, badge, why, left };
  }

  turn(made, open) {
    made.brief.ariaExpanded = String(open);
    if (open) made.dataset.open = "";
    else delete made.dataset.open;
    made.card.turn(open || this.desk.layout === "wide");
  }

  renew(item, { ticket, expires_at: until }) {
    item.dataset.level = ticket.level;
    item.ariaLabel = say("offer_note", { level: triage.level(ticket) });
    item.card.draw(ticket);
    item.badge.level = ticket.level;
    put(item.why, triage.why(ticket));
    item.brief.ariaLabel = say("offer_more_long", { level: triage.level(ticket), why: triage.why(ticket) });
    if (item.time.dataset.until === until) return;
    for (const time of [item.time, item.left]) time.dataset.until = time.dateTime = until;
    tick();
  }
}
customElements.define("desk-offers", DeskOffers);
