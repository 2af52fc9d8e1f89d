// The desk starts: its words, who is logged in, and then the page.
import "./desk-badge.js";
import "./desk-card.js";
import "./desk-offers.js";
import "./desk-acute.js";
import "./desk-queue.js";
import "./desk-others.js";
import "./desk-facts.js";
import "./desk-wrapups.js";
import "./desk-missed.js";
import "./desk-notices.js";
import "./desk-menu.js";
import "./desk-header.js";
import "./desk-calling.js";
import "./desk-tabs.js";
import "./desk-log.js";
import "./desk-composer.js";
import "./desk-disposition.js";
import "./desk-chat.js";
import "./desk-end.js";
import "./desk-moment.js";
import "./desk-consult.js";
import "./desk-level.js";
import "./desk-strike.js";
import "./desk-transfer.js";
import "./desk-room.js";
import "./desk-takeover.js";
import "./desk-logout.js";
import "./desk-practise.js";
import "./desk-shortcuts.js";
import "./desk-login.js";
import "./desk-floor.js";
import "./desk-app.js";
import { startClock } from "./clock.js";
import { Desk } from "./desk.js";
import { make } from "./dom.js";
import * as account from "./login.js";
import { load, words } from "./words.js";

const loading = document.getElementById("loading");

const start = async () => {
  await load();
  const { person } = await account.me();
  const app = Object.assign(make("desk-app"), { desk: new Desk() });
  loading.replaceWith(app);
  startClock();
  if (person && words().roles_with_desk.includes(person.role)) app.enter(person);
  else app.update();
};

start().catch((error) => {
  loading.textContent = loading.dataset.broken;
  throw error;
});
