// What a caseworker does. Commands are asked and answered; messages wait until they are on disk.
import { fresh } from "./chat.js";
import { Refusal } from "./link.js";
import { language, refusal } from "./words.js";

export class Commands {
  constructor(desk, link) {
    this.desk = desk;
    this.link = link;
  }

  // Whether it worked. A refusal is told at the top of the page.
  async run(frame, answers) {
    try {
      await this.link.ask(frame, answers);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.desk.notice(refusal(error.code));
      return false;
    }
  }

  // The same for a dialog, which tells the refusal itself.
  ask(frame, answers) {
    return this.link.ask(frame, answers);
  }

  tell(frame) {
    if (!this.link.send(frame)) this.desk.notice(refusal("no_link"));
  }

  presence(state) {
    this.tell({ type: "presence", state });
  }

  cap(seats) {
    this.tell({ type: "cap", seats });
  }

  // accept, take, read, make_room: the conversation comes to this desk
  begin(type, id, more = {}) {
    this.desk.wanted = id;
    return this.run({ type, ticket: id, ...more }, beginsWith(id));
  }

  decline(id) {
    this.tell({ type: "decline", ticket: id });
  }

  end(chat) {
    return this.ask({ type: "end", ticket: chat.id }, (frame) => about(frame, chat.id) && frame.ticket.state !== "active");
  }

  async wrapUp(chat, disposition) {
    const frame = { type: "wrap_up", ticket: chat.id, disposition };
    const done = await this.run(frame, (answer) => about(answer, chat.id) && answer.ticket.state === "closed");
    if (done) this.desk.drop(chat);
    return done;
  }

  // What was heard is right.
  agree(chat) {
    const noted = (frame) => frame.type === "event" && frame.ticket === chat.id && frame.name === "agree";
    return this.run({ type: "agree", ticket: chat.id }, noted);
  }

  // A made-up visitor; the answer is a conversation.
  practise(script) {
    const begins = (frame) => frame.type === "assigned" && frame.ticket.training;
    return this.ask({ type: "practise", id: fresh(), script, language: language() }, begins);
  }

  // Reads along no more.
  leave(chat) {
    const gone = (frame) => frame.type === "desk" && !(frame.reads || []).some((ticket) => ticket.id === chat.id);
    return this.run({ type: "leave_chat", ticket: chat.id }, gone);
  }

  typing(chat) {
    if (chat.writable && chat.visitor === "online") this.link.send({ type: "typing", ticket: chat.id });
  }

  say(chat, text, kind = chat.mode) {
    chat.queue(kind, text);
    chat.drafts[kind] = "";
    this.transmit(chat, [...chat.pending.values()].at(-1));
    this.desk.change();
  }

  again(chat, waits) {
    waits.failed = "";
    this.transmit(chat, waits);
    this.desk.change();
  }

  transmit(chat, waits) {
    waits.sentAt = this.link.send(chat.frameOf(waits)) ? Date.now() : Infinity;
  }
}

const about = (frame, id) => frame.type === "ticket" && frame.ticket.id === id;
export const beginsWith = (id) => (frame) => frame.type === "assigned" && frame.ticket.id === id;
