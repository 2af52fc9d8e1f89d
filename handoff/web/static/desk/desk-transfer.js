// Hands a conversation to a colleague or to another region, with a note.
import { DeskDialog } from "./dialog.js";
import { make, show } from "./dom.js";
import { area, choices, chosen, field, line, options } from "./form.js";
import { say, words } from "./words.js";

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
    this.colleague = this.colleagues();
    this.region = make("select", {}, ...options([["", ""], ...this.regions()], ""));
    this.note = area({ rows: "3", maxlength: words().most });
    this.byName = field(this.desk.frame.colleagues ? "transfer_colleague" : "transfer_username", this.colleague);
    this.byRegion = field("transfer_which", this.region);
    this.choose();
    return [this.to, this.byName, this.byRegion, field("transfer_note", this.note, { optional: true })];
  }

  // A server that tells who is there gives a list; else a username is typed.
  colleagues() {
    const found = this.desk.frame.colleagues;
    if (!found) return line({ autocapitalize: "off", spellcheck: "false", required: true });
    const list = found.map(({ username, name, used, cap }) => [username, say("transfer_free", { name, used, cap })]);
    return make("select", { required: true }, ...options([["", ""], ...list], ""));
  }

  regions() {
    return Object.entries(words().regions).map(([slug, name]) => [slug, slug === this.desk.me.region ? say("transfer_own", { name }) : name]);
  }

  choose() {
    const region = chosen(this.to) === "region";
    show(this.byName, !region);
    show(this.byRegion, region);
  }

  get control() {
    return chosen(this.to) === "region" ? this.region : this.colleague;
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
