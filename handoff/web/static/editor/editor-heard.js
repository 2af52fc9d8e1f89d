// What one way of listening heard: level, signals, why, and the cards.
import { make, Part } from "/desk/dom.js";
import { count, named, say } from "/desk/words.js";

export class EditorHeard extends Part {
  // `way` is "rules" or "both", `heard` what the server found, `used` whether visitors get this.
  build() {
    const { way, heard, used } = this;
    const { level, signals = [], because = [], cards = [] } = heard;
    this.append(
      make("h3", {}, make("span", { text: say(`heard_${way}`) }), used && make("span", { class: "used", text: say("heard_in_use") })),
      make("p", { class: "result" }, make("span", { class: "level", "data-level": level, text: named("levels", level) })),
      make(
        "dl",
        {},
        make("div", {}, make("dt", { text: say("heard_because") }), make("dd", { text: because.join(", ") || say("heard_no_because") })),
        make("div", {}, make("dt", { text: say("heard_signals") }), make("dd", { text: signals.map((name) => named("signals", name)).join(", ") || say("heard_no_signals") })),
      ),
      cards.length
        ? make("details", {}, make("summary", { text: count("heard_card", cards.length) }), ...cards.map((text) => make("blockquote", { text, dir: "auto" })))
        : make("p", { text: say("heard_no_card") }),
    );
  }
}
customElements.define("editor-heard", EditorHeard);
