// What waits for us, what is in force, what can be arranged, and the roster of the own region.
import { make, Part, press, put, show } from "/desk/dom.js";
import { say } from "/desk/words.js";
import { FORMS } from "./forms.js";

export class BoardManage extends Part {
  build() {
    const { board, floor } = this;
    const kinds = Object.keys(FORMS).filter((kind) => kind !== "roster");
    this.news = make("p", { class: "news", role: "status" });
    this.rules = Object.assign(make("board-rules"), { board, floor });
    this.roster = Object.assign(make("board-roster"), { board, floor });
    this.arrange = make(
      "section",
      { label: "arrange_title" },
      make("h2", { say: "arrange_title" }),
      make("p", { class: "small", say: "arrange_intro" }),
      make("div", { class: "arrange" }, ...kinds.map((kind) => press(`form_${kind}`, () => floor.open("form", { kind })))),
    );
    this.append(this.news, this.rules, this.roster);
    // what is asked of us comes first, then what we can do, then what holds
    this.rules.waits.after(this.arrange);
  }

  told(text) {
    if (this.built) put(this.news, text);
  }

  get heading() {
    return this.rules.heading;
  }

  update() {
    if (!this.board.frame || !this.built) return;
    show(this.arrange, this.board.mayArrange);
    this.rules.update();
    this.roster.update();
  }
}
customElements.define("board-manage", BoardManage);
