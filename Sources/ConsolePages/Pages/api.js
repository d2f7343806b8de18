// Requests to the native API, with the token of this session.

/** An answer that is no success. `code` is stable, see docs/api.md. */
export class APIError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// Also where a proxy serves the service below a path.
const base = new URL("..", new URL(".", location.href));
const tokenName = "darkroom-token";

/** The URL of a path of the API. */
export function url(path) {
  return new URL(path, base);
}

/** The token; it is forgotten with the tab. */
export const session = {
  get token() { return sessionStorage.getItem(tokenName); },
  set token(value) {
    if (value) sessionStorage.setItem(tokenName, value);
    else sessionStorage.removeItem(tokenName);
  },
  /** Called when the token is not valid any more. */
  ended() {},
};

/** Header fields of every request; `owner` is the user that it is for. */
export function headers(owner) {
  return { Authorization: `Bearer ${session.token}`, ...(owner ? { "X-On-Behalf-Of": owner } : {}) };
}

/** The error in a response. */
export async function errorOf(response) {
  let details = {};
  try {
    details = await response.json();
  } catch {
    // Not every error has a body.
  }
  if (response.status === 401) session.ended();
  return new APIError(response.status, details.code ?? "unknown", details.detail ?? details.title ?? `The service answers ${response.status}.`);
}

/** Sends a request, and returns the response if it is a success. */
export async function send(method, path, { json, query, signal, also = [] } = {}) {
  const target = url(path);
  for (const [name, value] of Object.entries(query ?? {})) if (value) target.searchParams.set(name, value);
  const response = await fetch(target, {
    method, signal,
    headers: { ...headers(), ...(json === undefined ? {} : { "Content-Type": "application/json" }) },
    body: json === undefined ? undefined : JSON.stringify(json),
  }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, "unreachable", "The service cannot be reached.");
  });
  if (!response.ok && !also.includes(response.status)) throw await errorOf(response);
  return response;
}

/** The JSON of a response. */
export async function get(path, options) {
  return (await send("GET", path, options)).json();
}
