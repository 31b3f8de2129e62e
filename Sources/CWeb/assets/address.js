// The address line: all that is seen stands in the fragment, so that the same address shows the same.

import { takeToken } from "./api.js";

// Browsers drop calls of replaceState past 100 to 200 in half a minute.
const pause = 150;

/** What is seen. */
export const seen = {
    /** The display filter that is applied. */
    filter: "",
    /** First and last nanosecond since the first frame, or null for all times. */
    time: null,
    /** Number of the selected message, or null. */
    message: null,
    /** Place of the selected field among the message's, or null. */
    field: null,
    /** `messages`, `ladder` or `statistics`. */
    view: "messages",
    /** Name of the statistic that is shown. */
    statistic: "",
};

let timer = 0;
let written = 0;

/** Reads what the address line says. */
export function readAddress() {
    const parts = takeToken(location.hash.slice(1));
    const whole = (name) => (/^\d{1,15}$/.test(parts.get(name) ?? "") ? Number(parts.get(name)) : null);
    seen.filter = parts.get("filter") ?? "";
    seen.time = readTime(parts.get("time"));
    seen.message = whole("message");
    seen.field = whole("field");
    const view = parts.get("view");
    seen.view = view === "ladder" || view === "statistics" ? view : "messages";
    seen.statistic = parts.get("statistic") ?? "";
}

/** Seconds with up to nine decimals; ten digits before them are 317 years. */
const seconds = /^(-?)(\d{1,10})(?:\.(\d{1,9}))?$/;

function readTime(text) {
    const matches = (text ?? "").split(",").map((end) => seconds.exec(end));
    if (matches.length !== 2 || matches.includes(null)) return null;
    const ends = matches.map(([, sign, whole, decimals = ""]) => {
        const nanoseconds = Number(whole) * 1e9 + Number(decimals.padEnd(9, "0"));
        return sign ? -nanoseconds : nanoseconds;
    });
    return ends[0] <= ends[1] ? ends : null;
}

/** Exact, without an exponent, and without zeros at the end. */
function timeWords(nanoseconds) {
    const magnitude = Math.abs(nanoseconds);
    const decimals = String(magnitude % 1e9).padStart(9, "0").replace(/0+$/, "");
    return `${nanoseconds < 0 ? "-" : ""}${Math.floor(magnitude / 1e9)}${decimals ? `.${decimals}` : ""}`;
}

/** Has what is seen written into the address line, soon. */
export function noteAddress() {
    if (timer) return;
    timer = setTimeout(write, Math.max(0, written + pause - performance.now()));
}

function write() {
    timer = 0;
    written = performance.now();
    const parts = new URLSearchParams();
    if (seen.filter) parts.set("filter", seen.filter);
    if (seen.time) parts.set("time", seen.time.map(timeWords).join(","));
    if (seen.message !== null) parts.set("message", seen.message);
    if (seen.field !== null) parts.set("field", seen.field);
    if (seen.view !== "messages") parts.set("view", seen.view);
    if (seen.view === "statistics" && seen.statistic) parts.set("statistic", seen.statistic);
    // A comma needs no escape, and is read more easily.
    const fragment = parts.size > 0 ? `#${String(parts).replaceAll("%2C", ",")}` : "";
    if (fragment !== location.hash) history.replaceState(null, "", fragment || location.pathname);
}
