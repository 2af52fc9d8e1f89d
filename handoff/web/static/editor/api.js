// Questions to the server. What it refuses is told with words of this page where it has its own.
import { Refusal } from "/desk/link.js";
import { named, words } from "/desk/words.js";

const PATIENCE_MS = 10000;

const told = (code) => (words()?.desk[`error_editor_${code}`] ? `editor_${code}` : code);

export const call = async (method, path, body) => {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: patience,
    });
    if (answer.ok) return await answer.json();
  } catch {
    throw new Refusal(patience.aborted ? "no_answer" : told("no_link"));
  }
  const refused = await answer.json().catch(() => ({}));
  // an example that is there already stands in a file, or was proposed here
  const code = refused.level && !refused.where ? "proposed" : ({ 401: "login", 404: "gone" }[answer.status] ?? refused.code ?? "internal");
  throw Object.assign(new Refusal(told(code)), {
    status: answer.status,
    wait: refused.retry_after_s,
    given: { level: refused.level && named("levels", refused.level), where: refused.where },
  });
};
