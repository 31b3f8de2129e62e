// The page of `btcshark serve`: what belongs together is joined here.

import { noteAddress, readAddress, seen } from "./address.js";
import { getJSON, hasToken, isAbort } from "./api.js";
import { BytesPane } from "./bytes-pane.js";
import { FieldsPane, isOnWire } from "./fields-pane.js";
import { FilterBox } from "./filter-box.js";
import { listenToKeys } from "./keys.js";
import { ladderForm, ladderPages, ladderPosition } from "./ladder-rows.js";
import { ListPane } from "./list-pane.js";
import { LiveEvents } from "./live.js";
import { clock, listParameters, messageForm, messagePages, positionOf } from "./message-rows.js";
import { Statistics } from "./statistics.js";
import { byId, count, duration, visible } from "./text.js";
import { rangeWords, Timeline } from "./timeline.js";

/** Milliseconds between two messages that are shown while a key is held down. */
const detailPause = 80;
/** Milliseconds between two changes of the count: it is read aloud. */
const countPause = 1000;

class Page {
    constructor(capture) {
        this.capture = capture;
        this.panes = byId("panes");
        this.list = new ListPane((row) => this.showMessage(row.n));
        this.fields = new FieldsPane((field, isByByte) => this.fieldSelected(field, isByByte));
        this.bytes = new BytesPane((offset) => this.byteSelected(offset), (error) => this.failed(error));
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
        if (message !== null) await this.showMessage(message, field);
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
        const words = [capture.closing, capture.keys, capture.doubt];
        if (capture.dropped > 0) words.push(`${count(capture.dropped)} packets lost`);
        byId("closing").textContent = words.filter(Boolean).map(visible).join(" · ");
        // Columns are as wide as their longest number will be.
        const style = document.documentElement.style;
        style.setProperty("--frame-digits", Math.max(7, count(capture.frames ?? capture.indexed * 2).length + 1));
        style.setProperty("--time-digits", Math.max(9, String(Math.floor((capture.end_ns ?? 0) / 1e9)).length + 1 + capture.decimals));
        this.list.heads.replaceChildren(...(this.list.form?.heads() ?? []));
        this.showCount();
    }

