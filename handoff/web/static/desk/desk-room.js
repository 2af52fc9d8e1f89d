// Gives one own conversation back so that somebody in acute danger is served now.
import { since } from "./clock.js";
import { beginsWith } from "./commands.js";
import { DeskDialog } from "./dialog.js";
import { make } from "./dom.js";
import { choices, chosen } from "./form.js";
import * as triage from "./triage.js";
import { say } from "./words.js";

class DeskRoom extends DeskDialog {
  heading() {
    return say("room_title");
  }

  intro() {
    const { ticket } = this.given;
    return say("room_intro", { level: triage.level(ticket), why: triage.why(ticket) });
  }

  fields() {
    const own = this.desk.active.filter((chat) => chat.level !== "acute").map((chat) => [chat.id, this.words(chat)]);
    this.which = choices(say("room_which"), own, "");
    return [this.which];
  }

  words(chat) {
    const last = chat.lastOfVisitor;
    const wrote = last ? say("room_last", { time: since(last.at) }) : say("room_last_none");
    const badge = make("desk-badge", { "data-level": chat.level });
    const watched = chat.ticket.watched ? `, ${say("flag_watched")}` : "";
    return make("span", {}, `${say("chat", { number: chat.slot })} `, badge, ` ${wrote}${watched}`);
  }

  yes() {
    return say("room_go");
  }

  missing() {
    return chosen(this.which) ? null : [this.which.querySelector("input") || this.yesButton, say("choose_one")];
  }

  work() {
    const { id } = this.given.ticket;
    this.desk.wanted = id;
    return this.desk.commands.ask({ type: "make_room", ticket: id, give_back: chosen(this.which) }, beginsWith(id));
  }
}
customElements.define("desk-room", DeskRoom);
