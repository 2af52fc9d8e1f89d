// Writing: to the visitor, or an internal note. Two boxes, so that a note never becomes a message.
import { ask, fold, folder, make, newId, Part, press, put, show, slowly } from "./dom.js";
import { tooMany } from "./form.js";
import { count, language, phrases, say, words } from "./words.js";

// that I am typing is told at most this often, and never what
const TYPING_MS = 3000;

export class DeskComposer extends Part {
  build() {
    this.told = 0;
    this.boxes = { message: this.box("message"), note: this.box("note") };
    this.sendButton = make("button", { type: "submit", class: "main" });
    this.form = make(
      "form",
      { class: "write", novalidate: true, on: { submit: (event) => this.send(event) } },
      ...Object.values(this.boxes).flatMap((box) => [box.label, box]),
      this.sendButton,
    );
    this.list = make("ul", { class: "phrases" });
    this.more = make("div", { class: "row folded" });
    const sentences = make("div", { class: "folded" }, make("p", { class: "small", say: "phrases_intro" }), this.list);
    this.turnButton = press("", () => this.turn(), { class: "light" });
    this.phrasesButton = folder("phrases", sentences, { class: "light" });
    this.moreButton = folder("actions", this.more, { class: "light" });
    this.endButton = press("end", () => ask(this, "end", { chat: this.chat }), { class: "light end" });
    for (const button of [this.phrasesButton, this.moreButton]) button.addEventListener("click", () => this.oneOf(button));
    for (const name of ["moment", "consult", "transfer"]) this.more.append(press(name, () => this.pick(name), { class: "light", "data-name": name }));
    this.tools = make("div", { class: "row tools" }, this.turnButton, this.phrasesButton, this.moreButton, this.endButton);
    const leave = press("leave_chat", () => slowly(leave, () => this.desk.commands.leave(this.chat)), { class: "light" });
    const take = press("take_over", () => ask(this, "takeover", { ticket: this.chat.ticket }), { class: "light" });
    this.reading = make("div", { class: "row tools" }, take, leave);
    this.long = make("p", { id: newId("long"), class: "error" });
    // how many too many is told once, and not with every key
    this.heard = make("p", { class: "unseen", "aria-live": "polite" });
    this.append(sentences, this.more, this.long, this.heard, this.form, this.tools, this.reading);
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.foldAll());
    document.addEventListener("pointerdown", (event) => !this.contains(event.target) && this.foldAll());
  }

  oneOf(button) {
    fold(button === this.moreButton ? this.phrasesButton : this.moreButton, false);
  }

  foldAll() {
    for (const button of [this.phrasesButton, this.moreButton]) fold(button, false);
  }

  box(mode) {
    const id = newId("text");
    const on = { input: () => this.typed(mode), keydown: (event) => this.key(event) };
    const hint = mode === "note" ? "note_hint" : "write_hint";
    const made = make("textarea", { id, rows: "2", autocomplete: "off", hint, class: mode, on });
    made.label = make("label", { for: id, class: "unseen" });
    return made;
  }

  get text() {
    return this.boxes[this.chat.mode];
  }

  focus() {
    this.text.focus();
  }

  update() {
    const { chat } = this;
    // what has ended only takes notes; of what went to somebody else the last words are kept
    if (!chat.active || chat.reads) chat.mode = "note";
    if (chat.lost) chat.mode = chat.drafts.message ? "message" : "note";
    const note = chat.mode === "note";
    for (const [mode, box] of Object.entries(this.boxes)) {
      const key = mode === "note" ? "note_write" : "write";
      put(box.label, say(key, { number: chat.slot }));
      show(box, mode === chat.mode);
      show(box.label, mode === chat.mode);
      if (box.value !== chat.drafts[mode]) box.value = chat.drafts[mode];
      box.readOnly = chat.lost || (mode === "message" && !chat.writable);
    }
    this.boxes.message.placeholder = say(chat.writable ? "write_hint" : "write_stop");
    put(this.sendButton, say(note ? "note_save" : "send"));
    this.sendButton.ariaDisabled = String(this.text.readOnly);
    put(this.turnButton, say(note ? "note_back" : "note"));
    for (const button of this.more.children) show(button, !chat.training || button.dataset.name === "moment");
    this.moreButton.ariaLabel = say("actions_long", { number: chat.slot });
    this.form.classList.toggle("note", note);
    show(this.form, !chat.lost || Boolean(chat.drafts[chat.mode]));
    show(this.sendButton, !chat.lost);
    show(this.tools, chat.active && !chat.lost && !chat.reads);
    show(this.reading, chat.active && !chat.lost && chat.reads);
    show(this.phrasesButton, chat.writable && !note);
    if (this.phrasesButton.hidden) fold(this.phrasesButton, false);
    if (this.tools.hidden) fold(this.moreButton, false);
    this.drawPhrases();
    this.drawLong();
  }

  // By how much the text is too long. It stays whole, and goes nowhere.
  drawLong() {
    const number = this.chat.lost ? 0 : tooMany(this.text.value, words().most);
    put(this.long, number ? count("error_too_many", number) : "");
    show(this.long, number > 0);
    if (!number) put(this.heard, "");
    else if (!this.heard.textContent) put(this.heard, this.long.textContent);
    for (const box of Object.values(this.boxes)) {
      box.ariaInvalid = number && box === this.text ? "true" : null;
      if (number) box.setAttribute("aria-describedby", this.long.id);
      else box.removeAttribute("aria-describedby");
    }
    return number;
  }

  // In the visitor's language, whatever language the desk is in.
  drawPhrases() {
    const { ticket } = this.chat;
    const drawn = `${ticket.role} ${ticket.level} ${ticket.language} ${language()}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const found = phrases(ticket.role, ticket.level, ticket.language);
    const made = found.map((text) => make("li", { lang: ticket.language }, press("", () => this.insert(text), { text, class: "link" })));
    this.list.replaceChildren(...made);
  }

  insert(text) {
    const { message } = this.boxes;
    message.setRangeText(message.value && !message.value.endsWith(" ") ? ` ${text}` : text, message.value.length, message.value.length, "end");
    this.typed("message");
    fold(this.phrasesButton, false);
    message.focus();
  }

  pick(name) {
    fold(this.moreButton, false);
    this.moreButton.focus();
    ask(this, name, { chat: this.chat });
  }

  turn() {
    if (!this.chat.active || this.chat.reads) return;
    this.chat.mode = this.chat.mode === "note" ? "message" : "note";
    this.update();
    this.focus();
  }

  typed(mode) {
    this.chat.drafts[mode] = this.boxes[mode].value;
    this.drawLong();
    if (mode === "note" || Date.now() - this.told < TYPING_MS) return;
    this.told = Date.now();
    this.desk.commands.typing(this.chat);
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  send(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text || this.text.readOnly) return;
    if (this.drawLong()) {
      put(this.heard, "");
      put(this.heard, this.long.textContent);
      return this.focus();
    }
    this.told = 0;
    this.desk.commands.say(this.chat, text);
    this.focus();
  }
}
customElements.define("desk-composer", DeskComposer);
