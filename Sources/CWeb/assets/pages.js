// Rows of a list on the server, fetched as they are seen.

import { isAbort } from "./api.js";

const pageSize = 200;
const mostPages = 40;
const mostRequests = 2;
/** Milliseconds until a list that is still being made is asked for again. */
const pollWhileScanning = 200;
const pollWhileGrowing = 1000;

export class Pages {
    /**
     * @param {(from: number, count: number, signal: AbortSignal) => Promise<object>} ask Rows from a position on, and the
     *     list's `total`, `complete` and `generation`.
     * @param {object} listener `changed()` when there is something new, `failed(error)`, `moved()` when positions changed.
     */
    constructor(ask, listener) {
        this.ask = ask;
        this.listener = listener;
        this.total = 0;
        this.complete = false;
        /** Rows that the filter has looked at. */
        this.scanned = 0;
        /** Whatever else the answer says of the list. */
        this.about = {};
        this.pages = new Map();
        /** Pages whose rows may be others by now: they are seen until those come. */
        this.stale = new Set();
        this.running = new Map();
        this.ending = new AbortController();
    }

    /** Fetches the rows around a position: the list is then known to be there. Throws what the server refuses. */
    async open(position = 0) {
        const page = Math.floor(position / pageSize);
        await this.#fetch(page);
        if (page > 0 && this.pages.get(page)?.length === 0 && this.total > 0) await this.#fetch(0);
        this.#poll();
    }

    close() {
        this.ending.abort();
        clearTimeout(this.timer);
    }

    get isClosed() { return this.ending.signal.aborted; }

    /** The row, where it is known. */
    row(position) {
        return this.pages.get(Math.floor(position / pageSize))?.[position % pageSize];
    }

    /** Whether another row may stand at a position by now. */
    isStale(position) { return this.stale.has(Math.floor(position / pageSize)); }

    /** The row, fetched if need be; undefined past the end. */
    async load(position) {
        const page = Math.floor(position / pageSize);
        if ((!this.row(position) || this.isStale(position)) && position < this.total) await this.#fetch(page);
        return this.row(position);
    }

    /** Rows are seen: those that miss are fetched. */
    want(first, end) {
        this.wanted = [first, Math.min(end, this.total)];
        this.#next();
    }

    /** The list may have grown to a total that the server has reported. */
    grow(total) {
        if (total <= this.total) return;
        this.total = total;
        this.listener.changed();
    }

    /** Asks how long the list is by now. */
    async refresh() {
        if (this.isRefreshing || this.isClosed) return;
        this.isRefreshing = true;
        try {
            this.#take(await this.ask(this.total, 1, this.ending.signal));
        } catch (error) {
            this.#fail(error);
        } finally {
            this.isRefreshing = false;
        }
        this.#poll();
    }

    #poll() {
        clearTimeout(this.timer);
        if (this.complete || this.isClosed) return;
        const isScanning = this.scanned < (this.listener.indexed?.() ?? 0);
        this.timer = setTimeout(() => this.refresh(), isScanning ? pollWhileScanning : pollWhileGrowing);
    }

    /** The first page of those wanted that misses a row. */
    #missing() {
        const [first, end] = this.wanted ?? [0, 0];
        for (let page = Math.floor(first / pageSize); page * pageSize < end; page += 1) {
            const known = this.#known(page).length;
            if (page * pageSize + known < Math.min(end, (page + 1) * pageSize) && !this.running.has(page)) return page;
        }
        return -1;
    }

    /** The rows of a page that are still right. */
    #known(page) {
        return this.stale.has(page) ? [] : this.pages.get(page) ?? [];
    }

    #next() {
        while (this.running.size < mostRequests && !this.isClosed) {
            const page = this.#missing();
            if (page < 0) return;
            this.#fetch(page).then(() => this.#next(), (error) => this.#fail(error));
        }
    }

    #fail(error) {
        if (!isAbort(error) && !this.isClosed) this.listener.failed(error);
    }

    /** Fetches what misses of a page. */
    #fetch(page) {
        const known = this.running.get(page);
        if (known) return known;
        const request = this.#fetchPage(page).finally(() => this.running.delete(page));
        this.running.set(page, request);
        return request;
    }

    async #fetchPage(page) {
        const before = this.#known(page);
        const generation = this.about.generation;
        const from = page * pageSize + before.length;
        const answer = await this.ask(from, pageSize - before.length, this.ending.signal);
        if (this.isClosed) return;
        const isSame = generation === undefined || generation === answer.generation;
        // The others are asked for again where they are seen.
        this.#take(answer);
        if ((!isSame && before.length > 0) || this.about.generation !== answer.generation || !answer.rows) return;
        this.pages.delete(page);
        this.pages.set(page, before.concat(answer.rows));
        this.stale.delete(page);
        // The one that was fetched first goes.
        if (this.pages.size > mostPages) {
            const oldest = this.pages.keys().next().value;
            this.pages.delete(oldest);
            this.stale.delete(oldest);
        }
        this.listener.changed();
    }

    #take(answer) {
        if (this.isClosed) return;
        const { rows, ...about } = answer;
        const hasMoved = this.about.generation !== undefined && about.generation !== this.about.generation;
        // Listeners may still look at the rows as they stood.
        if (hasMoved) this.listener.moved?.();
        this.about = about;
        this.total = about.total;
        this.complete = about.complete;
        this.scanned = about.scanned ?? about.total;
        if (hasMoved) this.stale = new Set(this.pages.keys());
        this.listener.changed();
    }
}
