// Open hours of the coming weeks that nobody covers, by day; ours, or everybody's.
import { keyed, make, newId, Part, press, put, show } from "/desk/dom.js";
import { say, words } from "/desk/words.js";
import { timeOf, weekday, wholeDay } from "./times.js";

export class BoardGaps extends Part {
  build() {
    const id = newId("tick");
    this.all = make("input", { type: "checkbox", id, on: { change: () => this.update() } });
    this.none = make("p", { class: "empty" });
    this.days = make("ul", { class: "days" });
    this.append(
      make("h2", { say: "gaps_title" }),
      make("p", { say: "gaps_intro" }),
      make("p", { class: "tick" }, this.all, make("label", { for: id, say: "gaps_all" })),
      this.none,
      this.days,
    );
  }

  update() {
    const { board } = this;
    if (!board.frame || !this.built) return;
    const found = board.frame.gaps.filter((gap) => this.all.checked || board.concerns(gap));
    // hundreds of rows that hardly ever change
    const drawn = JSON.stringify(found);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    show(this.none, !found.length);
    put(this.none, say(this.all.checked ? "gaps_none" : "gaps_own_none"));
    const days = new Map(found.map((gap) => [gap.day, []]));
    for (const gap of found) days.get(gap.day).push(gap);
    const row = (day) => make("li", {}, make("h3"), make("ul", { class: "gaps" }));
    keyed(this.days, [...days], ([day]) => day, row, (made, [day, gaps]) => {
      put(made.querySelector("h3"), wholeDay(day));
      made.querySelector("ul").replaceChildren(...gaps.map((gap) => this.row(gap)));
    });
  }

  row(gap) {
    const { board } = this;
    const where = words().regions[gap.where] ?? words().pools[gap.where]?.name ?? gap.where;
    const [start, end] = [gap.from, gap.to].map((at) => timeOf(Date.parse(at)));
    const text = `${say("gap_span", { from: start, to: end })}, ${where}: ${say(`gap_why_${gap.why}`)}`;
    const ours = gap.why === "no_roster" && gap.where === board.region && board.mayArrange;
    const given = { kind: "roster", first: { days: [weekday(gap.day)], start, end, day: gap.day } };
    const fill = ours && press("gap_fill", () => this.fill(given), { class: "light", "aria-label": `${say("gap_fill")}: ${wholeDay(gap.day)} ${start}` });
    return make("li", { class: board.concerns(gap) ? "ours" : undefined }, make("span", { text }), fill);
  }

  fill(given) {
    if (this.floor.app.mayEnter("manage")) this.floor.open("form", given);
  }
}
customElements.define("board-gaps", BoardGaps);
