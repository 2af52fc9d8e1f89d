// The examples that editors added: what waits for a second editor, and what was approved.
import { keyed, make, Part, press, put, show } from "/desk/dom.js";
import { day, language, named, say } from "/desk/words.js";

const tongue = (code) => new Intl.DisplayNames([language()], { type: "language" }).of(code);

export class EditorExamples extends Part {
  build() {
    this.heading = make("h2", { say: "examples_waits", tabindex: "-1" });
    this.news = make("p", { class: "news", role: "status" });
    this.waits = make("ul", { class: "examples" });
    this.none = make("p", { class: "empty", say: "examples_none" });
    this.approved = make("ul", { class: "examples" });
    this.noneApproved = make("p", { class: "empty", say: "examples_none_approved" });
    this.files = make("p", { class: "row" });
    this.next = make("p", { class: "small", say: "examples_next" });
    this.append(
      this.news,
      make("section", { label: "examples_waits" }, this.heading, this.none, this.waits),
      make("section", { label: "examples_approved" }, make("h2", { say: "examples_approved" }), this.noneApproved, this.next, this.files, this.approved),
    );
  }

  spoken() {
    for (const list of [this.waits, this.approved]) list.replaceChildren();
    this.linked = "";
  }

  told(text) {
    put(this.news, text);
  }

  update() {
    const { editor } = this;
    if (!this.built || !editor.examples) return;
    const { proposed, approved } = editor;
    for (const [list, found] of [[this.waits, proposed], [this.approved, approved]]) {
      keyed(list, found, (row) => row.id, (row) => this.row(row));
    }
    show(this.none, !proposed.length);
    show(this.noneApproved, !approved.length);
    show(this.next, approved.length > 0);
    this.link(approved);
  }

  // One file for each language, in the form of those that the computer learns from.
  link(approved) {
    const many = {};
    for (const { language: code } of approved) many[code] = (many[code] ?? 0) + 1;
    const linked = JSON.stringify(many);
    if (this.linked === linked) return;
    this.linked = linked;
    this.files.replaceChildren(
      ...Object.entries(many).map(([code, number]) =>
        make("a", { href: `/api/editor/examples/${code}.csv`, download: `${code}.csv`, text: say("example_file", { language: tongue(code), number }) }),
      ),
    );
  }

  // A row never changes but for its state, and then it is in the other list.
  row(row) {
    const { editor } = this;
    const signals = (row.signals ?? []).map((name) => named("signals", name)).join(", ") || say("heard_no_signals");
    const answers = [editor.mayApprove(row) && "approve", "withdraw"].filter(Boolean);
    return make(
      "li",
      {},
      make("p", { class: "what" }, make("span", { class: "level", "data-level": row.level, text: named("levels", row.level) }), " ", make("q", { lang: row.language, dir: "auto", text: row.text })),
      make("p", { text: say("example_about", { language: tongue(row.language), perspective: say(`perspective_${row.perspective}`), signals }) }),
      row.note && make("p", { text: say("example_note", { note: row.note }) }),
      make("p", { class: "small", text: say("example_added", { name: row.added_by, when: day(row.added_at) }) }),
      row.approved_by && make("p", { class: "small", text: say("example_approved", { name: row.approved_by, when: day(row.approved_at) }) }),
      !row.approved_by && !editor.mayApprove(row) && make("p", { class: "small", text: say("example_own") }),
      make("p", { class: "row" }, ...answers.map((answer) => this.button(answer, row))),
    );
  }

  button(answer, row) {
    const label = say("example_button", { button: say(`example_${answer}`), text: row.text });
    return press(`example_${answer}`, () => this.floor.open({ answer, row }), { class: answer === "approve" ? "main" : undefined, "aria-label": label });
  }
}
customElements.define("editor-examples", EditorExamples);
