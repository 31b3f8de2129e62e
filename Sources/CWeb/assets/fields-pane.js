// The fields of the selected message, as a tree.

import { getJSON } from "./api.js";
import { byId, cut, element, severityMark, visible } from "./text.js";
import { remarkStyle } from "./message-rows.js";
import { VirtualList } from "./virtual-list.js";

/** Of a message with more fields than these only the outer groups are open at first. */
const mostOpened = 400;
const indent = 16;
const mostCharacters = 400;

export class FieldsPane {
    /** @param {(field: object | null, isByByte: boolean) => void} selected A field was selected. */
    constructor(selected) {
        this.selected = selected;
        this.box = byId("fields");
        this.fields = [];
        /** Places of the fields whose groups are all open, in order. */
        this.shown = [];
        this.open = new Set();
        /** Place of the selected field, or -1. */
        this.place = -1;
        this.list = new VirtualList(this.box, {
            height: 22, role: "treeitem", style: "node",
            fill: (node, index) => this.#fill(node, index),
            mark: (node, index) => { node.ariaSelected = this.shown[index] === this.place; },
            drawn: () => this.#drawn(),
        });
        this.box.addEventListener("click", (event) => {
            const index = this.list.indexOf(event);
            if (index < 0) return;
            if (this.isMoreRow(index)) this.loadMore();
            else if (event.target.closest(".twig")) this.toggle(this.shown[index]);
            else this.select(this.shown[index]);
        });
    }

    get field() { return this.fields[this.place] ?? null; }

    /** Shows the fields of a message: those of the first answer, of which there may be more. */
    show(message) {
        this.message = message.n;
        this.fields = [];
        this.hasMore = false;
        this.place = -1;
        this.open.clear();
        this.#append(message);
        this.list.restart(this.rows);
    }

    clear() {
        this.message = 0;
        this.fields = [];
        this.hasMore = false;
        this.place = -1;
        this.#show();
    }

    /** Fetches the next fields of a message that has very many. */
    loadMore() {
        if (!this.hasMore) return Promise.resolve();
        const message = this.message;
        this.loading ??= getJSON(`/api/messages/${message}`, { fields_from: this.fields.length })
            .then((answer) => { if (message === this.message) this.#append(answer); })
            .finally(() => { this.loading = undefined; });
        return this.loading;
    }

    #append(answer) {
        const begin = this.fields.length;
        const isLarge = answer.total > mostOpened;
        const path = this.path ?? [];
        if (begin === 0) path.length = 0;
        this.path = path;
        answer.fields.forEach((field, index) => {
            const place = begin + index;
            path.length = Math.min(path.length, field.depth);
            const parent = path.length > 0 ? this.fields[path.at(-1)] : null;
            field.place = place;
            field.parent = parent?.place ?? -1;
            field.children = 0;
            field.order = parent ? parent.children += 1 : this.roots = (place === 0 ? 0 : this.roots) + 1;
            path.push(place);
            this.fields.push(field);
        });
        // The frame's own layers stay closed: what is looked for is the message.
        for (const field of this.fields.slice(begin)) {
            const isOfMessage = /^bitcoin(\.|$)/.test(field.name) && !(field.depth === 0 && field.generated);
            if (field.children > 0 && (isLarge ? isOfMessage && field.depth <= 1 : isOfMessage || field.depth > 0)) {
                this.open.add(field.place);
            }
        }
        this.hasMore = answer.more;
        this.#show();
    }

    /** Selects the field at a place, after its groups are opened; -1 selects none. */
    select(place, isByByte = false) {
        this.place = this.fields[place] ? place : -1;
        if (this.field && this.#openAround(this.field)) this.#show();
        if (this.field) this.list.reveal(this.shown.indexOf(this.place));
        this.list.draw();
        this.selected(this.field, isByByte);
    }

    /** Opens what a field is in. Gives whether anything was closed. */
    #openAround(field) {
        let wasClosed = false;
        for (let parent = field.parent; parent >= 0; parent = this.fields[parent].parent) {
            if (this.open.has(parent)) continue;
            this.open.add(parent);
            wasClosed = true;
        }
        return wasClosed;
    }

    toggle(place) {
        const field = this.fields[place];
        if (!field || field.children === 0) return;
        if (!this.open.delete(place)) this.open.add(place);
        this.#show();
    }

    /** Whether fields that are not yet there may have a byte. */
    mayMiss(offset) { return this.hasMore && this.#lastByte() <= offset; }

    /** Place of the smallest field that a byte is of, of equal ones the deepest; -1 of none. */
    placeOfByte(offset) {
        let best = null;
        for (const field of this.fields) {
            if (!isOnWire(field) || offset < field.at || offset >= field.at + field.length) continue;
            if (!best || field.length < best.length || (field.length === best.length && field.depth >= best.depth)) {
                best = field;
            }
        }
        return best ? best.place : -1;
    }

    #lastByte() {
        for (let place = this.fields.length - 1; place >= 0; place -= 1) {
            if (isOnWire(this.fields[place])) return this.fields[place].at;
        }
        return 0;
    }

    /** The closest group of a field that has bytes of its own and is not all of the message. */
    groupOf(field) {
        for (let place = field.parent; place >= 0; place = this.fields[place].parent) {
            const group = this.fields[place];
            if (isOnWire(group) && group.parent >= 0) return group;
        }
        return null;
    }

    // MARK: Keys

    /** Moves among the fields that are shown. */
    move(rows) {
        const at = this.shown.indexOf(this.place);
        const to = at < 0 ? 0 : Math.max(0, Math.min(this.shown.length - 1, at + rows));
        if (this.hasMore && at + rows >= this.shown.length) this.loadMore();
        if (this.shown.length > 0) this.select(this.shown[to]);
    }

    selectFirst() { this.move(-this.shown.length); }

    selectLast() { this.select(this.shown.at(-1) ?? -1); }

    /** Closes the field, or goes to its group. */
    goOut() {
        const field = this.field;
        if (!field) return;
        if (field.children > 0 && this.open.has(field.place)) this.toggle(field.place);
        else if (field.parent >= 0) this.select(field.parent);
    }

    /** Opens the field, or goes to the first in it. */
    goIn() {
        const field = this.field;
        if (!field || field.children === 0) return;
        if (this.open.has(field.place)) this.select(field.place + 1);
        else this.toggle(field.place);
    }

    // MARK: Drawing

    #show() {
        this.shown = [];
        let closedDepth = Infinity;
        for (const field of this.fields) {
            if (field.depth > closedDepth) continue;
            closedDepth = field.children > 0 && !this.open.has(field.place) ? field.depth : Infinity;
            this.shown.push(field.place);
        }
        this.list.setTotal(this.rows);
        this.list.invalidate();
    }

