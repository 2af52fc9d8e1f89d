// What each form asks for, what cannot be, and what it sends. Days and times are the organisation's.
import { make, newId } from "/desk/dom.js";
import { choices, chosen, field, line, options } from "/desk/form.js";
import { say, words } from "/desk/words.js";
import { now } from "/desk/clock.js";
import { dayAfter, dayInWords, dayOf, instant, weekday, weekdayInWords } from "./times.js";

const WEEKS = 28;
const ROLES = ["front_office", "after_hours", "on_call"];
const DAYS = [0, 1, 2, 3, 4, 5, 6];

const input = (type, value = "", more = {}) => make("input", { type, value, required: true, ...more });
const day = (value) => input("date", value, { min: dayOf() });
const username = (people) => {
  const list = make("datalist", { id: newId("people") }, ...[...people].map(([value, name]) => make("option", { value, text: name })));
  const control = line({ required: true, autocapitalize: "off", spellcheck: "false", list: list.id });
  return { control, part: make("div", {}, field("ask_who", control), list) };
};

// From a day up to and including another: from now on, when it begins today.
const between = (days = 1) => {
  const first = day(dayOf());
  const last = day(dayAfter(dayOf(), days - 1));
  first.addEventListener("change", () => (last.value = first.value > last.value ? first.value : last.value));
  return {
    fields: [field("ask_from_day", first), field("ask_until_day", last)],
    wrong: () => {
      if (first.value < dayOf()) return [first, say("wrong_day")];
      return last.value < first.value ? [last, say("wrong_until")] : null;
    },
    body: () => ({ from: startOf(first.value), until: instant(dayAfter(last.value)) }),
  };
};
const startOf = (found) => (found > dayOf() ? instant(found) : undefined);

const seats = (control, when, more = () => ({})) => ({
  wrong: () => (/^\d{1,3}$/.test(control.value.trim()) ? when.wrong() : [control, say("wrong_seats")]),
  body: () => ({ value: String(Number(control.value)), ...more(), ...when.body() }),
});

const closed = () => between();

const opensLater = () => {
  const date = day(dayOf());
  const time = input("time");
  return {
    fields: [field("ask_day", date), field("ask_opens", time)],
    wrong: () => {
      if (date.value < dayOf()) return [date, say("wrong_day")];
      return Date.parse(instant(date.value, time.value)) <= now() ? [time, say("wrong_again")] : null;
    },
    body: () => ({ value: time.value, from: startOf(date.value), until: instant(date.value, time.value) }),
  };
};

const regionCap = (board) => {
  const cap = board.frame.regions.find((one) => one.region === board.region)?.cap;
  const control = input("number", String(cap ?? ""), { min: "0", max: "999", step: "1", inputmode: "numeric" });
  const when = between();
  return { fields: [field("ask_seats", control), ...when.fields], ...seats(control, when) };
};

const caseworkerCap = (board) => {
  const who = username(board.people);
  const most = words().caps[board.region] ?? 0;
  const control = make("select", {}, ...options(Array.from({ length: most + 1 }, (_, number) => [String(number), String(number)]), String(most)));
  const when = between();
  const more = () => ({ subject: who.control.value.trim() });
  return { fields: [who.part, field("ask_seats", control), ...when.fields], ...seats(control, when, more) };
};

const agreement = (board) => {
  const mine = words().agreements.filter(([, ...pair]) => pair.includes(board.region));
  const found = mine.map(([id, ...pair]) => [id, pair.find((slug) => slug !== board.region)]);
  const which = make("select", {}, ...options(found.map(([id, other]) => [`${id} ${other}`, `${words().pools[id]?.name ?? id}: ${words().regions[other] ?? other}`])));
  const state = choices(say("ask_state"), [["off", say("ask_off")], ["on", say("ask_on")]], "off");
  const when = between(WEEKS);
  return {
    none: !found.length,
    fields: [field("ask_agreement", which), state, ...when.fields],
    wrong: when.wrong,
    body: () => {
      const [subject, other_region] = which.value.split(" ");
      return { subject, other_region, value: chosen(state), ...when.body() };
    },
  };
};

