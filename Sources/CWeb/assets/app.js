// The page of `btcshark serve`: what belongs together is joined here.

import { noteAddress, readAddress, seen } from "./address.js";
import { getJSON, hasToken, isAbort } from "./api.js";
import { FilterBox } from "./filter-box.js";
import { listenToKeys } from "./keys.js";
import { ladderForm, ladderPages, ladderPosition } from "./ladder-rows.js";
import { ListPane } from "./list-pane.js";
import { countWords, emptyWords } from "./list-words.js";
import { LiveEvents } from "./live.js";
import { MessageView } from "./message-view.js";
import { clock, latestTime, listParameters, messageForm, messagePages, positionOf, timeText } from "./message-rows.js";
import { Statistics } from "./statistics.js";
import { byId, count, visible } from "./text.js";
import { rangeWords, Timeline } from "./timeline.js";

/** Milliseconds between two changes of the count: it is read aloud. */
const countPause = 1000;
/** Milliseconds between two looks at the closing counts of a capture that grows. */
const capturePause = 2000;

class Page {
    constructor(capture) {
        this.capture = capture;
        this.panes = byId("panes");
        this.list = new ListPane((row) => this.message.show(row.n));
        this.message = new MessageView({
            shown: (row) => this.timeline.show(row?.t_ns ?? null),
            failed: (error) => this.failed(error),
        });
        this.filterBox = new FilterBox((text, isEnd) => this.filterEntered(text, isEnd));
        this.timeline = new Timeline({
            chosen: (range) => this.chooseTime(range),
            clicked: (time) => this.goToTime(time),
            failed: (error) => this.failed(error),
        });
        this.statistics = new Statistics(capture.statistics ?? [], (error) => this.failed(error));
        this.list.afterDrawing = () => this.showNewer();
        byId("time").addEventListener("click", () => this.chooseTime(null));
        byId("show-ladder").addEventListener("click", () => this.toggleLadder());
        byId("show-statistics").addEventListener("click", () => this.toggleStatistics());
        byId("pair").addEventListener("click", () => this.goToPair());
        byId("newer").addEventListener("click", () => this.goToNewest());
        for (const button of document.querySelectorAll(".tabs button")) {
            button.addEventListener("click", () => this.showPane(button.dataset.pane));
        }
        // Somebody has written another address, or goes back.
        addEventListener("hashchange", () => this.restore());
        listenToKeys(this);
        this.showCapture();
    }

    /** Shows what the address says. */
    async restore() {
        readAddress();
        const { filter, message, field, view } = { ...seen };
        this.filterBox.show(filter);
        seen.view = "messages";
        if (!await this.openList()) {
            seen.filter = "";
            await this.openList({ keepsError: true });
        }
        this.timeline.refresh();
        if (message !== null) await this.message.show(message, field);
        if (message !== null) await this.locate(message);
        else if (this.capture.live && !this.capture.complete) await this.list.selectLast();
        else await this.list.select(0);
        if (view === "ladder") await this.toggleLadder();
        if (view === "statistics") this.toggleStatistics();
    }

    /** What is known of the capture as a whole. */
    showCapture() {
        const { capture } = this;
        clock.decimals = capture.decimals;
        messageForm.hasStreams = capture.connections > 1;
        document.title = `${visible(capture.name)} · btcshark`;
        byId("name").textContent = visible(capture.name);
        this.list.followsLive = capture.live && !capture.complete;
        byId("closing").textContent = visible(capture.closing);
        this.showMissing();
        // Columns are as wide as their longest number will be.
        const style = document.documentElement.style;
        const secondDigits = String(Math.floor((capture.end_ns ?? 0) / 1e9)).length;
        style.setProperty("--frame-digits", Math.max(7, count(capture.frames ?? 0).length + 1));
        style.setProperty("--time-digits", Math.max(9, secondDigits + 1 + capture.decimals));
        this.list.heads.replaceChildren(...(this.list.form?.heads() ?? []));
        this.showCount();
    }

    /** What was not read: in a line of its own, which is never cut. */
    showMissing() {
        const { doubt, keys, dropped } = this.capture;
        const lost = dropped > 0 ? `${count(dropped)} ${dropped === 1 ? "packet" : "packets"} lost` : "";
        const words = [doubt, lost, keys].filter(Boolean).map(visible).join(" · ");
        const line = byId("missing");
        // It is read aloud: only what has changed.
        if (line.textContent !== words) line.textContent = words;
        line.hidden = !words;
    }

