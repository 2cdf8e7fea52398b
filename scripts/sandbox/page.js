// Shows new messages as they arrive, unless somebody is reading or typing.
const newest = Number(document.currentScript.dataset.newest);

const isBusy = () =>
  document.hidden ||
  document.querySelector("details[open]") !== null ||
  document.activeElement instanceof HTMLInputElement ||
  String(document.getSelection()) !== "";

async function look() {
  const reply = await fetch("/sandbox/api/inbox?limit=1").catch(() => null);
  const found = reply !== null && reply.ok ? await reply.json() : [];
  if (found.length > 0 && found[0].id !== newest && !isBusy()) location.reload();
}

setInterval(look, 2000);
