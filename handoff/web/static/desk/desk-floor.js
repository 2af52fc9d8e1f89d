// The desk itself: where everything stands, on a wide screen and on a narrow one.
import { Alarm } from "./alarm.js";
import { keyed, make, Part, press, put, show, typing } from "./dom.js";
import { listen } from "./keys.js";
import { say } from "./words.js";

// the lists, and one conversation, need so much room, in rem
const SIDE = 20;
const CHAT = 15;
const LEAST = 48;

export class DeskFloor extends Part {
  build() {
    const { desk } = this;
    const part = (name, given) => Object.assign(make(name, given), { desk, floor: this });
    this.urgent = make("p", { class: "unseen", "aria-live": "assertive" });
    this.link = make("p", { class: "link-state", role: "status" });
    this.called = make("p", { class: "link-state lost", role: "alert" });
    this.pilot = make("p", { class: "link-state", say: "unlisted" });
    this.parts = ["desk-header", "desk-notices", "desk-offers", "desk-acute", "desk-calling"].map((name) => part(name));
    const [header, notices, ...top] = this.parts;
    this.tabs = part("desk-tabs");
    this.lists = ["desk-queue", "desk-others", "desk-wrapups", "desk-missed"].map((name) => part(name));
    this.side = make("div", { id: "side" }, ...this.lists);
    this.empty = make("p", { class: "empty" });
    this.columns = make("div", { class: "columns" });
    this.chats = make("div", { id: "chats", tabindex: "-1" }, make("h2", { class: "unseen", say: "chats" }), this.empty, this.columns);
    const skip = press("skip", () => this.goTo(desk.panels[0]?.id || ""), { class: "skip" });
    const bars = make("div", { class: "bars" }, this.link, this.called, this.pilot, notices);
    const main = make("main", {}, make("div", { class: "top" }, ...top), this.tabs, this.side, this.chats);
    this.append(skip, make("header", {}, header), bars, main, this.urgent);
    this.alarm = new Alarm(desk, (text, note) => this.announce(text, note));
    this.addEventListener("ask", (event) => this.open(event.detail.name, event.detail.given));
    this.addEventListener("focusin", (event) => event.target.closest("desk-chat") || desk.attend(""));
    this.dialogs = new WeakMap();
    this.media = new Map();
    listen(desk, this);
  }

  get attended() {
    return [...this.columns.children].find((found) => found.chat.id === this.desk.attends);
  }

  update() {
    const { desk } = this;
    const { panels } = desk;
    desk.layout = this.fits(Math.max(panels.length, 1)) ? "wide" : "tabs";
    this.dataset.layout = desk.layout;
    this.dataset.presence = desk.presence;
    const state = desk.link.state;
    show(this.link, state === "lost" || (state === "connecting" && !desk.frame));
    put(this.link, state === "lost" ? say("link_lost") : state === "connecting" ? say("link_connecting") : "");
    this.link.classList.toggle("lost", state === "lost");
    const { rung, unlisted } = desk.frame || {};
    put(this.called, rung ? say(`rung_${rung}`) : "");
    show(this.called, Boolean(rung));
    show(this.pilot, Boolean(unlisted));
    const held = this.columns.contains(document.activeElement);
    keyed(this.columns, panels, (chat) => chat.id, (chat) => Object.assign(make("desk-chat"), { desk, chat }), (made) => made.built && made.update());
    for (const found of [...this.parts, ...this.lists]) found.update();
    this.drawEmpty(panels.length === 0);
    this.arrange(panels);
    this.alarm.update();
    if (held && !this.columns.contains(document.activeElement)) this.home();
    this.welcome();
  }

  drawEmpty(none) {
    const { desk } = this;
    const available = desk.layout === "wide" ? "available" : "narrow";
    show(this.empty, none);
    put(this.empty, `${say("chats_none")} ${say(`chats_none_${desk.presence === "available" ? available : desk.presence}`)}`);
  }

