// Shortcuts: with Alt, so that no letter that is typed does anything else; they can be switched off.
export const KEYS = [
  ["Alt+A", "shortcut_accept"],
  ["Alt+W", "shortcut_decline"],
  ["Alt+1 ... 9", "shortcut_chat"],
  ["Alt+N", "shortcut_note"],
  ["Alt+Q", "shortcut_queue"],
  ["Alt+K", "shortcut_help"],
];

// A key by its letter, also where Alt makes another sign of it.
const letter = (event) => (/^[a-z0-9]$/i.test(event.key) ? event.key : event.code.replace(/^(Key|Digit)/, "")).toLowerCase();

export const listen = (desk, floor) => {
  const first = () => desk.frame?.offers[0]?.ticket.id;
  const works = {
    a: () => first() && desk.commands.begin("accept", first()),
    w: () => first() && desk.commands.decline(first()),
    n: () => floor.attended?.composer.turn(),
    q: () => floor.goTo("side"),
    k: () => floor.open("shortcuts", {}),
  };
  document.addEventListener("keydown", (event) => {
    if (!desk.shortcuts || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || floor.hidden) return;
    const key = letter(event);
    const covered = document.querySelector("dialog:modal");
    const chat = desk.panels.find((found) => String(found.slot) === key);
    const work = chat ? () => floor.goTo(chat.id) : works[key];
    if (!work || (covered && !"aw".includes(key))) return;
    event.preventDefault();
    work();
  });
};
