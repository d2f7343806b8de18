// The page: who may use it, and which view it shows.

import { session, send } from "./api.js";
import { element, field, problem, report } from "./elements.js";
import * as activity from "./activity.js";
import * as health from "./health.js";
import * as jobs from "./jobs.js";
import * as media from "./media.js";
import * as outbox from "./outbox.js";
import * as uploads from "./uploads.js";

const views = { media, uploads, activity, jobs, outbox, health };
const main = document.getElementById("main");
const navigation = document.getElementById("views");
const signOut = document.getElementById("sign-out");
let end = () => {};

function show() {
  end();
  end = () => {};
  main.replaceChildren();
  navigation.hidden = signOut.hidden = !session.token;
  if (!session.token) return showSignIn();
  const name = Object.hasOwn(views, location.hash.slice(1)) ? location.hash.slice(1) : "media";
  for (const link of navigation.querySelectorAll("a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const view = views[name];
  document.title = `${view.title} · Darkroom console`;
  main.append(element("h1", {}, view.title));
  end = view.show(main) ?? (() => {});
}

function showSignIn(error) {
  document.title = "Sign in · Darkroom console";
  const token = element("input", { type: "password", name: "token", autocomplete: "off", required: true, spellcheck: false });
  main.replaceChildren(element("h1", {}, "Sign in"), element("div", { className: "panel narrow" },
    element("p", {}, "Run ", element("code", {}, "darkroom console"), " on the machine of the service and open the link that it prints, or paste a service token."),
    error ? problem(error) : null,
    element("form", {
      submit: async (event) => {
        event.preventDefault();
        session.token = token.value.trim();
        try {
          await send("GET", "v1/outbox", { query: { limit: 1 } });
          show();
        } catch (failure) {
          session.token = null;
          showSignIn(failure);
        }
      },
    }, field("Service token", token), element("p", { className: "actions" }, element("button", { className: "main" }, "Sign in")))));
}

/** Exchanges the code of a link, which is not kept in the address or in the history. */
async function openLink(code) {
  history.replaceState(null, "", `${location.pathname}#media`);
  const response = await send("POST", "v1/console/sessions", { json: { code } });
  session.token = (await response.json()).token;
}

session.ended = () => {
  if (!session.token) return;
  session.token = null;
  show();
  report("The token is not valid any more: sign in again.");
};
signOut.addEventListener("click", () => {
  session.token = null;
  show();
});
addEventListener("hashchange", () => {
  if (location.hash === "#main") return main.focus();
  if (location.hash.startsWith("#link=")) return begin();
  show();
  main.focus();
});

async function begin() {
  if (location.hash.startsWith("#link=")) {
    session.token = null;
    try {
      await openLink(location.hash.slice("#link=".length));
    } catch (error) {
      navigation.hidden = signOut.hidden = true;
      return showSignIn(error);
    }
  }
  show();
}
begin();
