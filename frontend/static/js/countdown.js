/**
 * A waiting time that goes on counting when the page is loaded again.
 */
import { tab } from "./storage.js";

export class Countdown {
  /** `onTick(seconds)` is called every second, at last with 0, and at once when a wait is still on. */
  constructor(name, onTick) {
    this.key = `dashop_wait_${name}`;
    this.onTick = onTick;
    this.timer = null;
    if (this.left > 0) this.run();
  }

  /** Whole seconds to go. */
  get left() {
    return Math.max(Math.ceil((Number(tab.read(this.key)) - Date.now()) / 1000), 0);
  }

  start(seconds) {
    tab.write(this.key, String(Date.now() + seconds * 1000));
    this.run();
  }

  run() {
    clearInterval(this.timer);
    const tick = () => {
      if (this.left === 0) clearInterval(this.timer);
      this.onTick(this.left);
    };
    this.timer = setInterval(tick, 1000);
    tick();
  }
}
