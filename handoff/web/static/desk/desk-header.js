// Who I am, how I am here, how full it is, what time it is, and everything else behind "more".
import { tick } from "./clock.js";
import { keyed, make, newId, Part, put, show } from "./dom.js";
import { say, words } from "./words.js";

const STATES = ["available", "away", "calling"];

export class DeskHeader extends Part {
  build() {
    this.person = make("span", { class: "person" });
    this.presence = this.radios();
    this.own = make("span");
    this.region = make("span");
    this.seats = make("p", { class: "seats" }, make("span", { class: "unseen", say: "seats_long" }), " ", this.own, " ", this.region);
    this.dots = make("span", { class: "dots", "aria-hidden": "true" });
    this.own.before(this.dots);
    const time = make("p", { class: "clock" }, make("span", { class: "unseen", say: "clock" }), " ", make("time", { "data-clock": "" }));
    this.menu = make("desk-menu");
    Object.assign(this.menu, { desk: this.desk, floor: this.floor });
    this.board = make("a", { href: "/board", target: "_blank", say: "board_link" });
    this.append(make("h1", {}, make("span", { say: "title" }), " ", this.person, this.board), this.presence, this.seats, time, this.menu);
    tick();
  }

  radios() {
    const name = newId("presence");
    const made = make("fieldset", { class: "presence" }, make("legend", { class: "unseen", say: "presence" }));
    for (const state of STATES) {
      const id = newId("state");
      const set = { change: () => this.desk.commands.presence(state) };
      const radio = make("input", { type: "radio", name, id, value: state, class: "unseen", on: set });
      made.append(make("span", {}, radio, make("label", { for: id, say: `presence_${state}` })));
    }
    return made;
  }

  update() {
    const { desk } = this;
    if (desk.me) put(this.person, `${desk.me.name}, ${words().regions[desk.me.region] ?? desk.me.region}`);
    show(this.board, desk.me?.role === "coordinator");
    // the server's word, also when it did not agree
    for (const radio of this.presence.querySelectorAll("input")) radio.checked = radio.value === desk.presence;
    this.presence.disabled = !desk.frame;
    if (desk.frame) {
      const { used, region_used: taken, region_cap: most } = desk.frame.seats;
      put(this.own, say("seats_own", { used, cap: desk.frame.cap }));
      put(this.region, say("seats_region", { used: taken, cap: most }));
      const dots = Array.from({ length: Math.max(desk.frame.cap, used) }, (_, place) => place);
      keyed(this.dots, dots, (place) => place, () => make("span"), (dot, place) => (dot.className = place < used ? "used" : ""));
    }
    this.menu.update();
  }
}
customElements.define("desk-header", DeskHeader);
