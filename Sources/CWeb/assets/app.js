// The page of `btcshark serve`: what belongs together is joined here.

import { noteAddress, readAddress, seen } from "./address.js";
import { getJSON, hasToken } from "./api.js";
import { CaptureFacts } from "./capture-facts.js";
import { FilterBox } from "./filter-box.js";
import { listenToKeys } from "./keys.js";
import { ListContents } from "./list-contents.js";
import { ListPane } from "./list-pane.js";
import { followCapture } from "./live-updates.js";
import { MessageView } from "./message-view.js";
import { Navigation } from "./navigation.js";
import { NewerButton } from "./newer-button.js";
import { Statistics } from "./statistics.js";
import { byId } from "./text.js";
import { Timeline } from "./timeline.js";
import { noTokenWords, showTrouble, Trouble } from "./trouble.js";
import { showPane, showView } from "./views.js";

class Page {
    constructor(capture) {
        const failed = (error) => this.trouble.failed(error);
        this.list = new ListPane((row) => this.message.show(row.n));
        this.message = new MessageView({ shown: (row) => this.timeline.show(row?.t_ns ?? null), failed });
        this.filterBox = new FilterBox((text, isEnd) => this.filterEntered(text, isEnd));
        this.trouble = new Trouble(this.filterBox);
        this.timeline = new Timeline({
            chosen: (range) => this.chooseTime(range),
            clicked: (time) => this.navigation.goToTime(time),
            failed,
        });
        this.statistics = new Statistics(capture.statistics ?? [], failed);
        this.facts = new CaptureFacts(capture, this.trouble, () => this.captureShown());
        this.newer = new NewerButton(this.list);
        this.contents = new ListContents(this);
        this.navigation = new Navigation(this);
        byId("time").addEventListener("click", () => this.chooseTime(null));
        byId("show-ladder").addEventListener("click", () => this.toggleLadder());
        byId("show-statistics").addEventListener("click", () => this.toggleStatistics());
        byId("pair").addEventListener("click", () => this.navigation.goToPair());
        byId("newer").addEventListener("click", () => this.navigation.goToNewest());
        for (const button of document.querySelectorAll(".tabs button")) {
            button.addEventListener("click", () => this.showPane(button.dataset.pane));
        }
        // Somebody has written another address, or goes back.
        addEventListener("hashchange", () => this.restore());
        listenToKeys(this);
        this.facts.show();
    }

    /** Shows what the address says. */
    async restore() {
        const { contents } = this;
        readAddress();
        const { filter, message, field, view } = { ...seen };
        this.filterBox.show(filter);
        seen.view = "messages";
        if (!await contents.openMessages()) {
            seen.filter = "";
            await contents.openMessages({ keepsError: true });
        }
        this.timeline.refresh();
        if (message !== null) await this.message.show(message, field);
        if (message !== null) await contents.locate(message);
        else if (this.list.followsLive) await this.list.selectLast();
        else await this.list.select(0);
        if (view === "ladder") await this.toggleLadder();
        if (view === "statistics") this.toggleStatistics();
    }

    /** The list follows from what is known of the capture. */
    captureShown() {
        const { capture } = this.facts;
        this.list.followsLive = capture.live && !capture.complete;
        this.list.heads.replaceChildren(...(this.list.form?.heads() ?? []));
        this.contents.showCount();
    }

    // MARK: Filter and time

    async filterEntered(text, isEnd) {
        if (text !== seen.filter || seen.view !== "messages") {
            if (!await this.contents.openMessages({ filter: text })) return;
            // At once: it may take long until the filter has come to the selected message.
            if (isEnd) this.showPane("messages");
            await this.listChosen();
        } else {
            this.contents.giveUp();
            this.filterBox.clearError();
            if (isEnd) this.showPane("messages");
        }
    }

    filterByField() {
        const field = this.message.fields.field;
        if (!field) return;
        this.filterBox.show(field.filter ?? field.name);
        this.filterEntered(this.filterBox.text, true);
    }

    async chooseTime(time) {
        if (await this.contents.openMessages({ time })) await this.listChosen();
    }

    /** The list has other messages: the selected one stays so where it is among them. */
    async listChosen() {
        noteAddress();
        this.timeline.refresh();
        this.timeline.show(this.timeline.message);
        if (seen.message !== null) await this.contents.locate(seen.message);
    }

    async escape() {
        if (document.activeElement === this.filterBox.input) return this.showPane("messages");
        if (seen.view === "statistics") return this.toggleStatistics();
        // First: what is pressed while the list is looked through shall not be undone.
        this.showPane("messages");
        if (seen.time) await this.chooseTime(null);
    }

    // MARK: Views

    get isShowingStatistics() { return seen.view === "statistics"; }

    /** Shows a pane where there is room for one only, and gives it the keys. */
    showPane(pane) {
        if (this.isShowingStatistics) this.toggleStatistics();
        showPane(pane);
    }

    async toggleLadder() {
        const { contents } = this;
        if (contents.ladderBegun) return contents.giveUpLadder();
        if (seen.view === "ladder") {
            if (await contents.openMessages() && seen.message !== null) await contents.locate(seen.message);
            return;
        }
        const stream = this.message.row?.stream ?? this.list.current?.stream;
        if (stream !== undefined && stream !== null) await contents.openLadder(stream);
    }

    toggleStatistics() {
        const { contents } = this;
        if (this.isShowingStatistics) {
            showView(contents.isLadder ? "ladder" : "messages");
            byId("messages").focus({ preventScroll: true });
            contents.showCount(true);
        } else {
            contents.giveUpLadder();
            showView("statistics");
            this.statistics.show(seen.statistic);
            byId("statistic-table").focus({ preventScroll: true });
        }
    }
}

async function start() {
    readAddress();
    if (!hasToken()) return showTrouble(noTokenWords);
    try {
        const page = new Page(await getJSON("/api/capture"));
        await page.restore();
        followCapture(page);
        document.documentElement.dataset.ready = "";
    } catch (error) {
        showTrouble(error.status === 401 ? noTokenWords : error.message);
        throw error;
    }
}

await start();
