// What becomes of the page while the server reads or captures.

import { seen } from "./address.js";
import { LiveEvents } from "./live.js";

/**
 * Follows what the server reads or captures, until it has all.
 *
 * @param {object} page What events act on: see app.js.
 */
export function followCapture(page) {
    if (page.facts.capture.complete) return;
    new LiveEvents(
        (name, data) => receive(page, name, data),
        (isConnected, error) => {
            page.trouble.connected(isConnected, error);
            if (isConnected) page.facts.refresh();
        });
}

function receive({ contents, facts, list, timeline }, name, data) {
    const { capture } = facts;
    switch (name) {
    case "progress":
        capture.indexed = data.indexed;
        contents.showCount();
        facts.refreshSoon();
        break;
    case "messages":
        capture.indexed = Math.max(capture.indexed, data.total);
        growList(list, data, capture.live);
        break;
    case "timeline":
        timeline.refreshSoon();
        break;
    case "dropped":
        capture.dropped = data.kernel;
        facts.show();
        break;
    case "end":
        facts.refresh();
        list.pages?.refresh();
        timeline.refresh();
        break;
    default:
    }
}

function growList(list, { total, generation }, isLive) {
    const isAll = !seen.filter && !seen.time && seen.view === "messages";
    if (isAll && list.pages?.about.generation === generation) list.pages.grow(total);
    else list.pages?.refresh();
    if (list.position < 0 && seen.message === null && list.pages?.total > 0) {
        if (isLive) list.selectLast();
        else list.selectFirst();
    }
}