    async refreshCapture() {
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

    trouble(words) { showTrouble(words); }

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

    /** Selects a message in the list, where it is in it, without showing it anew. */
    async locate(message, doesReveal = true) {
        const { pages } = this.list;
        for (;;) {
            let answer;
            try {
                answer = await positionOf(message);
            } catch (error) {
                this.failed(error);
                return false;
            }
            if (pages !== this.list.pages || pages.isClosed) return false;
            if (answer.position !== null) {
                pages.grow(answer.total);
                const row = await pages.load(answer.position);
                if (row && pages === this.list.pages) this.list.setCurrent(row, answer.position, doesReveal);
                return Boolean(row);
            }
            // The filter may not have come so far.
            if (answer.complete || answer.scanned >= this.capture.indexed) {
                this.list.clear();
                return false;
            }
            await new Promise((resolve) => { setTimeout(resolve, 300); });
        }
    }

    /** Rows have other positions, since the oldest of a live capture were dropped: what is seen stays where it is. */
    async listMoved() {
        const { anchor, isFollowing } = this.list;
        if (seen.view !== "messages" || isFollowing || !anchor) return;
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
            await this.listChosen();
        } else {
            this.opening?.close();
            this.filterBox.clearError();
        }
        if (isEnd) this.showPane("messages");
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
            byId("count").textContent = this.countWords();
        };
        if (isNow) write();
        else this.counting ||= setTimeout(write, this.capture.complete ? 0 : countPause);
    }

    countWords() {
        const { capture, list: { pages } } = this;
        const indexed = Math.max(capture.indexed, pages?.total ?? 0);
        const end = capture.capped ? ": the list ends here" : capture.complete ? "" : capture.live ? "" : " so far";
        const one = (number) => `${count(number)} ${number === 1 ? "message" : "messages"}${end}`;
        if (!pages) return one(indexed);
        if (seen.view === "ladder") {
            return `${count(pages.total)} rows of ${one(pages.about.messages ?? 0)}${pages.about.cut ? ": the ladder ends here" : ""}`;
        }
        if (!seen.filter && !seen.time) return one(indexed);
        if (!pages.complete && pages.scanned < capture.indexed) {
            return `${count(pages.total)} so far, ${Math.floor(pages.scanned / capture.indexed * 100)} % searched`;
        }
        return `${count(pages.total)} of ${count(indexed)}${end}`;
    }

    // MARK: One message

    /** Shows fields and bytes of a message. While a key is held down, only the last of many is. */
    async showMessage(number, field = null) {
        seen.message = number > 0 ? number : null;
        seen.field = null;
        noteAddress();
        const isBusy = Boolean(this.showing);
        this.showing?.abort();
        const ending = this.showing = new AbortController();
        if (number <= 0) return this.clearMessage();
        try {
            if (isBusy) await new Promise((resolve) => { setTimeout(resolve, detailPause); });
            if (ending.signal.aborted) return;
            const answer = await getJSON(`/api/messages/${number}`, {}, { signal: ending.signal });
            if (ending.signal.aborted) return;
            this.row = answer.row;
            this.fields.show(answer);
            this.bytes.show(number, answer.bytes);
            this.fields.box.dataset.message = number;
            this.describe(answer);
            this.timeline.show(answer.row.t_ns);
            if (field !== null) this.fields.select(field);
            else this.fieldSelected(null);
        } catch (error) {
            if (error.status === 404 || error.status === 410) this.clearMessage();
            this.failed(error);
        } finally {
            if (this.showing === ending) this.showing = null;
        }
    }

    clearMessage() {
        this.showing = null;
        this.row = null;
        this.fields.clear();
        this.bytes.clear();
        for (const id of ["message-about", "bytes-about", "field-about"]) byId(id).textContent = "";
        byId("pair").hidden = true;
        this.timeline.show(null);
    }

    describe({ row, bytes, frame_count: frames }) {
        byId("message-about").textContent =
            `frame ${count(row.frame)} · ${visible(row.command)} · ${visible(row.source)} → ${visible(row.destination)}`;
        byId("bytes-about").textContent = `${count(bytes)} ${bytes === 1 ? "byte" : "bytes"}`
            + (frames > 1 ? `, from ${count(frames)} frames up to ${count(row.frame)}` : "");
        const pair = byId("pair");
        pair.hidden = !pairOf(row);
        pair.textContent = pairWords(row);
    }

    fieldSelected(field, isByByte = false) {
        seen.field = field?.place ?? null;
        noteAddress();
        const isMarked = field && isOnWire(field);
        const group = isMarked ? this.fields.groupOf(field) : null;
        const range = (one) => (one ? [one.at, one.at + one.length] : [0, 0]);
        this.bytes.mark(isMarked ? range(field) : [0, 0], range(group), !isByByte);
        byId("field-about").textContent = field ? `${visible(field.name)} · ${bytesWords(field)}` : "";
    }

    async byteSelected(offset) {
        const { message } = this.fields;
        try {
            while (this.fields.mayMiss(offset)) await this.fields.loadMore();
        } catch (error) {
            return this.failed(error);
        }
        if (message === this.fields.message && offset === this.bytes.cursor) {
            this.fields.select(this.fields.placeOfByte(offset), true);
        }
    }

    // MARK: Going

    /** Goes to a message, in the list that is shown if it is there. */
    async goTo(message) {
        if (seen.view === "statistics") this.toggleStatistics();
        if (seen.view === "ladder" && await this.locateInLadder(message)) return this.showMessage(message);
        if (seen.view === "ladder") await this.openList();
        this.showMessage(message);
        if (await this.locate(message)) return;
        // It is hidden by the filter or the time range: what is asked for is more than they.
        this.filterBox.show("");
        if (!await this.openList({ filter: "", time: null })) return;
        seen.message = message;
        await this.listChosen();
    }

    goToPair() {
        const to = this.row && pairOf(this.row);
        if (to) this.goTo(to);
    }

    async goToTime(time) {
        try {
            const find = (range) => getJSON("/api/messages", { filter: seen.filter, time: range.join(","), count: 1 });
            const later = await find([time, Number.MAX_SAFE_INTEGER]);
            const row = later.rows[0] ?? (await this.lastBefore(time));
            if (row) await this.goTo(row.n);
        } catch (error) {
            this.failed(error);
        }
    }

    async lastBefore(time) {
        const range = { filter: seen.filter, time: `${Number.MIN_SAFE_INTEGER},${time}` };
        const { total } = await getJSON("/api/messages", { ...range, count: 1 });
        return total > 0 ? (await getJSON("/api/messages", { ...range, from: total - 1, count: 1 })).rows[0] : undefined;
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
        const field = this.fields.field;
        if (!field) return;
        this.filterBox.show(field.filter ?? field.name);
        this.filterEntered(this.filterBox.text, true);
    }

    async escape() {
        if (document.activeElement === this.filterBox.input) return this.showPane("messages");
        if (seen.view === "statistics") return this.toggleStatistics();
        if (seen.time) await this.chooseTime(null);
        this.showPane("messages");
    }

    // MARK: Views

    get isShowingStatistics() { return seen.view === "statistics"; }

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
        if (seen.view === "ladder") {
            if (await this.openList() && seen.message !== null) await this.locate(seen.message);
            return;
        }
        const stream = this.row?.stream ?? this.list.current?.stream;
        if (stream === undefined || stream === null) return;
        const pages = ladderPages(stream, this.listener());
        try {
            await pages.open(0);
        } catch (error) {
            return this.failed(error);
        }
        this.stream = stream;
        this.setView("ladder");
        this.list.show(pages, ladderForm(pages));
        this.showCount(true);
        if (seen.message !== null) await this.locateInLadder(seen.message);
    }

    async locateInLadder(message) {
        const { pages } = this.list;
        try {
            const position = await ladderPosition(this.stream, message);
            if (position === null) return false;
            const row = await pages.load(position);
            if (!row || pages !== this.list.pages) return false;
            this.list.setCurrent(row, position);
            return true;
        } catch (error) {
            if (error.status !== 404) this.failed(error);
            return false;
        }
    }

    toggleStatistics() {
        if (this.isShowingStatistics) {
            this.setView(this.list.form === messageForm ? "messages" : "ladder");
            byId("messages").focus({ preventScroll: true });
            this.showCount(true);
        } else {
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
            (isConnected) => { if (isConnected) this.trouble(""); });
    }

    received(name, data) {
        const isAll = !seen.filter && !seen.time && seen.view === "messages";
        switch (name) {
        case "progress":
            this.capture.indexed = data.indexed;
            this.showCount();
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
            this.timeline.refresh();
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
        const more = this.list.followsLive && seen.view === "messages" ? (pages?.total ?? 0) - (this.seenTotal ?? 0) : 0;
        button.hidden = more <= 0;
        if (more > 0) button.textContent = `▼ ${count(more)} new`;
    }
}

/** The message that belongs to this one: what it answers, what answers it, what it asks for. */
function pairOf(row) {
    return row.answers?.n ?? row.answered_by?.n ?? row.asks?.n ?? null;
}

function pairWords(row) {
    if (row.answers?.n) return `answers frame ${count(row.answers.frame)} after ${duration(row.answers.after_ns)}`;
    if (row.answered_by?.n) {
        const { frame, count: answers } = row.answered_by;
        const more = answers > 1 ? ` and ${count(answers - 1)} more` : "";
        return `answered by ${frame ? `frame ${count(frame)}` : `message ${count(row.answered_by.n)}`}${more}`;
    }
    if (row.asks?.n) return `asks for frame ${count(row.asks.frame)} after ${duration(row.asks.after_ns)}`;
    return "";
}

function bytesWords(field) {
    if (field.generated) return "not on the wire";
    if (field.length === 0) return "no bytes";
    return field.length === 1 ? `byte ${count(field.at)}` : `bytes ${count(field.at)} to ${count(field.at + field.length - 1)}`;
}

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
