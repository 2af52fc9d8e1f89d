// What the page knows from the start: its words, the emergency card, where to go when leaving. All
// of it stands in the document, so that it works before the socket opens and when it never does.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
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
const numbers = Object.keys(data.tels).sort((a, b) => b.length - a.length);
const withNumbers = (element, text) => {
  const parts = text.split(new RegExp(`(?<![\\d-])(${numbers.join("|")})(?![\\d-]|\\w)`));
  for (const part of parts) {
    if (!data.tels[part]) {
      element.append(part);
      continue;
    }
    const link = make("a", "tel", part);
    link.href = `tel:${data.tels[part]}`;
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

const speak = () => {
  document.documentElement.lang = language;
  document.title = say("chat");
  for (const found of document.querySelectorAll("[data-text]")) found.textContent = say(found.dataset.text);
  for (const found of document.querySelectorAll("[data-label]")) found.ariaLabel = say(found.dataset.label);
  for (const found of document.querySelectorAll("[data-hint]")) found.placeholder = say(found.dataset.hint);
  for (const found of document.querySelectorAll("[data-language]")) found.hidden = found.dataset.language !== language;
};
