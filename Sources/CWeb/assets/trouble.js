// What is wrong, in the line for it.

import { seen } from "./address.js";
import { isAbort } from "./api.js";
import { byId, visible } from "./text.js";

export const noTokenWords = "This page needs the address that btcshark has printed, with all that follows #. "
    + "Open it again from there: each start has another.";
const stillWords = "What comes now is not shown; it is tried again.";
const cutWords = `The connection to btcshark is cut. ${stillWords}`;

export class Trouble {
    /** @param {FilterBox} filterBox It shows what is wrong with a filter. */
    constructor(filterBox) {
        this.filterBox = filterBox;
        /** Why the page stands still, while it does. */
        this.cut = "";
    }

    /** Shows what is wrong; nothing being so, whether the page stands still. */
    show(words) { showTrouble(words || this.cut); }

    failed(error, filter = seen.filter) {
        if (isAbort(error) || error.code === "cancelled") return;
        if (error.code === "bad_filter") return this.filterBox.showError(filter, error);
        if (error.status === undefined) return this.show("The server does not answer. Has btcshark ended?");
        if (error.status === 401) return this.show(noTokenWords);
        this.show(error.message);
    }

    /** While the stream of events is cut the page says that it stands still, and why. */
    connected(isConnected, error) {
        this.cut = isConnected ? "" : error?.status ? `${error.message} ${stillWords}` : cutWords;
        this.show(error?.status === 401 ? noTokenWords : this.cut);
    }
}

export function showTrouble(words) {
    const trouble = byId("trouble");
    const shown = visible(words);
    if (trouble.textContent !== shown) trouble.textContent = shown;
    trouble.hidden = !words;
}
