// A part of the desk that lists conversations below a heading with their number.
import { keyed, make, newId, Part, put } from "./dom.js";

export class ListPart extends Part {
  // `name` is the word of the heading; `between` stands above the list, which is made of `tag`
  frame(name, between = [], tag = "ul") {
    const id = newId(name);
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.number = make("span", { class: "number" });
    this.heading = make("h2", { id, tabindex: "-1" }, make("span", { say: name }), " ", this.number);
    this.list = make(tag, { class: "tickets" });
    this.append(this.heading, ...between, this.list);
  }

  // `shown` shows and hides what goes with the list. What had the focus may be gone then: the
  // heading gets it, or what the floor begins with where the heading is gone too.
  fill(found, keyOf, shown) {
    const held = this.contains(document.activeElement);
    put(this.number, String(found.length));
    keyed(this.list, found, keyOf, () => this.create(), (item, given) => this.renew(item, given));
    shown(found.length > 0);
    if (!held || this.contains(document.activeElement)) return;
    if (this.hidden) this.floor.home();
    else this.heading.focus();
  }
}
