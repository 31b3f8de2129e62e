// The display filter's line, and what is wrong with it.

import { byId, element, visible } from "./text.js";

/** Milliseconds after the last key until a filter is tried. */
const pause = 300;

export class FilterBox {
    /** @param {(text: string, isEnd: boolean) => void} entered Called with each text; `isEnd` by Enter. */
    constructor(entered) {
        this.input = byId("filter");
        this.error = byId("filter-error");
        this.input.addEventListener("input", () => {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => entered(this.text, false), pause);
        });
        this.input.addEventListener("keydown", (event) => {
            if (event.key !== "Enter") return;
            clearTimeout(this.timer);
            entered(this.text, true);
        });
    }

    get text() { return this.input.value.trim() === "" ? "" : this.input.value; }

    show(text) {
        clearTimeout(this.timer);
        if (this.text !== text) this.input.value = text;
        this.clearError();
    }

    focus() {
        this.input.focus();
        this.input.select();
    }

    clearError() {
        this.input.removeAttribute("aria-invalid");
        this.error.hidden = true;
        this.error.replaceChildren();
    }

    /** Shows where a filter is wrong: a caret under what the server names. */
    showError(text, refusal) {
        this.input.setAttribute("aria-invalid", "true");
        const parts = [];
        if (refusal.at !== undefined) {
            const at = Math.min(refusal.at, text.length);
            const length = Math.max(1, Math.min(refusal.length ?? 1, text.length - at));
            const line = element("div", "carets");
            line.setAttribute("aria-hidden", "true");
            // As wide as what is before it, whatever that is.
            line.append(element("span", "before", visible(text.slice(0, at))), "^".repeat(length));
            parts.push(element("div", "", visible(text)), line);
        }
        parts.push(element("div", "message", visible(refusal.message)));
        this.error.replaceChildren(...parts);
        this.error.hidden = false;
    }
}
