// One message: its fields, its bytes, and what leads from one to the other.

import { noteAddress, seen } from "./address.js";
import { getJSON } from "./api.js";
import { BytesPane } from "./bytes-pane.js";
import { FieldsPane, isOnWire } from "./fields-pane.js";
import { byId, count, duration, visible } from "./text.js";

/** Milliseconds between two messages that are shown while a key is held down. */
const pause = 80;

export class MessageView {
    /** @param {object} listener `shown(row)`, null where no message is; `failed(error)`. */
    constructor(listener) {
        this.listener = listener;
        this.fields = new FieldsPane((field, isByByte) => this.#fieldSelected(field, isByByte));
        this.bytes = new BytesPane((offset) => this.#byteSelected(offset), (error) => listener.failed(error));
        /** The message as a row of the list, or null. */
        this.row = null;
    }

    /**
     * Shows fields and bytes of a message. While a key is held down, only the last of many is.
     *
     * @param {number} number 0 for none.
     * @param {number | null} field Place of the field that is selected then.
     */
    async show(number, field = null) {
        seen.message = number > 0 ? number : null;
        seen.field = null;
        noteAddress();
        const isBusy = Boolean(this.ending);
        this.ending?.abort();
        const ending = this.ending = new AbortController();
        try {
            if (number <= 0) return this.#clear();
            if (isBusy) await new Promise((resolve) => { setTimeout(resolve, pause); });
            if (ending.signal.aborted) return;
            const answer = await getJSON(`/api/messages/${number}`, {}, { signal: ending.signal });
            if (ending.signal.aborted) return;
            this.row = answer.row;
            this.fields.show(answer);
            this.fields.box.dataset.message = number;
            this.bytes.show(number, answer.bytes);
            this.#describe(answer);
            this.listener.shown(answer.row);
            this.#fieldSelected(null);
            if (field !== null) await this.#selectField(field, ending.signal);
        } catch (error) {
            if (error.status === 404 || error.status === 410) this.#clear();
            this.listener.failed(error);
        } finally {
            if (this.ending === ending) this.ending = null;
        }
    }

    /** Selects the field at a place, which may be among those that are not yet there; unless another one is selected until then. */
    async #selectField(place, signal) {
        while (this.fields.hasMore && this.fields.fields.length <= place) {
            await this.fields.loadMore();
            if (signal.aborted) return;
        }
        if (seen.field === null) this.fields.select(place);
    }

    /** The message that belongs to this one: what it answers, what answers it, what it asks for; or null. */
    get pair() {
        return this.row?.answers?.n ?? this.row?.answered_by?.n ?? this.row?.asks?.n ?? null;
    }

    #clear() {
        this.row = null;
        this.fields.clear();
        delete this.fields.box.dataset.message;
        this.bytes.clear();
        for (const id of ["message-about", "bytes-about", "field-about"]) byId(id).textContent = "";
        byId("pair").hidden = true;
        this.listener.shown(null);
    }

    #describe({ row, bytes, frame_count: frames }) {
        byId("message-about").textContent =
            `frame ${count(row.frame)} · ${visible(row.command)} · ${visible(row.source)} → ${visible(row.destination)}`;
        byId("bytes-about").textContent = lengthWords(row, bytes)
            + (frames > 1 ? `, from ${count(frames)} frames up to ${count(row.frame)}` : "");
        const button = byId("pair");
        button.hidden = !this.pair;
        button.textContent = pairWords(row);
    }

    #fieldSelected(field, isByByte = false) {
        seen.field = field?.place ?? null;
        noteAddress();
        const marked = field && isOnWire(field) ? field : null;
        const range = (one) => (one ? [one.at, one.at + one.length] : [0, 0]);
        this.bytes.mark(range(marked), range(marked && this.fields.groupOf(marked)), !isByByte);
        byId("field-about").textContent = field ? `${visible(field.name)} · ${bytesWords(field)}` : "";
    }

    async #byteSelected(offset) {
        const { message } = this.fields;
        try {
            while (this.fields.mayMiss(offset)) await this.fields.loadMore();
        } catch (error) {
            return this.listener.failed(error);
        }
        if (message === this.fields.message && offset === this.bytes.cursor) {
            this.fields.select(this.fields.placeOfByte(offset), true);
        }
    }
}

/** How many bytes there are; where the row has another length, how many that is. */
function lengthWords(row, bytes) {
    if (row.length > bytes && (row.cut || row.kind === "direction")) return `${count(bytes)} of ${count(row.length)} bytes`;
    const words = `${count(bytes)} ${bytes === 1 ? "byte" : "bytes"}`;
    // The transport has wrapped it.
    return row.length === bytes ? words : `${words}, ${count(row.length)} on the wire`;
}

function pairWords(row) {
    if (row.answers?.n) return `answers frame ${count(row.answers.frame)} after ${duration(row.answers.after_ns)}`;
    if (row.answered_by?.n) {
        const { frame, count: answers } = row.answered_by;
        return `answered by frame ${count(frame)}${answers > 1 ? ` and ${count(answers - 1)} more` : ""}`;
    }
    if (row.asks?.n) return `asks for frame ${count(row.asks.frame)} after ${duration(row.asks.after_ns)}`;
    return "";
}

function bytesWords(field) {
    if (field.generated) return "not on the wire";
    if (field.length === 0) return "no bytes";
    if (field.length === 1) return `byte ${count(field.at)}`;
    return `bytes ${count(field.at)} to ${count(field.at + field.length - 1)}`;
}
