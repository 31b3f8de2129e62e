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
        /** Pixels of the list that are seen. Asking the element each time would cost a layout. */
        this.room = scroller.clientHeight;
        this.expected = 0;
        new ResizeObserver(() => this.#resized()).observe(scroller);
    }

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
    }

    /** There are other rows now: they are shown from the first on. */
    restart(total) {
        this.total = total;
        this.#place(0);
        this.invalidate();
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
    }

    /** Scrolls to a row as the first one, with this many pixels of it hidden. */
    keep(index, hidden) { this.#place(index * this.height + hidden); }

    /** The row's element, if it is drawn. */
    elementOf(index) {
        const found = this.elements[index - this.first];
        return found?.index === index ? found : null;
    }

    /** The row that an event is on, or -1. */
    indexOf(event) {
        const found = event.target.closest?.("[data-row]");
        return found && this.layer.contains(found) ? found.index : -1;
    }

    schedule() {
        this.frame ||= requestAnimationFrame(() => {
            this.frame = 0;
            this.#settle();
            this.draw();
        });
    }

    draw() {
        this.first = Math.min(Math.floor(this.top / this.height), Math.max(0, this.total - 1));
        const shown = Math.min(Math.ceil(this.room / this.height) + 1, this.total - this.first);
        const offset = this.first * this.height - this.top;
        for (const row of this.elements.splice(Math.max(0, shown))) row.remove();
        for (let slot = 0; slot < shown; slot += 1) {
            const row = this.elements[slot] ?? this.#makeRow();
            const index = this.first + slot;
            const place = offset + slot * this.height;
            if (row.place !== place) row.style.transform = `translateY(${place}px)`;
            row.place = place;
            if (row.index !== index || row.version !== this.version) {
                row.index = index;
                row.version = this.version;
                this.fill(row, index);
            }
            this.mark(row, index);
        }
        this.drawn();
    }

    #resized() {
        this.room = this.scroller.clientHeight;
        this.#place(this.top);
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

    /** Decides what is seen. The layer is where the scroller's border is, so the scroll bar may follow later. */
    #place(top) {
        this.top = Math.max(0, Math.min(top, this.whole - this.room));
        this.expected = this.top / this.scale;
        this.isPlaced = true;
        this.schedule();
    }

    #settle() {
        if (!this.isPlaced) return;
        this.isPlaced = false;
        this.space.style.height = `${this.drawnHeight}px`;
        this.scroller.scrollTop = this.expected;
    }

    #scrolled() {
        if (this.isPlaced) return;
        const at = this.scroller.scrollTop;
        // What `#settle` has caused is known already, and more exactly.
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
    }
}
