// A level: a word, a shape and a colour, so that none of them is needed alone.
import { make, Part, put } from "./dom.js";
import { SHAPES } from "./triage.js";
import { named } from "./words.js";

export class DeskBadge extends Part {
  build() {
    this.shape = make("span", { "aria-hidden": "true" });
    this.word = make("span");
    this.append(this.shape, " ", this.word);
  }

  set level(value) {
    this.dataset.level = value;
    if (this.built) this.update();
  }

  update() {
    put(this.shape, SHAPES[this.dataset.level]);
    put(this.word, named("levels", this.dataset.level));
  }
}
customElements.define("desk-badge", DeskBadge);
