// The board starts: the words of the desk and its own, who is logged in, and then the page.
import "/desk/desk-login.js";
import "./board-tile.js";
import "./board-wall.js";
import "./board-gaps.js";
import "./board-rules.js";
import "./board-roster.js";
import "./board-manage.js";
import "./board-form.js";
import "./board-sure.js";
import "./board-floor.js";
import "./board-app.js";
import { start } from "/desk/app.js";
import { make } from "/desk/dom.js";
import { load, words } from "/desk/words.js";
import { call } from "./api.js";
import { Board } from "./board.js";

const loaded = async () => {
  const [own] = await Promise.all([call("GET", "/board/words.json"), load()]);
  // the board's words stand beside those of the desk, and are said in the same way
  Object.assign(words().desk, own.board);
  Object.assign(words(), { pools: own.pools, agreements: own.agreements, most_reason: own.most_reason });
};

start(loaded(), () => Object.assign(make("board-app"), { board: new Board() }));
