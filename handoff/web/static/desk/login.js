// The three calls beside the socket. Each answers with who it is, or with why not.
const call = async (method, path, body) => {
  try {
    const answer = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(10000),
    });
    if (answer.status === 204) return {};
    const found = await answer.json();
    return answer.ok ? { person: found } : { status: answer.status, wait: found.retry_after_s };
  } catch {
    return { status: 0 };
  }
};

export const facts = (region) => call("GET", `/api/facts/${region}`);
export const me = () => call("GET", "/api/me");
export const login = (username, password) => call("POST", "/api/login", { username, password });
// The other tabs of this browser are told at once; nothing is kept of it.
const tabs = new BroadcastChannel("login");
export const logout = async () => {
  await call("POST", "/api/logout");
  tabs.postMessage("over");
};
export const onLogout = (work) => (tabs.onmessage = work);
