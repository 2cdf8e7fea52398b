/**
 * Changes that must happen once: each is sent under a key, and again under the same key while no answer comes.
 */
const PAUSES_MS = [400, 1600];
const LONGEST_PAUSE_MS = 5000;
/** A gateway that lost sight of the server: whether anything happened is not known. */
const LOST = [502, 504];

/** A key nobody else has. `randomUUID` exists on https pages only. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the request may or may not have arrived, so that it is worth sending again. */
function isUnanswered({ kind, code }) {
  return kind === "offline" || kind === "busy" || (kind === "broken" && LOST.includes(code));
}

const pause = (milliseconds) => new Promise((resume) => {
  setTimeout(resume, milliseconds);
});

export class Attempt {
  constructor() {
    this.key = newKey();
  }

  /**
   * `request(key)` sends the change. While nobody answers it is sent three times, and whoever calls again goes on under
   * the same key. Only an answer, be it a refusal, ends the attempt: what is sent next is another change.
   */
  async send(request) {
    for (let tries = 0; ; tries += 1) {
      try {
        const reply = await request(this.key);
        this.key = newKey();
        return reply;
      } catch (problem) {
        if (problem.kind === "refused") this.key = newKey();
        if (!isUnanswered(problem) || tries === PAUSES_MS.length) throw problem;
        await pause(Math.min(Math.max(PAUSES_MS[tries], 1000 * (problem.retryAfter ?? 0)), LONGEST_PAUSE_MS));
      }
    }
  }
}

/** Send a change that is not tried again later. */
export const once = (request) => new Attempt().send(request);