// Days of the coming weeks, each with the region of our pool that has the duty.
const duties = (board, pool, id) => {
  const ahead = Array.from({ length: WEEKS }, (_, number) => dayAfter(dayOf(), number));
  const swapped = board.frame.operation.filter((row) => ["swap", "give"].includes(row.kind) && row.state === "active" && row.subject === id);
  const taker = (row) => (row.kind === "give" ? row.other_region : row.region);
  // the newest counts, and stands last
  const onDuty = (date) => swapped.filter((row) => row.value === date).map(taker).at(-1) ?? pool.rota[weekday(date)];
  return ahead.map((date) => [date, onDuty(date)]);
};

const swap = (board) => {
  const { pool, poolId } = board;
  if (!pool) return { none: true };
  const found = duties(board, pool, poolId).filter(([, region]) => region && region !== board.region);
  const text = ([date, region]) => say("duty_of", { day: dayInWords(date), region: words().regions[region] ?? region });
  const which = make("select", {}, ...options(found.map((duty) => [duty.join(" "), text(duty)])));
  return {
    none: !found.length,
    fields: [field("ask_duty", which)],
    body: () => {
      const [date, other_region] = which.value.split(" ");
      return { subject: poolId, value: date, other_region, until: instant(dayAfter(date)) };
    },
  };
};

const give = (board) => {
  const { pool, poolId } = board;
  if (!pool) return { none: true };
  const found = duties(board, pool, poolId).filter(([, region]) => region === board.region);
  const which = make("select", {}, ...options(found.map(([date]) => [date, dayInWords(date)])));
  const others = pool.regions.filter((slug) => slug !== board.region);
  const taker = make("select", {}, ...options(others.map((slug) => [slug, words().regions[slug] ?? slug])));
  return {
    none: !found.length || !others.length,
    fields: [field("ask_give", which), field("ask_taker", taker)],
    body: () => ({ subject: poolId, value: which.value, other_region: taker.value, until: instant(dayAfter(which.value)) }),
  };
};

const pilot = () => {
  const control = make("textarea", { rows: "3", autocomplete: "off", autocapitalize: "off", spellcheck: "false", required: true });
  const when = between(WEEKS);
  const names = () => control.value.split(/[\s,;]+/).filter(Boolean);
  return {
    fields: [field("ask_pilot", control), ...when.fields],
    wrong: when.wrong,
    body: () => ({ value: names().join(","), ...when.body() }),
  };
};

const tick = (number, on) => {
  const id = newId("day");
  return make("span", {}, make("input", { type: "checkbox", id, value: String(number), checked: on }), make("label", { for: id, text: weekdayInWords(number, "long") }));
};

// `first` is what a gap asks for.
const roster = (board, first = {}) => {
  const who = username(board.people);
  const role = make("select", {}, ...options(ROLES.map((found) => [found, say(`role_${found}`)])));
  const days = make("fieldset", { class: "weekdays" }, make("legend", { text: say("ask_days") }));
  days.append(...DAYS.map((number) => tick(number, first.days?.includes(number))));
  const [start, end] = [input("time", first.start), input("time", first.end)];
  const from = day(first.day ?? dayOf());
  const until = input("date", first.day ?? "", { min: dayOf(), required: false });
  const wrong = () => {
    if (!days.querySelector(":checked")) return [days.querySelector("input"), say("choose_one")];
    if (start.value === end.value) return [end, say("wrong_same")];
    return until.value && until.value < from.value ? [until, say("wrong_until")] : null;
  };
  const body = () => ({
    username: who.control.value.trim(),
    role: role.value,
    days: [...days.querySelectorAll(":checked")].map((found) => Number(found.value)),
    start: start.value,
    end: end.value,
    first_day: from.value,
    last_day: until.value || undefined,
  });
  const hours = make("div", { class: "pair" }, field("ask_start", start), field("ask_end", end));
  const span = make("div", { class: "pair" }, field("ask_from_day", from), field("ask_until_day", until, { optional: true }));
  return { fields: [who.part, field("ask_role", role), days, hours, span], wrong, body };
};

export const FORMS = {
  closed,
  opens_later: opensLater,
  region_cap: regionCap,
  caseworker_cap: caseworkerCap,
  agreement,
  swap,
  give,
  pilot,
  roster,
};
