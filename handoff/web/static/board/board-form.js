// One form for everything that a coordinator arranges: what it asks for stands in forms.js.
import { DeskDialog } from "/desk/dialog.js";
import { area, field } from "/desk/form.js";
import { say, words } from "/desk/words.js";
import { FORMS } from "./forms.js";

class BoardForm extends DeskDialog {
  get asks() {
    return (this.found ??= FORMS[this.given.kind](this.board, this.given.first));
  }

  heading() {
    return say(`form_${this.given.kind}`);
  }

  intro() {
    return say(`form_${this.given.kind}_${this.asks.none ? "none" : "intro"}`);
  }

  // Everything that changes for a while has a reason; the roster needs none.
  fields() {
    const { fields, none } = this.asks;
    if (none) return [];
    this.reason = this.given.kind === "roster" ? null : area({ rows: "2", required: true, "data-most": words().most_reason });
    return [...fields, this.reason && field("ask_reason", this.reason)].filter(Boolean);
  }

  yes() {
    return this.asks.none ? "" : say(`form_${this.given.kind}_yes`);
  }

  no() {
    return say(this.asks.none ? "close" : "cancel");
  }

  missing() {
    const empty = [...this.querySelectorAll("[required]")].find((control) => !control.value.trim());
    return empty ? [empty] : this.asks.wrong?.();
  }

  async work() {
    const { kind } = this.given;
    const body = this.asks.body();
    if (kind === "roster") return this.board.does("/api/roster", body);
    return this.board.does("/api/operation", { kind, region: this.board.region, reason: this.reason.value.trim(), ...body });
  }
}
customElements.define("board-form", BoardForm);
