// Days and times of the organisation, in whatever zone this browser thinks it is.
import { now } from "/desk/clock.js";
import { language, words } from "/desk/words.js";

const DAY_MS = 86400000;

const wall = (at) => {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: words().zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
};
const asUtc = (at) => {
  const { year, month, day, hour, minute } = wall(at);
  return Date.UTC(year, month - 1, day, hour, minute);
};

export const dayOf = (at = now()) => {
  const { year, month, day } = wall(at);
  return `${year}-${month}-${day}`;
};
export const timeOf = (at) => {
  const { hour, minute } = wall(at);
  return `${hour}:${minute}`;
};

// The instant at which a clock of the organisation shows this; twice, for the day a clock changes.
export const instant = (day, time = "00:00") => {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  let found = wanted;
  for (let tries = 0; tries < 2; tries++) found += wanted - asUtc(found);
  return new Date(found).toISOString();
};

export const dayAfter = (day, days = 1) => new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
// Monday is 0, as on the server.
export const weekday = (day) => (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;

const inWords = (day, form) => new Intl.DateTimeFormat(language(), { timeZone: "UTC", ...form }).format(new Date(`${day}T00:00Z`));
export const dayInWords = (day) => inWords(day, { weekday: "short", day: "numeric", month: "short" });
export const wholeDay = (day) => inWords(day, { weekday: "long", day: "numeric", month: "long" });
// The first of January 2024 was a Monday.
export const weekdayInWords = (number, form = "short") => inWords(`2024-01-0${number + 1}`, { weekday: form });

// A time by itself when it is today, with its day otherwise.
export const moment = (at) => {
  const found = Date.parse(at);
  return dayOf(found) === dayOf() ? timeOf(found) : `${dayInWords(dayOf(found))} ${timeOf(found)}`;
};
// The end of a day is told as that, and not as the beginning of the next.
export const endInWords = (at) => {
  const found = Date.parse(at);
  if (timeOf(found) !== "00:00") return moment(at);
  const day = dayOf(found - 1);
  return day === dayOf() ? "24:00" : `${dayInWords(day)} 24:00`;
};
