// One sentence, what would be heard in it at once, and the way to make it an example.
import { make, newId, Part, put, show, slowly } from "/desk/dom.js";
import { area, field, line, tooMany } from "/desk/form.js";
import { Refusal } from "/desk/link.js";
import { count, named, refusal, say, words } from "/desk/words.js";

const WAYS = [["rules", "rules"], ["both", "rules+model"]];

export class EditorTry extends Part {
  build() {
    const { most_text, most_before } = words();
    this.text = area({ rows: "2", required: true, "data-most": most_text, on: { keydown: (event) => this.key(event) } });
    this.earlier = area({ rows: String(most_before) });
    this.asked = line();
    this.error = make("p", { class: "error", role: "alert", id: newId("error") });
    this.button = make("button", { type: "submit", class: "main", say: "try_yes" });
    // said when it comes, and not the whole of it
    this.said = make("p", { class: "unseen", role: "status" });
    this.found = make("section", { class: "heard" });
    this.form = make("form", { novalidate: true, on: { submit: (event) => this.submit(event) } });
    this.append(make("h2", { say: "try_title" }), make("p", { class: "warn", say: "try_invent" }), this.form, this.said, this.found);
    this.draw();
    show(this.found, false);
  }

  draw() {
    const { most_before } = words();
    this.form.replaceChildren(
      field("ask_text", this.text),
      make("details", {}, make("summary", { text: say("try_before") }), field("ask_before", this.earlier, { fields: { most_before } }), field("ask_asked", this.asked)),
      this.error,
      make("p", { class: "row" }, this.button, make("span", { class: "small", text: say("try_kept") })),
    );
    this.form.querySelector("details").open = Boolean(this.earlier.value || this.asked.value);
  }

  spoken() {
    this.draw();
    put(this.error, "");
    this.show();
  }

  // Enter asks, as in the chat; with shift it is a new line.
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  get before() {
    return this.earlier.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  wrong() {
    const { most_before, most_text } = words();
    if (!this.text.value.trim()) return [this.text, say("try_fill")];
    if (this.before.length > most_before) return [this.earlier, say("try_many", { most_before })];
    for (const control of [this.text, this.earlier, this.asked]) {
      const number = tooMany(control.value, most_text);
      if (number) return [control, count("error_too_many", number, { most: most_text })];
    }
    return [];
  }

  async submit(event) {
    event.preventDefault();
    const [control, why] = this.wrong();
    put(this.error, why ?? "");
    for (const found of [this.text, this.earlier, this.asked]) found.ariaInvalid = found === control ? "true" : null;
    if (control) return control.focus();
    await slowly(this.button, () => this.ask());
  }

  async ask() {
    const text = this.text.value.trim();
    const { before } = this;
    const asked = this.asked.value.trim();
    try {
      this.tried = { text, alone: !before.length && !asked, heard: await this.editor.does("hear", { text, before, asked }) };
      this.propose = null;
      this.show();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      put(this.error, refusal(error.code, error.given));
    }
  }

  // Drawn anew as a whole: it changes only when somebody asks.
  show() {
    if (!this.tried) return;
    const { text, alone, heard } = this.tried;
    const ways = WAYS.filter(([, name]) => heard[name]);
    const used = ways.find(([, name]) => name === heard.in_use) ?? ways[0];
    const columns = ways.map(([way, name]) => Object.assign(make("editor-heard"), { way, heard: heard[name], used: name === heard.in_use }));
    const begun = this.propose?.given ?? { signals: heard[used[1]].signals, language: heard.language };
    this.propose = Object.assign(make("editor-propose"), { editor: this.editor, text, alone, begun });
    this.found.replaceChildren(
      make("h2", { text: say("heard_title") }),
      make("p", { class: "quoted", text: say("heard_text", { text }) }),
      make("div", { class: "ways" }, ...columns),
      make("p", { class: "small", text: say("heard_quotes") }),
      this.propose,
    );
    show(this.found, true);
    columns.at(-1).scrollIntoView({ block: "nearest" });
    put(this.said, say("heard_said", { level: named("levels", heard[used[1]].level) }));
  }
}
customElements.define("editor-try", EditorTry);
