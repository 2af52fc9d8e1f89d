// Asks once more before something ends, or before a yes or no that binds two regions.
import { DeskDialog } from "/desk/dialog.js";
import { say } from "/desk/words.js";
import { ruleInWords, shiftInWords } from "./rules.js";
import { weekdayInWords } from "./times.js";

// What the server calls it.
const ANSWERS = { accept: "accept", refuse: "refuse", withdraw: "end", end: "end", roster: "end" };

class BoardSure extends DeskDialog {
  heading() {
    return say(`sure_${this.given.answer}`);
  }

  intro() {
    const { answer, row } = this.given;
    if (answer === "roster") return shiftInWords(row, row.days.map((day) => weekdayInWords(day)).join(" "));
    return [ruleInWords(row), say("rule_reason", { reason: row.reason })];
  }

  yes() {
    return say(`sure_${this.given.answer}_yes`);
  }

  async work() {
    const { answer, row } = this.given;
    const path = answer === "roster" ? "roster" : "operation";
    await this.board.does(`/api/${path}/${encodeURIComponent(row.id)}`, { answer: ANSWERS[answer] });
  }
}
customElements.define("board-sure", BoardSure);