  // Side by side, or one at a time behind tabs. Nothing is made anew, so a cursor stays where it is.
  arrange(panels) {
    const { desk } = this;
    const narrow = desk.layout === "tabs";
    const chats = [...this.columns.children];
    const held = chats.find((found) => found.contains(document.activeElement));
    const ids = new Set(["side", ...panels.map((chat) => chat.id)]);
    if (held && narrow && !this.wasNarrow) desk.selected = held.chat.id;
    if (!ids.has(desk.selected)) desk.selected = panels[0]?.id || "side";
    if (this.wasNarrow !== undefined && this.wasNarrow !== narrow) this.turn(!narrow);
    this.wasNarrow = narrow;
    show(this.tabs, narrow && panels.length > 0);
    const all = [["side", this.side], ...chats.map((found) => [found.chat.id, found])];
    if (narrow) this.tabs.draw(all, desk.selected);
    const tabbed = narrow && panels.length > 0;
    for (const [id, panel] of all) {
      show(panel, !tabbed || id === desk.selected);
      describe(panel, tabbed ? "tabpanel" : "region", tabbed ? `tab-${panel.id}` : panel.headingId);
    }
    this.columns.dataset.count = String(panels.length);
    // beside a conversation on a phone an offer is one line
    this.toggleAttribute("data-brief", tabbed && desk.selected !== "side");
    show(this.chats, !tabbed || desk.selected !== "side");
  }

  // What folds is open where there is room for it.
  turn(open) {
    for (const card of this.querySelectorAll(".offer desk-card")) card.turn(open);
    for (const chat of this.columns.children) if (!open || !chat.folded) chat.card.turn(open);
    for (const steps of this.querySelectorAll("desk-calling details")) steps.open = open;
  }

  fits(count) {
    const width = Math.max(SIDE + count * CHAT, LEAST);
    if (!this.media.has(width)) {
      const query = matchMedia(`(min-width: ${width}rem)`);
      query.addEventListener("change", () => this.desk.change());
      this.media.set(width, query);
    }
    return this.media.get(width).matches;
  }

  select(id) {
    this.desk.selected = id;
    if (id !== "side") this.desk.attend(id);
    this.desk.change();
  }

  // To the lists, or to the box of a conversation.
  goTo(id) {
    this.desk.selected = id || this.desk.selected;
    this.update();
    const chat = [...this.columns.children].find((found) => found.chat.id === id);
    if (id === "side") this.lists[0].heading.focus();
    else if (chat) chat.enter();
    else this.home();
  }

  // Where the focus goes when what had it went away.
  home() {
    if (this.chats.hidden) this.lists[0].heading.focus();
    else this.chats.focus();
  }

  // The conversation that was asked for is here. Who is typing elsewhere is left alone.
  welcome() {
    const { desk } = this;
    const chat = desk.chats.get(desk.wanted);
    if (!chat?.loaded) return;
    desk.wanted = "";
    if (!typing() && !document.querySelector("dialog:modal")) this.goTo(chat.id);
  }

  announce(text, note) {
    put(this.urgent, text);
    document.querySelector("dialog:modal")?.parentElement.tell?.(note);
  }

  // A form about a conversation that was not finished comes back as it was left.
  open(name, given) {
    const kept = this.dialogs.get(given.chat) || new Map();
    const key = `${name} ${given.signal || ""}`;
    const made = kept.get(key) || Object.assign(make(`desk-${name}`), { desk: this.desk, given });
    if (given.chat) this.dialogs.set(given.chat, kept.set(key, made));
    made.addEventListener("closed", (event) => event.detail.done && kept.delete(key), { once: true });
    this.append(made);
  }

  lock() {
    this.app.lock("idle");
  }

  logout() {
    if (this.desk.active.length) this.open("logout", { leave: () => this.app.leave() });
    else this.app.leave();
  }
}
customElements.define("desk-floor", DeskFloor);

// A panel without a heading of its own is nothing in particular: its parts have theirs.
const describe = (panel, role, by) => {
  if (!by) return ["role", "aria-labelledby"].forEach((name) => panel.removeAttribute(name));
  panel.setAttribute("role", role);
  panel.setAttribute("aria-labelledby", by);
};
