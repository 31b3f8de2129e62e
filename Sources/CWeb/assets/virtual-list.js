// A list of which only the rows that are seen exist as elements.
//
// Browsers end an element's height near 16 to 33 million pixels. Where all rows would be taller than `tallest`, the scroll
// bar's way is scaled: `top` is the truth, and where the bar stands follows from it.

import { element } from "./text.js";

const tallest = 8_000_000;

export class VirtualList {
    /**
     * @param {HTMLElement} scroller Its children are made here.
     * @param {object} options
     * @param {number} options.height Of each row, in pixels.
     * @param {string} options.role Of each row's element.
     * @param {string} options.style Class of each row's element.
     * @param {(row: HTMLElement, index: number) => void} options.fill Writes what a row says; called when it has changed.
     * @param {(row: HTMLElement, index: number) => void} options.mark Marks a row; called at each drawing.
     * @param {() => void} options.drawn Called after each drawing.
     */
    constructor(scroller, { height, role, style, fill, mark, drawn }) {
        this.scroller = scroller;
        this.height = height;
        this.role = role;
        this.style = style;
        this.fill = fill;
        this.mark = mark ?? (() => {});
        this.drawn = drawn ?? (() => {});
        this.total = 0;
        this.top = 0;
        this.first = 0;
        this.elements = [];
        this.version = 0;
        this.layer = element("div", "layer");
        this.space = element("div", "space");
        for (const part of [this.layer, this.space]) {
            if (role) part.setAttribute("role", "presentation");
            scroller.append(part);
        }
        scroller.addEventListener("scroll", () => this.#scrolled());
        scroller.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
        new ResizeObserver(() => this.resized()).observe(scroller);
    }

    get room() { return this.scroller.clientHeight; }
    get whole() { return this.total * this.height; }
    get drawnHeight() { return Math.min(this.whole, tallest); }
    /** Pixels of rows a pixel of the scroll bar's way; 1 unless the list is taller than the tallest element. */
    get scale() {
        const way = this.drawnHeight - this.room;
        return this.whole > tallest && way > 0 ? (this.whole - this.room) / way : 1;
    }
    /** Rows of which all is seen. */
    get page() { return Math.max(1, Math.floor(this.room / this.height)); }
    get isAtEnd() { return this.top + this.room >= this.whole - this.height / 2; }
    get lastSeen() { return Math.min(this.total, this.first + Math.ceil(this.room / this.height) + 1); }

    /** The number of rows. What is looked at does not move. */
    setTotal(total) {
        if (total === this.total) return;
        this.total = total;
        this.#place(this.top);
        this.schedule();
    }

    setHeight(height) {
        if (height === this.height) return;
        const first = this.top / this.height;
        this.height = height;
        this.#place(first * height);
        this.invalidate();
    }

    /** What rows say has changed. */
    invalidate() {
        this.version += 1;
        this.schedule();
    }

    /** Scrolls only where the row is not seen: to the next border if it is near, else to the middle. */
    reveal(index) {
        const at = index * this.height;
        if (at >= this.top && at + this.height <= this.top + this.room) return;
        const isNear = Math.abs(at - this.top) < 2 * this.room;
        if (!isNear) this.#place(at - (this.room - this.height) / 2);
        else if (at < this.top) this.#place(at);
        else this.#place(at + this.height - this.room);
        this.schedule();
    }

    scrollToEnd() {
        this.#place(this.whole);
        this.schedule();
    }

    /** The row's element, if it is drawn. */
    elementOf(index) {
        const found = this.elements[index - this.first];
        return found && !found.hidden && found.index === index ? found : null;
    }

    /** The row that an event is on, or -1. */
    indexOf(event) {
        const found = event.target.closest?.("[data-row]");
        return found && this.layer.contains(found) ? found.index : -1;
    }

    schedule() {
        if (this.frame) return;
        this.frame = requestAnimationFrame(() => this.draw());
    }

    draw() {
        if (this.frame) cancelAnimationFrame(this.frame);
        this.frame = 0;
        this.first = Math.min(Math.floor(this.top / this.height), Math.max(0, this.total - 1));
        const shown = Math.ceil(this.room / this.height) + 1;
        const offset = this.first * this.height - this.top;
        for (let slot = 0; slot < shown; slot += 1) {
            const row = this.elements[slot] ?? this.#makeRow();
            const index = this.first + slot;
            row.hidden = index >= this.total;
            if (row.hidden) continue;
            row.style.transform = `translateY(${offset + slot * this.height}px)`;
            if (row.index !== index || row.version !== this.version) {
                row.index = index;
                row.version = this.version;
                this.fill(row, index);
            }
            this.mark(row, index);
        }
        for (const row of this.elements.splice(shown)) row.remove();
        this.drawn();
    }

    resized() {
        this.#place(this.top);
        this.draw();
    }

    #makeRow() {
        const row = element("div", this.style);
        row.dataset.row = "";
        row.index = -1;
        if (this.role) row.setAttribute("role", this.role);
        this.layer.append(row);
        this.elements.push(row);
        return row;
    }

    #place(top) {
        this.top = Math.max(0, Math.min(top, this.whole - this.room));
        this.space.style.height = `${this.drawnHeight}px`;
        this.expected = this.top / this.scale;
        if (Math.abs(this.scroller.scrollTop - this.expected) > 0.5) this.scroller.scrollTop = this.expected;
    }

    #scrolled() {
        const at = this.scroller.scrollTop;
        // What `#place` has caused is known already, and more exactly.
        if (Math.abs(at - this.expected) > 1) {
            this.expected = at;
            this.top = Math.max(0, Math.min(at * this.scale, this.whole - this.room));
        }
        this.schedule();
    }

    /** A wheel moves rows by its own measure, also where the scroll bar is scaled. */
    #wheeled(event) {
        if (this.scale === 1 || event.ctrlKey || event.deltaY === 0) return;
        event.preventDefault();
        const unit = [1, this.height, this.room][event.deltaMode] ?? 1;
        this.#place(this.top + event.deltaY * unit);
        this.schedule();
    }
}
