// Gives one own conversation away so that somebody in acute danger is served now: to a free seat of a
// colleague or a partner, or back to the front of its level.
import { since } from "./clock.js";
import { beginsWith } from "./commands.js";
import { DeskDialog } from "./dialog.js";
import { make } from "./dom.js";
import { choices, chosen } from "./form.js";
import { Refusal } from "./link.js";
import * as triage from "./triage.js";
import { count, say } from "./words.js";

const LINE = "line";

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
    this.where = make("div", {}, choices(say("room_where"), [[LINE, say("room_line")]], LINE));
    this.look();
    return [this.which, this.where];
  }

  // Where there is room, as of now; a seat elsewhere is better than the line.
  async look() {
    const { id } = this.given.ticket;
    try {
      const found = await this.desk.commands.ask({ type: "room", ticket: id }, (frame) => frame.type === "room" && frame.ticket === id);
      const places = [
        ...found.colleagues.map((desk) => [`caseworker ${desk.username}`, `${desk.name}: ${count("transfer_free", desk.free)}`]),
        ...found.regions.map((place) => [`region ${place.region}`, `${triage.region(place.region)}: ${count("transfer_free", place.free)}`]),
      ];
      const all = [...places, [LINE, say("room_line")]];
      // who has chosen meanwhile keeps it
      const held = this.where.contains(document.activeElement);
      if (places.length && !held) this.where.replaceChildren(choices(say("room_where"), all, all[0][0]));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
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
    const [kind, name] = chosen(this.where).split(" ");
    const frame = { type: "make_room", ticket: id, give_back: chosen(this.which) };
    if (kind !== LINE) frame.to = { [kind]: name };
    return this.desk.commands.ask(frame, beginsWith(id));
  }
}
customElements.define("desk-room", DeskRoom);
