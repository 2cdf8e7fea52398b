/**
 * The page behind the link of the activation mail: `active.html?code=`.
 */
import "./account_texts.js";
import { activate, REFUSED, resendActivation } from "./accounts.js";
import { MinuteButton } from "./code_field.js";
import { h } from "./dom.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { addressesLink, homeLink, loginLink } from "./links.js";
import { session } from "./session.js";
import { leftForSignIn } from "./sign_in.js";
import { failureState, failureText, homeAction, messageState } from "./states.js";
import { toast } from "./toast.js";

const main = mountFrame(t("active.title"));
const place = h("div", { class: "container", "data-testid": "activation" });
main.append(place);

function waiting() {
  place.replaceChildren(h("div", { class: "state", role: "status" },
    h("div", { class: "spinner", "aria-hidden": "true" }), h("h1", { class: "state__title" }, t("active.working"))));
}

function activated() {
  const onward = session()
    ? [h("a", { class: "button button--primary", href: homeLink() }, t("home.start")),
      h("a", { class: "button", href: addressesLink() }, t("frame.addresses"))]
    : [h("a", { class: "button button--primary", href: loginLink() }, t("frame.login")), homeAction()];
  const state = messageState({
    art: "done", title: t("active.done"), hint: t("active.doneHint"), heading: "h1", testId: "activated", actions: onward,
  });
  state.setAttribute("role", "status");
  place.replaceChildren(state);
}

/** The link is no good: another mail for who is signed in, signing in for everybody else. */
function refused() {
  const again = new MinuteButton("activation", {
    text: t("active.resend"), small: false,
    send: async () => {
      await resendActivation();
      toast(t("active.sent"));
      return true;
    },
    failed: (problem) => leftForSignIn(problem) || toast(failureText(problem), { tone: "bad" }),
  });
  const way = session() ? again.element : h("a", { class: "button button--primary", href: loginLink(addressesLink()) }, t("active.signIn"));
  const state = messageState({
    art: "failure", title: t("active.wrong"), hint: t(session() ? "active.wrongHint" : "active.wrongHintOut"),
    heading: "h1", testId: "activation-failed", actions: [way, homeAction()],
  });
  state.setAttribute("role", "alert");
  place.replaceChildren(state);
}

async function show() {
  const code = new URLSearchParams(location.search).get("code");
  if (!code) {
    refused();
    return;
  }
  waiting();
  try {
    await activate(code);
    activated();
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    if ([REFUSED.wrongLink, REFUSED.badParameter].includes(problem.code)) refused();
    else place.replaceChildren(failureState(problem, { retry: show, heading: "h1" }));
  }
}

show();