    async refreshCapture() {
        clearTimeout(this.refreshing);
        this.refreshing = 0;
        try {
            this.capture = await getJSON("/api/capture");
            this.showCapture();
            this.trouble("");
        } catch (error) {
            this.failed(error);
        }
    }

    // MARK: Trouble

    failed(error, filter = seen.filter) {
        if (isAbort(error) || error.code === "cancelled") return;
        if (error.code === "bad_filter") return this.filterBox.showError(filter, error);
        if (error.status === undefined) return this.trouble("The server does not answer. Has btcshark ended?");
        if (error.status === 401) return this.trouble(noTokenWords);
        this.trouble(error.message);
    }

    /** Shows what is wrong; nothing being so, whether the page stands still. */
    trouble(words) { showTrouble(words || this.cut || ""); }

    // MARK: The list

    /** What lists say of themselves. */
    listener() {
        return {
            changed: () => {
                this.trouble("");
                if (this.list.pages) this.list.changed();
                this.showCount();
            },
            failed: (error) => this.failed(error),
            moved: () => this.listMoved(),
            indexed: () => this.capture.indexed,
        };
    }

    /**
     * Opens the list of messages that a filter and a time range let through; they are what is seen once the server has
     * taken them. Gives whether it has.
     */
    async openList({ filter = seen.filter, time = seen.time, keepsError = false } = {}) {
        this.giveUpLadder();
        this.opening?.close();
        const pages = messagePages({ filter, time }, this.listener());
        this.opening = pages;
        try {
            await pages.open(0);
        } catch (error) {
            if (pages === this.opening && !pages.isClosed) this.failed(error, filter);
            pages.close();
            return false;
        }
        if (pages.isClosed) return false;
        this.opening = null;
        seen.filter = filter;
        seen.time = time;
        if (!keepsError) this.filterBox.clearError();
        this.setView("messages");
        this.list.show(pages, messageForm);
        this.seenTotal = pages.total;
        this.showTime();
        this.showCount(true);
        return true;
    }

    /**
     * Selects the message that is shown in the list. Gives whether it is in it; null where it is not looked for any more,
     * since another message or list is shown, or cannot be.
     */
    async locate(message, doesReveal = true) {
        const { pages } = this.list;
        const isWanted = () => message === seen.message && pages === this.list.pages && !pages.isClosed;
        for (;;) {
            let answer;
            try {
                answer = await positionOf(message);
            } catch (error) {
                this.failed(error);
                return null;
            }
            if (!isWanted()) return null;
            if (answer.position !== null) {
                pages.grow(answer.total);
                const row = await pages.load(answer.position);
                if (!row || !isWanted()) return null;
                this.list.setCurrent(row, answer.position, doesReveal);
                return true;
            }
            // The filter may not have come so far.
            if (answer.complete || answer.scanned >= this.capture.indexed) {
                this.list.clear();
                return false;
            }
            await new Promise((resolve) => { setTimeout(resolve, 300); });
        }
    }

    /**
     * Rows have other positions: the oldest of a live capture were dropped, or steps of a ladder have become a run. What is
     * seen stays where it is.
     */
    async listMoved() {
        const { anchor, isFollowing } = this.list;
        // What comes now is selected: `ListPane.changed`.
        if (isFollowing) return;
        if (seen.view === "ladder") {
            if (seen.message !== null) await this.locateInLadder(seen.message, false);
            return;
        }
        if (seen.view !== "messages" || !anchor) return;
        try {
            const { position, next } = await positionOf(anchor.message);
            this.list.list.keep(position ?? next ?? 0, anchor.hidden);
            if (seen.message !== null) await this.locate(seen.message, false);
        } catch (error) {
            this.failed(error);
        }
    }

    async filterEntered(text, isEnd) {
        if (text !== seen.filter || seen.view !== "messages") {
            if (!await this.openList({ filter: text })) return;
            // At once: it may take long until the filter has come to the selected message.
            if (isEnd) this.showPane("messages");
            await this.listChosen();
        } else {
            this.opening?.close();
            this.filterBox.clearError();
            if (isEnd) this.showPane("messages");
        }
    }

    async chooseTime(time) {
        if (await this.openList({ time })) await this.listChosen();
    }

    /** The list has other messages: the selected one stays so where it is among them. */
    async listChosen() {
        noteAddress();
        this.timeline.refresh();
        this.timeline.show(this.timeline.message);
        if (seen.message !== null) await this.locate(seen.message);
    }

    showTime() {
        const button = byId("time");
        button.hidden = !seen.time;
        button.textContent = seen.time ? `${rangeWords(seen.time)} ✕` : "";
        if (seen.time) button.setAttribute("aria-label", `Only ${rangeWords(seen.time)}: show all times`);
    }

