// Requests to the server. Each has the token of this tab, and none has it in its address.

const tokenKey = "btcshark.token";

/** What the server refuses, in its words. */
export class Refusal extends Error {
    constructor(status, { code = "", message = "", at, length } = {}) {
        super(message || `The server answers ${status}.`);
        this.status = status;
        this.code = code;
        this.at = at;
        this.length = length;
    }
}

/** The server runs one filter for each tab, and ends it when the tab asks for another. */
const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), (octet) => octet.toString(16).padStart(2, "0")).join("");

/** Takes the token from the fragment, so that neither the address line nor the history has it. Gives the rest. */
export function takeToken(fragment) {
    const parts = new URLSearchParams(fragment);
    const token = parts.get("token");
    if (token) {
        sessionStorage.setItem(tokenKey, token);
        parts.delete("token");
        history.replaceState(null, "", parts.size > 0 ? `#${parts}` : location.pathname);
    }
    return parts;
}

export function hasToken() {
    return Boolean(sessionStorage.getItem(tokenKey));
}

/** Tries and milliseconds between them, where another filter of this tab has ended the one that was waited for. */
const mostTries = 5;
const pause = 200;

/** The server's answer. Parameters that are empty are left out. */
export async function request(path, parameters, options = {}) {
    for (let tries = 1; ; tries += 1) {
        try {
            return await requestOnce(path, parameters, options);
        } catch (error) {
            if (error.code !== "cancelled" || tries === mostTries) throw error;
            await new Promise((resolve) => { setTimeout(resolve, pause); });
            options.signal?.throwIfAborted();
        }
    }
}

async function requestOnce(path, parameters = {}, { signal, headers = {} } = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== "" && value !== null && value !== undefined) query.set(name, value);
    }
    if (query.has("filter")) query.set("tab", tab);
    const response = await fetch(query.size > 0 ? `${path}?${query}` : path, {
        signal,
        cache: "no-store",
        credentials: "omit",
        headers: { ...headers, Authorization: `Bearer ${sessionStorage.getItem(tokenKey) ?? ""}` },
    });
    if (response.ok) return response;
    let error = {};
    try {
        error = (await response.json()).error ?? {};
    } catch {
        // What is no JSON has no words for us.
    }
    throw new Refusal(response.status, error);
}

export async function getJSON(path, parameters, options) {
    return (await request(path, parameters, options)).json();
}

/** Bytes of a message from an offset on, at most 65,536. */
export async function getBytes(message, from, options) {
    const response = await request(`/api/messages/${message}/bytes`, { from }, options);
    return new Uint8Array(await response.arrayBuffer());
}

export function isAbort(error) {
    return error?.name === "AbortError";
}
