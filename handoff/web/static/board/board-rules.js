// What was arranged, until when and why; and what another region asks of us.
import { keyed, make, Part, press, put, show } from "/desk/dom.js";
import { count, say, words } from "/desk/words.js";
import { endInWords, moment } from "./times.js";
import { ruleInWords } from "./rules.js";

export class BoardRules extends Part {
  build() {
    this.heading = make("h2", { say: "rules_title", tabindex: "-1" });
    this.asked = make("ul", { class: "rules" });
    this.ours = make("ul", { class: "rules" });
    this.theirs = make("ul", { class: "rules" });
    this.none = make("p", { class: "empty", say: "rules_none" });
    this.summary = make("summary");
    this.fold = make("details", {}, this.summary, this.theirs);
    this.waits = make("section", { class: "asked", label: "proposals_title" }, make("h2", { say: "proposals_title" }), this.asked);
    this.append(this.waits, make("section", { label: "rules_title" }, this.heading, this.none, this.ours, this.fold));
  }

  update() {
    const { board } = this;
    if (!board.frame || !this.built) return;
    const { proposals } = board;
    const rows = board.frame.operation.filter((row) => row.state !== "ended" && !proposals.includes(row));
    const ours = rows.filter((row) => row.region === board.region || row.other_region === board.region);
    const theirs = rows.filter((row) => !ours.includes(row));
    for (const [list, found] of [[this.asked, proposals], [this.ours, ours], [this.theirs, theirs]]) {
      keyed(list, found, (row) => row.id, (row) => this.row(row), (made, row) => this.draw(made, row));
    }
    show(this.waits, proposals.length > 0);
    show(this.none, !ours.length);
    show(this.fold, theirs.length > 0);
    put(this.summary, count("rules_other", theirs.length));
  }

  row(row) {
    const made = make("li");
    made.what = make("p", { class: "what" });
    made.when = make("p");
    made.why = make("p");
    made.waits = make("p", { class: "small" });
    made.by = make("p", { class: "small" });
    made.buttons = make("p", { class: "row" });
    made.append(made.what, made.when, made.why, made.waits, made.by, made.buttons);
    return made;
  }

  draw(made, row) {
    const { board } = this;
    made.dataset.state = row.state;
    put(made.what, ruleInWords(row));
    put(made.when, say("rule_span", { from: moment(row.from), until: endInWords(row.until) }));
    put(made.why, say("rule_reason", { reason: row.reason }));
    put(made.by, say("rule_by", { name: row.made_by }));
    const region = words().regions[row.other_region] ?? row.other_region;
    const waits = { proposed: "proposal_ours", refused: "proposal_refused" }[row.state];
    const told = row.region === board.region && waits ? say(waits, { region, name: row.answered_by }) : board.binds(row) ? say("rule_binds") : "";
    show(made.waits, Boolean(told));
    put(made.waits, told);
    // made anew only when other buttons are needed, so that a press that began on one ends on it
    const answers = board.mayArrange ? board.answersTo(row) : [];
    const drawn = `${answers} ${ruleInWords(row)}`;
    if (made.drawn === drawn) return;
    made.drawn = drawn;
    made.buttons.replaceChildren(...answers.map((answer) => this.button(answer, made, row)));
    show(made.buttons, answers.length > 0);
  }

  button(answer, made, row) {
    const key = { accept: "proposal_accept", refuse: "proposal_refuse", withdraw: "proposal_withdraw", end: "rule_end" }[answer];
    const label = say("rule_about", { button: say(key), rule: ruleInWords(row) });
    return press(key, () => this.floor.open("sure", { answer, row }), { class: answer === "accept" ? "main" : undefined, "aria-label": label });
  }
}
customElements.define("board-rules", BoardRules);
