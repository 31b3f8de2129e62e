// One connection, step by step: where the rows of its ladder come from, and how they are drawn.

import { getJSON } from "./api.js";
import { arrow, infoCell, isMate, seconds, spokenRemark, tieWords } from "./message-rows.js";
import { Pages } from "./pages.js";
import { count, drawing, duration, element, familyColour, size, visible } from "./text.js";

/** Waits from here on are written; in nanoseconds. */
const shownWait = 10_000_000;
/** ┌ │ ├ └, in a track of 10 by 24 pixels. */
const pieces = { begin: "M10 16H5V24", pass: "M5 0V24", join: "M5 0V24M5 16H10", end: "M5 0V16H10" };

export function ladderPages(stream, listener) {
    return new Pages(
        (from, rows, signal) => getJSON(`/api/flow/${stream}`, { from, count: rows }, { signal }), listener);
}

/** Which row of the ladder has a message, or null. */
export async function ladderPosition(stream, message) {
    return (await getJSON(`/api/flow/${stream}/position`, { n: message })).position;
}

/** The form of the rows of a connection's ladder. */
export function ladderForm(pages) {
    const ends = () => {
        const lane = element("span", "ends");
        const [initiator, responder] = [pages.about.initiator ?? "", pages.about.responder ?? ""];
        lane.append(element("bdi", "", visible(initiator)), element("bdi", "", visible(responder)));
        return lane;
    };
    return {
        name: "ladder",
        label: "Ladder of a connection",
        heads: () => [
            element("span", "number", "Frame"), element("span", "number", "Seconds"), element("span", "", "Wait"),
            element("span"), ends(), element("span", "", "What it says"), element("span", "", "Answers"),
        ],
        fill: (cellsOf, row) => (row.kind === "run" ? fillRun : fillStep)(cellsOf, row),
        isMate,
    };
}

function fillStep(cellsOf, row) {
    const isMessage = row.dir === 0 || row.dir === 1;
    const lane = makeLane(row.family, isMessage ? [row.dir] : [], false);
    lane.append(element("span", "said", `${visible(row.command)}${row.length > 0 ? `  ${size(row.length)}` : ""}`));
    const ties = tieWords(row);
    cellsOf.append(
        element("span", "number frame", count(row.frame)), element("span", "number when", seconds(row.t_ns)),
        makeWait(row), makeBrackets(row), lane, infoCell("info", row, row.text ?? ""), element("span", "ties", ties));
    cellsOf.setAttribute("aria-label",
        `${waitWords(row)}frame ${count(row.frame)}, ${seconds(row.t_ns)} seconds, ${arrow(row)} `
        + `${visible(row.command)}, ${size(row.length)}, ${visible(row.text ?? "")}${spokenRemark(row)}`
        + (ties ? `, ${row.answers ? "answers " : ""}${ties}` : ""));
}

function fillRun(cellsOf, row) {
    const words = row.kinds.map((kind) => `${count(kind.count)} ${arrow(kind)} ${visible(kind.command)}`).join(", ");
    const lane = makeLane(row.kinds[0].family, row.kinds.map((kind) => kind.dir), true);
    lane.append(element("span", "said", words));
    const total = `${size(row.bytes)} in ${duration(row.end_ns - row.t_ns)}`;
    const frames = row.last_frame > row.frame ? `${count(row.frame)}–${count(row.last_frame)}` : count(row.frame);
    cellsOf.append(
        element("span", "number frame", frames), element("span", "number when", seconds(row.t_ns)),
        makeWait(row), makeBrackets(row), lane, element("span", "info", total), element("span", "ties"));
    cellsOf.setAttribute("aria-label",
        `${waitWords(row)}frames ${frames}, ${seconds(row.t_ns)} seconds, ${words}, ${total}`);
}

function waitWords(row) {
    return row.wait_ns >= shownWait ? `after ${duration(row.wait_ns)}: ` : "";
}

/** The wait before a row: a bar by its logarithm, and in words where it is long. */
function makeWait(row) {
    const cell = element("span", "wait");
    const bar = element("span", "room");
    bar.style.width = `${Math.max(0, Math.min(45, Number(row.room) || 0))}px`;
    cell.append(bar);
    if (row.wait_ns >= shownWait) cell.append(element("span", "", duration(row.wait_ns)));
    return cell;
}

/** Each row has its own pieces, so that the list may be cut anywhere. */
function makeBrackets(row) {
    const picture = drawing("svg", {
        class: "brackets", viewBox: "0 0 30 24", preserveAspectRatio: "none", "aria-hidden": "true",
    });
    (row.pieces ?? []).forEach((piece, track) => {
        if (pieces[piece]) picture.append(drawing("path", { d: pieces[piece], transform: `translate(${10 * track})` }));
    });
    return picture;
}

/** The arrow of a step, or the arrows of many; without any where it is no message. */
function makeLane(family, sides, isMany) {
    const lane = element("span", `lane${isMany ? " many" : ""}${sides.length === 0 ? " silent" : ""}`);
    lane.style.setProperty("--family", familyColour(family));
    if (sides.includes(0)) lane.append(element("span", "tip right"));
    if (sides.includes(1)) lane.append(element("span", "tip left"));
    return lane;
}
