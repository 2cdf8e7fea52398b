/**
 * Asking again and again, politely: only while the page is seen, less and less often, and not for ever.
 */
import { isAbort } from "./api.js";

const PACE = { first: 1500, longest: 15000, growth: 1.4, patience: 20 * 60 * 1000 };

export class Poll {
  /**
   * `ask(signal)` asks; `told(answer)` and `failed(problem)` give true when that was enough; `tired()` is called when
   * the patience is over. A page that comes into sight again asks at once. `pace`: the first and the longest pause, how
   * fast they grow, and the patience; times in milliseconds.
   */
  constructor(ask, { told, failed, tired }, pace = {}) {
    Object.assign(this, { ask, told, failed, tired, pace: { ...PACE, ...pace }, timer: null, over: true });
    document.addEventListener("visibilitychange", () => {
      if (!this.over) this.look();
    });
  }

  /** Begin, now. */
  start() {
    this.over = false;
    this.pause = this.pace.first;
    this.end = Date.now() + this.pace.patience;
    this.look();
  }

  async look() {
    clearTimeout(this.timer);
    this.waiting?.abort();
    if (document.hidden) return;
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    try {
      const answer = await this.ask(signal);
      if (!signal.aborted) this.over = this.told(answer);
    } catch (problem) {
      if (isAbort(problem) || signal.aborted) return;
      if (problem.name !== "ApiFailure") throw problem;
      this.over = this.failed(problem);
    }
    if (!this.over && !signal.aborted) this.rest();
  }

  rest() {
    if (Date.now() > this.end) {
      this.over = true;
      this.tired();
      return;
    }
    this.timer = setTimeout(() => this.look(), this.pause);
    this.pause = Math.min(this.pause * this.pace.growth, this.pace.longest);
  }
}
