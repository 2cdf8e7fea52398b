/**
 * Choosing at which cashier to pay: radio buttons as cards.
 */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { METHOD } from "./pays.js";

const METHODS = Object.values(METHOD);
const SYMBOLS = { [METHOD.alipay]: "wallet", [METHOD.wechat]: "scan" };

/** The sign of a cashier, drawn by ourselves. */
export const methodMark = (method) =>
  h("span", { class: `method__mark method__mark--${method}`, "aria-hidden": "true" }, icon(SYMBOLS[method]));

/** The cards; `chosen` is preselected and `changed(method)` called when another is taken. Gives `{element, value}`. */
export function methodChoice({ chosen, changed = () => {} } = {}) {
  const first = METHODS.includes(chosen) ? chosen : METHODS[0];
  const radios = METHODS.map((method) => h("input", {
    type: "radio", name: "pay_method", value: method, checked: method === first, "aria-describedby": `method-hint-${method}`,
    "data-testid": `method-${method}`, onchange: () => changed(method),
  }));
  return {
    element: h("fieldset", { class: "choices methods" }, h("legend", { class: "visually-hidden" }, t("confirm.method")),
      radios.map((radio, index) => {
        const method = METHODS[index];
        const hint = h("span", { id: `method-hint-${method}`, class: "method__hint" }, t(`method.hint.${method}`));
        return h("label", { class: "choice method" }, radio, methodMark(method),
          h("span", { class: "method__words" }, h("span", { class: "method__name" }, t(`method.${method}`)), hint));
      })),
    get value() {
      return Number(radios.find(({ checked }) => checked)?.value ?? first);
    },
    /** Take another one, as a visitor would. */
    choose(method) {
      const radio = radios[METHODS.indexOf(method)];
      radio.checked = true;
      radio.focus();
      changed(method);
    },
  };
}

/** The other cashier. */
export const otherMethod = (method) => METHODS.find((each) => each !== method);
