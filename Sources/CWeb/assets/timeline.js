// How many messages there were when, by family and side. A drag chooses a time range.

import { seen } from "./address.js";
import { getJSON, isAbort } from "./api.js";
import { byId, count, drawing, duration, familyColour, familyOrder } from "./text.js";

const height = 56;
const middle = height / 2;
const mostBins = 400;
const pixelsOfBin = 4;
/** What is there at all is never less than a line. */
const leastHeight = 1.5;
const clickPixels = 3;
/** Milliseconds between two requests that nobody waits for, and how many times as long as the last one took. */
const leastRest = 1000;
const shareOfRest = 10;
/** Seconds between marks of the axis. */
const steps = [
    1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
    15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
];

export class Timeline {
    /**
     * @param {object} listener `chosen(range)`, a range of nanoseconds or null; `clicked(nanoseconds)`; `failed(error)`.
     */
    constructor(listener) {
        this.listener = listener;
        this.picture = byId("timeline");
        this.axis = byId("timeline-axis");
        this.data = null;
        /** What is marked and not yet chosen. */
        this.marked = null;
        /** Where keys move from, in nanoseconds. */
        this.cursor = null;
        /** Time of the selected message, or null. */
        this.message = null;
        this.picture.addEventListener("pointerdown", (event) => this.#drag(event));
        this.picture.addEventListener("keydown", (event) => this.#key(event));
        new ResizeObserver(() => this.#resized()).observe(this.picture);
    }

    get start() { return this.data?.from_ns ?? 0; }
    get end() { return this.data ? this.data.from_ns + this.data.step_ns * this.data.bins : 1; }
    get span() { return Math.max(1, this.end - this.start); }

    /** Asks the server anew, not more than one request at a time. */
    async refresh() {
        this.isStale = true;
        if (this.isAsking) return;
        this.isAsking = true;
        clearTimeout(this.timer);
        this.timer = 0;
        const begun = performance.now();
        while (this.isStale) {
            this.isStale = false;
            try {
                await this.#ask();
            } catch (error) {
                if (!isAbort(error)) this.listener.failed(error);
            }
        }
        this.isAsking = false;
        const end = performance.now();
        this.rested = end + Math.max(leastRest, shareOfRest * (end - begun));
        if (this.data && !this.data.complete) this.refreshSoon();
    }

    /** Asks anew once the server had time for other things: it counts all messages each time. */
    refreshSoon() {
        if (this.isAsking) return;
        this.timer ||= setTimeout(() => this.refresh(), Math.max(0, (this.rested ?? 0) - performance.now()));
    }

    async #ask() {
        const { filter } = seen;
        this.bins = Math.max(40, Math.min(mostBins, Math.floor(this.picture.clientWidth / pixelsOfBin)));
        const data = await getJSON("/api/timeline", { filter, bins: this.bins });
        if (filter !== seen.filter) {
            this.isStale = true;
            return;
        }
        this.data = data;
        this.draw();
    }

    /** The time of the selected message. */
    show(message) {
        this.message = message;
        this.#drawMarks();
    }

    draw() {
        if (!this.data) return;
        this.picture.setAttribute("viewBox", `0 0 ${this.data.bins} ${height}`);
        const zero = drawing("path", { d: `M0 ${middle}H${this.data.bins}`, class: "zero" });
        this.picture.replaceChildren(...this.#bars(), zero);
        for (const gap of this.data.gaps_ns ?? []) {
            this.picture.append(this.#line(gap, "gap"));
        }
        this.#drawAxis();
        this.#drawMarks();
    }

    #resized() {
        const bins = Math.min(mostBins, Math.floor(this.picture.clientWidth / pixelsOfBin));
        if (this.data && Math.abs(bins - this.bins) > 8) this.refresh();
        else if (this.data) this.#drawAxis();
    }

    #place(time) { return (time - this.start) / this.data.step_ns; }

    #line(time, style) { return drawing("path", { d: `M${this.#place(time)} 0V${height}`, class: style }); }

    /** A path a family, stacked in both directions from the middle, by the square root of what a bin has. */
    #bars() {
        const { bins, series } = this.data;
        const valueOf = (one, bin) => (one.family === "encrypted" ? one.bytes : one.messages)[bin] ?? 0;
        const sums = new Map();
        const tops = { messages: 1, encrypted: 1 };
        // Bytes that cannot be read are no messages: they have a measure of their own.
        const kind = (one) => (one.family === "encrypted" ? "encrypted" : "messages");
        for (const one of series) {
            const key = `${kind(one)} ${one.dir === 1 ? 1 : 0}`;
            const sum = sums.get(key) ?? sums.set(key, new Float64Array(bins)).get(key);
            for (let bin = 0; bin < bins; bin += 1) {
                sum[bin] += valueOf(one, bin);
                tops[kind(one)] = Math.max(tops[kind(one)], sum[bin]);
            }
        }
        const filled = [new Float64Array(bins), new Float64Array(bins)];
        const order = [...familyOrder, "encrypted"];
        const paths = [];
        for (const family of order) {
            let path = "";
            for (const one of series.filter((candidate) => candidate.family === family)) {
                const side = one.dir === 1 ? 1 : 0;
                const sign = side === 1 ? 1 : -1;
                const sum = sums.get(`${kind(one)} ${side}`);
                for (let bin = 0; bin < bins; bin += 1) {
                    const value = valueOf(one, bin);
                    if (!value) continue;
                    const all = Math.max(leastHeight, Math.sqrt(sum[bin] / tops[kind(one)]) * (middle - 1));
                    const part = Math.min(all * value / sum[bin], middle - filled[side][bin]);
                    const from = middle + sign * filled[side][bin];
                    filled[side][bin] += part;
                    path += `M${bin + 0.08} ${from.toFixed(1)}h.84v${(sign * part).toFixed(1)}h-.84z`;
                }
            }
            if (!path) continue;
            const shape = drawing("path", { d: path, class: family === "encrypted" ? "bar encrypted" : "bar" });
            shape.style.setProperty("--family", family === "encrypted" ? "var(--faint)" : familyColour(family));
            paths.push(shape);
        }
        this.picture.setAttribute("aria-label",
            `Messages over ${duration(this.span)}, at most ${count(tops.messages)} in ${duration(this.data.step_ns)}`);
        return paths;
    }

    #drawAxis() {
        const width = this.axis.clientWidth || 1;
        const span = this.span / 1e9;
        const step = steps.find((candidate) => span / candidate <= (width > 700 ? 10 : 5)) ?? span;
        const begin = this.start / 1e9;
        const marks = [];
        for (let index = Math.ceil(begin / step); index * step <= begin + span * 0.98 && marks.length < 20; index += 1) {
            const seconds = index * step;
            const mark = drawing("text", {
                x: `${(seconds - begin) / span * 100}%`, y: 12, "text-anchor": marks.length > 0 ? "middle" : "start",
            });
            mark.textContent = markWords(seconds, step);
            marks.push(mark);
        }
        this.axis.replaceChildren(...marks);
    }

    /** What is chosen, the selected message, and where keys are. */
    #drawMarks() {
        for (const mark of this.picture.querySelectorAll(".mark")) mark.remove();
        if (!this.data) return;
        const range = this.marked ?? seen.time;
        if (range) {
            const [from, to] = range.map((time) => this.#place(time));
            this.picture.append(drawing("rect", {
                x: from, y: 0, width: Math.max(0.3, to - from), height, class: "mark brush",
            }));
        }
        if (this.message !== null) this.picture.append(this.#line(this.message, "mark selected"));
        if (this.cursor !== null) this.picture.append(this.#line(this.cursor, "mark cursor"));
        this.#describe();
    }

    #describe() {
        const at = this.cursor ?? this.message ?? this.start;
        const bin = Math.max(0, Math.min(this.data.bins - 1, Math.floor(this.#place(at))));
        const sums = new Map();
        for (const { family, messages } of this.data.series) {
            if (messages[bin] > 0) sums.set(family, (sums.get(family) ?? 0) + messages[bin]);
        }
        const there = [...sums].map(([family, messages]) => `${count(messages)} ${family}`);
        const range = this.marked ?? seen.time;
        this.picture.setAttribute("aria-valuemin", 0);
        this.picture.setAttribute("aria-valuemax", this.data.bins - 1);
        this.picture.setAttribute("aria-valuenow", bin);
        this.picture.setAttribute("aria-valuetext", `${duration(at - this.start)}, ${there.join(", ") || "no message"}`
            + (range ? `, range ${rangeWords(range)}` : ""));
    }

    // MARK: Pointer and keys

    #drag(event) {
        if (!this.data || event.button !== 0) return;
        const place = this.picture.getBoundingClientRect();
        const timeAt = (x) =>
            Math.round(this.start + Math.max(0, Math.min(1, (x - place.left) / place.width)) * this.span);
        const begin = event.clientX;
        const moved = (pointer) => {
            if (Math.abs(pointer.clientX - begin) < clickPixels && !this.marked) return;
            this.marked = [timeAt(Math.min(begin, pointer.clientX)), timeAt(Math.max(begin, pointer.clientX))];
            this.#drawMarks();
        };
        const ended = (pointer) => {
            this.picture.removeEventListener("pointermove", moved);
            this.picture.removeEventListener("pointerup", ended);
            this.picture.removeEventListener("pointercancel", ended);
            const range = this.marked;
            this.marked = null;
            if (pointer.type === "pointercancel") this.#drawMarks();
            else if (range) this.listener.chosen(range);
            else this.listener.clicked(timeAt(pointer.clientX));
        };
        this.picture.setPointerCapture(event.pointerId);
        this.picture.addEventListener("pointermove", moved);
        this.picture.addEventListener("pointerup", ended);
        this.picture.addEventListener("pointercancel", ended);
    }

    #key(event) {
        if (!this.data || event.ctrlKey || event.metaKey || event.altKey) return;
        const away = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
        if (away !== undefined || event.key === "Home" || event.key === "End") {
            const from = this.cursor ?? this.message ?? this.start;
            const to = { Home: this.start, End: this.end }[event.key] ?? from + away * this.data.step_ns;
            this.cursor = Math.max(this.start, Math.min(this.end, to));
            if (event.shiftKey) {
                this.anchor ??= from;
                this.marked = [Math.min(this.anchor, this.cursor), Math.max(this.anchor, this.cursor)];
            } else {
                this.anchor = this.marked = null;
            }
        } else if (event.key === "Enter") {
            const range = this.marked;
            this.anchor = this.marked = null;
            if (range) this.listener.chosen(range);
            else this.listener.clicked(this.cursor ?? this.start);
        } else if (event.key === "Escape" && this.marked) {
            this.anchor = this.marked = null;
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        this.#drawMarks();
    }
}

function markWords(seconds, step) {
    const rounded = (value, unit) => `${Number(value.toFixed(6))} ${unit}`;
    if (seconds === 0) return step < 60 ? "0 s" : step < 3600 ? "0 min" : "0 h";
    if (step < 1e-3) return rounded(seconds * 1e3, "ms");
    if (step < 60) return rounded(seconds, "s");
    if (step < 3600) return rounded(seconds / 60, "min");
    return step < 86400 ? rounded(seconds / 3600, "h") : rounded(seconds / 86400, "d");
}

/** A range of nanoseconds, in seconds. */
export function rangeWords(range) {
    return `${range.map((time) => Number((time / 1e9).toFixed(3))).join(" to ")} s`;
}
