/**
 * Server-sent events read with fetch, as EventSource cannot say who is signed in. Rules: the HTML standard, "Server-sent events".
 */
import { isAbort } from "./api.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;
/** A stream that ends sooner, or says nothing at first, counts as failed; so many in a row are too many. */
const SHORT_MS = 10000;
const MOST_FAILURES = 3;
/** Silence after which a stream is taken for dead; the server's heart beats every 20 seconds. */
const FIRST_WORD_MS = 10000;
const SILENCE_MS = 50000;

/** Puts events together from pieces of text, wherever the pieces were cut. */
export class EventReader {
  constructor(lastId = "") {
    this.lastId = lastId;
    this.rest = "";
    this.begun = false;
    this.forget();
  }

  /** Take the next piece; gives the events that are complete: `[{type, data, id}]`. */
  feed(piece) {
    let text = this.rest + piece;
    if (!this.begun && text) {
      this.begun = true;
      text = text.replace(/^\uFEFF/, "");
    }
    // A carriage return at the end may be half of a line's end.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    return lines.map((line) => this.take(line)).filter(Boolean);
  }

  /** One line; an empty one completes the event. */
  take(line) {
    if (line === "") return this.complete();
    const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (name === "data") this.data.push(value ?? "");
    else if (name === "event") this.type = value ?? "";
    else if (name === "id" && !value?.includes("\0")) this.lastId = value ?? "";
    return null;
  }

  complete() {
    const event = this.data.length ? { type: this.type || "message", data: this.data.join("\n"), id: this.lastId } : null;
    this.forget();
    return event;
  }

  forget() {
    this.data = [];
    this.type = "";
  }
}

export class Stream {
  /**
   * `open({lastId, signal})` as `openStream`; `told(event)` takes an event and `answered(envelope)` a plain answer;
   * `refused(problem)` is told when there will be no stream for this visitor; `lost()` when streams do not work here.
   */
  constructor(open, { told, answered, refused, lost }) {
    Object.assign(this, { open, told, answered, refused, lost, over: true, lastId: "" });
    document.addEventListener("visibilitychange", () => this.seen());
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", ({ persisted }) => persisted && !this.over && this.connect());
  }

  /** Begin, now. */
  start() {
    this.over = false;
    this.failures = 0;
    this.connect();
  }

  /** No more of it. */
  stop() {
    this.over = true;
    this.leave();
  }

  leave() {
    clearTimeout(this.timer);
    this.timer = null;
    this.waiting?.abort();
  }

  /** A page that comes into sight again does not wait for its turn. */
  seen() {
    if (!this.over && !document.hidden && this.timer) this.connect();
  }

  async connect() {
    this.leave();
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    const begun = performance.now();
    let [spoke, pause] = [false, 0];
    try {
      spoke = await this.listen(signal);
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.kind === "refused") {
        this.stop();
        this.refused(problem);
        return;
      }
      // Aborted, but not by us: it was silent for too long.
      if (problem.name !== "ApiFailure" && !isAbort(problem)) throw problem;
      pause = 1000 * (problem.retryAfter ?? 0);
    }
    if (this.over || signal.aborted) return;
    this.failures = spoke && performance.now() - begun > SHORT_MS ? 0 : this.failures + 1;
    this.rest(pause);
  }

  /** Read one stream to its end, however it comes; true when anything was said. */
  async listen(given) {
    const dead = new AbortController();
    let [spoke, silence] = [false, setTimeout(() => dead.abort(), FIRST_WORD_MS)];
    try {
      const { body, envelope } = await this.open({ lastId: this.lastId, signal: AbortSignal.any([given, dead.signal]) });
      if (!body) {
        this.stop();
        if (envelope) this.answered(envelope);
        return spoke;
      }
      const [reader, events, decoder] = [body.getReader(), new EventReader(this.lastId), new TextDecoder()];
      const next = () => reader.read().catch(() => ({ done: true }));
      for (let piece = await next(); !piece.done; piece = await next()) {
        spoke = true;
        clearTimeout(silence);
        silence = setTimeout(() => dead.abort(), SILENCE_MS);
        for (const event of events.feed(decoder.decode(piece.value, { stream: true }))) this.pass(event);
      }
    } finally {
      clearTimeout(silence);
    }
    return spoke;
  }

  pass(event) {
    if (this.over) return;
    this.lastId = event.id;
    this.told(event);
  }

  /** Try again later, each time later and not with all others at once; after too many failures not at all. */
  rest(least) {
    if (this.failures >= MOST_FAILURES) {
      this.stop();
      this.lost();
      return;
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => {
      if (!document.hidden) this.connect();
    }, Math.max(pause, least));
  }
}
