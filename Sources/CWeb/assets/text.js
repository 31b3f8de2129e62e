// Numbers with their units, written as the report writes them, and elements that hold text and nothing else.

const narrowSpace = "\u202f";
const svgNamespace = "http://www.w3.org/2000/svg";

/** `12 345`: groups of three digits, from five digits on. */
export function count(value) {
    const digits = String(value);
    return digits.length > 4 ? digits.replace(/\B(?=(\d{3})+$)/g, narrowSpace) : digits;
}

/** Bytes, rounded to three digits. */
export function size(bytes) {
    if (bytes < 1000) return `${bytes} B`;
    const names = ["kB", "MB", "GB", "TB", "PB"];
    let value = bytes / 1000;
    let place = 0;
    while (place + 1 < names.length && value >= 999.5) {
        value /= 1000;
        place += 1;
    }
    return `${Number(value.toPrecision(3))} ${names[place]}`;
}

/** A span of time in nanoseconds, rounded to three digits. */
export function duration(nanoseconds) {
    const value = Math.abs(nanoseconds);
    const sign = nanoseconds < 0 ? "-" : "";
    if (value >= 99_950_000_000) {
        const seconds = Math.round(value / 1e9);
        const [large, small, names] = seconds < 3600
            ? [Math.floor(seconds / 60), seconds % 60, "ms"]
            : [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), "hm"];
        return `${sign}${large}${names[0]}${String(small).padStart(2, "0")}${names[1]}`;
    }
    if (value >= 999_500_000) return `${sign}${(value / 1e9).toPrecision(3)} s`;
    if (value >= 999_500) return `${sign}${Number((value / 1e6).toPrecision(3))} ms`;
    if (value === 0 || value >= 1000) return `${sign}${Number((value / 1e3).toPrecision(3))} µs`;
    return `${sign}${value} ns`;
}

/** Control characters and those that change the direction of text, as escapes: a name shall not look like another. */
export function visible(text) {
    return String(text).replace(
        /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
        (character) => `\\u{${character.codePointAt(0).toString(16).padStart(4, "0")}}`);
}

/** What is visible of a text, cut to a number of characters. */
export function cut(text, characters) {
    const shown = visible(text);
    return shown.length > characters ? `${shown.slice(0, characters)}…` : shown;
}

export function byId(id) {
    return document.getElementById(id);
}

export function element(tag, style = "", text = undefined) {
    const made = document.createElement(tag);
    if (style) made.className = style;
    if (text !== undefined) made.textContent = text;
    return made;
}

export function drawing(tag, attributes = {}) {
    const made = document.createElementNS(svgNamespace, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
}

const families = new Set(["block", "header", "tx", "ask", "addr", "filter", "talk", "other"]);

/** The colour of a family of messages: a name of tokens.css, whatever the server says. */
export function familyColour(family) {
    return `var(--${families.has(family) ? family : "other"})`;
}

/** In the order in which bars are stacked. */
export const familyOrder = [...families];

export function severityMark(severity) {
    return { error: "■", warning: "▲" }[severity] ?? "●";
}
