// A ticket in words: what the visitor said and what was heard, never an opinion about it.
import { hour, lasting } from "./clock.js";
import { fill, language, named, say, words } from "./words.js";

export const SHAPES = { acute: "\u25B2", urgent: "\u25C6", normal: "\u25CF" };

const TODAY = "_today";

const saidWords = (id) => named("said", id.replace(TODAY, ""));

// What was said, each once; with "now or today" where that was said too.
export const said = (ticket) => {
  const today = new Set(ticket.said.filter((id) => id.endsWith(TODAY)).map((id) => id.slice(0, -TODAY.length)));
  const plain = [...new Set(ticket.said.map((id) => (id.endsWith(TODAY) ? id.slice(0, -TODAY.length) : id)))];
  return plain.map((id) => (today.has(id) ? say("card_today", { words: saidWords(id) }) : saidWords(id)));
};

// The server says why in the first language only; in another one it is said again from its id.
export const why = (ticket) => {
  const { reasons, languages } = words();
  if (language() === languages[0]) return ticket.why;
  const reason = reasons[ticket.why_id];
  if (!reason) return saidWords(ticket.why_id);
  const [before, after] = reason[languages[0]].split("{words}");
  const quoted = after === undefined ? "" : ticket.why.slice(before.length, ticket.why.length - after.length);
  return fill(reason[language()], { words: quoted });
};

// A level that was heard, with its reasons where the top of the card does not tell them.
export const isHeard = (ticket) => Boolean(ticket.heard_level) || ticket.heard.length > 0;
export const heardLevel = (ticket) => {
  if (!ticket.heard_level) return "";
  const reasons = ticket.why_id === "heard" ? [] : ticket.heard_why || [];
  const name = named("levels", ticket.heard_level);
  return reasons.length ? `${name}: ${reasons.join(", ")}` : name;
};

export const level = (ticket) => named("levels", ticket.level);
export const role = (ticket) => named("roles", ticket.role);
export const unknown = (ticket) => ticket.unknown.map((id) => named("questions", id));

export const region = (slug) => words().regions[slug] ?? slug;
export const tongue = (code) => new Intl.DisplayNames(language(), { type: "language" }).of(code);

// What changes how to write, at a glance.
export const flags = (ticket) =>
  [
    ticket.watched && say("flag_watched"),
    ticket.cannot_call && say("flag_cannot_call"),
    ticket.returned && say("flag_returned"),
    ticket.language !== words().languages[0] && say("flag_language", { language: tongue(ticket.language) }),
    ticket.training && say("flag_training"),
    origin(ticket),
  ].filter(Boolean);

// Whose visitor it is: of a region that is helped, or of another one of the pool.
const origin = (ticket) => {
  if (ticket.home_region === ticket.serving_region) return "";
  const name = region(ticket.home_region);
  return ticket.serving_region === ticket.queue_region ? `${say("card_region")} ${name}` : say("flag_helps", { region: name });
};

export const moment = (ticket) => {
  const agreed = ticket.safe_moment;
  if (!agreed) return [say("card_moment_none")];
  return [
    agreed.how ? `${agreed.text}, ${say(`how_${agreed.how}`)}` : agreed.text,
    agreed.who_calls && say("moment_who", { text: agreed.who_calls }),
    agreed.say_if_other && say("moment_other", { text: agreed.say_if_other }),
    agreed.voicemail !== undefined && say(agreed.voicemail ? "moment_voicemail_yes" : "moment_voicemail_no"),
  ].filter(Boolean);
};

// `own_region;1;3;40`: the first of three seats, after a wait of 40 seconds.
export const reason = (ticket) => {
  if (!ticket.reason) return "";
  const [name, seat, cap, waited] = ticket.reason.split(";");
  if (!words().desk[`reason_${name}`]) return "";
  return say(`reason_${name}`, { seat, cap, waited: lasting(Number(waited || 0) * 1000) });
};

// How and when the visitor left.
export const left = (ticket) => say(`visitor_${ticket.left || "gone"}`, { time: hour(ticket.left_at) });
