// Hands a conversation to a colleague or to another region, with a note.
import { DeskDialog } from "./dialog.js";
import { make, show } from "./dom.js";
import { area, choices, chosen, field, line, options } from "./form.js";
import { count, say, words } from "./words.js";

// no username: somebody who is not in the list
const OTHER = "?";

class DeskTransfer extends DeskDialog {
  heading() {
    return say("transfer_title", { number: this.given.chat.slot });
  }

  intro() {
    return say("transfer_intro");
  }

  fields() {
    this.to = choices(say("transfer_to"), [["caseworker", say("transfer_colleague")], ["region", say("transfer_region")]], "caseworker");
    this.to.addEventListener("change", () => this.choose());
    this.colleague = make("select", { required: true, on: { change: () => this.choose() } });
    this.username = line({ autocapitalize: "off", spellcheck: "false", required: true });
    this.region = make("select", {}, ...options([["", ""], ...this.regions()], ""));
    this.note = area({ rows: "3", "data-most": words().most });
    this.byName = field("transfer_who", this.colleague);
    this.byUsername = field("transfer_username", this.username);
    this.byRegion = field("transfer_which", this.region);
    this.drawn = "";
    this.renew();
    return [this.to, this.byName, this.byUsername, this.byRegion, field("transfer_note", this.note, { optional: true })];
  }

  // The list follows who comes and goes, and who becomes full, as long as the dialog is there.
  connectedCallback() {
    super.connectedCallback();
    this.renew();
    this.changes = new AbortController();
    this.desk.addEventListener("change", () => this.renew(), { signal: this.changes.signal });
  }

  disconnectedCallback() {
    this.changes.abort();
  }

  // Who is there, how full each is, and somebody else, whose username is typed.
  renew() {
    const found = this.desk.frame.colleagues || [];
    const drawn = JSON.stringify(found);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const there = found.map((colleague) => [colleague.username, seatsOf(colleague)]);
    const first = ["", say(found.length ? "transfer_choose" : "transfer_none")];
    const before = this.colleague.value;
    this.colleague.replaceChildren(...options([first, ...there, [OTHER, say("transfer_other")]], before));
    this.choose();
  }

  regions() {
    return Object.entries(words().regions).map(([slug, name]) => [slug, slug === this.desk.me.region ? say("transfer_own", { name }) : name]);
  }

  choose() {
    const region = chosen(this.to) === "region";
    show(this.byName, !region);
    show(this.byUsername, !region && this.colleague.value === OTHER);
    show(this.byRegion, region);
  }

  get control() {
    if (chosen(this.to) === "region") return this.region;
    return this.colleague.value === OTHER ? this.username : this.colleague;
  }

  yes() {
    return say("transfer_go");
  }

  missing() {
    return this.control.value.trim() ? null : [this.control];
  }

  work() {
    const { chat } = this.given;
    const to = { [chosen(this.to)]: this.control.value.trim() };
    const frame = { type: "transfer", ticket: chat.id, to };
    if (this.note.value.trim()) frame.note = this.note.value.trim();
    const { username } = this.desk.me;
    return this.desk.commands.ask(frame, (found) => found.type === "ticket" && found.ticket.id === chat.id && found.ticket.caseworker !== username);
  }
}
customElements.define("desk-transfer", DeskTransfer);

// A name, how many conversations still fit there, and whether somebody takes any now.
const seatsOf = ({ name, presence, free }) => {
  const seats = free > 0 ? count("transfer_free", free) : say("transfer_full");
  const busy = presence === "available" ? "" : say(`transfer_${presence}`);
  return `${name}: ${[seats, busy].filter(Boolean).join(", ")}`;
};
