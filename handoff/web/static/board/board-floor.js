// The top, the three parts of which one is shown, and who is logged in.
import { tick } from "/desk/clock.js";
import { count, language, say, setLanguage, words } from "/desk/words.js";
import { make, Part, press, put, show } from "/desk/dom.js";
import { timeOf } from "./times.js";

const VIEWS = ["wall", "gaps", "manage"];

export class BoardFloor extends Part {
  build() {
    const { board } = this;
    this.view = "wall";
    this.heading = make("h1", { tabindex: "-1" });
    this.tabs = Object.fromEntries(VIEWS.map((view) => [view, press("", () => this.goTo(view))]));
    this.numbers = Object.fromEntries(VIEWS.map((view) => [view, make("span", { class: "number" })]));
    const time = make("p", { class: "clock" }, make("span", { class: "unseen", say: "clock" }), " ", make("time", { "data-clock": "" }));
    const nav = make("nav", { label: "board_views" }, ...Object.values(this.tabs));
    // said when it changes, and not with every look
    this.urgent = make("p", { class: "unseen", role: "status" });
    this.stale = make("p", { class: "stale", role: "status" });
    this.parts = Object.fromEntries(VIEWS.map((view) => [view, Object.assign(make(`board-${view}`), { board, floor: this })]));
    this.append(
      make("header", {}, this.heading, nav, time),
      make("main", {}, this.stale, this.urgent, ...Object.values(this.parts)),
      this.footer(),
    );
    tick();
  }

  footer() {
    this.who = make("p");
    this.tongues = words().languages.map((code) => press(`language_${code}`, () => this.speak(code), { lang: code, class: "light" }));
    this.desk = make("a", { href: "/desk", say: "to_desk" });
    return make(
      "footer",
      { class: "row" },
      this.who,
      this.desk,
      make("div", { class: "row", role: "group", label: "language" }, ...this.tongues),
      press("logout", () => this.app.leave(), { class: "light" }),
    );
  }

  speak(code) {
    setLanguage(code);
    for (const part of Object.values(this.parts)) part.drawn = "";
    this.app.update();
  }

  goTo(view) {
    if (!this.app.mayEnter(view)) return;
    this.view = view;
    this.app.update();
  }

  // Where the focus goes when what had it went away.
  home() {
    this.heading.focus();
  }

  open(name, given) {
    this.parts.manage.told("");
    const made = Object.assign(make(`board-${name}`), { board: this.board, given });
    made.addEventListener("closed", (event) => this.closed(event.detail.done), { once: true });
    this.append(made);
  }

  closed(done) {
    if (!done) return;
    this.parts.manage.told(say("done"));
    if (this.view === "manage" && document.activeElement === document.body) this.parts.manage.heading.focus();
  }

  update() {
    const { board } = this;
    const { frame } = board;
    const name = words().regions[board.region] ?? board.region;
    put(this.heading, `${say("board_title")} ${name}`);
    document.title = `${say("board_title")} ${name}`;
    put(this.who, say("logged_in_as", { name: board.me.name }));
    this.desk.href = `/desk#${language()}`;
    for (const [index, code] of words().languages.entries()) this.tongues[index].ariaPressed = String(code === language());
    for (const [view, part] of Object.entries(this.parts)) {
      show(part, view === this.view && Boolean(frame));
      this.mark(view);
    }
    show(this.stale, Boolean(board.fault));
    put(this.stale, board.fault && (frame ? say("stale", { why: board.fault, time: timeOf(board.heardAt) }) : board.fault));
    if (!frame) return;
    tick();
    const acute = frame.regions.find((one) => one.region === board.region)?.waiting.acute ?? 0;
    put(this.urgent, acute ? count("own_acute", acute) : "");
    this.parts[this.view].update();
  }

  // The name of a part, with how much in it waits for us.
  mark(view) {
    const { board } = this;
    const key = view === "manage" && !board.mayArrange ? "rules" : view;
    const waits = { wall: 0, gaps: board.frame?.gaps.filter((gap) => board.concerns(gap)).length, manage: board.proposals.length };
    const number = this.numbers[view];
    put(number, String(waits[view] || ""));
    if (this.tabs[view].dataset.drawn !== `${language()} ${key}`) {
      this.tabs[view].dataset.drawn = `${language()} ${key}`;
      this.tabs[view].replaceChildren(say(`view_${key}`), " ", number);
    }
    show(number, Boolean(waits[view]));
    this.tabs[view].ariaCurrent = view === this.view ? "true" : null;
  }
}
customElements.define("board-floor", BoardFloor);