    showCount(isNow = false) {
        const write = () => {
            this.counting = 0;
            byId("count").textContent = this.ladderBegun
                ? "the ladder is being made" : countWords(this.capture, this.list.pages, this.isLadder);
        };
        const nothing = emptyWords(this.capture, this.list.pages, this.isLadder);
        byId("nothing").textContent = nothing;
        byId("nothing").hidden = !nothing;
        if (isNow) write();
        else this.counting ||= setTimeout(write, this.capture.complete ? 0 : countPause);
    }

    // MARK: Going

    /** Goes to a message, in the list that is shown if it is there. */
    async goTo(message) {
        if (seen.view === "statistics") this.toggleStatistics();
        this.message.show(message);
        if (seen.view === "ladder") {
            if (await this.locateInLadder(message) !== false || !await this.openList()) return;
        }
        if (await this.locate(message) !== false) return;
        // It is hidden by the filter or the time range: what is asked for is more than they.
        this.filterBox.show("");
        if (!await this.openList({ filter: "", time: null })) return;
        seen.message = message;
        await this.listChosen();
    }

    goToPair() {
        const to = this.message.pair;
        if (to) this.goTo(to);
    }

    async goToTime(time) {
        try {
            const later = await getJSON(
                "/api/messages", { filter: seen.filter, time: `${timeText(time)},${latestTime}`, count: 1 });
            const row = later.rows[0] ?? (await this.lastBefore(time));
            if (row) await this.goTo(row.n);
        } catch (error) {
            this.failed(error);
        }
    }

    async lastBefore(time) {
        const range = { filter: seen.filter, time: `-${latestTime},${timeText(time)}` };
        const { total } = await getJSON("/api/messages", { ...range, count: 1 });
        if (total === 0) return undefined;
        return (await getJSON("/api/messages", { ...range, from: total - 1, count: 1 })).rows[0];
    }

    async goToRemark(back) {
        const chosen = seen.view === "ladder" ? { stream: this.stream } : listParameters();
        try {
            const answer = await getJSON("/api/next", { ...chosen, n: seen.message ?? 0, what: "remark", back });
            if (answer.n) await this.goTo(answer.n);
        } catch (error) {
            this.failed(error);
        }
    }

    async goToNewest() {
        if (seen.view === "statistics") this.toggleStatistics();
        this.seenTotal = this.list.pages.total;
        await this.list.selectLast();
    }

    filterByField() {
        const field = this.message.fields.field;
        if (!field) return;
        this.filterBox.show(field.filter ?? field.name);
        this.filterEntered(this.filterBox.text, true);
    }

    async escape() {
        if (document.activeElement === this.filterBox.input) return this.showPane("messages");
        if (seen.view === "statistics") return this.toggleStatistics();
        // First: what is pressed while the list is looked through shall not be undone.
        this.showPane("messages");
        if (seen.time) await this.chooseTime(null);
    }

    // MARK: Views

    get isShowingStatistics() { return seen.view === "statistics"; }

    /** Whether the list has the rows of a ladder, also while statistics are shown in its place. */
    get isLadder() { return this.list.form?.name === "ladder"; }

    setView(view) {
        seen.view = view;
        noteAddress();
        this.panes.dataset.view = view;
        byId("statistics").hidden = view !== "statistics";
        byId("show-ladder").setAttribute("aria-pressed", view === "ladder");
        byId("show-statistics").setAttribute("aria-pressed", view === "statistics");
    }

    /** Shows a pane where there is room for one only, and gives it the keys. */
    showPane(pane) {
        if (this.isShowingStatistics) this.toggleStatistics();
        this.panes.dataset.pane = pane;
        for (const button of document.querySelectorAll(".tabs button")) {
            if (button.dataset.pane === pane) button.setAttribute("aria-current", "true");
            else button.removeAttribute("aria-current");
        }
        byId(pane).focus({ preventScroll: true });
    }

    async toggleLadder() {
        if (this.ladderBegun) return this.giveUpLadder();
        if (seen.view === "ladder") {
            if (await this.openList() && seen.message !== null) await this.locate(seen.message);
            return;
        }
        const stream = this.message.row?.stream ?? this.list.current?.stream;
        if (stream === undefined || stream === null) return;
        const pages = ladderPages(stream, this.listener());
        this.opening?.close();
        this.opening = this.ladderBegun = pages;
        this.showCount(true);
        try {
            await pages.open(0);
        } catch (error) {
            if (pages === this.opening && !pages.isClosed) this.failed(error);
            pages.close();
        }
        if (pages === this.ladderBegun) this.ladderBegun = null;
        // Something else was asked for while it was made.
        if (pages !== this.opening || pages.isClosed) return this.showCount(true);
        this.opening = null;
        this.stream = stream;
        this.setView("ladder");
        this.list.show(pages, ladderForm(pages));
        this.showCount(true);
        if (seen.message !== null) await this.locateInLadder(seen.message);
    }

