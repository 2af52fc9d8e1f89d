// What the page knows from the start: its words, the emergency card, where to go when leaving. All
// of it stands in the document, so that it works before the socket opens and when it never does.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const log = $("log");
const framed = top !== self;
let language = data.languages.includes(location.hash.slice(1)) ? location.hash.slice(1) : data.language;

const say = (key, fields = {}) =>
  (data.words[language][key] || "").replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");

// An element with its text; text only, never markup.
const make = (tag, name = "", text = "") => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
};
// A text in which the numbers we know can be pressed; they never break over two lines.
const numbers = data.numbers.sort((a, b) => b.length - a.length);
const withNumbers = (element, text) => {
  const parts = text.split(new RegExp(`(?<![\\d-])(${numbers.join("|")})(?![\\d-]|\\w)`));
  for (const part of parts) {
    if (!numbers.includes(part)) {
      element.append(part);
      continue;
    }
    const link = make("a", "tel", part);
    link.href = `tel:${part.replace(/[ -]/g, "")}`;
    element.append(link);
  }
  return element;
};
const press = (name, text, work) => {
  const made = make("button", name, text);
  made.type = "button";
  made.addEventListener("click", work);
  return made;
};

// What was just drawn, or has just moved, may lie under a finger that was on its way to something
// else: for so many milliseconds it does not answer. A keyboard is on nothing by chance; of a double
// press the second is not heard either. The exit, the emergency button and the card never wait.
const DEAF = 700;
const renew = (element) => {
  element.since = performance.now();
  element.dataset.fresh = "";
  clearTimeout(element.timer);
  element.timer = setTimeout(() => delete element.dataset.fresh, DEAF);
};
const fresh = (element) => performance.now() - (element.since ?? -DEAF) < DEAF;
let key = "";
let keyAt = -DEAF;
let twice = false;
addEventListener("keydown", (event) => {
  twice = event.repeat || (event.key === key && performance.now() - keyAt < DEAF);
  key = event.key;
  keyAt = performance.now();
}, true);
// A button that answers.
const asks = (name, text, work) => {
  const made = press(name, text, (event) => {
    if ((fresh(log) || fresh(made)) && (event.detail || twice)) return;
    renew(made);
    work();
  });
  return made;
};

const speak = () => {
  document.documentElement.lang = language;
  document.title = say("chat");
  for (const found of document.querySelectorAll("[data-text]")) found.textContent = say(found.dataset.text);
  for (const found of document.querySelectorAll("[data-label]")) found.ariaLabel = say(found.dataset.label);
  for (const found of document.querySelectorAll("[data-hint]")) found.placeholder = say(found.dataset.hint);
  for (const found of document.querySelectorAll("[data-language]")) found.hidden = found.dataset.language !== language;
};
