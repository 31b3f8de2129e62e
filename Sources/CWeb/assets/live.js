// What the server reports while it reads or captures: a stream of events, resumed where it was cut.

import { isAbort, request } from "./api.js";

/** Seconds until the next try, the longest last. */
const waits = [1, 2, 5, 10];
/** The server has a comment each 15 s: after this many milliseconds of silence the connection is dead. */
const silence = 45_000;

export class LiveEvents {
    /**
     * @param {(name: string, data: object) => void} received
     * @param {(isConnected: boolean, error?: Error) => void} connected
     */
    constructor(received, connected) {
        this.received = received;
        this.connected = connected;
        this.last = "";
        this.run();
    }

    async run() {
        let failures = 0;
        while (!this.hasEnded) {
            let problem;
            try {
                await this.#follow(() => { failures = 0; });
            } catch (error) {
                problem = error;
            }
            if (this.hasEnded) return;
            this.connected(false, problem);
            // Without the token there is nothing to try again.
            if (problem?.status === 401) return;
            await new Promise((resolve) => { setTimeout(resolve, 1000 * waits[Math.min(failures, waits.length - 1)]); });
            failures += 1;
        }
    }

    /** Reads one connection to its end. */
    async #follow(begun) {
        const ending = new AbortController();
        let watch = setTimeout(() => ending.abort(), silence);
        try {
            const headers = this.last ? { "Last-Event-ID": this.last } : {};
            const response = await request("/api/live", {}, { headers, signal: ending.signal });
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            this.connected(true);
            begun();
            let text = "";
            while (!this.hasEnded) {
                const { value, done } = await reader.read();
                if (done) return;
                clearTimeout(watch);
                watch = setTimeout(() => ending.abort(), silence);
                text += value.replaceAll("\r\n", "\n");
                const events = text.split("\n\n");
                text = events.pop();
                for (const event of events) this.#receive(event);
            }
        } catch (error) {
            if (!isAbort(error)) throw error;
        } finally {
            clearTimeout(watch);
            ending.abort();
        }
    }

    #receive(text) {
        let name = "message";
        let data = "";
        for (const line of text.split("\n")) {
            const [, key, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
            if (key === "id") this.last = value;
            if (key === "event") name = value;
            if (key === "data") data += value;
        }
        if (!data) return;
        if (name === "end") this.hasEnded = true;
        this.received(name, JSON.parse(data));
    }
}
