// Asks once more before an example counts, or goes.
import { DeskDialog } from "/desk/dialog.js";
import { named, say } from "/desk/words.js";

class EditorSure extends DeskDialog {
  heading() {
    return say(`sure_${this.given.answer}`);
  }

  intro() {
    const { answer, row } = this.given;
    return [`“${row.text}”`, say("heard_said", { level: named("levels", row.level) }), say(`sure_${answer}_intro`)];
  }

  yes() {
    return say(`sure_${this.given.answer}_yes`);
  }

  async work() {
    const { answer, row } = this.given;
    await this.editor.does(`examples/${encodeURIComponent(row.id)}`, { answer });
    await this.editor.look();
  }
}
customElements.define("editor-sure", EditorSure);
