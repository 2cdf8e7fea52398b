/**
 * A field for a code that is sent on demand, at most once a minute.
 */
import { isSignedOut } from "./api.js";
import { Countdown } from "./countdown.js";
import { h } from "./dom.js";
import { Field } from "./field.js";
import { t } from "./language.js";
import { code } from "./rules.js";
import { failureText } from "./states.js";

const WAIT_SECONDS = 60;

/** A button that does something once a minute. `send()` gives true when it was done; failures go to `failed(problem)`. */
export class MinuteButton {
  constructor(name, { text, send, failed, small = true }) {
    Object.assign(this, { text, send, failed, busy: false });
    this.element = h("button", {
      type: "button", class: `button ${small ? "button--small" : ""}`, onclick: () => this.press(), "data-testid": "send-code",
    }, text);
    this.countdown = new Countdown(name, (seconds) => this.show(seconds));
  }

  show(seconds) {
    this.element.textContent = seconds > 0 ? t("form.wait", { seconds }) : this.text;
    this.element.setAttribute("aria-disabled", String(seconds > 0 || this.busy));
  }

  async press() {
    if (this.busy || this.countdown.left > 0) return;
    this.busy = true;
    this.show(0);
    try {
      if (await this.send()) this.countdown.start(WAIT_SECONDS);
    } catch (problem) {
      if (problem.name !== "ApiFailure") throw problem;
      if (problem.retryAfter && !isSignedOut(problem)) this.countdown.start(Math.min(problem.retryAfter, WAIT_SECONDS));
      this.failed(problem);
    }
    this.busy = false;
    this.show(this.countdown.left);
  }
}

export class CodeField extends Field {
  /**
   * `wait` names the waiting time; `target` is the field the code goes to; `send(target value)` has it sent;
   * `refusals`: codes that are the target's fault; `sent` is the key of the text that confirms.
   */
  constructor(name, { wait, target, send, refusals = [], sent, ...options }) {
    super(name, {
      rule: code, secret: true, tidy: (text) => text.replace(/\s/g, ""), ...options,
      attributes: { inputmode: "numeric", autocomplete: "one-time-code" },
    });
    const failed = (problem) => {
      const field = refusals.includes(problem.code) ? target : this;
      field.blame(failureText(problem));
      field.focus();
    };
    const press = async () => {
      if (!target.check()) {
        target.focus();
        return false;
      }
      await send(target.value);
      this.blame(null);
      this.say(t(sent, { target: target.value }));
      this.focus();
      return true;
    };
    this.hint.setAttribute("role", "status");
    this.sender = new MinuteButton(wait, { text: t("form.sendCode"), send: press, failed });
    this.box.append(this.sender.element);
  }
}
