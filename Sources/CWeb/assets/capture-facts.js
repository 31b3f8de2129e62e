// What is known of all the capture, and what of it was not read.

import { getJSON } from "./api.js";
import { clock, messageForm } from "./message-rows.js";
import { byId, count, visible } from "./text.js";

/** Milliseconds between two looks at the closing counts of a capture that grows. */
const pause = 2000;

export class CaptureFacts {
    /**
     * @param {object} capture What the server says of it.
     * @param {Trouble} trouble
     * @param {() => void} shown Called each time that they are shown.
     */
    constructor(capture, trouble, shown) {
        this.capture = capture;
        this.trouble = trouble;
        this.shown = shown;
    }

    show() {
        const { capture } = this;
        clock.decimals = capture.decimals;
        messageForm.hasStreams = capture.connections > 1;
        document.title = `${visible(capture.name)} · btcshark`;
        byId("name").textContent = visible(capture.name);
        byId("closing").textContent = visible(capture.closing);
        this.#showMissing();
        // Columns are as wide as their longest number will be.
        const style = document.documentElement.style;
        const secondDigits = String(Math.floor((capture.end_ns ?? 0) / 1e9)).length;
        style.setProperty("--frame-digits", Math.max(7, count(capture.frames ?? 0).length + 1));
        style.setProperty("--time-digits", Math.max(9, secondDigits + 1 + capture.decimals));
        this.shown();
    }

    /** What was not read: in a line of its own, which is never cut. */
    #showMissing() {
        const { doubt, keys, dropped } = this.capture;
        const lost = dropped > 0 ? `${count(dropped)} ${dropped === 1 ? "packet" : "packets"} lost` : "";
        const words = [doubt, lost, keys].filter(Boolean).map(visible).join(" · ");
        const line = byId("missing");
        // It is read aloud: only what has changed.
        if (line.textContent !== words) line.textContent = words;
        line.hidden = !words;
    }

    async refresh() {
        clearTimeout(this.refreshing);
        this.refreshing = 0;
        try {
            this.capture = await getJSON("/api/capture");
            this.show();
            this.trouble.show("");
        } catch (error) {
            this.trouble.failed(error);
        }
    }

    refreshSoon() {
        this.refreshing ||= setTimeout(() => this.refresh(), pause);
    }
}
