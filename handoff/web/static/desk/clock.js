// The server's time, and times in words. The times on the page that run are drawn every second.
import { put } from "./dom.js";
import { language, say, words } from "./words.js";

let offset = 0;

export const setNow = (at) => (offset = Date.parse(at) - Date.now());
export const now = () => Date.now() + offset;

export const hour = (at) =>
  new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: words().zone }).format(new Date(at));

// 45 s, 4 min, 1 u 05
export const lasting = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return say("seconds", { number: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say("minutes", { number: minutes });
  return say("hours", { number: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, "0") });
};
export const since = (at) => lasting(now() - Date.parse(at));

// <time data-since>, <time data-until>, <time data-clock>
export const tick = () => {
  for (const found of document.querySelectorAll("[data-since]")) put(found, since(found.dataset.since));
  for (const found of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(found.dataset.until) - now();
    put(found, left > 0 ? say("seconds", { number: Math.ceil(left / 1000) }) : say("offer_over"));
  }
  for (const found of document.querySelectorAll("[data-clock]")) put(found, hour(now()));
};
export const startClock = () => setInterval(tick, 1000);
