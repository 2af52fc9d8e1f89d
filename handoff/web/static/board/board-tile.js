// One region on the wall. What is wrong is told in words, and by colour besides.
import { lasting } from "/desk/clock.js";
import { make, newId, Part, put, show } from "/desk/dom.js";
import { named, say, words } from "/desk/words.js";
import { moment } from "./times.js";

const LEVELS = ["acute", "urgent", "normal"];
const FACTS = ["waiting", "longest", "free", "used", "present", "rung"];

export class BoardTile extends Part {
  build() {
    const id = newId("tile");
    this.setAttribute("aria-labelledby", id);
    this.name = make("h3", { id });
    this.state = make("p", { class: "state" });
    this.line = make("p", { class: "line" });
    this.levels = LEVELS.map((level) => make("span", { class: "level", "data-level": level }));
    this.waits = make("p", { class: "levels" }, ...this.levels);
    this.facts = Object.fromEntries(FACTS.map((fact) => [fact, make("dd")]));
    const rows = FACTS.map((fact) => make("div", { class: fact }, make("dt", { say: `tile_${fact}` }), this.facts[fact]));
    this.append(make("div", { class: "head" }, this.name, this.waits, this.state), this.line, make("dl", {}, ...rows));
  }

  // Drawn for the first time before it is on the page.
  draw(one) {
    this.one = one;
    if (this.built) this.update();
  }

  update() {
    const { one, facts } = this;
    if (!one) return;
    const waits = LEVELS.reduce((sum, level) => sum + one.waiting[level], 0);
    Object.assign(this.dataset, { state: one.state, region: one.region });
    this.toggleAttribute("data-acute", one.waiting.acute > 0);
    put(this.name, one.name);
    put(this.state, stateInWords(one));
    show(this.line, one.line !== one.region);
    put(this.line, say("tile_line", { region: words().regions[one.line] ?? one.line }));
    show(this.waits, waits > 0);
    put(facts.waiting, String(waits));
    for (const [index, level] of LEVELS.entries()) {
      put(this.levels[index], `${named("levels", level)} ${one.waiting[level]}`);
      show(this.levels[index], one.waiting[level] > 0);
    }
    put(facts.longest, waits ? lasting(one.longest_s * 1000) : "-");
    put(facts.free, String(one.free));
    put(facts.used, say("tile_of", one));
    put(facts.present, String(one.present));
    put(facts.rung, one.rung.map((person) => say("tile_person", { name: person.name || person.username, role: say(`role_${person.role}`) })).join(", ") || say("tile_none"));
  }
}
customElements.define("board-tile", BoardTile);

const stateInWords = (one) => {
  const state = say(`state_${one.state}`);
  if (one.state !== "closed" && one.closes_at) return say("state_until", { state, when: moment(one.closes_at) });
  if (one.state === "closed" && one.opens_at) return say("state_opens", { state, when: moment(one.opens_at) });
  return state;
};
