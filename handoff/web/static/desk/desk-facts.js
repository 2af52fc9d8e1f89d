// What is good to know of the visitor's own region, beside a conversation for another one (R26).
import { make, Part, put, show } from "./dom.js";
import { facts } from "./login.js";
import { day, language, say } from "./words.js";
import * as triage from "./triage.js";

// A sheet is asked for once while the page is open.
const sheets = new Map();

export class DeskFacts extends Part {
  build() {
    this.name = make("summary");
    this.body = make("div");
    this.fold = make("details", { on: { toggle: () => this.fold.open && this.load() } }, this.name, this.body);
    this.append(this.fold);
  }

  get region() {
    return this.chat.ticket.home_region;
  }

  update() {
    const elsewhere = this.region !== this.desk.me.region && !this.chat.lost;
    show(this, elsewhere);
    if (!elsewhere) return;
    put(this.name, say("facts", { region: triage.region(this.region) }));
    if (this.fold.open) this.draw();
  }

  async load() {
    const { region } = this;
    if (!sheets.get(region)) {
      put(this.body, say("facts_loading"));
      const { person: sheet } = await facts(region);
      if (sheet) sheets.set(region, sheet);
      else this.drawn = put(this.body, say("facts_none"));
    }
    this.draw();
  }

  draw() {
    const sheet = sheets.get(this.region);
    const drawn = `${this.region} ${language()}`;
    if (!sheet || this.drawn === drawn) return;
    this.drawn = drawn;
    const checked = sheet.checked_on ? say("facts_checked", { date: day(sheet.checked_on) }) : say("facts_unchecked");
    const lines = [{ title: say("facts_hours"), text: sheet.hours_now }, ...sheet.facts];
    const list = make("dl", {}, ...lines.map(({ title, text }) => make("div", {}, make("dt", { text: title }), make("dd", { text }))));
    this.body.replaceChildren(list, make("p", { class: sheet.checked_on ? "small" : "warn", text: checked }));
  }
}
customElements.define("desk-facts", DeskFacts);
