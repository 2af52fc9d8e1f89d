// Conversations that ended and still need a disposition.
import { make, press, put, show } from "./dom.js";
import { ListPart } from "./list.js";
import { say, words } from "./words.js";

export class DeskWrapups extends ListPart {
  build() {
    this.stop = make("p", { class: "warn" });
    this.frame("wrap_ups", [this.stop]);
  }

  update() {
    const found = this.desk.wrapUps.sort((a, b) => a.slot - b.slot);
    put(this.stop, say("wrap_ups_stop", { most: words().wrap_ups_open }));
    show(this.stop, found.filter((chat) => !chat.training).length > words().wrap_ups_open);
    this.fill(found, (chat) => chat.id, (some) => show(this, some));
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
