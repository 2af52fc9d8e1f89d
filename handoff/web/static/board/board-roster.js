// The weekly shifts of the own region.
import { keyed, make, Part, press, put, show } from "/desk/dom.js";
import { say } from "/desk/words.js";
import { dayInWords, weekdayInWords } from "./times.js";
import { shiftInWords } from "./rules.js";

export class BoardRoster extends Part {
  build() {
    this.none = make("p", { class: "empty", say: "roster_none" });
    this.list = make("ul", { class: "rules" });
    this.add = press("form_roster", () => this.floor.open("form", { kind: "roster" }));
    this.append(make("section", { label: "roster_title" }, make("h2", { say: "roster_title" }), this.none, this.list, this.add));
  }

  update() {
    const { board } = this;
    if (!board.frame || !this.built) return;
    const rows = board.frame.roster.filter((row) => row.region === board.region);
    rows.sort((a, b) => (a.name || a.username).localeCompare(b.name || b.username) || a.start.localeCompare(b.start));
    show(this.none, !rows.length);
    show(this.add, board.mayArrange);
    keyed(this.list, rows, (row) => row.id, () => this.row(), (made, row) => this.draw(made, row));
  }

  row() {
    const made = make("li");
    made.what = make("p", { class: "what" });
    made.when = make("p");
    made.end = press("roster_end", () => this.floor.open("sure", { answer: "roster", row: made.row }));
    made.append(made.what, made.when, make("p", { class: "row" }, made.end));
    return made;
  }

  draw(made, row) {
    made.row = row;
    const line = shiftInWords(row, [...row.days].sort().map((day) => weekdayInWords(day)).join(" "));
    put(made.what, line);
    const fields = { first: dayInWords(row.first_day), last: row.last_day && dayInWords(row.last_day) };
    put(made.when, say(row.last_day ? "roster_span" : "roster_from", fields));
    made.end.ariaLabel = say("rule_about", { button: say("roster_end"), rule: line });
    show(made.end, this.board.mayArrange);
  }
}
customElements.define("board-roster", BoardRoster);
