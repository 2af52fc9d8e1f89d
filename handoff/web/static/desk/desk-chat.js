// One conversation: card on top, what was said, and the box to write in; after its end the form to
// close it with.
import { hour } from "./clock.js";
import { make, newId, Part, press, put, show } from "./dom.js";
import { why } from "./triage.js";
import { count, named, say } from "./words.js";

export class DeskChat extends Part {
  build() {
    const { desk, chat } = this;
    const id = newId("chat");
    this.id = `panel-${id}`;
    this.heading = make("h2", { id, tabindex: "-1" });
    this.headingId = id;
    this.news = make("span", { class: "number" });
    this.visitor = make("p", { class: "visitor-state", role: "status" });
    this.practice = make("p", { class: "practice", say: "practice_means" });
    this.means = make("p", { class: "means" });
    this.lost = make("p", { class: "warn" }, make("span", { say: "chat_lost" }), " ", press("chat_lost_close", () => desk.drop(chat)));
    this.along = make("p", { class: "means" });
    this.facts = make("desk-facts");
    this.card = make("desk-card");
    // what was missed is there to be read: its card leaves room for the text
    this.folded = !chat.active;
    this.card.opened = desk.layout === "wide" && !chat.answered && !this.folded;
    this.log = make("desk-log");
    this.types = make("p", { class: "types" });
    this.composer = make("desk-composer");
    this.disposition = make("desk-disposition");
    for (const part of [this.card, this.facts, this.log, this.composer, this.disposition]) Object.assign(part, { desk, chat });
    const head = make("div", { class: "head" }, this.heading, this.news, this.visitor);
    this.append(head, this.practice, this.means, this.along, this.lost, this.card, this.facts, this.log, this.types, this.composer, this.disposition);
    this.addEventListener("focusin", () => desk.attend(chat.id));
    this.addEventListener("pointerdown", () => desk.attend(chat.id));
    this.addEventListener("back", () => queueMicrotask(() => this.composer.focus()));
  }

  update() {
    const { chat } = this;
    this.dataset.level = chat.level;
    this.toggleAttribute("data-training", chat.training);
    show(this.practice, chat.training);
    put(this.heading, chat.name);
    this.heading.ariaLabel = say("chat_level", { chat: chat.name, level: named("levels", chat.level), why: why(chat.ticket) });
    put(this.news, chat.unread ? count("chat_new", chat.unread) : "");
    show(this.news, chat.unread > 0);
    const [state, words, means] = this.state();
    this.visitor.dataset.state = state;
    put(this.visitor, words);
    put(this.means, means);
    show(this.means, Boolean(means));
    put(this.along, this.whoReads());
    show(this.along, Boolean(this.along.textContent));
    show(this.lost, chat.lost);
    show(this.card, !chat.lost);
    this.foldCard();
    this.card.draw(chat.ticket, say("card_of", { number: chat.slot }));
    const types = chat.writable && chat.typesUntil > Date.now();
    put(this.types, types ? say("chat_types") : "");
    show(this.disposition, !chat.active && !chat.lost);
    for (const part of [this.facts, this.log, this.composer]) part.built && part.update();
    if (!this.disposition.hidden) this.disposition.update();
  }

  // Whose it is, and who looks on.
  whoReads() {
    const { chat, desk } = this;
    if (chat.lost || !chat.active) return "";
    if (chat.reads) return say("reads_along", { name: desk.nameOf(chat.ticket.caseworker) });
    const names = (chat.ticket.readers || []).join(", ");
    return names ? say("readers", { names }) : "";
  }

  // To write; what has ended is there to be read.
  enter() {
    if (this.chat.active) this.composer.focus();
    else this.heading.focus();
  }

  // Once, after my first words: the card was read, and what is said needs the room.
  foldCard() {
    if (this.folded || !this.chat.answered) return;
    this.folded = true;
    this.card.turn(false);
  }

  // How the visitor is there, in words, and what that means for writing.
  state() {
    const { chat } = this;
    const { visitor } = chat;
    if (chat.lost) return ["", "", ""];
    const at = chat.ticket.left_at || chat.since;
    if (visitor === "online") return chat.active ? ["online", say("visitor_online"), ""] : ["ended", say("visitor_closed"), ""];
    const time = at ? hour(at) : "";
    if (visitor === "away") return ["away", at ? say("visitor_away_since", { time }) : say("visitor_away"), chat.active ? say("visitor_away_means") : ""];
    return [visitor, say(`visitor_${visitor}`, { time }), chat.active ? say(`visitor_${visitor}_means`) : ""];
  }
}
customElements.define("desk-chat", DeskChat);
