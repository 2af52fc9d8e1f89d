// One conversation at this desk: what was said, what is still under way, and what is being typed.
import { now } from "./clock.js";
import { say } from "./words.js";

// After these it may have been written all the same.
const UNSURE = ["unavailable", "internal"];

// An id of my own for what I send.
export const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36).padStart(2, "0")).join("");

export class Chat {
  constructor(ticket, slot) {
    this.id = ticket.id;
    this.ticket = ticket;
    this.slot = slot;
    this.events = [];
    this.loaded = false;
    this.pending = new Map();
    this.drafts = { message: "", note: "" };
    this.mode = "message";
    this.unread = 0;
    this.newFrom = 0;
    this.since = null;
    this.typesUntil = 0;
    // a conversation that ended stands open until it is folded away
    this.open = true;
    // a colleague handed it over
    this.handed = false;
    // no longer mine, kept for what was not sent
    this.lost = false;
    // a colleague's, which I read along
    this.reads = false;
  }

  get active() {
    return this.ticket.state === "active";
  }

  get training() {
    return Boolean(this.ticket.training);
  }

  // What it is called, with its number.
  get name() {
    return say(this.training ? "practice_chat" : "chat", { number: this.slot });
  }

  get visitor() {
    return this.ticket.visitor || "online";
  }

  // Whether something may be written to the visitor.
  get writable() {
    return this.active && !this.lost && !this.reads && !["stopped", "exit", "gone"].includes(this.visitor);
  }

  get level() {
    return this.ticket.level;
  }

  get lastOfVisitor() {
    return this.events.findLast((event) => event.from === "visitor");
  }

  // The first words of the visitor that are not the titles of buttons.
  get typed() {
    const titles = new Set(this.events.flatMap((event) => event.buttons || []).map((button) => button.title));
    const pressed = ({ text }) => titles.has(text) || text.split(", ").every((part) => titles.has(part));
    return this.events.find((event) => event.from === "visitor" && !pressed(event));
  }

  get answered() {
    return [...this.events, ...this.pending.values()].some((said) => said.kind === "text" && (said.from || "caseworker") === "caseworker");
  }

  get unsent() {
    return Boolean(this.drafts.message || this.drafts.note || this.pending.size);
  }

  // It went to somebody else. What was not sent stays, and is not sent any more; what others said is
  // no longer mine to read.
  lose() {
    this.lost = true;
    this.loaded = false;
    this.events = [];
    for (const waits of this.unanswered) waits.failed = "not_yours";
  }

  become(reads) {
    this.reads = reads;
    return this;
  }

  // Everything that was said so far; what came meanwhile stays.
  assign(frame) {
    const first = !this.loaded;
    this.ticket = frame.ticket;
    this.lost = false;
    for (const event of frame.events) this.add(event);
    this.loaded = true;
    if (!first || this.handed) return;
    this.read();
    this.newFrom = 0;
  }

  add(event) {
    // what came after all is not under way any more, whatever was thought of it
    this.pending.delete(event.id);
    if (this.events.some((found) => found.event === event.event)) return;
    // an answer of mine that I knew by its id only
    const own = event.id ? this.events.findIndex((found) => found.id === event.id) : -1;
    if (own >= 0) this.events.splice(own, 1);
    this.events.push(event);
    this.events.sort((a, b) => (a.seq || Infinity) - (b.seq || Infinity));
    if (event.from !== "visitor") return;
    this.typesUntil = 0;
    if (!this.unread++) this.newFrom = event.seq;
  }

  read() {
    const before = this.unread;
    this.unread = 0;
    return before > 0;
  }

  // What I send: under an id of mine, so that sending it twice changes nothing.
  queue(kind, text) {
    const id = fresh();
    this.pending.set(id, { id, kind: kind === "note" ? kind : "text", text, at: now(), sentAt: Infinity, failed: "", unsure: false });
    this.newFrom = 0;
  }

  frameOf(waits) {
    return { type: waits.kind === "note" ? "note" : "message", ticket: this.id, id: waits.id, text: waits.text };
  }

  get unanswered() {
    return [...this.pending.values()].filter((waits) => !waits.failed);
  }

  acknowledged(id, seq, by) {
    const waits = this.pending.get(id);
    if (!waits) return;
    const event = { event: `own-${id}`, id, seq, from: "caseworker", by, kind: waits.kind, text: waits.text };
    this.add({ ...event, at: new Date(waits.at).toISOString() });
  }

  // Once it is not certain that it was not sent, only an acknowledgement makes it so.
  failed(id, code) {
    const waits = this.pending.get(id);
    if (waits) Object.assign(waits, { failed: code, unsure: waits.unsure || UNSURE.includes(code) });
    return Boolean(waits);
  }
}
