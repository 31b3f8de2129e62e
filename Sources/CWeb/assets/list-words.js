// What is said of the list as a whole: how many rows it has, and why it has none.

import { seen } from "./address.js";
import { messageForm } from "./message-rows.js";
import { count } from "./text.js";

/** How many rows there are, of how many. */
export function countWords(capture, pages, isLadder) {
    const indexed = Math.max(capture.indexed, isLadder ? 0 : pages?.total ?? 0);
    const end = capture.capped ? ": the list ends here" : capture.complete || capture.live ? "" : " so far";
    if (!pages) return `${counted(indexed, rowWord(capture))}${end}`;
    if (isLadder) return ladderWords(pages, end);
    if (!seen.filter && !seen.time) return `${counted(indexed, rowWord(capture))}${end}`;
    if (!pages.complete && pages.scanned < capture.indexed) {
        return `${count(pages.total)} so far, ${Math.floor(pages.scanned / capture.indexed * 100)} % searched`;
    }
    return `${count(pages.total)} of ${count(indexed)}${end}`;
}

function ladderWords({ total, about }, end) {
    if (about.encrypted && total === 0) return "no rows: encrypted";
    const rows = `${counted(total, "row")} of ${counted(about.messages ?? 0, "message")}${end}`;
    // A ladder is that of a connection, whatever the list shows of it.
    const unfiltered = seen.filter || seen.time ? ", unfiltered" : "";
    return `${rows}${unfiltered}${about.cut ? ": the ladder ends here" : ""}`;
}

/** Why the list has no rows; nothing where it has some. */
export function emptyWords(capture, pages, isLadder) {
    if (!pages || pages.total > 0) return "";
    const end = pages.complete ? "." : " so far.";
    if (isLadder && pages.about.encrypted) {
        return "This connection is encrypted. btcshark serve --keylog FILE shows its messages, where FILE has its secrets.";
    }
    if (isLadder) return `No Bitcoin message in this connection${end}`;
    if (!seen.filter && !seen.time) return `No Bitcoin message in this capture${end}`;
    const place = seen.time ? " in this time range" : "";
    return `No ${rowWord(capture)}${place}${seen.filter ? " matches the filter" : ""}${end}`;
}

/** Not all rows are messages where directions are encrypted, or packets of the v2 transport are none. */
function rowWord(capture) {
    return capture.keys || messageForm.hasOthers ? "row" : "message";
}

function counted(number, word) {
    return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}
