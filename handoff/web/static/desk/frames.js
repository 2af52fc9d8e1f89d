// What the server says. The desk comes whole; frames in between are laid over the last whole.
import { Chat } from "./chat.js";
import { setNow } from "./clock.js";
import { refusal, say } from "./words.js";

const TYPES_MS = 6000;
const OWN = ["active", "wrap_up"];

export class Frames {
  constructor(desk) {
    this.desk = desk;
    this.handlers = {
      desk: (frame) => this.whole(frame),
      offer: (frame) => this.offered(frame),
      ticket: (frame) => this.changed(frame.ticket),
      assigned: (frame) => this.assigned(frame),
      event: (frame) => this.said(frame),
      ack: (frame) => desk.chats.get(frame.ticket)?.acknowledged(frame.id, frame.seq, desk.me.name),
      visitor: (frame) => this.visitor(frame),
      typing: (frame) => this.types(frame),
      // who asked has it already
      room: (frame) => frame,
      error: (frame) => this.refused(frame),
    };
  }

  take(frame) {
    this.handlers[frame.type]?.(frame);
    this.desk.change();
  }

  whole(frame) {
    const { desk } = this;
    setNow(frame.now);
    const first = !desk.frame;
    desk.frame = frame;
    const reads = frame.reads || [];
    const seen = new Set([...frame.tickets, ...reads].map((ticket) => ticket.id));
    for (const chat of [...desk.chats.values()]) if (!seen.has(chat.id)) this.letGo(chat);
    for (const ticket of frame.tickets) this.keep(ticket, first, false);
    for (const ticket of reads) this.keep(ticket, first, true);
  }

  keep(ticket, first, reads) {
    const chat = this.desk.chats.get(ticket.id);
    if (!chat) return this.begin(ticket, first || reads).become(reads);
    chat.become(reads);
    const ended = chat.active && ticket.state === "wrap_up";
    chat.ticket = ticket;
    if (ended) this.desk.open(chat);
  }

  // A conversation comes to this desk: asked for, or handed over by a colleague.
  begin(ticket, first = false) {
    const { desk } = this;
    const taken = new Set([...desk.chats.values()].map((chat) => chat.slot));
    let slot = 1;
    while (taken.has(slot)) slot += 1;
    const chat = new Chat(ticket, slot);
    desk.chats.set(ticket.id, chat);
    chat.open = chat.active;
    chat.handed = chat.active && !first && !chat.training && desk.wanted !== ticket.id;
    if (chat.handed) desk.notice(say("chat_handed", { number: slot }));
    if (desk.wanted === ticket.id) desk.open(chat);
    return chat;
  }

  // It is somebody else's now, or closed. What was not sent stays in sight.
  letGo(chat) {
    if (chat.training && chat.active) this.desk.notice(say("practice_over"));
    if (chat.active && chat.unsent && !chat.training) chat.lose();
    else if (!chat.lost) this.desk.chats.delete(chat.id);
  }

  // Before the first whole there is nothing to lay it over; the whole brings it too.
  offered({ ticket, expires_at }) {
    const { frame } = this.desk;
    if (!frame) return;
    const others = frame.offers.filter((offer) => offer.ticket.id !== ticket.id);
    this.desk.frame = { ...frame, offers: [...others, { ticket, expires_at }] };
  }

  changed(ticket) {
    const { desk } = this;
    if (!desk.frame) return;
    const swap = (list) => list.map((found) => (found.id === ticket.id ? ticket : found));
    const { queue, missed, tickets, offers, reads = [], others = [] } = desk.frame;
    const news = offers.map((offer) => (offer.ticket.id === ticket.id ? { ...offer, ticket } : offer));
    desk.frame = { ...desk.frame, queue: swap(queue), missed: swap(missed), tickets: swap(tickets), offers: news, reads: swap(reads), others: swap(others) };
    const mine = ticket.caseworker === desk.me.username;
    const chat = desk.chats.get(ticket.id);
    if (chat && OWN.includes(ticket.state) && (mine || chat.reads)) this.keep(ticket, false, !mine);
  }

  assigned(frame) {
    const { desk } = this;
    const reads = frame.ticket.caseworker !== desk.me.username;
    const chat = (desk.chats.get(frame.ticket.id) || this.begin(frame.ticket, reads)).become(reads);
    chat.assign(frame);
    // what was not acknowledged goes out again, under the same id
    for (const waits of chat.unanswered) desk.commands.transmit(chat, waits);
  }

  said(frame) {
    const { desk } = this;
    const chat = desk.chats.get(frame.ticket);
    chat?.add(frame);
    if (!chat || desk.attends !== chat.id || !document.hasFocus()) return;
    chat.newFrom = 0;
    desk.read(chat);
  }

  visitor(frame) {
    const chat = this.desk.chats.get(frame.ticket);
    if (!chat) return;
    chat.since = frame.since;
    chat.ticket = { ...chat.ticket, visitor: frame.state };
    if (frame.state !== "online") chat.typesUntil = 0;
  }

  types(frame) {
    const chat = this.desk.chats.get(frame.ticket);
    if (!chat) return;
    chat.typesUntil = Date.now() + TYPES_MS;
    setTimeout(() => this.desk.change(), TYPES_MS + 50);
  }

  refused(frame) {
    for (const chat of this.desk.chats.values()) if (frame.id && chat.failed(frame.id, frame.code)) return;
    this.desk.notice(refusal(frame.code));
  }
}
