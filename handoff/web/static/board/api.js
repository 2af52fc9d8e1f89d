// Questions to the server. What it refuses is told with words of the board where it has its own.
import { Refusal } from "/desk/link.js";
import { words } from "/desk/words.js";

const PATIENCE_MS = 10000;

const told = (code) => (words()?.desk[`error_board_${code}`] ? `board_${code}` : code);

// `asking` may be aborted by who no longer wants to know.
export const call = async (method, path, body, asking = new AbortController()) => {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  patience.addEventListener("abort", () => asking.abort());
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: asking.signal,
    });
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
  } catch {
    throw new Refusal(patience.aborted ? "no_answer" : told("no_link"));
  }
  const refused = await answer.json().catch(() => ({}));
  // a name that is wrong has a sentence of its own, with the name in it
  const code = refused.about ? "no_desk" : ({ 401: "login", 404: "gone" }[answer.status] ?? refused.code ?? "internal");
  throw Object.assign(new Refusal(told(code)), {
    status: answer.status,
    wait: refused.retry_after_s,
    given: { name: refused.about },
  });
};
