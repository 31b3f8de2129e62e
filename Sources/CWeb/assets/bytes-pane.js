// The bytes of the selected message, those of the selected field marked.

import { getBytes, isAbort } from "./api.js";
import { byId, element } from "./text.js";
import { VirtualList } from "./virtual-list.js";

const chunk = 65_536;
const mostChunks = 64;
const narrow = matchMedia("(max-width: 760px)");

export class BytesPane {
    /**
     * @param {(offset: number) => void} selected A byte was selected.
     * @param {(error: Error) => void} failed
     */
    constructor(selected, failed) {
        this.selected = selected;
        this.failed = failed;
        this.box = byId("bytes");
        this.message = 0;
        this.length = 0;
        this.chunks = new Map();
        /** Offset of the byte that keys move from, or -1. */
        this.cursor = -1;
        this.marked = this.around = [0, 0];
        this.ending = new AbortController();
        this.list = new VirtualList(this.box, {
            height: 20, role: "", style: "line",
            fill: (line, index) => this.#fill(line, index),
            mark: (line, index) => this.#mark(line, index),
            drawn: () => this.#want(),
        });
        narrow.addEventListener("change", () => {
            this.list.setTotal(this.lines);
            this.list.invalidate();
        });
        this.box.addEventListener("click", (event) => {
            const offset = event.target.dataset?.offset;
            if (offset !== undefined) this.select(Number(offset));
        });
    }

    /** Bytes a line. */
    get width() { return narrow.matches ? 8 : 16; }
    get lines() { return Math.ceil(this.length / this.width); }

    /** Shows the bytes of a message. */
    show(message, length) {
        this.ending.abort();
        this.ending = new AbortController();
        this.message = message;
        this.length = length;
        this.chunks.clear();
        this.cursor = -1;
        this.marked = this.around = [0, 0];
        this.list.restart(this.lines);
    }

    clear() { this.show(0, 0); }

    /** Marks the bytes of a field and of its group: each from an offset on to before another. */
    mark(field, group, doesReveal) {
        this.marked = field;
        this.around = group;
        if (field[1] > field[0]) {
            if (this.cursor < field[0] || this.cursor >= field[1]) this.cursor = field[0];
            if (doesReveal) this.list.reveal(Math.floor(field[0] / this.width));
        }
        this.list.draw();
    }

    select(offset) {
        this.cursor = offset;
        this.list.reveal(Math.floor(offset / this.width));
        this.list.schedule();
        this.selected(offset);
    }

    move(bytes) {
        if (this.length === 0) return;
        const to = this.cursor < 0 ? 0 : this.cursor + bytes;
        this.select(Math.max(0, Math.min(this.length - 1, to)));
    }

    selectFirst() { if (this.length > 0) this.select(0); }

    selectLast() { if (this.length > 0) this.select(this.length - 1); }

    byte(offset) {
        const part = this.chunks.get(Math.floor(offset / chunk));
        return part instanceof Uint8Array ? part[offset % chunk] : undefined;
    }

    #fill(line, index) {
        const begin = index * this.width;
        const address = element("span", "offset", `${begin.toString(16).padStart(4, "0")}  `);
        const [digits, letters] = [[], []];
        const { width } = this;
        for (let offset = begin; offset < begin + width; offset += 1) {
            const value = offset < this.length ? this.byte(offset) : undefined;
            const gap = width === 16 && offset % 16 === 7 ? "  " : " ";
            if (offset >= this.length) {
                digits.push(`  ${gap}`);
                continue;
            }
            const isPrintable = value > 31 && value < 127;
            const digit = element("span", "byte", value === undefined ? "  " : value.toString(16).padStart(2, "0"));
            const shown = isPrintable ? String.fromCharCode(value) : "·";
            const letter = element("span", isPrintable ? "byte" : "byte dot", shown);
            for (const cell of [digit, letter]) {
                cell.dataset.offset = cell.offset = offset;
                cell.plain = cell.className;
            }
            digits.push(digit, gap);
            letters.push(letter);
        }
        line.replaceChildren(address, ...digits, "  ", ...letters);
        line.cells = [...digits, ...letters].filter((cell) => cell.plain);
    }

    #mark(line) {
        for (const cell of line.cells) {
            let style = cell.plain;
            if (isIn(this.marked, cell.offset)) style += " on";
            else if (isIn(this.around, cell.offset)) style += " around";
            if (cell.offset === this.cursor) style += " cursor";
            if (cell.className !== style) cell.className = style;
        }
    }

    /** Fetches the bytes that are seen. */
    #want() {
        if (this.length === 0) return;
        const [first, end] = [this.list.first * this.width, Math.min(this.length, this.list.lastSeen * this.width)];
        for (let place = Math.floor(first / chunk); place * chunk < end; place += 1) {
            if (!this.chunks.has(place)) this.#fetch(place);
        }
    }

    async #fetch(place) {
        const { message, ending } = this;
        if (this.chunks.size >= mostChunks) this.chunks.delete(this.chunks.keys().next().value);
        this.chunks.set(place, null);
        try {
            const bytes = await getBytes(message, place * chunk, { signal: ending.signal });
            if (ending.signal.aborted) return;
            this.chunks.set(place, bytes);
            this.list.invalidate();
        } catch (error) {
            if (isAbort(error)) return;
            this.chunks.delete(place);
            this.failed(error);
        }
    }
}

function isIn(range, offset) {
    return offset >= range[0] && offset < range[1];
}
