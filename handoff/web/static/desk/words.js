// The words of the desk in the language that is shown. Data brings them; none stands in a script.
let data = null;
let shown = "";

export const words = () => data;
export const language = () => shown;

export const load = async () => {
  const answer = await fetch("/desk/words.json");
  if (!answer.ok) throw new Error("no words");
  data = await answer.json();
  const wanted = location.hash.slice(1);
  shown = data.languages.includes(wanted) ? wanted : data.languages[0];
  document.documentElement.lang = shown;
};

export const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");

// A sentence of desk.yml; `as` is another language than the one shown.
export const say = (key, fields = {}, as = shown) =>
  fill(data.desk[key]?.[as] ?? key, { organisation: data.organisation, most: data.most, ...fields });

export const count = (key, number, fields = {}) => say(`${key}_${number === 1 ? "one" : "many"}`, { number, ...fields });

// A date, as people say it.
export const day = (date) => new Intl.DateTimeFormat(shown, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date));

// What data calls a level, a role, a signal, a question, a disposition.
export const named = (group, key) => data[group][key]?.[shown] ?? key;

// A refusal in a sentence and a next step.
export const refusal = (code, given) => {
  const key = `error_${code}`;
  return data.desk[key] ? say(key, given) : say("error_other", { code });
};

// The words of everything below `root` that never changes but for the language.
export const speak = (root) => {
  for (const found of root.querySelectorAll("[data-say]")) found.textContent = say(found.dataset.say);
  for (const found of root.querySelectorAll("[data-label]")) found.ariaLabel = say(found.dataset.label);
  for (const found of root.querySelectorAll("[data-hint]")) found.placeholder = say(found.dataset.hint);
};

// In memory, and in the address for who reloads; nowhere else.
export const setLanguage = (wanted) => {
  shown = wanted;
  document.documentElement.lang = wanted;
  history.replaceState(null, "", `#${wanted}`);
  speak(document);
};

// Phrases that a caseworker may choose: for everyone, for this role, and for acute danger (R39).
export const phrases = (role, level, as) => {
  const groups = [level, role, "all"].map((name) => new RegExp(`^phrase_${name}_\\d+$`));
  const keys = groups.flatMap((group) => Object.keys(data.desk).filter((key) => group.test(key)));
  return keys.map((key) => say(key, { number: data.emergency }, as));
};
