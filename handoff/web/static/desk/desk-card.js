// The triage on one card: in an offer, in the queue, beside a conversation, and for what was missed.
import { hour, tick } from "./clock.js";
import { ask, keyed, make, Part, press, put, show, slowly } from "./dom.js";
import * as triage from "./triage.js";
import { language, named, say } from "./words.js";

export class DeskCard extends Part {
  // `chat` is given when the ticket is mine, so that its triage can be changed here
  build() {
    this.badge = make("desk-badge");
    this.why = make("span");
    this.flags = make("ul", { class: "flags", label: "card_attention" });
    this.name = make("summary");
    this.body = make("div");
    this.fold = make("details", { open: this.opened }, this.name, this.body);
    this.append(make("p", { class: "why" }, this.badge, " ", this.why), this.flags, this.fold);
  }

  // What is on the card, and what a screen reader calls its fold.
  draw(ticket, called = say("card")) {
    this.ticket = ticket;
    this.called = called;
    if (this.built) this.update();
  }

  turn(open) {
    this.opened = open;
    if (this.built) this.fold.open = open;
  }

  update() {
    const { ticket } = this;
    if (!ticket) return;
    const drawn = JSON.stringify([ticket, language(), this.called, this.judges]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.badge.level = ticket.level;
    put(this.why, triage.why(ticket));
    const flags = triage.flags(ticket);
    keyed(this.flags, flags, (text) => text, (text) => make("li", { text }));
    show(this.flags, flags.length > 0);
    put(this.name, say("card"));
    this.name.ariaLabel = this.called;
    const held = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    this.body.replaceChildren(...this.parts(ticket).filter(Boolean));
    if (held) this.body.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    tick();
  }

  // The triage is its caseworker's to judge, not of who reads along.
  get judges() {
    return Boolean(this.chat && !this.chat.reads);
  }

  parts(ticket) {
    const change = () => ask(this, "level", { chat: this.chat });
    return [
      make("dl", {}, ...this.rows(ticket)),
      make("p", { class: "small", text: say("card_not_assessed") }),
      triage.isHeard(ticket) && make("p", { class: "small", text: say("card_heard_by") }),
      this.judges && press("", change, { text: say("level_change"), class: "light", "data-key": "level" }),
    ];
  }

  rows(ticket) {
    const said = triage.said(ticket);
    const unknown = triage.unknown(ticket);
    const struck = ticket.struck.map((id) => make("s", { text: named("signals", id) }));
    const why = triage.reason(ticket);
    return [
      unknown.length > 0 && this.row("card_unknown", unknown, "first"),
      this.row("card_said", said.length ? said : [say("card_said_none")]),
      triage.isHeard(ticket) && this.row("card_heard", this.heard(ticket)),
      struck.length > 0 && this.row("card_struck", struck),
      this.row("card_role", [`${triage.role(ticket)}, ${triage.tongue(ticket.language)}`]),
      this.row("card_moment", triage.moment(ticket)),
      this.row("card_waited", [this.began(ticket)]),
      why && this.row("card_reason", [why]),
      ticket.left_at && this.row("card_left", [triage.left(ticket)]),
    ].filter(Boolean);
  }

  row(key, values, name) {
    return make("div", { class: name }, make("dt", { text: say(key) }), ...values.map((value) => make("dd", {}, value)));
  }

  // What was heard: the level and why, the signals, and a word for who thinks that it is right.
  heard(ticket) {
    const level = triage.heardLevel(ticket);
    const signals = ticket.heard.map((id) => this.signal(id));
    const agreed = ticket.heard_judged === "agreed";
    return [agreed ? level : level && this.level(level), ...signals, this.judged(ticket)].filter(Boolean);
  }

  level(text) {
    const wrong = () => ask(this, "level", { chat: this.chat });
    return this.judgeable(text, wrong, "heard_wrong", "heard_wrong_long", "wrong");
  }

  signal(id) {
    const strike = () => ask(this, "strike", { chat: this.chat, signal: id });
    return this.judgeable(named("signals", id), strike, "strike", "strike_signal", `strike-${id}`);
  }

  judgeable(signal, work, text, long, key) {
    if (!this.judges) return signal;
    const given = { text: say(text), "aria-label": say(long, { signal }), class: "link", "data-key": key };
    return make("span", {}, signal, " ", press("", work, given));
  }

  judged(ticket) {
    if (ticket.heard_judged === "agreed") return say("heard_agreed");
    if (!this.judges || ticket.heard_judged !== "open") return "";
    const agree = (event) => slowly(event.currentTarget, () => this.desk.commands.agree(this.chat));
    return press("", agree, { text: say("heard_agree"), "aria-label": say("heard_agree_long"), class: "link", "data-key": "agree" });
  }

  began(ticket) {
    const at = ticket.waiting_since;
    const [before, after] = say("card_ago", { time: "\u0000" }).split("\u0000");
    return make("span", {}, `${hour(at)}, `, before, make("time", { datetime: at, "data-since": at }), after);
  }
}
customElements.define("desk-card", DeskCard);
