// Conversations that ended and still need a disposition.
import { keyed, make, newId, Part, press, put, show } from "./dom.js";
import { say, words } from "./words.js";

export class DeskWrapups extends Part {
  build() {
    const id = newId("wrapups");
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", id);
    this.number = make("span", { class: "number" });
    this.heading = make("h2", { id, tabindex: "-1" }, make("span", { say: "wrap_ups" }), " ", this.number);
    this.stop = make("p", { class: "warn" });
    this.list = make("ul", { class: "tickets" });
    this.append(this.heading, this.stop, this.list);
  }

  update() {
    const found = this.desk.wrapUps.sort((a, b) => a.slot - b.slot);
    const held = this.contains(document.activeElement);
    put(this.number, String(found.length));
    put(this.stop, say("wrap_ups_stop", { most: words().wrap_ups_open }));
    show(this.stop, found.filter((chat) => !chat.training).length > words().wrap_ups_open);
    keyed(this.list, found, (chat) => chat.id, () => this.create(), (item, chat) => this.renew(item, chat));
    show(this, found.length > 0);
    if (!held || this.contains(document.activeElement)) return;
    if (found.length) this.heading.focus();
    else this.floor.home();
  }

  create() {
    const item = make("li");
    item.name = make("strong");
    item.words = make("span", { class: "note", say: "wrap_up_shown" });
    item.opens = press("wrap_up_open", () => this.open(item.chat));
    item.append(make("p", { class: "row" }, item.name, item.words, item.opens), make("p", { class: "why" }, (item.badge = make("desk-badge"))));
    return item;
  }

  renew(item, chat) {
    item.chat = chat;
    item.dataset.level = item.badge.level = chat.level;
    put(item.name, chat.name);
    show(item.words, chat.open);
    show(item.opens, !chat.open);
    item.opens.ariaLabel = say("wrap_up_open_long", { number: chat.slot });
  }

  open(chat) {
    this.desk.open(chat);
    this.floor.goTo(chat.id);
  }
}
customElements.define("desk-wrapups", DeskWrapups);
