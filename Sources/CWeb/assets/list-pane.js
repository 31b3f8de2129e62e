// The upper pane: rows of messages, or of a ladder, one of them selected.

import { byId } from "./text.js";
import { VirtualList } from "./virtual-list.js";

const narrow = matchMedia("(max-width: 760px)");

export class ListPane {
    /**
     * @param {(row: object, position: number) => void} selected A row was selected.
     */
    constructor(selected) {
        this.selected = selected;
        this.scroller = byId("messages");
        this.heads = byId("heads");
        /** Position of the selected row, or -1. */
        this.position = -1;
        /** The selection of a row that is not yet known, or null. */
        this.choice = null;
        this.list = new VirtualList(this.scroller, {
            height: this.#height(), role: "option", style: "row",
            fill: (row, position) => this.#fill(row, position),
            mark: (row, position) => this.#mark(row, position),
            drawn: () => this.#drawn(),
        });
        narrow.addEventListener("change", () => this.list.setHeight(this.#height()));
        this.scroller.addEventListener("click", (event) => {
            const position = this.list.indexOf(event);
            if (position >= 0) this.select(position);
        });
    }

    #height() { return narrow.matches ? 44 : 24; }

    /**
     * Shows other rows.
     *
     * @param {Pages} pages The rows.
     * @param {object} form How they are written: `style`, `heads()`, `fill(element, row)`, `isMate(row, selected)`.
     */
    show(pages, form) {
        if (this.pages !== pages) this.pages?.close();
        this.pages = pages;
        this.form = form;
        this.#deselect();
        byId("messages-pane").dataset.form = form.name;
        this.scroller.setAttribute("aria-label", form.label);
        this.heads.replaceChildren(...form.heads());
        this.list.restart(pages.total);
    }

    /** More rows have come, or they say more. */
    changed() {
        const follows = this.isFollowing;
        const last = this.pages.total - 1;
        this.list.setTotal(this.pages.total);
        this.list.invalidate();
        // Another row may stand at the same position: steps of a ladder become a run.
        if (follows && last >= 0 && (this.position !== last || this.pages.isStale(last))) this.#follow(last);
    }

    /** Selects the last row, and shows its message if it has another one. */
    async #follow(last) {
        const row = await this.#choose(last);
        if (!row) return;
        const isOther = row.n !== this.current?.n;
        this.setCurrent(row, last);
        if (isOther) this.selected(row, last);
    }

    /** Only while the list stands at its end and its last row is selected does it move by itself. */
    get isFollowing() {
        return this.followsLive && this.list.isAtEnd && this.position >= 0 && this.position === this.list.total - 1;
    }

    /** Selects the row at a position, once it is known. */
    async select(position) {
        if (position < 0 || position >= this.pages.total) return;
        this.current = undefined;
        const row = await this.#choose(position);
        if (!row) return;
        this.setCurrent(row, position);
        this.selected(row, position);
    }

    /** The row at a position, which is selected; undefined where another one has been selected until it is known. */
    async #choose(position) {
        const choice = this.choice = {};
        this.position = position;
        this.list.reveal(position);
        try {
            const row = await this.pages.load(position);
            return choice === this.choice ? row : undefined;
        } finally {
            if (choice === this.choice) this.choice = null;
        }
    }

    /** A row is selected of which it is not yet known what it says. */
    get isChoosing() { return this.choice !== null; }

    /** Marks a row as selected without showing its message anew. */
    setCurrent(row, position, doesReveal = true) {
        this.choice = null;
        this.position = position;
        this.current = row;
        if (doesReveal) this.list.reveal(position);
        this.list.schedule();
    }

    /** Message of the first row that is seen, and how many pixels of it are hidden; null where it is not there. */
    get anchor() {
        const row = this.pages?.row(this.list.first);
        return row ? { message: row.n, hidden: this.list.top - this.list.first * this.list.height } : null;
    }

    /** No row of this list is selected. */
    clear() {
        this.#deselect();
        this.list.schedule();
    }

    #deselect() {
        this.choice = null;
        this.position = -1;
        this.current = undefined;
    }

    /** Moves the selection; without one it begins at the first row that is seen. */
    move(rows) {
        const from = this.position >= 0 ? this.position : Math.ceil(this.list.top / this.list.height) - Math.sign(rows);
        this.select(Math.max(0, Math.min(this.pages.total - 1, from + rows)));
    }

    selectFirst() { this.select(0); }

    selectLast() { this.select(this.pages.total - 1); }

    #fill(element, position) {
        const row = this.pages?.row(position);
        element.id = `row-${position}`;
        element.setAttribute("aria-posinset", position + 1);
        element.replaceChildren();
        if (row) {
            this.form.fill(element, row);
        } else {
            element.setAttribute("aria-label", "not yet there");
        }
    }

    #mark(element, position) {
        const row = this.pages?.row(position);
        const isSelected = position === this.position;
        element.setAttribute("aria-selected", isSelected);
        element.setAttribute("aria-setsize", this.pages?.complete ? this.list.total : -1);
        element.classList.toggle(
            "mate", Boolean(!isSelected && row && this.current && this.form.isMate(row, this.current)));
    }

    #drawn() {
        this.pages?.want(this.list.first, this.list.lastSeen);
        const shown = this.position >= 0 && this.list.elementOf(this.position);
        if (shown) this.scroller.setAttribute("aria-activedescendant", shown.id);
        else this.scroller.removeAttribute("aria-activedescendant");
        this.afterDrawing?.();
    }
}
