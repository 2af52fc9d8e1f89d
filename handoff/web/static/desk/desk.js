// What this desk knows: the server's last word on the region, and the conversations that are mine.
import { fresh } from "./chat.js";
import { Commands } from "./commands.js";
import { Frames } from "./frames.js";
import { Link } from "./link.js";

const MOST_NOTICES = 3;

export class Desk extends EventTarget {
  constructor() {
    super();
    this.me = null;
    this.frame = null;
    this.chats = new Map();
    this.notices = [];
    this.selected = "side";
    // the conversation that the caseworker looks at, and the one that was just asked for
    this.attends = "";
    this.wanted = "";
    this.sound = false;
    this.shortcuts = true;
    this.layout = "wide";
    this.link = new Link({
      receive: (frame) => this.frames.take(frame),
      changed: () => this.relinked(),
      expired: () => this.dispatchEvent(new Event("expired")),
      oldest: () => Math.min(...[...this.chats.values()].flatMap((chat) => chat.unanswered.map((waits) => waits.sentAt))),
    });
    this.commands = new Commands(this, this.link);
    this.frames = new Frames(this);
  }

  // Nothing that went out on an old line is waited for on a new one.
  relinked() {
    if (!this.linked) for (const chat of this.chats.values()) for (const waits of chat.unanswered) waits.sentAt = Infinity;
    this.change();
  }

  // All that changes in one go is drawn once.
  change() {
    if (this.soon) return;
    this.soon = true;
    queueMicrotask(() => {
      this.soon = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  get linked() {
    return this.link.state === "open";
  }

  get presence() {
    return this.frame?.presence || "away";
  }

  get full() {
    return this.frame.seats.used >= this.frame.cap;
  }

  get regionFull() {
    return this.frame.seats.region_used >= this.frame.seats.region_cap;
  }

  // Conversations of mine that go on, with a real visitor.
  get active() {
    return [...this.chats.values()].filter((chat) => chat.active && !chat.reads && !chat.training);
  }

  // Acute tickets for which no seat is free, while I am there. What another region is merely asked
  // for is still mine to take: the card stays while that region does not answer.
  get needRoom() {
    if (!this.frame || this.presence === "away" || this.frame.free) return [];
    const ours = (ticket) => ticket.state === "waiting" || ticket.serving_region !== this.me.region;
    return this.frame.queue.filter((ticket) => ticket.level === "acute" && ours(ticket));
  }

  get practice() {
    return [...this.chats.values()].find((chat) => chat.training);
  }

  // Whether I have a conversation that may be given away.
  get canGive() {
    return this.active.some((chat) => chat.level !== "acute");
  }

  nameOf(username) {
    return this.frame.colleagues.find((colleague) => colleague.username === username)?.name || username;
  }

  get wrapUps() {
    return [...this.chats.values()].filter((chat) => chat.ticket.state === "wrap_up" && !chat.lost);
  }

  // What stands on the screen: conversations, and one that ended.
  get panels() {
    return [...this.chats.values()].filter((chat) => chat.open).sort((a, b) => a.slot - b.slot);
  }

  // Reading, opening, and telling

  attend(id) {
    this.attends = id;
    const chat = this.chats.get(id);
    if (chat) this.read(chat);
  }

  read(chat) {
    if (chat.read()) this.change();
  }

  // At most one that ended stands open, so that conversations keep their room.
  open(chat) {
    for (const other of this.wrapUps) if (other !== chat) other.open = false;
    chat.open = true;
    this.change();
  }

  fold(chat) {
    chat.open = false;
    this.change();
  }

  drop(chat) {
    this.chats.delete(chat.id);
    this.change();
  }

  notice(text) {
    this.notices = [...this.notices.filter((found) => found.text !== text), { id: fresh(), text }].slice(-MOST_NOTICES);
    this.change();
  }

  dismiss(id) {
    this.notices = this.notices.filter((found) => found.id !== id);
    this.change();
  }
}
