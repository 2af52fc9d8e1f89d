// The editor's page starts: the words of the desk and its own, who is logged in, and then the page.
import "/desk/desk-login.js";
import "./editor-heard.js";
import "./editor-propose.js";
import "./editor-try.js";
import "./editor-examples.js";
import "./editor-sure.js";
import "./editor-floor.js";
import "./editor-app.js";
import { start } from "/desk/app.js";
import { make } from "/desk/dom.js";
import { load, words } from "/desk/words.js";
import { call } from "./api.js";
import { Editor } from "./editor.js";

const loaded = async () => {
  const [own] = await Promise.all([call("GET", "/editor/words.json"), load()]);
  const { editor, roles, ...more } = own;
  // the words stand beside those of the desk; its login speaks of editors here
  Object.assign(words().desk, editor, { login_for: editor.editor_for, login_no_desk: editor.editor_only });
  Object.assign(words(), more, { roles_with_desk: roles });
};

start(loaded(), () => Object.assign(make("editor-app"), { editor: new Editor() }));
