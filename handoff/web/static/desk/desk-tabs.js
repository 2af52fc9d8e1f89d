// On a narrow screen one thing is shown at a time: the lists, or one of the conversations.
import { keyed, make, Part, put, show } from "./dom.js";
import { SHAPES } from "./triage.js";
import { count, named, say } from "./words.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export class DeskTabs extends Part {
  build() {
    this.setAttribute("role", "tablist");
    this.addEventListener("keydown", (event) => this.key(event));
  }

  // `panels` are [id, element]; a tab and its panel know each other by id
  draw(panels, selected) {
    this.ariaLabel = say("chats");
    keyed(this, panels, ([id]) => id, ([id, panel]) => this.create(id, panel), (tab, [id]) => this.renew(tab, id, selected));
  }

  create(id, panel) {
    const tab = make("button", { type: "button", role: "tab", id: `tab-${panel.id}`, "aria-controls": panel.id });
    tab.shape = make("span", { "aria-hidden": "true" });
    tab.words = make("span");
    tab.digit = make("span");
    tab.news = make("span", { class: "number" });
    tab.append(tab.shape, tab.words, tab.digit, tab.news);
    tab.addEventListener("click", () => this.floor.select(id));
    return tab;
  }

  renew(tab, id, selected) {
    const chat = this.desk.chats.get(id);
    const on = id === selected;
    if (on && tab.ariaSelected !== "true") queueMicrotask(() => tab.scrollIntoView({ block: "nearest", inline: "nearest" }));
    tab.ariaSelected = String(on);
    tab.tabIndex = on ? 0 : -1;
    if (chat) tab.dataset.level = chat.level;
    put(tab.shape, chat ? SHAPES[chat.level] : "");
    // a narrow screen shows the number only
    const training = chat?.training;
    tab.toggleAttribute("data-training", Boolean(training));
    put(tab.words, chat ? say(training ? "practice_chat" : "chat", { number: "" }).trim() : say("queue"));
    tab.words.className = chat && !training ? "long" : "";
    put(tab.digit, chat ? String(chat.slot) : "");
    const waits = (this.desk.frame?.queue.length || 0) + (this.desk.frame?.missed.length || 0);
    put(tab.news, chat ? (chat.unread ? String(chat.unread) : "") : String(waits));
    show(tab.news, Boolean(tab.news.textContent));
    if (chat) tab.ariaLabel = [chat.name, named("levels", chat.level), chat.unread && count("chat_new", chat.unread)].filter(Boolean).join(", ");
  }

  key(event) {
    const tabs = [...this.children];
    const at = tabs.indexOf(event.target.closest("[role=tab]"));
    const step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step && (at + step + tabs.length) % tabs.length;
    if (to === undefined || at < 0) return;
    event.preventDefault();
    tabs[to].focus();
    tabs[to].click();
  }
}
customElements.define("desk-tabs", DeskTabs);