    /** A ladder that is being made is not wanted any more. */
    giveUpLadder() {
        this.ladderBegun?.close();
        this.ladderBegun = null;
        this.showCount(true);
    }

    /** As `locate`, in a ladder. */
    async locateInLadder(message, doesReveal = true) {
        const { pages } = this.list;
        const isWanted = () => message === seen.message && pages === this.list.pages;
        try {
            const position = await ladderPosition(this.stream, message);
            if (!isWanted()) return null;
            if (position === null) {
                this.list.clear();
                return false;
            }
            const row = await pages.load(position);
            if (!row || !isWanted()) return null;
            this.list.setCurrent(row, position, doesReveal);
            return true;
        } catch (error) {
            if (error.status === 404) return false;
            this.failed(error);
            return null;
        }
    }

    toggleStatistics() {
        if (this.isShowingStatistics) {
            this.setView(this.isLadder ? "ladder" : "messages");
            byId("messages").focus({ preventScroll: true });
            this.showCount(true);
        } else {
            this.giveUpLadder();
            this.setView("statistics");
            this.statistics.show(seen.statistic);
            byId("statistic-table").focus({ preventScroll: true });
        }
    }

    // MARK: Live

    /** Follows what the server reads or captures, until it has all. */
    follow() {
        if (this.capture.complete) return;
        this.events = new LiveEvents(
            (name, data) => this.received(name, data),
            (isConnected, error) => this.connected(isConnected, error));
    }

    /** While the stream of events is cut the page says that it stands still, and why. */
    connected(isConnected, error) {
        this.cut = isConnected ? "" : error?.status ? `${error.message} ${stillWords}` : cutWords;
        if (isConnected) {
            this.trouble("");
            this.refreshCapture();
        } else {
            this.trouble(error?.status === 401 ? noTokenWords : this.cut);
        }
    }

    received(name, data) {
        const isAll = !seen.filter && !seen.time && seen.view === "messages";
        switch (name) {
        case "progress":
            this.capture.indexed = data.indexed;
            this.showCount();
            this.refreshing ||= setTimeout(() => this.refreshCapture(), capturePause);
            break;
        case "messages":
            this.capture.indexed = Math.max(this.capture.indexed, data.total);
            if (isAll && this.list.pages?.about.generation === data.generation) this.list.pages.grow(data.total);
            else this.list.pages?.refresh();
            if (this.list.position < 0 && seen.message === null && this.list.pages?.total > 0) {
                if (this.capture.live) this.list.selectLast();
                else this.list.selectFirst();
            }
            break;
        case "timeline":
            this.timeline.refreshSoon();
            break;
        case "dropped":
            this.capture.dropped = data.kernel;
            this.showCapture();
            break;
        case "end":
            this.refreshCapture();
            this.list.pages?.refresh();
            this.timeline.refresh();
            break;
        default:
        }
    }

    /** Says how many messages have come that nobody has seen. */
    showNewer() {
        const button = byId("newer");
        const { list: { list, pages } } = this;
        if (list.isAtEnd) this.seenTotal = pages?.total ?? 0;
        const isCounted = this.list.followsLive && seen.view === "messages";
        const more = isCounted ? (pages?.total ?? 0) - (this.seenTotal ?? 0) : 0;
        button.hidden = more <= 0;
        if (more > 0) button.textContent = `▼ ${count(more)} new`;
    }
}

const stillWords = "What comes now is not shown; it is tried again.";
const cutWords = `The connection to btcshark is cut. ${stillWords}`;
const noTokenWords = "This page needs the address that btcshark has printed, with all that follows #. "
    + "Open it again from there: each start has another.";

function showTrouble(words) {
    const trouble = byId("trouble");
    const shown = visible(words);
    if (trouble.textContent !== shown) trouble.textContent = shown;
    trouble.hidden = !words;
}

async function start() {
    readAddress();
    if (!hasToken()) return showTrouble(noTokenWords);
    try {
        const page = new Page(await getJSON("/api/capture"));
        await page.restore();
        page.follow();
        document.documentElement.dataset.ready = "";
    } catch (error) {
        showTrouble(error.status === 401 ? noTokenWords : error.message);
        throw error;
    }
}

await start();
