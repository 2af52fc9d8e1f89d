// The button on a region's website, the frame behind it, and the way out.
//
// A classic script, because a cross-origin module would need headers that 26 websites do not send.
// It asks nothing of us before the first tap, keeps nothing, and reads nothing of the page. The chat
// itself lives in a frame of ours: what is typed there no script of the website can read.
(() => {
  "use strict";
  const config = "__CONFIG__";
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const region = script.dataset.region || config.hosts[location.host];
  if (!region || !config.regions.includes(region)) {
    console.error(`chat: data-region on the script must be one of ${config.regions.join(", ")}`);
    return;
  }
  const language = config.words[(document.documentElement.lang || "").slice(0, 2)]
    ? document.documentElement.lang.slice(0, 2)
    : config.languages[0];
  const words = config.words[language];
  const exit = config.exits[region] || config.exits[""];

  const host = document.createElement("voordeur-chat");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("__STYLE__");
  root.adoptedStyleSheets = [sheet];
  host.lang = language;

  const button = (name, text, work) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = name;
    made.textContent = text;
    made.addEventListener("click", work);
    return made;
  };

  let frame = null;
  let left = false;
  let shifts = [];

  // Blank first, then leave, in one go: nothing here waits for a network.
  const leave = () => {
    left = true;
    document.title = words.loading;
    document.documentElement.replaceChildren();
    location.replace(exit);
  };

  const show = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = words.chat;
      frame.src = `${origin}/chat/${region}#${language}`;
      frame.allow = "";
      frame.referrerPolicy = "no-referrer";
      panel.append(frame);
    }
    panel.hidden = out.hidden = false;
    opener.hidden = true;
    frame.focus();
  };
  const hide = () => {
    panel.hidden = out.hidden = true;
    opener.hidden = false;
    opener.focus();
  };

  const opener = button("open", words.chat, show);
  opener.setAttribute("aria-label", words.open);
  const panel = document.createElement("div");
  panel.className = "panel";
  const out = button("exit", words.exit, leave);
  out.setAttribute("aria-label", words.exitLong);
  panel.hidden = out.hidden = true;
  root.append(opener, out, panel);

  addEventListener("message", (event) => {
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow) return;
    if (event.data === "voordeur:exit") leave();
    if (event.data === "voordeur:close") hide();
  });
  // Shift three times within five seconds; not the Shift of a keyboard on the screen.
  addEventListener("keydown", (event) => {
    if (panel.hidden || event.repeat) return;
    if (event.key !== "Shift" || !event.code) {
      shifts = [];
      return;
    }
    shifts = shifts.filter((time) => event.timeStamp - time < 5000);
    if (shifts.push(event.timeStamp) === 3) leave();
  });
  // Back must not bring it back.
  addEventListener("pageshow", () => left && location.replace(exit));

  document.body.append(host);
})();
