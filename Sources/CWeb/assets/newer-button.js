// How many messages have come that nobody has seen.

import { seen } from "./address.js";
import { byId, count } from "./text.js";

export class NewerButton {
    /** @param {ListPane} list */
    constructor(list) {
        this.list = list;
        this.button = byId("newer");
        this.seenTotal = 0;
        list.afterDrawing = () => this.show();
    }

    /** All that the list has by now count as seen. */
    noteSeen() { this.seenTotal = this.list.pages.total; }

    show() {
        const { list: { list, pages } } = this;
        if (list.isAtEnd) this.seenTotal = pages?.total ?? 0;
        const isCounted = this.list.followsLive && seen.view === "messages";
        const more = isCounted ? (pages?.total ?? 0) - this.seenTotal : 0;
        this.button.hidden = more <= 0;
        if (more > 0) this.button.textContent = `▼ ${count(more)} new`;
    }
}
