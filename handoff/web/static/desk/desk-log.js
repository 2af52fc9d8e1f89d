// What was said, oldest first. Visitor, caseworker, questions, system and notes look different.
import { hour } from "./clock.js";
import { keyed, make, Part, press, put, show } from "./dom.js";
import { language, named, refusal, say, words } from "./words.js";

// this near to the end counts as being there, in pixels
const NEAR = 60;

export class DeskLog extends Part {
  build() {
    this.list = make("ol");
    this.log = make("div", { role: "log", tabindex: "0", on: { scroll: () => this.scrolled() } }, this.list);
    this.empty = make("p", { class: "empty", say: "chat_loading" });
    this.newest = press("chat_newest", () => this.toEnd(), { class: "newest", hidden: true });
    this.log.prepend(this.empty);
    this.append(this.log, this.newest);
    this.atEnd = this.chat.active;
    const resized = new ResizeObserver(() => this.place());
    for (const part of [this.log, this.list]) resized.observe(part);
  }

  update() {
    const { chat } = this;
    this.log.ariaLabel = say("chat_log", { number: chat.slot });
    const from = chat.newFrom && chat.events.find((event) => event.seq >= chat.newFrom && event.from === "visitor");
    const items = chat.events.flatMap((event) => (event === from ? [{ divider: true }, event] : [event]));
    const all = [...items, ...chat.pending.values()];
    show(this.empty, all.length === 0);
    put(this.empty, chat.lost ? "" : say(chat.loaded ? "chat_empty" : "chat_loading"));
    keyed(this.list, all, keyOf, (item) => this.create(item), (made, item) => this.renew(made, item));
    this.place();
    show(this.newest, !this.atEnd && chat.unread > 0);
  }

  place() {
    if (this.atEnd) this.toEnd();
    else if (this.chat.loaded && !this.started) this.toStart();
  }

  create(item) {
    if (item.divider) return make("li", { class: "divider", say: "chat_unread" });
    const made = make("li");
    made.meta = make("p", { class: "meta" });
    made.text = make("p", { class: "text" });
    made.append(made.meta, made.text);
    return made;
  }

  renew(made, item) {
    if (item.divider) return;
    const drawn = `${language()} ${item.seq || ""} ${item.failed}`;
    if (made.drawn === drawn) return;
    made.drawn = drawn;
    made.className = `said ${kindOf(item)}`;
    put(made.text, textOf(item));
    if (item.language) made.text.lang = item.language;
    made.meta.replaceChildren(make("span", { text: who(item, this.desk.me.name) }), " ", make("time", { datetime: item.at, text: hour(item.at) }));
    made.querySelector(".unsent")?.remove();
    if (!item.event) made.append(this.unsent(item));
  }

  // My own words until they are on disk; what was refused can be sent again or taken back.
  unsent(item) {
    if (!item.failed) return make("p", { class: "unsent", say: "sending" });
    const again = press("send_again", () => this.desk.commands.again(this.chat, item));
    const back = press("send_back", () => this.takeBack(item));
    const told = item.unsure ? say("not_certain") : `${say("not_sent")}. ${refusal(item.failed)}`;
    const words = make("span", { text: `${told} ` });
    // taken back it would go out under another id, and might be there twice
    const may = [this.mayAgain(item) && again, !this.chat.lost && !item.unsure && back];
    return make("p", { class: "unsent failed" }, words, ...may);
  }

  // A note is for colleagues: it may go out after the visitor has left, too.
  mayAgain(item) {
    return item.kind === "note" ? !this.chat.lost : this.chat.writable;
  }

  takeBack(item) {
    const { chat } = this;
    chat.pending.delete(item.id);
    const mode = item.kind === "note" ? "note" : "message";
    chat.drafts[mode] = [item.text, chat.drafts[mode]].filter(Boolean).join("\n");
    this.dispatchEvent(new CustomEvent("back", { bubbles: true }));
    this.desk.change();
  }

  // Only the reader leaves the end; a box that becomes smaller does not.
  scrolled() {
    const size = `${this.log.scrollHeight} ${this.log.clientHeight}`;
    if (size !== this.size) return (this.size = size);
    this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
    if (this.atEnd) show(this.newest, false);
  }

  // What was missed is read from the first words that the visitor typed, after the answers that
  // were pressed. Behind another tab nothing has a place yet: then when it is shown.
  toStart() {
    if (!this.log.clientHeight) return;
    this.started = true;
    const typed = this.chat.typed;
    const first = this.list.querySelector(typed ? `[data-key="${CSS.escape(keyOf(typed))}"]` : ".visitor");
    if (first) this.log.scrollTop = first.offsetTop - this.list.offsetTop;
  }

  toEnd() {
    this.started = true;
    this.atEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
  }
}
customElements.define("desk-log", DeskLog);

// one key for what I sent, before and after it has a number
const keyOf = (item) => (item.divider ? "divider" : item.id || item.event);

const kindOf = (item) => {
  if (item.kind === "note") return item.name === "consult" ? "note consult" : "note";
  if (item.kind === "emergency") return "emergency";
  return { visitor: "visitor", bot: "bot", system: "system" }[item.from] || "own";
};

const who = (item, me) => {
  const own = !item.by || item.by === me;
  const name = own ? say("by_you") : item.by;
  if (item.kind === "note") return `${own ? say("by_note_own") : say("by_note", { name })} \u00B7 ${say("note_unseen")}`;
  if (item.kind === "emergency") return say("card_shown");
  return { visitor: say("by_visitor"), bot: say("by_bot"), system: say("by_system") }[item.from] || name;
};

// A level or a signal that was heard.
const heardWord = (id) => (words().levels[id] ? named("levels", id) : named("signals", id));

// Notes of the desk itself are told in its words: `acute: reason`, `weapon: reason`.
const textOf = (item) => {
  const [first, ...rest] = item.text.split(": ");
  const reason = rest.join(": ");
  const told = {
    level: () => say("note_level", { level: named("levels", first), reason }),
    strike: () => say("note_strike", { signal: named("signals", first), reason }),
    agree: () => say("note_agree", { words: item.text.split(";").map(heardWord).join(", ") }),
    moment: () => `${say("note_moment")}: ${item.text}`,
    consult: () => `${say("note_consult")}: ${item.text}`,
    nobody_on_call: () => say("note_nobody_on_call"),
    transfer: () => `${say("note_transfer")}: ${item.text}`,
    take_over: () => `${say("note_take_over")}: ${item.text}`,
  };
  return item.kind === "note" && told[item.name] ? told[item.name]() : item.text;
};
