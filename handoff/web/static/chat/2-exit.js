// The way out. Blank first, then leave, within one task: no network, no server, no host page is
// waited for. `replace` drops this entry, so that Back skips it.
let left = false;
const leave = () => {
  left = true;
  document.title = "";
  document.documentElement.replaceChildren();
  goodbye();
  try {
    top.location.replace(data.exit);
  } catch {
    location.replace(data.exit);
  }
  if (framed) parent.postMessage("voordeur:exit", "*");
};

// Shift three times within five seconds, from a real keyboard: the one on a screen has no `code`.
let shifts = [];
addEventListener("keydown", (event) => {
  if (left || event.repeat) return;
  if (event.key !== "Shift" || !event.code) {
    shifts = [];
    return;
  }
  shifts = shifts.filter((time) => event.timeStamp - time < 5000);
  if (shifts.push(event.timeStamp) === 3) return leave();
  $("shift").textContent = say("shift", { count: 3 - shifts.length });
});
addEventListener("pageshow", () => left && location.replace(data.exit));
$("exit").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// What is on the screen is covered in the app switcher, and on request; one tap brings it back.
let covered = false;
const cover = (on) => {
  inSight();
  $("cover").hidden = !on;
  for (const part of document.body.children) if (part !== $("cover")) part.inert = on;
  if (on && covered) $("uncover").focus();
};
$("hide").addEventListener("click", () => cover((covered = true)));
$("uncover").addEventListener("click", () => {
  cover((covered = false));
  $("hide").focus();
});
document.addEventListener("visibilitychange", () => left || cover(covered || document.hidden));

if (framed) {
  $("close").hidden = false;
  $("close").addEventListener("click", () => parent.postMessage("voordeur:close", "*"));
}
