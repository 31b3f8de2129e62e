// The list of messages: where its rows come from, and how they are written.

import { seen } from "./address.js";
import { getJSON } from "./api.js";
import { Pages } from "./pages.js";
import { count, cut, duration, element, familyColour, severityMark, size, visible } from "./text.js";

const mostCharacters = 300;

/** The capture's decimals of a second; capture-facts.js sets them. */
export const clock = { decimals: 6 };

/** Seconds since the first frame, with all decimals that the capture has. */
export function seconds(nanoseconds) {
    const magnitude = Math.abs(nanoseconds);
    const fraction = String(magnitude % 1e9).padStart(9, "0").slice(0, clock.decimals);
    return `${nanoseconds < 0 ? "-" : ""}${Math.floor(magnitude / 1e9)}.${fraction}`;
}

/** The server's last time, in nanoseconds: 2 to the 61st. */
export const latestTime = String(2n ** 61n);

/** Nanoseconds with all digits: of a number above 2 to the 53rd a plain text has zeros at the end. */
export function timeText(nanoseconds) {
    return String(BigInt(Math.round(nanoseconds)));
}

/** Which messages the list has. */
export function listParameters({ filter, time } = seen) {
    return { filter, time: time ? time.map(timeText).join(",") : null };
}

/** The messages that a filter and a time range let through. */
export function messagePages(choice, listener) {
    const chosen = listParameters(choice);
    return new Pages(async (from, rows, signal) => {
        const answer = await getJSON("/api/messages", { ...chosen, from, count: rows }, { signal });
        messageForm.hasOthers ||= answer.rows.some((row) => row.kind !== "message");
        return answer;
    }, listener);
}

/** Where a message is in the list, or where it would be: `position` and `next`. */
export function positionOf(message) {
    return getJSON(`/api/messages/${message}/position`, listParameters());
}

/** → of who opened the connection, ← of who was called. */
export function arrow(row) {
    return ["→", "←"][row.dir] ?? "";
}

/** What a row is to another message, in words. */
export function tieWords(row) {
    if (row.answers) return `${count(row.answers.frame)} after ${duration(row.answers.after_ns)}`;
    if (row.asks) return `asks for ${count(row.asks.frame)} after ${duration(row.asks.after_ns)}`;
    return "";
}

/** Whether a row belongs to the selected one: request and answer, or announcement and request. */
export function isMate(row, selected) {
    const isTied = (one, other) => one.n > 0
        && (one.n === other.answers?.n || one.n === other.asks?.n || one.n === other.answered_by?.n);
    return isTied(row, selected) || isTied(selected, row);
}

/** What a message says, and the worst remark on it: before it what receivers refuse or ignore, after it a note. */
export function infoCell(style, row, text) {
    const cell = element("bdi", style, cut(text, mostCharacters));
    if (row.remark) {
        const remark = element("span", `remark ${remarkStyle(row.severity)}`,
            `${severityMark(row.severity)} ${visible(row.remark)}`);
        if (remarkStyle(row.severity) === "note") cell.append(" ", remark);
        else cell.prepend(remark, " ");
    }
    return cell;
}

export function remarkStyle(severity) {
    return severity === "error" || severity === "warning" ? severity : "note";
}

export function spokenRemark(row) {
    return row.remark ? `, ${row.severity}: ${visible(row.remark)}` : "";
}

export const messageForm = {
    name: "messages",
    label: "Messages",
    /** Whether the capture has several connections; capture-facts.js sets it. */
    hasStreams: false,
    /** Whether rows have come that are no messages, such as encrypted directions. */
    hasOthers: false,

    heads() {
        return [
            element("span", "number", "Frame"), element("span", "number", "Seconds"), element("span"),
            element("span", "", "Message"), element("span", "number", "Size"), element("span", "", "What it says"),
            element("span", "", this.hasStreams ? "Answers, stream" : "Answers"),
        ];
    },

    fill(cellsOf, row) {
        const swatch = element("span", row.family === "encrypted" ? "swatch hatched" : "swatch");
        swatch.style.setProperty("--family", familyColour(row.family));
        const command = element("span", "command");
        command.append(swatch, visible(row.command));
        const way = element("span", "way", arrow(row));
        way.title = ["from who opened the connection", "from who was called"][row.dir] ?? "from an unknown side";
        const ties = tieWords(row) || (this.hasStreams ? `stream ${count(row.stream)}` : "");
        cellsOf.append(
            element("span", "number frame", count(row.frame)), element("span", "number when", seconds(row.t_ns)), way,
            command, element("span", "number size", size(row.length)), infoCell("info", row, row.info),
            element("span", "ties", ties));
        cellsOf.setAttribute("aria-label",
            `frame ${count(row.frame)}, ${seconds(row.t_ns)} seconds, ${visible(row.source)} sends `
            + `${visible(row.command)}, ${size(row.length)}, ${cut(row.info, mostCharacters)}${spokenRemark(row)}`
            + (ties ? `, ${row.answers ? "answers " : ""}${ties}` : ""));
    },

    isMate,
};
