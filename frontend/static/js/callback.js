/**
 * The return from Weibo: `callback.html?code=&state=`. Who is known is signed in, who is not binds an account or makes one.
 * Code and state work once, so they leave the address; the ticket is kept in the tab for as long as it lasts.
 */
import "./account_texts.js";
import { bindWeibo, REFUSED, registerWithWeibo, returnFromWeibo } from "./accounts.js";
import { h } from "./dom.js";
import { entrance, noticeBox } from "./entrance.js";
import { Field, PasswordField } from "./field.js";
import { Form } from "./form.js";
import { mountFrame } from "./frame.js";
import { t } from "./language.js";
import { loginLink } from "./links.js";
import { emailField, nameField, newPasswordField, phoneField } from "./person_fields.js";
import { someName, somePassword } from "./rules.js";
import { goOn, wantedBeforeWeibo, weiboButton } from "./sign_in.js";
import { failureText, homeAction } from "./states.js";
import { parsed, tab } from "./storage.js";

const KEY = "dashop_weibo_ticket";
const VALID_MS = 10 * 60 * 1000;

const main = mountFrame(t("weibo.title"));

const welcome = (reply) => {
  tab.remove(KEY);
  return goOn("notice.welcome", { name: reply.username }, wantedBeforeWeibo());
};

const binding = (ticket) => new Form({
  testId: "bind-form", label: t("weibo.bind"), draft: "weibo_bind", submit: t("weibo.bindSubmit"),
  fields: [
    new Field("username", {
      label: t("person.name"), rule: someName, attributes: { autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
    }),
    new PasswordField("password", { label: t("person.password"), rule: somePassword, autocomplete: "current-password" }),
  ],
  send: (values) => startingOver(bindWeibo(ticket, values)), done: welcome,
});

const making = (ticket) => new Form({
  testId: "create-form", label: t("weibo.create"), draft: "weibo_create", submit: t("weibo.createSubmit"),
  fields: [nameField("username"), newPasswordField("password"), emailField("email", t("person.emailHint")), phoneField("phone")],
  refusals: { [REFUSED.nameTaken]: "username", [REFUSED.emailTaken]: "email", [REFUSED.phoneTaken]: "phone" },
  send: (values) => startingOver(registerWithWeibo(ticket, values)), done: welcome,
});

/** A ticket that is used up or too old leads back to Weibo; what was typed stays in its draft. */
async function startingOver(request) {
  try {
    return await request;
  } catch (problem) {
    if (problem.code !== REFUSED.wrongTicket) throw problem;
    tab.remove(KEY);
    failed(failureText(problem));
    throw problem;
  }
}

function choose(ticket) {
  const forms = { bind: binding(ticket), create: making(ticket) };
  const show = (chosen) => {
    for (const [name, form] of Object.entries(forms)) form.element.hidden = name !== chosen;
  };
  const option = (name) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "way", value: name, checked: name === "bind", onchange: () => show(name) }), t(`weibo.${name}`));
  const { heading } = entrance(main, {
    title: t("weibo.heading"), lead: t("weibo.lead"),
    content: [h("fieldset", { class: "choices" }, h("legend", { class: "visually-hidden" }, t("weibo.which")), option("bind"), option("create")),
      ...Object.values(forms).map((form) => form.element)],
  });
  show("bind");
  heading.focus();
}

function failed(text) {
  entrance(main, {
    title: t("weibo.failed"),
    content: [noticeBox(text, { tone: "bad" }), weiboButton(),
      h("div", { class: "form__actions" }, h("a", { class: "button", href: loginLink() }, t("weibo.otherWay")), homeAction())],
  });
}

function waiting() {
  main.replaceChildren(h("div", { class: "container" }, h("div", { class: "state", role: "status" },
    h("div", { class: "spinner", "aria-hidden": "true" }), h("h1", { class: "state__title" }, t("weibo.working")))));
}

async function comeIn(code, state) {
  waiting();
  try {
    const ticket = await returnFromWeibo(code, state);
    history.replaceState(null, "", location.pathname);
    if (ticket === null) {
      goOn("notice.signedIn", {}, wantedBeforeWeibo());
      return;
    }
    tab.write(KEY, JSON.stringify({ ticket, at: Date.now() }));
    choose(ticket);
  } catch (problem) {
    if (problem.name !== "ApiFailure") throw problem;
    failed(failureText(problem));
  }
}

function show() {
  const query = new URLSearchParams(location.search);
  const [code, state] = [query.get("code"), query.get("state")];
  const kept = parsed(tab.read(KEY));
  if (code && state) comeIn(code, state);
  else if (kept && Date.now() - kept.at < VALID_MS) choose(kept.ticket);
  else failed(t(query.has("error") ? "weibo.denied" : "weibo.noCode"));
}

show();
