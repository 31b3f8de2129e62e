// Ways from the message that is shown to another one.

import { seen } from "./address.js";
import { getJSON } from "./api.js";
import { latestTime, listParameters, timeText } from "./message-rows.js";

export class Navigation {
    /** @param {object} page Where they lead: see app.js. */
    constructor(page) {
        this.page = page;
    }

    /** Goes to a message, in the list that is shown if it is there. */
    async goTo(message) {
        const { contents, filterBox, list } = this.page;
        if (seen.view === "statistics") this.page.toggleStatistics();
        // What comes meanwhile must not be selected in its place.
        if (list.followsLive) list.clear();
        this.page.message.show(message);
        if (seen.view === "ladder") {
            if (await contents.locateInLadder(message) !== false || !await contents.openMessages()) return;
        }
        if (await contents.locate(message) !== false) return;
        // It is hidden by the filter or the time range: what is asked for is more than they.
        filterBox.show("");
        if (!await contents.openMessages({ filter: "", time: null })) return;
        seen.message = message;
        await this.page.listChosen();
    }

    goToPair() {
        const to = this.page.message.pair;
        if (to) this.goTo(to);
    }

    async goToTime(time) {
        try {
            const later = await getJSON(
                "/api/messages", { filter: seen.filter, time: `${timeText(time)},${latestTime}`, count: 1 });
            const row = later.rows[0] ?? (await lastBefore(time));
            if (row) await this.goTo(row.n);
        } catch (error) {
            this.page.trouble.failed(error);
        }
    }

    async goToRemark(back) {
        const chosen = seen.view === "ladder" ? { stream: this.page.contents.stream } : listParameters();
        try {
            const answer = await getJSON("/api/next", { ...chosen, n: seen.message ?? 0, what: "remark", back });
            if (answer.n) await this.goTo(answer.n);
        } catch (error) {
            this.page.trouble.failed(error);
        }
    }

    async goToNewest() {
        const { list, newer } = this.page;
        if (seen.view === "statistics") this.page.toggleStatistics();
        newer.noteSeen();
        await list.selectLast();
    }
}

/** The last row of a message that the filter lets through before a time; undefined where there is none. */
async function lastBefore(time) {
    const range = { filter: seen.filter, time: `-${latestTime},${timeText(time)}` };
    const { total } = await getJSON("/api/messages", { ...range, count: 1 });
    if (total === 0) return undefined;
    return (await getJSON("/api/messages", { ...range, from: total - 1, count: 1 })).rows[0];
}