    /** Those of fields, and one that stands for all that are not yet there. */
    get rows() { return this.shown.length + (this.hasMore ? 1 : 0); }

    isMoreRow(index) { return index >= this.shown.length; }

    #fill(node, index) {
        node.replaceChildren();
        node.id = `node-${index}`;
        if (this.isMoreRow(index)) {
            node.className = "node more";
            node.style.paddingLeft = "24px";
            node.setAttribute("aria-level", 1);
            node.removeAttribute("aria-expanded");
            node.textContent = "more fields …";
            return;
        }
        const field = this.fields[this.shown[index]];
        const isOpen = this.open.has(field.place);
        node.className = field.generated ? "node generated" : "node";
        node.style.paddingLeft = `${6 + indent * field.depth}px`;
        node.setAttribute("aria-level", field.depth + 1);
        node.setAttribute("aria-posinset", field.order);
        node.setAttribute("aria-setsize", this.hasMore ? -1 : this.#siblings(field));
        if (field.children > 0) node.setAttribute("aria-expanded", isOpen);
        else node.removeAttribute("aria-expanded");
        node.append(element("span", "twig", field.children > 0 ? (isOpen ? "▾" : "▸") : ""));
        const words = element("bdi");
        words.append(visible(field.label));
        if (field.value) words.append(": ", element("span", "value", cut(field.value, mostCharacters)));
        node.append(words);
        for (const remark of field.remarks) {
            node.append(element("span", `remark ${remarkStyle(remark.severity)}`,
                `${severityMark(remark.severity)} ${visible(remark.text)}`));
        }
    }

    #siblings(field) {
        return field.parent >= 0 ? this.fields[field.parent].children : this.roots;
    }

    #drawn() {
        const node = this.list.elementOf(this.shown.indexOf(this.place));
        if (node) this.box.setAttribute("aria-activedescendant", node.id);
        else this.box.removeAttribute("aria-activedescendant");
    }
}

/** Whether a field has bytes of the message. An empty script is on the wire, but has none. */
export function isOnWire(field) {
    return !field.generated && field.length > 0;
}
