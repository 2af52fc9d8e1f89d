// Makes an example of the sentence that was tried: how it should be heard.
import { make, newId, Part, put, show, slowly } from "/desk/dom.js";
import { area, choices, chosen, field, options, tooMany } from "/desk/form.js";
import { Refusal } from "/desk/link.js";
import { count, language, named, refusal, say, words } from "/desk/words.js";

const tongue = (code) => new Intl.DisplayNames([language()], { type: "language" }).of(code);

export class EditorPropose extends Part {
  // `begun` is what it begins with: the signals that were heard and the language that was guessed. Not
  // the level: whoever wants another one has to say which.
  build() {
    const { alone } = this;
    const { level, signals: heard = [], perspective = "victim", language: guess, note = "" } = this.begun;
    const { levels, signals, tongues, perspectives, most_note } = words();
    this.level = choices(say("ask_level"), Object.keys(levels).map((name) => [name, named("levels", name)]), level);
    this.level.classList.add("inline");
    this.ticks = make("fieldset", { class: "ticks" }, make("legend", { text: say("ask_signals") }));
    this.ticks.append(...Object.keys(signals).map((name) => this.tick(name, heard.includes(name))));
    this.perspective = make("select", {}, ...options(perspectives.map((name) => [name, say(`perspective_${name}`)]), perspective));
    const found = tongues.map((code) => [code, tongue(code)]);
    this.language = make("select", {}, ...options([["", say("choose_language")], ...found], tongues.includes(guess) ? guess : ""));
    this.note = area({ rows: "2", "data-most": most_note });
    this.note.value = note;
    this.error = make("p", { class: "error", role: "alert", id: newId("error") });
    this.news = make("p", { class: "news", role: "status" });
    this.button = make("button", { type: "submit", class: "main", text: say("propose_yes") });
    this.form = make(
      "form",
      { novalidate: true, on: { submit: (event) => this.submit(event) } },
      make("p", { text: say("propose_intro") }),
      !alone && make("p", { class: "small", text: say("propose_alone") }),
      this.level,
      make("div", { class: "pair" }, field("ask_language", this.language), field("ask_perspective", this.perspective)),
      this.ticks,
      field("ask_note", this.note, { optional: true }),
      this.error,
      make("p", { class: "row" }, this.button),
    );
    this.append(make("h2", { text: say("propose_title") }), this.form, this.news);
    if (this.begun.done) this.thank();
  }

  thank() {
    this.done = true;
    show(this.form, false);
    put(this.news, say("propose_done"));
  }

  tick(name, on) {
    const id = newId("signal");
    return make("span", { class: "tick" }, make("input", { type: "checkbox", id, value: name, checked: on }), make("label", { for: id, text: named("signals", name) }));
  }

  wrong() {
    const most = words().most_note;
    if (!chosen(this.level)) return [this.level.querySelector("input"), say("propose_level")];
    if (!this.language.value) return [this.language, say("propose_tongue")];
    const number = tooMany(this.note.value, most);
    return number ? [this.note, count("error_too_many", number, { most })] : [];
  }

  async submit(event) {
    event.preventDefault();
    const [control, why] = this.wrong();
    put(this.error, why ?? "");
    if (control) return control.focus();
    await slowly(this.button, () => this.propose());
  }

  // What was filled in so far; the page takes it along into another language.
  get given() {
    return {
      level: chosen(this.level),
      signals: [...this.ticks.querySelectorAll(":checked")].map((found) => found.value),
      perspective: this.perspective.value,
      language: this.language.value,
      note: this.note.value.trim(),
      done: this.done,
    };
  }

  async propose() {
    try {
      await this.editor.does("examples", { text: this.text, ...this.given, done: undefined });
      this.thank();
      await this.editor.look();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      put(this.error, refusal(error.code, error.given));
    }
  }
}
customElements.define("editor-propose", EditorPropose);
