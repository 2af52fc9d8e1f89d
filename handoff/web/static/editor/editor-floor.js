// The top, the two parts of which one is shown, and who is logged in.
import { language, say, setLanguage, words } from "/desk/words.js";
import { make, Part, press, put, show } from "/desk/dom.js";

const VIEWS = ["try", "examples"];

export class EditorFloor extends Part {
  build() {
    const { editor } = this;
    this.view = "try";
    this.heading = make("h1", { tabindex: "-1" });
    this.tabs = Object.fromEntries(VIEWS.map((view) => [view, press("", () => this.goTo(view))]));
    this.numbers = Object.fromEntries(VIEWS.map((view) => [view, make("span", { class: "number" })]));
    this.stale = make("p", { class: "stale", role: "status" });
    this.parts = Object.fromEntries(VIEWS.map((view) => [view, Object.assign(make(`editor-${view}`), { editor, floor: this })]));
    this.append(
      make("header", {}, this.heading, make("nav", { label: "editor_views" }, ...Object.values(this.tabs))),
      make("main", {}, this.stale, ...Object.values(this.parts)),
      this.footer(),
    );
  }

  footer() {
    this.who = make("p");
    this.tongues = words().languages.map((code) => press(`language_${code}`, () => this.speak(code), { lang: code, class: "light" }));
    return make(
      "footer",
      { class: "row" },
      this.who,
      make("div", { class: "row", role: "group", label: "language" }, ...this.tongues),
      press("logout", () => this.app.leave(), { class: "light" }),
    );
  }

  speak(code) {
    setLanguage(code);
    for (const part of Object.values(this.parts)) part.spoken();
    this.app.update();
  }

  goTo(view) {
    this.view = view;
    this.app.update();
  }

  // Where the focus goes when what had it went away, and where it begins.
  home() {
    this.heading.focus();
  }

  begin() {
    this.parts.try.text.focus();
  }

  open(given) {
    this.parts.examples.told("");
    const made = Object.assign(make("editor-sure"), { editor: this.editor, given });
    made.addEventListener("closed", (event) => this.closed(event.detail.done), { once: true });
    this.append(made);
  }

  closed(done) {
    if (!done) return;
    this.parts.examples.told(say("editor_done"));
    if (document.activeElement === document.body) this.parts.examples.heading.focus();
  }

  update() {
    const { editor } = this;
    put(this.heading, say("editor_title"));
    document.title = `${say(`view_${this.view}`)} - ${say("editor_title")}`;
    put(this.who, say("editor_logged_in", { name: editor.me.name }));
    for (const [index, code] of words().languages.entries()) this.tongues[index].ariaPressed = String(code === language());
    const waits = { examples: editor.proposed.filter((row) => editor.mayApprove(row)).length };
    for (const [view, part] of Object.entries(this.parts)) {
      show(part, view === this.view);
      this.mark(view, waits[view] ?? 0);
    }
    show(this.stale, Boolean(editor.fault));
    put(this.stale, editor.fault && say("editor_stale", { why: editor.fault }));
    this.parts[this.view].update();
  }

  // The name of a part, with how much in it waits for us.
  mark(view, waits) {
    const tab = this.tabs[view];
    const number = this.numbers[view];
    put(number, String(waits || ""));
    if (tab.dataset.drawn !== language()) {
      tab.dataset.drawn = language();
      tab.replaceChildren(say(`view_${view}`), " ", number);
    }
    show(number, waits > 0);
    tab.ariaCurrent = view === this.view ? "true" : null;
  }
}
customElements.define("editor-floor", EditorFloor);
