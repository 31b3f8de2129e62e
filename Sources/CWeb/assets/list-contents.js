// Which rows the list has: the messages that a filter and a time range let through, or the ladder of a connection.

import { seen } from "./address.js";
import { ladderForm, ladderPages, ladderPosition } from "./ladder-rows.js";
import { countWords, emptyWords } from "./list-words.js";
import { messageForm, messagePages, positionOf } from "./message-rows.js";
import { byId } from "./text.js";
import { rangeWords } from "./timeline.js";
import { showView } from "./views.js";

/** Milliseconds between two changes of the count: it is read aloud. */
const countPause = 1000;
/** Milliseconds until a list that is still being made is asked again where a message is. */
const locatePause = 300;

export class ListContents {
    /** @param {object} page What the list belongs to: see app.js. */
    constructor({ list, filterBox, facts, trouble, newer }) {
        this.list = list;
        this.filterBox = filterBox;
        this.facts = facts;
        this.trouble = trouble;
        this.newer = newer;
        /** Rows that are asked for and not yet there. */
        this.opening = null;
        /** The same where they are a ladder's, until that has come or is given up. */
        this.ladderBegun = null;
        /** The connection of the ladder that was shown last. */
        this.stream = undefined;
    }

    /** Whether the list has the rows of a ladder, also while statistics are shown in its place. */
    get isLadder() { return this.list.form?.name === "ladder"; }

    /** What lists say of themselves. */
    #listener() {
        return {
            changed: () => {
                this.trouble.show("");
                if (this.list.pages) this.list.changed();
                this.showCount();
            },
            failed: (error) => this.trouble.failed(error),
            moved: () => this.#moved(),
            indexed: () => this.facts.capture.indexed,
        };
    }

    /**
     * Rows have other positions: the oldest of a live capture were dropped, or steps of a ladder have become a run. What is
     * seen stays where it is.
     */
    async #moved() {
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
            this.trouble.failed(error);
        }
    }

    /** What is asked for and not yet there is not wanted any more. */
    giveUp() { this.opening?.close(); }

    // MARK: Messages

    /**
     * Opens the list of messages that a filter and a time range let through; they are what is seen once the server has
     * taken them. Gives whether it has.
     */
    async openMessages({ filter = seen.filter, time = seen.time, keepsError = false } = {}) {
        this.giveUpLadder();
        this.giveUp();
        const pages = messagePages({ filter, time }, this.#listener());
        this.opening = pages;
        try {
            await pages.open(0);
        } catch (error) {
            if (pages === this.opening && !pages.isClosed) this.trouble.failed(error, filter);
            pages.close();
            return false;
        }
        if (pages.isClosed) return false;
        this.opening = null;
        seen.filter = filter;
        seen.time = time;
        if (!keepsError) this.filterBox.clearError();
        showView("messages");
        this.list.show(pages, messageForm);
        this.newer.noteSeen();
        showTime();
        this.showCount(true);
        return true;
    }

    /**
     * Selects the message that is shown in the list. Gives whether it is in it; null where it is not looked for any more,
     * since another message or list is shown, or another row selected, or cannot be.
     */
    async locate(message, doesReveal = true) {
        const { pages } = this.list;
        const isWanted = () => this.#isToLocate(message, pages);
        for (;;) {
            let answer;
            try {
                answer = await positionOf(message);
            } catch (error) {
                this.trouble.failed(error);
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
            if (answer.complete || answer.scanned >= this.facts.capture.indexed) {
                this.list.clear();
                return false;
            }
            await new Promise((resolve) => { setTimeout(resolve, locatePause); });
        }
    }

    /** Whether the row of a message is still looked for. */
    #isToLocate(message, pages) {
        return message === seen.message && pages === this.list.pages && !pages.isClosed && !this.list.isChoosing;
    }

    // MARK: The ladder

    /** Opens the ladder of a connection, and selects the message that is shown in it. */
    async openLadder(stream) {
        const pages = ladderPages(stream, this.#listener());
        this.giveUp();
        this.opening = this.ladderBegun = pages;
        this.showCount(true);
        try {
            await pages.open(0);
        } catch (error) {
            if (pages === this.opening && !pages.isClosed) this.trouble.failed(error);
            pages.close();
        }
        if (pages === this.ladderBegun) this.ladderBegun = null;
        // Something else was asked for while it was made.
        if (pages !== this.opening || pages.isClosed) return this.showCount(true);
        this.opening = null;
        this.stream = stream;
        showView("ladder");
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
        const isWanted = () => this.#isToLocate(message, pages);
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
            if (error.status === 404) return isWanted() ? false : null;
            this.trouble.failed(error);
            return null;
        }
    }

    // MARK: What is said of the rows

    showCount(isNow = false) {
        const { capture } = this.facts;
        const write = () => {
            this.counting = 0;
            byId("count").textContent = this.ladderBegun
                ? "the ladder is being made" : countWords(this.facts.capture, this.list.pages, this.isLadder);
        };
        const nothing = emptyWords(capture, this.list.pages, this.isLadder);
        byId("nothing").textContent = nothing;
        byId("nothing").hidden = !nothing;
        if (isNow) write();
        else this.counting ||= setTimeout(write, capture.complete ? 0 : countPause);
    }
}

/** The time range, and how to leave it. */
function showTime() {
    const button = byId("time");
    button.hidden = !seen.time;
    button.textContent = seen.time ? `${rangeWords(seen.time)} ✕` : "";
    if (seen.time) button.setAttribute("aria-label", `Only ${rangeWords(seen.time)}: show all times`);
}
